// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <latch>
#include <stdexcept>
#include <thread>

namespace tupelo::conformance {
namespace {

struct Convoy {
  std::int64_t id{};
};
struct Truck {
  std::int64_t id{};
  std::int64_t convoy_id{};
  belongs_to<Convoy> convoy{};

  static void model(tupelo::model<Truck>& m) { m.belongs_to(&Truck::convoy, &Truck::convoy_id); }
};

class transactions : public conformance_test {
protected:
  transactions() { create<Account, Team, Player>(); }
  std::int64_t teams() { return sync_wait(db.query<Team>().count()); }
  static task<bool> fails(task<void> work) {
    try {
      co_await std::move(work);
    } catch (const error&) {
      co_return true;
    }
    co_return false;
  }
};
TUPELO_CONFORMANCE_SUITE(transactions);

using strings = std::vector<std::string>;

TEST_P(transactions, commit_when_the_closure_returns) {
  sync_wait(db.transaction([](session& s) -> task<void> {
    s.add(Team{.name = "red"});
    co_return;
  }));
  EXPECT_EQ(teams(), 1);
}
TEST_P(transactions, give_the_result_of_the_closure) {
  EXPECT_EQ(sync_wait(db.transaction([](session& s) -> task<std::int64_t> {
              auto red = s.add(Team{.name = "red"});
              co_await s.flush();
              co_return red->id;
            })),
            sync_wait(db.query<Team>().one()).id);
}
TEST_P(transactions, roll_back_when_the_closure_throws) {
  EXPECT_THROW(sync_wait(db.transaction([](session& s) -> task<void> {
                 s.add(Team{.name = "red"});
                 co_await s.flush();
                 throw std::runtime_error("no");
               })),
               std::runtime_error);
  EXPECT_EQ(teams(), 0);
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(transactions, roll_back_when_a_statement_fails) {
  sync_wait(db.insert(Team{.name = "red"}));
  EXPECT_THROW(sync_wait(db.transaction([](session& s) -> task<void> {
                 s.add(Team{.name = "blue"});
                 co_await s.flush();
                 s.add(Team{.name = "red"});
                 co_return;
               })),
               unique_violation);
  EXPECT_EQ(teams(), 1);
}
TEST_P(transactions, do_not_commit_what_is_left_of_a_flush_that_failed) {
  sync_wait(db.insert(Team{.name = "red"}));
  const auto refused = failure_of<error>([&] {
    sync_wait(db.transaction([](session& s) -> task<void> {
      co_await s.insert(Team{.name = "blue"});
      s.add(Team{.name = "red"});
      try {
        co_await s.flush();
        ADD_FAILURE() << "there is a red one";
      } catch (const unique_violation&) {}
    }));
  });
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 1);
  // Where the database goes on after an error, the commit meets the cause itself again.
  if (refused.code() == errc::unique_violation) return;
  EXPECT_EQ(refused.code(), errc::invalid_transaction);
  EXPECT_NE(std::string(refused.what()).find("must be rolled back"), std::string::npos) << refused.what();
}
TEST_P(transactions, run_the_closure_once_where_the_error_is_final) {
  int runs = 0;
  EXPECT_THROW(sync_wait(db.transaction([&](session&) -> task<void> {
                 ++runs;
                 throw not_found("nothing here");
                 co_return;
               })),
               not_found);
  EXPECT_EQ(runs, 1);
}
TEST_P(transactions, run_the_closure_again_after_a_retryable_error) {
  int runs = 0;
  sync_wait(db.transaction(
      [&](session& s) -> task<void> {
        s.add(Team{.name = "red"});
        co_await s.flush();
        if (++runs < 3) throw busy_error("somebody else writes", {});
      },
      {.backoff_us = 1}));
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(teams(), 1) << "what the failed attempts did is undone";
}
TEST_P(transactions, give_up_after_the_attempts_they_were_given) {
  int runs = 0;
  EXPECT_THROW(sync_wait(db.transaction(
                   [&](session&) -> task<void> {
                     ++runs;
                     throw busy_error("somebody else writes", {});
                     co_return;
                   },
                   {.max_attempts = 4, .backoff_us = 1})),
               busy_error);
  EXPECT_EQ(runs, 4);
}
/// Tells when a statement has failed.
class failure_watch final : public statement_observer {
public:
  void statement_finished(const statement_event& event) noexcept override {
    if (event.failure && !failed.try_wait()) failed.count_down();
  }
  std::latch failed{1};
};

TEST_P(transactions, are_retried_until_another_writer_has_let_go_of_the_database) {
  TUPELO_NEEDS(trait::several_connections);
  TUPELO_NEEDS_NO(&feature_table::row_locks);
  database other(url() + "&busy_timeout=0", {.run = GetParam().run});
  failure_watch watch;
  other.observe(watch);
  lease holder = sync_wait(db.acquire());
  sync_wait(holder.begin());
  sync_wait(holder.insert(Team{.name = "red"}));
  std::thread releaser([&] {
    watch.failed.wait();
    sync_wait(holder.commit());
  });
  sync_wait(other.transaction(
      [](session& s) -> task<void> {
        s.add(Team{.name = "blue"});
        co_return;
      },
      {.max_attempts = 50, .backoff_us = 100}));
  releaser.join();
  EXPECT_EQ(teams(), 2);
}

// ---- locks on rows

TEST_P(transactions, lock_rows_only_while_they_are_open) {
  sync_wait(db.insert(Team{.name = "red"}));
  try {
    sync_wait(db.query<Team>().lock(for_update).all());
    FAIL() << "the lock would end with the statement";
  } catch (const transaction_error& e) {
    EXPECT_EQ(e.code(), errc::invalid_transaction);
  }
  create<Convoy, Truck>();
  EXPECT_THROW(run([&]() -> task<void> {
                 auto rows = db.query<Truck>().with(&Truck::convoy).lock(for_update).stream();
                 co_await rows.next();
               }),
               transaction_error)
      << "that of a stream with relations is its own";
}
TEST_P(transactions, read_locked_rows_like_others) {
  sync_wait(db.insert(Team{.name = "red"}));
  for (const row_lock lock :
       {for_update, for_no_key_update, for_share, for_key_share, for_update.nowait(), for_share.skip_locked()}) {
    auto names = run([&]() -> task<std::vector<std::string>> {
      lease held = co_await db.acquire();
      co_await held.begin();
      auto found = co_await held.query<Team>().lock(lock).pluck(col<&Team::name>);
      co_await held.commit();
      co_return found;
    });
    EXPECT_EQ(names, std::vector<std::string>{"red"});
  }
}
TEST_P(transactions, of_a_session_begin_with_its_first_locked_read) {
  sync_wait(db.insert(Team{.name = "red"}));
  session s = db.session();
  EXPECT_EQ(sync_wait(s.query<Team>().lock(for_update).all()).size(), 1U);
  EXPECT_TRUE(s.in_transaction());
  sync_wait(s.rollback());
}
TEST_P(transactions, that_begin_to_read_lock_only_where_rows_have_locks) {
  const std::int64_t red = sync_wait(db.insert(Team{.name = "red"})).id;
  const auto locked = [&](transaction_mode mode) {
    return run([&]() -> task<std::size_t> {
      lease held = co_await db.acquire();
      co_await held.begin(mode);
      co_return (co_await held.query<Team>().lock(for_update).all()).size();
    });
  };
  EXPECT_EQ(locked(transaction_mode::immediate), 1U);
  EXPECT_EQ(locked(transaction_mode::exclusive), 1U);
  session s = db.session({.mode = transaction_mode::deferred});
  if (db.sql_dialect().features().row_locks) {
    EXPECT_EQ(locked(transaction_mode::deferred), 1U);
    EXPECT_TRUE(sync_wait(s.find<Team>(red, for_update)));
    return;
  }
  const auto refused = failure_of<transaction_error>([&] { locked(transaction_mode::deferred); });
  EXPECT_EQ(refused.code(), errc::invalid_transaction);
  EXPECT_NE(std::string(refused.what()).find("transaction_mode::immediate"), std::string::npos) << refused.what();
  EXPECT_THROW(sync_wait(s.find<Team>(red, for_update)), transaction_error);
  sync_wait(s.rollback());
  EXPECT_EQ(locked(transaction_mode::immediate), 1U) << "the connection knows of no other mode";
}
TEST_P(transactions, leave_out_rows_that_others_have_locked) {
  TUPELO_NEEDS(&feature_table::row_locks);
  sync_wait(db.insert(Team{.name = "red"}));
  sync_wait(db.insert(Team{.name = "blue"}));
  run([&]() -> task<void> {
    const auto next = [&](lease& worker) -> task<std::string> {
      co_await worker.begin();
      co_return (co_await worker.query<Team>().order_by(col<&Team::name>).limit(1).lock(for_update.skip_locked()).one())
          .name;
    };
    lease first = co_await db.acquire();
    lease second = co_await db.acquire();
    EXPECT_EQ(co_await next(first), "blue");
    EXPECT_EQ(co_await next(second), "red") << "two workers never get the same row";
  });
}
TEST_P(transactions, that_do_not_wait_for_a_locked_row_are_told_that_it_is_busy) {
  TUPELO_NEEDS(&feature_table::row_locks);
  sync_wait(db.insert(Team{.name = "red"}));
  EXPECT_THROW(run([&]() -> task<void> {
                 lease first = co_await db.acquire();
                 lease second = co_await db.acquire();
                 co_await first.begin();
                 co_await first.query<Team>().lock(for_update).all();
                 co_await second.begin();
                 co_await second.query<Team>().lock(for_update.nowait()).all();
               }),
               busy_error);
}

TEST_P(transactions, of_a_lease_commit_and_roll_back) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    EXPECT_TRUE(held.in_transaction());
    co_await held.insert(Team{.name = "red"});
    co_await held.commit();
    co_await held.begin();
    co_await held.insert(Team{.name = "blue"});
    co_await held.rollback();
    EXPECT_FALSE(held.in_transaction());
  });
  EXPECT_EQ(teams(), 1);
}
TEST_P(transactions, nest_as_savepoints) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    co_await held.insert(Team{.name = "kept"});
    co_await held.begin();
    co_await held.insert(Team{.name = "also kept"});
    co_await held.begin();
    EXPECT_EQ(held.transaction_depth(), 3);
    co_await held.insert(Team{.name = "dropped"});
    co_await held.rollback();
    co_await held.commit();
    EXPECT_EQ(held.transaction_depth(), 1);
    co_await held.commit();
  });
  EXPECT_EQ(sync_wait(db.query<Team>().order_by(col<&Team::name>).pluck(col<&Team::name>)),
            (std::vector<std::string>{"also kept", "kept"}));
}
TEST_P(transactions, that_are_open_when_their_lease_ends_are_rolled_back) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    co_await held.insert(Team{.name = "red"});
  });
  EXPECT_EQ(teams(), 0);
}
TEST_P(transactions, say_so_where_sql_of_the_program_has_ended_them) {
  for (const bool commits : {true, false}) {
    const std::string ends = commits ? "COMMIT" : "ROLLBACK";
    const auto of_a_lease = failure_of<transaction_error>([&] {
      run([&]() -> task<void> {
        lease held = co_await db.acquire();
        co_await held.begin();
        co_await held.insert(Team{.name = "first " + ends});
        co_await held.raw_sql(ends).run();
        co_await held.commit();
      });
    });
    const auto of_a_closure = failure_of<transaction_error>([&] {
      sync_wait(db.transaction([&](session& s) -> task<void> {
        s.add(Team{.name = "second " + ends});
        co_await s.flush();
        co_await s.raw_sql(ends).run();
      }));
    });
    const auto of_a_flush = failure_of<transaction_error>([&] {
      sync_wait(db.transaction([&](session& s) -> task<void> {
        co_await s.insert(Team{.name = "third " + ends});
        co_await s.raw_sql(ends).run();
        s.add(Team{.name = "behind " + ends});
      }));
    });
    for (const transaction_error& refused : {of_a_lease, of_a_closure, of_a_flush}) {
      EXPECT_EQ(refused.code(), errc::invalid_transaction);
      EXPECT_NE(std::string(refused.what()).find("SQL of the program's own"), std::string::npos) << refused.what();
    }
    EXPECT_EQ(teams(), 3) << "as COMMIT says, and ROLLBACK after it";
  }
}
TEST_P(transactions, that_a_script_has_committed_are_not_called_undone_where_it_fails_behind_that) {
  const auto names = [&] { return sync_wait(db.query<Team>().order_by(col<&Team::id>).pluck(col<&Team::name>)); };
  const std::string insert = "INSERT INTO teams (points, name) VALUES (0, '";
  for (const std::string begin : {"", "; BEGIN"}) {
    sync_wait(db.erase<Team>().all_rows().run());
    int runs = 0;
    // The script's own failure says nothing of what came before it.
    const auto of_the_script = failure_of<statement_error>([&] {
      sync_wait(db.transaction([&](session& s) -> task<void> {
        ++runs;
        co_await s.insert(Team{.name = "committed"});
        lease held = co_await s.acquire();
        co_await held.execute(insert + "too'); COMMIT" + begin + "; SELECT * FROM nowhere");
      }));
    });
    EXPECT_EQ(std::string(of_the_script.what()).find("rolled back"), std::string::npos) << of_the_script.what();
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(names(), (strings{"committed", "too"}));
    const auto of_the_commit = failure_of<transaction_error>([&] {
      sync_wait(db.transaction([&](session& s) -> task<void> {
        co_await s.insert(Team{.name = "third"});
        lease held = co_await s.acquire();
        EXPECT_TRUE(co_await fails(held.execute("COMMIT" + begin + "; SELECT * FROM nowhere")));
        EXPECT_TRUE(co_await fails(held.execute(insert + "never')")));
        s.add(Team{.name = "never"});
      }));
    });
    EXPECT_EQ(of_the_commit.code(), errc::invalid_transaction);
    EXPECT_NE(std::string(of_the_commit.what()).find("SQL of the program's own"), std::string::npos)
        << of_the_commit.what();
    EXPECT_EQ(names(), (strings{"committed", "too", "third"}));
  }
}
TEST_P(transactions, of_scripts_that_fail_outside_of_one_keep_what_came_before) {
  EXPECT_THROW(sync_wait(db.execute("INSERT INTO teams (points, name) VALUES (0, 'a'); SELECT * FROM nowhere")),
               statement_error);
  EXPECT_EQ(teams(), 1);
  EXPECT_THROW(sync_wait(db.execute("BEGIN; INSERT INTO teams (points, name) VALUES (0, 'b'); COMMIT; INSERT INTO "
                                    "teams (points, name) VALUES (0, "
                                    "'c'); SELECT * FROM nowhere")),
               statement_error);
  EXPECT_EQ(teams(), 3);
  EXPECT_THROW(sync_wait(db.execute("BEGIN; INSERT INTO teams (points, name) VALUES (0, 'd'); SELECT * FROM nowhere")),
               statement_error);
  EXPECT_EQ(teams(), 3) << "the connection comes back without it";
}
TEST_P(transactions, that_a_script_has_committed_are_not_run_again) {
  int runs = 0;
  EXPECT_THROW(sync_wait(db.transaction([&](session& s) -> task<void> {
                 ++runs;
                 co_await s.insert(Team{.name = "once"});
                 lease held = co_await s.acquire();
                 static_cast<void>(co_await fails(held.execute("COMMIT; SELECT * FROM nowhere")));
                 throw transaction_error(errc::serialization_failure, "as of what the script did then");
               })),
               transaction_error);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(teams(), 1);
}
TEST_P(transactions, cannot_be_ended_where_none_is_open) {
  EXPECT_THROW(run([&]() -> task<void> {
                 lease held = co_await db.acquire();
                 co_await held.commit();
               }),
               transaction_error);
  EXPECT_THROW(run([&]() -> task<void> {
                 lease held = co_await db.acquire();
                 co_await held.rollback();
               }),
               transaction_error);
}
TEST_P(transactions, of_many_inserts_inside_another_one_are_part_of_it) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    std::vector<Team> several{{.name = "a"}, {.name = "b"}};
    co_await held.insert(several);
    co_await held.rollback();
  });
  EXPECT_EQ(teams(), 0);
}
TEST_P(transactions, keep_their_writes_to_themselves_until_they_commit) {
  TUPELO_NEEDS(trait::several_connections);
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    co_await held.insert(Team{.name = "red"});
    EXPECT_EQ(co_await db.query<Team>().count(), 0);
    EXPECT_EQ(co_await held.query<Team>().count(), 1);
    co_await held.commit();
    EXPECT_EQ(co_await db.query<Team>().count(), 1);
  });
}
TEST_P(transactions, roll_back_although_they_were_cancelled) {
  cancel_source source;
  auto work = [&]() -> task<void> {
    co_await db.transaction([&](session& s) -> task<void> {
      s.add(Team{.name = "red"});
      co_await s.flush();
      source.request_cancel();
      throw std::runtime_error("the closure's own");
    });
  };
  EXPECT_THROW(sync_wait(work(), source.token()), std::runtime_error)
      << "not `cancelled`: the rollback must not be stopped";
  EXPECT_EQ(db.statistics().in_use, 0U);
  EXPECT_EQ(teams(), 0);
}

