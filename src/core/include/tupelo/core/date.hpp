// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/micros.hpp>
#include <tupelo/core/timestamp.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tupelo {

/// What looks like a std::chrono::year_month_day and can be made from its three parts.
template <class Type>
concept calendar_date_like = requires(const Type& value) {
  { value.ok() } -> std::same_as<bool>;
  static_cast<int>(value.year());
  static_cast<unsigned>(value.month());
  static_cast<unsigned>(value.day());
  Type(value.year(), value.month(), value.day());
};

/// What looks like std::chrono::sys_days: a system_clock time point that counts whole days.
template <class Type>
concept system_days_like = system_time_like<Type> && std::integral<typename Type::duration::rep> &&
                           Type::duration::period::num == 86'400 && Type::duration::period::den == 1;

/// A day of the proleptic Gregorian calendar in the years 0001 to 9999: days since 1970-01-01.
///
/// An aggregate of four bytes whose default is 1970-01-01. `infinity()` and `minus_infinity()` are later and earlier
/// than all days; nothing can be computed with them. Errors: value_error, invalid_value for text or parts that are no
/// date, value_out_of_range outside the years above. `days` is public and unchecked; what is outside the range is
/// refused when it is formatted or computed with. Units: days.
struct date {
  std::int32_t days{};

  static constexpr std::int32_t min_days = -719'162;   ///< 0001-01-01
  static constexpr std::int32_t max_days = 2'932'896;  ///< 9999-12-31
  static constexpr std::size_t text_size = 10;

  // ---- create

  static constexpr date infinity() noexcept { return date{INT32_MAX}; }
  static constexpr date minus_infinity() noexcept { return date{INT32_MIN}; }
  /// The system clock's day in UTC.
  static date today();

  static constexpr date from_days(std::int64_t days_since_epoch) {
    if (days_since_epoch < min_days || days_since_epoch > max_days) {
      detail::throw_value_out_of_range("expected a date in the years 0001 to 9999");
    }
    return date{static_cast<std::int32_t>(days_since_epoch)};
  }
  /// Months and days count from 1. Errors: value_error for a day that the month does not have.
  static date from_ymd(int year, unsigned month, unsigned day);
  /// The day in UTC on which the moment lies.
  static constexpr date of(timestamp time) {
    if (time.is_infinite()) return time.us < 0 ? minus_infinity() : infinity();
    return from_days(detail::floor_divide(time.us, micros_per_day));
  }
  template <system_days_like Days>
  static constexpr date from(const Days& day) {
    return from_days(static_cast<std::int64_t>(day.time_since_epoch().count()));
  }
  template <calendar_date_like Calendar>
  static date from(const Calendar& day) {
    return from_ymd(static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  }

  /// Reads `YYYY-MM-DD`, `infinity` and `-infinity`, and nothing else. Errors: value_error; its message does not repeat
  /// the text. Source: ISO 8601-1.
  static date parse(std::string_view text);
  static std::optional<date> try_parse(std::string_view text) noexcept;
  /// The same without exceptions or allocation. `out` is untouched on false.
  static bool parse_to(const char* text, std::size_t size, date& out) noexcept;

  // ---- read

  int year() const;
  unsigned month() const;  ///< 1 to 12
  unsigned day() const;    ///< 1 to 31

  /// Always 10 characters, `YYYY-MM-DD`, or `infinity`, `-infinity`. Sorts as the days do.
  std::string to_string() const;
  /// Writes exactly `text_size` characters and no NUL; gives the end. Before: not infinite.
  char* format_to(char* out10) const;

  /// Whether it is in the years above.
  constexpr bool is_valid() const noexcept { return days >= min_days && days <= max_days; }
  constexpr bool is_infinite() const noexcept { return days == INT32_MAX || days == INT32_MIN; }
  /// The first moment of the day in UTC.
  constexpr timestamp midnight() const {
    if (is_infinite()) return days < 0 ? timestamp::minus_infinity() : timestamp::infinity();
    return timestamp::from_micros(from_days(days).days * micros_per_day);
  }

  template <system_days_like Days>
  explicit constexpr operator Days() const {
    return Days(typename Days::duration(static_cast<typename Days::duration::rep>(days)));
  }
  template <calendar_date_like Calendar>
  explicit operator Calendar() const {
    using year_type = decltype(Calendar().year());
    using month_type = decltype(Calendar().month());
    using day_type = decltype(Calendar().day());
    return Calendar(year_type(year()), month_type(month()), day_type(day()));
  }

  // ---- compare and compute

  friend constexpr bool operator==(const date&, const date&) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(const date&, const date&) noexcept = default;

  /// Errors: value_error (value_out_of_range) when the sum leaves the years 0001 to 9999.
  constexpr date plus_days(std::int64_t count) const {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(std::int64_t{days}, count, &sum)) {
      detail::throw_value_out_of_range("expected a date in the years 0001 to 9999");
    }
    return from_days(sum);
  }
  constexpr std::int64_t days_since(date earlier) const noexcept { return std::int64_t{days} - earlier.days; }

private:
  static constexpr std::int64_t micros_per_day = 86'400'000'000;
};

}  // namespace tupelo

template <>
struct std::hash<tupelo::date> {
  std::size_t operator()(const tupelo::date& day) const noexcept { return std::hash<std::int32_t>()(day.days); }
};
