// SPDX-License-Identifier: Apache-2.0
#include "json_functions.hpp"

#include "scalar_functions.hpp"

#include "tupelo/dialect/number_limits.hpp"

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

/// The server takes digits for positions in arrays and for keys of objects, whichever is there.
bool looks_like_a_position(std::string_view key) {
  return key.find_first_of("0123456789") != std::string_view::npos &&
         key.find_first_not_of("+-0123456789 \t\n\v\f\r") == std::string_view::npos;
}

std::string place(const std::string& document, std::string_view path) {
  return path.empty() ? document : document + " #> " + path_literal(path);
}

/// That what is there is an object or an array.
std::string holds(const std::string& document, std::string_view path, bool keys) {
  return "jsonb_typeof(" + place(document, path) + (keys ? ") = 'object'" : ") = 'array'");
}

/// The conditions, each with AND behind it, under which the server means the same places by the steps.
std::string meant(const std::string& document, std::string_view path) {
  std::string conditions;
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view before = path.substr(0, path.size() - rest.size());
    const json_step step = take_json_step(rest);
    if (step.is_key && !looks_like_a_position(step.name)) continue;
    conditions += holds(document, before, step.is_key) + " AND ";
  }
  return conditions;
}

std::string found(const function_call& call) {
  const std::string document(call[0].sql);
  const std::string there = document + " #> " + path_literal(call[1].sql);
  const std::string conditions = meant(document, call[1].sql);
  if (conditions.empty()) return "(" + there + ")";
  return "(CASE WHEN " + conditions.substr(0, conditions.size() - 5) + " THEN " + there + " END)";
}

/// NULL unless what is there is of this kind: a cast of anything else would end the transaction.
void get(std::string& sql, const function_call& call) {
  const auto as = static_cast<kind>(call.told);
  if (as == kind::json) {
    sql += found(call);
    return;
  }
  const std::string path = path_literal(call[1].sql);
  const std::string document(call[0].sql);
  const std::string text = "(" + document + " #>> " + path + ")";
  const std::string number = text + "::numeric";
  sql += "CASE WHEN " + meant(document, call[1].sql) + "jsonb_typeof(" + document + " #> " + path + ") = ";
  if (as == kind::text) {
    sql += "'string' THEN " + text;
  } else if (as == kind::boolean) {
    sql += "'boolean' THEN " + text + "::bool";
  } else if (is_integer(as)) {
    const integer_range range = range_of(as);
    sql.append("'number' THEN CASE WHEN trunc(").append(number).append(") BETWEEN ").append(range.lowest);
    sql.append(" AND ").append(range.highest).append(" THEN trunc(").append(number).append(")::int8 END");
  } else if (is_float(as)) {
    // The server refuses what is too large for a double and what is too small for one but is not 0.
    sql.append("'number' THEN CASE WHEN abs(").append(number).append(") > ").append(largest_of(as));
    sql.append(" THEN NULL WHEN abs(").append(number).append(") < 5e-324 THEN 0 ELSE ");
    sql.append(text).append("::float8 END");
  } else {
    sql += "'number' THEN " + text + "::" + std::string(value_type_of(as));
  }
  sql += " END";
}

/// That a value can be put there; the server refuses some of the other places and makes something else of others.
std::string takes(const std::string& document, std::string_view path) {
  std::string_view before = path, last = path;
  json_step step{};
  for (std::string_view rest = path; !rest.empty();) {
    last = rest;
    step = take_json_step(rest);
  }
  before.remove_suffix(last.size());
  const std::string condition = meant(document, before) + holds(document, before, step.is_key);
  if (step.is_key || step.name == "0") return condition;
  // The length of what is no array is an error.
  return "CASE WHEN " + condition + " THEN jsonb_array_length(" + place(document, before) +
         ") >= " + std::string(step.name) + " END";
}

void set(std::string& sql, const function_call& call) {
  std::string value(call[2].sql);
  if (call[2].bare && call[2].k == kind::null) {
    value = "'null'::jsonb";
  } else {
    if (call[2].bare) value.append("::").append(value_type_of(call[2].k));
    value = "to_jsonb(" + value + ")";
    if (call[2].nullable) value = "coalesce(" + value + ", 'null'::jsonb)";
  }
  std::string document(call[0].sql);
  // What is more than a column is computed once, under a name that no other has.
  const bool named = document.find(' ') != std::string::npos;
  if (named) document = "\"tupelo_place\".\"tupelo_document\"";
  std::string changed = "CASE WHEN " + takes(document, call[1].sql) + " THEN jsonb_set(" + document + ", " +
                        path_literal(call[1].sql) + ", " + value + ") ELSE " + document + " END";
  if (named) {
    changed = "(SELECT " + changed + " FROM (SELECT " + std::string(call[0].sql) +
              " AS \"tupelo_document\") AS \"tupelo_place\")";
  }
  sql += changed;
}

}  // namespace

bool json_function(std::string& sql, const function_call& call) {
  switch (call.f) {
    case function::json_get: get(sql, call); return true;
    case function::json_has: sql.append("(").append(found(call)).append(" IS NOT NULL)"); return true;
    case function::json_set: set(sql, call); return true;
    case function::json_contains:
      sql.append("(").append(call[0].sql).append(" @> ").append(call[1].sql).append("::jsonb)");
      return true;
    case function::json_agg:
      sql.append("coalesce(jsonb_agg(").append(call[0].sql).append(")");  // goes on behind the call
      return true;
    default: return false;
  }
}

}  // namespace tupelo::postgres
