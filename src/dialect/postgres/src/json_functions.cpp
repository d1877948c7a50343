// SPDX-License-Identifier: Apache-2.0
#include "json_functions.hpp"

#include "scalar_functions.hpp"

namespace tupelo::postgres {

namespace {

/// As a literal of type text[], which is what takes paths.
std::string path_literal(std::string_view path) {
  std::string sql = "'{";
  while (!path.empty()) {
    const json_step step = take_json_step(path);
    sql += sql.size() > 2 ? ",\"" : "\"";
    for (const char c : step.name) {
      if (c == '"' || c == '\\') sql += '\\';
      if (c == '\'') sql += '\'';
      sql += c;
    }
    sql += '"';
  }
  return sql + "}'";
}

/// NULL unless what is there is of this kind: a cast of anything else would end the transaction.
void get(std::string& sql, const function_call& call) {
  const auto as = static_cast<kind>(call.told);
  const std::string path = path_literal(call[1].sql);
  const std::string document(call[0].sql);
  if (as == kind::json) {
    sql += "(" + document + " #> " + path + ")";
    return;
  }
  const std::string text = "(" + document + " #>> " + path + ")";
  sql += "CASE WHEN jsonb_typeof(" + document + " #> " + path + ") = ";
  if (as == kind::text) {
    sql += "'string' THEN " + text;
  } else if (as == kind::boolean) {
    sql += "'boolean' THEN " + text + "::bool";
  } else if (is_integer(as)) {
    sql += "'number' THEN trunc(" + text + "::numeric)::int8";
  } else {
    sql += "'number' THEN " + text + "::" + std::string(value_type_of(as));
  }
  sql += " END";
}

void set(std::string& sql, const function_call& call) {
  std::string value(call[2].sql);
  if (call[2].k == kind::null) {
    value = "'null'::jsonb";
  } else {
    if (call[2].bare) value.append("::").append(value_type_of(call[2].k));
    value = "to_jsonb(" + value + ")";
    if (call[2].nullable) value = "coalesce(" + value + ", 'null'::jsonb)";
  }
  sql.append("jsonb_set(").append(call[0].sql).append(", ").append(path_literal(call[1].sql));
  sql.append(", ").append(value).append(")");
}

}  // namespace

bool json_function(std::string& sql, const function_call& call) {
  switch (call.f) {
    case function::json_get: get(sql, call); return true;
    case function::json_has:
      sql.append("((").append(call[0].sql).append(" #> ").append(path_literal(call[1].sql)).append(") IS NOT NULL)");
      return true;
    case function::json_set: set(sql, call); return true;
    case function::json_contains:
      sql.append("(").append(call[0].sql).append(" @> ").append(call[1].sql).append("::jsonb)");
      return true;
    case function::json_agg:
      sql.append("coalesce(jsonb_agg(").append(call[0].sql).append("), '[]'::jsonb)");
      return true;
    default: return false;
  }
}

}  // namespace tupelo::postgres
