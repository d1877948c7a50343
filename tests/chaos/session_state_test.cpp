// SPDX-License-Identifier: Apache-2.0
// What one user of a connection leaves to the next: nothing.
#include "server_test_case.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/when_all.hpp>

#include <string>
#include <vector>

namespace tupelo::chaos {
namespace {

class session_state : public server_test, public ::testing::WithParamInterface<execution> {
protected:
  void SetUp() override {
    server_test::SetUp();
    if (IsSkipped()) return;
    db.emplace(url_of(), database_options{.pool_size = 1, .run = GetParam()});
  }
  /// On a connection of its own, which is given back.
  void on_a_lease(const std::string& script) {
    sync_wait([](database& used, std::string text) -> task<void> {
      lease held = co_await used.acquire();
      co_await held.execute(std::move(text));
    }(*db, script));
  }
  std::string text(const std::string& sql) { return sync_wait(db->raw_sql<std::string>(sql).one()); }
  int number(const std::string& sql) { return sync_wait(db->raw_sql<int>(sql).one()); }

  std::optional<database> db;
};
INSTANTIATE_TEST_SUITE_P(however_statements_run, session_state,
                         ::testing::Values(execution::worker, execution::inline_), [](const auto& tested) {
                           return tested.param == execution::inline_ ? "blocking" : "asynchronous";
                         });

TEST_P(session_state, forgets_settings) {
  const std::string before = text("SHOW work_mem");
  on_a_lease("SET work_mem = '77MB'");
  EXPECT_EQ(text("SHOW work_mem"), before);
}
TEST_P(session_state, forgets_settings_made_by_sql_with_a_result) {
  const std::string before = text("SHOW work_mem");
  EXPECT_EQ(text("SELECT set_config('work_mem', '77MB', false)"), "77MB");
  EXPECT_EQ(text("SHOW work_mem"), before);
}
TEST_P(session_state, keeps_the_settings_of_the_url) {
  on_a_lease("SET search_path = public");
  EXPECT_EQ(number("SELECT value FROM counters"), 0);
}
TEST_P(session_state, drops_temporary_tables) {
  on_a_lease("CREATE TEMP TABLE scratch (id int)");
  EXPECT_THROW(static_cast<void>(number("SELECT count(*)::int4 FROM scratch")), statement_error);
}
TEST_P(session_state, lets_go_of_advisory_locks) {
  on_a_lease("SELECT pg_advisory_lock(4711)");
  EXPECT_EQ(number("SELECT count(*)::int4 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"), 0);
}
TEST_P(session_state, is_reset_after_the_open_transaction_is_rolled_back) {
  on_a_lease("SET work_mem = '77MB'; BEGIN; UPDATE counters SET value = 9");
  EXPECT_EQ(number("SELECT value FROM counters"), 0);
  EXPECT_NE(text("SHOW work_mem"), "77MB");
}
TEST_P(session_state, that_is_reset_leaves_statements_usable_that_were_prepared_before) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(sync_wait(db->query<Counter>().count()), 1);
    on_a_lease("SET work_mem = '77MB'");
  }
  EXPECT_EQ(db->statistics().opened, 1U) << "on the same connection";
}
TEST_P(session_state, that_a_user_throws_away_leaves_statements_usable) {
  sync_wait([](database& used) -> task<void> {
    lease held = co_await used.acquire();
    for (const char* script : {"DISCARD ALL", "DEALLOCATE ALL"}) {
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(co_await held.query<Counter>().count(), 1);
        EXPECT_EQ(co_await held.raw_sql<int>("SELECT value FROM counters WHERE name = ?", "hits").one(), 0);
      }
      co_await held.raw_sql(script).run();
      if (std::string_view(script) == "DISCARD ALL") {
        co_await held.execute(script);  // as a script too
        EXPECT_EQ(co_await held.query<Counter>().count(), 1);
      }
    }
    EXPECT_EQ(co_await held.query<Counter>().count(), 1);
  }(*db));
  EXPECT_EQ(number("SELECT value FROM counters"), 0);
  EXPECT_EQ(db->statistics().opened, 1U) << "on the same connection";
}
TEST_P(session_state, that_nothing_changed_is_not_reset) {
  class log final : public statement_observer {
  public:
    void statement_started(const statement_event& event) noexcept override { text += event.statement; }
    std::string text;
  } watch;
  db->observe(watch);
  on_a_lease("UPDATE counters SET value = 3; SET LOCAL work_mem = '77MB'");
  EXPECT_EQ(number("SELECT value FROM counters"), 3);
  EXPECT_EQ(watch.text.find("DISCARD"), std::string::npos);
}

