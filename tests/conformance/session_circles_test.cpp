// SPDX-License-Identifier: Apache-2.0
// Removals of rows that name each other, and what a removal is compared with.
#include "ledger.hpp"

#include <string>

namespace tupelo::conformance {
namespace {

struct Dancer {
  std::int64_t id{};
  std::string name{};
  std::optional<std::int64_t> partner_id{};
  int version{};

  static void model(tupelo::model<Dancer>& m) {
    m.foreign_key(&Dancer::partner_id).references<Dancer>();
    m.version(&Dancer::version);
  }
};
struct Helmsman;
struct Vessel {
  std::int64_t id{};
  std::string name{};
  std::optional<std::int64_t> captain_id{};

  static void model(tupelo::model<Vessel>& m) { m.foreign_key(&Vessel::captain_id).references<Helmsman>(); }
};
struct Helmsman {
  std::int64_t id{};
  std::int64_t ship_id{};

  static void model(tupelo::model<Helmsman>& m) { m.foreign_key(&Helmsman::ship_id).references<Vessel>(); }
};
struct Coil {
  std::int64_t id{};
  std::int64_t next_id{};

  static void model(tupelo::model<Coil>& m) { m.foreign_key(&Coil::next_id).references<Coil>().on_delete(cascade); }
};
struct Storehouse {
  std::int64_t id{};
  std::string name{};
};
struct Barrel {
  std::int64_t id{};
  std::int64_t depot_id{};
  belongs_to<Storehouse> depot{};

