// SPDX-License-Identifier: Apache-2.0
#include "tupelo/driver/circuit_breaker.hpp"

#include "tupelo/core/deadline.hpp"

#include <algorithm>

namespace tupelo::driver {

std::string_view name_of(circuit state) noexcept {
  switch (state) {
    case circuit::closed: return "closed";
    case circuit::open: return "open";
    case circuit::half_open: return "half_open";
  }
  return "closed";
}

circuit circuit_breaker::state(std::int64_t now_us) const noexcept {
  if (pauses_ == 0) return circuit::closed;
  return now_us < pause_ends_us_ ? circuit::open : circuit::half_open;
}

circuit_breaker::attempt circuit_breaker::begin(std::int64_t now_us) noexcept {
  const std::lock_guard lock(mutex_);
  switch (state(now_us)) {
    case circuit::closed: return {*this, false};
    case circuit::open: return {};
    case circuit::half_open: break;
  }
  if (probing_) return {};
  probing_ = true;
  return {*this, true};
}

circuit_breaker::attempt circuit_breaker::begin_regardless() noexcept {
  const std::lock_guard lock(mutex_);
  return {*this, !std::exchange(probing_, true)};
}

std::int64_t circuit_breaker::pause_ends_us() const noexcept {
  const std::lock_guard lock(mutex_);
  return pause_ends_us_;
}

host_statistics circuit_breaker::statistics(std::int64_t now_us) const {
  const std::lock_guard lock(mutex_);
  return {{}, state(now_us), failures_, opened_, failed_};
}

void circuit_breaker::succeeded(bool probed) noexcept {
  const std::lock_guard lock(mutex_);
  ++opened_;
  failures_ = 0;
  pauses_ = 0;
  if (probed) probing_ = false;
}

void circuit_breaker::failed(bool probed, std::int64_t now_us) noexcept {
  const std::lock_guard lock(mutex_);
  ++failed_;
  ++failures_;
  if (probed) probing_ = false;
  if (rules_.failures == 0 || failures_ < rules_.failures) return;
  // Attempts that were under way at once are one failure.
  if (!probed && state(now_us) == circuit::open) return;
  const std::int64_t longest = std::max(rules_.first_pause_us, rules_.longest_pause_us);
  const std::int64_t pause = std::min(rules_.first_pause_us << std::min(pauses_++, 20u), longest);
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  const auto jitter = static_cast<std::int64_t>(random_ % static_cast<std::uint64_t>(pause / 4 + 1));
  pause_ends_us_ = deadline::after_us(pause - jitter, now_us).at_us;
}

void circuit_breaker::given_up(bool probed) noexcept {
  const std::lock_guard lock(mutex_);
  if (probed) probing_ = false;
}

}  // namespace tupelo::driver
