// SPDX-License-Identifier: Apache-2.0
#include "async_fixtures.hpp"

#include <tupelo/core/sleep.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace tupelo {
namespace {

using testing::on_other_thread;

TEST(sync_wait, takes_any_awaitable) { EXPECT_EQ(sync_wait(on_other_thread(9)), 9); }

TEST(sync_wait, takes_a_named_awaitable) {
  on_other_thread named(9);
  EXPECT_EQ(sync_wait(named), 9);
}

TEST(sync_wait, takes_a_task_of_void) {
  bool ran = false;
  auto run = [&]() -> task<void> {
    ran = true;
    co_return;
  };
  sync_wait(run());
  EXPECT_TRUE(ran);
}

TEST(sync_wait, throws_what_the_task_throws) {
  auto fail = []() -> task<void> {
    co_await on_other_thread(1);
    throw std::runtime_error("expected");
  };
  EXPECT_THROW(sync_wait(fail()), std::runtime_error);
}

TEST(sync_wait, gives_the_task_its_token_and_deadline) {
  const cancel_source source;
  source.request_cancel();
  auto ask = []() -> task<bool> {
    const task_context& context = co_await current_context();
    co_return context.cancellation.cancel_requested() && context.deadline == deadline{5};
  };
  EXPECT_TRUE(sync_wait(ask(), {source.token(), deadline{5}}));
}

TEST(sync_wait, may_be_nested) {
  auto inner = []() -> task<int> { co_return co_await on_other_thread(4); };
  auto outer = [&]() -> task<int> { co_return sync_wait(inner()) + co_await on_other_thread(1); };
  EXPECT_EQ(sync_wait(outer()), 5);
}

TEST(sync_wait, runs_on_several_threads_at_once) {
  auto work = []() -> task<int> {
    int sum = 0;
    for (int i = 0; i < 50; ++i) sum += co_await on_other_thread(1);
    co_return sum;
  };
  int first = 0;
  std::thread other([&] { first = sync_wait(work()); });
  EXPECT_EQ(sync_wait(work()), 50);
  other.join();
  EXPECT_EQ(first, 50);
}

TEST(sync_wait, runs_timers) {
  auto nap = []() -> task<bool> {
    const std::int64_t before = (co_await current_scheduler()).now_us();
    co_await sleep_for(std::chrono::milliseconds(1));
    co_return (co_await current_scheduler()).now_us() - before >= 1000;
  };
  EXPECT_TRUE(sync_wait(nap()));
}

}  // namespace
}  // namespace tupelo
