// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/micros.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tupelo {

/// A time on the clock, of no day and no time zone: 00:00 to 24:00, which is the end of the day.
///
/// An aggregate of eight bytes whose default is midnight. Errors: value_error, invalid_value for text that is no time,
/// value_out_of_range outside the day. `us` is public and unchecked; what is outside the day is refused when it is
/// formatted or stored. Units: microseconds since midnight.
struct time_of_day {
  std::int64_t us{};

  static constexpr std::int64_t max_us = 86'400'000'000;  ///< 24:00
  static constexpr std::size_t text_size = 15;

  // ---- create

  static constexpr time_of_day from_micros(std::int64_t micros_since_midnight) {
    if (micros_since_midnight < 0 || micros_since_midnight > max_us) {
      detail::throw_value_out_of_range("expected a time of day from 00:00 to 24:00");
    }
    return time_of_day{micros_since_midnight};
  }
  /// Errors: value_error for what no clock shows: hours above 23 (24:00 is `from_micros(max_us)`), seconds above 59.
  static time_of_day from_hms(unsigned hour, unsigned minute, unsigned second = 0, unsigned microsecond = 0);
  /// The time that is so long after midnight: `time_of_day::from(9h + 30min)`.
  template <duration_like Duration>
  static constexpr time_of_day from(const Duration& since_midnight) {
    return from_micros(micros(since_midnight).value);
  }

  /// Reads `HH:MM`, `HH:MM:SS` and `HH:MM:SS.ffffff` with one to six decimals. Errors: value_error; its message does
  /// not repeat the text. Source: ISO 8601-1.
  static time_of_day parse(std::string_view text);
  static std::optional<time_of_day> try_parse(std::string_view text) noexcept;
  /// The same without exceptions or allocation. `out` is untouched on false.
  static bool parse_to(const char* text, std::size_t size, time_of_day& out) noexcept;

  // ---- read

  unsigned hour() const;  ///< 0 to 24
  unsigned minute() const;
  unsigned second() const;
  unsigned microsecond() const;  ///< 0 to 999999
  constexpr micros since_midnight() const noexcept { return micros(us); }

  /// Always 15 characters: `HH:MM:SS.ffffff`. Sorts as the times do.
  std::string to_string() const;
  /// Writes exactly `text_size` characters and no NUL; gives the end.
  char* format_to(char* out15) const;

  constexpr bool is_valid() const noexcept { return us >= 0 && us <= max_us; }

  /// Since midnight: `std::chrono::seconds(time)` floors.
  template <duration_like Duration>
  explicit constexpr operator Duration() const {
    return static_cast<Duration>(since_midnight());
  }

  friend constexpr bool operator==(const time_of_day&, const time_of_day&) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(const time_of_day&, const time_of_day&) noexcept = default;
};

}  // namespace tupelo

template <>
struct std::hash<tupelo::time_of_day> {
  std::size_t operator()(const tupelo::time_of_day& time) const noexcept { return std::hash<std::int64_t>()(time.us); }
};
