// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <tupelo/core/as_result.hpp>
#include <tupelo/core/deadline.hpp>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace tupelo::conformance {
namespace {

class pipelines : public conformance_test {
protected:
  pipelines() {
    create<Account, Team, Player, Note>();
    std::vector<Team> teams{{.name = "blue", .points = 3}, {.name = "red", .points = 5}};
    sync_wait(db.insert(teams));
    blue = teams[0].id;
    red = teams[1].id;
  }
  std::vector<std::string> team_names() {
    return sync_wait(db.query<Team>().order_by(col<&Team::name>).pluck(col<&Team::name>));
  }

  std::int64_t blue = 0, red = 0;
};
TUPELO_CONFORMANCE_SUITE(pipelines);

using teams = std::vector<std::string>;

TEST_P(pipelines, give_the_result_of_each_operation) {
  for (int round = 0; round < 2; ++round) {
    auto [all, one, first, missing, count, exists, raw] =
        sync_wait(db.pipeline(db.query<Team>().order_by(col<&Team::name>).all(), db.get<Team>(red),
                              db.query<Team>().where(col<&Team::points> > 4).first(), db.find<Team>(red + blue + 1),
                              db.query<Team>().count(), db.query<Team>().where(col<&Team::name> == "green").exists(),
                              db.raw_sql<std::int64_t>("SELECT points FROM teams WHERE id = ?", blue).one()));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].name, "blue");
    EXPECT_EQ(one.name, "red");
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->id, red);
    EXPECT_FALSE(missing.has_value());
    EXPECT_EQ(count, 2);
    EXPECT_FALSE(exists);
    EXPECT_EQ(raw, 3);
  }
}
TEST_P(pipelines, run_in_order) {
  Team green{.name = "green"};
  auto [inserted, updated, seen, erased, left] = sync_wait(db.pipeline(
      db.insert(green), db.update<Team>().set(col<&Team::points>, 9).where(col<&Team::name> == "green").run(),
      db.query<Team>().where(col<&Team::points> == 9).pluck(col<&Team::name>),
      db.erase<Team>().where(col<&Team::name> == "blue").run(), db.query<Team>().count()));
  EXPECT_EQ(inserted, no_result());
  EXPECT_EQ(updated, 1);
  EXPECT_EQ(seen, teams{"green"});
  EXPECT_EQ(erased, 1);
  EXPECT_EQ(left, 2);
  EXPECT_NE(green.id, 0);
}
TEST_P(pipelines, of_operations_without_results_have_none) {
  Account ada{.owner = "ada"};
  Account bob{.owner = "bob"};
  static_assert(std::is_same_v<decltype(db.pipeline(db.insert(ada), db.insert(bob))), task<void>>);
  sync_wait(db.pipeline(db.insert(ada), db.insert(bob)));
  ada.balance = 5;
  bob.balance = 7;
  sync_wait(db.pipeline(db.update(ada), db.update(bob)));
  EXPECT_EQ(ada.version, 2);
  EXPECT_EQ(sync_wait(db.get<Account>(bob.id)).balance, 7);
  sync_wait(db.pipeline(db.erase(ada), db.erase(bob)));
  EXPECT_EQ(sync_wait(db.query<Account>().count()), 0);
}
TEST_P(pipelines, take_as_many_operations_of_one_kind_as_there_are) {
  std::vector<operation<Team>> wanted;
  for (int i = 0; i < 70; ++i) wanted.push_back(db.get<Team>(i % 2 == 0 ? red : blue));
  const std::vector<Team> found = sync_wait(db.pipeline(std::move(wanted)));
  ASSERT_EQ(found.size(), 70U);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].name, i % 2 == 0 ? "red" : "blue");
  EXPECT_TRUE(sync_wait(db.pipeline(std::vector<operation<std::int64_t>>())).empty());

  std::vector<Team> more(3);
  std::vector<operation<void>> inserts;
  for (std::size_t i = 0; i < more.size(); ++i) {
    more[i].name = "team " + std::to_string(i);
    inserts.push_back(db.insert(more[i]));
  }
  sync_wait(db.pipeline(std::move(inserts)));
  EXPECT_EQ(team_names().size(), 5U);
  EXPECT_NE(more[2].id, 0);
}
TEST_P(pipelines, with_more_statements_than_the_connection_keeps_prepared) {
  database small(url(), {.pool_size = 1, .statement_cache_size = 2, .run = GetParam().run});
  TUPELO_NEEDS(trait::several_connections);
  for (int round = 0; round < 2; ++round) {
    std::vector<operation<std::int64_t>> counts;
    for (int i = 0; i < 9; ++i) {
      counts.push_back(small.raw_sql<std::int64_t>("SELECT count(*) + " + std::to_string(i) + " FROM teams").one());
    }
    const std::vector<std::int64_t> found = sync_wait(small.pipeline(std::move(counts)));
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], static_cast<std::int64_t>(i) + 2);
  }
}

