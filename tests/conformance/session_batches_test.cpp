// SPDX-License-Identifier: Apache-2.0
// Updates and deletes of many objects in few statements.
#include "ledger.hpp"

namespace tupelo::conformance {
namespace {

struct Crate {
  std::int64_t id{};
  std::string label{};
  int weight{};
  int tare{};
  int net{};
  std::optional<std::string> note{};
  timestamp created_at{}, updated_at{};

  static void model(tupelo::model<Crate>& m) {
    m.unique(&Crate::label);
    m.timestamps(&Crate::created_at, &Crate::updated_at);
    m.generated(&Crate::net, col<&Crate::weight> - col<&Crate::tare>);
  }
};
struct Rung {
  std::int64_t id{};
  std::optional<std::int64_t> above_id{};
  int height{};

  static void model(tupelo::model<Rung>& m) {
    m.foreign_key(&Rung::above_id).references<Rung>().on_delete(tupelo::cascade);
  }
};

class batches : public conformance_test {
protected:
  batches() { create<Team, Player, Account, Note, Seat, Ticket, Crate, Rung>(); }
  template <class T, class Make>
  std::vector<ref<T>> committed(int count, Make make) {
    std::vector<ref<T>> made;
    for (int i = 0; i < count; ++i) made.push_back(s.add(make(i)));
    sync_wait(s.commit());
    return made;
  }
  std::vector<ref<Player>> players(int count) {
    const auto team = s.add(Team{.name = "red"});
    sync_wait(s.commit());
    return committed<Player>(count, [&](int i) { return Player{.team_id = team->id, .name = std::to_string(i)}; });
  }
  session s = db.session();
};
TUPELO_CONFORMANCE_SUITE(batches);

// ---- updates

TEST_P(batches, updates_of_the_same_columns_are_few_statements) {
  auto made = players(200);
  for (std::size_t i = 0; i < made.size(); ++i) made[i]->goals = static_cast<int>(i) + 1;
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("UPDATE").size(), 3U) << "128, 64 and 8 of them";
  EXPECT_EQ(sync_wait(db.query<Player>().select<std::int64_t>(sum(col<&Player::goals>)).one()), 200 * 201 / 2);
  EXPECT_EQ(sync_wait(db.get<Player>(made[150]->id)).goals, 151);
  EXPECT_EQ(sync_wait(db.get<Player>(made[150]->id)).name, "150") << "other columns stay";
  EXPECT_FALSE(s.is_dirty(made[150]));
}
TEST_P(batches, updates_of_other_columns_go_apart) {
  auto made = players(4);
  made[0]->goals = 1;
  made[1]->goals = 2;
  made[2]->name = "x";
  made[3]->name = "y";
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("UPDATE").size(), 2U);
  EXPECT_EQ(sync_wait(db.get<Player>(made[1]->id)).goals, 2);
  EXPECT_EQ(sync_wait(db.get<Player>(made[3]->id)).name, "y");
}
TEST_P(batches, updates_count_versions) {
  auto made = committed<Account>(3, [](int i) { return Account{.owner = std::to_string(i)}; });
  for (auto& each : made) each->balance = 7;
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("UPDATE").size(), 2U);
  for (auto& each : made) {
    EXPECT_EQ(each->version, 2);
    EXPECT_EQ(sync_wait(db.get<Account>(each->id)).version, 2);
  }
}
TEST_P(batches, one_stale_object_among_many_is_found) {
  auto made = committed<Account>(8, [](int i) { return Account{.owner = std::to_string(i)}; });
  Account other = *made[5];
  sync_wait(db.update(other));
  for (auto& each : made) each->balance = 7;
  EXPECT_THROW(sync_wait(s.commit()), stale_row);
  EXPECT_EQ(sync_wait(db.query<Account>().where(col<&Account::balance> == 7).count()), 0);
  EXPECT_EQ(made[0]->version, 1);
  sync_wait(s.refresh(made[5]));
  made[5]->balance = 7;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Account>().where(col<&Account::balance> == 7).count()), 8);
}
TEST_P(batches, one_that_is_gone_among_many_is_found) {
  auto made = players(4);
  sync_wait(db.erase(*made[2]));
  for (auto& each : made) each->goals = 7;
  EXPECT_THROW(sync_wait(s.commit()), not_found);
}
TEST_P(batches, compared_values_are_checked_one_by_one) {
  auto comparing = db.session(session_options{.compare_values = true});
  auto made = players(3);
  std::vector<ref<Player>> read;
  for (auto& each : made) read.push_back(sync_wait(comparing.get<Player>(each->id)));
  sync_wait(db.update<Player>().set(col<&Player::goals>, 1).where(col<&Player::id> == made[1]->id).run());
  for (auto& each : read) each->goals = 5;
  EXPECT_THROW(sync_wait(comparing.commit()), stale_row);
}
TEST_P(batches, rows_that_could_collide_are_updated_in_the_order_of_tracking) {
  auto made = committed<Team>(3, [](int i) { return Team{.name = std::to_string(i)}; });
  // Each takes the name that the one before has just given up.
  made[0]->name = "new";
  made[1]->name = "0";
  made[2]->name = "1";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Team>(made[2]->id)).name, "1");
}
TEST_P(batches, updates_set_the_time_and_leave_generated_columns_alone) {
  auto made = committed<Crate>(2, [](int i) { return Crate{.label = std::to_string(i), .weight = 5, .tare = 1}; });
  const timestamp before = made[0]->updated_at;
  made[0]->weight = 9;
  made[1]->weight = 11;
  made[0]->note = "heavy";
  made[1]->note = "heavier";
  sync_wait(s.commit());
  const Crate found = sync_wait(db.get<Crate>(made[1]->id));
  EXPECT_EQ(found.net, 10);
  EXPECT_EQ(found.note, "heavier");
  EXPECT_GE(found.updated_at.us, before.us);
  std::vector<Crate> values{*made[0], *made[1]};
  values[0].weight = 3;
  sync_wait(db.update(values));
  EXPECT_EQ(sync_wait(db.get<Crate>(made[0]->id)).net, 2);
}
TEST_P(batches, a_failed_batch_keeps_its_values) {
  auto made = committed<Account>(4, [](int i) { return Account{.owner = std::to_string(i)}; });
  for (auto& each : made) each->balance = 5;
  made[3]->balance = -1;
  EXPECT_THROW(sync_wait(s.commit()), check_violation);
  EXPECT_EQ(made[0]->balance, 5);
  EXPECT_EQ(made[0]->version, 1);
  made[3]->balance = 6;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Account>(made[0]->id)).balance, 5);
  EXPECT_EQ(sync_wait(db.get<Account>(made[0]->id)).version, 2);
}

