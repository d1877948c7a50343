// SPDX-License-Identifier: Apache-2.0
#include "held_integer.hpp"

namespace tupelo::driver {

namespace {

bool is_held(sqlite3_value* number, sqlite3_int64 lowest, sqlite3_int64 highest) noexcept {
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

void held_integer(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
  if (is_held(arguments[0], sqlite3_value_int64(arguments[1]), sqlite3_value_int64(arguments[2]))) {
    return sqlite3_result_value(context, arguments[0]);
  }
  sqlite3_result_error(context, integer_not_held.data(), static_cast<int>(integer_not_held.size()));
}

}  // namespace

int add_held_integer(sqlite3* database) noexcept {
  return sqlite3_create_function_v2(database, "tupelo_integer", 3,
                                    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nullptr, &held_integer,
                                    nullptr, nullptr, nullptr);
}

}  // namespace tupelo::driver
