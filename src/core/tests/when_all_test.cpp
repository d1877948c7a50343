// SPDX-License-Identifier: Apache-2.0
#include "async_fixtures.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/sleep.hpp>
#include <tupelo/core/sync_wait.hpp>
#include <tupelo/core/when_all.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace tupelo {
namespace {

using testing::gate;
using testing::on_other_thread;
using testing::virtual_scheduler;
using testing::watched_task;

task<int> number(int value) { co_return value; }
task<int> threaded(int value) { co_return co_await on_other_thread(value); }
task<std::string> text(std::string value) { co_return value; }
task<void> nothing() { co_return; }
task<void> sleeps_until(std::int64_t us) { co_await sleep_until(deadline{us}); }
task<void> fails_at(std::int64_t us, const char* message) {
  co_await sleep_until(deadline{us});
  throw std::runtime_error(message);
}

TEST(when_all, gives_results_in_order) {
  const auto [one, two] = sync_wait(when_all(number(1), text("two")));
  EXPECT_EQ(one, 1);
  EXPECT_EQ(two, "two");
}

TEST(when_all, puts_no_result_in_the_place_of_void) {
  const auto both = sync_wait(when_all(nothing(), number(2)));
  EXPECT_EQ(both, std::tuple(no_result{}, 2));
}

TEST(when_all, of_void_only_gives_nothing) {
  static_assert(std::is_same_v<decltype(when_all(nothing(), nothing())), task<void>>);
  sync_wait(when_all(nothing(), nothing()));
}

TEST(when_all, of_nothing_completes) {
  sync_wait(when_all());
  EXPECT_TRUE(sync_wait(when_all(std::vector<task<int>>())).empty());
}

TEST(when_all, takes_a_vector) {
  std::vector<task<int>> tasks;
  tasks.reserve(20);
  for (int i = 0; i < 20; ++i) tasks.push_back(threaded(i));
  const auto results = sync_wait(when_all(std::move(tasks)));
  ASSERT_EQ(results.size(), 20U);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(results[static_cast<std::size_t>(i)], i);
}

TEST(when_all, takes_a_vector_of_void) {
  int ran = 0;
  auto run = [&]() -> task<void> {
    ++ran;
    co_return;
  };
  std::vector<task<void>> tasks;
  tasks.reserve(3);
  for (int i = 0; i < 3; ++i) tasks.push_back(run());
  sync_wait(when_all(std::move(tasks)));
  EXPECT_EQ(ran, 3);
}

TEST(when_all, runs_the_tasks_side_by_side) {
  virtual_scheduler scheduler;
  watched_task<void> both(when_all(sleeps_until(10), sleeps_until(10)), scheduler);
  scheduler.advance_to(10);
  EXPECT_TRUE(both.done());
}

TEST(when_all, completions_on_other_threads_all_arrive) {
  for (int round = 0; round < 20; ++round) {
    const auto [a, b, c] = sync_wait(when_all(threaded(1), threaded(2), threaded(3)));
    EXPECT_EQ(a + b + c, 6);
  }
}

TEST(when_all, first_error_in_time_wins) {
  virtual_scheduler scheduler;
  auto run = []() -> task<std::string> {
    try {
      co_await when_all(fails_at(20, "late"), fails_at(10, "early"));
    } catch (const std::runtime_error& thrown) {
      co_return thrown.what();
    }
    co_return "none";
  };
  watched_task<std::string> watched(run(), scheduler);
  scheduler.advance_to(100);
  EXPECT_EQ(watched.result(), "early");
}

TEST(when_all, a_failure_asks_the_siblings_to_stop) {
  virtual_scheduler scheduler;
  watched_task<void> watched(when_all(sleeps_until(1'000'000), fails_at(10, "expected")), scheduler);
  scheduler.advance_to(11);
  EXPECT_TRUE(watched.done());
  EXPECT_FALSE(scheduler.has_timers());
  EXPECT_THROW(watched.result(), std::runtime_error);
}

TEST(when_all, waits_for_siblings_that_do_not_listen) {
  virtual_scheduler scheduler;
  gate opened;
  auto deaf = [&]() -> task<void> { co_await opened; };
  watched_task<void> watched(when_all(deaf(), fails_at(10, "expected")), scheduler);
  scheduler.advance_to(20);
  EXPECT_FALSE(watched.done());
  opened.resume();
  EXPECT_TRUE(watched.done());
  EXPECT_THROW(watched.result(), std::runtime_error);
}

TEST(when_all, does_not_start_what_comes_after_an_immediate_failure) {
  bool started = false;
  auto fail = []() -> task<void> {
    throw std::runtime_error("expected");
    co_return;
  };
  auto later = [&]() -> task<void> {
    started = true;
    co_return;
  };
  EXPECT_THROW(sync_wait(when_all(fail(), later())), std::runtime_error);
  EXPECT_FALSE(started);
}

TEST(when_all, passes_the_inherited_request_on) {
  virtual_scheduler scheduler;
  const cancel_source source;
  watched_task<void> watched(when_all(sleeps_until(100), sleeps_until(200)), scheduler, source.token());
  source.request_cancel();
  scheduler.advance_to(1);
  EXPECT_TRUE(watched.done());
  EXPECT_THROW(watched.result(), cancelled);
}

TEST(when_all, an_empty_task_throws_before_any_starts) {
  bool started = false;
  auto run = [&]() -> task<void> {
    started = true;
    co_return;
  };
  EXPECT_THROW(sync_wait(when_all(run(), task<void>())), error);
  EXPECT_FALSE(started);
}

TEST(when_all, dropped_while_suspended_frees_everything) {
  auto held = std::make_shared<int>(1);
  gate opened;
  auto holds = [&](std::shared_ptr<int>) -> task<void> { co_await opened; };
  {
    virtual_scheduler scheduler;
    const watched_task<void> suspended(when_all(holds(held), nothing()), scheduler);
    EXPECT_GT(held.use_count(), 1);
  }
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace tupelo
