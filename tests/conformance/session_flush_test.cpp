// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <stdexcept>

namespace tupelo::conformance {
namespace {

class flushes : public conformance_test {
protected:
  flushes() { create<Team, Player, Account, Note>(); }
  std::int64_t teams() { return sync_wait(db.query<Team>().count()); }
  /// Which table each statement that begins so names, in order.
  static std::vector<std::string> tables(const statement_log& log, std::string_view beginning) {
    std::vector<std::string> found;
    for (const std::string& statement : log.all(beginning)) {
      for (const char* table : {"teams", "players", "accounts", "notes"}) {
        if (statement.find(table) != std::string::npos) {
          found.emplace_back(table);
          break;
        }
      }
    }
    return found;
  }
  session s = db.session();
};
TUPELO_CONFORMANCE_SUITE(flushes);

// ---- order

TEST_P(flushes, insert_in_the_order_of_foreign_keys) {
  s.add(Player{.team_id = 1, .name = "x"});
  s.add(Team{.id = 1, .name = "red"});
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(tables(log, "INSERT"), (std::vector<std::string>{"teams", "players"}));
}
TEST_P(flushes, delete_in_the_reverse_order) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  auto x = s.add(Player{.team_id = red->id, .name = "x"});
  sync_wait(s.commit());
  s.remove(red);
  s.remove(x);
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(tables(log, "DELETE"), (std::vector<std::string>{"players", "teams"}));
}
TEST_P(flushes, write_in_one_transaction) {
  s.add(Team{.name = "red"});
  s.add(Account{.owner = "ada"});
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("BEGIN").size(), 1U);
  EXPECT_EQ(log.all("COMMIT").size(), 1U);
}
TEST_P(flushes, are_seen_by_the_session_before_commit) {
  s.add(Team{.name = "red"});
  sync_wait(s.flush());
  EXPECT_TRUE(s.in_transaction());
  EXPECT_EQ(sync_wait(s.query<Team>().count()), 1);
}

// ---- rollback

TEST_P(flushes, rollback_undoes_inserts_and_takes_keys_back) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.flush());
  EXPECT_GT(red->id, 0);
  sync_wait(s.rollback());
  EXPECT_EQ(red->id, 0);
  EXPECT_EQ(s.size(), 0U);
  EXPECT_EQ(teams(), 0);
  s.add(red);
  sync_wait(s.commit());
  EXPECT_EQ(teams(), 1) << "and it can be added again";
}
TEST_P(flushes, rollback_gives_values_back) {
  auto red = s.add(Team{.name = "red", .motto = "go", .points = 1});
  sync_wait(s.commit());
  red->name = "blue";
  red->motto.reset();
  sync_wait(s.flush());
  red->points = 2;
  sync_wait(s.rollback());
  EXPECT_EQ(red->name, "red");
  EXPECT_EQ(red->motto, "go");
  EXPECT_EQ(red->points, 1);
  EXPECT_FALSE(s.is_dirty(red));
}
TEST_P(flushes, rollback_gives_removed_objects_back) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  s.remove(red);
  sync_wait(s.flush());
  sync_wait(s.rollback());
  EXPECT_EQ(teams(), 1);
  EXPECT_EQ(sync_wait(s.get<Team>(red->id)), red);
  red->points = 7;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Team>(red->id)).points, 7);
}
TEST_P(flushes, rollback_gives_versions_back) {
  auto account = s.add(Account{.owner = "ada"});
  sync_wait(s.commit());
  account->balance = 5;
  sync_wait(s.flush());
  EXPECT_EQ(account->version, 2);
  sync_wait(s.rollback());
  EXPECT_EQ(account->version, 1);
  account->balance = 6;
  sync_wait(s.commit());
  EXPECT_EQ(account->version, 2);
}
TEST_P(flushes, rollback_undoes_several_flushes) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  for (int i = 1; i <= 3; ++i) {
    red->points = i;
    sync_wait(s.flush());
  }
  sync_wait(s.rollback());
  EXPECT_EQ(red->points, 0);
  EXPECT_EQ(sync_wait(db.get<Team>(red->id)).points, 0);
}

