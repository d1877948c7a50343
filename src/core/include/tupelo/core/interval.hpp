// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/micros.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tupelo {

/// A span of the calendar: months, days and microseconds, which are kept apart because a month has 28 to 31 days and a
/// day 23 to 25 hours.
///
/// An aggregate of 16 bytes whose default is no time at all. Equal are those of equal parts: one day is not 24 hours
/// here, though it is to PostgreSQL. There is no order: which of a month and 30 days is longer is for the database to
/// say. Errors: value_error, invalid_value for text that is no interval, value_out_of_range for parts that do not fit.
/// Units: months, days, microseconds.
struct interval {
  std::int32_t months{};
  std::int32_t days{};
  std::int64_t microseconds{};

  /// Later and earlier than everything; PostgreSQL has them from version 17 on. Nothing can be computed with them.
  static constexpr interval infinity() noexcept { return {INT32_MAX, INT32_MAX, INT64_MAX}; }
  static constexpr interval minus_infinity() noexcept { return {INT32_MIN, INT32_MIN, INT64_MIN}; }

  /// No text of `to_string` is longer.
  static constexpr std::size_t max_text_size = 64;

  // ---- create

  /// The length in microseconds, in no days and no months.
  template <duration_like Duration>
  static constexpr interval from(const Duration& duration) {
    return {0, 0, micros(duration).value};
  }

  /// Reads ISO 8601 durations ("P1Y2M3DT4H5M6.5S", also with weeks, each number with a sign of its own) and what
  /// PostgreSQL writes: "1 year 2 mons -3 days +04:05:06.5", "@ 1 year 2 mons 3 days 4 hours ago", "infinity",
  /// "-infinity". Fractions are of seconds only, up to six digits. Errors: value_error; its message does not repeat the
  /// text.
  static interval parse(std::string_view text);
  static std::optional<interval> try_parse(std::string_view text) noexcept;
  /// The same without exceptions or allocation. `out` is untouched on false.
  static bool parse_to(const char* text, std::size_t size, interval& out) noexcept;

  // ---- read

  constexpr bool is_infinite() const noexcept { return *this == infinity() || *this == minus_infinity(); }
  /// ISO 8601: "P1Y2M3DT4H5M6.5S", the same text for the same parts; "PT0S" for none, "infinity" and
  /// "-infinity". Its order is not that of time.
  std::string to_string() const;
  /// Writes at most `max_text_size` characters and no NUL; gives the end.
  char* format_to(char* out) const noexcept;

  /// The length of an interval without months, a day being 24 hours. Errors: value_error (value_out_of_range) where
  /// there are months or infinity, or where it does not fit.
  micros length() const;
  template <duration_like Duration>
  explicit operator Duration() const {
    return static_cast<Duration>(length());
  }

  friend constexpr bool operator==(const interval&, const interval&) noexcept = default;
};

}  // namespace tupelo

template <>
struct std::hash<tupelo::interval> {
  std::size_t operator()(const tupelo::interval& span) const noexcept {
    const auto calendar = static_cast<std::uint64_t>(static_cast<std::uint32_t>(span.months)) << 32 |
                          static_cast<std::uint32_t>(span.days);
    return std::hash<std::uint64_t>()(calendar * 0x9e3779b97f4a7c15u ^ static_cast<std::uint64_t>(span.microseconds));
  }
};
