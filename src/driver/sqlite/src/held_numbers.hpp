// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <string_view>

namespace tupelo::driver {

/// Why the function gives no result.
inline constexpr std::string_view number_not_held =
    "a computed number is set that the column's field does not hold: give the field a larger type, or compute less";

/// Makes two functions known to the connection. `tupelo_integer(n, lowest, highest)`: n, or an error where it is none
/// of these; a column of SQLite holds any integer, and a sum that is too large even for that becomes a double.
/// `tupelo_float(n)`: n, or an error where it is finite and beyond every float.
///
/// Gives SQLite's result code.
int add_held_numbers(sqlite3* database) noexcept;

}  // namespace tupelo::driver
