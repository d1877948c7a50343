// SPDX-License-Identifier: Apache-2.0
#include "civil.hpp"

#include <tupelo/core/date.hpp>

#include <string_view>

namespace tupelo {

namespace {

detail::civil civil_of(date day) {
  if (!day.is_valid()) [[unlikely]]
    detail::throw_value_out_of_range("expected a date in the years 0001 to 9999");
  return detail::civil_from_days(day.days);
}

}  // namespace

date date::today() { return of(timestamp::now()); }

date date::from_ymd(int year, unsigned month, unsigned day) {
  if (year < 1 || year > 9999) detail::throw_value_out_of_range("expected a date in the years 0001 to 9999");
  const detail::civil parts{static_cast<std::uint32_t>(year), month, day};
  if (!detail::is_civil(parts)) detail::throw_invalid_value("expected a month of 1 to 12 and a day that the month has");
  return date{detail::days_from_civil(parts)};
}

bool date::parse_to(const char* text, std::size_t size, date& out) noexcept {
  if (size != text_size) {
    const std::string_view word(text, size);
    if (word != "infinity" && word != "-infinity") return false;
    out = word.front() == '-' ? minus_infinity() : infinity();
    return true;
  }
  std::uint64_t front = detail::load_eight(text) ^ detail::year_month_pattern;
  const auto tens = static_cast<std::uint32_t>(static_cast<unsigned char>(text[8])) - '0';
  const auto ones = static_cast<std::uint32_t>(static_cast<unsigned char>(text[9])) - '0';
  if (detail::misfits(front, detail::year_month_limits) != 0 || tens > 9 || ones > 9) return false;
  front = detail::pair_digits(front);
  const detail::civil parts{detail::byte_at(front, 0) * 100 + detail::byte_at(front, 2), detail::byte_at(front, 5),
                            tens * 10 + ones};
  if (!detail::is_civil(parts)) return false;
  out.days = detail::days_from_civil(parts);
  return true;
}

std::optional<date> date::try_parse(std::string_view text) noexcept {
  date result;
  if (!parse_to(text.data(), text.size(), result)) return std::nullopt;
  return result;
}

date date::parse(std::string_view text) {
  date result;
  if (!parse_to(text.data(), text.size(), result)) {
    detail::throw_invalid_value("expected a date as YYYY-MM-DD in the years 0001 to 9999");
  }
  return result;
}

int date::year() const { return static_cast<int>(civil_of(*this).year); }
unsigned date::month() const { return civil_of(*this).month; }
unsigned date::day() const { return civil_of(*this).day; }

char* date::format_to(char* out10) const {
  detail::write_civil(out10, civil_of(*this));
  return out10 + text_size;
}

std::string date::to_string() const {
  if (is_infinite()) [[unlikely]]
    return days < 0 ? "-infinity" : "infinity";
  char text[text_size];
  format_to(text);
  return std::string(text, text_size);
}

}  // namespace tupelo
