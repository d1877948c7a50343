// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <tupelo/engine/events.hpp>
#include <tupelo/core/as_result.hpp>

#include <stdexcept>

namespace tupelo::conformance {
namespace {

using names = std::vector<std::string>;

/// Hears of itself.
struct Lamp {
  std::int64_t id{};
  std::string name{};
  int watts{};

  void saving() { watts = watts > 60 ? 60 : watts; }
  task<void> created(lease& in) { co_await in.insert(Team{.name = name}); }

  static void model(tupelo::model<Lamp>&) {}
};

class session_events : public conformance_test {
protected:
  session_events() {
    create<Team, Player, Note, Lamp, library::Folder>();
    create<library::Author, library::Passport, library::Book, library::Review, library::Label, library::Mark>();
  }

  /// Every event of T is noted as "name of the event: text of the object".
  template <class T>
  void note_all(std::string T::* text) {
    static constexpr std::pair<event, const char*> all[] = {
        {event::saving, "saving"},       {event::creating, "creating"}, {event::updating, "updating"},
        {event::restoring, "restoring"}, {event::deleting, "deleting"}, {event::created, "created"},
        {event::updated, "updated"},     {event::restored, "restored"}, {event::deleted, "deleted"},
        {event::saved, "saved"},         {event::loaded, "loaded"}};
    for (const auto& [what, name] : all) {
      db.events().on<T>(what,
                        [this, name, text](T& object) { told.push_back(std::string(name) + ": " + object.*text); });
    }
  }
  names taken() { return std::exchange(told, {}); }

