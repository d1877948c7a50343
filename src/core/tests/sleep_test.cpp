// SPDX-License-Identifier: Apache-2.0
#include "async_fixtures.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/sleep.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <thread>

namespace tupelo {
namespace {

using testing::virtual_scheduler;
using testing::watched_task;

task<std::int64_t> naps(std::chrono::microseconds nap) {
  co_await sleep_for(nap);
  co_return (co_await current_scheduler()).now_us();
}
task<void> sleeps_until(deadline until) { co_await sleep_until(until); }

TEST(sleep, for_a_duration_wakes_when_it_has_passed) {
  virtual_scheduler scheduler;
  scheduler.advance_to(100);
  watched_task<std::int64_t> watched(naps(std::chrono::microseconds(50)), scheduler);
  scheduler.advance_to(149);
  EXPECT_FALSE(watched.done());
  scheduler.advance_to(200);
  EXPECT_EQ(watched.result(), 150);
}

TEST(sleep, until_a_moment_in_the_past_wakes_at_once) {
  virtual_scheduler scheduler;
  scheduler.advance_to(100);
  watched_task<void> watched(sleeps_until(deadline{50}), scheduler);
  scheduler.advance_to(100);
  EXPECT_TRUE(watched.done());
}

TEST(sleep, throws_timed_out_at_the_tasks_deadline) {
  virtual_scheduler scheduler;
  watched_task<void> watched(sleeps_until(deadline{100}), scheduler, {}, deadline{60});
  scheduler.advance_to(59);
  EXPECT_FALSE(watched.done());
  scheduler.advance_to(60);
  EXPECT_TRUE(watched.done());
  EXPECT_THROW(watched.result(), timed_out);
}

TEST(sleep, until_exactly_the_deadline_completes) {
  virtual_scheduler scheduler;
  watched_task<void> watched(sleeps_until(deadline{60}), scheduler, {}, deadline{60});
  scheduler.advance_to(60);
  EXPECT_NO_THROW(watched.result());
}

TEST(sleep, throws_cancelled_when_asked_before) {
  virtual_scheduler scheduler;
  const cancel_source source;
  source.request_cancel();
  watched_task<void> watched(sleeps_until(deadline{100}), scheduler, source.token());
  EXPECT_TRUE(watched.done());
  EXPECT_THROW(watched.result(), cancelled);
}

TEST(sleep, throws_cancelled_when_asked_while_it_sleeps) {
  virtual_scheduler scheduler;
  const cancel_source source;
  watched_task<void> watched(sleeps_until(deadline::never()), scheduler, source.token());
  source.request_cancel();
  EXPECT_FALSE(watched.done());  // resumed by the scheduler, not by who asked
  scheduler.advance_to(0);
  EXPECT_TRUE(watched.done());
  EXPECT_FALSE(scheduler.has_timers());
  EXPECT_THROW(watched.result(), cancelled);
}

TEST(sleep, dropped_while_it_sleeps_leaves_no_timer) {
  virtual_scheduler scheduler;
  const cancel_source source;
  { const watched_task<void> watched(sleeps_until(deadline{100}), scheduler, source.token()); }
  EXPECT_FALSE(scheduler.has_timers());
  EXPECT_TRUE(source.request_cancel());
}

TEST(sleep, request_from_another_thread_wakes_it) {
  for (int round = 0; round < 50; ++round) {
    const cancel_source source;
    std::thread asks([&] { source.request_cancel(); });
    EXPECT_THROW(sync_wait(sleep_until(deadline::never()), source.token()), cancelled);
    asks.join();
  }
}

TEST(sleep, race_of_timer_and_request_ends_once) {
  for (int round = 0; round < 200; ++round) {
    const cancel_source source;
    std::thread asks([&] { source.request_cancel(); });
    try {
      sync_wait(sleep_for(std::chrono::microseconds(round)), source.token());
    } catch (const cancelled&) {
      EXPECT_TRUE(source.cancel_requested());
    }
    asks.join();
  }
}

}  // namespace
}  // namespace tupelo
