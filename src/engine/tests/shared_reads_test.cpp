// SPDX-License-Identifier: Apache-2.0
// Readers share connections, and are answered each with its own.
#include "any_connection.hpp"
#include "pool_test_case.hpp"

#include <deque>
#include <list>

namespace tupelo::detail {
namespace {

class reads_that_share : public pool_test {
protected:
  /// One that reads, and a statement of its own.
  struct reader {
    reader(reads_that_share& of, std::uint32_t which, cancel_token token, deadline until)
        : run(query<Row>().limit(which).core()), asked(of.time.start(ask(of, run), std::move(token), until)) {}
    static task<void> ask(reads_that_share& of, statement_run& run) {
      run.core.finish();
      co_await run_on_any(*of.pool, run);
    }
    bool done() const { return asked.done(); }

    statement_run run;
    started_task<void> asked;
  };

  reads_that_share() {
    server.answers_in_turn = true;
    options.pool_size = 3;
    options.shared_reads = 2;
    options.shared_patience_us = 20 * ms;
  }
  ~reads_that_share() override { server.answers_in_turn = false; }

  reader& read(cancel_token token = {}, deadline until = {}) {
    reader& added =
        readers.emplace_back(*this, static_cast<std::uint32_t>(readers.size() + 1), std::move(token), until);
    time.run_ready();
    return added;
  }
  void answer(std::size_t connection) {
    server.open[connection]->answer_next();
    time.run_ready();
  }
  std::size_t asked(std::size_t connection) const { return server.open[connection]->asked.size(); }
  pool_statistics now() const { return pool->statistics(); }

