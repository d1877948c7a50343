// SPDX-License-Identifier: Apache-2.0
// Statements under a deadline or a token of their own.
#include "idle_source.hpp"
#include "pool_test_case.hpp"

#include "tupelo/core/sync_wait.hpp"

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

}  // namespace
}  // namespace tupelo::detail
