// SPDX-License-Identifier: Apache-2.0
#include "alter_column.hpp"

#include "array_literal.hpp"
#include "expression.hpp"

#include "tupelo/dialect/postgres/ddl.hpp"
#include <tupelo/query/sql_text.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>

namespace tupelo::postgres {
namespace {

/// The default of an array is neutral as a JSON array; anything else is SQL for this database.
std::string array_default(const std::string& sql, type_kind element) {
  const std::vector<sql_token> tokens = sql_tokens(sql);
  if (tokens.size() != 1 || tokens[0].kind != sql_token_kind::text) return sql;
  const auto elements = array_elements(tokens[0].value, element);
  return elements ? sql_text_literal(array_literal(*elements)) : sql;
}

std::string default_text(const column_definition& column) {
  table_definition alone;
  if (column.type.is(type_kind::timestamp)) alone.columns.push_back(column);
  if (column.type.array) return array_default(*column.default_sql, column.type.kind);
  std::string text = expression_sql(alone, *column.default_sql);
  if (column.type.is(type_kind::boolean) && text == "0") return "FALSE";
  if (column.type.is(type_kind::boolean) && text == "1") return "TRUE";
  return text;
}

/// The definition of a column ends before words like AT TIME ZONE or BETWEEN, unless they stand in parentheses.
std::string default_of_definition(const column_definition& column) {
  std::string text = default_text(column);
  const std::vector<sql_token> tokens = sql_tokens(text);
  int depth = 0;
  bool plain = true;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].text == "(") ++depth;
    if (tokens[i].text == ")") --depth;
    const bool first = i == 0 && !equal_identifiers(tokens[i].value, "not");
    if (depth == 0 && tokens[i].kind == sql_token_kind::word && !first) plain = false;
  }
  return plain ? text : "(" + text + ")";
}

bool is_number(type_kind kind) noexcept {
  switch (kind) {
    case type_kind::int16:
    case type_kind::int32:
    case type_kind::int64:
    case type_kind::float32:
    case type_kind::float64:
    case type_kind::decimal: return true;
    default: return false;
  }
}

/// Between arrays element by element, from a single value to an array of it, and back by the text.
std::string array_conversion(const std::string& column, const column_type& from, const column_type& to) {
  const std::string type = type_text(to);
  const auto is_plain = [](type_kind kind) { return is_number(kind) || kind == type_kind::text; };
  if (from.array && to.array && is_plain(from.kind) && is_plain(to.kind)) return column + "::" + type;
  if (from.array || from.kind == type_kind::text) return column + "::text::" + type;
  return "CASE WHEN " + column + " IS NULL THEN NULL ELSE ARRAY[" + column + "::text]::" + type + " END";
}

/// How a value is converted; empty: as an assignment would, which refuses what does not fit.
std::string conversion(const std::string& column, const column_type& from, const column_type& to) {
  const type_kind a = from.kind;
  const type_kind b = to.kind;
  const std::string type = type_text(to);
  if (from.array || to.array) return array_conversion(column, from, to);
  if (a == type_kind::enumeration || b == type_kind::enumeration) return column + "::text::" + type;
  if ((is_number(a) && is_number(b)) || (a == b && a != type_kind::native && a != type_kind::native_or_text)) return {};
  if (b == type_kind::text) {
    // Moments and bytes as text: what core writes, whatever the session's settings are.
    if (a == type_kind::timestamp) return "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";
    if (a == type_kind::bytes) return "convert_from(" + column + ", 'UTF8')";
    return {};
  }
  if (a == type_kind::timestamp && b == type_kind::date) return "(" + column + " AT TIME ZONE 'UTC')::date";
  if (a == type_kind::date && b == type_kind::timestamp) return column + "::timestamp AT TIME ZONE 'UTC'";
  if (a == type_kind::text && b == type_kind::timestamp) {
    return "CASE WHEN " + column + " ~ '(Z|[+-]\\d\\d(:?\\d\\d)?)$' AND " + column + " ~ ':' THEN " + column +
           "::timestamptz ELSE " + column + "::timestamp AT TIME ZONE 'UTC' END";
  }
  if (a == type_kind::text && b == type_kind::bytes) return "convert_to(" + column + ", 'UTF8')";
  if (is_number(a) && b == type_kind::boolean) return column + " <> 0";
  if (a == type_kind::boolean && is_number(b)) return column + "::int4::" + type;
  if (a == type_kind::native || b == type_kind::native || a == type_kind::text) return column + "::" + type;
  return column + "::text::" + type;
}

std::string collation_text(const column_definition& column) {
  return column.collation.empty() ? std::string() : " COLLATE " + quote_identifier(column.collation);
}

std::string identity_kind(const column_definition& column) { return column.identity_always ? "ALWAYS" : "BY DEFAULT"; }

