// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

// The proleptic Gregorian calendar, the units of time, and digits: what the texts of times are read and written with.
namespace tupelo::detail {

struct civil {
  std::uint32_t year;
  std::uint32_t month;
  std::uint32_t day;
};

// 0000-03-01 is day 0 of the computations below; years that begin in March put the leap day last.
inline constexpr std::uint32_t epoch_offset = 719'468;

constexpr bool is_leap(std::uint32_t year) noexcept { return (year & (year % 100 == 0 ? 15u : 3u)) == 0; }

constexpr std::uint32_t days_in_month(std::uint32_t year, std::uint32_t month) noexcept {
  return month == 2 ? (is_leap(year) ? 29u : 28u) : (30u | (month ^ (month >> 3)));
}

/// A day that exists in the years 0001 to 9999.
constexpr bool is_civil(civil c) noexcept {
  return c.year - 1 < 9999 && c.month - 1 < 12 && c.day != 0 && c.day <= days_in_month(c.year, c.month);
}

/// Days since 1970-01-01 of a day that exists. Source: Neri and Schneider, "Euclidean affine functions and their
/// application to calendar algorithms" (2022).
constexpr std::int32_t days_from_civil(civil c) noexcept {
  const std::uint32_t before_march = c.month <= 2 ? 1u : 0u;
  const std::uint32_t year = c.year - before_march;
  const std::uint32_t month = before_march != 0 ? c.month + 12 : c.month;
  const std::uint32_t century = year / 100;
  const std::uint32_t days = 1461 * year / 4 - century + century / 4 + (979 * month - 2919) / 32 + c.day - 1;
  return static_cast<std::int32_t>(days) - static_cast<std::int32_t>(epoch_offset);
}

/// The inverse; `days` lies in the years 0001 to 9999. Source: as above.
constexpr civil civil_from_days(std::int32_t days) noexcept {
  const std::uint32_t n = static_cast<std::uint32_t>(days + static_cast<std::int32_t>(epoch_offset));
  const std::uint32_t quarter_days = 4 * n + 3;
  const std::uint32_t century = quarter_days / 146'097;
  const std::uint32_t in_century = quarter_days % 146'097 / 4;
  const std::uint64_t product = std::uint64_t{2'939'745} * (4 * in_century + 3);
  const auto year_of_century = static_cast<std::uint32_t>(product >> 32);
  const std::uint32_t day_of_year = static_cast<std::uint32_t>(product) / 2'939'745 / 4;
  const std::uint32_t month_and_day = 2141 * day_of_year + 197'913;
  const std::uint32_t month = month_and_day >> 16;
  const std::uint32_t day = (month_and_day & 0xffff) / 2141;
  const bool next_year = day_of_year >= 306;
  return {100 * century + year_of_century + (next_year ? 1u : 0u), next_year ? month - 12 : month, day + 1};
}

inline constexpr std::int64_t second_us = 1'000'000;
inline constexpr std::int64_t minute_us = 60 * second_us;
inline constexpr std::int64_t hour_us = 60 * minute_us;
inline constexpr std::int64_t day_us = 24 * hour_us;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// ---- digits, eight bytes at a time

/// The first byte is the lowest, whatever the machine.
inline std::uint64_t load_eight(const char* p) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, p, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// Nonzero when a byte of `word`, already xor-ed with its pattern ('0' for digits, the character itself for
/// separators), is not a digit or not that separator: `limits` has 0x76 for a digit and 0x7f for a separator, so that
/// 10 or 1 sets bit 7. Bytes from 0x80 carry into their neighbour, which does not matter: they are refused themselves.
constexpr std::uint64_t misfits(std::uint64_t word, std::uint64_t limits) noexcept {
  return ((word + limits) | word) & 0x8080'8080'8080'8080;
}

/// Each byte becomes ten times itself plus the byte behind it: at the first of two digits, their number.
constexpr std::uint64_t pair_digits(std::uint64_t word) noexcept { return word * 10 + (word >> 8); }

constexpr std::uint32_t byte_at(std::uint64_t word, unsigned index) noexcept {
  return static_cast<std::uint32_t>(word >> (8 * index)) & 0xff;
}

/// "YYYY-MM-" as the word of its first eight bytes.
inline constexpr std::uint64_t year_month_pattern = 0x2d30'302d'3030'3030;
inline constexpr std::uint64_t year_month_limits = 0x7f76'767f'7676'7676;

inline constexpr auto two_digits = [] {
  struct {
    char text[200];
  } table{};
  for (unsigned i = 0; i < 100; ++i) {
    table.text[2 * i] = static_cast<char>('0' + i / 10);
    table.text[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return table;
}();

inline void write_two(char* out, std::uint32_t below_100) noexcept {
  std::memcpy(out, two_digits.text + 2 * below_100, 2);
}

/// "YYYY-MM-DD", ten characters.
inline void write_civil(char* out, civil c) noexcept {
  write_two(out, c.year / 100);
  write_two(out + 2, c.year % 100);
  out[4] = '-';
  write_two(out + 5, c.month);
  out[7] = '-';
  write_two(out + 8, c.day);
}

}  // namespace tupelo::detail
