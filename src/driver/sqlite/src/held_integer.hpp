// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <string_view>

namespace tupelo::driver {

/// Why the function gives no result.
inline constexpr std::string_view integer_not_held =
    "a computed number is set that the column's field does not hold: give the field a larger type, or compute less";

/// Makes `tupelo_integer(n, lowest, highest)` known to the connection: n, or an error where it is none of these. A
/// column of SQLite holds any integer, and a sum that is too large even for that becomes a double.
///
/// Gives SQLite's result code.
int add_held_integer(sqlite3* database) noexcept;

}  // namespace tupelo::driver
