// SPDX-License-Identifier: Apache-2.0
// Statements where a task may stand, too: under a deadline or a token of their own, and run to their end.
#include "idle_source.hpp"
#include "pool_test_case.hpp"

#include "tupelo/core/asio.hpp"
#include "tupelo/core/sync_wait.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace tupelo::detail {
namespace {

/// Runs nothing, and notes under what it was to.
class noting_source final : public idle_source, public query_verbs<noting_source> {
public:
  task<void> run(statement_run&) override {
    until = co_await current_deadline();
    stopped = (co_await current_cancellation()).cancel_requested();
  }

  deadline until;
  bool stopped = false;
};

class narrowed_operations : public ::testing::Test {
protected:
  noting_source db;
};

TEST_F(narrowed_operations, end_by_the_earlier_deadline) {
  sync_wait(with_deadline(db.query<Row>().all(), deadline{50}), deadline{100});
  EXPECT_EQ(db.until, deadline{50});
  sync_wait(with_deadline(db.query<Row>().all(), deadline{100}), deadline{50});
  EXPECT_EQ(db.until, deadline{50});
}
TEST_F(narrowed_operations, are_asked_to_stop_by_a_token_of_their_own) {
  const cancel_source stop;
  sync_wait(with_cancellation(db.erase<Row>().all_rows().run(), stop.token()));
  EXPECT_FALSE(db.stopped);
  stop.request_cancel();
  sync_wait(with_cancellation(db.erase<Row>().all_rows().run(), stop.token()));
  EXPECT_TRUE(db.stopped);
}
TEST_F(narrowed_operations, are_also_those_that_insert_what_a_query_selects) {
  sync_wait(with_deadline(db.insert_from<Row>(query<Row>().select(col<&Row::id>), col<&Row::id>), deadline{50}));
  EXPECT_EQ(db.until, deadline{50});
}

TEST_F(narrowed_operations, are_waited_for_under_a_deadline_too) {
  sync_wait(db.query<Row>().all(), deadline{50});
  EXPECT_EQ(db.until, deadline{50});
}
TEST_F(narrowed_operations, run_on_a_loop_of_asio) {
  boost::asio::io_context loop;
  bool ended = false;
  spawn(loop, db.query<Row>().all(), [&](const std::exception_ptr& failure, const std::vector<Row>&) {
    EXPECT_FALSE(failure);
    ended = true;
  });
  spawn(loop, db.insert_from<Row>(query<Row>().select(col<&Row::id>), col<&Row::id>), boost::asio::detached);
  Row row;
  spawn(loop, db.insert(row), boost::asio::detached);
  loop.run();
  EXPECT_TRUE(ended);
}
TEST_F(narrowed_operations, run_within_a_coroutine_of_asio) {
  boost::asio::io_context loop;
  boost::asio::co_spawn(
      loop, [&]() -> boost::asio::awaitable<void> { co_await to_asio(db.erase<Row>().all_rows().run()); },
      [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); });
  loop.run();
}

}  // namespace
}  // namespace tupelo::detail
