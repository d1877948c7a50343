// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/dialect.hpp"

#include "sql_renderer.hpp"

#include "tupelo/query/sql_text.hpp"
#include "tupelo/core/error.hpp"

namespace tupelo {

json_step take_json_step(std::string_view& path) noexcept {
  const std::size_t end = path.find('\0');
  const json_step step{path.substr(1, end - 1), path.front() == 'k'};
  path.remove_prefix(end + 1);
  return step;
}

statement_plan dialect::render(const std::uint64_t* words, std::uint32_t count) const {
  return sql_renderer(*this, words, count).render();
}

void dialect::raw(std::string& sql, std::string_view text, std::size_t /*parameters*/) const { sql += text; }

std::string dialect::explain(explain_options how) const {
  std::string options;
  const auto add = [&](bool wanted, std::string_view name) {
    if (wanted) options.append(options.empty() ? "(" : ", ").append(name);
  };
  add(how.analyze, "ANALYZE");
  add(how.buffers, "BUFFERS");
  add(how.verbose, "VERBOSE");
  return options.empty() ? "EXPLAIN " : "EXPLAIN " + options + ") ";
}

void dialect::quote(std::string& sql, std::string_view identifier) const {
  sql += '"';
  for (char c : identifier) {
    sql += c;
    if (c == '"') sql += c;
  }
  sql += '"';
}

void dialect::in_list(std::string& sql, std::string_view column, std::uint32_t first, std::uint8_t bucket,
                      value_type values) const {
  sql += column;
  sql += " IN (";
  for (std::uint32_t i = 0; i < places_of(bucket); ++i) {
    if (i) sql += ", ";
    placeholder(sql, first + i, values);
  }
  sql += ')';
}

void dialect::returned_null(std::string& sql, std::string_view term, bool is_null) const {
  sql += term;
  sql += is_null ? " IS NULL" : " IS NOT NULL";
}

void dialect::returned_membership(std::string& sql, std::string_view, std::string_view test) const { sql += test; }

void dialect::row_list(std::string&, const call_argument*, std::size_t, std::uint32_t) const {
  throw query_error(errc::unsupported_feature,
                    std::string(name()) + " cannot load relations whose key has several columns");
}

std::string_view dialect::function_name(function f) const noexcept {
  switch (f) {
    case function::count:
    case function::count_distinct: return "count";
    case function::sum: return "sum";
    case function::avg: return "avg";
    case function::min: return "min";
    case function::max: return "max";
    case function::lower: return "lower";
    case function::upper: return "upper";
    case function::length: return "length";
    case function::string_agg: return "string_agg";
    case function::row_number: return "row_number";
    case function::rank: return "rank";
    case function::dense_rank: return "dense_rank";
    case function::ntile: return "ntile";
    case function::lag: return "lag";
    case function::lead: return "lead";
    case function::first_value: return "first_value";
    case function::last_value: return "last_value";
    case function::nth_value: return "nth_value";
    case function::rollup: return "ROLLUP ";
    case function::cube: return "CUBE ";
    case function::grouping_sets: return "GROUPING SETS ";
    case function::trim: return "trim";
    case function::trim_start: return "ltrim";
    case function::trim_end: return "rtrim";
    case function::substr: return "substr";
    case function::replace: return "replace";
    case function::concat: return " || ";
    case function::absolute: return "abs";
    case function::floor: return "floor";
    case function::ceiling: return "ceil";
    case function::coalesce: return "coalesce";
    case function::nullif: return "nullif";
    case function::choose: return "CASE";
    case function::add: return "+";
    case function::subtract: return "-";
    case function::multiply: return "*";
    case function::divide: return "/";
    case function::modulo: return "%";
    case function::now: return "CURRENT_TIMESTAMP";
    case function::year: return "YEAR";
    case function::month: return "MONTH";
    case function::day: return "DAY";
    case function::hour: return "HOUR";
    case function::minute: return "MINUTE";
    case function::second: return "SECOND";
    case function::quarter: return "QUARTER";
    case function::grouping_set:
    case function::row:
    case function::json_get:
    case function::json_has:
    case function::json_set:
    case function::json_contains:
    case function::json_agg:
    case function::position:
    case function::round:
    case function::least:
    case function::greatest:
    case function::cast:
    case function::weekday:
    case function::day_of_year:
    case function::start_of:
    case function::shift:
    case function::bucket:
    case function::bucket_series:
    case function::days_between:
    case function::epoch_seconds:
    case function::array_contains:
    case function::array_overlaps:
    case function::array_length:
    case function::array_append:
    case function::array_remove:
    case function::array_any:
    case function::array_all:
    case function::array_index:
    case function::array_element:
    case function::array_concat:
    case function::range_contains:
    case function::range_overlaps:  // of databases that have them
    case function::fragment:
    case function::search_matches:
    case function::search_rank:
    case function::search_highlight:
    case function::search_snippet: break;
  }
  return {};
}

namespace {

void choose(std::string& sql, const function_call& call) {
  sql += "CASE";
  for (std::size_t i = 0; i + 1 < call.count; i += 2) {
    sql.append(" WHEN ").append(call[i].sql).append(" THEN ").append(call[i + 1].sql);
  }
  if (call.count % 2) sql.append(" ELSE ").append(call[call.count - 1].sql);
  sql += " END";
}

/// The arguments with this between them.
void joined(std::string& sql, const function_call& call, std::string_view separator) {
  for (std::size_t i = 0; i < call.count; ++i) {
    if (i) sql += separator;
    sql += call[i].sql;
  }
}

}  // namespace

void dialect::call(std::string& sql, const function_call& call) const {
  const function f = call.f;
  if (f >= function::year && f <= function::day_of_year) return date_part(sql, f, call[0]);
  if (f == function::grouping_set || f == function::row) {
    sql += '(';
    joined(sql, call, ", ");
    sql += ')';
    return;
  }
  const std::string_view called = function_name(f);
  if (called.empty()) {
    const bool of_ranges = f == function::range_contains || f == function::range_overlaps;
    if (f == function::json_contains) {
      throw query_error(errc::unsupported_feature, std::string(name()) +
                                                       " cannot ask whether one JSON document contains "
                                                       "another: compare the places that matter, path(…).as<T>()");
    }
    if (f == function::array_append || f == function::array_remove || f == function::array_concat) {
      throw query_error(errc::unsupported_feature, std::string(name()) +
                                                       " keeps arrays as JSON texts, and appended(), without() and "
                                                       "concatenated() cannot be asked there: read the object, change "
                                                       "the vector and write it");
    }
    if (f >= function::array_any && f <= function::array_element) {
      throw query_error(errc::unsupported_feature,
                        std::string(name()) + " keeps arrays as JSON texts, and elements of the type " +
                            std::string(name_of(elements_told(call.told))) +
                            " are not told apart or ordered there as in a column: ask for equal ones by contains() "
                            "and overlaps(), or look at them in the program");
    }
    throw query_error(errc::unsupported_feature,
                      std::string(name()) + (of_ranges ? " has no range types: contains() and overlaps() of a range "
                                                         "cannot be asked there; keep the two bounds in two columns"
                                                       : " has no such function as this query calls"));
  }
  if (f == function::now) {
    sql += called;
    return;
  }
  if (f == function::choose) return choose(sql, call);
  if (f >= function::rollup && f <= function::grouping_sets && !features().grouping_sets) {
    throw query_error(errc::unsupported_feature,
                      std::string(name()) +
                          " groups in one way at a time: it has no rollup(), cube() and grouping_sets()");
  }
  const bool infix = f >= function::add && f <= function::modulo;
  if (!infix && f != function::concat) sql += called;
  sql += '(';
  if (f == function::count_distinct) sql += "DISTINCT ";
  joined(sql, call, infix ? " " + std::string(called) + " " : std::string(f == function::concat ? called : ", "));
  if (call.told != 0) sql.append(call.count ? ", " : "").append(std::to_string(call.told));
  sql += ')';
}

std::size_t dialect::behind_opaque(std::string_view sql, std::size_t at) const noexcept {
  const auto behind = [&](std::string_view end, std::size_t from) {
    const std::size_t found = sql.find(end, from);
    return found == std::string_view::npos ? sql.size() : found + end.size();
  };
  // A doubled quote ends one text and begins the next, which comes to the same.
  if (sql[at] == '\'' || sql[at] == '"' || sql[at] == '`') return behind(sql.substr(at, 1), at + 1);
  if (sql.substr(at, 2) == "--") return behind("\n", at + 2);
  if (sql.substr(at, 2) == "/*") return behind("*/", at + 2);
  return at;
}

void dialect::like_any_case(std::string& sql, std::string_view text, std::string_view pattern) const {
  sql += "lower(";
  sql += text;
  sql += ") LIKE lower(";
  sql += pattern;
  sql += ')';
  if (!features().backslash_in_like) sql += " ESCAPE '\\'";
}

void dialect::row_lock(std::string& sql, tupelo::row_lock lock, std::string_view of) const {
  switch (lock.strength) {
    case lock_strength::update: sql += " FOR UPDATE"; break;
    case lock_strength::no_key_update: sql += " FOR NO KEY UPDATE"; break;
    case lock_strength::share: sql += " FOR SHARE"; break;
    case lock_strength::key_share: sql += " FOR KEY SHARE"; break;
  }
  if (!of.empty()) {
    sql += " OF ";
    sql += of;
  }
  switch (lock.others) {
    case lock_wait::wait: break;
    case lock_wait::fail: sql += " NOWAIT"; break;
    case lock_wait::skip: sql += " SKIP LOCKED"; break;
  }
}

void dialect::literal(std::string& sql, const literal_value& value) const {
  if (value.k == kind::null) {
    sql += "NULL";
  } else if (!value.bare) {
    sql += sql_text_literal(value.text);
  } else if (value.text.starts_with('-')) {
    sql.append("(").append(value.text).append(")");
  } else {
    sql += value.text;
  }
}
void dialect::array_literal(std::string& sql, const std::vector<literal_value>& elements) const {
  sql += "ARRAY[";
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (i) sql += ", ";
    if (elements[i].k == kind::array) {
      array_literal(sql, elements[i].parts);
    } else {
      literal(sql, elements[i]);
    }
  }
  sql += ']';
}
void dialect::search(std::string&, const search_call&) const {
  throw query_error(errc::unsupported_feature, std::string(name()) + " has no full-text search");
}
void dialect::date_part(std::string& sql, function part, const call_argument& moment) const {
  sql += "EXTRACT(";
  sql += dialect::function_name(part);
  sql += " FROM ";
  sql += moment.sql;
  sql += ')';
}

}  // namespace tupelo
