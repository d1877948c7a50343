// SPDX-License-Identifier: Apache-2.0
// Moments are texts of 26 characters ("2026-11-21 22:00:00.123456"), dates of 10. What is behind the seconds is kept
// away from SQLite's own functions, which round it to milliseconds, and with it the second.
#include "scalar_functions.hpp"

#include <algorithm>

namespace tupelo::sqlite {

namespace {

std::string text(std::string_view sql) { return std::string(sql); }
std::string cut(std::string_view moment, int characters) {
  return "substr(" + text(moment) + ", 1, " + std::to_string(characters) + ")";
}
std::string piece(std::string_view moment, int from, int characters) {
  return "CAST(substr(" + text(moment) + ", " + std::to_string(from) + ", " + std::to_string(characters) +
         ") AS INTEGER)";
}
std::string day_of(std::string_view moment) { return cut(moment, 10); }
std::string seconds_of(std::string_view moment) { return "CAST(strftime('%s', " + cut(moment, 19) + ") AS INTEGER)"; }

/// What stands behind what is cut to a unit.
std::string_view rest_of(calendar_unit unit) noexcept {
  switch (unit) {
    case calendar_unit::year: return "-01-01 00:00:00.000000";
    case calendar_unit::quarter:
    case calendar_unit::month: return "-01 00:00:00.000000";
    case calendar_unit::week:
    case calendar_unit::day: return " 00:00:00.000000";
    case calendar_unit::hour: return ":00:00.000000";
    case calendar_unit::minute: return ":00.000000";
    case calendar_unit::second: return ".000000";
  }
  return {};
}

std::string beginning_of(calendar_unit unit, std::string_view moment) {
  switch (unit) {
    case calendar_unit::year: return cut(moment, 4);
    case calendar_unit::quarter:
      return cut(moment, 5) + " || substr('010101040404070707101010', 2 * " + piece(moment, 6, 2) + " - 1, 2)";
    case calendar_unit::month: return cut(moment, 7);
    case calendar_unit::week: return "date(" + day_of(moment) + ", '-6 days', 'weekday 1')";
    case calendar_unit::day: return day_of(moment);
    case calendar_unit::hour: return cut(moment, 13);
    case calendar_unit::minute: return cut(moment, 16);
    case calendar_unit::second: return cut(moment, 19);
  }
  return {};
}

void start_of(std::string& sql, const function_call& call) {
  const auto unit = static_cast<calendar_unit>(call.told);
  const bool is_date = call[0].k == kind::date;
  std::string_view rest = rest_of(unit);
  if (is_date) rest = rest.substr(0, rest.find(' '));
  sql.append("(").append(beginning_of(unit, call[0].sql));
  if (!rest.empty()) sql.append(" || '").append(rest).append("'");
  sql += ')';
}

/// The day stays, or becomes the last of a month that has it not: SQLite's own would go on into the next month.
void shift_months(std::string& sql, std::string_view moment, const std::string& months) {
  const std::string first = day_of(moment) + ", 'start of month', (" + months + ") || ' months'";
  sql.append("(substr(date(").append(first).append("), 1, 8) || printf('%02d', min(").append(piece(moment, 9, 2));
  sql.append(", CAST(strftime('%d', ").append(first).append(", '+1 month', '-1 day') AS INTEGER))) || substr(");
  sql.append(moment).append(", 11))");
}

void shift(std::string& sql, const function_call& call) {
  const std::string_view moment = call[0].sql;
  const std::string amount = "(" + text(call[1].sql) + ")";
  const auto by = [&](const std::string& count, std::string_view unit) {
    const bool is_date = call[0].k == kind::date;
    sql.append(is_date ? "date(" : "(strftime('%Y-%m-%d %H:%M:%S', ").append(cut(moment, 19)).append(", ");
    sql.append(count).append(" || ' ").append(unit).append("')");
    if (!is_date) sql.append(" || substr(").append(moment).append(", 20))");
  };
  switch (static_cast<calendar_unit>(call.told)) {
    case calendar_unit::second: return by(amount, "seconds");
    case calendar_unit::minute: return by(amount, "minutes");
    case calendar_unit::hour: return by(amount, "hours");
    case calendar_unit::day: return by(amount, "days");
    case calendar_unit::week: return by("(" + amount + " * 7)", "days");
    case calendar_unit::month: return shift_months(sql, moment, amount);
    case calendar_unit::quarter: return shift_months(sql, moment, amount + " * 3");
    case calendar_unit::year: return shift_months(sql, moment, amount + " * 12");
  }
}

/// Decimals are kept as doubles, of which 15 digits are certain: those of 2.675 are, and it is rounded up.
void round(std::string& sql, const function_call& call) {
  const std::string number = text(call[0].sql);
  const std::string scale = "1e" + std::to_string(call.told);
  if (call.told == 0) {
    sql += "round(" + number + ")";
  } else if (call[0].k == kind::decimal) {
    sql += "iif(" + number + " IS NULL, NULL, round(CAST(printf('%.15g', " + number + " * " + scale + ") AS REAL)) / " +
           scale + ")";
  } else {
    // From 2^52 on a double has no fraction, and the largest ones would become infinite.
    sql += "iif(abs(" + number + ") >= 4503599627370496.0 / " + scale + ", " + number + ", round(" + number + " * " +
           scale + ") / " + scale + ")";
  }
}

void cast(std::string& sql, const function_call& call) {
  const std::string value = text(call[0].sql);
  const auto to = static_cast<kind>(call.told);
  if (is_integer(to)) {
    sql += "CAST(" + value + " AS INTEGER)";
  } else if (is_float(to)) {
    sql += "CAST(" + value + " AS REAL)";
  } else if (to == kind::boolean) {
    sql += "(" + value + " <> 0)";
  } else if (to == kind::decimal) {
    sql += "CAST(" + value + " AS NUMERIC)";
  } else if (to == kind::date) {
    sql += day_of(value);
  } else if (to == kind::timestamp) {
    sql += "(" + value + " || ' 00:00:00.000000')";
  } else {
    sql += "CAST(" + value + " AS TEXT)";
  }
}

std::string moment_at(const std::string& seconds) {
  return "strftime('%Y-%m-%d %H:%M:%S.000000', " + seconds + ", 'unixepoch')";
}

std::string bucket_at(std::string_view moment, const std::string& width) {
  const std::string seconds = seconds_of(moment);
  // The rest of a division has the sign of what is divided: moments before 1970 would be moved forward.
  return seconds + " - (" + seconds + " % " + width + " + " + width + ") % " + width;
}

void bucket_series(std::string& sql, const function_call& call) {
  const std::string from = text(call[0].sql), to = text(call[1].sql), width = std::to_string(call.told);
  const std::string moment = moment_at("\"at\"");
  sql += "WITH RECURSIVE \"tupelo_series\" (\"at\") AS (SELECT " + bucket_at(from, width) + " WHERE " + from + " < " +
         to + " UNION ALL SELECT \"at\" + " + width + " FROM \"tupelo_series\" WHERE \"at\" + " + width +
         " <= " + seconds_of(to) + ") SELECT " + moment + " AS bucket FROM \"tupelo_series\" WHERE " + moment + " < " +
         to;
}

/// `name(a, b, …)`.
void named(std::string& sql, std::string_view name, const function_call& call) {
  sql.append(name).append("(");
  for (std::size_t i = 0; i < call.count; ++i) sql.append(i ? ", " : "").append(call[i].sql);
  sql += ')';
}

/// SQLite's own compute with doubles; these are the driver's.
std::string_view decimal_function(function f) noexcept {
  if (f == function::add) return "tupelo_add";
  if (f == function::subtract) return "tupelo_subtract";
  return f == function::multiply ? "tupelo_multiply" : "tupelo_divide";
}

}  // namespace

// Whole numbers and what is computed digit by digit of numbers of 15 digits have no more; a column has what it was
// given.
bool gives_near(const function_call& call) noexcept {
  switch (call.f) {
    case function::divide:
    case function::round:
    case function::cast:
    case function::fragment: return true;
    case function::add:
    case function::subtract:
    case function::multiply:
    case function::sum:
      return std::any_of(call.arguments, call.arguments + call.count, [](const call_argument& a) { return a.near; });
    default: return false;
  }
}

bool scalar_function(std::string& sql, const function_call& call) {
  switch (call.f) {
    case function::sum:
      if (call[0].k == kind::decimal) named(sql, "tupelo_sum", call);
      return call[0].k == kind::decimal;
    case function::add:
    case function::subtract:
    case function::multiply:
    case function::divide:
      if (call[0].k != kind::decimal && call[1].k != kind::decimal) return false;
      named(sql, decimal_function(call.f), call);
      return true;
    case function::string_agg: named(sql, "group_concat", call); return true;
    case function::position: named(sql, "instr", call); return true;
    case function::least: named(sql, "min", call); return true;
    case function::greatest: named(sql, "max", call); return true;
    case function::round: round(sql, call); return true;
    case function::cast: cast(sql, call); return true;
    case function::now: sql += "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')"; return true;
    case function::start_of: start_of(sql, call); return true;
    case function::shift: shift(sql, call); return true;
    case function::bucket: sql += moment_at(bucket_at(call[0].sql, std::to_string(call.told))); return true;
    case function::bucket_series: bucket_series(sql, call); return true;
    case function::days_between:
      sql += "CAST(julianday(" + day_of(call[1].sql) + ") - julianday(" + day_of(call[0].sql) + ") AS INTEGER)";
      return true;
    case function::epoch_seconds: sql += seconds_of(call[0].sql); return true;
    default: return false;
  }
}

void part_of_moment(std::string& sql, function part, std::string_view moment) {
  switch (part) {
    case function::year: sql += piece(moment, 1, 4); return;
    case function::month: sql += piece(moment, 6, 2); return;
    case function::day: sql += piece(moment, 9, 2); return;
    case function::hour: sql += piece(moment, 12, 2); return;
    case function::minute: sql += piece(moment, 15, 2); return;
    case function::second: sql += piece(moment, 18, 2); return;
    case function::quarter: sql += "((" + piece(moment, 6, 2) + " + 2) / 3)"; return;
    case function::weekday: sql += "((CAST(strftime('%w', " + day_of(moment) + ") AS INTEGER) + 6) % 7 + 1)"; return;
    default: sql += "CAST(strftime('%j', " + day_of(moment) + ") AS INTEGER)"; return;
  }
}

}  // namespace tupelo::sqlite