// ---- failing

TEST_P(pipelines, are_all_or_nothing_outside_a_transaction) {
  Team green{.name = "green"};
  const auto failure = failure_of<unique_violation>(
      [&] { sync_wait(db.pipeline(db.insert(green), db.insert(Team{.name = "red"}), db.query<Team>().count())); });
  EXPECT_EQ(failure.pipeline_position(), 2U);
  EXPECT_TRUE(std::string_view(failure.what()).starts_with("operation 2 of the pipeline: ")) << failure.what();
  EXPECT_EQ(team_names(), (teams{"blue", "red"}));
  EXPECT_EQ(green.id, 0) << "no row has this key";
  sync_wait(db.insert(green));
  EXPECT_EQ(team_names().size(), 3U);
}
TEST_P(pipelines, undo_what_was_written_where_a_result_is_a_failure) {
  Account ada{.owner = "ada"};
  Account bob{.owner = "bob"};
  sync_wait(db.pipeline(db.insert(ada), db.insert(bob)));
  Account stale = bob;
  sync_wait(db.update(bob));
  ada.balance = 100;
  const auto failure = failure_of<stale_row>([&] { sync_wait(db.pipeline(db.update(ada), db.update(stale))); });
  EXPECT_EQ(failure.pipeline_position(), 2U);
  EXPECT_EQ(sync_wait(db.get<Account>(ada.id)).balance, 0);
  EXPECT_EQ(ada.version, 1) << "its row has not been written";

  const auto missing = failure_of<not_found>(
      [&] { sync_wait(db.pipeline(db.insert(Team{.name = "green"}), db.get<Team>(red + blue + 1))); });
  EXPECT_EQ(missing.pipeline_position(), 2U);
  EXPECT_EQ(team_names().size(), 2U);
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(pipelines, throw_what_fails_first) {
  const auto failure = failure_of<not_found>(
      [&] { sync_wait(db.pipeline(db.get<Team>(red + blue + 1), db.insert(Team{.name = "red"}))); });
  EXPECT_EQ(failure.pipeline_position(), 1U);
}
TEST_P(pipelines, leave_the_connection_usable) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    for (int i = 0; i < 3; ++i) {
      auto failed = co_await as_result(
          held.pipeline(held.get<Team>(red), held.insert(Team{.name = "red"}), held.query<Team>().count()));
      EXPECT_FALSE(failed.has_value());
      EXPECT_EQ(failed.error().code(), errc::unique_violation);
      auto [one, count] = co_await held.pipeline(held.get<Team>(red), held.query<Team>().count());
      EXPECT_EQ(one.name, "red");
      EXPECT_EQ(count, 2);
    }
  });
}
TEST_P(pipelines, say_which_statement_cannot_be_prepared) {
  const auto failure = failure_of<statement_error>([&] {
    sync_wait(db.pipeline(db.insert(Team{.name = "green"}), db.query<Team>().count(),
                          db.raw_sql("UPDATE nowhere SET a = 1").run()));
  });
  EXPECT_EQ(failure.pipeline_position(), 3U);
  EXPECT_EQ(failure.code(), errc::unknown_table);
  EXPECT_EQ(team_names().size(), 2U);
}
TEST_P(pipelines, refuse_operations_of_something_else) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    auto refused = co_await as_result(held.pipeline(held.query<Team>().count(), db.query<Team>().count()));
    EXPECT_EQ(refused.error().code(), errc::invalid_query);
    EXPECT_EQ(refused.error().as_error()->pipeline_position(), 2U);
  });
}
TEST_P(pipelines, that_are_cancelled_before_they_begin_run_nothing) {
  cancel_source stop;
  stop.request_cancel();
  EXPECT_THROW(sync_wait(with_cancellation(
                   db.pipeline(db.insert(Team{.name = "green"}), db.insert(Team{.name = "gold"})), stop.token())),
               cancelled);
  EXPECT_EQ(team_names().size(), 2U);
}
TEST_P(pipelines, whose_deadline_has_passed_run_nothing) {
  EXPECT_THROW(sync_wait(with_deadline(db.pipeline(db.insert(Team{.name = "green"}), db.query<Team>().count()),
                                       deadline::after_us(-1, steady_now_us()))),
               timed_out);
  EXPECT_EQ(team_names().size(), 2U);
}

// ---- in transactions

