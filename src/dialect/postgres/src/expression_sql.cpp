// SPDX-License-Identifier: Apache-2.0
// SQL that models and migrations write for every database, as PostgreSQL reads it.
#include "expression.hpp"

#include "tupelo/dialect/postgres/ddl.hpp"
#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::postgres {
namespace {

/// The column a word of neutral text means: case counts only where it tells two apart.
const column_definition* meant(const table_definition& table, std::string_view word) noexcept {
  if (const column_definition* exact = table.find_column(word)) return exact;
  for (const column_definition& column : table.columns) {
    if (equal_identifiers(column.name, word)) return &column;
  }
  return nullptr;
}

}  // namespace

std::string expression_sql(const table_definition& table, std::string_view neutral) {
  // The column that a literal is held against: the one named last before it, else the first after it.
  const column_definition* nearest = nullptr;
  std::string out;
  std::size_t copied = 0;
  const std::vector<sql_token> tokens = sql_tokens(neutral);
  const std::vector<bool> columns = column_places(tokens);
  const auto column_at = [&](std::size_t i) -> const column_definition* {
    if (tokens[i].kind != sql_token_kind::word || !columns[i]) return nullptr;
    return meant(table, tokens[i].value);
  };
  const auto is_against_moment = [&](std::size_t i) {
    const column_definition* column = nearest;
    for (std::size_t ahead = i + 1; column == nullptr && ahead < tokens.size(); ++ahead) column = column_at(ahead);
    // None is named by a default, whose table is its own column.
    if (column == nullptr && table.columns.size() == 1) column = table.columns.data();
    return column != nullptr && column->type.is(type_kind::timestamp);
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const sql_token& token = tokens[i];
    const auto begin = static_cast<std::size_t>(token.text.data() - neutral.data());
    std::size_t end = begin + token.text.size();
    const std::string_view next = i + 1 < tokens.size() ? tokens[i + 1].text : std::string_view();
    std::string instead;
    if (token.kind == sql_token_kind::word && next.starts_with('\'') && equal_identifiers(token.value, "x") &&
        neutral[end] == '\'') {
      instead = "'\\x" + tokens[i + 1].value + "'::bytea";
      end += next.size();
      ++i;
    } else if (const column_definition* column = column_at(i)) {
      instead = quote_identifier(column->name);  // quoted, it keeps its case and is no word of PostgreSQL's own
      nearest = column;
    } else if (token.kind == sql_token_kind::text && is_plain_timestamp(token.value) && is_against_moment(i)) {
      instead = sql_text_literal(token.value + "+00");  // otherwise the session's time zone would count
    }
    if (instead.empty()) continue;
    out += neutral.substr(copied, begin - copied);
    out += instead;
    copied = end;
  }
  out += neutral.substr(copied);
  return out;
}

}  // namespace tupelo::postgres