  names told;
};
TUPELO_CONFORMANCE_SUITE(session_events);

// ---- what is told, and when

TEST_P(session_events, of_an_insert) {
  note_all(&Team::name);
  session s = db.session();
  s.add(Team{.name = "a"});
  s.add(Team{.name = "b"});
  sync_wait(s.commit());
  EXPECT_EQ(told, (names{"saving: a", "creating: a", "saving: b", "creating: b", "created: a", "saved: a", "created: b",
                         "saved: b"}));
}
TEST_P(session_events, of_an_update_and_of_nothing) {
  note_all(&Team::name);
  session s = db.session();
  auto a = s.add(Team{.name = "a"});
  sync_wait(s.commit());
  told.clear();
  sync_wait(s.commit());
  EXPECT_EQ(taken(), names());
  a->points = 1;
  sync_wait(s.commit());
  EXPECT_EQ(told, (names{"saving: a", "updating: a", "updated: a", "saved: a"}));
}
TEST_P(session_events, of_marking_and_restoring) {
  note_all(&Note::text);
  session s = db.session();
  auto note = s.add(Note{.text = "x"});
  sync_wait(s.commit());
  told.clear();
  s.remove(note);
  sync_wait(s.commit());
  EXPECT_EQ(taken(), (names{"deleting: x", "deleted: x"}));
  note = sync_wait(s.get<Note>(note->id));
  EXPECT_EQ(taken(), names{"loaded: x"});
  s.restore(note);
  sync_wait(s.commit());
  EXPECT_EQ(told, (names{"restoring: x", "saving: x", "updating: x", "updated: x", "restored: x", "saved: x"}));
}
TEST_P(session_events, of_new_objects_that_others_hold) {
  note_all(&library::Folder::name);
  session s = db.session();
  s.add(library::Folder{.name = "root", .children = {library::Folder{.name = "leaf"}}});
  sync_wait(s.commit());
  EXPECT_EQ(told, (names{"saving: root", "creating: root", "saving: leaf", "creating: leaf", "created: root",
                         "saved: root", "created: leaf", "saved: leaf"}));
}
TEST_P(session_events, of_objects_in_a_circle_once) {
  note_all(&library::Folder::name);
  session s = db.session();
  auto self = s.add(library::Folder{.name = "self"});
  self->parent = self;
  sync_wait(s.commit());
  EXPECT_EQ(told, (names{"saving: self", "creating: self", "created: self", "saved: self"}));
}
TEST_P(session_events, of_sessions) {
  const auto note = [&](session_event what, const char* name) {
    db.events().on(what, [this, name](session&) { told.emplace_back(name); });
  };
  note(session_event::before_flush, "before flush");
  note(session_event::after_flush, "after flush");
  note(session_event::before_commit, "before commit");
  note(session_event::after_commit, "after commit");
  note(session_event::before_rollback, "before rollback");
  note(session_event::after_rollback, "after rollback");
  session s = db.session();
  s.add(Team{.name = "a"});
  sync_wait(s.commit());
  EXPECT_EQ(taken(), (names{"before commit", "before flush", "after flush", "after commit"}));
  sync_wait(s.rollback());
  EXPECT_EQ(taken(), (names{"before rollback", "after rollback"}));
  s.add(Team{.name = "a"});
  EXPECT_THROW(sync_wait(s.flush()), unique_violation);
  EXPECT_EQ(taken(), (names{"before flush", "before rollback", "after rollback"}));
  sync_wait(db.transaction([](session& in) -> task<void> {
    in.add(Team{.name = "b"});
    co_return;
  }));
  EXPECT_EQ(taken(), (names{"before commit", "before flush", "after flush", "after commit"}));
  EXPECT_THROW(sync_wait(db.transaction([](session&) -> task<void> {
                 throw std::runtime_error("no");
                 co_return;
               })),
               std::runtime_error);
  EXPECT_EQ(taken(), (names{"before rollback", "after rollback"}));
}
TEST_P(session_events, of_a_rollback_come_while_the_transaction_is_open_and_when_it_is_over) {
  db.events().on(session_event::before_rollback, [&](session& of) { EXPECT_TRUE(of.in_transaction()); });
  db.events().on(session_event::after_rollback, [&](session& of) { EXPECT_FALSE(of.in_transaction()); });
  session s = db.session();
  auto team = s.add(Team{.name = "a"});
  sync_wait(s.flush());
  sync_wait(s.rollback());
  s.add(Team{.name = "b"});
  sync_wait(s.flush());
  s.add(Team{.name = "b"});
  EXPECT_THROW(sync_wait(s.flush()), unique_violation);
}
TEST_P(session_events, of_a_rollback_cannot_keep_it_from_happening) {
  db.events().on(session_event::before_rollback, [](session&) { throw vetoed("no"); });
  session s = db.session();
  s.add(Team{.name = "a"});
  sync_wait(s.flush());
  EXPECT_THROW(sync_wait(s.rollback()), vetoed);
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 0);
  sync_wait(db.insert(Team{.name = "a"}));
  s.add(Team{.name = "a"});
  EXPECT_THROW(sync_wait(s.flush()), unique_violation) << "the cause is what is told";
}
TEST_P(session_events, of_a_rollback_let_nobody_write_before_it) {
  db.events().on(session_event::before_rollback, [](session& of) -> task<void> { co_await of.flush(); });
  session s = db.session();
  s.add(Team{.name = "a"});
  sync_wait(s.flush());
  EXPECT_THROW(sync_wait(s.rollback()), transaction_error);
  EXPECT_FALSE(s.in_transaction());
  s.add(Team{.name = "b"});
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 1);
}

TEST_P(session_events, of_a_flush_or_commit_cannot_call_for_what_tells_them) {
  const session_event* in = nullptr;
  int which = 0;
  const auto use = [&](session& of) -> task<void> {
    switch (which) {
      case 0: co_await of.flush(); break;
      case 1: co_await of.commit(); break;
      case 2: co_await of.rollback(); break;
      default: co_await of.nested([]() -> task<void> { co_return; }); break;
    }
  };
  constexpr session_event all[] = {session_event::before_flush, session_event::after_flush,
                                   session_event::before_commit};
  for (const session_event& each : all) {
    db.events().on(each, [&](session& of) -> task<void> {
      if (in == &each) co_await use(of);
    });
  }
  for (const session_event& each : all) {
    in = &each;
    for (which = 0; which != 4; ++which) {
      const bool allowed = each == session_event::before_commit && (which == 0 || which == 3);
      session s = db.session();
      s.add(Team{.name = std::to_string(static_cast<int>(each)) + std::to_string(which)});
      const auto done = sync_wait(as_result(s.commit()));
      EXPECT_EQ(static_cast<bool>(done), allowed) << s.size();
      if (!done) EXPECT_EQ(done.error().code(), errc::invalid_transaction);
    }
  }
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 2);
}

// ---- what handlers may do

