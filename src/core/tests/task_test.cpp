// SPDX-License-Identifier: Apache-2.0
#include "async_fixtures.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/sync_wait.hpp>
#include <tupelo/core/task.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tupelo {
namespace {

using testing::gate;
using testing::on_other_thread;
using testing::virtual_scheduler;
using testing::watched_task;

task<int> number(int value) { co_return value; }
task<void> nothing() { co_return; }
task<std::string> fails() {
  throw std::runtime_error("expected");
  co_return "unreachable";
}

struct counted {
  explicit counted(int& alive) noexcept : alive_(&alive) { ++*alive_; }
  counted(const counted& other) noexcept : alive_(other.alive_) { ++*alive_; }
  counted(counted&& other) noexcept : alive_(other.alive_) { ++*alive_; }
  counted& operator=(const counted&) = delete;
  ~counted() { --*alive_; }
  int* alive_;
};

task<void> holds(counted, gate& opened) { co_await opened; }

// The coroutine type of somebody else, without a context.
struct foreign {
  struct promise_type {
    foreign get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

TEST(task, returns_the_value_to_its_awaiter) {
  auto sum = []() -> task<int> { co_return co_await number(40) + co_await number(2); };
  EXPECT_EQ(sync_wait(sum()), 42);
}

TEST(task, does_not_start_before_it_is_awaited) {
  bool started = false;
  auto run = [&]() -> task<void> {
    started = true;
    co_return;
  };
  auto lazy = run();
  EXPECT_FALSE(started);
  sync_wait(std::move(lazy));
  EXPECT_TRUE(started);
}

TEST(task, exception_reaches_the_awaiter) {
  auto outer = []() -> task<std::string> {
    try {
      co_return co_await fails();
    } catch (const std::runtime_error& thrown) {
      co_return thrown.what();
    }
  };
  EXPECT_EQ(sync_wait(outer()), "expected");
}

TEST(task, moves_results_that_cannot_be_copied) {
  auto make = []() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  EXPECT_EQ(*sync_wait(make()), 7);
}

TEST(task, returns_references_to_the_same_object) {
  int value = 1;
  auto refer = [&]() -> task<int&> { co_return value; };
  EXPECT_EQ(&sync_wait(refer()), &value);
}

TEST(task, destroys_a_result_that_nobody_takes) {
  int alive = 0;
  {
    virtual_scheduler scheduler;
    auto make = [&]() -> task<counted> { co_return counted(alive); };
    const watched_task<counted> ended(make(), scheduler);
    EXPECT_TRUE(ended.done());
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(task, never_awaited_frees_its_arguments) {
  int alive = 0;
  gate opened;
  { auto unused = holds(counted(alive), opened); }
  EXPECT_EQ(alive, 0);
}

TEST(task, awaited_twice_throws) {
  auto twice = []() -> task<int> {
    auto once = number(1);
    const int first = co_await once;
    co_return first + co_await once;
  };
  EXPECT_THROW(sync_wait(twice()), error);
}

TEST(task, awaiting_an_empty_task_says_concurrent_use) {
  try {
    sync_wait(task<int>());
    FAIL();
  } catch (const error& thrown) {
    EXPECT_EQ(thrown.code(), errc::concurrent_use);
  }
}

TEST(task, moved_from_is_empty) {
  auto first = number(1);
  auto second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(sync_wait(std::move(second)), 1);
}

TEST(task, dropped_while_suspended_destroys_all_it_awaits) {
  int alive = 0;
  gate opened;
  auto outer = [&]() -> task<void> {
    const counted mine(alive);
    co_await holds(counted(alive), opened);
  };
  {
    virtual_scheduler scheduler;
    const watched_task<void> suspended(outer(), scheduler);
    EXPECT_TRUE(opened.waited_for());
    EXPECT_GE(alive, 2);
  }
  EXPECT_EQ(alive, 0);
}

TEST(task, frame_is_freed_at_the_end_of_the_full_expression) {
  int alive = 0;
  auto holds_one = [](counted) -> task<void> { co_return; };
  auto outer = [&]() -> task<int> {
    co_await holds_one(counted(alive));
    co_return alive;
  };
  EXPECT_EQ(sync_wait(outer()), 0);
}

TEST(task, a_million_synchronous_awaits_do_not_grow_the_stack) {
  auto loop = []() -> task<int> {
    int sum = 0;
    for (int i = 0; i < 1'000'000; ++i) sum += co_await number(1);
    co_return sum;
  };
  EXPECT_EQ(sync_wait(loop()), 1'000'000);
}

TEST(task, a_long_chain_of_tasks_completes_without_growing_the_stack) {
  struct chain {
    static task<int> link(int left) {
      if (left == 0) co_return 0;
      co_return 1 + co_await link(left - 1);
    }
  };
  EXPECT_EQ(sync_wait(chain::link(50'000)), 50'000);
}

TEST(task, is_resumed_on_its_scheduler_after_work_on_another_thread) {
  const auto here = std::this_thread::get_id();
  auto work = []() -> task<std::thread::id> {
    co_await on_other_thread(1);
    co_return std::this_thread::get_id();
  };
  EXPECT_EQ(sync_wait(work()), here);
}

TEST(task, many_completions_from_other_threads_all_arrive) {
  auto work = []() -> task<int> {
    int sum = 0;
    for (int i = 0; i < 200; ++i) sum += co_await on_other_thread(i);
    co_return sum;
  };
  EXPECT_EQ(sync_wait(work()), 19'900);
}

TEST(task, frames_freed_on_another_thread_are_safe) {
  std::vector<task<int>> made;
  made.reserve(500);
  for (int i = 0; i < 500; ++i) made.push_back(number(i));
  std::thread([moved = std::move(made)]() mutable { moved.clear(); }).join();
  EXPECT_EQ(sync_wait(number(3)), 3);
}

TEST(task, frames_of_every_size_work) {
  auto large = []() -> task<int> {
    char bytes[8192] = {};
    bytes[8191] = 5;
    co_await nothing();
    co_return bytes[8191];
  };
  EXPECT_EQ(sync_wait(large()), 5);
}

TEST(task_context, is_inherited_from_the_awaiting_task) {
  virtual_scheduler scheduler;
  const cancel_source source;
  auto inner = []() -> task<bool> {
    const task_context& context = co_await current_context();
    co_return context.cancellation.cancel_requested() && context.deadline == deadline{99};
  };
  auto outer = [&]() -> task<bool> { co_return co_await inner(); };
  source.request_cancel();
  watched_task<bool> watched(outer(), scheduler, source.token(), deadline{99});
  EXPECT_TRUE(watched.result());
}

TEST(task_context, accessors_answer_without_suspending) {
  virtual_scheduler mine;
  auto ask = [&]() -> task<bool> {
    const bool scheduler_is_mine = &co_await current_scheduler() == &mine;
    const bool no_deadline = (co_await current_deadline()).is_never();
    const bool no_token = !(co_await current_cancellation()).cancel_possible();
    co_return scheduler_is_mine&& no_deadline&& no_token;
  };
  watched_task<bool> watched(ask(), mine);
  EXPECT_TRUE(watched.result());
}

TEST(task_context, foreign_coroutine_gets_the_default) {
  const task_context* seen = nullptr;
  auto ask = [&]() -> task<void> { seen = &co_await current_context(); };
  auto run = [&]() -> foreign { co_await ask(); };
  run();
  EXPECT_EQ(seen, &default_task_context());
}

foreign tell_where_resumed(std::shared_ptr<std::promise<std::thread::id>> told) {
  co_await on_other_thread(5);
  told->set_value(std::this_thread::get_id());
}

TEST(task_context, leaf_in_a_foreign_coroutine_resumes_on_the_background_scheduler) {
  std::thread::id resumed_on[2];
  for (auto& each : resumed_on) {
    auto told = std::make_shared<std::promise<std::thread::id>>();
    tell_where_resumed(told);
    each = told->get_future().get();
  }
  EXPECT_NE(resumed_on[0], std::this_thread::get_id());
  EXPECT_EQ(resumed_on[0], resumed_on[1]);
}

TEST(with_deadline, keeps_the_earlier_one) {
  auto ask = []() -> task<deadline> { co_return co_await current_deadline(); };
  EXPECT_EQ(sync_wait(with_deadline(ask(), deadline{50}), deadline{100}), deadline{50});
  EXPECT_EQ(sync_wait(with_deadline(ask(), deadline{100}), deadline{50}), deadline{50});
  EXPECT_EQ(sync_wait(with_deadline(with_deadline(ask(), deadline{70}), deadline{60})), deadline{60});
}

TEST(with_deadline, narrows_only_the_subtree) {
  auto ask = []() -> task<deadline> { co_return co_await current_deadline(); };
  auto outer = [&]() -> task<deadline> {
    co_await with_deadline(ask(), deadline{50});
    co_return co_await current_deadline();
  };
  EXPECT_TRUE(sync_wait(outer()).is_never());
}

TEST(with_cancellation, is_asked_by_its_own_token) {
  const cancel_source own;
  const cancel_source inherited;
  auto ask = [&]() -> task<bool> {
    const cancel_token token = co_await current_cancellation();
    const bool before = token.cancel_requested();
    own.request_cancel();
    co_return !before && token.cancel_requested();
  };
  EXPECT_TRUE(sync_wait(with_cancellation(ask(), own.token()), inherited.token()));
  EXPECT_FALSE(inherited.cancel_requested());
}

TEST(with_cancellation, is_asked_by_the_inherited_token) {
  const cancel_source own;
  const cancel_source inherited;
  auto ask = [&]() -> task<bool> {
    const cancel_token token = co_await current_cancellation();
    inherited.request_cancel();
    co_return token.cancel_requested();
  };
  EXPECT_TRUE(sync_wait(with_cancellation(ask(), own.token()), inherited.token()));
  EXPECT_FALSE(own.cancel_requested());
}

TEST(with_cancellation, stacks) {
  const cancel_source first;
  const cancel_source second;
  auto ask = [&]() -> task<bool> {
    const cancel_token token = co_await current_cancellation();
    first.request_cancel();
    co_return token.cancel_requested();
  };
  EXPECT_TRUE(sync_wait(with_cancellation(with_cancellation(ask(), first.token()), second.token())));
}

TEST(with_cancellation, of_a_task_never_started_is_freed) {
  const cancel_source source;
  auto unused = with_cancellation(with_deadline(nothing(), deadline{1}), source.token());
  EXPECT_FALSE(unused.empty());
}

}  // namespace
}  // namespace tupelo
