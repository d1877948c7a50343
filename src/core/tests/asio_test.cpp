// SPDX-License-Identifier: Apache-2.0
#include "async_fixtures.hpp"

#include <tupelo/core/asio.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/sleep.hpp>
#include <tupelo/core/when_all.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace tupelo {
namespace {

namespace asio = boost::asio;
using testing::on_other_thread;

struct no_default {
  explicit no_default(int number) noexcept : value(number) {}
  int value;
};

task<int> threaded(int value) { co_return co_await on_other_thread(value); }
task<void> nothing() { co_return; }
task<void> sleeps_forever() { co_await sleep_until(deadline::never()); }
task<int> fails() {
  co_await on_other_thread(1);
  throw std::runtime_error("expected");
}

TEST(asio_spawn, calls_back_with_the_result) {
  asio::io_context io;
  int result = 0;
  spawn(io, threaded(5), [&](const std::exception_ptr& thrown, int value) {
    EXPECT_FALSE(thrown);
    result = value;
  });
  io.run();
  EXPECT_EQ(result, 5);
}

TEST(asio_spawn, takes_other_awaitables_and_keeps_them) {
  asio::io_context io;
  int result = 0;
  spawn(io, on_other_thread(5), [&](const std::exception_ptr&, int value) { result += value; });
  spawn(io.get_executor(), on_other_thread(6), [&](const std::exception_ptr&, int value) { result += value; });
  io.run();
  EXPECT_EQ(result, 11);
}
TEST(asio_spawn, does_not_run_inside_the_call) {
  asio::io_context io;
  bool ran = false;
  auto run = [&]() -> task<void> {
    ran = true;
    co_return;
  };
  spawn(io, run(), asio::detached);
  EXPECT_FALSE(ran);
  io.run();
  EXPECT_TRUE(ran);
}

// ---- work that is dispatched

struct noted_work : scheduled_work {
  noted_work() noexcept
      : scheduled_work([](scheduled_work& self) noexcept { static_cast<noted_work&>(self).ran = true; }) {}
  bool ran = false;
};

TEST(asio_dispatch, runs_at_once_on_the_loops_own_thread) {
  asio::io_context io;
  asio_scheduler scheduler(io.get_executor());
  noted_work work;
  asio::post(io, [&] {
    scheduler.dispatch(work);
    EXPECT_TRUE(work.ran);
  });
  io.run();
  EXPECT_TRUE(work.ran);
}
TEST(asio_dispatch, is_a_post_elsewhere) {
  asio::io_context io;
  asio_scheduler scheduler(io.get_executor());
  noted_work work;
  scheduler.dispatch(work);
  EXPECT_FALSE(work.ran);
  io.run();
  EXPECT_TRUE(work.ran);
}
TEST(asio_dispatch, is_a_post_outside_of_its_strand) {
  asio::io_context io;
  const auto strand = asio::make_strand(io);
  basic_asio_scheduler<asio::strand<asio::io_context::executor_type>> scheduler(strand);
  noted_work outside;
  noted_work inside;
  asio::post(strand, [&] {
    scheduler.dispatch(inside);
    EXPECT_TRUE(inside.ran);
    std::thread([&] { scheduler.dispatch(outside); }).join();
    EXPECT_FALSE(outside.ran);
  });
  io.run();
  EXPECT_TRUE(outside.ran);
}

TEST(asio_spawn, calls_back_with_the_exception) {
  asio::io_context io;
  std::exception_ptr seen;
  spawn(io, fails(), [&](const std::exception_ptr& thrown, int) { seen = thrown; });
  io.run();
  ASSERT_TRUE(seen);
  EXPECT_THROW(std::rethrow_exception(seen), std::runtime_error);
}

TEST(asio_spawn, an_exception_of_the_handler_leaves_run) {
  asio::io_context io;
  spawn(io, fails(), [](const std::exception_ptr& thrown, int) { std::rethrow_exception(thrown); });
  EXPECT_THROW(io.run(), std::runtime_error);
}

TEST(asio_spawn, serves_futures) {
  asio::thread_pool pool(1);
  EXPECT_EQ(spawn(pool, threaded(6), asio::use_future).get(), 6);
  EXPECT_THROW(spawn(pool, fails(), asio::use_future).get(), std::runtime_error);
  pool.join();
}

TEST(asio_spawn, drops_what_a_detached_task_throws) {
  asio::io_context io;
  spawn(io, fails(), asio::detached);
  EXPECT_NO_THROW(io.run());
}

TEST(asio_spawn, gives_results_without_default_constructor_as_optional) {
  asio::io_context io;
  auto make = []() -> task<no_default> { co_return no_default(3); };
  int result = 0;
  spawn(io, make(), [&](const std::exception_ptr&, std::optional<no_default> made) { result = made->value; });
  io.run();
  EXPECT_EQ(result, 3);
}

TEST(asio_spawn, gives_references_as_pointers) {
  asio::io_context io;
  int value = 4;
  auto refer = [&]() -> task<int&> { co_return value; };
  int* result = nullptr;
  spawn(io, refer(), [&](const std::exception_ptr&, int* seen) { result = seen; });
  io.run();
  EXPECT_EQ(result, &value);
}

TEST(asio_spawn, moves_results_that_cannot_be_copied) {
  asio::io_context io;
  auto make = []() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(8); };
  int result = 0;
  spawn(io, make(), [&](const std::exception_ptr&, std::unique_ptr<int> made) { result = *made; });
  io.run();
  EXPECT_EQ(result, 8);
}