TEST_P(pipelines, of_a_transaction_are_part_of_it) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    co_await held.pipeline(held.insert(Team{.name = "green"}), held.insert(Team{.name = "gold"}));
    EXPECT_EQ(co_await held.query<Team>().count(), 4);
    co_await held.rollback();
  });
  EXPECT_EQ(team_names().size(), 2U);
}
TEST_P(pipelines, of_a_savepoint_are_undone_with_it) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    co_await held.pipeline(held.insert(Team{.name = "green"}), held.query<Team>().count());
    co_await held.begin();
    auto failed =
        co_await as_result(held.pipeline(held.insert(Team{.name = "gold"}), held.insert(Team{.name = "red"})));
    EXPECT_EQ(failed.error().code(), errc::unique_violation);
    co_await held.rollback();
    co_await held.pipeline(held.query<Team>().count(), held.insert(Team{.name = "grey"}));
    co_await held.commit();
  });
  EXPECT_EQ(team_names(), (teams{"blue", "green", "grey", "red"}));
}
TEST_P(pipelines, of_a_session_run_in_its_transaction) {
  run([&]() -> task<void> {
    auto session = db.session();
    session.add(Team{.name = "green"});
    co_await session.flush();
    auto [count, green] = co_await session.pipeline(session.query<Team>().count(),
                                                    session.query<Team>().where(col<&Team::name> == "green").first());
    EXPECT_EQ(count, 3);
    EXPECT_TRUE(green.has_value());
    co_await session.rollback();
  });
  EXPECT_EQ(team_names().size(), 2U);
}
TEST_P(pipelines, of_a_session_without_a_transaction_take_any_connection) {
  run([&]() -> task<void> {
    auto session = db.session();
    auto [count, one] = co_await session.pipeline(session.query<Team>().count(),
                                                  session.query<Team>().where(col<&Team::id> == red).one());
    EXPECT_EQ(count, 2);
    EXPECT_EQ(one.name, "red");
    EXPECT_FALSE(session.in_transaction());
  });
}
TEST_P(pipelines, that_are_all_of_a_transaction_begin_and_commit_it) {
  sync_wait(db.transaction([&](session& s) -> task<void> {
    co_await s.pipeline(s.update<Team>().set(col<&Team::points>, 1).where(col<&Team::id> == red).run(),
                        s.update<Team>().set(col<&Team::points>, 2).where(col<&Team::id> == blue).run());
  }));
  EXPECT_EQ(sync_wait(db.get<Team>(red)).points, 1);
  EXPECT_THROW(sync_wait(db.transaction([&](session& s) -> task<void> {
                 co_await s.pipeline(s.update<Team>().set(col<&Team::points>, 8).where(col<&Team::id> == red).run(),
                                     s.update<Team>().set(col<&Team::name>, "red").where(col<&Team::id> == blue).run());
               })),
               unique_violation);
  EXPECT_EQ(sync_wait(db.get<Team>(red)).points, 1);
}

// ---- what is seen of them

TEST_P(pipelines, show_observers_each_statement_with_its_rows_and_error) {
  statement_log log(db);
  EXPECT_THROW(sync_wait(db.pipeline(db.query<Team>().pluck(col<&Team::name>),
                                     db.update<Team>().set(col<&Team::points>, 4).where(col<&Team::id> == red).run(),
                                     db.raw_sql("INSERT INTO teams (name, points) VALUES ('red', 0)").run(),
                                     db.raw_sql("DELETE FROM teams").run())),
               unique_violation);
  std::vector<statement_log::entry> seen;
  for (const statement_log::entry& each : log.finished()) {
    if (!each.statement.starts_with("BEGIN") && !each.statement.starts_with("ROLLBACK")) seen.push_back(each);
  }
  ASSERT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen[0].rows, 2U);
  EXPECT_FALSE(seen[0].failed);
  EXPECT_EQ(seen[1].affected, 1);
  EXPECT_TRUE(seen[2].failed);
  EXPECT_TRUE(seen[3].failed);
}
TEST_P(pipelines, with_large_texts_in_both_directions_do_not_block) {
  const std::string large(300'000, 'x');
  std::vector<operation<std::int64_t>> writes;
  std::vector<operation<std::string>> reads;
  for (int i = 0; i < 20; ++i) {
    writes.push_back(db.raw_sql("UPDATE teams SET motto = ? WHERE id = ?", large, red).run());
    reads.push_back(db.raw_sql<std::string>("SELECT motto || ? FROM teams WHERE id = ?", large, red).one());
  }
  EXPECT_EQ(sync_wait(db.pipeline(std::move(writes))), std::vector<std::int64_t>(20, 1));
  for (const std::string& text : sync_wait(db.pipeline(std::move(reads)))) EXPECT_EQ(text.size(), 600'000U);
}

}  // namespace
}  // namespace tupelo::conformance
