// SPDX-License-Identifier: Apache-2.0
// Events of verbs for objects, and of statements.
#include "ledger.hpp"

#include <tupelo/engine/events.hpp>

namespace tupelo::conformance {
namespace {

struct Fan;
struct Follows;
struct Band {
  std::int64_t id{};
  std::string name{};
  many_to_many<Fan, Follows> fans{};

  static void model(tupelo::model<Band>& m) { m.many_to_many(&Band::fans, "follows", "band_id", "fan_id"); }
};
struct Fan {
  std::int64_t id{};
  std::string name{};
};
struct Follows {
  std::int64_t band_id{};
  std::int64_t fan_id{};
  int since{};

  static void model(tupelo::model<Follows>& m) {
    m.table("follows");
    m.primary_key(&Follows::band_id, &Follows::fan_id);
    m.column(&Follows::since).default_value(0);
    m.foreign_key(&Follows::band_id).references<Band>();
    m.foreign_key(&Follows::fan_id).references<Fan>();
  }
};

class verb_events : public conformance_test {
protected:
  verb_events() { create<Team, Player, Account, Note>(); }
  template <class T>
  void note_all() {
    for (const auto& [name, what] : {std::pair{"saving", event::saving},
                                     {"creating", event::creating},
                                     {"updating", event::updating},
                                     {"restoring", event::restoring},
                                     {"deleting", event::deleting},
                                     {"created", event::created},
                                     {"updated", event::updated},
                                     {"restored", event::restored},
                                     {"deleted", event::deleted},
                                     {"saved", event::saved}}) {
      db.events().on<T>(what, [this, name](T&) { told.emplace_back(name); });
    }
  }
  template <class T>
  void note_bulk() {
    for (const auto& [name, what] : {std::pair{"inserting", bulk_event::inserting},
                                     {"updating", bulk_event::updating},
                                     {"deleting", bulk_event::deleting},
                                     {"inserted", bulk_event::inserted},
                                     {"updated", bulk_event::updated},
                                     {"deleted", bulk_event::deleted}}) {
      db.events().on<T>(what, [this, name](const bulk_write& write) {
        told.push_back(name + std::string(" ") + std::to_string(write.rows));
      });
    }
  }
  using names = std::vector<std::string>;
  names take() { return std::exchange(told, {}); }
  names told;
};
TUPELO_CONFORMANCE_SUITE(verb_events);

TEST_P(verb_events, of_an_insert_are_those_of_a_session) {
  note_all<Team>();
  std::int64_t key = 0;
  db.events().on<Team>(event::creating, [](Team& team) { team.name += "!"; });
  db.events().on<Team>(event::created, [&](Team& team) { key = team.id; });
  const Team team = sync_wait(db.insert(Team{.name = "red"}));
  EXPECT_EQ(take(), (names{"saving", "creating", "created", "saved"}));
  EXPECT_EQ(key, team.id);
  EXPECT_EQ(sync_wait(db.get<Team>(team.id)).name, "red!");
}
TEST_P(verb_events, of_update_erase_and_restore_are_those_of_a_session) {
  note_all<Note>();
  Note note = sync_wait(db.insert(Note{.text = "x"}));
  take();
  sync_wait(db.update(note));
  EXPECT_EQ(take(), (names{"saving", "updating", "updated", "saved"}));
  sync_wait(db.erase(note));
  EXPECT_EQ(take(), (names{"deleting", "deleted"}));
  sync_wait(db.restore(note));
  EXPECT_EQ(take(), (names{"restoring", "saving", "updating", "updated", "restored", "saved"}));
  sync_wait(db.erase(note, permanently));
  EXPECT_EQ(take(), (names{"deleting", "deleted"}));
}
TEST_P(verb_events, of_ranges_are_told_for_each_object) {
  note_all<Team>();
  std::vector<Team> teams{Team{.name = "a"}, Team{.name = "b"}};
  sync_wait(db.insert(teams));
  EXPECT_EQ(take(), (names{"saving", "creating", "saving", "creating", "created", "saved", "created", "saved"}));
  sync_wait(db.update(teams));
  EXPECT_EQ(take(), (names{"saving", "updating", "saving", "updating", "updated", "saved", "updated", "saved"}));
}
TEST_P(verb_events, a_veto_keeps_the_row_from_being_written) {
  db.events().on<Team>(event::creating, [](Team&) { throw vetoed("no"); });
  Team team{.name = "red"};
  EXPECT_THROW(sync_wait(db.insert(team)), vetoed);
  EXPECT_EQ(team.id, 0);
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 0);
}
TEST_P(verb_events, what_fails_after_the_statement_undoes_it) {
  bool fails = false;
  db.events().on<Account>(event::saved, [&](Account&) {
    if (fails) throw vetoed("no");
  });
  Account account = sync_wait(db.insert(Account{.owner = "ada"}));
  fails = true;
  account.balance = 5;
  EXPECT_THROW(sync_wait(db.update(account)), vetoed);
  EXPECT_EQ(account.version, 1);
  EXPECT_EQ(sync_wait(db.get<Account>(account.id)).balance, 0);
  Account other{.owner = "bob"};
  EXPECT_THROW(sync_wait(db.insert(other)), vetoed);
  EXPECT_EQ(other.id, 0);
  EXPECT_EQ(sync_wait(db.query<Account>().count()), 1);
}
TEST_P(verb_events, handlers_write_in_the_same_transaction) {
  db.events().on<Team>(event::created, [](Team& team, lease& in) -> task<void> {
    co_await in.insert(Player{.team_id = team.id, .name = "first"});
    if (team.name == "bad") throw vetoed("no");
  });
  EXPECT_THROW(sync_wait(db.insert(Team{.name = "bad"})), vetoed);
  EXPECT_EQ(sync_wait(db.query<Player>().count()), 0);
  sync_wait(db.insert(Team{.name = "good"}));
  EXPECT_EQ(sync_wait(db.query<Player>().count()), 1);
}
TEST_P(verb_events, of_leases_and_sessions_are_told_in_their_transaction) {
  note_all<Team>();
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    co_await held.insert(Team{.name = "red"});
    co_await held.rollback();
    held.release();
    auto s = db.session();
    co_await s.begin();
    co_await s.insert(Team{.name = "blue"});
    co_await s.rollback();
    co_await s.without_events([&]() -> task<void> { co_await s.insert(Team{.name = "quiet"}); });
  });
  EXPECT_EQ(take(), (names{"saving", "creating", "created", "saved", "saving", "creating", "created", "saved"}));
  EXPECT_EQ(sync_wait(db.query<Team>().pluck(col<&Team::name>)), names{"quiet"});
}
TEST_P(verb_events, are_told_to_nobody_where_that_is_said) {
  note_all<Team>();
  note_bulk<Team>();
  const std::int64_t key = run([&]() -> task<std::int64_t> {
    co_return co_await db.without_events([&](lease& quiet) -> task<std::int64_t> {
      co_await quiet.begin();
      const Team team = co_await quiet.insert(Team{.name = "quiet"});
      co_await quiet.update<Team>().set(col<&Team::points>, 1).all_rows().run();
      co_await quiet.commit();
      co_return team.id;
    });
  });
  EXPECT_EQ(sync_wait(db.get<Team>(key)).points, 1);
  EXPECT_EQ(take(), names());
  EXPECT_THROW(run([&]() -> task<void> {
                 co_await db.without_events([](lease&) -> task<void> {
                   throw vetoed("no");
                   co_return;
                 });
               }),
               vetoed);
  sync_wait(db.insert(Team{.name = "loud"}));
  EXPECT_EQ(take(), (names{"saving", "creating", "created", "saved"}));
}
TEST_P(verb_events, of_updated_ranges_find_objects_that_can_be_updated_again) {
  std::vector<Account> accounts{Account{.owner = "a"}, Account{.owner = "b"}};
  sync_wait(db.insert(accounts));
  bool fails = false;
  db.events().on<Account>(event::updated, [&](Account& account, lease& in) -> task<void> {
    if (account.balance != 1) co_return;
    account.balance = 2;
    co_await in.update(account);
    if (fails) throw vetoed("no");
  });
  for (Account& each : accounts) each.balance = 1;
  sync_wait(db.update(accounts));
  EXPECT_EQ(accounts[1].version, 3);
  EXPECT_EQ(sync_wait(db.get<Account>(accounts[1].id)).version, 3);
  fails = true;
  for (Account& each : accounts) each.balance = 1;
  EXPECT_THROW(sync_wait(db.update(accounts)), vetoed);
  EXPECT_EQ(accounts[0].version, 3) << "as its row is";
  EXPECT_EQ(accounts[1].version, 3);
}
TEST_P(verb_events, keep_what_they_are_told_of_out_of_pipelines) {
  note_all<Team>();
  note_bulk<Note>();
  Note note = sync_wait(db.insert(Note{.text = "x"}));
  const auto refused = failure_of<query_error>(
      [&] { sync_wait(db.pipeline(db.insert(Team{.name = "red"}), db.query<Team>().count())); });
  EXPECT_NE(std::string(refused.what()).find("Team"), std::string::npos) << refused.what();
  EXPECT_THROW(
      sync_wait(db.pipeline(db.update<Note>().set(col<&Note::text>, "y").all_rows().run(), db.query<Note>().count())),
      query_error);
  EXPECT_EQ(take(), names{});
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 0);
  sync_wait(db.pipeline(db.update(note), db.query<Team>().count()));
  run([&]() -> task<void> {
    co_await db.without_events([](lease& quiet) -> task<void> {
      co_await quiet.pipeline(quiet.insert(Team{.name = "red"}), quiet.query<Team>().count());
    });
  });
  EXPECT_EQ(take(), names{});
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 1);
}
TEST_P(verb_events, of_reading_keep_no_writes_out_of_pipelines) {
  db.events().on<Team>(event::loaded, [&](Team&) { told.emplace_back("loaded"); });
  sync_wait(db.pipeline(db.insert(Team{.name = "red"}), db.query<Team>().one()));
  EXPECT_EQ(take(), names{"loaded"});
}

