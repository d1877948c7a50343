// SPDX-License-Identifier: Apache-2.0
// Relations that were loaded in a transaction after something was written: once that is undone, they do not hold what
// never was.
#include "backend.hpp"

#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Plank;
struct Keel;
struct Port;
struct Boat {
  std::int64_t id{};
  std::string name{};
  has_many<Plank> planks{};
  has_one<Keel> keel{};
  many_to_many<Port> ports{};

  static void model(tupelo::model<Boat>& m) {
    m.has_many(&Boat::planks, "boat_id");
    m.has_one(&Boat::keel, "boat_id");
    m.many_to_many(&Boat::ports, "boat_ports", "boat_id", "port_id");
  }
};
struct Plank {
  std::int64_t id{};
  std::optional<std::int64_t> boat_id{};
  std::string name{};
  belongs_to<Boat> boat{};

  static void model(tupelo::model<Plank>& m) { m.belongs_to(&Plank::boat, &Plank::boat_id).on_delete(set_null); }
};
struct Keel {
  std::int64_t id{};
  std::optional<std::int64_t> boat_id{};
  std::string name{};
  std::optional<timestamp> deleted_at{};
  belongs_to<Boat> boat{};
  has_many<struct Bolt> bolts{};

  static void model(tupelo::model<Keel>& m) {
    m.belongs_to(&Keel::boat, &Keel::boat_id);
    m.has_many(&Keel::bolts, "keel_id");
    m.soft_delete(&Keel::deleted_at);
  }
};
struct Bolt {
  std::int64_t id{};
  std::int64_t keel_id{};
  belongs_to<Keel> keel{};

  static void model(tupelo::model<Bolt>& m) { m.belongs_to(&Bolt::keel, &Bolt::keel_id); }
};
struct Port {
  std::int64_t id{};
  std::string name{};
};
struct BoatPort {
  std::int64_t boat_id{};
  std::int64_t port_id{};

  static void model(tupelo::model<BoatPort>& m) {
    m.table("boat_ports");
    m.primary_key(&BoatPort::boat_id, &BoatPort::port_id);
    m.foreign_key(&BoatPort::boat_id).references<Boat>().on_delete(cascade);
    m.foreign_key(&BoatPort::port_id).references<Port>().on_delete(cascade);
  }
};

struct given_up {};

class session_loads_undone : public conformance_test {
protected:
  session_loads_undone() : s(db.session()) {
    create<Boat, Plank, Keel, Bolt, Port, BoatPort>();
    Boat stored{.name = "gig"};
    sync_wait(db.insert(stored));
    std::vector<Plank> planks{{.boat_id = stored.id, .name = "first"}, {.boat_id = stored.id, .name = "second"}};
    sync_wait(db.insert(planks));
    first = planks[0].id;
    Keel of{.boat_id = stored.id, .name = "oak"};
    sync_wait(db.insert(of));
    keel = of.id;
    Bolt in{.keel_id = of.id};
    sync_wait(db.insert(in));
    bolt = in.id;
    std::vector<Port> ports{{.name = "near"}, {.name = "far"}};
    sync_wait(db.insert(ports));
    far = ports[1].id;
    sync_wait(db.attach(stored, &Boat::ports, ports[0].id));
    boat = sync_wait(s.get<Boat>(stored.id));
  }
  /// Runs it in a savepoint that is undone.
  template <class Closure>
  void undone(Closure closure) {
    const auto given = [&]() -> task<void> {
      co_await closure();
      throw given_up();
    };
    EXPECT_THROW(sync_wait(s.nested(given)), given_up);
  }

  session s;
  ref<Boat> boat;
  std::int64_t first = 0, keel = 0, bolt = 0, far = 0;
};
TUPELO_CONFORMANCE_SUITE(session_loads_undone);