  std::list<reader> readers;
};

TEST_F(reads_that_share, are_sent_behind_those_that_are_under_way) {
  options.pool_size = 1;
  make();
  reader& one = read();
  reader& two = read();
  reader& three = read();
  ASSERT_EQ(server.open.size(), 1U);
  EXPECT_EQ(asked(0), 3U);
  answer(0);
  EXPECT_TRUE(one.done() && !two.done() && !three.done()) << "each is answered in its turn";
  answer(0);
  answer(0);
  EXPECT_TRUE(two.done() && three.done());
  EXPECT_EQ(now().in_use, 0U);
}
TEST_F(reads_that_share, choose_the_emptiest_connection_up_to_as_many_as_may_be_shared) {
  make();
  read();
  read();  // while it waits for the one, another is opened
  read();
  EXPECT_EQ(server.open.size(), 2U);
  read();
  read();
  EXPECT_EQ(server.open.size(), 2U) << "the third is for those who need one of their own";
  EXPECT_EQ(asked(0) + asked(1), 5U);
  EXPECT_LE(asked(0), 3U);
  EXPECT_LE(asked(1), 3U);
  while (asked(0) != 0) answer(0);
  while (asked(1) != 0) answer(1);
  EXPECT_EQ(now().in_use, 0U);
}
TEST_F(reads_that_share, leave_when_they_are_cancelled_and_take_nobody_with_them) {
  options.pool_size = 1;
  make();
  cancel_source stop;
  reader& one = read(stop.token());
  reader& two = read();
  stop.request_cancel();
  time.run_ready();
  ASSERT_TRUE(one.done());
  EXPECT_THROW(one.asked.result(), cancelled);
  answer(0);  // of the one who has gone
  EXPECT_FALSE(two.done());
  answer(0);
  ASSERT_TRUE(two.done());
  EXPECT_NO_THROW(two.asked.result());
  EXPECT_EQ(now().in_use, 1U) << "it is made sure that nothing is left to come";
  answer(0);
  EXPECT_EQ(now().in_use, 0U);
}
TEST_F(reads_that_share, leave_at_their_deadline) {
  options.pool_size = 1;
  options.shared_patience_us = 0;
  make();
  reader& one = read({}, deadline{30 * ms});
  reader& two = read();
  time.advance_us(30 * ms);
  ASSERT_TRUE(one.done());
  EXPECT_THROW(one.asked.result(), timed_out);
  EXPECT_FALSE(two.done());
  while (asked(0) != 0) answer(0);
  EXPECT_TRUE(two.done());
  EXPECT_EQ(now().in_use, 0U);
}
TEST_F(reads_that_share, behind_a_slow_one_are_sent_again_on_connections_of_their_own) {
  options.pool_size = 2;
  options.shared_reads = 1;
  make();
  reader& slow = read();
  reader& other = read();
  EXPECT_EQ(asked(0), 2U);
  time.advance_us(40 * ms);
  ASSERT_EQ(server.open.size(), 2U);
  EXPECT_EQ(asked(1), 1U);
  answer(1);
  EXPECT_TRUE(other.done() && !slow.done());
  answer(0);
  EXPECT_TRUE(slow.done());
  while (asked(0) != 0) answer(0);
  EXPECT_EQ(now().in_use, 0U);
}
TEST_F(reads_that_share, tell_observers_when_they_are_sent_again) {
  struct : statement_observer {
    void read_retried(const retry_event& event) noexcept override {
      ++retried;
      attempt = event.attempt;
    }
    int retried = 0;
    std::uint32_t attempt = 0;
  } seen;
  options.pool_size = 2;
  options.shared_reads = 1;
  make();
  pool->observers().add(seen);
  read();
  read();
  time.advance_us(40 * ms);
  EXPECT_EQ(seen.retried, 1);
  EXPECT_EQ(seen.attempt, 2U);
  answer(1);
  while (asked(0) != 0) answer(0);
}
TEST_F(reads_that_share, behind_a_slow_one_that_has_gone_are_sent_again) {
  options.pool_size = 2;
  options.shared_reads = 1;
  make();
  cancel_source stop;
  read(stop.token());
  reader& behind = read();
  stop.request_cancel();
  time.run_ready();
  time.advance_us(60 * ms);
  ASSERT_EQ(server.open.size(), 2U);
  answer(1);
  EXPECT_TRUE(behind.done());
  while (asked(0) != 0) answer(0);
  EXPECT_EQ(now().in_use, 0U);
}
TEST_F(reads_that_share, are_not_answered_by_the_departure_of_another) {
  options.pool_size = 2;
  options.shared_reads = 1;
  make();
  reader& slow = read();
  std::deque<cancel_source> stops;
  for (int i = 0; i < 6; ++i) {
    read(stops.emplace_back().token());
    time.advance_us(10 * ms);
    stops.back().request_cancel();
    time.run_ready();
  }
  reader& other = read();
  EXPECT_EQ(server.open.size(), 2U) << "the first was found slow";
  while (asked(1) != 0) answer(1);
  EXPECT_TRUE(other.done() && !slow.done());
  while (asked(0) != 0) answer(0);
  EXPECT_EQ(now().in_use, 0U);
}
TEST_F(reads_that_share, prefer_a_connection_that_owes_nothing) {
  options.shared_patience_us = 0;
  make();
  cancel_source stop;
  read(stop.token());
  read();
  ASSERT_EQ(server.open.size(), 2U);
  stop.request_cancel();
  time.run_ready();
  const std::size_t owing = asked(0), other = asked(1);
  read();
  read();
  read();
  EXPECT_EQ(asked(0) + asked(1), owing + other + 3);
  EXPECT_TRUE(asked(0) == owing || asked(1) == other) << "all of them went to one";
  while (asked(0) != 0) answer(0);
  while (asked(1) != 0) answer(1);
}
TEST_F(reads_that_share, stay_behind_a_slow_one_while_the_pool_is_suspended) {
  options.pool_size = 2;
  options.shared_reads = 1;
  make();
  reader& slow = read();
  reader& other = read();
  pool->suspend();
  time.advance_us(60 * ms);
  EXPECT_EQ(asked(0), 2U);
  answer(0);
  answer(0);
  EXPECT_TRUE(slow.done() && other.done());
  pool->resume();
}
TEST_F(reads_that_share, leave_a_connection_that_is_too_old_whatever_their_patience) {
  options.pool_size = 2;
  options.shared_reads = 1;
  options.shared_patience_us = 0;
  options.max_lifetime_us = second;
  make();
  read();
  time.advance_us(2 * second);
  read();
  EXPECT_EQ(asked(0), 1U);
  EXPECT_EQ(server.open.size(), 2U);
  while (!server.open.empty() && asked(0) != 0) answer(0);
}
TEST_F(reads_that_share, are_not_sent_when_their_deadline_has_passed) {
  options.pool_size = 1;
  make();
  read();
  time.advance_us(5 * ms);
  reader& late = read({}, deadline{4 * ms});
  ASSERT_TRUE(late.done());
  EXPECT_THROW(late.asked.result(), timed_out);
  EXPECT_EQ(asked(0), 1U);
  answer(0);
  EXPECT_EQ(now().in_use, 0U) << "nothing is owed";
}
TEST_F(reads_that_share, are_not_like_one_that_was_slow) {
  options.pool_size = 2;
  options.shared_reads = 1;
  make();
  read();
  read();
  time.advance_us(40 * ms);
  answer(1);
  while (asked(0) != 0) answer(0);
  // The same statement as the first: nobody is sent behind it.
  statement_run again(query<Row>().limit(1).core());
  again.core.finish();
  auto slow = time.start(run_on_any(*pool, again));
  time.run_ready();
  reader& quick = read();
  EXPECT_LE(asked(0), 1U);
  EXPECT_LE(asked(1), 1U);
  while (asked(0) != 0) answer(0);
  while (asked(1) != 0) answer(1);
  EXPECT_TRUE(slow.done() && quick.done());
  EXPECT_EQ(now().in_use, 0U);
}
TEST_F(reads_that_share, hold_no_sql_of_the_user_s_own) {
  options.pool_size = 2;
  options.shared_reads = 1;
  make();
  statement_run own(query<Row>().select(raw<std::int64_t>("nextval('s')")).core());
  own.core.finish();
  auto asked_alone = time.start(run_on_any(*pool, own));
  time.run_ready();
  ASSERT_EQ(asked(0), 1U);
  reader& other = read();
  EXPECT_EQ(asked(0), 1U) << "nobody is sent behind it";
  while (asked(0) != 0) answer(0);
  while (asked(1) != 0) answer(1);
  EXPECT_TRUE(asked_alone.done() && other.done());
}
TEST_F(reads_that_share, are_asked_again_when_their_connection_is_lost) {
  options.pool_size = 1;
  make();
  reader& one = read();
  reader& two = read();
  server.open[0]->lose();
  time.run_ready();
  ASSERT_EQ(server.open.size(), 1U);
  EXPECT_EQ(server.attempts, 2);
  while (!one.done() || !two.done()) answer(0);
  EXPECT_NO_THROW(one.asked.result());
  EXPECT_NO_THROW(two.asked.result());
}
TEST_F(reads_that_share, let_one_go_who_needs_a_connection_of_his_own) {
  options.pool_size = 1;
  options.shared_reads = 1;
  options.shared_patience_us = 0;
  make();
  read();
  auto own = acquire();
  reader& behind = read();
  EXPECT_EQ(asked(0), 1U) << "who comes later waits behind him";
  answer(0);
  ASSERT_TRUE(own.done());
  EXPECT_FALSE(behind.done());
  give_back(own.result());
  answer(0);
  EXPECT_TRUE(behind.done());
}
TEST_F(reads_that_share, wait_while_the_pool_is_suspended) {
  options.pool_size = 1;
  make();
  reader& one = read();
  pool->suspend();
  reader& two = read();
  EXPECT_EQ(asked(0), 1U);
  answer(0);
  EXPECT_TRUE(one.done());
  pool->resume();
  time.run_ready();
  answer(0);
  EXPECT_TRUE(two.done());
}
TEST_F(reads_that_share, are_none_where_connections_cannot_be_shared) {
  server.answers_in_turn = false;
  make();
  EXPECT_TRUE(read().done());
  EXPECT_FALSE(pool->shared().enabled());
  EXPECT_TRUE(read().done());
}

}  // namespace
}  // namespace tupelo::detail
