// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <atomic>

namespace tupelo::conformance {
namespace {

class observers : public conformance_test {
protected:
  observers() { create<Team>(); }
};
TUPELO_CONFORMANCE_SUITE(observers);

TEST_P(observers, see_every_statement_start_and_finish) {
  statement_log log(db);
  sync_wait(db.insert(Team{.name = "red"}));
  sync_wait(db.query<Team>().all());
  ASSERT_EQ(log.started().size(), 2U);
  ASSERT_EQ(log.finished().size(), 2U);
  EXPECT_TRUE(log.started()[0].starts_with("INSERT"));
  EXPECT_TRUE(log.started()[1].starts_with("SELECT"));
}
TEST_P(observers, see_rows_duration_and_no_failure) {
  std::vector<Team> teams{{.name = "a"}, {.name = "b"}, {.name = "c"}};
  sync_wait(db.insert(teams));
  statement_log log(db);
  sync_wait(db.query<Team>().all());
  sync_wait(db.update<Team>().set(col<&Team::points>, 3).where(col<&Team::name> != "a").run());
  const auto seen = log.finished();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].rows, 3U);
  EXPECT_EQ(seen[1].affected, 2);
  EXPECT_GE(seen[0].duration_us, 0);
  EXPECT_FALSE(seen[0].failed);
}
TEST_P(observers, see_statements_without_values) {
  statement_log log(db);
  sync_wait(db.insert(Team{.name = "s3cret"}));
  sync_wait(db.query<Team>().where(col<&Team::name> == "s3cret").all());
  sync_wait(db.raw_sql<int>("SELECT count(*) FROM teams WHERE name = ?", "s3cret").one());
  for (const std::string& statement : log.started())
    EXPECT_EQ(statement.find("s3cret"), std::string::npos) << statement;
}
TEST_P(observers, see_connections_being_used) {
  struct counter final : statement_observer {
    void connection_acquired(const connection_event& e) noexcept override { acquired += e.number != 0; }
    void connection_returned(const connection_event& e) noexcept override { returned += e.number != 0; }
    std::atomic<int> acquired{0}, returned{0};
  } seen;
  db.observe(seen);
  sync_wait(db.insert(Team{.name = "red"}));
  sync_wait(db.transaction([](session& s) -> task<void> {
    s.add(Team{.name = "blue"});
    co_return;
  }));
  sync_wait(db.query<Team>().all());
  EXPECT_EQ(seen.acquired, 3);
  EXPECT_EQ(seen.returned, 3);
}
TEST_P(observers, see_failures) {
  sync_wait(db.insert(Team{.name = "red"}));
  statement_log log(db);
  EXPECT_THROW(sync_wait(db.insert(Team{.name = "red"})), unique_violation);
  ASSERT_EQ(log.finished().size(), 1U);
  EXPECT_TRUE(log.finished()[0].failed);
}
TEST_P(observers, see_what_cannot_be_prepared_once_where_it_begins_a_transaction) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    statement_log log(db);
    for (const bool alone : {true, false}) {
      const std::size_t before = log.started().size();
      co_await held.begin();
      bool failed = false;
      try {
        if (alone) {
          (void)co_await held.raw_sql<int>("SELECT nonsense").one();
        } else {
          co_await held.pipeline(held.raw_sql<int>("SELECT 7").one(), held.raw_sql<int>("SELECT nonsense").one());
        }
      } catch (const error&) {
        failed = true;
      }
      EXPECT_TRUE(failed);
      co_await held.rollback();
      EXPECT_EQ(log.started().size() - before, alone ? 3U : 4U) << "with BEGIN and ROLLBACK";
      EXPECT_EQ(log.finished().size(), log.started().size());
    }
  });
}
TEST_P(observers, see_the_statements_of_a_transaction) {
  statement_log log(db);
  sync_wait(db.transaction([](session& s) -> task<void> {
    s.add(Team{.name = "red"});
    co_return;
  }));
  EXPECT_EQ(log.all("BEGIN").size(), 1U);
  EXPECT_EQ(log.all("INSERT").size(), 1U);
  EXPECT_EQ(log.all("COMMIT").size(), 1U);
}
TEST_P(observers, see_a_stream_as_one_statement_with_all_its_rows) {
  std::vector<Team> teams(200);
  for (std::size_t i = 0; i < teams.size(); ++i) teams[i].name = std::to_string(i);
  sync_wait(db.insert(teams));
  statement_log log(db);
  run([&]() -> task<void> {
    auto rows = db.query<Team>().stream();
    while (co_await rows.next()) {}
  });
  ASSERT_EQ(log.finished().size(), 1U);
  EXPECT_EQ(log.finished()[0].rows, 200U);
}

}  // namespace
}  // namespace tupelo::conformance
