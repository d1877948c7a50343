// SPDX-License-Identifier: Apache-2.0
// The pool hands out connections, and keeps those that are worth it.
#include "pool_test_case.hpp"

namespace tupelo::detail {
namespace {

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
TEST_F(pool_acquiring, names_the_database_where_the_deadline_passes_before_there_is_a_connection) {
  server.takes_to_open_us = 200 * ms;
  options.pool_size = 1;
  make();
  auto hasty = acquire({}, deadline::after_us(100 * ms, time.now_us()));
  time.advance_us(100 * ms);
  const std::string said = failure_of<timed_out>(hasty).what();
  EXPECT_NE(said.find("a first connection to " + pool->url().redacted()), std::string::npos) << said;
  time.advance_us(100 * ms);
  pooled_connection* const held = hold();
  auto later = acquire({}, deadline::after_us(100 * ms, time.now_us()));
  time.advance_us(100 * ms);
  EXPECT_EQ(std::string(failure_of<timed_out>(later).what()).find("first connection"), std::string::npos);
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
  const auto e = failure_of<connection_error>(waiting);
  EXPECT_EQ(e.code(), errc::connection_failed) << "a larger pool would not help";
  EXPECT_NE(std::string(e.what()).find("the server does not answer"), std::string::npos) << e.what();
  EXPECT_EQ(pool->statistics().opening, 0U);
}
TEST_F(pool_opening, that_takes_too_long_names_the_server_to_whoever_comes_next) {
  options.acquire_timeout_us = 100 * ms;
  server.takes_to_open_us = 10 * second;
  make();
  auto waiting = acquire();
  time.advance_us(100 * ms);
  ASSERT_TRUE(waiting.done());
  auto next = acquire();
  time.run_ready();
  ASSERT_TRUE(next.done()) << "the server is down";
  const std::string said = failure_of<connection_error>(next).what();
  EXPECT_NE(said.find("fake://host"), std::string::npos) << said;
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
TEST_F(pool_opening, is_told_of_by_host) {
  server.hosts = {{"db1:5432", driver::circuit::open, 3, 0, 3}};
  make();
  ASSERT_EQ(pool->statistics().hosts.size(), 1U);
  EXPECT_EQ(pool->statistics().hosts[0].state, driver::circuit::open);
}
TEST_F(pool_opening, keeps_as_many_ready_as_it_was_told) {
  options.pool_size = 5;
  options.min_idle = 2;
  make();
  pooled_connection* const held = hold();
  EXPECT_EQ(server.open.size(), 3U);
  give_back(held);
}

TEST_F(pool_opening, keeps_no_more_ready_than_are_warmed_up) {
  options.pool_size = 5;
  options.min_idle = 2;
  make();
  pool->begin_warm_up(3);
  pooled_connection* const warmed[] = {hold(), hold(), hold()};
  EXPECT_EQ(server.open.size(), 3U);
  for (pooled_connection* const each : warmed) give_back(each);
  pool->end_warm_up(3);
  EXPECT_EQ(server.open.size(), 3U);
  EXPECT_EQ(pool->statistics().idle, 3U);
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
TEST_F(pool_checking, replaces_what_is_not_any_more_what_was_asked_for_when_it_comes_back) {
  make();
  pooled_connection* const held = hold();
  pooled_connection* const other = hold();
  give_back(other);
  for (fake_server::connection* const each : server.open) each->unfit = true;
  EXPECT_EQ(server.open.size(), 2U) << "whoever has it keeps it";
  time.advance_us(1);
  give_back(held);
  EXPECT_EQ(server.open.size(), 1U);
  pooled_connection* const fresh = hold();
  EXPECT_EQ(server.attempts, 3) << "the other one was checked";
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
TEST_F(pool_cleaning, resets_what_sql_within_a_query_has_changed) {
  make();
  statement_run reads(query<Row>().select(raw<std::string>("set_config('app.tenant', '7', false)")).core());
  reads.core.finish();
  pooled_connection* const held = hold();
  auto ran = time.start(held->run(reads));
  time.run_ready();
  ran.result();
  give_back(held);
  EXPECT_EQ(server.scripts.back(), "RESET");
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
TEST_F(pool_idling, finds_out_by_keepalives_that_the_server_is_not_any_more_what_was_asked_for) {
  options.keepalive_interval_us = 10 * second;
  make();
  give_back(hold());
  server.open[0]->unfit = true;
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

}  // namespace
}  // namespace tupelo::detail
