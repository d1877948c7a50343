// SPDX-License-Identifier: Apache-2.0
// The pool on a server and a clock that do what the test says.
#include "fake_server.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace tupelo::detail {
namespace {

using testkit::manual_scheduler;
using testkit::started_task;

constexpr std::int64_t ms = 1'000;
constexpr std::int64_t second = 1'000 * ms;

class pool_test : public ::testing::Test {
protected:
  pool_test() {
    fake_server::current() = &server;
    options.pool_size = 2;
    options.acquire_timeout_us = second;
    options.idle_timeout_us = 0;
    options.keepalive_interval_us = 0;
    options.max_lifetime_us = 0;
  }
  ~pool_test() override {
    if (!pool) return;
    pool->begin_close();
    time.run_ready();
    pool.reset();
  }

  connection_pool& make() {
    pool.emplace(driver::url::parse("fake://host/x"), fake_backend(), options, time);
    return *pool;
  }
  started_task<pooled_connection*> acquire(cancel_token token = {}, deadline until = {}) {
    return time.start(pool->acquire(), std::move(token), until);
  }
  pooled_connection* hold() {
    auto taken = acquire();
    time.run_ready();
    return taken.result();
  }
  void give_back(pooled_connection* connection) {
    pool->give_back(connection);
    time.run_ready();
  }
  void run(pooled_connection* on, std::string script) {
    auto ran = time.start(on->execute(std::move(script)));
    time.run_ready();
    ran.result();
  }
  template <class Error, class T>
  static Error failure_of(started_task<T>& ended) {
    try {
      static_cast<void>(ended.result());
    } catch (const Error& e) {
      return e;
    }
    throw std::logic_error("no failure");
  }