TEST(asio_spawn, cancellation_slot_asks_the_task_to_stop) {
  asio::io_context io;
  asio::cancellation_signal signal;
  std::exception_ptr seen;
  spawn(io, sleeps_forever(),
        asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& thrown) { seen = thrown; }));
  asio::post(io, [&] { signal.emit(asio::cancellation_type::total); });
  io.run();
  ASSERT_TRUE(seen);
  EXPECT_THROW(std::rethrow_exception(seen), cancelled);
  EXPECT_FALSE(signal.slot().has_handler());
}

TEST(asio_spawn, request_before_the_start_is_seen) {
  asio::io_context io;
  asio::cancellation_signal signal;
  std::exception_ptr seen;
  spawn(io, sleeps_forever(),
        asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& thrown) { seen = thrown; }));
  signal.emit(asio::cancellation_type::terminal);
  io.run();
  ASSERT_TRUE(seen);
  EXPECT_THROW(std::rethrow_exception(seen), cancelled);
}

TEST(asio_spawn, resumes_on_the_executor) {
  asio::io_context io;
  std::thread::id resumed_on;
  auto work = [&]() -> task<void> {
    co_await on_other_thread(1);
    resumed_on = std::this_thread::get_id();
  };
  spawn(io, work(), asio::detached);
  io.run();
  EXPECT_EQ(resumed_on, std::this_thread::get_id());
}

