// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/decimal.hpp>
#include <tupelo/core/field.hpp>
#include <tupelo/core/uuid.hpp>

#include <cstdint>
#include <string>
#include <string_view>

// What SQLite cannot keep, or would change silently, is refused here before it gets there.
// Errors: value_error naming the slot's column.
namespace tupelo::driver {

std::string parameter_name(const field_slot& slot);
[[noreturn, gnu::cold]] void refuse_value(const field_slot& slot, std::string_view rest);
[[noreturn, gnu::cold]] void refuse_text(std::string_view text, const field_slot& slot);

inline void require_text(std::string_view text, const field_slot& slot) {
  if (!is_valid_text(text)) [[unlikely]]
    refuse_text(text, slot);
}
inline void require_number(double value, const field_slot& slot) {
  if (value != value) [[unlikely]] {
    refuse_value(slot, ": SQLite turns NaN into NULL; store NULL in an optional field instead");
  }
}
inline void require_int64(std::uint64_t value, const field_slot& slot) {
  if (value > static_cast<std::uint64_t>(INT64_MAX)) [[unlikely]] {
    refuse_value(slot, ": SQLite keeps whole numbers up to 9223372036854775807; use a smaller number or a text field");
  }
}
inline void require_calendar(bool is_valid, const field_slot& slot) {
  if (!is_valid) [[unlikely]]
    refuse_value(slot, ": the time lies outside the years 0001 to 9999");
}

/// As it is kept.
std::string checked_time(std::int64_t microseconds, const field_slot& slot);
/// The number as SQLite keeps it, from which the same decimal comes back.
double checked_double(const decimal& value, const field_slot& slot);
decimal checked_decimal(std::string_view text, const field_slot& slot);
/// As JSON has it, with all its digits.
std::string checked_json_number(std::string_view text, const field_slot& slot);
/// From its 16 bytes or its 36 characters.
uuid checked_uuid(std::string_view bytes_or_text, const field_slot& slot);

}  // namespace tupelo::driver
