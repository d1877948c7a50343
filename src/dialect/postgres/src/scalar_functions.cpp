// SPDX-License-Identifier: Apache-2.0
#include "scalar_functions.hpp"

#include <vector>

namespace tupelo::postgres {

namespace {

bool is_narrow(kind k) noexcept { return is_integer(k) && k != kind::i64 && k != kind::u64 && k != kind::u32; }

std::string as(std::string_view value, std::string_view type) { return std::string(value).append("::").append(type); }

/// The argument with the type that it has in C++, also where it is a parameter.
std::string typed(const call_argument& argument) {
  return argument.bare && argument.k != kind::null ? as(argument.sql, value_type_of(argument.k))
                                                   : std::string(argument.sql);
}

/// Without a time zone, as clocks tell it in UTC. A date has none.
std::string in_utc(const call_argument& moment) {
  if (moment.k != kind::timestamp) return typed(moment).append("::timestamp");
  return "(" + typed(moment) + " AT TIME ZONE 'UTC')";
}

/// Arguments of which the result is one, from one on in steps and perhaps the last: where they are all parameters, the
/// first says the type of all.
std::vector<std::string> of_one_type(const function_call& call, std::size_t from, std::size_t step, bool and_last) {
  std::vector<std::string> texts;
  const std::size_t none = call.count;
  std::size_t first_value = none;
  bool known = false;
  for (std::size_t i = 0; i < call.count; ++i) {
    texts.emplace_back(call[i].sql);
    const bool is_result = (i >= from && (i - from) % step == 0) || (and_last && i + 1 == call.count);
    if (!is_result || call[i].k == kind::null) continue;
    known = known || !call[i].bare;
    if (call[i].bare && first_value == none) first_value = i;
  }
  if (!known && first_value != none) texts[first_value] = typed(call[first_value]);
  return texts;
}

std::string list_of(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list.append(list.empty() ? "" : ", ").append(text);
  return list;
}

void choose(std::string& sql, const function_call& call) {
  const bool has_else = call.count % 2 == 1;
  const std::vector<std::string> texts = of_one_type(call, 1, 2, has_else);
  sql += "CASE";
  for (std::size_t i = 0; i + 1 < texts.size(); i += 2) {
    sql.append(" WHEN ").append(texts[i]).append(" THEN ").append(texts[i + 1]);
  }
  if (has_else) sql.append(" ELSE ").append(texts.back());
  sql += " END";
}

/// The server's own leave NULL out; everywhere else it makes the result NULL.
void extreme_of(std::string& sql, const function_call& call, std::string_view name) {
  const std::vector<std::string> texts = of_one_type(call, 0, 1, false);
  std::string nulls;
  for (std::size_t i = 0; i < call.count; ++i) {
    if (call[i].nullable) nulls.append(nulls.empty() ? "" : " OR ").append(texts[i]).append(" IS NULL");
  }
  if (!nulls.empty()) sql.append("CASE WHEN ").append(nulls).append(" THEN NULL ELSE ");
  sql.append(name).append("(").append(list_of(texts)).append(")");
  if (!nulls.empty()) sql += " END";
}

/// Halves go away from zero; the server's own sends those of doubles to the even neighbour.
void round(std::string& sql, const function_call& call) {
  const std::string digits = std::to_string(call.told);
  if (call[0].k == kind::decimal) {
    sql.append("round(").append(typed(call[0])).append(", ").append(digits).append(")");
    return;
  }
  const std::string number = as(call[0].sql, "float8");
  const std::string scale = call.told ? "1e" + digits + "::float8" : std::string();
  // From 2^52 on a double has no fraction, and what is added to it may become another whole number.
  sql.append("CASE WHEN abs(").append(number).append(") >= 4503599627370496");
  sql.append(scale.empty() ? "" : " / " + scale).append(" THEN ").append(number);
  sql.append(" ELSE (sign(").append(number).append(") * floor(abs(").append(number).append(")");
  if (!scale.empty()) sql.append(" * ").append(scale);
  sql += " + 0.5)";
  if (!scale.empty()) sql.append(" / ").append(scale);
  sql += ") END";
}

void cast(std::string& sql, const function_call& call) {
  const call_argument& from = call[0];
  const auto to = static_cast<kind>(call.told);
  const std::string value = typed(from);
  if (is_integer(to)) {
    if (is_float(from.k) || from.k == kind::decimal) {
      sql.append("trunc(").append(value).append(")::int8");
    } else {
      sql.append("(").append(value).append(from.k == kind::boolean ? ")::int4" : ")::int8");
    }
    return;
  }
  if (to == kind::boolean) {
    sql.append("(").append(value).append(" <> 0)");
  } else if (to == kind::date && from.k == kind::timestamp) {
    sql.append(in_utc(from)).append("::date");
  } else if (to == kind::timestamp) {
    sql.append("(").append(in_utc(from)).append(" AT TIME ZONE 'UTC')");
  } else if (to == kind::text && from.k == kind::date) {
    sql.append("to_char(").append(value).append(", 'YYYY-MM-DD')");
  } else {
    sql.append("(").append(value).append(")::").append(value_type_of(to));
  }
}

std::string_view unit_name(calendar_unit unit) noexcept {
  switch (unit) {
    case calendar_unit::second: return "second";
    case calendar_unit::minute: return "minute";
    case calendar_unit::hour: return "hour";
    case calendar_unit::day: return "day";
    case calendar_unit::week: return "week";
    case calendar_unit::month: return "month";
    case calendar_unit::quarter: return "quarter";
    case calendar_unit::year: return "year";
  }
  return {};
}

/// A moment without a time zone becomes what the first argument is.
void back(std::string& sql, const std::string& moment, kind k) {
  const bool has_a_time = k == kind::timestamp;
  sql.append(has_a_time ? "((" : "(").append(moment).append(has_a_time ? ") AT TIME ZONE 'UTC')" : ")::date");
}

void start_of(std::string& sql, const function_call& call) {
  const std::string unit(unit_name(static_cast<calendar_unit>(call.told)));
  back(sql, "date_trunc('" + unit + "', " + in_utc(call[0]) + ")", call[0].k);
}

void shift(std::string& sql, const function_call& call) {
  const auto unit = static_cast<calendar_unit>(call.told);
  const std::string_view name = unit == calendar_unit::hour     ? "hours"
                                : unit == calendar_unit::minute ? "mins"
                                : unit == calendar_unit::second ? "secs"
                                : unit == calendar_unit::week   ? "weeks"
                                : unit == calendar_unit::month  ? "months"
                                : unit == calendar_unit::year   ? "years"
                                                                : "days";
  const std::string amount =
      as("(" + std::string(call[1].sql) + ")", unit == calendar_unit::second ? "float8" : "int4");
  back(sql, in_utc(call[0]) + " + make_interval(" + std::string(name) + " => " + amount + ")", call[0].k);
}

std::string day_of(const call_argument& moment) {
  return moment.k == kind::timestamp ? in_utc(moment) + "::date" : typed(moment);
}

std::string seconds_of(const call_argument& moment) { return "floor(EXTRACT(EPOCH FROM " + typed(moment) + "))::int8"; }

void bucket(std::string& sql, const call_argument& moment, const std::string& width) {
  sql.append("to_timestamp(floor(").append(seconds_of(moment)).append(" / ").append(width);
  sql.append("::float8) * ").append(width).append(")");
}

void bucket_series(std::string& sql, const function_call& call) {
  const std::string from = as(call[0].sql, "timestamptz"), to = as(call[1].sql, "timestamptz");  // also of NULL
  const std::string width = std::to_string(call.told);
  sql += "SELECT bucket FROM generate_series(";
  bucket(sql, {from, kind::timestamp}, width);
  sql.append(", ").append(to).append(" - interval '1 microsecond', interval '").append(width);
  sql.append(" seconds') AS bucket WHERE ").append(from).append(" < ").append(to);
}

}  // namespace

std::string_view value_type_of(kind k) noexcept {
  if (is_integer(k)) return "int8";
  if (is_float(k)) return "float8";
  switch (k) {
    case kind::decimal: return "numeric";
    case kind::uuid: return "uuid";
    case kind::date: return "date";
    case kind::timestamp: return "timestamptz";
    case kind::bytes: return "bytea";
    case kind::boolean: return "bool";
    case kind::json: return "jsonb";
    case kind::interval: return "interval";
    case kind::time_of_day: return "time";
    default: return "text";
  }
}

void arithmetic(std::string& sql, std::string_view sign, const call_argument& left, const call_argument& right) {
  const bool decimal = left.k == kind::decimal || right.k == kind::decimal;
  const bool divides = sign == "/" || sign == "%";
  // The server computes with 32 bits where both sides have no more.
  const auto widened = [&](const call_argument& side) {
    if (decimal && is_float(side.k)) return as(side.sql, "numeric");
    return side.k == kind::f32 && !side.bare ? as(side.sql, "float8") : std::string(side.sql);
  };
  sql += '(';
  sql += is_narrow(left.k) && is_narrow(right.k) ? as(left.sql, "int8") : widened(left);
  sql.append(" ").append(sign).append(" ");
  // Dividing by zero gives NULL, as it does in SQLite and MySQL, rather than ending the transaction.
  if (divides) sql += "NULLIF(";
  sql += widened(right);
  if (divides) sql += ", 0)";
  sql += ')';
}

bool scalar_function(std::string& sql, const function_call& call) {
  switch (call.f) {
    case function::add: arithmetic(sql, "+", call[0], call[1]); return true;
    case function::subtract: arithmetic(sql, "-", call[0], call[1]); return true;
    case function::multiply: arithmetic(sql, "*", call[0], call[1]); return true;
    case function::divide: arithmetic(sql, "/", call[0], call[1]); return true;
    case function::modulo: arithmetic(sql, "%", call[0], call[1]); return true;
    case function::round: round(sql, call); return true;
    case function::least: extreme_of(sql, call, "least"); return true;
    case function::greatest: extreme_of(sql, call, "greatest"); return true;
    case function::choose: choose(sql, call); return true;
    case function::coalesce:
      sql.append("coalesce(").append(list_of(of_one_type(call, 0, 1, false))).append(")");
      return true;
    case function::nullif:
      sql.append("nullif(").append(list_of(of_one_type(call, 0, 1, false))).append(")");
      return true;
    case function::cast: cast(sql, call); return true;
    case function::substr:
      sql.append("substr(").append(call[0].sql).append(", ").append(as("(" + std::string(call[1].sql) + ")", "int4"));
      sql.append(", ").append(as("(" + std::string(call[2].sql) + ")", "int4")).append(")");
      return true;
    case function::position:
      sql.append("strpos(").append(call[0].sql).append(", ").append(call[1].sql).append(")");
      return true;
    case function::concat:
      sql += '(';
      for (std::size_t i = 0; i < call.count; ++i) sql.append(i ? " || " : "").append(typed(call[i]));
      sql += ')';
      return true;
    case function::string_agg:
      sql.append("string_agg(").append(call[0].sql).append(", ").append(typed(call[1])).append(")");
      return true;
    case function::start_of: start_of(sql, call); return true;
    case function::shift: shift(sql, call); return true;
    case function::bucket: bucket(sql, call[0], std::to_string(call.told)); return true;
    case function::bucket_series: bucket_series(sql, call); return true;
    case function::days_between:
      sql.append("(").append(day_of(call[1])).append(" - ").append(day_of(call[0])).append(")");
      return true;
    case function::epoch_seconds: sql += seconds_of(call[0]); return true;
    default: return false;
  }
}

}  // namespace tupelo::postgres
