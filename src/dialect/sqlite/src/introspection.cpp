// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/sqlite/introspection.hpp"

#include "create_table_reader.hpp"
#include "search_index.hpp"

#include "tupelo/dialect/sqlite/ddl.hpp"
#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tupelo::sqlite {
namespace {

using rows = std::vector<introspection_row>;

std::string text(const std::optional<std::string>& cell) { return cell ? *cell : std::string(); }
bool yes(const std::optional<std::string>& cell) { return cell && *cell == "1"; }

referential_action parse_action(const std::string& name) {
  if (name == "CASCADE") return referential_action::cascade;
  if (name == "SET NULL") return referential_action::set_null;
  if (name == "SET DEFAULT") return referential_action::set_default;
  if (name == "RESTRICT") return referential_action::restrict;
  return referential_action::no_action;
}

bool same_names(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const std::string& x, const std::string& y) { return equal_identifiers(x, y); });
}

/// A primary key of one column declared INTEGER is SQLite's own row number, which it makes itself.
void mark_row_number(table_definition& table, const std::vector<std::string>& declared, bool without_rowid) {
  if (without_rowid || table.primary_key.columns.size() != 1) return;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    column_definition& column = table.columns[i];
    if (column.name == table.primary_key.columns[0] && equal_identifiers(declared[i], "INTEGER")) {
      column.identity = true;
      column.type = type_kind::int64;
    }
  }
}

void read_columns(table_definition& table, const rows& answers, const table_text& written, bool without_rowid) {
  std::vector<std::string> declared;
  std::vector<std::pair<std::string, std::string>> key;  // position in the key, column
  for (const introspection_row& row : answers) {
    if (row.c0 != table.name) continue;
    column_definition column;
    column.name = text(row.c1);
    column.type = parse_type(text(row.c2));
    column.nullable = !yes(row.c3);
    column.default_sql = row.c4;
    for (const table_text::computed_column& computed : written.computed) {
      if (!equal_identifiers(computed.name, column.name)) continue;
      column.computed_sql = computed.sql;
      column.computed_at_read = text(row.c6) == "2";
    }
    for (const table_text::collated_column& collated : written.collated) {
      if (equal_identifiers(collated.name, column.name)) column.collation = collated.collation;
    }
    if (equal_identifiers(column.collation, "binary")) column.collation.clear();
    if (text(row.c5) != "0") {
      key.emplace_back(text(row.c5), column.name);
      // SQLite lets NULL into keys by an old mistake of its own; no key of ours holds one.
      column.nullable = false;
    }
    declared.push_back(text(row.c2));
    table.columns.push_back(std::move(column));
  }
  std::sort(key.begin(), key.end(), [](const auto& a, const auto& b) {
    return a.first.size() != b.first.size() ? a.first.size() < b.first.size() : a.first < b.first;
  });
  for (auto& part : key) table.primary_key.columns.push_back(std::move(part.second));
  mark_row_number(table, declared, without_rowid);
}

void read_foreign_keys(table_definition& table, const rows& answers, const table_text& written) {
  std::string current;
  for (const introspection_row& row : answers) {
    if (row.c0 != table.name) continue;
    if (text(row.c1) != current || table.foreign_keys.empty()) {
      current = text(row.c1);
      foreign_key_definition key;
      key.references = text(row.c2);
      key.on_update = parse_action(text(row.c5));
      key.on_delete = parse_action(text(row.c6));
      table.foreign_keys.push_back(std::move(key));
    }
    table.foreign_keys.back().columns.push_back(text(row.c3));
    if (row.c4) table.foreign_keys.back().referenced_columns.push_back(*row.c4);
  }
  for (foreign_key_definition& key : table.foreign_keys) {
    auto same = [&](const foreign_key_definition& other) {
      return equal_identifiers(other.references, key.references) && same_names(other.columns, key.columns);
    };
    auto found = std::find_if(written.foreign_keys.begin(), written.foreign_keys.end(), same);
    if (found == written.foreign_keys.end()) continue;
    key.name = found->name;
    key.deferrable = found->deferrable;
  }
}

/// From the text: where the primary key has the same columns, SQLite makes no index for the constraint.
void read_uniques(table_definition& table, table_text& written) {
  for (key_definition& unique : written.uniques) {
    for (std::string& name : unique.columns) {
      for (const column_definition& column : table.columns) {
        if (equal_identifiers(column.name, name)) name = column.name;
      }
    }
    table.uniques.push_back(std::move(unique));
  }
}

