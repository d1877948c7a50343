// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/error.hpp>

#include <cstdint>
#include <string_view>

namespace tupelo::driver::postgres {

/// When the server's own text of a SQLSTATE may be shown.
enum class shown_words : std::uint8_t {
  never,         ///< it may repeat values
  of_statement,  ///< it repeats a name, which is a value's where the server has it from there: `$1::regclass`
  always,        ///< names, never values
};

/// What a SQLSTATE means here.
struct sqlstate_rule {
  std::string_view sqlstate;  ///< five characters, or the two of its class
  errc code = errc::database_error;
  shown_words shows = shown_words::never;
  std::string_view message{};  ///< instead of the server's text
  std::string_view remedy{};
};

/// The rule of the code, else of its class, else one that shows nothing. Before: five characters.
sqlstate_rule rule_of(std::string_view sqlstate) noexcept;

}  // namespace tupelo::driver::postgres