TEST_P(session_events, let_handlers_change_what_is_inserted) {
  db.events().on<Team>(event::creating, [](Team& team) { team.motto = "made"; });
  session s = db.session();
  auto a = s.add(Team{.name = "a"});
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Team>(a->id)).motto, "made");
  EXPECT_FALSE(s.is_dirty(a));
}
TEST_P(session_events, let_handlers_change_what_is_updated) {
  db.events().on<Team>(event::updating, [](Team& team) { team.points *= 2; });
  session s = db.session();
  auto a = s.add(Team{.name = "a"});
  sync_wait(s.commit());
  a->points = 4;
  a->motto = "x";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Team>(a->id)).points, 8);
}
TEST_P(session_events, let_handlers_write_in_the_same_transaction) {
  db.events().on<Team>(event::created, [](Team& team, lease& in) -> task<void> {
    co_await in.insert(Player{.team_id = team.id, .name = "first"});
  });
  session s = db.session();
  s.add(Team{.name = "a"});
  sync_wait(s.flush());
  EXPECT_EQ(sync_wait(s.query<Player>().count()), 1);
  sync_wait(s.rollback());
  EXPECT_EQ(sync_wait(db.query<Player>().count()), 0);
}
TEST_P(session_events, let_handlers_add_objects_before_the_flush) {
  db.events().on(session_event::before_flush, [](session& s) {
    if (s.size() == 1) s.add(Team{.name = "another"});
  });
  session s = db.session();
  s.add(Team{.name = "a"});
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 2);
}
TEST_P(session_events, let_handlers_veto) {
  db.events().on<Team>(event::deleting, [](Team& team) {
    if (team.points > 0) throw vetoed("this team has points");
  });
  session s = db.session();
  auto a = s.add(Team{.name = "a", .points = 1});
  sync_wait(s.commit());
  s.remove(a);
  s.add(Team{.name = "b"});
  const auto refused = failure_of<vetoed>([&] { sync_wait(s.commit()); });
  EXPECT_EQ(refused.code(), errc::vetoed);
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 1);
}
TEST_P(session_events, let_handlers_veto_what_is_written_already) {
  db.events().on<Team>(event::created, [](Team&) -> task<void> {
    throw vetoed("too late, but not committed");
    co_return;
  });
  session s = db.session();
  auto a = s.add(Team{.name = "a"});
  EXPECT_THROW(sync_wait(s.commit()), vetoed);
  EXPECT_EQ(a->id, 0);
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 0);
}
TEST_P(session_events, let_handlers_keep_the_event_from_those_behind) {
  db.events().on<Team>(event::creating, [&](Team&) { told.emplace_back("first"); });
  db.events().on<Team>(event::creating, [&](Team& team) {
    told.emplace_back("second");
    return team.points > 0 ? propagation::stop : propagation::go_on;
  });
  db.events().on<Team>(event::creating, [&](Team&) { told.emplace_back("third"); });
  session s = db.session();
  s.add(Team{.name = "a", .points = 1});
  sync_wait(s.commit());
  EXPECT_EQ(taken(), (names{"first", "second"}));
  s.add(Team{.name = "b"});
  sync_wait(s.commit());
  EXPECT_EQ(taken(), (names{"first", "second", "third"}));
}

// ---- who is told

