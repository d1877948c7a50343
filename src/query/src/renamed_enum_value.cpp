// SPDX-License-Identifier: Apache-2.0
#include "renamed_enum_value.hpp"

#include "tupelo/query/sql_text.hpp"
#include <tupelo/core/json.hpp>
#include <tupelo/core/json_text.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {
namespace {

/// Whether the column is of the enum whose value is renamed, alone or in arrays.
bool is_of(const column_definition* column, const ddl::rename_enum_value& o) {
  return column != nullptr && column->type.kind == type_kind::enumeration && column->type.native == o.type;
}

/// The condition with the value's new name where it stands against a column of the enum: the one that is named last
/// before it, else the first behind it.
std::string with_renamed_value(const table_definition& table, const std::string& sql, const ddl::rename_enum_value& o) {
  const std::vector<sql_token> tokens = sql_tokens(sql);
  const auto column_at = [&](std::size_t i) -> const column_definition* {
    if (tokens[i].kind != sql_token_kind::word && tokens[i].kind != sql_token_kind::quoted) return nullptr;
    const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const column_definition& column) {
      return equal_identifiers(column.name, tokens[i].value);
    });
    return found == table.columns.end() ? nullptr : &*found;
  };
  std::string out;
  const char* copied = sql.data();
  const column_definition* before = nullptr;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (const column_definition* column = column_at(i)) before = column;
    if (tokens[i].kind != sql_token_kind::text || tokens[i].value != o.from) continue;
    const column_definition* against = before;
    for (std::size_t k = i; against == nullptr && k < tokens.size(); ++k) against = column_at(k);
    if (!is_of(against, o)) continue;
    out.append(copied, tokens[i].text.data());
    out += sql_text_literal(o.to);
    copied = tokens[i].text.data() + tokens[i].text.size();
  }
  return out.append(copied, sql.data() + sql.size());
}

/// The default of an array is a JSON text; another is SQL of one database, and stays.
std::string with_renamed_element(const std::string& sql, const ddl::rename_enum_value& o) {
  const std::vector<sql_token> tokens = sql_tokens(sql);
  if (tokens.size() != 1 || tokens[0].kind != sql_token_kind::text) return sql;
  const std::optional<json> elements = json::try_parse(tokens[0].value);
  if (!elements || !elements->is_array()) return sql;
  const std::string& text = elements->text();
  std::string out;
  const char* copied = text.data();
  for (detail::json_items items(detail::trim_json(text)); items.next();) {
    const std::string_view element = items.value();
    if (!element.starts_with('"') || json::parse(element).as_string() != o.from) continue;
    out.append(copied, element.data());
    out += json::from(o.to).text();
    copied = element.data() + element.size();
  }
  return sql_text_literal(out.append(copied, text.data() + text.size()));
}

}  // namespace

void rename_value(table_definition& table, const ddl::rename_enum_value& o) {
  const auto rename = [&](std::string& sql) { sql = with_renamed_value(table, sql, o); };
  for (index_definition& index : table.indexes) {
    rename(index.where);
    for (index_column& term : index.columns) rename(term.expression);
  }
  for (check_definition& check : table.checks) rename(check.expression);
  for (exclusion_definition& exclusion : table.exclusions) rename(exclusion.where);
  for (column_definition& column : table.columns) {
    rename(column.computed_sql);
    if (!is_of(&column, o) || !column.default_sql) continue;
    if (column.type.array) column.default_sql = with_renamed_element(*column.default_sql, o);
    const std::vector<sql_token> tokens = sql_tokens(*column.default_sql);
    const bool is_value = tokens.size() == 1 && tokens[0].kind == sql_token_kind::text && tokens[0].value == o.from;
    if (is_value) column.default_sql = sql_text_literal(o.to);
  }
}

}  // namespace tupelo
