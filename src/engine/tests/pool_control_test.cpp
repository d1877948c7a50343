// SPDX-License-Identifier: Apache-2.0
// The pool is suspended, closed, crowded and watched.
#include "pool_test_case.hpp"

namespace tupelo::detail {
namespace {

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

TEST_F(pool_shedding, does_not_take_one_who_waits_now_and_then_for_overload) {
  options.pool_size = 1;
  options.acquire_timeout_us = 100 * second;
  options.queue_target_us = 10 * ms;
  options.queue_interval_us = 100 * ms;
  make();
  for (int round = 0; round < 5; ++round) {
    pooled_connection* held = hold();
    auto waits = acquire();
    auto behind = acquire();
    time.advance_us(25 * ms);
    give_back(held);
    ASSERT_TRUE(waits.done());
    give_back(waits.result());
    ASSERT_TRUE(behind.done());
    give_back(behind.result());
    for (int quick = 0; quick < 10; ++quick) {  // served at once
      give_back(hold());
      time.advance_us(20 * ms);
    }
  }
  EXPECT_EQ(pool->statistics().shed, 0U);
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
  EXPECT_NE(watch.file.find("pool_control_test.cpp"), std::string::npos);
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
