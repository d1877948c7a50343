// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <tupelo/engine/events.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

class commit_hooks : public conformance_test {
protected:
  commit_hooks() { create<Team>(); }
  auto note(std::string what) {
    return [this, what] { ran.push_back(what); };
  }
  /// Handlers of created teams leave a hook with the lease that they get.
  void hook_created() {
    db.events().on<Team>(event::created, [this](Team& team, lease& in) { in.after_commit(note(team.name)); });
  }
  /// Hooks of theirs fail, with an error that would be worth another attempt.
  void fail_after_created() {
    db.events().on<Team>(event::created, [](Team&, lease& in) {
      in.after_commit([] { throw busy_error("the mail server is busy", {}); });
    });
  }
  using names = std::vector<std::string>;
  std::int64_t teams() { return sync_wait(db.query<Team>().count()); }
  names ran;
};
TUPELO_CONFORMANCE_SUITE(commit_hooks);

TEST_P(commit_hooks, run_after_the_commit_in_their_order) {
  sync_wait(db.transaction([&](session& s) -> task<void> {
    s.after_commit(note("first"));
    s.after_commit(note("second"));
    s.add(Team{.name = "red"});
    co_await s.flush();
    EXPECT_TRUE(ran.empty());
  }));
  EXPECT_EQ(ran, (std::vector<std::string>{"first", "second"}));
}
TEST_P(commit_hooks, see_what_was_committed) {
  std::int64_t seen = 0;
  sync_wait(db.transaction([&](session& s) -> task<void> {
    s.after_commit([&]() -> task<void> { seen = co_await db.query<Team>().count(); });
    s.add(Team{.name = "red"});
    co_return;
  }));
  EXPECT_EQ(seen, 1);
}
TEST_P(commit_hooks, go_with_the_transaction_that_a_failed_flush_rolled_back) {
  sync_wait(db.insert(Team{.name = "red"}));
  session s = db.session();
  auto clash = s.add(Team{.name = "red"});
  s.after_commit(note("of red"));
  EXPECT_THROW(sync_wait(s.commit()), unique_violation);
  s.expunge(clash);
  s.add(Team{.name = "blue"});
  sync_wait(s.commit());
  EXPECT_TRUE(ran.empty());
}
TEST_P(commit_hooks, do_not_run_where_the_transaction_is_rolled_back) {
  EXPECT_THROW(sync_wait(db.transaction([&](session& s) -> task<void> {
                 s.after_commit(note("never"));
                 throw std::runtime_error("no");
                 co_return;
               })),
               std::runtime_error);
  EXPECT_TRUE(ran.empty());
}
TEST_P(commit_hooks, of_an_attempt_that_is_run_again_are_dropped) {
  int runs = 0;
  sync_wait(db.transaction(
      [&](session& s) -> task<void> {
        s.after_commit(note("attempt " + std::to_string(++runs)));
        if (runs < 2) throw busy_error("somebody else writes", {});
        co_return;
      },
      {.backoff_us = 1}));
  EXPECT_EQ(ran, (std::vector<std::string>{"attempt 2"}));
}
TEST_P(commit_hooks, that_fail_neither_undo_nor_repeat_anything) {
  int runs = 0;
  EXPECT_THROW(sync_wait(db.transaction([&](session& s) -> task<void> {
                 ++runs;
                 s.after_commit([] { throw busy_error("the mail server is busy", {}); });
                 s.after_commit(note("still run"));
                 s.add(Team{.name = "red"});
                 co_return;
               })),
               busy_error);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(ran, (std::vector<std::string>{"still run"}));
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 1);
}
TEST_P(commit_hooks, of_a_savepoint_go_with_it) {
  run([&]() -> task<void> {
    auto s = db.session();
    co_await s.nested([&]() -> task<void> {
      s.after_commit(note("kept"));
      co_return;
    });
    try {
      co_await s.nested([&]() -> task<void> {
        s.after_commit(note("undone"));
        throw std::runtime_error("no");
        co_return;
      });
    } catch (const std::runtime_error&) {}
    s.after_commit(note("last"));
    co_await s.commit();
  });
  EXPECT_EQ(ran, (std::vector<std::string>{"kept", "last"}));
}
TEST_P(commit_hooks, of_a_session_run_once) {
  run([&]() -> task<void> {
    auto s = db.session();
    s.after_commit(note("once"));
    s.add(Team{.name = "red"});
    co_await s.commit();
    s.add(Team{.name = "blue"});
    co_await s.commit();
  });
  EXPECT_EQ(ran, (std::vector<std::string>{"once"}));
}
TEST_P(commit_hooks, of_a_lease_follow_its_transaction_and_savepoints) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    EXPECT_THROW(held.after_commit(note("nothing is open")), transaction_error);
    co_await held.begin();
    held.after_commit(note("outer"));
    co_await held.begin();
    held.after_commit(note("undone"));
    co_await held.rollback();
    co_await held.begin();
    held.after_commit(note("inner"));
    co_await held.commit();
    EXPECT_TRUE(ran.empty());
    co_await held.commit();
  });
  EXPECT_EQ(ran, (std::vector<std::string>{"outer", "inner"}));
}

