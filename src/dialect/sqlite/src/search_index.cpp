// SPDX-License-Identifier: Apache-2.0
#include "search_index.hpp"

#include "tupelo/dialect/sqlite/ddl.hpp"
#include <tupelo/query/sql_text.hpp>
#include "tupelo/model/model_info.hpp"

#include <algorithm>
#include <utility>

namespace tupelo::sqlite {

namespace {

constexpr std::string_view stemmed = "english";
constexpr std::string_view any_language = "simple";

std::string columns_of(const index_definition& index, std::string_view before) {
  std::string out;
  for (const index_column& column : index.columns) {
    out.append(out.empty() ? "" : ", ").append(before).append(quote_identifier(column.name));
  }
  return out;
}

/// How much a word counts, as PostgreSQL has it.
std::string_view weight_text(char weight) noexcept {
  switch (weight) {
    case 'A': return "1.0";
    case 'B': return "0.4";
    case 'C': return "0.2";
    default: return "0.1";
  }
}

std::string name_of(const search_call& call) {
  if (!call.index->name.empty()) return call.index->name;
  index_definition index;
  index.language = call.index->language;
  for (const index_term_info& term : call.index->terms) {
    index.columns.push_back({call.model->fields[static_cast<std::size_t>(term.field)].column});
  }
  table_definition table;
  table.name = call.model->table;
  return conventional_name(table, index);
}

/// What an update has to touch for the words to change. A computed column changes with columns that its text names,
/// and stands in no SET itself.
std::string update_event(const table_definition& table, const index_definition& index, const std::string& written) {
  const bool computed = std::any_of(index.columns.begin(), index.columns.end(), [&](const index_column& column) {
    const column_definition* searched = table.find_column(column.name);
    return searched != nullptr && searched->is_computed();
  });
  return computed ? "UPDATE" : "UPDATE OF " + written;
}

}  // namespace

std::string search_needs_text(const table_definition& table) {
  return "SELECT " +
         sql_text_literal("the table `" + table.name +
                          "` is to be searched, and every write of it would fail: SQLite lets triggers write the words "
                          "of a search where the database is opened with trusted_schema=on; say so in its URL") +
         " FROM pragma_trusted_schema WHERE trusted_schema = 0";
}

std::vector<std::string> create_search_texts(const table_definition& table, const index_definition& index,
                                             std::string_view key) {
  const std::string name = quote_identifier(index.name);
  const std::string on = quote_identifier(table.name);
  const std::string row = quote_identifier(key);
  const std::string columns = columns_of(index, "");
  const std::string add =
      "INSERT INTO " + name + " (rowid, " + columns + ") VALUES (new." + row + ", " + columns_of(index, "new.") + "); ";
  const std::string remove = "INSERT INTO " + name + " (" + name + ", rowid, " + columns + ") VALUES ('delete', old." +
                             row + ", " + columns_of(index, "old.") + "); ";
  const auto trigger = [&](std::string_view verb, const std::string& event, const std::string& does) {
    return "CREATE TRIGGER " + quote_identifier(index.name + "_" + std::string(verb)) + " AFTER " + event + " ON " +
           on + " BEGIN " + does + "END";
  };
  return {
      "CREATE VIRTUAL TABLE " + name + " USING fts5(" + columns + ", content=" + sql_text_literal(table.name) +
          ", content_rowid=" + sql_text_literal(key) +
          (index.language == stemmed ? ", tokenize='porter unicode61')" : ", tokenize='unicode61')"),
      trigger("insert", "INSERT", add),
      trigger("delete", "DELETE", remove),
      trigger("update", update_event(table, index, row + ", " + columns), remove + add),
      "INSERT INTO " + name + " (" + name + ") VALUES ('rebuild')",
  };
}

std::vector<std::string> drop_search_texts(const index_definition& index) {
  std::vector<std::string> out;
  for (const char* verb : {"_insert", "_delete", "_update"}) {
    out.push_back("DROP TRIGGER " + quote_identifier(index.name + verb));
  }
  out.push_back("DROP TABLE " + quote_identifier(index.name));
  return out;
}

void keep_search(index_definition& index) {
  if (index.language != stemmed) index.language = any_language;
  for (index_column& column : index.columns) column.weight = 'D';
}

std::string search_introspection_query() {
  return "SELECT m.name, m.sql, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM sqlite_master m WHERE m.type = "
         "'table' AND m.sql LIKE 'CREATE VIRTUAL TABLE%' AND EXISTS (SELECT 1 FROM sqlite_master t WHERE t.type = "
         "'trigger' AND t.name = m.name || '_insert') ORDER BY m.name";
}

void read_search_index(schema_definition& schema, std::string_view name, std::string_view sql) {
  const std::vector<sql_token> tokens = sql_tokens(sql);
  index_definition index;
  index.name = name;
  index.language = any_language;
  std::string table;
  std::size_t i = 0;
  while (i < tokens.size() && !equal_identifiers(tokens[i].value, "fts5")) ++i;
  for (i += 2; i + 1 < tokens.size(); ++i) {  // behind the parenthesis
    if (tokens[i].text == ",") continue;
    if (tokens[i + 1].text != "=") {
      index.columns.push_back({.name = tokens[i].value, .weight = 'D'});
      continue;
    }
    if (i + 2 >= tokens.size()) return;
    const std::string& value = tokens[i + 2].value;
    if (equal_identifiers(tokens[i].value, "content")) table = value;
    if (equal_identifiers(tokens[i].value, "tokenize") && value.starts_with("porter")) index.language = stemmed;
    i += 2;
  }
  if (table_definition* of = schema.find(table); of != nullptr && !index.columns.empty()) {
    of->indexes.push_back(std::move(index));
  }
}

// The index is asked once for all rows of a rank, which depends on all that match; for a text that is shown, row by
// row.
void search(std::string& sql, const search_call& call) {
  const std::string name = quote_identifier(name_of(call));
  const std::string words(call.arguments[0].sql);
  // No words are a syntax error, an empty text is found nowhere.
  const std::string matching =
      " FROM " + name + " WHERE " + name + " MATCH iif(" + words + " = '', '\"\"', " + words + ")";
  const std::string key(call.key);
  if (call.f == function::search_matches) {
    sql += key + " IN (SELECT rowid" + matching + ")";
    return;
  }
  if (call.f == function::search_rank) {
    std::string weights;
    for (const index_term_info& term : call.index->terms) weights.append(", ").append(weight_text(term.weight));
    sql += "coalesce((WITH tupelo_found (tupelo_row, tupelo_rank) AS MATERIALIZED (SELECT rowid, -bm25(" + name +
           weights + ")" + matching + ") SELECT tupelo_rank FROM tupelo_found WHERE tupelo_row = " + key + "), 0.0)";
    return;
  }
  const bool all = call.f == function::search_highlight;
  sql += std::string("coalesce((SELECT ") + (all ? "highlight(" : "snippet(") + name + ", " +
         std::to_string(call.field) + ", " + std::string(call.arguments[1].sql) + ", " +
         std::string(call.arguments[2].sql);
  if (!all) sql += ", '', " + std::string(call.arguments[3].sql);
  sql += ")" + matching + " AND " + name + ".rowid = " + key + "), " + call.columns[call.field] + ", '')";
}

}  // namespace tupelo::sqlite
