// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "receive_buffer.hpp"
#include "send_buffer.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tupelo::driver::postgres {

/// Types that users made, as one server describes them: asked for once where a value's binary form depends on what its
/// type is made of, and where a message is to name them.
class type_catalog {
public:
  struct entry {
    std::uint32_t type = 0;
    char sort = 0;                          ///< `pg_type.typtype`; 0: the server has no such type
    std::uint32_t base = 0;                 ///< of domains
    std::uint32_t element = 0;              ///< of arrays
    std::vector<std::uint32_t> attributes;  ///< of composites: their types, in order
    std::string name{};                     ///< as SQL spells it
  };

  /// Null: it was not asked for.
  const entry* find(std::uint32_t type) const noexcept;
  /// What the type is without the domains around it, as far as is known.
  std::uint32_t base_of(std::uint32_t type) const noexcept;
  bool is_enum(std::uint32_t type) const noexcept {
    const entry* const known = find(type);
    return known != nullptr && known->sort == 'e';
  }

  /// For messages: as `name_of_server_type`, and the names of types that users made where they are known.
  std::string name_of(std::uint32_t type) const;

  void add(entry&& known);
  void clear() noexcept { entries_.clear(); }

  /// Parse, Bind and Execute of a query for these types, and for those that they are made of. What is known of them is
  /// forgotten.
  void ask(send_buffer& out, std::span<const std::uint32_t> types);
  /// A row of the answer. Errors: connection_error where it is none.
  void take(const backend_message& row);

private:
  std::vector<entry> entries_;
};

}  // namespace tupelo::driver::postgres
