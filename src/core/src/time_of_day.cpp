// SPDX-License-Identifier: Apache-2.0
#include "civil.hpp"

#include <tupelo/core/time_of_day.hpp>

namespace tupelo {

namespace {

std::int64_t checked(time_of_day time) {
  if (!time.is_valid()) [[unlikely]]
    detail::throw_value_out_of_range("expected a time of day from 00:00 to 24:00");
  return time.us;
}

/// Two digits below `limit`, or a negative number.
std::int64_t pair(const char* text, std::int64_t limit) noexcept {
  if (!detail::is_digit(text[0]) || !detail::is_digit(text[1])) return -1;
  const std::int64_t value = (text[0] - '0') * 10 + (text[1] - '0');
  return value < limit ? value : -1;
}

void write_digits(char* end, std::int64_t value, int digits) noexcept {
  for (; digits > 0; --digits, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

}  // namespace

time_of_day time_of_day::from_hms(unsigned hour, unsigned minute, unsigned second, unsigned microsecond) {
  if (hour > 23 || minute > 59 || second > 59 || microsecond > 999'999) {
    detail::throw_invalid_value("expected hours up to 23, minutes and seconds up to 59, microseconds up to 999999");
  }
  return {hour * detail::hour_us + minute * detail::minute_us + second * detail::second_us + microsecond};
}

bool time_of_day::parse_to(const char* text, std::size_t size, time_of_day& out) noexcept {
  constexpr std::size_t shortest = 5;  // HH:MM
  constexpr std::size_t whole = 8;     // HH:MM:SS
  if (size != shortest && size != whole && (size <= whole + 1 || size > text_size)) return false;
  const std::int64_t hour = pair(text, 25);
  const std::int64_t minute = pair(text + 3, 60);
  const std::int64_t second = size > shortest ? pair(text + 6, 60) : 0;
  if (hour < 0 || minute < 0 || second < 0 || text[2] != ':' || (size > shortest && text[5] != ':')) return false;
  std::int64_t fraction = 0;
  if (size > whole) {
    if (text[whole] != '.') return false;
    for (std::size_t i = whole + 1; i < text_size; ++i) {
      if (i < size && !detail::is_digit(text[i])) return false;
      fraction = fraction * 10 + (i < size ? text[i] - '0' : 0);
    }
  }
  const time_of_day time{hour * detail::hour_us + minute * detail::minute_us + second * detail::second_us + fraction};
  if (!time.is_valid()) return false;
  out = time;
  return true;
}

std::optional<time_of_day> time_of_day::try_parse(std::string_view text) noexcept {
  time_of_day result;
  if (!parse_to(text.data(), text.size(), result)) return std::nullopt;
  return result;
}

time_of_day time_of_day::parse(std::string_view text) {
  time_of_day result;
  if (!parse_to(text.data(), text.size(), result)) {
    detail::throw_invalid_value("expected a time of day as HH:MM, HH:MM:SS or HH:MM:SS.ffffff, up to 24:00");
  }
  return result;
}

unsigned time_of_day::hour() const { return static_cast<unsigned>(checked(*this) / detail::hour_us); }
unsigned time_of_day::minute() const { return static_cast<unsigned>(checked(*this) / detail::minute_us % 60); }
unsigned time_of_day::second() const { return static_cast<unsigned>(checked(*this) / detail::second_us % 60); }
unsigned time_of_day::microsecond() const { return static_cast<unsigned>(checked(*this) % detail::second_us); }

char* time_of_day::format_to(char* out15) const {
  const std::int64_t value = checked(*this);
  write_digits(out15 + 2, value / detail::hour_us, 2);
  out15[2] = ':';
  write_digits(out15 + 5, value / detail::minute_us % 60, 2);
  out15[5] = ':';
  write_digits(out15 + 8, value / detail::second_us % 60, 2);
  out15[8] = '.';
  write_digits(out15 + text_size, value % detail::second_us, 6);
  return out15 + text_size;
}

std::string time_of_day::to_string() const {
  char text[text_size];
  format_to(text);
  return std::string(text, text_size);
}

}  // namespace tupelo