// ---- how transactions begin

TEST_P(session_state, of_a_transaction_is_the_isolation_that_was_asked_for) {
  const auto level = [&](isolation asked) {
    return sync_wait(db->transaction(
        [](session& s) -> task<std::string> {
          co_return co_await s.raw_sql<std::string>("SHOW transaction_isolation").one();
        },
        {.level = asked}));
  };
  EXPECT_EQ(level(isolation::read_committed), "read committed");
  EXPECT_EQ(level(isolation::repeatable_read), "repeatable read");
  EXPECT_EQ(level(isolation::serializable), "serializable");
  EXPECT_EQ(level(isolation::standard), "read committed");
}
TEST_P(session_state, of_a_read_only_transaction_allows_no_write) {
  try {
    sync_wait(
        db->transaction([](session& s) -> task<void> { co_await s.raw_sql("UPDATE counters SET value = 1").run(); },
                        {.read_only = true}));
    ADD_FAILURE() << "it wrote";
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::read_only);
  }
}
TEST_P(session_state, of_a_deferrable_transaction_is_deferrable) {
  EXPECT_EQ(sync_wait(db->transaction(
                [](session& s) -> task<std::string> {
                  co_return co_await s.raw_sql<std::string>("SHOW transaction_deferrable").one();
                },
                {.level = isolation::serializable, .read_only = true, .deferrable = true})),
            "on");
}
TEST_P(session_state, of_a_failed_transaction_does_not_look_like_a_commit) {
  EXPECT_THROW(sync_wait([](database& used) -> task<void> {
                 lease held = co_await used.acquire();
                 co_await held.begin();
                 co_await held.raw_sql("UPDATE counters SET value = 1").run();
                 try {
                   co_await held.execute("SELECT 1/0");
                 } catch (const database_error&) {}
                 co_await held.commit();
               }(*db)),
               transaction_error);
  EXPECT_EQ(value(), 0);
}

// ---- conflicts

TEST_F(server_test, transactions_that_conflict_are_run_again_until_all_are_through) {
  database db(url_of("&pool_size=4"), {.run = execution::worker});
  std::vector<task<void>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(db.transaction(
        [](session& s) -> task<void> {
          const int seen = co_await s.raw_sql<int>("SELECT value FROM counters").one();
          co_await s.raw_sql("UPDATE counters SET value = ?", seen + 1).run();
        },
        {.max_attempts = 1'000, .backoff_us = 100, .level = isolation::repeatable_read}));
  }
  sync_wait(when_all(std::move(clients)));
  EXPECT_EQ(value(), 8);
}
TEST_F(server_test, transactions_that_wait_for_each_other_are_run_again) {
  interfere("INSERT INTO counters (name, value) VALUES ('other', 0)");
  std::string url = url_of("&pool_size=2");
  const std::string path = "search_path%3D" + schema;
  database db(url.insert(url.find(path) + path.size(), "%20-cdeadlock_timeout%3D20ms"), {.run = execution::worker});
  int runs = 0;
  const auto crosswise = [&](const char* first, const char* second) {
    return db.transaction(
        [&runs, first, second](session& s) -> task<void> {
          ++runs;
          co_await s.raw_sql("UPDATE counters SET value = value + 1 WHERE name = ?", std::string(first)).run();
          // The other has its first row as well, or has been through already.
          co_await s.raw_sql("SELECT pg_sleep(0.05)").run();
          co_await s.raw_sql("UPDATE counters SET value = value + 1 WHERE name = ?", std::string(second)).run();
        },
        {.max_attempts = 20, .backoff_us = 100});
  };
  sync_wait(when_all(crosswise("hits", "other"), crosswise("other", "hits")));
  EXPECT_EQ(value(), 2);
  EXPECT_GE(runs, 2);
}

}  // namespace
}  // namespace tupelo::chaos