// ---- deletes

TEST_P(batches, deletes_of_one_model_are_few_statements) {
  auto made = players(200);
  for (auto& each : made) s.remove(each);
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("DELETE").size(), 3U) << "128, 64 and 8 of them";
  EXPECT_EQ(sync_wait(db.query<Player>().count()), 0);
  EXPECT_EQ(s.size(), 1U);
}
TEST_P(batches, a_delete_of_many_leaves_the_others) {
  auto made = players(7);
  for (std::size_t i : {0U, 2U, 3U, 6U}) s.remove(made[i]);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Player>().order_by(col<&Player::id>).pluck(col<&Player::name>)),
            (std::vector<std::string>{"1", "4", "5"}));
}
TEST_P(batches, marks_of_many_rows_are_few_statements) {
  auto made = committed<Note>(5, [](int i) { return Note{.text = std::to_string(i)}; });
  s.remove(made[4], permanently);
  for (std::size_t i = 0; i < 4; ++i) s.remove(made[i]);
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("UPDATE").size(), 1U);
  EXPECT_EQ(log.all("DELETE").size(), 1U);
  EXPECT_EQ(sync_wait(db.query<Note>().count()), 0);
  EXPECT_EQ(sync_wait(db.query<Note>().with_deleted().count()), 4);
}
TEST_P(batches, deletes_check_versions) {
  auto made = committed<Account>(6, [](int i) { return Account{.owner = std::to_string(i)}; });
  made[0]->balance = made[1]->balance = 1;
  sync_wait(s.commit());
  Account other = *made[4];
  sync_wait(db.update(other));
  for (auto& each : made) s.remove(each);
  EXPECT_THROW(sync_wait(s.commit()), stale_row);
  EXPECT_EQ(sync_wait(db.query<Account>().count()), 6);
  sync_wait(s.refresh(made[4]));
  s.remove(made[4]);
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("DELETE").size(), 4U) << "three of each version, two and one at a time";
  EXPECT_EQ(sync_wait(db.query<Account>().count()), 0);
}
TEST_P(batches, keys_of_several_columns_are_listed_by_their_last) {
  std::vector<ref<Seat>> made;
  for (const char* hall : {"A", "B", "A", "B"}) {
    made.push_back(s.add(Seat{.hall = hall, .number = static_cast<int>(made.size())}));
  }
  made.push_back(s.add(Seat{.hall = "B", .number = 0}));
  sync_wait(s.commit());
  for (std::size_t i = 0; i < 4; ++i) s.remove(made[i]);
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(log.all("DELETE").size(), 2U);
  EXPECT_EQ(sync_wait(db.query<Seat>().pluck(col<&Seat::number>)), std::vector<int>{0}) << "B 0 is left";
}
TEST_P(batches, uuid_keys_are_listed) {
  auto made = committed<Ticket>(4, [](int i) { return Ticket{.title = std::to_string(i)}; });
  for (std::size_t i = 0; i < 3; ++i) s.remove(made[i]);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Ticket>().pluck(col<&Ticket::title>)), std::vector<std::string>{"3"});
}
TEST_P(batches, one_that_is_gone_among_the_deleted_is_found) {
  auto made = players(4);
  sync_wait(db.erase(*made[1]));
  for (auto& each : made) s.remove(each);
  EXPECT_THROW(sync_wait(s.commit()), not_found);
  EXPECT_EQ(sync_wait(db.query<Player>().count()), 3);
}
TEST_P(batches, rows_that_take_others_along_are_deleted_one_by_one) {
  auto top = s.add(Rung{.height = 3});
  sync_wait(s.commit());
  auto middle = s.add(Rung{.above_id = top->id, .height = 2});
  sync_wait(s.commit());
  auto low = s.add(Rung{.above_id = middle->id, .height = 1});
  sync_wait(s.commit());
  s.remove(top);
  s.remove(low);
  s.remove(middle);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Rung>().count()), 0);
}
TEST_P(batches, updates_and_deletes_of_one_flush_are_undone_together) {
  auto made = players(6);
  for (std::size_t i = 0; i < 3; ++i) made[i]->goals = 9;
  for (std::size_t i = 3; i < 6; ++i) s.remove(made[i]);
  sync_wait(s.flush());
  sync_wait(s.rollback());
  EXPECT_EQ(made[0]->goals, 0);
  EXPECT_EQ(sync_wait(db.query<Player>().count()), 6);
  EXPECT_EQ(sync_wait(s.get<Player>(made[5]->id)), made[5]);
}

// ---- tracking of many

TEST_P(batches, one_row_is_one_object_among_many_when_others_have_left) {
  auto made = players(300);
  for (std::size_t i = 0; i < made.size(); i += 3) s.expunge(made[i]);
  for (std::size_t i = 0; i < made.size(); ++i) {
    const auto found = sync_wait(s.find<Player>(made[i]->id));
    EXPECT_EQ(found == made[i], i % 3 != 0) << i;
  }
  EXPECT_EQ(s.size(), 301U);
}

}  // namespace
}  // namespace tupelo::conformance
