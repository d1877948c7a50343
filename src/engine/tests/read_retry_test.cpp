// SPDX-License-Identifier: Apache-2.0
// Reads whose connection fails are tried again.
#include "any_connection.hpp"
#include "pool_test_case.hpp"
#include "read_retry.hpp"

namespace tupelo::detail {
namespace {

class read_retrying : public ::testing::Test {
protected:
  std::optional<std::int64_t> next(errc failure = errc::connection_failed, std::int64_t not_before = INT64_MIN,
                                   deadline until = {}) {
    return retry.next(failure, not_before, now, until);
  }

  std::int64_t now = 100 * second;
  database_options options;
  read_retry retry{options, 7};
};

TEST_F(read_retrying, follows_at_once_where_a_connection_was_lost) {
  EXPECT_EQ(next(errc::connection_lost), 0);
  EXPECT_EQ(retry.attempt(), 2U);
}
TEST_F(read_retrying, pauses_where_the_server_was_not_reached) {
  const auto pause = next();
  ASSERT_TRUE(pause);
  EXPECT_GE(*pause, 25 * ms);
  EXPECT_LE(*pause, 50 * ms);
}
TEST_F(read_retrying, pauses_for_longer_each_time_up_to_a_limit) {
  options.read_attempts = 100;
  options.longest_backoff_us = 400 * ms;
  options.retry_limit_us = 0;
  EXPECT_EQ(next(errc::connection_lost), 0);
  for (const std::int64_t longest : {50 * ms, 100 * ms, 200 * ms, 400 * ms, 400 * ms}) {
    const auto pause = next(errc::connection_lost);
    ASSERT_TRUE(pause);
    EXPECT_GE(*pause, longest / 2);
    EXPECT_LE(*pause, longest);
  }
}
TEST_F(read_retrying, waits_for_the_pool_s_own_next_attempt) {
  EXPECT_EQ(next(errc::connection_failed, now + second), second);
}
TEST_F(read_retrying, ends_with_its_attempts) {
  EXPECT_TRUE(next());
  EXPECT_TRUE(next());
  EXPECT_FALSE(next());
}
TEST_F(read_retrying, begins_no_attempt_behind_the_deadline) {
  EXPECT_FALSE(next(errc::connection_failed, INT64_MIN, deadline{now + 20 * ms}));
}
TEST_F(read_retrying, begins_no_attempt_behind_its_limit) {
  options.read_attempts = 100;
  options.retry_limit_us = 60 * ms;
  EXPECT_TRUE(next());
  now += 55 * ms;
  EXPECT_FALSE(next());
}

class told_of_retries final : public statement_observer {
public:
  void read_retried(const retry_event& event) noexcept override {
    attempts.push_back(event.attempt);
    pauses.push_back(event.pause_us);
    statements.emplace_back(event.statement);
    EXPECT_TRUE(event.failure);
  }
  std::vector<std::uint32_t> attempts;
  std::vector<std::int64_t> pauses;
  std::vector<std::string> statements;
};

statement_run reading() {
  statement_run run(query<Row>().core());
  run.core.finish();
  return run;
}

TEST_F(pool_retrying, asks_again_when_the_server_is_back) {
  server.up = false;
  make();
  statement_run run = reading();
  auto asked = time.start(run_on_any(*pool, run));
  time.run_ready();
  EXPECT_FALSE(asked.done());
  server.up = true;
  time.advance_us(50 * ms);
  ASSERT_TRUE(asked.done());
  EXPECT_NO_THROW(asked.result());
  EXPECT_EQ(server.attempts, 2);
}
TEST_F(pool_retrying, waits_for_no_server_while_others_have_connections) {
  options.first_backoff_us = options.longest_backoff_us = second;
  make();
  pooled_connection* const held = hold();
  server.up = false;
  auto more = acquire();
  time.run_ready();
  EXPECT_EQ(pool->next_attempt_us(), INT64_MIN) << "one may come back any time";
  give_back(held);
  ASSERT_TRUE(more.done());
  give_back(more.result());
}
TEST_F(pool_retrying, gives_up_with_the_last_failure) {
  server.up = false;
  options.read_attempts = 2;
  make();
  statement_run run = reading();
  auto asked = time.start(run_on_any(*pool, run));
  time.advance_us(second);
  EXPECT_EQ(failure_of<connection_error>(asked).code(), errc::connection_failed);
  EXPECT_EQ(server.attempts, 2);
}
TEST_F(pool_retrying, can_be_turned_off) {
  server.up = false;
  options.read_attempts = 1;
  make();
  statement_run run = reading();
  auto asked = time.start(run_on_any(*pool, run));
  time.run_ready();
  EXPECT_EQ(failure_of<connection_error>(asked).code(), errc::connection_failed);
}
TEST_F(pool_retrying, is_not_for_writes) {
  server.up = false;
  make();
  statement_run run(delete_query<Row>(nullptr).all_rows().core());
  run.core.finish();
  auto asked = time.start(run_on_any(*pool, run));
  time.run_ready();
  EXPECT_EQ(failure_of<connection_error>(asked).code(), errc::connection_failed);
}
TEST_F(pool_retrying, is_not_for_reads_with_sql_of_the_user_s_own) {
  server.up = false;
  make();
  statement_run run(query<Row>().select(raw<std::int64_t>("nextval('s')")).core());
  run.core.finish();
  auto asked = time.start(run_on_any(*pool, run));
  time.run_ready();
  EXPECT_EQ(failure_of<connection_error>(asked).code(), errc::connection_failed);
}
TEST_F(pool_retrying, is_not_for_groups_that_write) {
  make();
  statement_run one = reading();
  statement_run two(delete_query<Row>(nullptr).all_rows().core());
  two.core.finish();
  statement_run* const runs[] = {&one, &two};
  statement_group group{runs, 2};
  server.up = false;
  auto asked = time.start(run_group_on_any(*pool, group));
  time.run_ready();
  EXPECT_EQ(failure_of<connection_error>(asked).code(), errc::connection_failed);
}
TEST_F(pool_retrying, ends_with_the_deadline) {
  server.up = false;
  make();
  statement_run run = reading();
  auto asked = time.start(run_on_any(*pool, run), {}, deadline{20 * ms});
  time.run_ready();
  EXPECT_EQ(failure_of<connection_error>(asked).code(), errc::connection_failed);
}
TEST_F(pool_retrying, ends_with_the_cancellation) {
  server.up = false;
  make();
  cancel_source stop;
  statement_run run = reading();
  auto asked = time.start(run_on_any(*pool, run), stop.token());
  time.run_ready();
  stop.request_cancel();
  time.run_ready();
  EXPECT_THROW(asked.result(), cancelled);
}
TEST_F(pool_retrying, is_told_to_observers) {
  server.up = false;
  make();
  told_of_retries told;
  pool->observers().add(told);
  statement_run run = reading();
  auto asked = time.start(run_on_any(*pool, run));
  time.advance_us(second);
  EXPECT_THROW(asked.result(), connection_error);
  EXPECT_EQ(told.attempts, (std::vector<std::uint32_t>{2, 3}));
  ASSERT_EQ(told.statements.size(), 2U);
  EXPECT_TRUE(told.statements[0].starts_with("SELECT")) << told.statements[0];
  EXPECT_GT(told.pauses[1], 0);
}

}  // namespace
}  // namespace tupelo::detail