TEST_P(session_loads_undone, rows_that_a_rollback_undoes_leave_collections_that_were_loaded_with_them) {
  s.add(Plank{.name = "third", .boat = boat});
  sync_wait(s.flush());
  sync_wait(s.load(boat, &Boat::planks));
  ASSERT_EQ(boat->planks.size(), 3U);
  sync_wait(s.rollback());
  EXPECT_FALSE(boat->planks.loaded());
}
TEST_P(session_loads_undone, the_same_holds_of_a_savepoint) {
  undone([&]() -> task<void> {
    s.add(Plank{.name = "third", .boat = boat});
    co_await s.flush();
    co_await s.load(boat, &Boat::planks);
  });
  EXPECT_FALSE(boat->planks.loaded());
}
TEST_P(session_loads_undone, rows_that_a_rollback_brings_back_are_not_missing) {
  const auto removed = sync_wait(s.get<Plank>(first));
  s.remove(removed);
  sync_wait(s.flush());
  sync_wait(s.load(boat, &Boat::planks));
  ASSERT_EQ(boat->planks.size(), 1U);
  sync_wait(s.rollback());
  EXPECT_FALSE(boat->planks.loaded());
}
TEST_P(session_loads_undone, a_has_one_that_had_nothing_is_not_loaded) {
  undone([&]() -> task<void> {
    const auto leaving = co_await s.get<Keel>(keel);
    leaving->boat_id.reset();
    co_await s.flush();
    co_await s.load(boat, &Boat::keel);
    EXPECT_EQ(boat->keel.get(), nullptr);
  });
  EXPECT_FALSE(boat->keel.loaded());
}
TEST_P(session_loads_undone, a_reference_to_what_was_marked_is_not_loaded) {
  const auto of = sync_wait(s.get<Bolt>(bolt));
  undone([&]() -> task<void> {
    s.remove(co_await s.get<Keel>(keel));
    co_await s.flush();
    co_await s.load(of, &Bolt::keel);
    EXPECT_EQ(of->keel.get(), nullptr);
  });
  EXPECT_FALSE(of->keel.loaded());
}
TEST_P(session_loads_undone, relations_of_an_object_that_was_removed_meanwhile_are_not_loaded) {
  const auto marked = sync_wait(s.get<Keel>(keel));
  s.remove(marked);
  s.add(Bolt{.keel_id = keel});
  sync_wait(s.flush());
  sync_wait(s.load(marked, &Keel::bolts));
  EXPECT_EQ(marked->bolts.size(), 2U);
  sync_wait(s.rollback());
  EXPECT_FALSE(marked->bolts.loaded());
}
TEST_P(session_loads_undone, connections_that_are_undone_are_not_loaded) {
  sync_wait(s.load(boat, &Boat::ports));
  undone([&]() -> task<void> {
    boat->ports.add(co_await s.get<Port>(far));
    co_await s.flush();
    co_await s.load(boat, &Boat::ports);
    EXPECT_EQ(boat->ports.size(), 2U);
  });
  EXPECT_FALSE(boat->ports.loaded());
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<BoatPort>().count()), 1);
}
TEST_P(session_loads_undone, values_of_a_statement_that_is_undone_are_not_kept) {
  undone([&]() -> task<void> {
    co_await s.update<Plank>().set(col<&Plank::name>, "never").all_rows().run();
    co_await s.load(boat, &Boat::planks);
    EXPECT_EQ(boat->planks[0].name, "never");
  });
  EXPECT_FALSE(boat->planks.loaded());
  EXPECT_EQ(sync_wait(s.get<Plank>(first))->name, "first");
}
TEST_P(session_loads_undone, an_object_that_was_first_read_after_a_statement_is_read_again) {
  undone([&]() -> task<void> {
    co_await s.update<Plank>().set(col<&Plank::name>, "never").all_rows().run();
    EXPECT_EQ((co_await s.get<Plank>(first))->name, "never");
  });
  EXPECT_EQ(sync_wait(s.get<Plank>(first))->name, "first");
}
TEST_P(session_loads_undone, rows_attached_with_what_was_loaded_with_them_lose_it) {
  ref<Boat> other;
  s.expunge(boat);
  undone([&]() -> task<void> {
    s.add(Plank{.boat_id = 1, .name = "third"});
    co_await s.flush();
    other = s.attach(co_await s.query<Boat>().with(&Boat::planks).one());
    EXPECT_EQ(other->planks.size(), 3U);
  });
  EXPECT_FALSE(other->planks.loaded());
}
TEST_P(session_loads_undone, relations_of_rows_in_a_collection_are_not_loaded_either) {
  sync_wait(s.load(boat, &Boat::planks));
  undone([&]() -> task<void> {
    boat->name = "never";
    co_await s.flush();
    co_await s.load(boat->planks, &Plank::boat);
    EXPECT_EQ(boat->planks[0].boat->name, "never");
  });
  ASSERT_TRUE(boat->planks.loaded());
  EXPECT_FALSE(boat->planks[0].boat.loaded());
}
TEST_P(session_loads_undone, what_was_loaded_before_the_savepoint_wrote_stays_loaded) {
  boat->name = "cutter";
  undone([&]() -> task<void> {
    co_await s.load(boat, &Boat::planks);
    const auto changed = co_await s.get<Plank>(first);
    changed->name = "never";
    co_await s.flush();
  });
  ASSERT_EQ(boat->planks.size(), 2U);
  EXPECT_EQ(boat->planks[0].name, "first");
}
TEST_P(session_loads_undone, what_a_savepoint_has_loaded_is_undone_with_the_transaction) {
  s.add(Plank{.name = "third", .boat = boat});
  const auto kept = [&]() -> task<void> { co_await s.load(boat, &Boat::planks); };
  sync_wait(s.nested(kept));
  EXPECT_EQ(boat->planks.size(), 3U);
  sync_wait(s.rollback());
  EXPECT_FALSE(boat->planks.loaded());
}
TEST_P(session_loads_undone, a_transaction_that_only_reads_leaves_them_loaded) {
  sync_wait(s.begin());
  sync_wait(s.load(boat, &Boat::planks));
  sync_wait(s.rollback());
  EXPECT_EQ(boat->planks.size(), 2U);
}
TEST_P(session_loads_undone, what_was_loaded_behind_an_undone_savepoint_is_as_the_database_has_it) {
  sync_wait(s.begin());
  undone([&]() -> task<void> {
    co_await s.update<Plank>().set(col<&Plank::name>, "never").all_rows().run();
    co_await s.load(boat, &Boat::planks);
  });
  sync_wait(s.load(boat, &Boat::planks));
  sync_wait(s.rollback());
  ASSERT_TRUE(boat->planks.loaded());
  for (const Plank& each : boat->planks) EXPECT_NE(each.name, "never");
}
TEST_P(session_loads_undone, what_was_read_behind_an_undone_savepoint_is_as_the_database_has_it) {
  sync_wait(s.begin());
  ref<Plank> plank;
  undone([&]() -> task<void> {
    co_await s.update<Plank>().set(col<&Plank::name>, "never").all_rows().run();
    plank = co_await s.get<Plank>(first);
  });
  sync_wait(s.refresh(plank));
  sync_wait(s.rollback());
  EXPECT_EQ(plank->name, "first");
}

}  // namespace
}  // namespace tupelo::conformance