std::string without_parentheses(std::string sql) {
  const std::vector<sql_token> tokens = sql_tokens(sql);
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    depth += tokens[i].text == "(" ? 1 : tokens[i].text == ")" ? -1 : 0;
    if (depth == 0 && i + 1 < tokens.size()) return sql;
  }
  return sql.size() > 2 && tokens[0].text == "(" ? sql.substr(1, sql.size() - 2) : sql;
}

/// Rows of one index are neighbours.
void read_indexes(table_definition& table, const rows& answers) {
  for (std::size_t i = 0; i < answers.size();) {
    const introspection_row& head = answers[i];
    if (head.c0 != table.name || head.c3 != "c") {
      ++i;
      continue;
    }
    std::size_t end = i;
    index_definition index;
    for (; end < answers.size() && answers[end].c0 == head.c0 && answers[end].c1 == head.c1; ++end) {
      index_column& term = index.columns.emplace_back();
      term.name = text(answers[end].c5);
      term.descending = yes(answers[end].c6);
      const column_definition* column = table.find_column(term.name);
      const std::string usual = column == nullptr || column->collation.empty() ? "BINARY" : column->collation;
      if (!equal_identifiers(text(answers[end].c8), usual)) term.collation = text(answers[end].c8);
    }
    i = end;
    const std::vector<std::string> terms = read_index_terms(text(head.c7));
    for (std::size_t k = 0; k < index.columns.size() && k < terms.size(); ++k) {
      if (index.columns[k].name.empty()) index.columns[k].expression = without_parentheses(terms[k]);
    }
    index.name = text(head.c1);
    index.unique = yes(head.c2);
    index.where = yes(head.c4) ? read_index_condition(text(head.c7)) : std::string();
    table.indexes.push_back(std::move(index));
  }
}

}  // namespace

std::vector<std::string> introspection_queries() {
  static constexpr std::string_view tables = "FROM pragma_table_list t WHERE t.schema = 'main' AND t.type = 'table' "
                                             "AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
  std::string joined(tables);
  auto with = [&](std::string_view join) {
    std::string out = joined;
    return out.insert(out.find(" WHERE"), join);
  };
  return {
      "SELECT t.name, m.sql, CAST(t.wr AS TEXT), NULL, NULL, NULL, NULL, NULL, NULL, NULL " +
          with(" JOIN sqlite_master m ON m.type = 'table' AND m.name = t.name") + " ORDER BY t.name",
      "SELECT t.name, x.name, x.type, CAST(x.\"notnull\" AS TEXT), x.dflt_value, CAST(x.pk AS TEXT), CAST(x.hidden AS "
      "TEXT), NULL, NULL, NULL " +
          with(" JOIN pragma_table_xinfo(t.name) x") + " AND x.hidden <> 1 ORDER BY t.name, x.cid",
      "SELECT t.name, CAST(f.id AS TEXT), f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete, NULL, NULL, "
      "NULL " +
          with(" JOIN pragma_foreign_key_list(t.name) f") + " ORDER BY t.name, f.id DESC, f.seq",
      "SELECT t.name, i.name, CAST(i.\"unique\" AS TEXT), i.origin, CAST(i.partial AS TEXT), x.name, "
      "CAST(x.\"desc\" AS TEXT), m.sql, x.coll, NULL " +
          with(" JOIN pragma_index_list(t.name) i JOIN pragma_index_xinfo(i.name) x "
               "LEFT JOIN sqlite_master m ON m.type = 'index' AND m.name = i.name") +
          " AND x.key = 1 ORDER BY t.name, i.name, x.seqno",
      search_introspection_query(),
      // Views, virtual tables and triggers that are not of search indexes, and options of tables.
      "SELECT kind, name, on_table, definition, NULL, NULL, NULL, NULL, NULL, NULL FROM ("
      "SELECT m.type AS kind, m.name, CASE m.type WHEN 'trigger' THEN m.tbl_name END AS on_table, m.sql AS definition "
      "FROM sqlite_master m WHERE m.type IN ('view', 'trigger') AND NOT EXISTS (SELECT 1 FROM sqlite_master v WHERE "
      "v.type = 'table' AND v.sql LIKE 'CREATE VIRTUAL TABLE%' AND m.type = 'trigger' AND m.name IN (v.name || "
      "'_insert', v.name || '_delete', v.name || '_update')) UNION ALL "
      "SELECT 'virtual table', m.name, NULL, m.sql FROM sqlite_master m WHERE m.type = 'table' AND m.sql LIKE 'CREATE "
      "VIRTUAL TABLE%' AND NOT EXISTS (SELECT 1 FROM sqlite_master t WHERE t.type = 'trigger' AND t.name = m.name || "
      "'_insert') UNION ALL "
      "SELECT 'table option', 'WITHOUT ROWID', t.name, NULL " +
          joined + " AND t.wr UNION ALL SELECT 'table option', 'STRICT', t.name, NULL " + joined +
          " AND t.strict) ORDER BY kind, on_table, name",
  };
}