// ---- constraints

TEST_P(transactions, violations_have_a_type_each) {
  const Team red = sync_wait(db.insert(Team{.name = "red"}));
  const auto unique = failure_of<unique_violation>([&] { sync_wait(db.insert(Team{.name = "red"})); });
  EXPECT_EQ(unique.table(), "teams");
  EXPECT_EQ(unique.column(), "name");
  EXPECT_EQ(unique.sqlstate(), "23505");
  const auto foreign =
      failure_of<foreign_key_violation>([&] { sync_wait(db.insert(Player{.team_id = 4711, .name = "x"})); });
  EXPECT_EQ(foreign.table(), "players");
  EXPECT_EQ(foreign.sqlstate(), "23503");
  const auto check = failure_of<check_violation>([&] { sync_wait(db.insert(Account{.owner = "x", .balance = -1})); });
  EXPECT_EQ(check.table(), "accounts");
  EXPECT_EQ(check.constraint(), "balance_is_covered");
  EXPECT_EQ(check.sqlstate(), "23514");
  const auto null = failure_of<not_null_violation>(
      [&] { sync_wait(db.raw_sql("UPDATE teams SET name = ? WHERE id = ?", std::nullopt, red.id).run()); });
  EXPECT_EQ(null.table(), "teams");
  EXPECT_EQ(null.column(), "name");
  EXPECT_EQ(null.sqlstate(), "23502");
}
TEST_P(transactions, a_row_that_is_referred_to_is_not_erased) {
  const Team red = sync_wait(db.insert(Team{.name = "red"}));
  sync_wait(db.insert(Player{.team_id = red.id, .name = "x"}));
  EXPECT_THROW(sync_wait(db.erase(red)), foreign_key_violation);
}
TEST_P(transactions, errors_carry_the_statement_without_values) {
  sync_wait(db.insert(Team{.name = "s3cret"}));
  const auto e = failure_of<unique_violation>([&] { sync_wait(db.insert(Team{.name = "s3cret"})); });
  EXPECT_TRUE(e.statement().starts_with("INSERT INTO")) << e.statement();
  EXPECT_EQ(e.statement().find("s3cret"), std::string::npos);
  EXPECT_EQ(std::string(e.what()).find("s3cret"), std::string::npos);
  EXPECT_FALSE(e.retryable());
  EXPECT_TRUE(e.connection_usable());
}

}  // namespace
}  // namespace tupelo::conformance
