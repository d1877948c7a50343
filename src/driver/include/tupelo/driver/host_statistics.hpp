// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tupelo::driver {

/// Whether connections are opened to a host.
enum class circuit : std::uint8_t {
  closed,     ///< they are
  open,       ///< not before its pause is over: it failed several times in a row
  half_open,  ///< one attempt finds out whether it is back
};
/// `closed`, `open`, `half_open`.
std::string_view name_of(circuit state) noexcept;

/// What is known of one of the hosts that a database is reached at.
struct host_statistics {
  std::string host;  ///< as messages name it: `db.example.com:5432`
  circuit state = circuit::closed;
  std::uint32_t failures_in_a_row = 0;
  std::uint64_t opened = 0;  ///< attempts that reached it
  std::uint64_t failed = 0;  ///< attempts that did not
};

}  // namespace tupelo::driver
