// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace tupelo::driver::postgres {

/// Takes the first statement, without its semicolon, from the front of a script; empty when only blanks and comments
/// are left.
///
/// Semicolons in strings, quoted names, dollar quotes, comments, parentheses and bodies of SQL functions (BEGIN ATOMIC)
/// end nothing. Strings are read as `standard_conforming_strings = on` has them.
/// Source: PostgreSQL documentation, "Lexical Structure".
std::string_view take_statement(std::string_view& script) noexcept;

/// How many `?` of a statement would stand for values: without those of operators `??`, and of what is quoted or
/// commented. 0 where it has values by number, `$1`, beside which a `?` is an operator.
std::size_t count_placeholders(std::string_view statement) noexcept;

/// Whether the statement begins with this word, which is in lower case. Before: no blanks are in front.
bool begins_with_word(std::string_view statement, std::string_view word) noexcept;

}  // namespace tupelo::driver::postgres
