// SPDX-License-Identifier: Apache-2.0
#include "run_loop.hpp"

#include <tupelo/core/deadline.hpp>
#include <tupelo/core/scheduler.hpp>
#include <tupelo/core/timer_queue.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <ratio>
#include <thread>
#include <vector>

namespace tupelo {
namespace {

struct named_timer : timer_node {
  named_timer(std::int64_t due, int number) noexcept : timer_node([](timer_node&) noexcept {}), name(number) {
    due_us = due;
  }
  int name;
};

int pop_name(timer_queue& queue, std::int64_t now) {
  timer_node* const due = queue.pop_due(now);
  return due == nullptr ? -1 : static_cast<named_timer*>(due)->name;
}

TEST(timer_queue, pops_in_order_of_due_time) {
  timer_queue queue;
  named_timer late(30, 3);
  named_timer early(10, 1);
  named_timer middle(20, 2);
  queue.insert(late);
  queue.insert(early);
  queue.insert(middle);
  EXPECT_EQ(pop_name(queue, 100), 1);
  EXPECT_EQ(pop_name(queue, 100), 2);
  EXPECT_EQ(pop_name(queue, 100), 3);
  EXPECT_TRUE(queue.empty());
}

TEST(timer_queue, keeps_the_order_of_arrival_among_equals) {
  timer_queue queue;
  named_timer first(10, 1);
  named_timer second(10, 2);
  queue.insert(first);
  queue.insert(second);
  EXPECT_EQ(pop_name(queue, 10), 1);
  EXPECT_EQ(pop_name(queue, 10), 2);
}

TEST(timer_queue, pops_nothing_before_it_is_due) {
  timer_queue queue;
  named_timer timer(10, 1);
  queue.insert(timer);
  EXPECT_EQ(pop_name(queue, 9), -1);
  EXPECT_EQ(queue.front(), &timer);
}

TEST(timer_queue, erase_tells_whether_the_timer_was_waiting) {
  timer_queue queue;
  named_timer timer(10, 1);
  EXPECT_FALSE(queue.erase(timer));
  queue.insert(timer);
  EXPECT_TRUE(queue.erase(timer));
  EXPECT_FALSE(queue.erase(timer));
}

TEST(timer_queue, stays_ordered_under_random_inserts_and_erases) {
  std::mt19937 random(42);
  timer_queue queue;
  std::vector<std::unique_ptr<named_timer>> timers;
  for (int i = 0; i < 2000; ++i) {
    timers.push_back(std::make_unique<named_timer>(static_cast<std::int64_t>(random() % 500), i));
    queue.insert(*timers.back());
  }
  for (std::size_t i = 0; i < timers.size(); i += 3) EXPECT_TRUE(queue.erase(*timers[i]));
  std::size_t popped = 0;
  std::int64_t last = -1;
  while (timer_node* const due = queue.pop_due(500)) {
    EXPECT_GE(due->due_us, last);
    last = due->due_us;
    ++popped;
  }
  EXPECT_EQ(popped, 2000U - 667U);
}

TEST(deadline, is_never_by_default) {
  EXPECT_TRUE(deadline{}.is_never());
  EXPECT_FALSE(deadline::never().expired(detail::max_us));
}

TEST(deadline, expires_at_its_time) {
  constexpr deadline until{10};
  static_assert(!until.expired(9));
  static_assert(until.expired(10));
  EXPECT_EQ(until.remaining_us(4), 6);
  EXPECT_EQ(until.remaining_us(11), 0);
}

TEST(deadline, of_a_huge_duration_is_never) {
  EXPECT_TRUE(deadline::after(std::chrono::hours::max()).is_never());
  EXPECT_TRUE(deadline::after(std::chrono::microseconds::max()).is_never());
}

TEST(deadline, after_a_negative_duration_has_expired) {
  EXPECT_TRUE(deadline::after(std::chrono::seconds(-1)).expired(steady_now_us()));
}

TEST(deadline, measures_by_the_clock_it_is_given) {
  detail::run_loop loop(detail::this_thread_reactor());
  EXPECT_FALSE(deadline::after(std::chrono::hours(1), loop).expired(loop));
}

TEST(duration, is_converted_to_micros_rounded_up) {
  using namespace std::chrono;
  static_assert(to_micros(seconds(2)) == 2'000'000);
  static_assert(to_micros(nanoseconds(1)) == 1);
  static_assert(to_micros(nanoseconds(1000)) == 1);
  static_assert(to_micros(nanoseconds(1001)) == 2);
  static_assert(to_micros(nanoseconds(-1500)) == -1);
  static_assert(to_micros(hours(1)) == 3'600'000'000);
  EXPECT_EQ(to_micros(duration<double>(0.5)), 500'000);
  EXPECT_EQ(to_micros(duration<double>(1e300)), detail::max_us);
  EXPECT_EQ(to_micros(duration<int, std::ratio<1, 3>>(1)), 333'334);
}

struct recorded_work : scheduled_work {
  recorded_work(std::vector<int>& into, int number, detail::run_loop& stopped_by_last, bool last) noexcept
      : scheduled_work(&record), log(into), name(number), loop(stopped_by_last), stops(last) {}
  static void record(scheduled_work& self) noexcept {
    auto& work = static_cast<recorded_work&>(self);
    work.log.push_back(work.name);
    if (work.stops) work.loop.stop();
  }
  std::vector<int>& log;
  int name;
  detail::run_loop& loop;
  bool stops;
};

TEST(run_loop, runs_posted_work_in_order) {
  detail::run_loop loop(detail::this_thread_reactor());
  std::vector<int> log;
  recorded_work first(log, 1, loop, false);
  recorded_work second(log, 2, loop, true);
  recorded_work third(log, 3, loop, false);
  loop.post(first);
  loop.post(second);
  loop.post(third);
  loop.run();
  EXPECT_EQ(log, (std::vector<int>{1, 2, 3}));
}

struct counting_work : scheduled_work {
  explicit counting_work(std::atomic<std::size_t>& counter, detail::run_loop& loop_to_stop) noexcept
      : scheduled_work(&count), left(counter), loop(loop_to_stop) {}
  static void count(scheduled_work& self) noexcept {
    auto& work = static_cast<counting_work&>(self);
    if (--work.left == 0) work.loop.stop();
  }
  std::atomic<std::size_t>& left;
  detail::run_loop& loop;
};

TEST(run_loop, takes_posts_from_many_threads) {
  constexpr std::size_t threads = 4;
  constexpr std::size_t posts = 1000;
  detail::run_loop loop(detail::this_thread_reactor());
  std::atomic<std::size_t> left = threads * posts;
  std::vector<std::unique_ptr<counting_work>> works;
  works.reserve(threads * posts);
  for (std::size_t i = 0; i < threads * posts; ++i) works.push_back(std::make_unique<counting_work>(left, loop));
  std::vector<std::thread> posters;
  posters.reserve(threads);
  for (std::size_t t = 0; t < threads; ++t) {
    posters.emplace_back([&, t] {
      for (std::size_t i = 0; i < posts; ++i) loop.post(*works[t * posts + i]);
    });
  }
  loop.run();
  for (auto& each : posters) each.join();
  EXPECT_EQ(left, 0U);
}

TEST(run_loop, fires_a_timer_that_another_thread_starts_while_it_waits) {
  struct stopping_timer : timer_node {
    explicit stopping_timer(detail::run_loop& stopped) noexcept : timer_node(&stop), loop(stopped) {}
    static void stop(timer_node& self) noexcept { static_cast<stopping_timer&>(self).loop.stop(); }
    detail::run_loop& loop;
  };
  detail::run_loop loop(detail::this_thread_reactor());
  stopping_timer far(loop);
  far.due_us = detail::max_us;
  stopping_timer near(loop);
  near.due_us = loop.now_us() + 1;
  loop.start_timer(far);
  std::thread starter([&] { loop.start_timer(near); });
  loop.run();
  starter.join();
  EXPECT_TRUE(loop.cancel_timer(far));
  EXPECT_FALSE(loop.cancel_timer(near));
}

}  // namespace
}  // namespace tupelo
