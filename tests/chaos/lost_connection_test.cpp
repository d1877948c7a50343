// SPDX-License-Identifier: Apache-2.0
#include "server_test_case.hpp"

#include <tupelo/core/error.hpp>

#include <vector>

namespace tupelo::chaos {
namespace {

class lost_connection : public server_test, public ::testing::WithParamInterface<execution> {
protected:
  void SetUp() override {
    server_test::SetUp();
    if (IsSkipped()) return;
    // Connections are trusted: what is lost is to be noticed by the statements.
    db.emplace(url_of("&validate_after=1h"), database_options{.pool_size = 3, .run = GetParam()});
  }
  int read() { return sync_wait(db->query<Counter>().where(col<&Counter::name> == "hits").one()).value; }

  std::optional<database> db;
};
INSTANTIATE_TEST_SUITE_P(however_statements_run, lost_connection,
                         ::testing::Values(execution::worker, execution::inline_), [](const auto& tested) {
                           return tested.param == execution::inline_ ? "blocking" : "asynchronous";
                         });

TEST_P(lost_connection, is_not_seen_by_reads) {
  sync_wait(db->warm_up(GetParam() == execution::inline_ ? 1 : 3));
  EXPECT_EQ(read(), 0);
  terminate_all();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(read(), 0);
  EXPECT_EQ(db->statistics().in_use, 0U);
}
TEST_P(lost_connection, is_told_of_to_writes_which_are_not_repeated) {
  sync_wait(db->ping());
  terminate_all();
  try {
    sync_wait(db->update<Counter>().set(col<&Counter::value>, 5).where(col<&Counter::name> == "hits").run());
    ADD_FAILURE() << "nobody can know what became of it";
  } catch (const connection_error& e) {
    EXPECT_EQ(e.code(), errc::connection_lost);
    EXPECT_TRUE(e.retryable());
  }
  EXPECT_EQ(read(), 0) << "the pool has another connection";
}
TEST_P(lost_connection, in_a_transaction_repeats_the_closure) {
  int runs = 0;
  sync_wait(db->transaction(
      [&](session& s) -> task<void> {
        co_await s.raw_sql("UPDATE counters SET value = value + 1").run();
        if (++runs < 3) terminate_all();
        co_await s.raw_sql("UPDATE counters SET value = value + 10").run();
      },
      {.backoff_us = 1}));
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(value(), 11) << "what the lost attempts did is undone";
}
TEST_P(lost_connection, before_commit_repeats_the_closure) {
  int runs = 0;
  sync_wait(db->transaction(
      [&](session& s) -> task<void> {
        co_await s.raw_sql("UPDATE counters SET value = value + 1").run();
        if (++runs < 2) {
          terminate_all();
          EXPECT_THROW(co_await s.raw_sql<int>("SELECT 1").one(), connection_error);
        }
      },
      {.backoff_us = 1}));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(value(), 1);
}

/// COMMIT kills its own connection, by a trigger that fires there.
class lost_commit : public lost_connection {
protected:
  void SetUp() override {
    lost_connection::SetUp();
    if (IsSkipped()) return;
    interfere("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
              "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN NULL; END $$");
    interfere("CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON counters DEFERRABLE INITIALLY DEFERRED "
              "FOR EACH ROW WHEN (new.name = 'fatal') EXECUTE FUNCTION die()");
  }
};
INSTANTIATE_TEST_SUITE_P(however_statements_run, lost_commit, ::testing::Values(execution::worker, execution::inline_),
                         [](const auto& tested) {
                           return tested.param == execution::inline_ ? "blocking" : "asynchronous";
                         });

TEST_P(lost_commit, is_told_of_and_the_closure_is_not_repeated) {
  int runs = 0;
  try {
    sync_wait(db->transaction([&](session& s) -> task<void> {
      ++runs;
      s.add(Counter{.name = "fatal"});
      co_return;
    }));
    ADD_FAILURE() << "the outcome is unknown";
  } catch (const commit_unknown& e) {
    EXPECT_FALSE(e.retryable());
    EXPECT_FALSE(e.connection_usable());
  }
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(db->statistics().connections, 0U);
}
TEST_P(lost_commit, is_repeated_when_the_verifier_says_it_did_not_happen) {
  int runs = 0;
  int asked = 0;
  sync_wait(db->transaction(
      [&](session& s) -> task<void> {
        s.add(Counter{.name = ++runs == 1 ? "fatal" : "fine"});
        co_return;
      },
      {.backoff_us = 1},
      [&]() -> task<bool> {
        ++asked;
        co_return co_await db->query<Counter>().where(col<&Counter::name> == "fatal").exists();
      }));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(asked, 1);
}
TEST_P(lost_commit, is_a_success_when_the_verifier_says_so) {
  bool hooked = false;
  const int answer = sync_wait(db->transaction(
      [&](session& s) -> task<int> {
        s.after_commit([&] { hooked = true; });
        s.add(Counter{.name = "fatal"});
        co_return 7;
      },
      {}, []() -> task<bool> { co_return true; }));
  EXPECT_EQ(answer, 7);
  EXPECT_TRUE(hooked);
}
TEST_P(lost_commit, stays_unknown_when_the_verifier_fails) {
  try {
    sync_wait(db->transaction(
        [&](session& s) -> task<void> {
          s.add(Counter{.name = "fatal"});
          co_return;
        },
        {.backoff_us = 1},
        []() -> task<bool> {
          throw connection_error(errc::pool_exhausted, "no connection became free");
          co_return false;
        }));
    ADD_FAILURE() << "the outcome is unknown";
  } catch (const commit_unknown& e) {
    EXPECT_FALSE(e.retryable());
    EXPECT_NE(std::string(e.what()).find("no connection became free"), std::string::npos) << e.what();
  }
}
TEST_P(lost_commit, gives_its_connection_back_before_the_verifier_asks) {
  std::uint32_t in_use = 7;
  sync_wait(db->transaction(
      [&](session& s) -> task<void> {
        s.add(Counter{.name = "fatal"});
        co_return;
      },
      {},
      [&]() -> task<bool> {
        in_use = db->statistics().in_use;
        co_return true;
      }));
  EXPECT_EQ(in_use, 0U) << "verifiers of as many transactions as the pool has connections would wait for each other";
}

}  // namespace
}  // namespace tupelo::chaos
