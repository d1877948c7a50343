// SPDX-License-Identifier: Apache-2.0
// How a program looks after its pool.
#include "ledger.hpp"

#include <tupelo/core/deadline.hpp>
#include <tupelo/core/when_all.hpp>

#include <optional>
#include <string>

namespace tupelo::conformance {
namespace {

class pool_control : public conformance_test {};
TUPELO_CONFORMANCE_SUITE(pool_control);

TEST_P(pool_control, tells_whether_the_database_answers) {
  const database_health found = sync_wait(db.health());
  EXPECT_TRUE(found.up);
  EXPECT_EQ(found.connections, 1U);
  EXPECT_EQ(found.idle, 1U);
  EXPECT_TRUE(found.failure.empty());
  EXPECT_TRUE(
      found.to_json().starts_with(R"({"status":"up","connections":1,"in_use":0,"idle":1,"waiting":0,"latency_ms":)"))
      << found.to_json();
}
TEST_P(pool_control, opens_connections_ahead) {
  TUPELO_NEEDS(trait::several_connections);
  sync_wait(db.warm_up(3));
  EXPECT_EQ(db.statistics().idle, 3U);
}
TEST_P(pool_control, opens_no_more_ahead_than_it_is_told_though_some_are_always_kept) {
  TUPELO_NEEDS(trait::several_connections);
  database kept(url() + "&min_idle=2&pool_size=8", {.run = GetParam().run});
  sync_wait(kept.warm_up(3));
  EXPECT_EQ(kept.statistics().connections, 3U);
  EXPECT_EQ(kept.statistics().idle, 3U);
}
TEST_P(pool_control, lets_statements_wait_while_it_is_suspended) {
  sync_wait(db.ping());
  db.suspend();
  bool answered = false;
  const auto client = [&]() -> task<void> {
    co_await db.ping();
    answered = true;
  };
  const auto operate = [&]() -> task<void> {
    EXPECT_FALSE(answered);
    EXPECT_EQ(db.statistics().waiting, 1U);
    db.resume();
    EXPECT_EQ(db.statistics().waiting, 0U);
    co_return;
  };
  sync_wait(when_all(client(), operate()));
  EXPECT_TRUE(answered);
}
TEST_P(pool_control, closes_when_everything_has_come_back) {
  std::optional<lease> held(sync_wait(db.acquire()));
  bool closed = false;
  const auto close = [&]() -> task<void> {
    co_await db.close();
    closed = true;
  };
  const auto give_back = [&]() -> task<void> {
    EXPECT_FALSE(closed);
    held.reset();
    co_return;
  };
  sync_wait(when_all(close(), give_back()));
  EXPECT_EQ(db.statistics().connections, 0U);
}
TEST_P(pool_control, refuses_statements_once_it_is_closed) {
  sync_wait(db.ping());
  sync_wait(db.close());
  EXPECT_EQ(failure_of<connection_error>([&] { sync_wait(db.ping()); }).code(), errc::pool_closed);
  EXPECT_FALSE(sync_wait(db.health()).up);
  sync_wait(db.close());
}
TEST_P(pool_control, gives_up_closing_at_the_deadline) {
  const lease held = sync_wait(db.acquire());
  const auto e = failure_of<timed_out>([&] { sync_wait(db.close(deadline{steady_now_us() + 1'000})); });
  EXPECT_NE(std::string(e.what()).find("1 of 1 are in use"), std::string::npos) << e.what();
}
TEST_P(pool_control, takes_its_options_from_the_url) {
  TUPELO_NEEDS(trait::several_connections);
  database small(url() + "&pool_size=2", {.pool_size = 9, .run = GetParam().run});
  sync_wait(small.warm_up(9));
  EXPECT_EQ(small.statistics().connections, 2U);
}
TEST_P(pool_control, begins_transactions_at_the_isolation_asked_for_or_a_stronger_one) {
  create<Team>();
  for (const isolation level :
       {isolation::standard, isolation::read_committed, isolation::repeatable_read, isolation::serializable}) {
    sync_wait(db.transaction(
        [](session& s) -> task<void> {
          s.add(Team{.name = uuid::v4().to_string()});
          co_return;
        },
        {.level = level}));
  }
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 4);
}
TEST_P(pool_control, does_not_try_a_transaction_again_beyond_its_deadline) {
  int runs = 0;
  EXPECT_THROW(sync_wait(with_deadline(db.transaction(
                                           [&](session&) -> task<void> {
                                             ++runs;
                                             throw busy_error("somebody else writes", {});
                                             co_return;
                                           },
                                           {.backoff_us = 3'600'000'000}),
                                       deadline{steady_now_us() + 60'000'000})),
               busy_error);
  EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace tupelo::conformance
