// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

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
  std::vector<std::string> ran;
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

}  // namespace
}  // namespace tupelo::conformance
