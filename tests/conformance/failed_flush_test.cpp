// SPDX-License-Identifier: Apache-2.0
// What becomes of a transaction in which a flush has failed and somebody has caught that.
#include "ledger.hpp"

#include <tupelo/engine/events.hpp>
#include <tupelo/core/as_result.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Choir {
  std::int64_t id{};
  std::string name{};
  int singers{};
};
struct ChoirSinger {
  std::int64_t id{};
  std::int64_t choir_id{};
  std::string name{};

  static void model(tupelo::model<ChoirSinger>& m) {
    m.foreign_key(&ChoirSinger::choir_id).references<Choir>().counter(&Choir::singers);
  }
};

struct Bough {
  std::int64_t id{};
  std::optional<std::int64_t> parent_id{};
  std::string name{};
  int twigs{};
  has_many<Bough> boughs{};

  static void model(tupelo::model<Bough>& m) {
    m.foreign_key(&Bough::parent_id).references<Bough>().counter(&Bough::twigs);
    m.has_many(&Bough::boughs, "parent_id");
  }
};

class failed_flushes : public conformance_test {
protected:
  failed_flushes() {
    create<Team, Account, Choir, ChoirSinger, Bough>();
    good = sync_wait(db.insert(Account{.owner = "good"}));
    stale = sync_wait(db.insert(Account{.owner = "stale"}));
  }
  std::int64_t teams() { return sync_wait(db.query<Team>().count()); }
  /// The flush of `of` fails, and nobody is told.
  template <class Failure>
  static task<void> flush_and_forget(session& of) {
    try {
      co_await of.flush();
      ADD_FAILURE() << "the flush should fail";
    } catch (const Failure&) {}
  }
  static void expect_refused(const transaction_error& refused) {
    EXPECT_EQ(refused.code(), errc::invalid_transaction);
    EXPECT_NE(std::string(refused.what()).find("run what may fail in nested()"), std::string::npos) << refused.what();
  }
  /// The closure returns normally, and its transaction is rolled back.
  template <class Closure>
  void expect_rolled_back(Closure closure) {
    expect_refused(failure_of<transaction_error>([&] { sync_wait(db.transaction(closure)); }));
    EXPECT_EQ(db.statistics().in_use, 0U);
  }
  Account good, stale;
  /// Somebody else writes its row.
  void change_stale() {
    Account other = stale;
    sync_wait(db.update(other));
  }
};
TUPELO_CONFORMANCE_SUITE(failed_flushes);

