// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <tupelo/core/when_all.hpp>

namespace tupelo::conformance {
namespace {

class sessions : public conformance_test {
protected:
  sessions() { create<Team, Player, Account, Note, Seat, Ticket>(); }
  std::int64_t teams() { return sync_wait(db.query<Team>().count()); }
  Team stored(std::int64_t id) { return sync_wait(db.get<Team>(id)); }
  session s = db.session();
};
TUPELO_CONFORMANCE_SUITE(sessions);

// ---- adding

TEST_P(sessions, add_writes_nothing_before_commit) {
  statement_log log(db);
  auto red = s.add(Team{.name = "red"});
  EXPECT_TRUE(s.is_dirty(red));
  EXPECT_EQ(red->id, 0);
  EXPECT_TRUE(log.started().empty());
  EXPECT_FALSE(s.in_transaction());
}
TEST_P(sessions, commit_inserts_and_sets_keys) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  EXPECT_GT(red->id, 0);
  EXPECT_FALSE(s.is_dirty(red));
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(stored(red->id).name, "red");
}
TEST_P(sessions, commit_without_changes_runs_nothing) {
  s.add(Team{.name = "red"});
  sync_wait(s.commit());
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_TRUE(log.started().empty());
}
TEST_P(sessions, add_all_tracks_each_object) {
  auto all = s.add_all(std::vector<Team>{{.name = "red"}, {.name = "blue"}});
  sync_wait(s.commit());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_LT(all[0]->id, all[1]->id);
  EXPECT_EQ(s.size(), 2U);
}
TEST_P(sessions, add_of_an_object_that_is_there_is_refused) {
  auto red = s.add(Team{.name = "red"});
  EXPECT_THROW(s.add(red), transaction_error);
}
TEST_P(sessions, insert_1000_objects_in_few_statements) {
  std::vector<Team> many(1000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].name = std::to_string(i);
  auto all = s.add_all(std::move(many));
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_LE(log.started().size(), 20U);
  EXPECT_EQ(teams(), 1000);
  for (std::size_t i = 1; i < all.size(); ++i) ASSERT_LT(all[i - 1]->id, all[i]->id);
  EXPECT_EQ(stored(all[777]->id).name, "777");
}
TEST_P(sessions, uuid_keys_and_composite_keys_are_tracked_too) {
  auto ticket = s.add(Ticket{.title = "a"});
  auto seat = s.add(Seat{.hall = "red", .number = 7});
  sync_wait(s.commit());
  EXPECT_EQ(ticket->id.version(), 7);
  EXPECT_EQ(sync_wait(s.get<Ticket>(ticket->id)), ticket);
  EXPECT_EQ(sync_wait(s.get<Seat>("red", 7)), seat);
}

// ---- updating

TEST_P(sessions, update_names_only_the_changed_columns) {
  auto red = s.add(Team{.name = "red", .motto = "go", .points = 1});
  sync_wait(s.commit());
  statement_log log(db);
  red->points = 2;
  EXPECT_TRUE(s.is_dirty(red));
  sync_wait(s.commit());
  const auto updates = log.all("UPDATE");
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_NE(updates[0].find("points"), std::string::npos);
  EXPECT_EQ(updates[0].find("name"), std::string::npos) << updates[0];
  EXPECT_EQ(updates[0].find("motto"), std::string::npos) << updates[0];
  EXPECT_EQ(stored(red->id).points, 2);
}
TEST_P(sessions, a_change_that_was_taken_back_is_none) {
  auto red = s.add(Team{.name = "red", .points = 1});
  sync_wait(s.commit());
  red->points = 2;
  red->points = 1;
  EXPECT_FALSE(s.is_dirty(red));
}
TEST_P(sessions, values_become_null_and_come_back) {
  auto red = s.add(Team{.name = "red", .motto = "go"});
  sync_wait(s.commit());
  red->motto.reset();
  sync_wait(s.commit());
  EXPECT_EQ(stored(red->id).motto, std::nullopt);
  red->motto = "";
  sync_wait(s.commit());
  EXPECT_EQ(stored(red->id).motto, "");
}
TEST_P(sessions, updated_at_is_set_with_every_update) {
  const timestamp old = timestamp::parse("2001-01-01 00:00:00.000000");
  auto note = s.add(Note{.text = "a", .created_at = old, .updated_at = old});
  sync_wait(s.commit());
  EXPECT_EQ(note->updated_at, old);
  note->text = "b";
  sync_wait(s.commit());
  EXPECT_GT(note->updated_at, old);
  const Note now = sync_wait(db.get<Note>(note->id));
  EXPECT_EQ(now.updated_at, note->updated_at);
  EXPECT_EQ(now.created_at, old);
}
TEST_P(sessions, a_changed_key_is_refused) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  const std::int64_t id = red->id;
  red->id = 4711;
  EXPECT_THROW(sync_wait(s.commit()), query_error);
  red->id = id;
  red->points = 3;
  sync_wait(s.commit());
  EXPECT_EQ(stored(id).points, 3);
}
TEST_P(sessions, an_update_of_a_row_that_somebody_else_changed_throws_stale_row) {
  auto account = s.add(Account{.owner = "ada"});
  sync_wait(s.commit());
  Account theirs = sync_wait(db.get<Account>(account->id));
  theirs.balance = 7;
  sync_wait(db.update(theirs));
  account->balance = 5;
  EXPECT_THROW(sync_wait(s.commit()), stale_row);
  EXPECT_EQ(account->balance, 5) << "what was wanted is kept";
  sync_wait(s.refresh(account));
  EXPECT_EQ(account->balance, 7);
  account->balance = 5;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Account>(account->id)).balance, 5);
}

