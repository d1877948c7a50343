// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/scheduler.hpp"

#include <cstdint>
#include <ctime>

namespace tupelo::detail {

/// A scheduler's clock where a few milliseconds do not matter: as it was at the system's last tick, which costs a fifth
/// of a look at the clock itself.
class rough_clock {
public:
  /// `tolerance_us`: what it is compared with; a shorter one needs the exact time.
  rough_clock(const scheduler& exact, std::int64_t tolerance_us) noexcept
      : exact_(exact), rough_(tolerance_us >= 100'000 && &exact == &background_scheduler()) {}

  /// Never later than the exact time.
  std::int64_t now_us() const noexcept {
#ifdef CLOCK_MONOTONIC_COARSE
    if (rough_) [[likely]] {
      timespec now{};
      ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
      return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
    }
#endif
    return exact_.now_us();
  }

private:
  const scheduler& exact_;
  [[maybe_unused]] bool rough_;  ///< exact_ is the process's own steady clock
};

}  // namespace tupelo::detail
