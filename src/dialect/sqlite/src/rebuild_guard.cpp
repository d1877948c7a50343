// SPDX-License-Identifier: Apache-2.0
#include "rebuild_guard.hpp"

#include "tupelo/dialect/sqlite/ddl.hpp"
#include <tupelo/query/sql_text.hpp>

#include <cstddef>
#include <string_view>

namespace tupelo::sqlite {
namespace {

std::string listed(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

std::string quoted_columns(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(quote_identifier(name));
  return listed(quoted);
}

/// How often a text without its white space has the words.
std::size_t occurrences(std::string_view sql, std::string_view words) {
  std::string squeezed;
  for (const char c : sql) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    squeezed += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  std::size_t count = 0;
  for (std::size_t at = squeezed.find(words); at != std::string::npos; at = squeezed.find(words, at + words.size())) {
    ++count;
  }
  return count;
}

constexpr std::string_view in_sql = "make the change in SQL (db.execute) and tell the schema of it (db.declare)";
constexpr std::string_view declared =
    "tell the schema of it (db.declare), or make the table anew without it (db.execute)";

/// What no pragma tells is counted in the statement that made the table, and in the one that would make it now.
std::string written_more_often(const table_definition& table, std::string_view words, std::string_view what,
                               std::string_view remedy) {
  const std::string wanted = std::to_string(occurrences(create_table_text(table, table.name), words));
  const std::string word = sql_text_literal(words);
  return "SELECT " + sql_text_literal(what) + ", " + sql_text_literal(remedy) +
         " FROM (SELECT replace(replace(replace(replace(upper(sql), ' ', ''), char(9), ''), char(10), ''), char(13), "
         "'') AS text FROM sqlite_master WHERE type = 'table' AND name = " +
         sql_text_literal(table.name) + " COLLATE NOCASE) WHERE (length(text) - length(replace(text, " + word +
         ", ''))) / length(" + word + ") > " + wanted;
}

std::string options_of(const std::string& table) {
  const std::string from = ", " + sql_text_literal(in_sql) + " FROM pragma_table_list(" + table +
                           ") WHERE schema = 'main' AND type = 'table' AND ";
  return "SELECT 'STRICT'" + from + "strict UNION ALL SELECT 'WITHOUT ROWID'" + from + "wr";
}

std::string columns_of(const table_definition& definition, const std::string& table) {
  std::vector<std::string> known;
  for (const column_definition& column : definition.columns) known.push_back(sql_text_literal(column.name));
  return "SELECT printf('the column \"%w\"', name), 'add it by a migration (db.add_column) or drop it first' FROM "
         "pragma_table_xinfo(" +
         table + ") WHERE name COLLATE NOCASE NOT IN (" + listed(known) + ")";
}

std::string uniques_of(const table_definition& definition, const std::string& table) {
  std::vector<std::string> known;
  for (const key_definition& unique : definition.uniques) {
    known.push_back(sql_text_literal(quoted_columns(unique.columns)));
  }
  return "SELECT 'UNIQUE (' || columns || ')', " + sql_text_literal(declared) +
         " FROM (SELECT (SELECT group_concat(printf('\"%w\"', x.name), ', ') FROM pragma_index_info(i.name) x) AS "
         "columns FROM pragma_index_list(" +
         table + ") i WHERE i.origin = 'u') WHERE columns COLLATE NOCASE NOT IN (" + listed(known) + ")";
}

std::string foreign_keys_of(const table_definition& definition, const std::string& table) {
  std::vector<std::string> known;
  for (const foreign_key_definition& key : definition.foreign_keys) {
    known.push_back(
        sql_text_literal("(" + quoted_columns(key.columns) + ") REFERENCES " + quote_identifier(key.references)));
  }
  return "SELECT 'FOREIGN KEY ' || key, " + sql_text_literal(declared) +
         " FROM (SELECT '(' || (SELECT group_concat(printf('\"%w\"', x.\"from\"), ', ') FROM pragma_foreign_key_list(" +
         table + ") x WHERE x.id = k.id) || printf(') REFERENCES \"%w\"', k.\"table\") AS key FROM " +
         "pragma_foreign_key_list(" + table + ") k WHERE k.seq = 0) WHERE key COLLATE NOCASE NOT IN (" + listed(known) +
         ")";
}

/// Of the indexes that keep its keys and unique constraints; without saying so they compare as the columns do.
std::string collations_of(const table_definition& definition, const std::string& table) {
  std::string usual = "CASE x.name COLLATE NOCASE";
  bool some = false;
  for (const column_definition& column : definition.columns) {
    if (column.collation.empty()) continue;
    some = true;
    usual += " WHEN " + sql_text_literal(column.name) + " THEN " + sql_text_literal(column.collation);
  }
  usual = some ? usual + " ELSE 'BINARY' END" : "'BINARY'";
  return "SELECT DISTINCT printf('COLLATE %s of \"%w\" in ', x.coll, x.name) || CASE i.origin WHEN 'pk' THEN 'the "
         "primary key' ELSE 'a unique constraint' END, " +
         sql_text_literal(in_sql) + " FROM pragma_index_list(" + table +
         ") i JOIN pragma_index_xinfo(i.name) x WHERE i.origin IN ('pk', 'u') AND x.\"key\" = 1 AND x.coll COLLATE "
         "NOCASE <> " +
         usual;
}

/// Whether the object `m` of sqlite_master mentions the name that the expression gives, as a word.
std::string mentions(const std::string& name) {
  return "' ' || lower(m.sql) || ' ' GLOB '*[^a-z0-9_]' || replace(replace(replace(lower(" + name +
         "), '[', '[[]'), '*', '[*]'), '?', '[?]') || '[^a-z0-9_]*'";
}

}  // namespace

std::string lost_by_rebuild(const table_definition& table) {
  const std::string name = sql_text_literal(table.name);
  return "SELECT what || ' of the table ' || " + sql_text_literal(quote_identifier(table.name)) +
         " || ' is in no migration, and would be lost, as SQLite makes this change by making the table anew; ' || "
         "remedy FROM (SELECT NULL AS what, NULL AS remedy WHERE false UNION ALL " +
         columns_of(table, name) + " UNION ALL " + options_of(name) + " UNION ALL " + uniques_of(table, name) +
         " UNION ALL " + foreign_keys_of(table, name) + " UNION ALL SELECT * FROM (" + collations_of(table, name) +
         ") UNION ALL " + written_more_often(table, "CHECK(", "a CHECK", declared) + " UNION ALL " +
         written_more_often(table, "ONCONFLICT", "ON CONFLICT", in_sql) + ")";
}

std::string broken_by_dropping(const table_definition& table, const std::vector<std::string>& columns) {
  std::vector<std::string> gone;
  for (const std::string& column : columns) gone.push_back("(" + sql_text_literal(column) + ")");
  const std::string name = sql_text_literal(table.name);
  return "WITH RECURSIVE readers(name) AS (SELECT " + name +
         " UNION SELECT m.name FROM readers r JOIN sqlite_master m ON m.type = 'view' AND " + mentions("r.name") +
         "), gone(name) AS (VALUES " + listed(gone) +
         ") SELECT group_concat(reader, ', ') || ': this has the name of what goes of the table ' || " +
         sql_text_literal(quote_identifier(table.name)) +
         " || ' in it, and SQLite does not notice where it makes the table anew; drop it in this migration before the "
         "change "
         "and make it behind (db.execute), also where it means something else by that name' FROM (SELECT DISTINCT "
         "m.type || printf(' \"%w\" (\"%w\")', m.name, g.name) "
         "AS reader FROM sqlite_master m JOIN gone g ON " +
         mentions("g.name") + " WHERE m.type IN ('view', 'trigger') AND (m.tbl_name = " + name +
         " COLLATE NOCASE OR EXISTS (SELECT 1 FROM readers r WHERE " + mentions("r.name") +
         // The triggers of search indexes are made again as the description says.
         ")) AND NOT EXISTS (SELECT 1 FROM sqlite_master v WHERE v.type = 'table' AND v.sql LIKE 'CREATE VIRTUAL "
         "TABLE%' AND m.name IN (v.name || '_insert', v.name || '_delete', v.name || '_update')) ORDER BY 1) HAVING "
         "count(*) > 0";
}

}  // namespace tupelo::sqlite
