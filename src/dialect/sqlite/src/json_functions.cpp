// SPDX-License-Identifier: Apache-2.0
#include "json_functions.hpp"

#include "tupelo/dialect/number_limits.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/json.hpp"

namespace tupelo::sqlite {

namespace {

std::string path_literal(std::string_view path) {
  std::string sql = "'$";
  while (!path.empty()) {
    const json_step step = take_json_step(path);
    if (!step.is_key) {
      sql.append("[").append(step.name).append("]");
      continue;
    }
    if (step.name.find('"') != std::string_view::npos) {
      throw query_error(errc::unsupported_feature,
                        "SQLite has no JSON paths through keys with a quotation mark in them");
    }
    sql += '.';
    const json key = json::from(step.name);  // keys are compared as they are written, escapes and all
    for (const char c : key.text()) {
      if (c == '\'') sql += '\'';
      sql += c;
    }
  }
  return sql + "'";
}

/// SQLite before 3.45 writes an escape of a path once more where it adds the key.
void refuse_escaped(const json_step& step) {
  if (!step.is_key || json::from(step.name).text().find('\\') == std::string::npos) return;
  throw query_error(errc::unsupported_feature,
                    "SQLite sets no place in JSON whose key has a backslash or a control character in it");
}

void get(std::string& sql, const function_call& call) {
  const auto as = static_cast<kind>(call.told);
  const std::string path = path_literal(call[1].sql);
  const std::string document(call[0].sql);
  const std::string place = document + ", " + path + ")";
  const std::string text = "(" + document + " -> " + path + ")";
  if (as == kind::json) {
    sql += text;
    return;
  }
  const std::string value = "json_extract(" + place;
  sql += "CASE WHEN json_type(" + place + " IN (";
  if (as == kind::text) {
    sql += "'text') THEN " + value;
  } else if (as == kind::boolean) {
    sql += "'true', 'false') THEN " + value;
  } else if (as == kind::i64) {
    sql += "'integer', 'real') AND " + value + " >= -9223372036854775808.0 AND " + value +
           " < 9223372036854775808.0 THEN CAST(" + value + " AS INTEGER)";
  } else if (is_integer(as)) {
    const integer_range range = range_of(as);
    sql.append("'integer', 'real') AND CAST(").append(value).append(" AS INTEGER) BETWEEN ").append(range.lowest);
    sql.append(" AND ").append(range.highest).append(" THEN CAST(").append(value).append(" AS INTEGER)");
  } else if (as == kind::decimal) {
    // A number of more digits than a double has stays the text that it is.
    sql += "'integer', 'real') THEN iif(length(" + text + ") <= 16, CAST(" + text + " AS NUMERIC), " + text + ")";
  } else {
    // The smallest integer has no positive counterpart: its abs() is an error.
    const std::string real = "CAST(" + value + " AS REAL)";
    sql.append("'integer', 'real') AND abs(").append(real).append(") <= ").append(largest_of(as));
    sql.append(" THEN ").append(real);
  }
  sql += " END";
}

/// As the JSON functions take a value: booleans are numbers otherwise, and documents texts.
std::string value_of(const call_argument& value) {
  std::string sql(value.sql);
  if (value.k == kind::boolean) return "json(CASE " + sql + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)";
  if (value.k == kind::json) return "json(" + sql + ")";
  // One of more digits than a double has is a text.
  if (value.k == kind::decimal) return "json(CAST(" + sql + " AS TEXT))";
  return sql;
}

/// SQLite's own would make what is around the place.
void set(std::string& sql, const function_call& call) {
  const std::string_view path = call[1].sql;
  std::string_view before = path, last = path;
  json_step step{};
  for (std::string_view rest = path; !rest.empty();) {
    last = rest;
    step = take_json_step(rest);
  }
  refuse_escaped(step);
  before.remove_suffix(last.size());
  const auto changed = [&](const std::string& document) {
    return "json_set(" + document + ", " + path_literal(path) + ", " + value_of(call[2]) + ")";
  };
  if (before.empty()) {
    sql += changed(std::string(call[0].sql));
    return;
  }
  // Under a name that no other has: it is computed once.
  const std::string document = "\"tupelo_place\".\"tupelo_document\"";
  sql += "(SELECT CASE WHEN json_type(" + document + ", " + path_literal(before) +
         (step.is_key ? ") = 'object' THEN " : ") = 'array' THEN ") + changed(document) + " ELSE " + document +
         " END FROM (SELECT " + std::string(call[0].sql) + " AS \"tupelo_document\") AS \"tupelo_place\")";
}

}  // namespace

bool json_function(std::string& sql, const function_call& call) {
  switch (call.f) {
    case function::json_get: get(sql, call); return true;
    case function::json_has:
      sql.append("(json_type(").append(call[0].sql).append(", ").append(path_literal(call[1].sql));
      sql += ") IS NOT NULL)";
      return true;
    case function::json_set: set(sql, call); return true;
    case function::json_agg: sql.append("json_group_array(").append(value_of(call[0])).append(")"); return true;
    default: return false;
  }
}

}  // namespace tupelo::sqlite