TEST_P(flushes, rollback_forgets_what_was_added_flushed_and_removed) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.flush());
  const std::int64_t id = red->id;
  s.remove(red);
  sync_wait(s.rollback());
  red = {};
  EXPECT_FALSE(sync_wait(s.find<Team>(id)));
}

// ---- failed commits

TEST_P(flushes, a_failed_commit_keeps_objects_dirty_so_that_it_can_be_tried_again) {
  sync_wait(db.insert(Team{.name = "taken"}));
  auto red = s.add(Team{.name = "red"});
  auto clash = s.add(Team{.name = "taken"});
  EXPECT_THROW(sync_wait(s.commit()), unique_violation);
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(teams(), 1);
  EXPECT_TRUE(s.is_dirty(red));
  EXPECT_EQ(red->id, 0);
  clash->name = "free";
  sync_wait(s.commit());
  EXPECT_EQ(teams(), 3);
  EXPECT_GT(clash->id, 0);
}
TEST_P(flushes, a_failed_update_keeps_its_values) {
  sync_wait(db.insert(Team{.name = "taken"}));
  auto red = s.add(Team{.name = "red"});
  auto account = s.add(Account{.owner = "ada"});
  sync_wait(s.commit());
  account->balance = 8;
  red->name = "taken";
  EXPECT_THROW(sync_wait(s.commit()), unique_violation);
  EXPECT_EQ(red->name, "taken");
  EXPECT_EQ(account->balance, 8);
  EXPECT_TRUE(s.is_dirty(account));
  red->name = "blue";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Account>(account->id)).balance, 8);
  EXPECT_EQ(sync_wait(db.get<Account>(account->id)).version, 2);
}
TEST_P(flushes, a_failed_delete_may_be_tried_again) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  const Player x = sync_wait(db.insert(Player{.team_id = red->id, .name = "x"}));
  s.remove(red);
  EXPECT_THROW(sync_wait(s.commit()), foreign_key_violation);
  EXPECT_EQ(teams(), 1);
  sync_wait(db.erase(x));
  sync_wait(s.commit());
  EXPECT_EQ(teams(), 0);
}
TEST_P(flushes, a_failure_in_a_later_flush_takes_the_earlier_ones_back) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.flush());
  s.add(Team{.name = "red"});
  EXPECT_THROW(sync_wait(s.flush()), unique_violation);
  EXPECT_EQ(teams(), 0);
  EXPECT_EQ(red->id, 0);
  EXPECT_TRUE(s.is_dirty(red));
}
TEST_P(flushes, an_invalid_value_fails_the_flush_and_can_be_mended) {
  auto red = s.add(Team{.name = "\xff"});
  EXPECT_THROW(sync_wait(s.commit()), value_error);
  red->name = "red";
  sync_wait(s.commit());
  EXPECT_EQ(teams(), 1);
}

// ---- savepoints

