// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/dialect.hpp"

#include "sql_renderer.hpp"

#include "tupelo/core/error.hpp"

namespace tupelo {

statement_plan dialect::render(const std::uint64_t* words, std::uint32_t count) const {
  return sql_renderer(*this, words, count).render();
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
                      kind values) const {
  sql += column;
  sql += " IN (";
  for (std::uint32_t i = 0; i < places_of(bucket); ++i) {
    if (i) sql += ", ";
    placeholder(sql, first + i, values);
  }
  sql += ')';
}

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
    case function::coalesce: return "coalesce";
    case function::add: return "+";
    case function::subtract: return "-";
    case function::multiply: return "*";
    case function::divide: return "/";
    case function::now: return "CURRENT_TIMESTAMP";
    case function::year: return "YEAR";
    case function::month: return "MONTH";
    case function::day: return "DAY";
    case function::array_contains:
    case function::array_overlaps:
    case function::array_length:
    case function::range_contains:
    case function::range_overlaps: break;  // of databases that have them
  }
  return {};
}

void dialect::call(std::string& sql, function f, const call_argument* arguments, std::size_t count) const {
  const std::string_view called = function_name(f);
  if (called.empty()) {
    const bool of_ranges = f == function::range_contains || f == function::range_overlaps;
    throw query_error(errc::unsupported_feature,
                      std::string(name()) + (of_ranges ? " has no range types: contains() and overlaps() of a range "
                                                         "cannot be asked there; keep the two bounds in two columns"
                                                       : " has no such function as this query calls"));
  }
  if (f >= function::year && f <= function::day) return date_part(sql, f, arguments[0]);
  if (f == function::now) {
    sql += called;
    return;
  }
  if (f >= function::add && f <= function::divide) {
    sql += '(';
    sql += arguments[0].sql;
    sql += ' ';
    sql += called;
    sql += ' ';
    sql += arguments[1].sql;
    sql += ')';
    return;
  }
  sql += called;
  sql += '(';
  if (f == function::count_distinct) sql += "DISTINCT ";
  for (std::size_t i = 0; i < count; ++i) {
    if (i) sql += ", ";
    sql += arguments[i].sql;
  }
  sql += ')';
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

void dialect::date_part(std::string& sql, function part, const call_argument& moment) const {
  sql += "EXTRACT(";
  sql += dialect::function_name(part);
  sql += " FROM ";
  sql += moment.sql;
  sql += ')';
}

}  // namespace tupelo
