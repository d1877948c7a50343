// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <stdexcept>

namespace tupelo::conformance {
namespace {

class session_copies : public conformance_test {
protected:
  session_copies() { create<Team, Account, Note, Seat>(); }
  session s = db.session();
};
TUPELO_CONFORMANCE_SUITE(session_copies);

// ---- restore

TEST_P(session_copies, a_removal_that_is_not_flushed_can_be_taken_back) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  s.remove(red);
  s.restore(red);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 1);
}
TEST_P(session_copies, a_marked_row_is_restored) {
  Note note{.text = "x"};
  sync_wait(db.insert(note));
  sync_wait(db.erase(note));
  auto marked = sync_wait(s.get<Note>(note.id));
  EXPECT_TRUE(marked->deleted_at);
  s.restore(marked);
  EXPECT_TRUE(s.is_dirty(marked));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Note>().count()), 1);
}
TEST_P(session_copies, a_row_that_is_not_marked_cannot_be_restored) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  EXPECT_THROW(s.restore(red), query_error);
  s.remove(red);
  sync_wait(s.commit());
  EXPECT_THROW(s.restore(red), transaction_error);
}
TEST_P(session_copies, a_removal_can_be_permanent) {
  auto note = s.add(Note{.text = "x"});
  sync_wait(s.commit());
  s.remove(note, permanently);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Note>().with_deleted().count()), 0);
}
TEST_P(session_copies, one_object_is_restored_without_a_session) {
  Note note{.text = "x"};
  sync_wait(db.insert(note));
  sync_wait(db.erase(note));
  note = sync_wait(db.get<Note>(note.id));
  sync_wait(db.restore(note));
  EXPECT_FALSE(note.deleted_at);
  EXPECT_EQ(sync_wait(db.query<Note>().count()), 1);
  sync_wait(db.erase(note, permanently));
  EXPECT_EQ(sync_wait(db.query<Note>().with_deleted().count()), 0);
  EXPECT_THROW(sync_wait(db.restore(note)), not_found);
  Team team{.id = 1, .name = "red"};
  EXPECT_THROW(sync_wait(db.restore(team)), query_error);
}

// ---- merge

TEST_P(session_copies, a_merged_value_changes_the_object_with_its_key) {
  auto red = s.add(Team{.name = "red", .motto = "go", .points = 1});
  sync_wait(s.commit());
  Team copy = *red;
  copy.points = 5;
  copy.motto.reset();
  auto merged = sync_wait(s.merge(copy));
  EXPECT_EQ(merged, red);
  EXPECT_EQ(red->points, 5);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Team>(red->id)).motto, std::nullopt);
}
TEST_P(session_copies, a_merged_value_is_read_first_and_only_what_differs_is_written) {
  Team red{.name = "red", .points = 1};
  sync_wait(db.insert(red));
  red.points = 2;
  auto merged = sync_wait(s.merge(red));
  statement_log log(db);
  sync_wait(s.commit());
  ASSERT_EQ(log.all("UPDATE").size(), 1U);
  EXPECT_EQ(log.all("UPDATE")[0].find("motto"), std::string::npos);
  EXPECT_EQ(sync_wait(db.get<Team>(merged->id)).points, 2);
}
TEST_P(session_copies, a_merged_value_goes_into_what_is_read_again_where_that_has_expired) {
  auto red = s.add(Team{.name = "red", .points = 1});
  sync_wait(s.commit());
  Team copy = *red;
  sync_wait(db.update<Team>().set(col<&Team::points>, 7).all_rows().run());
  s.expire(red);
  copy.name = "dark red";
  copy.points = 7;
  EXPECT_EQ(sync_wait(s.merge(copy)), red);
  statement_log log(db);
  sync_wait(s.commit());
  const auto updates = log.all("UPDATE");
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].find("points"), std::string::npos) << "the row has that number: " << updates[0];
}
TEST_P(session_copies, a_merged_value_without_a_row_is_new) {
  auto red = sync_wait(s.merge(Team{.name = "red"}));
  auto seat = sync_wait(s.merge(Seat{.hall = "big", .number = 4}));
  sync_wait(s.commit());
  EXPECT_GT(red->id, 0);
  EXPECT_EQ(sync_wait(db.get<Seat>("big", 4)).number, seat->number);
}
TEST_P(session_copies, a_merged_value_of_another_version_is_stale) {
  auto account = s.add(Account{.owner = "ada", .balance = 1});
  sync_wait(s.commit());
  const Account old = *account;
  account->balance = 2;
  sync_wait(s.commit());
  EXPECT_THROW(sync_wait(s.merge(old)), stale_row);
  EXPECT_EQ(account->balance, 2);
}

// ---- expire

TEST_P(session_copies, an_expired_object_is_read_again_by_get) {
  auto red = s.add(Team{.name = "red", .points = 1});
  sync_wait(s.commit());
  sync_wait(db.update<Team>().set(col<&Team::points>, 9).all_rows().run());
  EXPECT_EQ(sync_wait(s.get<Team>(red->id))->points, 1);
  red->name = "lost";
  s.expire(red);
  EXPECT_EQ(red->name, "red");
  EXPECT_EQ(sync_wait(s.get<Team>(red->id)), red);
  EXPECT_EQ(red->points, 9);
  EXPECT_FALSE(s.is_dirty(red));
  statement_log log(db);
  sync_wait(s.get<Team>(red->id));
  EXPECT_TRUE(log.started().empty()) << "once";
}
TEST_P(session_copies, all_objects_may_expire) {
  auto red = s.add(Team{.name = "red"});
  auto blue = s.add(Team{.name = "blue"});
  sync_wait(s.commit());
  auto fresh = s.add(Team{.name = "new"});
  sync_wait(db.update<Team>().set(col<&Team::points>, 9).all_rows().run());
  s.expire_all();
  sync_wait(s.find<Team>(blue->id));
  EXPECT_EQ(blue->points, 9);
  EXPECT_EQ(red->points, 0) << "nothing is read unless it is asked for";
  EXPECT_TRUE(s.is_dirty(fresh));
}

// ---- comparing values

TEST_P(session_copies, an_update_with_compared_values_refuses_to_write_over_a_change) {
  session careful = db.session({.compare_values = true});
  auto red = careful.add(Team{.name = "red", .points = 1});
  sync_wait(careful.commit());
  sync_wait(db.update<Team>().set(col<&Team::points>, 2).all_rows().run());
  red->points = 3;
  EXPECT_THROW(sync_wait(careful.commit()), stale_row);
  EXPECT_EQ(sync_wait(db.get<Team>(red->id)).points, 2);
  sync_wait(careful.refresh(red));
  red->points += 1;
  sync_wait(careful.commit());
  EXPECT_EQ(sync_wait(db.get<Team>(red->id)).points, 3);
}
TEST_P(session_copies, an_update_with_compared_values_compares_only_what_it_changes) {
  session careful = db.session({.compare_values = true});
  auto red = careful.add(Team{.name = "red"});
  sync_wait(careful.commit());
  sync_wait(db.update<Team>().set(col<&Team::points>, 2).all_rows().run());
  red->motto = "go";  // was NULL
  red->name = "blue";
  sync_wait(careful.commit());
  EXPECT_EQ(sync_wait(db.get<Team>(red->id)).motto, "go");
}

}  // namespace
}  // namespace tupelo::conformance
