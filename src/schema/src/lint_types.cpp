// SPDX-License-Identifier: Apache-2.0
#include "linter.hpp"

#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <array>

namespace tupelo {
namespace {

bool is_integer(type_kind kind) { return kind >= type_kind::int16 && kind <= type_kind::int64; }
bool is_float(type_kind kind) { return kind == type_kind::float32 || kind == type_kind::float64; }
bool is_number(type_kind kind) { return is_integer(kind) || is_float(kind) || kind == type_kind::decimal; }

/// Digits before the point that certainly fit; integers of any width need at most 19.
int whole_digits(const column_type& type) {
  switch (type.kind) {
    case type_kind::int16: return 5;
    case type_kind::int32: return 10;
    case type_kind::int64: return 19;
    case type_kind::decimal: return type.precision == 0 ? 1'000 : type.precision - type.scale;
    default: return 1'000;
  }
}

/// Conversions that cut off what is too long, where one of a single text is refused.
bool cuts_texts(const column_type& from, const column_type& to) {
  if (to.kind != type_kind::text || to.length == 0) return false;
  if (from.kind == type_kind::enumeration) return true;
  return to.array && from.kind == type_kind::text && (from.length == 0 || from.length > to.length);
}

bool is_text(const column_type& type) { return !type.array && type.kind == type_kind::text; }

/// Functions whose value is the same for all rows of one statement.
constexpr std::array steady_functions = std::to_array<std::string_view>({
    "array",
    "cast",
    "coalesce",
    "concat",
    "current_setting",
    "date",
    "date_trunc",
    "format",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "length",
    "localtimestamp",
    "lower",
    "make_date",
    "make_interval",
    "make_timestamp",
    "md5",
    "now",
    "nullif",
    "repeat",
    "replace",
    "round",
    "statement_timestamp",
    "timezone",
    "to_char",
    "to_timestamp",
    "transaction_timestamp",
    "trim",
    "upper",
});

}  // namespace

bool type_loses(const column_type& from, const column_type& to) {
  if (from.array != to.array) return false;
  if (cuts_texts(from, to)) return true;
  const type_kind a = from.kind;
  const type_kind b = to.kind;
  if (is_float(a) && (is_integer(b) || b == type_kind::decimal)) return true;
  if (a == type_kind::float64 && b == type_kind::float32) return true;
  if (a == type_kind::decimal && (is_integer(b) || is_float(b))) return true;
  if (a == type_kind::int64 && is_float(b)) return true;
  if (a == type_kind::int32 && b == type_kind::float32) return true;
  if (a == type_kind::decimal && b == type_kind::decimal && to.precision != 0) {
    return from.precision == 0 || to.scale < from.scale;
  }
  if (a == type_kind::timestamp && (b == type_kind::date || b == type_kind::time_of_day)) return true;
  return is_number(a) && b == type_kind::boolean;
}

bool type_may_refuse(const column_type& from, const column_type& to) {
  if (from.array != to.array) return true;
  const type_kind a = from.kind;
  const type_kind b = to.kind;
  if (is_text(to)) {
    if (a == type_kind::bytes) return true;
    return to.length != 0 && (!is_text(from) || from.length == 0 || from.length > to.length);
  }
  if (is_number(a) && is_number(b)) {
    if (is_float(b)) return false;
    return whole_digits(to) < whole_digits(from);
  }
  if (a == type_kind::boolean && is_number(b)) return false;
  if (a == type_kind::date && b == type_kind::timestamp) return false;
  if (a == type_kind::text && b == type_kind::bytes) return false;
  return true;
}

bool type_changes_in_place(const column_type& from, const column_type& to) {
  if (from == to) return true;
  if (is_text(from) && is_text(to)) return to.length == 0 || (from.length != 0 && to.length >= from.length);
  if (!from.array && !to.array && from.kind == type_kind::decimal && to.kind == type_kind::decimal) {
    if (to.precision == 0) return true;
    return from.precision != 0 && from.scale == to.scale && to.precision >= from.precision;
  }
  return false;
}

bool is_constant(std::string_view default_sql) {
  for (const sql_token& token : sql_tokens(default_sql)) {
    if (token.kind == sql_token_kind::symbol && token.text == "(") return false;
    if (token.kind == sql_token_kind::word && token.value.size() > 8 &&
        equal_identifiers(token.value.substr(0, 8), "CURRENT_")) {
      return false;
    }
  }
  return true;
}

bool is_volatile(std::string_view default_sql) {
  const std::vector<sql_token> tokens = sql_tokens(default_sql);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const bool called = tokens[i].kind == sql_token_kind::word && tokens[i + 1].text == "(";
    if (!called || is_sql_keyword(tokens[i].value)) continue;
    if (i > 0 && tokens[i - 1].text.ends_with(":")) continue;  // a type's length behind `::`
    const auto same = [&](std::string_view name) { return equal_identifiers(name, tokens[i].value); };
    if (std::none_of(steady_functions.begin(), steady_functions.end(), same)) return true;
  }
  return false;
}

}  // namespace tupelo
