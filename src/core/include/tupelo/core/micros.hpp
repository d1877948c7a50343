// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <utility>

namespace tupelo {

namespace detail {
// Declared here and defined in a .cpp, so that constexpr checks in value headers need no error type.
[[noreturn]] void throw_invalid_value(const char* message);       ///< value_error, errc::invalid_value
[[noreturn]] void throw_value_out_of_range(const char* message);  ///< value_error, errc::value_out_of_range

constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t by) noexcept {
  return value / by - (value % by != 0 && (value < 0) != (by < 0) ? 1 : 0);
}
constexpr std::int64_t common_divisor(std::int64_t a, std::int64_t b) noexcept {
  return b == 0 ? a : common_divisor(b, a % b);
}
}  // namespace detail

/// What looks like a std::chrono::duration; named by shape, because including <chrono> costs every file 0.2 s.
template <class Type>
concept duration_like = requires(const Type& value) {
  typename Type::rep;
  typename Type::period;
  { Type::period::num } -> std::convertible_to<std::int64_t>;
  { Type::period::den } -> std::convertible_to<std::int64_t>;
  value.count();
} && (std::integral<typename Type::rep> || std::floating_point<typename Type::rep>);

/// What looks like a time point of std::chrono::system_clock, with any duration (sys_seconds, sys_days …).
template <class Type>
concept system_time_like = requires(const Type& value) {
  typename Type::clock;
  typename Type::duration;
  { value.time_since_epoch() } -> duration_like;
  Type::clock::to_time_t(typename Type::clock::time_point{});
} && duration_like<typename Type::duration> && !Type::clock::is_steady;

namespace detail {
/// One tick of Duration is num/den microseconds, in lowest terms.
template <duration_like Duration>
struct tick {
  static constexpr std::int64_t per_second = 1'000'000;
  static constexpr std::int64_t divisor = common_divisor(Duration::period::num * per_second, Duration::period::den);
  static constexpr std::int64_t num = Duration::period::num * per_second / divisor;
  static constexpr std::int64_t den = Duration::period::den / divisor;
};

template <duration_like Duration>
constexpr std::int64_t micros_of(const Duration& duration) {
  using unit = tick<Duration>;
  if constexpr (std::floating_point<typename Duration::rep>) {
    auto exact = static_cast<long double>(duration.count()) * unit::num / unit::den;
    // Negated, so that NaN is refused too. 2^63 is not representable in int64, -2^63 is.
    if (!(exact >= -9223372036854775808.0L && exact < 9223372036854775807.0L)) {
      throw_value_out_of_range("expected a duration that fits 64-bit microseconds");
    }
    return static_cast<std::int64_t>(exact < 0 ? exact - 0.5L : exact + 0.5L);
  } else {
    std::int64_t ticks = 0;
    if (!std::in_range<std::int64_t>(duration.count()) ||
        __builtin_mul_overflow(static_cast<std::int64_t>(duration.count()), unit::num, &ticks)) {
      throw_value_out_of_range("expected a duration that fits 64-bit microseconds");
    }
    return floor_divide(ticks, unit::den);
  }
}

/// Integral durations coarser than a microsecond get the floor, as a point in time needs.
template <duration_like Duration>
constexpr Duration floor_to(std::int64_t micros) {
  using unit = tick<Duration>;
  using rep = typename Duration::rep;
  if constexpr (std::floating_point<rep>) {
    return Duration(static_cast<rep>(static_cast<long double>(micros) * unit::den / unit::num));
  } else {
    std::int64_t scaled = 0;
    if (__builtin_mul_overflow(micros, unit::den, &scaled) || !std::in_range<rep>(floor_divide(scaled, unit::num))) {
      throw_value_out_of_range("expected a time that fits the chrono type it is converted to");
    }
    return Duration(static_cast<rep>(floor_divide(scaled, unit::num)));
  }
}
}  // namespace detail

/// A length of time in microseconds: what the difference of two timestamps is.
///
/// Takes any std::chrono duration (finer ones are floored, floating ones rounded) and converts back: implicitly where
/// nothing is lost, else by a cast that floors. So `later - earlier > 5s` and `std::chrono::microseconds d = later -
/// earlier`. Errors: value_error (value_out_of_range) when the other side cannot hold the length.
struct micros {
  using rep = std::int64_t;
  struct period {
    static constexpr std::int64_t num = 1;
    static constexpr std::int64_t den = 1'000'000;
  };

  std::int64_t value{};

  constexpr micros() noexcept = default;
  explicit constexpr micros(std::int64_t count) noexcept : value(count) {}
  template <duration_like Duration>
    requires(!std::same_as<Duration, micros>)
  constexpr micros(const Duration& duration) : value(detail::micros_of(duration)) {}

  constexpr std::int64_t count() const noexcept { return value; }

  template <duration_like Duration>
    requires(!std::same_as<Duration, micros>)
  explicit(std::integral<typename Duration::rep> && detail::tick<Duration>::num != 1) constexpr
  operator Duration() const {
    return detail::floor_to<Duration>(value);
  }

  friend constexpr bool operator==(micros, micros) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(micros, micros) noexcept = default;
};

}  // namespace tupelo