  fake_server server;
  manual_scheduler time;
  task_context context_{time, {}, {}};
  database_options options;
  std::optional<connection_pool> pool;
};

using pool_acquiring = pool_test;
using pool_opening = pool_test;
using pool_checking = pool_test;
using pool_cleaning = pool_test;
using pool_idling = pool_test;
using pool_suspending = pool_test;
using pool_closing = pool_test;
using pool_shedding = pool_test;
using pool_leases = pool_test;

// ---- acquiring

TEST_F(pool_acquiring, opens_when_nothing_is_idle_and_uses_it_again) {
  make();
  pooled_connection* const first = hold();
  give_back(first);
  EXPECT_EQ(hold(), first);
  EXPECT_EQ(server.attempts, 1);
  give_back(first);
}
TEST_F(pool_acquiring, opens_no_more_than_the_size_and_the_overflow) {
  options.max_overflow = 1;
  make();
  std::vector<pooled_connection*> held{hold(), hold(), hold()};
  auto waiting = acquire();
  time.run_ready();
  EXPECT_FALSE(waiting.done());
  EXPECT_EQ(server.attempts, 3);
  give_back(held[0]);
  EXPECT_EQ(waiting.result(), held[0]);
  for (pooled_connection* each : held) give_back(each);
  EXPECT_EQ(server.open.size(), 2U) << "the overflow is closed when it comes back";
}
TEST_F(pool_acquiring, tells_what_the_pool_did_when_patience_ends) {
  options.pool_size = 1;
  make();
  pooled_connection* const held = hold();
  auto waiting = acquire();
  time.advance_us(second);
  const auto e = failure_of<connection_error>(waiting);
  EXPECT_EQ(e.code(), errc::pool_exhausted);
  EXPECT_NE(std::string(e.what()).find("1 of 1 are in use, 0 wait, 0 are being opened"), std::string::npos) << e.what();
  EXPECT_EQ(pool->statistics().timed_out, 1U);
  give_back(held);
}
TEST_F(pool_acquiring, counts_waits_and_their_lengths) {
  options.pool_size = 1;
  make();
  pooled_connection* held = hold();
  const pool_statistics before = pool->statistics();
  auto one = acquire();
  auto two = acquire();
  time.advance_us(10 * ms);
  give_back(held);
  held = one.result();
  time.advance_us(20 * ms);
  give_back(held);
  give_back(two.result());
  const pool_statistics after = pool->statistics();
  EXPECT_EQ(after.waited - before.waited, 2U);
  EXPECT_EQ(after.longest_wait_us, 30 * ms);
  EXPECT_EQ(after.wait_us - before.wait_us, 40 * ms);
  EXPECT_EQ(after.acquired - before.acquired, 2U);
}
TEST_F(pool_acquiring, that_is_cancelled_leaves_the_queue) {
  options.pool_size = 1;
  make();
  pooled_connection* const held = hold();
  cancel_source stop;
  auto gave_up = acquire(stop.token());
  auto patient = acquire();
  stop.request_cancel();
  EXPECT_EQ(pool->statistics().waiting, 1U);
  give_back(held);
  EXPECT_THROW(static_cast<void>(gave_up.result()), cancelled);
  EXPECT_EQ(patient.result(), held);
  give_back(held);
}
TEST_F(pool_acquiring, that_is_cancelled_before_it_waits_takes_nothing) {
  make();
  cancel_source stop;
  stop.request_cancel();
  auto gave_up = acquire(stop.token());
  EXPECT_THROW(static_cast<void>(gave_up.result()), cancelled);
  EXPECT_EQ(server.attempts, 0);
}

// ---- opening

TEST_F(pool_opening, that_fails_is_told_to_all_who_wait_at_once) {
  server.up = false;
  make();
  auto one = acquire();
  auto two = acquire();
  time.run_ready();
  EXPECT_EQ(failure_of<connection_error>(one).code(), errc::connection_failed);
  EXPECT_EQ(failure_of<connection_error>(two).code(), errc::connection_failed);
}
TEST_F(pool_opening, is_not_tried_again_at_once_where_it_failed) {
  server.up = false;
  make();
  auto first = acquire();
  time.run_ready();
  auto second_try = acquire();
  ASSERT_TRUE(second_try.done()) << "it fails without waiting";
  EXPECT_THROW(static_cast<void>(second_try.result()), connection_error);
  EXPECT_EQ(server.attempts, 1);
  EXPECT_THROW(static_cast<void>(first.result()), connection_error);
}
TEST_F(pool_opening, is_tried_again_after_a_pause_that_grows) {
  server.up = false;
  make();
  for (int tries = 1; tries <= 4; ++tries) {
    auto refused = acquire();
    time.run_ready();
    EXPECT_THROW(static_cast<void>(refused.result()), connection_error);
    EXPECT_EQ(server.attempts, tries);
    time.advance_us(50 * ms << (tries - 1));
  }
}
TEST_F(pool_opening, recovers_with_the_first_attempt_that_succeeds) {
  server.up = false;
  make();
  auto refused = acquire();
  time.run_ready();
  server.up = true;
  time.advance_us(50 * ms);
  pooled_connection* const one = hold();
  pooled_connection* const two = hold();
  EXPECT_EQ(server.attempts, 3);
  give_back(one);
  give_back(two);
  EXPECT_THROW(static_cast<void>(refused.result()), connection_error);
}
TEST_F(pool_opening, that_fails_leaves_those_who_wait_for_other_connections_waiting) {
  make();
  pooled_connection* const held = hold();
  server.up = false;
  auto waiting = acquire();
  time.run_ready();
  EXPECT_FALSE(waiting.done());
  give_back(held);
  EXPECT_EQ(waiting.result(), held);
  give_back(held);
}
TEST_F(pool_opening, is_tried_again_for_those_who_wait) {
  make();
  pooled_connection* const held = hold();
  server.up = false;
  auto waiting = acquire();
  time.run_ready();
  server.up = true;
  time.advance_us(50 * ms);
  ASSERT_TRUE(waiting.done());
  give_back(waiting.result());
  give_back(held);
}
TEST_F(pool_opening, that_takes_too_long_is_given_up) {
  options.acquire_timeout_us = 100 * ms;
  server.takes_to_open_us = 10 * second;
  make();
  auto waiting = acquire();
  time.advance_us(100 * ms);
  ASSERT_TRUE(waiting.done());
  EXPECT_THROW(static_cast<void>(waiting.result()), connection_error);
  EXPECT_EQ(pool->statistics().opening, 0U);
}
TEST_F(pool_opening, goes_on_though_who_asked_for_it_has_gone) {
  server.takes_to_open_us = 10 * ms;
  make();
  cancel_source stop;
  auto gave_up = acquire(stop.token());
  time.run_ready();
  stop.request_cancel();
  time.advance_us(10 * ms);
  EXPECT_THROW(static_cast<void>(gave_up.result()), cancelled);
  EXPECT_EQ(pool->statistics().idle, 1U);
}
TEST_F(pool_opening, keeps_as_many_ready_as_it_was_told) {
  options.pool_size = 5;
  options.min_idle = 2;
  make();
  pooled_connection* const held = hold();
  EXPECT_EQ(server.open.size(), 3U);
  give_back(held);
}

// ---- checking

TEST_F(pool_checking, spares_a_connection_that_was_used_just_now) {
  make();
  give_back(hold());
  time.advance_us(500 * ms);
  give_back(hold());
  EXPECT_TRUE(server.scripts.empty());
}
TEST_F(pool_checking, asks_a_connection_that_was_not_used_for_a_while) {
  make();
  give_back(hold());
  time.advance_us(501 * ms);
  give_back(hold());
  EXPECT_EQ(server.scripts, (std::vector<std::string>{"SELECT 1"}));
}
TEST_F(pool_checking, replaces_what_the_server_has_closed) {
  make();
  give_back(hold());
  time.advance_us(501 * ms);
  server.break_all();
  pooled_connection* const fresh = hold();
  EXPECT_EQ(server.attempts, 2);
  EXPECT_EQ(server.open.size(), 1U);
  give_back(fresh);
}
TEST_F(pool_checking, suspects_the_others_when_one_connection_was_lost) {
  make();
  pooled_connection* const one = hold();
  pooled_connection* const two = hold();
  give_back(two);
  server.break_all();
  EXPECT_THROW(run(one, "SELECT 2"), connection_error);
  time.advance_us(1);
  give_back(one);
  pooled_connection* const fresh = hold();
  EXPECT_EQ(server.attempts, 3) << "the second one was checked though it was used just now";
  give_back(fresh);
}
TEST_F(pool_checking, that_gets_no_answer_ends_with_the_cancellation) {
  make();
  give_back(hold());
  time.advance_us(501 * ms);
  server.open[0]->silent = true;
  cancel_source stop;
  auto checked = acquire(stop.token());
  time.run_ready();
  EXPECT_FALSE(checked.done());
  stop.request_cancel();
  time.run_ready();
  EXPECT_THROW(static_cast<void>(checked.result()), cancelled);
  EXPECT_EQ(pool->statistics().in_use, 0U);
  server.open[0]->silent = false;
}

// ---- cleaning

TEST_F(pool_cleaning, rolls_back_what_is_open) {
  make();
  pooled_connection* const held = hold();
  run(held, "BEGIN");
  give_back(held);
  EXPECT_EQ(server.scripts.back(), "ROLLBACK;");
  EXPECT_EQ(pool->statistics().idle, 1U);
}
TEST_F(pool_cleaning, resets_what_was_set) {
  make();
  pooled_connection* const held = hold();
  run(held, "SET x = 1");
  give_back(held);
  EXPECT_EQ(server.scripts.back(), "RESET");
  give_back(hold());
  EXPECT_EQ(std::count(server.scripts.begin(), server.scripts.end(), "RESET"), 1) << "once";
}
TEST_F(pool_cleaning, sends_nothing_where_nothing_was_set) {
  make();
  pooled_connection* const held = hold();
  run(held, "SELECT 1");
  give_back(held);
  EXPECT_EQ(server.scripts, (std::vector<std::string>{"SELECT 1"}));
}
TEST_F(pool_cleaning, comes_before_the_next_user) {
  options.pool_size = 1;
  make();
  pooled_connection* const held = hold();
  auto waiting = acquire();
  run(held, "SET x = 1");
  server.open[0]->silent = true;
  pool->give_back(held);
  time.run_ready();
  EXPECT_FALSE(waiting.done());
  server.open[0]->silent = false;
  server.open[0]->interrupt();  // the reset fails: the connection is not used again
  time.run_ready();
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(server.attempts, 2);
  give_back(waiting.result());
}
TEST_F(pool_cleaning, closes_what_cannot_be_cleaned) {
  make();
  pooled_connection* const held = hold();
  run(held, "BEGIN");
  server.break_all();
  give_back(held);
  EXPECT_EQ(pool->statistics().connections, 0U);
}

// ---- idle connections

TEST_F(pool_idling, for_too_long_closes) {
  options.idle_timeout_us = 10 * second;
  make();
  give_back(hold());
  time.advance_us(10 * second - 1);
  EXPECT_EQ(server.open.size(), 1U);
  time.advance_us(1);
  EXPECT_EQ(server.open.size(), 0U);
  EXPECT_EQ(pool->statistics().closed, 1U);
}
TEST_F(pool_idling, is_interrupted_by_use) {
  options.idle_timeout_us = 10 * second;
  make();
  give_back(hold());
  time.advance_us(6 * second);
  give_back(hold());
  time.advance_us(6 * second);
  EXPECT_EQ(server.open.size(), 1U);
}
TEST_F(pool_idling, is_broken_by_keepalives) {
  options.keepalive_interval_us = 10 * second;
  make();
  give_back(hold());
  time.advance_us(25 * second);
  EXPECT_EQ(server.scripts, (std::vector<std::string>{"SELECT 1", "SELECT 1"}));
}
TEST_F(pool_idling, finds_out_by_keepalives_that_the_server_has_gone) {
  options.keepalive_interval_us = 10 * second;
  make();
  give_back(hold());
  server.break_all();
  time.advance_us(10 * second);
  EXPECT_EQ(pool->statistics().connections, 0U);
}
TEST_F(pool_idling, ends_with_the_connection_s_life) {
  options.max_lifetime_us = 100 * second;
  make();
  give_back(hold());
  time.advance_us(89 * second);
  EXPECT_EQ(server.open.size(), 1U);
  time.advance_us(11 * second);
  EXPECT_EQ(server.open.size(), 0U);
}
TEST_F(pool_idling, does_not_come_after_a_life_that_ended_in_use) {
  options.max_lifetime_us = 100 * second;
  make();
  pooled_connection* const held = hold();
  time.advance_us(100 * second);
  EXPECT_EQ(server.open.size(), 1U);
  give_back(held);
  EXPECT_EQ(server.open.size(), 0U);
}
TEST_F(pool_idling, is_replaced_where_enough_is_to_be_ready) {
  options.max_lifetime_us = 100 * second;
  options.min_idle = 1;
  make();
  give_back(hold());
  time.advance_us(100 * second);
  EXPECT_EQ(pool->statistics().idle, 1U);
  EXPECT_GT(server.attempts, 1);
}

// ---- suspending and closing

TEST_F(pool_suspending, lets_everybody_wait_until_it_ends) {
  make();
  give_back(hold());
  pool->suspend();
  auto one = acquire();
  auto two = acquire();
  time.advance_us(100 * ms);
  EXPECT_FALSE(one.done() || two.done());
  pool->resume();
  time.run_ready();
  ASSERT_TRUE(one.done() && two.done());
  give_back(one.result());
  give_back(two.result());
}
TEST_F(pool_suspending, leaves_those_alone_who_have_a_connection) {
  make();
  pooled_connection* const held = hold();
  pool->suspend();
  run(held, "SELECT 2");
  auto waiting = acquire();
  give_back(held);
  EXPECT_FALSE(waiting.done());
  EXPECT_EQ(pool->statistics().idle, 1U);
  pool->resume();
  time.run_ready();
  give_back(waiting.result());
}
TEST_F(pool_suspending, says_so_when_patience_ends) {
  make();
  pool->suspend();
  auto waiting = acquire();
  time.advance_us(second);
  EXPECT_NE(std::string(failure_of<connection_error>(waiting).what()).find("suspended"), std::string::npos);
}
TEST_F(pool_closing, refuses_those_who_wait_and_those_who_come) {
  options.pool_size = 1;
  make();
  pooled_connection* const held = hold();
  auto waiting = acquire();
  pool->begin_close();
  time.run_ready();
  EXPECT_EQ(failure_of<connection_error>(waiting).code(), errc::pool_closed);
  auto late = acquire();
  EXPECT_EQ(failure_of<connection_error>(late).code(), errc::pool_closed);
  give_back(held);
}
TEST_F(pool_closing, waits_for_what_is_in_use) {
  make();
  pooled_connection* const held = hold();
  give_back(hold());
  pool->begin_close();
  auto drained = time.start(pool->wait_until_empty());
  time.run_ready();
  EXPECT_EQ(server.open.size(), 1U) << "what is idle closes at once";
  EXPECT_FALSE(drained.done());
  give_back(held);
  ASSERT_TRUE(drained.done());
  drained.result();
  EXPECT_EQ(server.open.size(), 0U);
}
TEST_F(pool_closing, gives_up_at_the_deadline_and_says_what_is_in_use) {
  make();
  pooled_connection* const held = hold();
  pool->begin_close();
  auto drained = time.start(pool->wait_until_empty(), {}, deadline::after_us(second, time.now_us()));
  time.advance_us(second);
  EXPECT_NE(std::string(failure_of<timed_out>(drained).what()).find("1 of 1 are in use"), std::string::npos);
  give_back(held);
  EXPECT_EQ(server.open.size(), 0U);
}
TEST_F(pool_closing, ends_attempts_to_open) {
  server.takes_to_open_us = 10 * second;
  make();
  auto waiting = acquire();
  time.run_ready();
  pool->begin_close();
  auto drained = time.start(pool->wait_until_empty());
  time.run_ready();
  EXPECT_TRUE(drained.done());
  EXPECT_THROW(static_cast<void>(waiting.result()), connection_error);
}

// ---- load shedding

TEST_F(pool_shedding, refuses_early_whom_an_overloaded_pool_will_not_serve_in_time) {
  options.pool_size = 1;
  options.acquire_timeout_us = 100 * second;
  options.queue_target_us = 10 * ms;
  options.queue_interval_us = 100 * ms;
  make();
  pooled_connection* held = hold();
  std::vector<std::unique_ptr<started_task<pooled_connection*>>> queue;
  const auto join = [&] {
    queue.push_back(std::make_unique<started_task<pooled_connection*>>(pool->acquire(), context_));
  };
  for (int i = 0; i < 20; ++i) join();
  std::size_t served = 0;
  std::size_t refused = 0;
  std::string said;
  for (int round = 0; round < 10; ++round) {
    time.advance_us(50 * ms);
    give_back(held);
    held = nullptr;
    for (auto& each : queue) {
      if (!each || !each->done()) continue;
      try {
        pooled_connection* const taken = each->result();
        ++served;
        EXPECT_EQ(held, nullptr) << "one connection, one user";
        held = taken;
      } catch (const connection_error& e) {
        ++refused;
        said = e.what();
      }
      each.reset();
    }
    if (held == nullptr) break;
  }
  EXPECT_EQ(served + refused, 20U);
  EXPECT_GT(refused, 10U);
  EXPECT_EQ(pool->statistics().shed, refused);
  EXPECT_NE(said.find("overloaded"), std::string::npos) << said;
  if (held != nullptr) give_back(held);
}

// ---- leases

class lease_watch final : public statement_observer {
public:
  void lease_overdue(const lease_event& event) noexcept override {
    ++reports;
    file = event.file;
    held_us = event.held_us;
  }
  int reports = 0;
  std::string file;
  std::int64_t held_us = 0;
};

TEST_F(pool_leases, that_are_held_for_too_long_are_reported_once_with_where_they_were_taken) {
  options.leak_threshold_us = 2 * second;
  make();
  lease_watch watch;
  pool->observers().add(watch);
  pooled_connection* const held = hold();
  pool->note_lease(*held, std::source_location::current());
  time.advance_us(2 * second - 1);
  EXPECT_EQ(watch.reports, 0);
  time.advance_us(10 * second);
  EXPECT_EQ(watch.reports, 1);
  EXPECT_NE(watch.file.find("connection_pool_test.cpp"), std::string::npos);
  EXPECT_EQ(watch.held_us, 2 * second);
  give_back(held);
}
TEST_F(pool_leases, that_end_in_time_are_not_reported) {
  options.leak_threshold_us = 2 * second;
  make();
  lease_watch watch;
  pool->observers().add(watch);
  pooled_connection* const held = hold();
  pool->note_lease(*held, std::source_location::current());
  time.advance_us(second);
  give_back(held);
  time.advance_us(10 * second);
  EXPECT_EQ(watch.reports, 0);
}

}  // namespace
}  // namespace tupelo::detail
