// SPDX-License-Identifier: Apache-2.0
#include "held_numbers.hpp"

#include <cmath>

namespace tupelo::driver {

namespace {

bool is_held_integer(sqlite3_value* number, sqlite3_int64 lowest, sqlite3_int64 highest) noexcept {
  switch (sqlite3_value_type(number)) {
    case SQLITE_INTEGER: {
      const sqlite3_int64 value = sqlite3_value_int64(number);
      return value >= lowest && value <= highest;
    }
    case SQLITE_FLOAT: {
      const double value = sqlite3_value_double(number);
      // Sums beyond 64 bits are rounded to their ends: the largest integer is no double, and the smallest is one of
      // itself.
      constexpr double end = 9223372036854775808.0;
      return value > -end && value >= static_cast<double>(lowest) && value < end &&
             value <= static_cast<double>(highest);
    }
    default: return true;  // the column's to take or to refuse
  }
}

// Infinity is a float.
bool is_held_float(sqlite3_value* number) noexcept {
  if (sqlite3_value_type(number) != SQLITE_FLOAT) return true;
  const double value = sqlite3_value_double(number);
  return !std::isfinite(value) || std::isfinite(static_cast<float>(value));
}

void give(sqlite3_context* context, sqlite3_value* number, bool is_held) noexcept {
  if (is_held) return sqlite3_result_value(context, number);
  sqlite3_result_error(context, number_not_held.data(), static_cast<int>(number_not_held.size()));
}

void held_integer(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
  give(context, arguments[0],
       is_held_integer(arguments[0], sqlite3_value_int64(arguments[1]), sqlite3_value_int64(arguments[2])));
}

void held_float(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
  give(context, arguments[0], is_held_float(arguments[0]));
}

}  // namespace

int add_held_numbers(sqlite3* database) noexcept {
  constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  const auto add = [database](const char* name, int arguments,
                              void (*function)(sqlite3_context*, int, sqlite3_value**)) {
    return sqlite3_create_function_v2(database, name, arguments, flags, nullptr, function, nullptr, nullptr, nullptr);
  };
  const int result = add("tupelo_integer", 3, &held_integer);
  return result != SQLITE_OK ? result : add("tupelo_float", 1, &held_float);
}

}  // namespace tupelo::driver
