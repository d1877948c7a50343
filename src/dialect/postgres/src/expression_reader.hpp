// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "expression_lexer.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::postgres {

/// A part of an expression: what it does, and with what.
struct expression_node {
  std::string what;  ///< "and", "=", "call lower" …; of a leaf "text", "number", "name" …
  std::string leaf;
  std::vector<expression_node> parts;
};

/// The expression with one shape for all that mean the same; nothing for a text that is not understood.
std::optional<expression_node> read_expression(std::string_view sql);

/// The place behind the name of a type, modifiers and brackets included, that begins at `at`.
std::size_t end_of_type(const std::vector<lexeme>& lexemes, std::size_t at);

/// `-12.50e3` as `-125e2`: no leading or trailing zeros; empty for what is no number.
std::string canonical_number(std::string_view text);

}  // namespace tupelo::postgres