// ---- the identity map

TEST_P(sessions, get_gives_the_same_object_without_a_query) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  statement_log log(db);
  EXPECT_EQ(sync_wait(s.get<Team>(red->id)), red);
  EXPECT_EQ(sync_wait(s.find<Team>(red->id)), red);
  EXPECT_TRUE(log.started().empty());
}
TEST_P(sessions, get_reads_what_it_does_not_have_once) {
  const std::int64_t id = sync_wait(db.insert(Team{.name = "red"})).id;
  statement_log log(db);
  auto one = sync_wait(s.get<Team>(id));
  auto two = sync_wait(s.get<Team>(id));
  EXPECT_EQ(one, two);
  EXPECT_EQ(one->name, "red");
  EXPECT_EQ(log.started().size(), 1U);
}
TEST_P(sessions, get_without_a_row_throws_and_find_gives_nothing) {
  EXPECT_THROW(sync_wait(s.get<Team>(4711)), not_found);
  EXPECT_FALSE(sync_wait(s.find<Team>(4711)));
}
TEST_P(sessions, a_locked_get_reads_the_row_again) {
  auto red = s.add(Team{.name = "red", .points = 1});
  sync_wait(s.commit());
  sync_wait(db.update<Team>().set(col<&Team::points>, 9).all_rows().run());
  EXPECT_EQ(sync_wait(s.get<Team>(red->id, for_update)), red);
  EXPECT_EQ(red->points, 9);
  EXPECT_FALSE(s.is_dirty(red));
}
TEST_P(sessions, a_locked_get_locks_until_the_transaction_ends) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  sync_wait(s.get<Team>(red->id, for_update));
  EXPECT_TRUE(s.in_transaction()) << "outside of one the lock would be gone at once";
  sync_wait(s.rollback());
}
TEST_P(sessions, a_locked_find_gives_the_row_or_nothing) {
  auto red = s.add(Team{.name = "red", .points = 1});
  sync_wait(s.commit());
  sync_wait(db.update<Team>().set(col<&Team::points>, 9).all_rows().run());
  EXPECT_FALSE(sync_wait(s.find<Team>(4711, for_update)));
  EXPECT_TRUE(s.in_transaction());
  EXPECT_EQ(sync_wait(s.find<Team>(red->id, for_update.nowait())), red);
  EXPECT_EQ(red->points, 9);
}
TEST_P(sessions, a_row_with_a_key_of_several_parts_is_locked_too) {
  auto seat = s.add(Seat{.hall = "A", .number = 4});
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(s.get<Seat>("A", 4, for_update)), seat);
  EXPECT_TRUE(s.in_transaction());
  EXPECT_EQ(sync_wait(s.find<Seat>("A", 4, for_update)), seat);
  EXPECT_FALSE(sync_wait(s.find<Seat>("A", 5, for_update)));
  EXPECT_THROW(sync_wait(s.get<Seat>("A", 5, for_update)), not_found);
}
TEST_P(sessions, a_locked_get_keeps_what_was_changed_and_reads_the_rest) {
  auto account = s.add(Account{.owner = "ada", .balance = 1});
  sync_wait(s.commit());
  Account theirs = sync_wait(db.get<Account>(account->id));
  theirs.balance = 5;
  sync_wait(db.update(theirs));
  account->owner = "eve";
  sync_wait(s.get<Account>(account->id, for_update));
  EXPECT_EQ(account->owner, "eve");
  EXPECT_EQ(account->balance, 5);
  sync_wait(s.commit());  // by the version that was just read
  EXPECT_EQ(sync_wait(db.get<Account>(account->id)).owner, "eve");
}
TEST_P(sessions, queries_give_plain_values_that_are_not_tracked) {
  s.add(Team{.name = "red"});
  sync_wait(s.commit());
  auto rows = sync_wait(s.query<Team>().all());
  rows[0].points = 99;
  sync_wait(s.commit());
  EXPECT_EQ(stored(rows[0].id).points, 0);
  EXPECT_EQ(s.size(), 1U);
}