TEST(asio_spawn, never_run_frees_the_task) {
  auto held = std::make_shared<int>(1);
  auto holds = [](std::shared_ptr<int>) -> task<void> { co_return; };
  {
    asio::io_context io;
    spawn(io, holds(held), asio::detached);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(asio_spawn, empty_task_throws) {
  asio::io_context io;
  EXPECT_THROW(spawn(io, task<void>(), asio::detached), error);
}

TEST(asio_spawn, many_tasks_on_many_threads_complete) {
  asio::thread_pool pool(3);
  std::vector<std::future<int>> results;
  for (int i = 0; i < 100; ++i) {
    auto work = [](int value) -> task<int> {
      const auto [a, b] = co_await when_all(threaded(value), threaded(value));
      co_await sleep_for(std::chrono::microseconds(10));
      co_return a + b;
    };
    results.push_back(spawn(asio::make_strand(pool), work(i), asio::use_future));
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(results[static_cast<std::size_t>(i)].get(), 2 * i);
  pool.join();
}

TEST(asio_spawn, leaf_operations_survive_an_executor_without_strand) {
  asio::thread_pool pool(3);
  std::vector<std::future<int>> results;
  for (int i = 0; i < 100; ++i) {
    auto work = [](int value) -> task<int> {
      co_await sleep_for(std::chrono::microseconds(1));
      co_return co_await on_other_thread(value);
    };
    results.push_back(spawn(pool, work(i), asio::use_future));
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(results[static_cast<std::size_t>(i)].get(), i);
  pool.join();
}

TEST(asio_scheduler, timers_wake_in_order_of_their_due_time) {
  struct noted_timer : timer_node {
    noted_timer(std::vector<std::int64_t>& order, std::int64_t due) noexcept
        : timer_node([](timer_node& self) noexcept {
            auto& woken = static_cast<noted_timer&>(self);
            woken.order.push_back(woken.due_us);
          }),
          order(order) {
      due_us = due;
    }
    std::vector<std::int64_t>& order;
  };
  asio::io_context io;
  asio_scheduler scheduler(io.get_executor());
  std::vector<std::int64_t> order;
  // Times that are set, and past: naps of tasks would begin whenever the machine has got to each.
  noted_timer third(order, 3);
  noted_timer first(order, 1);
  noted_timer second(order, 2);
  for (timer_node* timer : {&third, &first, &second}) scheduler.start_timer(*timer);
  io.run();
  EXPECT_EQ(order, (std::vector<std::int64_t>{1, 2, 3}));
}

TEST(asio_scheduler, cancelled_timer_does_not_keep_run_from_returning) {
  struct far_timer : timer_node {
    far_timer() noexcept : timer_node([](timer_node&) noexcept {}) { due_us = detail::max_us; }
  };
  asio::io_context io;
  asio_scheduler scheduler(io.get_executor());
  far_timer timer;
  scheduler.start_timer(timer);
  EXPECT_TRUE(scheduler.cancel_timer(timer));
  EXPECT_FALSE(scheduler.cancel_timer(timer));
  io.run();
}

TEST(asio_scheduler, may_be_destroyed_before_its_context_runs) {
  struct near_timer : timer_node {
    near_timer() noexcept : timer_node([](timer_node&) noexcept { FAIL(); }) {}
  };
  asio::io_context io;
  near_timer timer;
  {
    asio_scheduler scheduler(io.get_executor());
    scheduler.start_timer(timer);
  }
  io.run();
}

TEST(to_asio, is_awaited_in_an_asio_coroutine) {
  asio::io_context io;
  auto run = []() -> asio::awaitable<int> {
    co_await to_asio(nothing());
    co_return co_await to_asio(threaded(7));
  };
  auto result = asio::co_spawn(io, run(), asio::use_future);
  io.run();
  EXPECT_EQ(result.get(), 7);
}

TEST(to_asio, throws_what_the_task_throws) {
  asio::io_context io;
  auto run = []() -> asio::awaitable<int> { co_return co_await to_asio(fails()); };
  auto result = asio::co_spawn(io, run(), asio::use_future);
  io.run();
  EXPECT_THROW(result.get(), std::runtime_error);
}

TEST(to_asio, carries_results_without_default_constructor) {
  asio::io_context io;
  auto make = []() -> task<no_default> { co_return no_default(3); };
  auto run = [&]() -> asio::awaitable<void> { EXPECT_EQ((co_await to_asio(make())).value, 3); };
  asio::co_spawn(io, run(), asio::detached);
  io.run();
}

TEST(to_asio, cancellation_of_the_coroutine_asks_the_task_to_stop) {
  asio::io_context io;
  asio::cancellation_signal signal;
  std::exception_ptr seen;
  auto run = []() -> asio::awaitable<void> { co_await to_asio(sleeps_forever()); };
  asio::co_spawn(io, run(),
                 asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& thrown) { seen = thrown; }));
  asio::post(io, [&] { signal.emit(asio::cancellation_type::terminal); });
  io.run();
  ASSERT_TRUE(seen);
  EXPECT_THROW(std::rethrow_exception(seen), cancelled);
}

TEST(from_asio, is_awaited_in_a_task) {
  asio::io_context io;
  auto inner = []() -> asio::awaitable<int> { co_return 11; };
  auto quiet = []() -> asio::awaitable<void> { co_return; };
  auto outer = [&]() -> task<int> {
    co_await from_asio(asio::any_io_executor(io.get_executor()), quiet());
    co_return co_await from_asio(asio::any_io_executor(io.get_executor()), inner());
  };
  auto result = spawn(io, outer(), asio::use_future);
  io.run();
  EXPECT_EQ(result.get(), 11);
}

TEST(from_asio, throws_what_the_awaitable_throws) {
  asio::io_context io;
  auto inner = []() -> asio::awaitable<int> {
    throw std::runtime_error("expected");
    co_return 1;
  };
  auto result = spawn(io, from_asio(asio::any_io_executor(io.get_executor()), inner()), asio::use_future);
  io.run();
  EXPECT_THROW(result.get(), std::runtime_error);
}

TEST(from_asio, request_cancels_the_awaitable) {
  asio::io_context io;
  const cancel_source source;
  auto waits = []() -> asio::awaitable<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::steady_clock::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
  };
  auto result =
      spawn(io, with_cancellation(from_asio(asio::any_io_executor(io.get_executor()), waits()), source.token()),
            asio::use_future);
  std::thread asks([&] { source.request_cancel(); });
  io.run();
  asks.join();
  EXPECT_THROW(result.get(), boost::system::system_error);
}

}  // namespace
}  // namespace tupelo
