// SPDX-License-Identifier: Apache-2.0
#include "rough_clock.hpp"

#include "tupelo/core/deadline.hpp"

#include <gtest/gtest.h>

namespace tupelo::detail {
namespace {

constexpr std::int64_t hour_us = 3'600'000'000;

/// A clock that stands still.
class standing_scheduler final : public scheduler {
public:
  void post(scheduled_work&) noexcept override {}
  void start_timer(timer_node&) noexcept override {}
  bool cancel_timer(timer_node&) noexcept override { return false; }
  [[nodiscard]] std::int64_t now_us() const noexcept override { return 42; }
};

TEST(rough_clock, is_never_ahead_of_the_steady_one_and_little_behind) {
  const rough_clock clock(background_scheduler(), hour_us);
  const std::int64_t before = steady_now_us();
  const std::int64_t now = clock.now_us();
  EXPECT_LE(now, steady_now_us());
  EXPECT_GT(now, before - 100'000);
}
TEST(rough_clock, is_exact_where_a_tick_would_matter) {
  const rough_clock clock(background_scheduler(), 1'000);
  const std::int64_t before = steady_now_us();
  EXPECT_GE(clock.now_us(), before);
}
TEST(rough_clock, is_that_of_the_scheduler_where_that_has_its_own) {
  const standing_scheduler standing;
  EXPECT_EQ(rough_clock(standing, hour_us).now_us(), 42);
}

}  // namespace
}  // namespace tupelo::detail
