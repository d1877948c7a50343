// SPDX-License-Identifier: Apache-2.0
// Which session tracks an object, when, and by which key.
#include "ledger.hpp"

#include <tupelo/engine/events.hpp>

#include <functional>
#include <vector>

namespace tupelo::conformance {
namespace {

class session_tracking : public conformance_test {
protected:
  session_tracking() : s(db.session()) { create<Team, Seat, Note>(); }

  std::int64_t insert_team(std::string name) {
    Team team{.name = std::move(name)};
    sync_wait(db.insert(team));
    return team.id;
  }
  session s;
};
TUPELO_CONFORMANCE_SUITE(session_tracking);

// ---- one session

TEST_P(session_tracking, an_object_of_another_session_is_refused) {
  session other = db.session();
  auto red = other.add(Team{.name = "red"});
  sync_wait(other.commit());
  const std::vector<std::function<void()>> verbs{[&] { s.remove(red); },  [&] { s.remove(red, permanently); },
                                                 [&] { s.restore(red); }, [&] { s.expire(red); },
                                                 [&] { s.expunge(red); }, [&] { sync_wait(s.refresh(red)); }};
  for (const auto& verb : verbs) {
    const error refused = failure_of(verb);
    EXPECT_EQ(refused.code(), errc::detached_object);
    EXPECT_NE(std::string(refused.what()).find("another session"), std::string::npos) << refused.what();
  }
  sync_wait(other.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 1);
  red->points = 3;
  EXPECT_TRUE(other.is_dirty(red));
  EXPECT_FALSE(s.is_dirty(red)) << "its flush would not write it";
}
TEST_P(session_tracking, an_object_may_move_to_another_session) {
  session other = db.session();
  auto red = other.add(Team{.name = "red"});
  sync_wait(other.commit());
  other.expunge(red);
  auto mine = s.attach(Team(*red));
  s.remove(mine);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 0);
}

TEST_P(session_tracking, an_object_that_has_left_is_not_undone_with_the_others) {
  const std::int64_t ids[] = {insert_team("red"), insert_team("blue"), insert_team("green")};
  auto red = sync_wait(s.get<Team>(ids[0])), blue = sync_wait(s.get<Team>(ids[1])),
       green = sync_wait(s.get<Team>(ids[2]));
  red->points = blue->points = 1;
  sync_wait(s.flush());
  s.expunge(red);
  EXPECT_THROW(sync_wait(s.nested([&]() -> task<void> {
                 blue->points = green->points = 2;
                 co_await s.flush();
                 s.expunge(green);
                 throw not_found("undo");
               })),
               not_found);
  EXPECT_EQ(blue->points, 1);
  EXPECT_EQ(green->points, 2) << "a plain value";
  s.attach(Team(*red));
  sync_wait(s.rollback());
  EXPECT_EQ(blue->points, 0);
  EXPECT_EQ(red->points, 1) << "a plain value";
}

// ---- one coroutine at a time

TEST_P(session_tracking, nothing_is_tracked_or_let_go_while_a_commit_is_awaited) {
  TUPELO_NEEDS(trait::suspended_statements);
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  auto blue = s.add(Team{.name = "blue"});
  const std::vector<std::function<void()>> verbs{[&] { s.add(Team{.name = "new"}); },
                                                 [&] { s.attach(Team{.id = 99}); },
                                                 [&] { s.remove(blue); },
                                                 [&] { s.restore(red); },
                                                 [&] { s.expire(red); },
                                                 [&] { s.expire_all(); },
                                                 [&] { s.expunge(blue); }};
  std::vector<errc> refused;
  auto second = [&]() -> task<void> {
    for (const auto& verb : verbs) refused.push_back(failure_of(verb).code());
    co_return;
  };
  sync_wait(when_all(s.commit(), second()));
  EXPECT_EQ(refused, std::vector<errc>(verbs.size(), errc::concurrent_use));
  EXPECT_EQ(s.size(), 2U);
  EXPECT_GT(blue->id, 0);
}
TEST_P(session_tracking, handlers_of_a_flush_and_hooks_may_add_and_remove) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  auto blue = s.add(Team{.name = "blue"});
  db.events().on<Team>(event::creating, [&](Team& team) {
    if (team.name != "blue") return;
    s.remove(red);
    s.add(Team{.name = "green"});
  });
  s.after_commit([&] { s.add(Team{.name = "late"}); });
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().order_by(col<&Team::name>).pluck(col<&Team::name>)),
            (std::vector<std::string>{"blue", "green"}));
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 3);
}

// ---- merge

