// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

enum class sql_token_kind : std::uint8_t { word, quoted, text, number, symbol };

/// One token of an SQL text. Comments and white space are no tokens.
struct sql_token {
  sql_token_kind kind{};
  std::string_view text;  ///< as written, quotes included; points into the text that was read
  std::string value;      ///< words and quoted identifiers: the identifier; text: its characters; otherwise as written
};

/// Reads "a", [a], `a`, 'text', words, numbers and symbols; what is not closed ends with the text.
std::vector<sql_token> sql_tokens(std::string_view sql);

/// Which tokens of an expression may name a column: quoted ones, and words that stand where a value is expected. Words
/// of operators, types and functions are none, whatever columns are called: `AT TIME ZONE`, `x::date`, `date
/// '2020-01-01'`.
std::vector<bool> column_places(const std::vector<sql_token>& tokens);

/// The same SQL in one spelling, so that two texts which differ in white space, quotes around identifiers, case of
/// keywords or parentheses around everything compare equal. For comparing, not for running.
std::string canonical_sql(std::string_view sql);

/// Whether the identifier occurs in the SQL text outside of literals and comments, not as a function's name. Case is
/// ignored as SQL does.
bool mentions_identifier(std::string_view sql, std::string_view identifier);

/// The text with every occurrence of the identifier replaced; literals, comments and white space stay as they are.
std::string rename_identifier(std::string_view sql, std::string_view from, std::string_view to);

/// `'it''s'`: a text literal of standard SQL.
std::string sql_text_literal(std::string_view text);

/// Words that have to be quoted when they are identifiers. Case is ignored.
bool is_sql_keyword(std::string_view word) noexcept;

bool equal_identifiers(std::string_view a, std::string_view b) noexcept;  ///< ignores the case of ASCII letters

}  // namespace tupelo