// ---- of the leases that handlers get

TEST_P(commit_hooks, of_a_handler_run_with_the_transaction_that_it_is_in) {
  hook_created();
  sync_wait(db.insert(Team{.name = "a"}));
  EXPECT_EQ(std::exchange(ran, {}), names{"a"});
  sync_wait(db.transaction([&](session& s) -> task<void> {
    co_await s.insert(Team{.name = "b"});
    std::vector<Team> more{{.name = "c"}, {.name = "d"}};
    co_await s.insert(more);
    s.add(Team{.name = "e"});
    s.after_commit(note("of the session"));
    co_await s.flush();
    EXPECT_EQ(ran, names{});
  }));
  EXPECT_EQ(std::exchange(ran, {}), (names{"b", "c", "d", "of the session", "e"}));
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    co_await held.insert(Team{.name = "f"});
    EXPECT_EQ(ran, names{});
    co_await held.commit();
  });
  EXPECT_EQ(ran, names{"f"});
}
TEST_P(commit_hooks, of_a_session_and_its_leases_run_in_the_order_in_which_they_were_given) {
  hook_created();
  session s = db.session();
  s.after_commit(note("before it began"));
  run([&]() -> task<void> {
    co_await s.begin();
    co_await s.insert(Team{.name = "a"});
    s.after_commit(note("behind a"));
    try {
      co_await s.nested([&]() -> task<void> {
        s.after_commit(note("undone"));
        co_await s.insert(Team{.name = "undone"});
        throw std::runtime_error("no");
      });
    } catch (const std::runtime_error&) {}
    co_await s.nested([&]() -> task<void> {
      s.after_commit(note("before b"));
      co_await s.insert(Team{.name = "b"});
      s.after_commit(note("behind b"));
    });
    s.add(Team{.name = "c"});
    s.after_commit(note("before c is flushed"));
    co_await s.commit();
  });
  EXPECT_EQ(ran, (names{"before it began", "a", "behind a", "before b", "b", "behind b", "before c is flushed", "c"}));
}
TEST_P(commit_hooks, of_a_handler_of_statements_run_with_their_transaction) {
  db.events().on<Team>(bulk_event::updated, [this](const bulk_write&, lease& in) { in.after_commit(note("updated")); });
  sync_wait(db.transaction([&](session& s) -> task<void> {
    co_await s.update<Team>().set(col<&Team::points>, 1).all_rows().run();
    EXPECT_EQ(ran, names{});
  }));
  EXPECT_EQ(ran, names{"updated"});
}
TEST_P(commit_hooks, of_a_handler_go_with_the_savepoint_that_it_is_in) {
  hook_created();
  session s = db.session();
  run([&]() -> task<void> {
    co_await s.begin();
    co_await s.insert(Team{.name = "kept"});
    try {
      co_await s.nested([&]() -> task<void> {
        co_await s.insert(Team{.name = "undone"});
        throw std::runtime_error("no");
      });
    } catch (const std::runtime_error&) {}
    co_await s.nested([&]() -> task<void> { co_await s.insert(Team{.name = "inner"}); });
    co_await s.commit();
    co_await s.begin();
    co_await s.insert(Team{.name = "rolled back"});
    co_await s.rollback();
    co_await s.begin();
    co_await s.commit();
  });
  EXPECT_EQ(ran, (names{"kept", "inner"}));
}
TEST_P(commit_hooks, of_a_handler_that_fail_leave_the_object_with_its_row) {
  fail_after_created();
  Team red{.name = "red"};
  EXPECT_THROW(sync_wait(db.insert(red)), busy_error);
  EXPECT_EQ(sync_wait(db.get<Team>(red.id)).name, "red");
  std::vector<Team> several{{.name = "a"}, {.name = "b"}};
  EXPECT_THROW(sync_wait(db.insert(several)), busy_error);
  EXPECT_EQ(sync_wait(db.get<Team>(several[1].id)).name, "b");
  session s = db.session();
  auto blue = s.add(Team{.name = "blue"});
  EXPECT_THROW(sync_wait(s.commit()), busy_error);
  EXPECT_EQ(sync_wait(db.get<Team>(blue->id)).name, "blue");
  EXPECT_FALSE(s.in_transaction());
  EXPECT_FALSE(s.is_dirty(blue));
  EXPECT_EQ(teams(), 4);
}
TEST_P(commit_hooks, of_a_handler_that_fail_leave_upserted_objects_with_their_rows) {
  TUPELO_NEEDS(&feature_table::upsert);
  TUPELO_NEEDS(&feature_table::returning);
  db.events().on<Team>(bulk_event::inserted, [](const bulk_write&, lease& in) {
    in.after_commit([] { throw busy_error("the mail server is busy", {}); });
  });
  const auto by_key = on_conflict(col<&Team::id>).update_all();
  std::vector<Team> several{{.name = "a"}, {.name = "b"}};
  EXPECT_THROW(sync_wait(db.upsert(several, by_key)), busy_error);
  EXPECT_EQ(sync_wait(db.get<Team>(several[1].id)).name, "b");
  Team one{.name = "c"};
  EXPECT_THROW(sync_wait(db.upsert(one, by_key)), busy_error);
  EXPECT_EQ(sync_wait(db.get<Team>(one.id)).name, "c");
  EXPECT_EQ(teams(), 3);
}
TEST_P(commit_hooks, of_a_handler_that_fail_repeat_nothing) {
  fail_after_created();
  int runs = 0;
  EXPECT_THROW(sync_wait(db.transaction([&](session& s) -> task<void> {
                 s.add(Team{.name = std::to_string(++runs)});
                 co_return;
               })),
               busy_error);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(teams(), 1);
}

// ---- around them

TEST_P(commit_hooks, that_fail_keep_nobody_from_being_told_of_the_commit) {
  db.events().on(session_event::after_commit, [this](session&) { ran.emplace_back("told"); });
  const auto fail = [](session& s) { s.after_commit([] { throw std::runtime_error("no"); }); };
  session s = db.session();
  fail(s);
  s.add(Team{.name = "red"});
  EXPECT_THROW(sync_wait(s.commit()), std::runtime_error);
  EXPECT_EQ(std::exchange(ran, {}), names{"told"});
  EXPECT_THROW(sync_wait(db.transaction([&](session& of) -> task<void> {
                 fail(of);
                 co_return;
               })),
               std::runtime_error);
  EXPECT_EQ(ran, names{"told"});
}
TEST_P(commit_hooks, of_a_session_may_query_with_it) {
  session s = db.session();
  std::int64_t seen = 0;
  s.after_commit([&]() -> task<void> { seen = co_await s.query<Team>().count(); });
  s.add(Team{.name = "red"});
  sync_wait(s.commit());
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace tupelo::conformance
