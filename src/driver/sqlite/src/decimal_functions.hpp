// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <string_view>

namespace tupelo::driver {

/// Why these functions give no result.
inline constexpr std::string_view decimal_too_long =
    "a computed decimal has more than 15 digits, which SQLite's numbers do not hold: round() what it is made of, or "
    "compute in the program";
inline constexpr std::string_view decimal_no_number = "a decimal that is computed with is infinite or no number";

/// Makes SQL functions known to the connection that compute with decimals as PostgreSQL does, digit by digit:
/// `tupelo_sum`, also of a window, `tupelo_add`, `tupelo_subtract`, `tupelo_multiply` and `tupelo_divide`. SQLite's own
/// compute with doubles. A result that SQLite's numbers do not hold is an error. A quotient that no decimal is, and
/// what is computed of it, is a double.
///
/// Gives SQLite's result code.
int add_decimal_functions(sqlite3* database) noexcept;

}  // namespace tupelo::driver