// ---- statements

TEST_P(verb_events, of_statements_say_how_many_rows_were_written) {
  std::vector<Team> teams{Team{.name = "a"}, Team{.name = "b"}, Team{.name = "c"}};
  sync_wait(db.insert(teams));
  note_bulk<Team>();
  sync_wait(db.update<Team>().set(col<&Team::points>, 5).where(col<&Team::name> != "a").run());
  EXPECT_EQ(take(), (names{"updating 0", "updated 2"}));
  sync_wait(db.erase<Team>().where(col<&Team::name> == "a").run());
  EXPECT_EQ(take(), (names{"deleting 0", "deleted 1"}));
  const auto written = sync_wait(db.update<Team>().set(col<&Team::points>, 6).all_rows().returning());
  EXPECT_EQ(written.size(), 2U);
  EXPECT_EQ(take(), (names{"updating 0", "updated 2"}));
  EXPECT_EQ(sync_wait(db.copy_in(std::vector<Team>{Team{.name = "d"}, Team{.name = "e"}})), 2);
  EXPECT_EQ(take(), (names{"inserting 0", "inserted 2"}));
  sync_wait(db.insert_from<Player>(tupelo::query<Team>().select(col<&Team::id>, col<&Team::name>, col<&Team::points>),
                                   col<&Player::team_id>, col<&Player::name>, col<&Player::goals>));
  EXPECT_EQ(take(), names{}) << "of another model";
}
TEST_P(verb_events, of_an_upsert_are_those_of_an_insert) {
  TUPELO_NEEDS(&feature_table::upsert);
  TUPELO_NEEDS(&feature_table::returning);
  note_bulk<Team>();
  Team team{.name = "red"};
  const auto once = on_conflict(col<&Team::name>).update(col<&Team::points>);
  sync_wait(db.upsert(team, once));
  EXPECT_EQ(take(), (names{"inserting 0", "inserted 1"}));
  sync_wait(db.upsert(team, on_conflict(col<&Team::name>).ignore()));
  EXPECT_EQ(take(), (names{"inserting 0", "inserted 0"}));
  db.events().on<Team>(bulk_event::inserted, [](const bulk_write&) { throw vetoed("no"); });
  Team blue{.name = "blue"};
  EXPECT_THROW(sync_wait(db.upsert(blue, once)), vetoed);
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 1);
}
TEST_P(verb_events, of_connections_are_those_of_the_join_tables_model) {
  create<Band, Fan, Follows>();
  note_bulk<Follows>();
  Band band = sync_wait(db.insert(Band{}));
  std::vector<Fan> fans(3);
  sync_wait(db.insert(fans));
  sync_wait(db.attach(band, &Band::fans, fans));
  EXPECT_EQ(take(), (names{"inserting 0", "inserted 3"}));
  sync_wait(db.detach(band, &Band::fans, fans[0]));
  EXPECT_EQ(take(), (names{"deleting 0", "deleted 1"}));
  sync_wait(db.sync(band, &Band::fans, std::vector{fans[0].id, fans[1].id}));
  EXPECT_EQ(take(), (names{"deleting 0", "deleted 1", "inserting 0", "inserted 1"}));
  sync_wait(db.toggle(band, &Band::fans, fans[2]));
  EXPECT_EQ(take(), (names{"inserting 0", "inserted 1"}));
  sync_wait(db.detach(band, &Band::fans));
  EXPECT_EQ(take(), (names{"deleting 0", "deleted 3"}));
  sync_wait(db.attach(band, &Band::fans, fans[0], Follows{.since = 7}));
  EXPECT_EQ(take(), (names{"inserting 0", "inserted 1"}));
  session s = db.session();
  auto tracked = s.attach(Band(band));
  tracked->fans.add(s.attach(Fan(fans[1])));
  sync_wait(s.commit());
  EXPECT_EQ(take(), (names{"inserting 0", "inserted 1"}));
  sync_wait(s.without_events([&]() -> task<void> {
    tracked->fans.add(s.attach(Fan(fans[2])));
    co_return;
  }));
  EXPECT_EQ(take(), names{});
  sync_wait(s.commit());
}
TEST_P(verb_events, of_connections_may_be_vetoed_by_those_of_all_models) {
  create<Band, Fan, Follows>();
  Band band = sync_wait(db.insert(Band{}));
  Fan fan = sync_wait(db.insert(Fan{}));
  db.events().on_any(bulk_event::inserting, [&](const bulk_write& write) {
    told.push_back(write.model.table);
    throw vetoed("no");
  });
  EXPECT_THROW(sync_wait(db.attach(band, &Band::fans, fan)), vetoed);
  EXPECT_EQ(take(), names{"follows"});
  EXPECT_EQ(sync_wait(db.query<Follows>().count()), 0);
}
TEST_P(verb_events, of_marks_are_those_of_deletes) {
  sync_wait(db.insert(Note{.text = "x"}));
  note_bulk<Note>();
  sync_wait(db.erase<Note>().all_rows().run());
  EXPECT_EQ(take(), (names{"deleting 0", "deleted 1"}));
  sync_wait(db.update<Note>().set(col<&Note::deleted_at>, std::nullopt).all_rows().run());
  EXPECT_EQ(take(), (names{"updating 0", "updated 0"}));
}
TEST_P(verb_events, a_statement_may_be_vetoed) {
  sync_wait(db.insert(Team{.name = "red"}));
  db.events().on<Team>(bulk_event::deleting, [](const bulk_write&) { throw vetoed("no"); });
  EXPECT_THROW(sync_wait(db.erase<Team>().all_rows().run()), vetoed);
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 1);
}
TEST_P(verb_events, a_statement_is_undone_where_what_comes_after_it_fails) {
  sync_wait(db.insert(Team{.name = "red"}));
  db.events().on_any(bulk_event::deleted, [](const bulk_write& write, lease& in) -> task<void> {
    EXPECT_EQ(write.model.table, "teams");
    EXPECT_EQ(co_await in.query<Team>().count(), 0);
    throw vetoed("no");
  });
  EXPECT_THROW(sync_wait(db.erase<Team>().all_rows().run()), vetoed);
  EXPECT_EQ(sync_wait(db.query<Team>().count()), 1);
}

}  // namespace
}  // namespace tupelo::conformance