TEST_P(session_tracking, a_value_merges_into_the_added_object_with_its_key) {
  auto seat = s.add(Seat{.hall = "big", .number = 4});
  auto other = s.add(Seat{.hall = "big", .number = 5});
  EXPECT_EQ(sync_wait(s.merge(Seat{.hall = "big", .number = 4, .guest = "ada"})), seat);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Seat>("big", 4)).guest, "ada");
  EXPECT_EQ(other->guest, std::nullopt);
}
TEST_P(session_tracking, a_value_merges_into_the_added_object_that_was_given_its_key) {
  auto seat = s.add(Seat{.hall = "big", .number = 4});
  sync_wait(s.merge(Seat{.hall = "big", .number = 5}))->number = 6;
  EXPECT_EQ(sync_wait(s.merge(Seat{.hall = "big", .number = 4})), seat);
  seat->number = 7;
  EXPECT_EQ(sync_wait(s.merge(Seat{.hall = "big", .number = 7, .guest = "ada"})), seat);
  sync_wait(s.merge(Seat{.hall = "big", .number = 6, .guest = "bob"}));
  EXPECT_EQ(s.size(), 2U);
  auto fourth = sync_wait(s.merge(Seat{.hall = "big", .number = 4}));
  EXPECT_NE(fourth, seat);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Seat>("big", 7)).guest, "ada");
  EXPECT_EQ(sync_wait(db.get<Seat>("big", 6)).guest, "bob");
  EXPECT_EQ(sync_wait(db.query<Seat>().count()), 3);
}
TEST_P(session_tracking, a_value_merges_into_the_added_object_that_a_handler_gave_its_key) {
  sync_wait(s.merge(Seat{.hall = "big", .number = 4}));
  sync_wait(s.merge(Seat{.hall = "big", .number = 5}));
  bool refuses = true;
  db.events().on<Seat>(event::creating, [&](Seat& seat) {
    if (seat.number == 4) seat.number = 40;
    if (seat.number == 5 && refuses) throw vetoed("not yet");
  });
  EXPECT_THROW(sync_wait(s.commit()), vetoed);
  refuses = false;
  sync_wait(s.merge(Seat{.hall = "big", .number = 40, .guest = "ada"}));
  EXPECT_EQ(s.size(), 2U);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Seat>("big", 40)).guest, "ada");
}
TEST_P(session_tracking, a_value_does_not_merge_into_what_is_removed) {
  auto red = s.add(Team{.name = "red"});
  sync_wait(s.commit());
  s.remove(red);
  Team copy = *red;
  copy.points = 5;
  const query_error refused = failure_of<query_error>([&] { sync_wait(s.merge(copy)); });
  EXPECT_NE(std::string(refused.what()).find("restore()"), std::string::npos) << refused.what();
  EXPECT_EQ(red->points, 0);
  s.restore(red);
  EXPECT_EQ(sync_wait(s.merge(copy)), red);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Team>(red->id)).points, 5);
}

// ---- one row, one object

TEST_P(session_tracking, a_changed_key_leads_to_no_second_object_of_the_row) {
  const std::int64_t id = insert_team("red");
  auto red = sync_wait(s.get<Team>(id));
  red->id = id + 100;
  EXPECT_EQ(sync_wait(s.get<Team>(id)), red);
  EXPECT_FALSE(sync_wait(s.find<Team>(id + 100)));
  EXPECT_EQ(s.size(), 1U);
  EXPECT_THROW(sync_wait(s.commit()), query_error);
}
TEST_P(session_tracking, a_changed_key_of_several_parts_does_neither) {
  sync_wait(db.insert(Seat{.hall = "big", .number = 4}));
  auto seat = sync_wait(s.get<Seat>("big", 4));
  seat->hall = "small";
  EXPECT_EQ(sync_wait(s.get<Seat>("big", 4)), seat);
}

// ---- the loaded event

TEST_P(session_tracking, what_a_loaded_handler_refuses_is_refused_again) {
  const std::int64_t id = insert_team("red");
  int told = 0;
  db.events().on<Team>(event::loaded, [&](Team&) {
    ++told;
    throw vetoed("not for you");
  });
  EXPECT_THROW(sync_wait(s.get<Team>(id)), vetoed);
  EXPECT_THROW(sync_wait(s.get<Team>(id)), vetoed);
  EXPECT_THROW(sync_wait(s.merge(Team{.id = id, .name = "blue"})), vetoed) << "which reads the row, too";
  EXPECT_EQ(told, 3);
  EXPECT_EQ(s.size(), 0U);
}
TEST_P(session_tracking, what_a_loaded_handler_changes_is_no_change_of_the_program) {
  const std::int64_t id = insert_team("red");
  db.events().on<Team>(event::loaded, [](Team& team) { team.name = "<" + team.name + ">"; });
  auto red = sync_wait(s.get<Team>(id));
  EXPECT_EQ(red->name, "<red>");
  EXPECT_FALSE(s.is_dirty(red));
}

}  // namespace
}  // namespace tupelo::conformance