TEST_P(session_events, are_told_to_those_of_the_model_before_those_of_all) {
  db.events().on_any(event::created, [&](const any_object& any) {
    told.push_back("any " + any.model.table + (any.as<Team>() ? " " + any.as<Team>()->name : ""));
  });
  db.events().on<Team>(event::created, [&](Team& team) { told.push_back("team " + team.name); });
  session s = db.session();
  s.add(Team{.name = "a"});
  s.add(Note{.text = "x"});
  sync_wait(s.commit());
  EXPECT_EQ(told, (names{"team a", "any teams a", "any notes"}));
}
TEST_P(session_events, are_told_to_the_functions_of_an_observer) {
  struct watcher {
    names told;
    void creating(Team& team) { team.points = 7; }
    task<void> created(Team& team, lease& in) {
      co_await in.insert(Player{.team_id = team.id, .name = "captain"});
      told.push_back("created " + team.name);
    }
  } observer;
  db.events().observe<Team>(observer);
  session s = db.session();
  s.add(Team{.name = "a"});
  sync_wait(s.commit());
  EXPECT_EQ(observer.told, names{"created a"});
  EXPECT_EQ(sync_wait(db.query<Player>().count()), 1);
  EXPECT_EQ(sync_wait(db.query<Team>().one()).points, 7);
}
TEST_P(session_events, are_told_to_the_functions_of_the_model) {
  db.events().observe<Lamp>();
  session s = db.session();
  auto lamp = s.add(Lamp{.name = "a", .watts = 100});
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Lamp>(lamp->id)).watts, 60);
  EXPECT_EQ(sync_wait(db.query<Team>().one()).name, "a");
}
TEST_P(session_events, refuse_an_observer_that_hears_of_nothing) {
  struct {
  } deaf;
  EXPECT_THROW(db.events().observe<Team>(deaf), query_error);
  EXPECT_THROW(db.events().observe<Team>(), query_error);
}
TEST_P(session_events, are_told_to_nobody_where_that_is_said) {
  note_all(&Team::name);
  session s = db.session();
  s.add(Team{.name = "a"});
  run([&]() -> task<void> {
    co_await s.without_events([&]() -> task<void> {
      s.add(Team{.name = "b"});
      co_return;
    });
    s.add(Team{.name = "c"});
    co_await s.commit();
  });
  EXPECT_EQ(told, (names{"saving: a", "creating: a", "created: a", "saved: a", "saving: c", "creating: c", "created: c",
                         "saved: c"}));
}
TEST_P(session_events, are_heard_again_after_a_failure_without_them) {
  note_all(&Team::name);
  session s = db.session();
  run([&]() -> task<void> {
    try {
      co_await s.without_events([]() -> task<void> {
        throw std::runtime_error("no");
        co_return;
      });
    } catch (const std::runtime_error&) {}
    s.add(Team{.name = "a"});
    co_await s.commit();
  });
  EXPECT_EQ(told.size(), 4U);
}

// ---- handlers that remove

TEST_P(session_events, are_not_told_of_a_new_object_that_a_handler_removes) {
  session s = db.session();
  ref<Team> first = s.add(Team{.name = "first"});
  s.add(Team{.name = "second"});
  ref<Team> last = s.add(Team{.name = "last"});
  db.events().on<Team>(event::saving, [&](Team& team) {
    if (team.name != "second") return;
    s.remove(first);
    s.remove(last);
  });
  note_all(&Team::name);
  sync_wait(s.commit());
  EXPECT_EQ(told, (names{"saving: first", "creating: first", "saving: second", "creating: second", "created: second",
                         "saved: second"}));
}
TEST_P(session_events, of_deleting_reach_an_object_that_a_handler_removes) {
  session s = db.session();
  ref<Team> first = s.add(Team{.name = "first"});
  ref<Team> second = s.add(Team{.name = "second"});
  sync_wait(s.commit());
  db.events().on<Team>(event::updating, [&](Team&) { s.remove(first); });
  note_all(&Team::name);
  second->points = 1;
  sync_wait(s.commit());
  EXPECT_EQ(told, (names{"saving: second", "updating: second", "deleting: first", "updated: second", "saved: second",
                         "deleted: first"}));
}

TEST_P(session_events, of_an_object_that_a_has_one_is_given) {
  session s = db.session();
  auto ada = s.add(library::Author{.name = "ada"});
  auto passport = s.add(library::Passport{.number = "A1"});
  ada->passport = passport;
  sync_wait(s.commit());
  auto bob = s.add(library::Author{.name = "bob"});
  sync_wait(s.commit());
  note_all(&library::Passport::number);
  ada->passport = ref<library::Passport>();
  bob->passport = passport;
  sync_wait(s.commit());
  EXPECT_EQ(told, (names{"saving: A1", "updating: A1", "updated: A1", "saved: A1"}));
}
TEST_P(session_events, are_not_of_the_owner_where_only_rows_of_others_are_written) {
  session s = db.session();
  auto ada = s.add(library::Author{.name = "ada"});
  sync_wait(s.commit());
  sync_wait(s.load(ada, &library::Author::books));
  note_all(&library::Author::name);
  ada->books.add(library::Book{.title = "b"});
  sync_wait(s.commit());
  EXPECT_EQ(told, names());
}

}  // namespace
}  // namespace tupelo::conformance