namespace {

/// What an insert of a row does that a constraint refuses, where that is not to fail; and keys that are given out again
/// once the row that had the highest one is gone, as those of tables that are made here are not.
void list_table_options(schema_definition& schema, const rows& tables) {
  for (const introspection_row& row : tables) {
    const std::string declared = text(row.c1);
    const std::vector<sql_token> tokens = sql_tokens(declared);  // which point into it
    const table_definition& table = *schema.find(text(row.c0));
    const bool generated = std::any_of(table.columns.begin(), table.columns.end(),
                                       [](const column_definition& column) { return column.identity; });
    const bool never_again = std::any_of(tokens.begin(), tokens.end(), [](const sql_token& token) {
      return token.kind == sql_token_kind::word && equal_identifiers(token.text, "autoincrement");
    });
    if (generated && !never_again) schema.others.push_back({"table option", "no AUTOINCREMENT", table.name, {}});
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      if (tokens[i].kind != sql_token_kind::word || !equal_identifiers(tokens[i].value, "conflict")) continue;
      if (!equal_identifiers(tokens[i - 1].value, "on")) continue;
      schema.others.push_back({"table option", "ON CONFLICT", text(row.c0), {}});
      break;
    }
  }
}

/// Keys and unique constraints that compare otherwise than their columns do. Rows of one index are neighbours.
void list_collated_keys(schema_definition& schema, const rows& indexes) {
  for (const introspection_row& row : indexes) {
    const bool key = row.c3 == "pk";
    if (!key && row.c3 != "u") continue;
    const table_definition* table = schema.find(text(row.c0));
    const column_definition* column = table == nullptr ? nullptr : table->find_column(text(row.c5));
    if (column == nullptr) continue;
    if (equal_identifiers(text(row.c8), column->collation.empty() ? "BINARY" : column->collation)) continue;
    schema_object other{"table option", key ? "PRIMARY KEY with COLLATE" : "UNIQUE with COLLATE", table->name, {}};
    if (schema.others.empty() || schema.others.back() != other) schema.others.push_back(std::move(other));
  }
}

/// SQLite takes names of tables and columns in any case.
void write_as_declared(const schema_definition& schema, foreign_key_definition& key) {
  for (const table_definition& table : schema.tables) {
    if (!equal_identifiers(table.name, key.references)) continue;
    key.references = table.name;
    if (key.referenced_columns.empty()) key.referenced_columns = table.primary_key.columns;
    for (std::string& name : key.referenced_columns) {
      for (const column_definition& column : table.columns) {
        if (equal_identifiers(column.name, name)) name = column.name;
      }
    }
    return;
  }
}

}  // namespace

schema_definition decode_introspection(const std::vector<std::vector<introspection_row>>& answers) {
  schema_definition schema;
  for (const introspection_row& row : answers.at(0)) {
    table_definition table;
    table.name = text(row.c0);
    table_text written = read_create_table(text(row.c1));
    read_columns(table, answers.at(1), written, yes(row.c2));
    table.primary_key.name = written.primary_key_name;
    read_foreign_keys(table, answers.at(2), written);
    read_uniques(table, written);
    read_indexes(table, answers.at(3));
    table.checks = std::move(written.checks);
    schema.add(std::move(table));
  }
  for (const introspection_row& row : answers.at(4)) read_search_index(schema, text(row.c0), text(row.c1));
  for (table_definition& table : schema.tables) {
    for (foreign_key_definition& key : table.foreign_keys) write_as_declared(schema, key);
  }
  for (const introspection_row& row : answers.at(5)) {
    schema.others.push_back({text(row.c0), text(row.c1), text(row.c2), text(row.c3)});
  }
  list_table_options(schema, answers.at(0));
  list_collated_keys(schema, answers.at(3));
  return with_names(schema);
}

std::string wipe_query() {
  // Views first: they may name any table. Shadow tables go with their virtual table.
  return "SELECT 'DROP ' || CASE type WHEN 'view' THEN 'VIEW' ELSE 'TABLE' END || ' \"' || replace(name, '\"', '\"\"') "
         "|| '\"' "
         "FROM pragma_table_list WHERE schema = 'main' AND type IN ('view', 'table', 'virtual') "
         "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type <> 'view', name";
}

}  // namespace tupelo::sqlite
