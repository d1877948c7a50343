// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace tupelo::detail {

/// The time field of version 7: 48 bits of milliseconds since 1970 and 12 bits of 1/4096 milliseconds.
constexpr std::uint64_t uuid_tick(std::uint64_t nanoseconds_since_epoch) noexcept {
  return nanoseconds_since_epoch / 1'000'000 << 12 | (nanoseconds_since_epoch % 1'000'000 << 12) / 1'000'000;
}

/// Hands out ticks that only grow: when the clock stands or was set back they run ahead of it, one by one.
/// Source: RFC 9562 section 6.2, method 3 and "Monotonic Error Checking".
class uuid_clock {
public:
  std::uint64_t next(std::uint64_t now) noexcept {
    std::uint64_t last = last_.load(std::memory_order_relaxed);
    std::uint64_t tick = 0;
    do {
      tick = now > last ? now : last + 1;
    } while (!last_.compare_exchange_weak(last, tick, std::memory_order_relaxed));
    return tick;
  }

private:
  std::atomic<std::uint64_t> last_{0};
};

}  // namespace tupelo::detail