/// Identity from now on; keys that were given out before are not given out again.
void make_identity(std::vector<std::string>& out, const table_definition& table, const column_definition& column) {
  const std::string name = quote_identifier(table.name);
  const std::string key = quote_identifier(column.name);
  out.push_back("ALTER TABLE " + name + " ALTER COLUMN " + key + " ADD GENERATED " + identity_kind(column) +
                " AS IDENTITY");
  out.push_back(reset_sequence_text(table.name, column.name));
}

}  // namespace

std::string reset_sequence_text(std::string_view table, std::string_view column) {
  const std::string name = quote_identifier(table);
  return "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence(" + sql_text_literal(name) + ", " +
         sql_text_literal(column) + "), COALESCE((SELECT pg_catalog.max(" + quote_identifier(column) + ") FROM " +
         name + "), 0) + 1, false)";
}

std::string column_text(const table_definition& table, const column_definition& column) {
  std::string out = quote_identifier(column.name) + " " + type_text(column.type) + collation_text(column);
  if (column.is_computed()) {
    out += " GENERATED ALWAYS AS (" + expression_sql(table, column.computed_sql) +
           (column.computed_at_read ? ") VIRTUAL" : ") STORED");
  }
  if (column.identity) out += " GENERATED " + identity_kind(column) + " AS IDENTITY";
  if (!column.nullable) out += " NOT NULL";
  if (column.default_sql) out += " DEFAULT " + default_of_definition(column);
  return out;
}

std::string comment_text(std::string_view of, const std::string& comment) {
  return "COMMENT ON " + std::string(of) + " IS " + (comment.empty() ? "NULL" : sql_text_literal(comment));
}
std::string column_comment_text(const table_definition& table, const column_definition& column) {
  return comment_text("COLUMN " + quote_identifier(table.name) + "." + quote_identifier(column.name), column.comment);
}

bool makes_column_anew(const column_definition& from, const column_definition& to) {
  if (!to.is_computed()) return false;
  return !from.is_computed() || from.type != to.type || from.collation != to.collation ||
         from.computed_at_read != to.computed_at_read || !same_expression(from.computed_sql, to.computed_sql);
}

std::vector<std::string> alter_column_texts(const table_definition& table, const column_definition& from,
                                            const column_definition& to) {
  std::vector<std::string> out;
  if (makes_column_anew(from, to)) {
    out.push_back("ALTER TABLE " + quote_identifier(table.name) + " DROP COLUMN " + quote_identifier(from.name));
    out.push_back("ALTER TABLE " + quote_identifier(table.name) + " ADD COLUMN " + column_text(table, to));
    if (!to.comment.empty()) out.push_back(column_comment_text(table, to));
    return out;
  }
  const std::string column = quote_identifier(to.name);
  const std::string alter = "ALTER TABLE " + quote_identifier(table.name) + " ALTER COLUMN " + column + " ";
  if (from.is_computed() && !to.is_computed()) {
    if (from.computed_at_read) {
      throw migration_error(errc::unsupported_feature,
                            "table `" + table.name + "`: PostgreSQL cannot make column `" + from.name +
                                "`, which is computed when it is read, an ordinary one; make it a stored one first");
    }
    out.push_back(alter + "DROP EXPRESSION");  // and keep the values
  }
  const bool retyped = from.type != to.type;
  const bool rewritten = retyped || from.collation != to.collation;
  const bool new_default = canonical_default(from.default_sql, from.type) != canonical_default(to.default_sql, to.type);
  if (from.identity && !to.identity) {
    out.push_back(alter + "DROP IDENTITY IF EXISTS");
    out.push_back(alter + "DROP DEFAULT");  // of a serial column
  }
  if (from.default_sql && (retyped || (new_default && !to.default_sql))) out.push_back(alter + "DROP DEFAULT");
  if (rewritten) {
    const std::string using_text = retyped ? conversion(column, from.type, to.type) : std::string();
    out.push_back(alter + "TYPE " + type_text(to.type) + collation_text(to) +
                  (using_text.empty() ? "" : " USING " + using_text));
  }
  if (to.default_sql && (retyped || new_default)) out.push_back(alter + "SET DEFAULT " + default_text(to));
  if (from.nullable && !to.nullable) {
    if (to.default_sql && !canonical_default(to.default_sql, to.type).empty()) {
      out.push_back("UPDATE " + quote_identifier(table.name) + " SET " + column + " = DEFAULT WHERE " + column +
                    " IS NULL");
      // Rows whose keys are still to be checked would keep the table from being altered.
      const bool deferred = std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                                        [](const foreign_key_definition& key) { return key.deferrable; });
      if (deferred) out.emplace_back("SET CONSTRAINTS ALL IMMEDIATE");
    }
    out.push_back(alter + "SET NOT NULL");
  } else if (!from.nullable && to.nullable) {
    out.push_back(alter + "DROP NOT NULL");
  }
  if (!from.identity && to.identity) make_identity(out, table, to);
  if (from.identity && to.identity && from.identity_always != to.identity_always) {
    out.push_back(alter + "SET GENERATED " + identity_kind(to));
  }
  if (from.comment != to.comment) out.push_back(column_comment_text(table, to));
  return out;
}

}  // namespace tupelo::postgres