// ---- removing

TEST_P(sessions, remove_deletes_the_row_at_commit) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  s.remove(red);
  EXPECT_EQ(teams(), 1);
  sync_wait(s.commit());
  EXPECT_EQ(teams(), 0);
  EXPECT_EQ(s.size(), 0U);
  EXPECT_EQ(red->name, "red") << "the object is a plain value now";
}
TEST_P(sessions, remove_of_an_object_that_was_never_stored_forgets_it) {
  auto red = s.add(Team{.name = "red"});
  s.remove(red);
  sync_wait(s.commit());
  EXPECT_EQ(teams(), 0);
}
TEST_P(sessions, an_object_whose_key_was_changed_is_neither_removed_nor_refreshed) {
  auto red = s.add(Team{.name = "red"});
  auto blue = s.add(Team{.name = "blue"});
  sync_wait(s.commit());
  red->id = blue->id;
  EXPECT_THROW(sync_wait(s.refresh(red)), query_error);
  s.remove(red);
  EXPECT_THROW(sync_wait(s.commit()), query_error);
  EXPECT_EQ(teams(), 2) << "blue is somebody else's";
}
TEST_P(sessions, remove_of_a_soft_deletable_object_marks_it) {
  auto note = s.add(Note{.text = "a"});
  sync_wait(s.commit());
  s.remove(note);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Note>().count()), 0);
  EXPECT_EQ(sync_wait(db.query<Note>().with_deleted().count()), 1);
}
TEST_P(sessions, an_object_of_no_session_is_neither_removed_nor_refreshed) {
  ref<Team> stray;
  {
    session other = db.session();
    stray = other.add(Team{.name = "red"});
  }
  EXPECT_THROW(s.remove(stray), transaction_error);
  EXPECT_THROW(s.expunge(stray), transaction_error);
  EXPECT_EQ(failure_of<transaction_error>([&] { sync_wait(s.refresh(stray)); }).code(), errc::detached_object);
}

// ---- refresh, expunge, attach

TEST_P(sessions, refresh_reads_the_row_again_and_drops_changes) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  sync_wait(db.update<Team>().set(col<&Team::points>, 9).all_rows().run());
  red->name = "not red";
  sync_wait(s.refresh(red));
  EXPECT_EQ(red->name, "red");
  EXPECT_EQ(red->points, 9);
  EXPECT_FALSE(s.is_dirty(red));
}
TEST_P(sessions, refresh_of_a_row_that_is_gone_throws_not_found) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  sync_wait(db.erase<Team>().all_rows().run());
  EXPECT_THROW(sync_wait(s.refresh(red)), not_found);
}
TEST_P(sessions, expunge_makes_a_plain_value) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  s.expunge(red);
  red->points = 5;
  sync_wait(s.commit());
  EXPECT_EQ(stored(red->id).points, 0);
  EXPECT_NE(sync_wait(s.get<Team>(red->id)), red) << "a new object for the row";
}
TEST_P(sessions, attach_tracks_a_row_that_was_read_elsewhere) {
  const Team red = sync_wait(db.insert(Team{.name = "red"}));
  statement_log log(db);
  auto tracked = s.attach(red);
  EXPECT_FALSE(s.is_dirty(tracked));
  tracked->points = 4;
  sync_wait(s.commit());
  EXPECT_EQ(log.all("SELECT").size(), 0U);
  EXPECT_EQ(stored(red.id).points, 4);
}
TEST_P(sessions, attach_of_a_row_that_is_tracked_gives_the_tracked_object) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  EXPECT_EQ(s.attach(Team{.id = red->id, .name = "other"}), red);
  EXPECT_EQ(red->name, "red");
}
TEST_P(sessions, objects_outlive_their_session) {
  ref<Team> red;
  {
    session other = db.session();
    red = other.add(Team{.name = "red"});
    sync_wait(other.commit());
  }
  EXPECT_EQ(red->name, "red");
}
TEST_P(sessions, that_end_without_commit_write_nothing) {
  {
    session other = db.session();
    other.add(Team{.name = "red"});
    sync_wait(other.flush());
  }
  EXPECT_EQ(teams(), 0);
}

// ---- one coroutine at a time

TEST_P(sessions, refuse_a_second_coroutine) {
  TUPELO_NEEDS(trait::suspended_statements);
  s.add(Team{.name = "red"});
  errc refused{};
  auto second = [&]() -> task<void> {
    try {
      co_await s.query<Team>().count();
    } catch (const transaction_error& e) {
      refused = e.code();
    }
  };
  sync_wait(when_all(s.commit(), second()));
  EXPECT_EQ(refused, errc::concurrent_use);
  EXPECT_EQ(teams(), 1) << "the first is not disturbed";
}

}  // namespace
}  // namespace tupelo::conformance