  static void model(tupelo::model<Barrel>& m) {
    m.column(&Barrel::depot_id).default_value(1);
    m.belongs_to(&Barrel::depot, &Barrel::depot_id).on_delete(set_default);
  }
};

struct Summit {
  std::int64_t id{};
};
/// Stands between, and is in no flush.
struct Slope {
  std::int64_t id{};
  std::int64_t summit_id{};
  static void model(tupelo::model<Slope>& m) {
    m.foreign_key(&Slope::summit_id).references<Summit>().on_delete(cascade);
  }
};
struct Valley {
  std::int64_t id{};
  std::int64_t slope_id{};
  static void model(tupelo::model<Valley>& m) {
    m.foreign_key(&Valley::slope_id).references<Slope>().on_delete(cascade);
  }
};
struct Wing;
/// Names wings by way of doors, and wings name it.
struct Hall {
  std::string code{};
  std::optional<std::int64_t> door_id{};
  static void model(tupelo::model<Hall>& m);
};
struct Door {
  std::int64_t id{};
  std::optional<std::string> wing_code{};
  static void model(tupelo::model<Door>& m) { m.foreign_key(&Door::wing_code).references<Wing>(); }
};
struct Wing {
  std::string code{};
  std::string hall_code{};
  static void model(tupelo::model<Wing>& m) {
    m.primary_key(&Wing::code);
    m.foreign_key(&Wing::hall_code).references<Hall>();
  }
};
void Hall::model(tupelo::model<Hall>& m) {
  m.primary_key(&Hall::code);
  m.foreign_key(&Hall::door_id).references<Door>();
}

class removal_circles : public conformance_test {
protected:
  removal_circles() : s(db.session()) {}
  template <class T>
  std::int64_t count() {
    return sync_wait(db.query<T>().count());
  }
  /// Two that name each other.
  std::pair<ref<Dancer>, ref<Dancer>> couple() {
    create<Dancer>();
    auto a = s.add(Dancer{.name = "a"}), b = s.add(Dancer{.name = "b"});
    sync_wait(s.flush());
    a->partner_id = b->id;
    b->partner_id = a->id;
    sync_wait(s.commit());
    return {a, b};
  }
  session s;
};
TUPELO_CONFORMANCE_SUITE(removal_circles);

TEST_P(removal_circles, of_one_table_are_broken_at_a_key_that_can_be_null) {
  create<Dancer>();
  std::vector<ref<Dancer>> dancers;
  for (const char* name : {"a", "b", "c", "d"}) dancers.push_back(s.add(Dancer{.name = name}));
  sync_wait(s.flush());
  for (std::size_t i = 0; i != 3; ++i) dancers[i]->partner_id = dancers[(i + 1) % 3]->id;
  dancers[3]->partner_id = dancers[0]->id;  // and one that names the circle
  sync_wait(s.commit());
  for (auto& each : dancers) s.remove(each);
  sync_wait(s.commit());
  EXPECT_EQ(count<Dancer>(), 0);
}
TEST_P(removal_circles, are_there_again_after_a_rollback) {
  const auto [a, b] = couple();
  s.remove(a);
  s.remove(b);
  sync_wait(s.flush());
  EXPECT_EQ(sync_wait(s.query<Dancer>().count()), 0);
  sync_wait(s.rollback());
  EXPECT_EQ(a->partner_id, b->id);
  EXPECT_EQ(sync_wait(db.get<Dancer>(a->id)).partner_id, b->id);
  EXPECT_FALSE(s.is_dirty(a));
  s.remove(a);
  s.remove(b);
  sync_wait(s.commit());
  EXPECT_EQ(count<Dancer>(), 0);
}
TEST_P(removal_circles, with_a_row_of_another_version_are_stale) {
  const auto [a, b] = couple();
  sync_wait(db.update<Dancer>().set(col<&Dancer::name>, "x").all_rows().run());
  s.remove(a);
  s.remove(b);
  EXPECT_THROW(sync_wait(s.commit()), stale_row);
  EXPECT_EQ(count<Dancer>(), 2);
}
TEST_P(removal_circles, of_two_tables_are_broken_where_a_key_can_be_null) {
  create<Vessel, Helmsman>();
  auto ship = s.add(Vessel{.name = "argo"});
  sync_wait(s.flush());
  auto captain = s.add(Helmsman{.ship_id = ship->id});
  sync_wait(s.flush());
  ship->captain_id = captain->id;
  sync_wait(s.commit());
  s.remove(ship);
  s.remove(captain);
  sync_wait(s.commit());
  EXPECT_EQ(count<Vessel>(), 0);
  EXPECT_EQ(count<Helmsman>(), 0);
}
TEST_P(removal_circles, of_two_tables_have_an_order_where_their_rows_name_each_other_one_way) {
  create<Vessel, Helmsman>();
  auto argo = s.add(Vessel{.name = "argo"}), other = s.add(Vessel{.name = "other"});
  sync_wait(s.flush());
  auto captain = s.add(Helmsman{.ship_id = other->id});
  sync_wait(s.flush());
  argo->captain_id = captain->id;
  sync_wait(s.commit());
  statement_log log(db);
  for (auto& ship : {argo, other}) s.remove(ship);
  s.remove(captain);
  sync_wait(s.commit());
  EXPECT_TRUE(log.all("UPDATE").empty());
  EXPECT_EQ(count<Vessel>() + count<Helmsman>(), 0);
}
TEST_P(removal_circles, without_a_key_that_can_be_null_are_refused) {
  create<Coil>();
  // Each names itself until all are there.
  sync_wait(db.insert(Coil{.id = 1, .next_id = 1}));
  sync_wait(db.insert(Coil{.id = 2, .next_id = 1}));
  auto one = sync_wait(s.get<Coil>(1)), two = sync_wait(s.get<Coil>(2));
  one->next_id = 2;
  sync_wait(s.commit());
  s.remove(one);
  s.remove(two);
  const query_error refused = failure_of<query_error>([&] { sync_wait(s.commit()); });
  EXPECT_NE(std::string(refused.what()).find("Coil"), std::string::npos) << refused.what();
  s.restore(two);
  sync_wait(s.commit());
  EXPECT_EQ(count<Coil>(), 0) << "the database takes the other one along";
}

// ---- what a removal changes elsewhere

TEST_P(removal_circles, a_key_that_becomes_the_default_is_read_again) {
  create<Storehouse, Barrel>();
  auto main = s.add(Storehouse{.id = 1, .name = "main"}), side = s.add(Storehouse{.id = 2, .name = "side"});
  auto crate = s.add(Barrel{.depot_id = 2}), stays = s.add(Barrel{.depot_id = 1});
  sync_wait(s.commit());
  crate->depot = side;
  s.remove(side);
  sync_wait(s.commit());
  EXPECT_FALSE(crate->depot.loaded());
  statement_log log(db);
  EXPECT_EQ(sync_wait(s.get<Barrel>(crate->id)), crate);
  EXPECT_EQ(crate->depot_id, 1);
  sync_wait(s.get<Barrel>(stays->id));
  EXPECT_EQ(log.started().size(), 1U);
}

// ---- by way of models that are in no flush

TEST_P(removal_circles, what_goes_with_a_removed_row_by_way_of_others_is_removed_before_it) {
  static_cast<void>(db.query<Valley>());  // which is known first, so that nothing else gives this order
  create<Summit, Slope, Valley>();
  auto summit = s.add(Summit{});
  sync_wait(s.flush());
  auto slope = s.add(Slope{.summit_id = summit->id});
  sync_wait(s.flush());
  auto valley = s.add(Valley{.slope_id = slope->id});
  sync_wait(s.commit());
  s.remove(summit);
  s.remove(valley);
  sync_wait(s.commit());
  EXPECT_EQ(count<Summit>() + count<Slope>() + count<Valley>(), 0);
  EXPECT_EQ(s.size(), 0U);
}
TEST_P(removal_circles, by_way_of_others_leave_the_order_as_keys_say_it) {
  static_cast<void>(db.query<Wing>());
  create<Hall, Door, Wing>();
  auto hall = s.add(Hall{.code = "h"});
  auto wing = s.add(Wing{.code = "w", .hall_code = "h"});
  sync_wait(s.commit());
  s.remove(hall);
  s.remove(wing);
  sync_wait(s.commit());
  EXPECT_EQ(count<Hall>() + count<Wing>(), 0);
}

// ---- compared values

TEST_P(removal_circles, a_removal_with_compared_values_refuses_a_row_that_has_changed) {
  create<Team, Note>();
  session careful = db.session({.compare_values = true});
  auto red = careful.add(Team{.name = "red", .motto = "go"});
  auto note = careful.add(Note{.text = "one"});
  sync_wait(careful.commit());
  sync_wait(db.update<Team>().set(col<&Team::points>, 2).all_rows().run());
  careful.remove(red);
  EXPECT_THROW(sync_wait(careful.commit()), stale_row);
  careful.restore(red);
  sync_wait(db.update<Note>().set(col<&Note::text>, "two").all_rows().run());
  careful.remove(note);
  EXPECT_THROW(sync_wait(careful.commit()), stale_row) << "a mark is a removal";
  sync_wait(careful.refresh(red));
  sync_wait(careful.refresh(note));
  careful.remove(red);
  careful.remove(note);
  sync_wait(careful.commit());
  EXPECT_EQ(count<Team>() + count<Note>(), 0);
}
TEST_P(removal_circles, a_removal_with_compared_values_breaks_circles_too) {
  create<Vessel, Helmsman>();
  session careful = db.session({.compare_values = true});
  auto ship = careful.add(Vessel{.name = "argo"});
  sync_wait(careful.flush());
  auto captain = careful.add(Helmsman{.ship_id = ship->id});
  sync_wait(careful.flush());
  ship->captain_id = captain->id;
  sync_wait(careful.commit());
  careful.remove(ship);
  careful.remove(captain);
  sync_wait(careful.commit());
  EXPECT_EQ(count<Vessel>() + count<Helmsman>(), 0);
}

}  // namespace
}  // namespace tupelo::conformance
