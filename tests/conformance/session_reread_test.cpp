// SPDX-License-Identifier: Apache-2.0
// What a transaction has read is known no more when it is undone.
#include "ledger.hpp"

#include <tupelo/core/as_result.hpp>

#include <functional>
#include <stdexcept>

namespace tupelo::conformance {
namespace {

class session_rereads : public conformance_test {
protected:
  session_rereads() : s(db.session()) {
    create<Team, Account, Note>();
    red = s.add(Team{.name = "red", .points = 36});
    account = s.add(Account{.owner = "ada", .balance = 36});
    note = s.add(Note{.text = "one"});
    sync_wait(s.commit());
  }
  task<void> set_points(int points) { co_await s.update<Team>().set(col<&Team::points>, points).all_rows().run(); }
  task<void> undone(std::function<task<void>()> closure) {
    bool thrown = false;
    try {
      co_await s.nested([&]() -> task<void> {
        co_await closure();
        throw std::runtime_error("undo");
      });
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  }

  session s;
  ref<Team> red;
  ref<Account> account;
  ref<Note> note;
};
TUPELO_CONFORMANCE_SUITE(session_rereads);

TEST_P(session_rereads, by_refresh_end_with_their_transaction) {
  run([&]() -> task<void> {
    co_await s.begin();
    co_await set_points(99);
    co_await s.refresh(red);
    EXPECT_EQ(red->points, 99);
    co_await s.rollback();
  });
  EXPECT_EQ(red->points, 36);
  EXPECT_FALSE(s.is_dirty(red));
}
TEST_P(session_rereads, leave_no_version_that_the_row_never_had) {
  run([&]() -> task<void> {
    co_await s.begin();
    co_await s.update<Account>().set(col<&Account::balance>, 99).all_rows().run();
    co_await s.refresh(account);
    co_await s.rollback();
  });
  EXPECT_EQ(account->balance, 36);
  account->balance = 40;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Account>(account->id)).balance, 40);
}
TEST_P(session_rereads, of_expired_and_of_locked_rows_end_with_their_transaction) {
  run([&]() -> task<void> {
    co_await s.begin();
    co_await set_points(99);
    s.expire(red);
    co_await s.get<Team>(red->id);
    EXPECT_EQ(red->points, 99);
    co_await s.rollback();
  });
  EXPECT_EQ(red->points, 36);
  EXPECT_EQ(sync_wait(s.get<Team>(red->id))->points, 36);
}
TEST_P(session_rereads, by_merge_end_with_their_transaction) {
  Team copy = *red;
  copy.motto = "go";
  run([&]() -> task<void> {
    co_await s.begin();
    co_await set_points(99);
    s.expire(red);
    co_await s.merge(copy);
    co_await s.rollback();
  });
  EXPECT_EQ(red->points, 36);
  EXPECT_FALSE(s.is_dirty(red));
}
TEST_P(session_rereads, in_a_savepoint_end_with_it_alone) {
  run([&]() -> task<void> {
    co_await s.begin();
    co_await set_points(50);
    co_await s.refresh(red);
    co_await undone([&]() -> task<void> {
      co_await set_points(99);
      co_await s.refresh(red);
    });
    EXPECT_EQ(red->points, 50);
    co_await s.commit();
  });
  EXPECT_EQ(red->points, 50);
  EXPECT_EQ(sync_wait(db.get<Team>(red->id)).points, 50);
}
TEST_P(session_rereads, are_kept_by_a_savepoint_that_is_and_end_with_the_transaction) {
  run([&]() -> task<void> {
    co_await s.begin();
    co_await s.nested([&]() -> task<void> {
      co_await set_points(99);
      co_await s.refresh(red);
    });
    EXPECT_EQ(red->points, 99);
    co_await s.rollback();
  });
  EXPECT_EQ(red->points, 36);
}
TEST_P(session_rereads, are_no_changes_after_a_failed_flush) {
  run([&]() -> task<void> {
    co_await s.begin();
    co_await set_points(99);
    co_await s.refresh(red);
    red->motto = "go";
    s.add(Team{.name = "red"});
    const auto flushed = co_await tupelo::as_result(s.flush());
    EXPECT_FALSE(flushed);
  });
  EXPECT_EQ(red->points, 36) << "the program has not set it";
  EXPECT_EQ(red->motto, "go");
}
TEST_P(session_rereads, of_rows_that_were_not_known_are_made_again_by_the_next_get) {
  session other = db.session();
  const std::int64_t id = red->id;
  run([&]() -> task<void> {
    co_await other.begin();
    co_await other.update<Team>().set(col<&Team::points>, 99).all_rows().run();
    auto mine = co_await other.get<Team>(id);
    co_await other.rollback();
    EXPECT_FALSE(other.is_dirty(mine));
    EXPECT_EQ(co_await other.get<Team>(id), mine);
    EXPECT_EQ(mine->points, 36);
  });
}
TEST_P(session_rereads, of_a_row_that_never_was_lead_to_none) {
  run([&]() -> task<void> {
    std::int64_t id = 0;
    co_await s.begin();
    co_await undone([&]() -> task<void> {
      Team blue{.name = "blue"};
      co_await s.insert(blue);
      id = blue.id;
      co_await s.get<Team>(id);
    });
    EXPECT_FALSE(co_await s.find<Team>(id));
    co_await s.commit();
  });
}
TEST_P(session_rereads, of_a_removed_row_leave_one_object_of_it) {
  const std::int64_t id = note->id;
  run([&]() -> task<void> {
    s.remove(note);
    co_await s.flush();
    auto again = co_await s.get<Note>(id);  // the row is marked
    EXPECT_NE(again, note);
    co_await s.rollback();
    EXPECT_EQ(co_await s.get<Note>(id), note);
    again->text = "written by nobody";
    note->text = "two";
    co_await s.commit();
  });
  EXPECT_EQ(sync_wait(db.get<Note>(id)).text, "two");
}
TEST_P(session_rereads, of_a_removed_row_leave_one_object_after_a_failed_flush) {
  const std::int64_t id = note->id;
  run([&]() -> task<void> {
    s.remove(note);
    co_await s.flush();
    auto again = co_await s.get<Note>(id);
    s.add(Team{.name = "red"});
    const auto flushed = co_await tupelo::as_result(s.flush());
    EXPECT_FALSE(flushed);
    s.restore(note);
    EXPECT_EQ(co_await s.get<Note>(id), note);
  });
}

// ---- removed rows that come back

TEST_P(session_rereads, of_a_removed_row_that_came_back_end_with_their_transaction) {
  const std::int64_t id = note->id;
  run([&]() -> task<void> {
    co_await undone([&]() -> task<void> {
      s.remove(note);
      co_await s.flush();
      auto again = co_await s.get<Note>(id);
      s.restore(again);
      co_await s.flush();
      again->text = "two";
      co_await s.flush();
    });
    EXPECT_EQ(co_await s.get<Note>(id), note);
    EXPECT_FALSE(note->deleted_at);
    EXPECT_EQ(note->text, "one");
    EXPECT_FALSE(s.is_dirty(note));
    co_await s.commit();
  });
  EXPECT_EQ(sync_wait(db.query<Note>().where(col<&Note::id> == id).one()).text, "one");
}
TEST_P(session_rereads, of_a_removed_row_that_came_back_are_the_row_after_a_failed_flush) {
  const std::int64_t id = note->id;
  run([&]() -> task<void> {
    note->text = "not yet";
    co_await s.flush();
    s.remove(note);
    co_await s.flush();
    auto again = co_await s.get<Note>(id);
    s.restore(again);
    co_await s.flush();
    again->text = "two";
    auto clash = s.add(Team{.name = "red"});
    EXPECT_FALSE(co_await tupelo::as_result(s.flush()));
    s.expunge(clash);
    EXPECT_EQ(co_await s.get<Note>(id), again);
    EXPECT_EQ(again->text, "two");
    EXPECT_TRUE(s.is_dirty(again));
    co_await s.commit();
  });
  EXPECT_EQ(sync_wait(db.query<Note>().where(col<&Note::id> == id).one()).text, "two")
      << "what was restored is not removed again";
}
TEST_P(session_rereads, of_a_new_row_that_came_back_are_inserted_after_a_failed_flush) {
  run([&]() -> task<void> {
    auto fresh = s.add(Note{.text = "new"});
    co_await s.flush();
    s.remove(fresh);
    co_await s.flush();
    auto again = co_await s.get<Note>(fresh->id);
    s.restore(again);
    again->text = "two";
    co_await s.flush();
    auto clash = s.add(Team{.name = "red"});
    EXPECT_FALSE(co_await tupelo::as_result(s.flush()));
    s.expunge(clash);
    co_await s.commit();
    EXPECT_EQ(co_await s.get<Note>(again->id), again);
  });
  EXPECT_EQ(sync_wait(db.query<Note>().order_by(col<&Note::id>).pluck(col<&Note::text>)),
            (std::vector<std::string>{"one", "two"}));
}
TEST_P(session_rereads, of_nothing_bring_no_new_row_back_that_was_removed) {
  run([&]() -> task<void> {
    auto flushed = s.add(Note{.text = "new"});
    auto asked = s.add(Note{.text = "newer"});
    co_await s.flush();
    s.remove(flushed);
    co_await s.flush();
    s.remove(asked);
    auto clash = s.add(Team{.name = "red"});
    EXPECT_FALSE(co_await tupelo::as_result(s.flush()));
    s.expunge(clash);
    co_await s.commit();
  });
  EXPECT_EQ(sync_wait(db.query<Note>().with_deleted().count()), 1);
  EXPECT_EQ(s.size(), 3U);
}

}  // namespace
}  // namespace tupelo::conformance
