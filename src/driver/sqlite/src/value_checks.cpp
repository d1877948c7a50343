// SPDX-License-Identifier: Apache-2.0
#include "value_checks.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/time_of_day.hpp>

#include <cstring>
#include <utility>

namespace tupelo::driver {

namespace {

// A double holds any 15 decimal digits, so that they come back as they were; SQLite has no wider number.
constexpr std::int32_t decimal_digits = 15;
// Digits behind the point beyond which a double gets too small to keep 15 of them.
constexpr std::int32_t decimal_scale = 290;

void require_finite(const decimal& value, const field_slot& slot) {
  if (value.is_finite()) return;
  refuse_value(slot, ": SQLite has no decimal NaN or infinity; store NULL instead, or keep the value in a text field");
}

}  // namespace

std::string parameter_name(const field_slot& slot) {
  return slot.column.empty() ? std::string("a parameter") : "column \"" + std::string(slot.column) + "\"";
}

void refuse_value(const field_slot& slot, std::string_view rest) {
  throw value_error(errc::value_out_of_range, parameter_name(slot) + std::string(rest));
}

void refuse_text(std::string_view text, const field_slot& slot) {
  check_text(text, parameter_name(slot));
  __builtin_unreachable();  // it was refused before, so it is refused again
}

std::string checked_time(std::int64_t microseconds, const field_slot& slot) {
  const time_of_day time{microseconds};
  if (!time.is_valid()) refuse_value(slot, ": the time of day is outside 00:00 to 24:00");
  return time.to_string();
}

double checked_double(const decimal& value, const field_slot& slot) {
  require_finite(value, slot);
  if (value.precision() > decimal_digits || value.scale() > decimal_scale) {
    refuse_value(
        slot,
        ": SQLite keeps decimals with at most 15 significant digits; round the value, or keep it in a text field");
  }
  return value.to_double();
}

decimal checked_decimal(std::string_view text, const field_slot& slot) {
  auto value = decimal::try_parse(text);
  if (!value) throw value_error(parameter_name(slot) + ": the value is no decimal number");
  return std::move(*value);
}

std::string checked_json_number(std::string_view text, const field_slot& slot) {
  const decimal value = checked_decimal(text, slot);
  require_finite(value, slot);
  return value.to_string();
}

uuid checked_uuid(std::string_view bytes_or_text, const field_slot& slot) {
  uuid id;
  if (bytes_or_text.size() == sizeof id) {
    std::memcpy(&id, bytes_or_text.data(), sizeof id);
  } else if (!uuid::parse_to(bytes_or_text.data(), bytes_or_text.size(), id)) {
    throw value_error(parameter_name(slot) + ": the value is no UUID; expected 36 characters with hyphens");
  }
  return id;
}

}  // namespace tupelo::driver
