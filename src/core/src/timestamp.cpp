// SPDX-License-Identifier: Apache-2.0
#include "civil.hpp"

#include <tupelo/core/timestamp.hpp>

#include <chrono>
#include <string_view>

namespace tupelo {

namespace {

constexpr std::int64_t micros_from_parts(detail::civil day, std::uint32_t hour, std::uint32_t minute,
                                         std::uint32_t second, std::uint32_t micros) noexcept {
  return std::int64_t{detail::days_from_civil(day)} * detail::day_us +
         std::int64_t{(hour * 60 + minute) * 60 + second} * 1'000'000 + std::int64_t{micros};
}

/// The form that format_to writes, 26 characters, with a space or a T.
bool parse_fixed(const char* p, std::int64_t& out) noexcept {
  std::uint64_t front = detail::load_eight(p) ^ detail::year_month_pattern;
  std::uint64_t middle = detail::load_eight(p + 8) ^ 0x3030'3a30'3020'3030;  // "DD HH:MM"
  std::uint64_t back = detail::load_eight(p + 16) ^ 0x3030'3030'2e30'303a;   // ":SS.ffff"
  if (p[10] == 'T') middle ^= std::uint64_t{' ' ^ 'T'} << 16;
  const auto tens = static_cast<std::uint32_t>(static_cast<unsigned char>(p[24])) - '0';
  const auto ones = static_cast<std::uint32_t>(static_cast<unsigned char>(p[25])) - '0';
  const std::uint64_t wrong = detail::misfits(front, detail::year_month_limits) |
                              detail::misfits(middle, 0x7676'7f76'767f'7676) |
                              detail::misfits(back, 0x7676'7676'7f76'767f);
  if (wrong != 0 || tens > 9 || ones > 9) return false;

  front = detail::pair_digits(front);
  middle = detail::pair_digits(middle);
  back = detail::pair_digits(back);
  const detail::civil day{detail::byte_at(front, 0) * 100 + detail::byte_at(front, 2), detail::byte_at(front, 5),
                          detail::byte_at(middle, 0)};
  const std::uint32_t hour = detail::byte_at(middle, 3);
  const std::uint32_t minute = detail::byte_at(middle, 6);
  const std::uint32_t second = detail::byte_at(back, 1);
  if (!detail::is_civil(day) || hour > 23 || minute > 59 || second > 59) return false;
  const std::uint32_t micros = detail::byte_at(back, 4) * 10'000 + detail::byte_at(back, 6) * 100 + tens * 10 + ones;
  out = micros_from_parts(day, hour, minute, second, micros);
  return true;
}

class timestamp_reader {
public:
  timestamp_reader(const char* text, std::size_t size) noexcept : p_(text), end_(text + size) {}

  bool at_end() const noexcept { return p_ == end_; }
  bool skip(char c) noexcept {
    if (p_ == end_ || *p_ != c) return false;
    ++p_;
    return true;
  }
  bool digit(std::uint32_t& value) noexcept {
    if (p_ == end_ || *p_ < '0' || *p_ > '9') return false;
    value = value * 10 + static_cast<std::uint32_t>(*p_++ - '0');
    return true;
  }
  bool two_digits(std::uint32_t& value) noexcept {
    value = 0;
    return digit(value) && digit(value);
  }

private:
  const char* p_;
  const char* end_;
};

bool parse_fraction(timestamp_reader& in, std::uint32_t& micros) noexcept {
  int digits = 0;
  while (digits < 6 && in.digit(micros)) ++digits;
  if (digits == 0) return false;
  for (; digits < 6; ++digits) micros *= 10;
  return true;
}

/// `Z`, `+hh:mm`, `-hh:mm` or nothing, up to the end.
bool parse_offset(timestamp_reader& in, std::int64_t& offset_us) noexcept {
  offset_us = 0;
  if (in.at_end()) return true;
  if (in.skip('Z')) return in.at_end();
  const bool west = in.skip('-');
  if (!west && !in.skip('+')) return false;
  std::uint32_t hour = 0;
  std::uint32_t minute = 0;
  if (!in.two_digits(hour) || !in.skip(':') || !in.two_digits(minute) || !in.at_end() || hour > 23 || minute > 59)
    return false;
  offset_us = std::int64_t{hour * 60 + minute} * 60'000'000;
  if (west) offset_us = -offset_us;
  return true;
}

bool parse_any(const char* text, std::size_t size, std::int64_t& out) noexcept {
  timestamp_reader in(text, size);
  std::uint32_t century = 0;
  detail::civil day{};
  std::uint32_t hour = 0;
  std::uint32_t minute = 0;
  std::uint32_t second = 0;
  std::uint32_t micros = 0;
  std::int64_t offset_us = 0;
  if (!in.two_digits(century) || !in.two_digits(day.year) || !in.skip('-') || !in.two_digits(day.month) ||
      !in.skip('-') || !in.two_digits(day.day) || !(in.skip(' ') || in.skip('T')) || !in.two_digits(hour) ||
      !in.skip(':') || !in.two_digits(minute)) {
    return false;
  }
  if (in.skip(':')) {
    if (!in.two_digits(second)) return false;
    if (in.skip('.') && !parse_fraction(in, micros)) return false;
  }
  if (!parse_offset(in, offset_us)) return false;
  day.year += century * 100;
  if (!detail::is_civil(day) || hour > 23 || minute > 59 || second > 59) return false;
  out = micros_from_parts(day, hour, minute, second, micros) - offset_us;
  return timestamp{out}.is_valid();
}

}  // namespace

timestamp timestamp::now() { return from(std::chrono::system_clock::now()); }

bool timestamp::parse_to(const char* text, std::size_t size, timestamp& out) noexcept {
  std::int64_t us = 0;
  if (size == text_size && parse_fixed(text, us)) [[likely]] {
    out.us = us;
    return true;
  }
  // 26 characters may also be another form: "2026-11-21 12:04:05.1+01:00" is 27, with "05+01:00" it is 25, a Z
  // makes 26.
  if (parse_any(text, size, us)) {
    out.us = us;
    return true;
  }
  const std::string_view word(text, size);
  if (word != "infinity" && word != "-infinity") return false;
  out = word.front() == '-' ? minus_infinity() : infinity();
  return true;
}

std::optional<timestamp> timestamp::try_parse(std::string_view text) noexcept {
  timestamp result;
  if (!parse_to(text.data(), text.size(), result)) return std::nullopt;
  return result;
}

timestamp timestamp::parse(std::string_view text) {
  timestamp result;
  if (!parse_to(text.data(), text.size(), result)) {
    detail::throw_invalid_value("expected a timestamp as YYYY-MM-DD HH:MM[:SS[.ffffff]] in the years 0001 to 9999, "
                                "optionally followed by Z or +hh:mm");
  }
  return result;
}

char* timestamp::format_to(char* out26) const {
  if (!is_valid()) [[unlikely]]
    detail::throw_value_out_of_range("expected a timestamp in the years 0001 to 9999");
  // Counted from 0001-01-01, so that division need not care about signs.
  const auto since_year_1 = static_cast<std::uint64_t>(us - min_us);
  const auto days = static_cast<std::int32_t>(since_year_1 / static_cast<std::uint64_t>(detail::day_us));
  const std::uint64_t in_day = since_year_1 % static_cast<std::uint64_t>(detail::day_us);
  const auto second_of_day = static_cast<std::uint32_t>(in_day / 1'000'000);
  const auto micros = static_cast<std::uint32_t>(in_day % 1'000'000);
  constexpr auto first_day = static_cast<std::int32_t>(min_us / detail::day_us);
  const std::uint32_t minute_of_day = second_of_day / 60;

  detail::write_civil(out26, detail::civil_from_days(days + first_day));
  out26[10] = ' ';
  detail::write_two(out26 + 11, minute_of_day / 60);
  out26[13] = ':';
  detail::write_two(out26 + 14, minute_of_day % 60);
  out26[16] = ':';
  detail::write_two(out26 + 17, second_of_day % 60);
  out26[19] = '.';
  detail::write_two(out26 + 20, micros / 10'000);
  detail::write_two(out26 + 22, micros / 100 % 100);
  detail::write_two(out26 + 24, micros % 100);
  return out26 + text_size;
}

std::string timestamp::to_string() const {
  if (is_infinite()) [[unlikely]]
    return us < 0 ? "-infinity" : "infinity";
  char text[text_size];
  format_to(text);
  return std::string(text, text_size);
}

}  // namespace tupelo