TEST_P(failed_flushes, leave_no_child_that_is_not_counted) {
  const Choir choir = sync_wait(db.insert(Choir{.name = "a"}));
  change_stale();
  expect_rolled_back([&](session& s) -> task<void> {
    s.add(ChoirSinger{.choir_id = choir.id, .name = "x"});
    s.attach(Account(stale))->balance = 1;
    co_await flush_and_forget<stale_row>(s);
  });
  EXPECT_EQ(sync_wait(db.query<ChoirSinger>().count()), 0);
  EXPECT_EQ(sync_wait(db.get<Choir>(choir.id)).singers, 0);
}
TEST_P(failed_flushes, leave_no_row_that_was_vetoed) {
  db.events().on<Team>(event::created, [](Team&) { throw vetoed("no"); });
  expect_rolled_back([](session& s) -> task<void> {
    s.add(Team{.name = "red"});
    co_await flush_and_forget<vetoed>(s);
  });
  EXPECT_EQ(teams(), 0);
}
TEST_P(failed_flushes, leave_no_version_ahead_of_its_object) {
  change_stale();
  expect_rolled_back([&](session& s) -> task<void> {
    auto first = s.attach(Account(good));
    auto second = s.attach(Account(stale));
    first->balance = second->balance = 1;
    co_await flush_and_forget<stale_row>(s);
  });
  session s = db.session();
  auto first = s.attach(Account(good));
  first->balance = 2;
  sync_wait(s.commit());
  EXPECT_EQ(first->version, good.version + 1);
}
TEST_P(failed_flushes, let_nothing_more_be_done) {
  change_stale();
  expect_rolled_back([&](session& s) -> task<void> {
    s.attach(Account(stale))->balance = 1;
    co_await flush_and_forget<stale_row>(s);
    co_await flush_and_forget<transaction_error>(s);
    const auto expect_no = [](auto work) -> task<void> {
      try {
        co_await work();
        ADD_FAILURE() << "this transaction has failed";
      } catch (const transaction_error& refused) {
        expect_refused(refused);
      }
    };
    co_await expect_no([&]() -> task<void> { co_await s.query<Team>().count(); });
    co_await expect_no([&]() -> task<void> { co_await s.insert(Team{.name = "red"}); });
    co_await expect_no([&]() -> task<void> {
      auto stream = s.query<Team>().stream();
      co_await stream.next();
    });
  });
}
TEST_P(failed_flushes, undo_what_was_done_before_them_too) {
  change_stale();
  expect_rolled_back([&](session& s) -> task<void> {
    s.add(Team{.name = "red"});
    co_await s.flush();
    s.attach(Account(stale))->balance = 1;
    co_await flush_and_forget<stale_row>(s);
  });
  EXPECT_EQ(teams(), 0);
}
TEST_P(failed_flushes, run_no_hooks) {
  change_stale();
  bool hooked = false;
  expect_rolled_back([&](session& s) -> task<void> {
    s.after_commit([&] { hooked = true; });
    s.attach(Account(stale))->balance = 1;
    co_await flush_and_forget<stale_row>(s);
  });
  EXPECT_FALSE(hooked);
}
TEST_P(failed_flushes, of_a_savepoint_are_over_with_it) {
  change_stale();
  sync_wait(db.transaction([&](session& s) -> task<void> {
    auto mine = s.attach(Account(stale));
    s.add(Team{.name = "before"});
    try {
      co_await s.nested([&]() -> task<void> {
        s.add(Team{.name = "inside"});
        mine->balance = 1;
        co_return;
      });
      ADD_FAILURE() << "the row is stale";
    } catch (const stale_row&) {}
    EXPECT_EQ(mine->balance, 0);
    co_await s.refresh(mine);
    mine->balance = 2;
    s.add(Team{.name = "after"});
  }));
  EXPECT_EQ(sync_wait(db.query<Team>().order_by(col<&Team::name>).pluck(col<&Team::name>)),
            (std::vector<std::string>{"after", "before"}));
  EXPECT_EQ(sync_wait(db.get<Account>(stale.id)).balance, 2);
}
TEST_P(failed_flushes, that_a_savepoint_hides_undo_it) {
  change_stale();
  session s = db.session();
  s.add(Team{.name = "before"});
  expect_refused(failure_of<transaction_error>([&] {
    sync_wait(s.nested([&]() -> task<void> {
      s.add(Team{.name = "inside"});
      s.attach(Account(stale))->balance = 1;
      co_await flush_and_forget<stale_row>(s);
    }));
  }));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().pluck(col<&Team::name>)), std::vector<std::string>{"before"});
}
TEST_P(failed_flushes, around_a_savepoint_are_not_mended_by_it) {
  change_stale();
  expect_rolled_back([&](session& s) -> task<void> {
    s.attach(Account(stale))->balance = 1;
    co_await flush_and_forget<stale_row>(s);
    try {
      co_await s.nested([]() -> task<void> { co_return; });
      ADD_FAILURE() << "this transaction has failed";
    } catch (const transaction_error&) {}
  });
}
TEST_P(failed_flushes, of_a_session_of_its_own_may_be_tried_again) {
  change_stale();
  session s = db.session();
  auto first = s.attach(Account(good));
  auto second = s.attach(Account(stale));
  first->balance = second->balance = 1;
  EXPECT_THROW(sync_wait(s.flush()), stale_row);
  EXPECT_FALSE(s.in_transaction());
  sync_wait(s.refresh(second));
  second->balance = 1;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Account>().where(col<&Account::balance> == 1).count()), 2);
}
TEST_P(failed_flushes, are_those_whose_handlers_of_the_session_have_refused_them) {
  bool refuses = true;
  db.events().on(session_event::after_flush, [&](session&) {
    if (refuses) throw vetoed("no");
  });
  expect_rolled_back([](session& s) -> task<void> {
    s.add(Team{.name = "red"});
    co_await flush_and_forget<vetoed>(s);
  });
  session s = db.session();
  s.add(Team{.name = "red"});
  EXPECT_THROW(sync_wait(s.flush()), vetoed);
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(teams(), 0);
  refuses = false;
  sync_wait(s.commit());
  EXPECT_EQ(teams(), 1);
}

// ---- leases

