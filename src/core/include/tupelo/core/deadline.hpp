// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/micros.hpp>
#include <tupelo/core/scheduler.hpp>

#include <concepts>
#include <cstdint>

namespace tupelo {

/// Microseconds of the steady clock: the `now_us()` of every scheduler of real time.
[[nodiscard]] std::int64_t steady_now_us() noexcept;

namespace detail {

inline constexpr std::int64_t max_us = INT64_MAX;
inline constexpr std::int64_t min_us = INT64_MIN;

constexpr std::int64_t add_saturating(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return b < 0 ? min_us : max_us;
  return sum;
}

constexpr std::int64_t micros_from_floating(long double us) noexcept {
  if (us >= 9.2e18L) return max_us;
  if (us <= -9.2e18L) return min_us;
  const auto truncated = static_cast<std::int64_t>(us);
  return static_cast<long double>(truncated) < us ? truncated + 1 : truncated;
}

}  // namespace detail

/// `duration` in microseconds, rounded up (a wait is never cut short) and saturating.
template <duration_like Duration>
[[nodiscard]] constexpr std::int64_t to_micros(const Duration& duration) noexcept {
  constexpr auto num = static_cast<std::int64_t>(Duration::period::num);
  constexpr auto den = static_cast<std::int64_t>(Duration::period::den);
  if constexpr (!std::integral<typename Duration::rep> || num > 1'000'000'000'000) {
    return detail::micros_from_floating(static_cast<long double>(duration.count()) * static_cast<long double>(num) *
                                        1'000'000.0L / static_cast<long double>(den));
  } else if constexpr ((num * 1'000'000) % den == 0) {
    std::int64_t us = 0;
    const auto count = duration.count();
    if (__builtin_mul_overflow(count, (num * 1'000'000) / den, &us)) return count < 0 ? detail::min_us : detail::max_us;
    return us;
  } else if constexpr (den % (num * 1'000'000) == 0) {
    constexpr std::int64_t divisor = den / (num * 1'000'000);
    const auto count = static_cast<std::int64_t>(duration.count());
    return count / divisor + (count % divisor > 0 ? 1 : 0);
  } else {
    return detail::micros_from_floating(static_cast<long double>(duration.count()) * static_cast<long double>(num) *
                                        1'000'000.0L / static_cast<long double>(den));
  }
}

/// The moment by which an operation must have ended; by default there is none.
///
/// It belongs to one clock: use the `now` of the scheduler that will enforce it. Real-time schedulers share the steady
/// clock, so the short forms are right outside of tests with virtual time.
///
/// Units: microseconds of the scheduler's clock.
struct deadline {
  std::int64_t at_us = detail::max_us;

  [[nodiscard]] static constexpr deadline never() noexcept { return {}; }

  /// `us` microseconds after `now_us`.
  [[nodiscard]] static constexpr deadline after_us(std::int64_t us, std::int64_t now_us) noexcept {
    return {detail::add_saturating(now_us, us)};
  }

  /// `duration` from now, by the steady clock.
  template <duration_like Duration>
  [[nodiscard]] static deadline after(const Duration& duration) noexcept {
    return after_us(to_micros(duration), steady_now_us());
  }

  /// `duration` from now, by the clock of `clock`.
  template <duration_like Duration>
  [[nodiscard]] static deadline after(const Duration& duration, const scheduler& clock) noexcept {
    return after_us(to_micros(duration), clock.now_us());
  }

  [[nodiscard]] constexpr bool is_never() const noexcept { return at_us == detail::max_us; }
  [[nodiscard]] constexpr bool expired(std::int64_t now_us) const noexcept { return at_us <= now_us && !is_never(); }
  [[nodiscard]] bool expired(const scheduler& clock) const noexcept { return !is_never() && expired(clock.now_us()); }

  /// Microseconds left at `now_us`: 0 when expired, the largest value when there is no deadline.
  [[nodiscard]] constexpr std::int64_t remaining_us(std::int64_t now_us) const noexcept {
    if (is_never()) return detail::max_us;
    return at_us <= now_us ? 0 : detail::add_saturating(at_us, now_us == detail::min_us ? detail::max_us : -now_us);
  }

  friend constexpr bool operator==(deadline a, deadline b) noexcept { return a.at_us == b.at_us; }
};

/// The earlier of two deadlines.
[[nodiscard]] constexpr deadline earlier(deadline a, deadline b) noexcept { return a.at_us < b.at_us ? a : b; }

}  // namespace tupelo