TEST_P(flushes, nested_keeps_what_its_closure_did) {
  run([&]() -> task<void> {
    s.add(Team{.name = "outer"});
    co_await s.nested([&]() -> task<void> {
      s.add(Team{.name = "inner"});
      co_return;
    });
    co_await s.commit();
  });
  EXPECT_EQ(teams(), 2);
}
TEST_P(flushes, nested_undoes_what_its_closure_did_when_it_throws) {
  ref<Team> outer, inner;
  run([&]() -> task<void> {
    outer = s.add(Team{.name = "outer"});
    bool thrown = false;
    try {
      co_await s.nested([&]() -> task<void> {
        inner = s.add(Team{.name = "inner"});
        outer->points = 9;
        co_await s.flush();
        throw std::runtime_error("no");
      });
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
    EXPECT_TRUE(s.in_transaction());
    co_await s.commit();
  });
  EXPECT_EQ(teams(), 1);
  EXPECT_EQ(outer->points, 0);
  EXPECT_EQ(inner->id, 0);
  EXPECT_EQ(sync_wait(db.get<Team>(outer->id)).name, "outer");
}
TEST_P(flushes, nested_refuses_to_end_the_transaction_around_it) {
  EXPECT_THROW(run([&]() -> task<void> {
                 co_await s.nested([&]() -> task<void> {
                   s.add(Team{.name = "red"});
                   co_await s.commit();
                 });
               }),
               transaction_error);
  EXPECT_THROW(run([&]() -> task<void> { co_await s.nested([&]() -> task<void> { co_await s.rollback(); }); }),
               transaction_error);
  s.add(Team{.name = "blue"});
  sync_wait(s.commit());
  EXPECT_EQ(teams(), 1);
}
TEST_P(flushes, nested_undoes_what_it_did_though_an_older_object_has_left) {
  auto first = s.add(Team{.name = "first"});
  ref<Team> second;
  run([&]() -> task<void> {
    co_await s.flush();
    try {
      co_await s.nested([&]() -> task<void> {
        s.expunge(first);
        second = s.add(Team{.name = "second"});
        co_await s.flush();
        throw std::runtime_error("no");
      });
    } catch (const std::runtime_error&) {}
    co_await s.commit();
  });
  EXPECT_EQ(teams(), 1);
  EXPECT_EQ(second->id, 0);
}
TEST_P(flushes, nested_survives_a_violated_constraint) {
  run([&]() -> task<void> {
    s.add(Team{.name = "red"});
    try {
      co_await s.nested([&]() -> task<void> {
        s.add(Team{.name = "red"});
        co_return;
      });
    } catch (const unique_violation&) {}
    s.add(Team{.name = "blue"});
    co_await s.commit();
  });
  EXPECT_EQ(teams(), 2);
}
TEST_P(flushes, nested_may_be_nested) {
  run([&]() -> task<void> {
    co_await s.nested([&]() -> task<void> {
      s.add(Team{.name = "a"});
      try {
        co_await s.nested([&]() -> task<void> {
          s.add(Team{.name = "b"});
          co_await s.flush();
          throw std::runtime_error("no");
        });
      } catch (const std::runtime_error&) {}
      s.add(Team{.name = "c"});
    });
    co_await s.commit();
  });
  EXPECT_EQ(sync_wait(db.query<Team>().order_by(col<&Team::name>).pluck(col<&Team::name>)),
            (std::vector<std::string>{"a", "c"}));
}
TEST_P(flushes, a_rollback_after_nested_undoes_that_too) {
  ref<Team> red;
  run([&]() -> task<void> {
    co_await s.nested([&]() -> task<void> {
      red = s.add(Team{.name = "red"});
      co_return;
    });
    co_await s.rollback();
  });
  EXPECT_EQ(teams(), 0);
  EXPECT_EQ(red->id, 0);
}

// ---- begin

TEST_P(flushes, begin_puts_reads_into_the_transaction) {
  sync_wait(s.begin());
  EXPECT_TRUE(s.in_transaction());
  EXPECT_EQ(db.statistics().in_use, 1U);
  EXPECT_EQ(sync_wait(s.query<Team>().count()), 0);
  EXPECT_THROW(sync_wait(s.begin()), transaction_error);
  sync_wait(s.commit());
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(flushes, inside_a_transaction_closure_are_ended_by_it_alone) {
  EXPECT_THROW(sync_wait(db.transaction([](session& inner) -> task<void> { co_await inner.commit(); })),
               transaction_error);
  EXPECT_THROW(sync_wait(db.transaction([](session& inner) -> task<void> { co_await inner.rollback(); })),
               transaction_error);
}

}  // namespace
}  // namespace tupelo::conformance