TEST_P(failed_flushes, are_as_what_a_lease_says_has_failed) {
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    held.fail_transaction();
    EXPECT_FALSE(held.transaction_failed()) << "none is open";
    co_await held.begin();
    co_await held.insert(Team{.name = "kept"});
    co_await held.begin();
    co_await held.insert(Team{.name = "undone"});
    held.fail_transaction();
    EXPECT_TRUE(held.transaction_failed());
    const auto refused = co_await as_result(held.commit());
    EXPECT_TRUE(!refused && refused.error().code() == errc::invalid_transaction);
    EXPECT_EQ(held.transaction_depth(), 2) << "the savepoint is still to be rolled back";
    co_await held.rollback();
    EXPECT_FALSE(held.transaction_failed());
    co_await held.commit();
    co_await held.begin();
    co_await held.insert(Team{.name = "undone"});
    held.fail_transaction();
    const auto not_committed = co_await as_result(held.commit());
    EXPECT_TRUE(!not_committed && not_committed.error().code() == errc::invalid_transaction);
    EXPECT_FALSE(held.in_transaction());
  });
  EXPECT_EQ(sync_wait(db.query<Team>().pluck(col<&Team::name>)), std::vector<std::string>{"kept"});
}

// ---- savepoints that cannot be ended

TEST_P(failed_flushes, tell_why_a_savepoint_was_undone_though_undoing_it_fails) {
  session s = db.session();
  auto red = s.add(Team{.name = "red"});
  EXPECT_THROW(sync_wait(s.nested([&]() -> task<void> {
                 red->points = 5;
                 co_await s.flush();
                 co_await s.raw_sql("RELEASE SAVEPOINT tupelo_1").run();  // so that there is none to go back to
                 throw std::runtime_error("the closure's own");
               })),
               std::runtime_error);
  EXPECT_EQ(red->points, 0);
  expect_refused(failure_of<transaction_error>([&] { sync_wait(s.commit()); }));
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(teams(), 0);
}
TEST_P(failed_flushes, are_as_savepoints_that_cannot_be_released) {
  session s = db.session();
  s.add(Team{.name = "red"});
  EXPECT_THROW(sync_wait(s.nested([&]() -> task<void> {
                 s.add(Team{.name = "blue"});
                 co_await s.flush();
                 co_await s.raw_sql("RELEASE SAVEPOINT tupelo_1").run();
               })),
               database_error);
  EXPECT_THROW(sync_wait(s.commit()), transaction_error);
  EXPECT_EQ(teams(), 0);
}

TEST_P(failed_flushes, leave_removed_what_was_changed_before) {
  session s = db.session();
  auto flushed = s.add(Team{.name = "a"}), asked = s.add(Team{.name = "b"}), kept = s.add(Team{.name = "c"});
  sync_wait(s.commit());
  flushed->points = asked->points = kept->points = 1;
  sync_wait(s.flush());
  s.remove(flushed);
  sync_wait(s.flush());
  s.remove(asked);
  auto clash = s.add(Team{.name = "c"});
  EXPECT_THROW(sync_wait(s.flush()), unique_violation);
  s.expunge(clash);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().select(col<&Team::name>, col<&Team::points>).all()),
            (std::vector<std::tuple<std::string, int>>{{"c", 1}}));
}

// ---- rows in relations, of objects that the session has elsewhere too

class failed_flushes_of_copies : public failed_flushes {
protected:
  void SetUp() override {
    trunk = s.add(Bough{.name = "trunk"});
    sync_wait(s.commit());
    limb = s.add(Bough{.parent_id = trunk->id, .name = "limb"});
    sync_wait(s.commit());
    sync_wait(s.load(trunk, &Bough::boughs));
  }
  void fail_to_flush() {
    auto lost = s.add(Bough{.parent_id = 999'999});
    EXPECT_THROW(sync_wait(s.flush()), foreign_key_violation);
    s.expunge(lost);
  }
  Bough stored() { return sync_wait(db.get<Bough>(limb->id)); }
  session s = db.session();
  ref<Bough> trunk, limb;
};
TUPELO_CONFORMANCE_SUITE(failed_flushes_of_copies);

TEST_P(failed_flushes_of_copies, count_what_was_counted_before_them_once) {
  s.add(Bough{.parent_id = limb->id, .name = "twig"});
  sync_wait(s.flush());
  EXPECT_EQ(trunk->boughs[0].twigs, 1);
  fail_to_flush();
  EXPECT_EQ(limb->twigs, 0);
  EXPECT_FALSE(s.is_dirty(limb));
  sync_wait(s.commit());
  EXPECT_EQ(stored().twigs, 1);
  EXPECT_EQ(limb->twigs, 1);
  EXPECT_EQ(trunk->boughs[0].twigs, 1);
}
TEST_P(failed_flushes_of_copies, let_what_was_written_before_them_be_changed_again) {
  trunk->boughs[0].name = "written";
  sync_wait(s.flush());
  fail_to_flush();
  EXPECT_EQ(limb->name, "written");
  limb->name = "written again";
  sync_wait(s.commit());
  EXPECT_EQ(stored().name, "written again");
  EXPECT_EQ(trunk->boughs[0].name, "written again");
}

}  // namespace
}  // namespace tupelo::conformance
