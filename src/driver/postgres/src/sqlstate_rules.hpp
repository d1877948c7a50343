// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/error.hpp>

#include <string_view>

namespace tupelo::driver::postgres {

/// What a SQLSTATE means here.
struct sqlstate_rule {
  std::string_view sqlstate;  ///< five characters, or the two of its class
  errc code = errc::database_error;
  bool shows_message = false;  ///< the server's text of this code holds names, never values
  std::string_view message{};  ///< instead of the server's text
  std::string_view remedy{};
};

/// The rule of the code, else of its class, else one that shows nothing. Before: five characters.
sqlstate_rule rule_of(std::string_view sqlstate) noexcept;

}  // namespace tupelo::driver::postgres
