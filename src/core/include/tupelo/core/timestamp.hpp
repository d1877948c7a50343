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

/// A point in time: microseconds since 1970-01-01 00:00:00 UTC, without leap seconds, in the years 0001 to 9999.
///
/// An aggregate of eight bytes whose default is the epoch. It has no time zone: text with an offset is converted to
/// UTC. std::chrono is met by shape: any duration can be added, any system_clock time point converted with `from` and a
/// cast. `infinity()` and `minus_infinity()` are later and earlier than all of them: what PostgreSQL calls so, and
/// nothing can be computed with. Errors: value_error, invalid_value for text that is no timestamp, value_out_of_range
/// outside the years above. `us` is public and unchecked; what is outside the range is refused when it is formatted or
/// computed with. Units: microseconds.
struct timestamp {
  std::int64_t us{};

  static constexpr std::int64_t min_us = -62'135'596'800'000'000;  ///< 0001-01-01 00:00:00.000000
  static constexpr std::int64_t max_us = 253'402'300'799'999'999;  ///< 9999-12-31 23:59:59.999999
  static constexpr std::size_t text_size = 26;

  // ---- create

  static constexpr timestamp infinity() noexcept { return timestamp{INT64_MAX}; }
  static constexpr timestamp minus_infinity() noexcept { return timestamp{INT64_MIN}; }
  /// The system clock's time.
  static timestamp now();

  static constexpr timestamp from_micros(std::int64_t micros_since_epoch) {
    if (micros_since_epoch < min_us || micros_since_epoch > max_us) {
      detail::throw_value_out_of_range("expected a timestamp in the years 0001 to 9999");
    }
    return timestamp{micros_since_epoch};
  }
  static constexpr timestamp from_seconds(std::int64_t seconds_since_epoch) {
    if (seconds_since_epoch < min_us / 1'000'000 || seconds_since_epoch > max_us / 1'000'000) {
      detail::throw_value_out_of_range("expected a timestamp in the years 0001 to 9999");
    }
    return timestamp{seconds_since_epoch * 1'000'000};
  }
  /// From a std::chrono::system_clock time point of any resolution; finer than a microsecond is floored.
  template <system_time_like Time>
  static constexpr timestamp from(const Time& time) {
    return from_micros(detail::micros_of(time.time_since_epoch()));
  }

  /// Reads `YYYY-MM-DD HH:MM[:SS[.f]]` with a `T` or one space, one to six decimals, and `Z`, `+hh:mm`, `-hh:mm` or
  /// nothing, which all mean UTC in the result; and `infinity`, `-infinity`. A leap second (`:60`) and `24:00` are
  /// refused. Errors: value_error; its message does not repeat the text. Source: ISO 8601-1, RFC 3339.
  static timestamp parse(std::string_view text);
  static std::optional<timestamp> try_parse(std::string_view text) noexcept;
  /// The same without exceptions or allocation; the form that `format_to` writes is the fast path. `out` is untouched
  /// on false.
  static bool parse_to(const char* text, std::size_t size, timestamp& out) noexcept;

  // ---- read

  /// Always 26 characters, `YYYY-MM-DD HH:MM:SS.ffffff`, or `infinity`, `-infinity`. Sorts as the times do.
  std::string to_string() const;
  /// Writes exactly `text_size` characters and no NUL; gives the end. Before: not infinite.
  char* format_to(char* out26) const;

  /// Whether it is in the years above.
  constexpr bool is_valid() const noexcept { return us >= min_us && us <= max_us; }
  constexpr bool is_infinite() const noexcept { return us == INT64_MAX || us == INT64_MIN; }

  template <system_time_like Time>
  explicit constexpr operator Time() const {
    return Time(detail::floor_to<typename Time::duration>(us));
  }

  // ---- compare and compute

  friend constexpr bool operator==(const timestamp&, const timestamp&) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(const timestamp&, const timestamp&) noexcept = default;

  /// Errors: value_error (value_out_of_range) when the sum leaves the years 0001 to 9999.
  constexpr timestamp plus_micros(std::int64_t count) const {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(us, count, &sum)) {
      detail::throw_value_out_of_range("expected a timestamp in the years 0001 to 9999");
    }
    return from_micros(sum);
  }
  template <duration_like Duration>
  constexpr timestamp& operator+=(const Duration& duration) {
    return *this = plus_micros(detail::micros_of(duration));
  }
  template <duration_like Duration>
  constexpr timestamp& operator-=(const Duration& duration) {
    std::int64_t opposite = 0;
    if (__builtin_sub_overflow(std::int64_t{0}, detail::micros_of(duration), &opposite)) {
      detail::throw_value_out_of_range("expected a timestamp in the years 0001 to 9999");
    }
    return *this = plus_micros(opposite);
  }
  template <duration_like Duration>
  friend constexpr timestamp operator+(timestamp time, const Duration& duration) {
    return time += duration;
  }
  template <duration_like Duration>
  friend constexpr timestamp operator+(const Duration& duration, timestamp time) {
    return time += duration;
  }
  template <duration_like Duration>
  friend constexpr timestamp operator-(timestamp time, const Duration& duration) {
    return time -= duration;
  }
  friend constexpr micros operator-(timestamp later, timestamp earlier) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(later.us, earlier.us, &difference) || later.is_infinite() || earlier.is_infinite()) {
      detail::throw_value_out_of_range("expected timestamps in the years 0001 to 9999");
    }
    return micros(difference);
  }
};

}  // namespace tupelo

template <>
struct std::hash<tupelo::timestamp> {
  std::size_t operator()(const tupelo::timestamp& time) const noexcept { return std::hash<std::int64_t>()(time.us); }
};
