// SPDX-License-Identifier: Apache-2.0
#include <tupelo/testkit/manual_scheduler.hpp>
#include <tupelo/core/resumption.hpp>
#include <tupelo/core/sleep.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

namespace tupelo::testkit {
namespace {

task<std::int64_t> nap(std::chrono::microseconds length) {
  co_await sleep_for(length);
  co_return (co_await current_scheduler()).now_us();
}

struct on_thread {
  struct awaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> awaiting) {
      resuming.prepare(awaiting, context_of(awaiting.promise()));
      worker = std::thread([this] { resuming.post(); });
      return resuming.arm();
    }
    void await_resume() { worker.join(); }
    resumption resuming;
    std::thread worker;
  };
  awaiter operator co_await() const noexcept { return {}; }
};

TEST(manual_scheduler, starts_at_zero_and_stands_still) {
  const manual_scheduler scheduler;
  EXPECT_EQ(scheduler.now_us(), 0);
  EXPECT_TRUE(scheduler.idle());
}

TEST(manual_scheduler, advance_wakes_what_is_due_at_its_own_time) {
  manual_scheduler scheduler;
  auto started = scheduler.start(nap(std::chrono::microseconds(40)));
  EXPECT_EQ(scheduler.next_due_us(), 40);
  scheduler.advance(std::chrono::microseconds(39));
  EXPECT_FALSE(started.done());
  scheduler.advance(std::chrono::seconds(1));
  EXPECT_EQ(started.result(), 40);
  EXPECT_EQ(scheduler.now_us(), 1'000'039);
}

TEST(manual_scheduler, advance_reaches_timers_started_on_the_way) {
  manual_scheduler scheduler;
  auto twice = []() -> task<std::int64_t> {
    co_await sleep_for(std::chrono::microseconds(10));
    co_await sleep_for(std::chrono::microseconds(10));
    co_return (co_await current_scheduler()).now_us();
  };
  auto started = scheduler.start(twice());
  scheduler.advance_us(25);
  EXPECT_EQ(started.result(), 20);
}

TEST(manual_scheduler, run_moves_time_to_the_end_of_the_task) {
  manual_scheduler scheduler;
  EXPECT_EQ(scheduler.run(nap(std::chrono::hours(5))), 18'000'000'000);
}

TEST(manual_scheduler, run_waits_for_other_threads) {
  manual_scheduler scheduler;
  auto work = []() -> task<int> {
    co_await on_thread();
    co_return 3;
  };
  EXPECT_EQ(scheduler.run(work()), 3);
}

TEST(manual_scheduler, run_throws_what_the_task_throws) {
  manual_scheduler scheduler;
  auto fail = []() -> task<void> {
    throw std::runtime_error("expected");
    co_return;
  };
  EXPECT_THROW(scheduler.run(fail()), std::runtime_error);
}

TEST(manual_scheduler, cancelled_task_leaves_no_timer) {
  manual_scheduler scheduler;
  const cancel_source source;
  auto started = scheduler.start(nap(std::chrono::seconds(1)), source.token());
  source.request_cancel();
  EXPECT_EQ(scheduler.run_ready(), 1U);
  EXPECT_THROW(started.result(), cancelled);
  EXPECT_TRUE(scheduler.idle());
}

TEST(started_task, result_before_the_end_throws) {
  manual_scheduler scheduler;
  auto started = scheduler.start(nap(std::chrono::seconds(1)));
  EXPECT_THROW(started.result(), error);
}

}  // namespace
}  // namespace tupelo::testkit
