// SPDX-License-Identifier: Apache-2.0
// What comes back with a row whose mark as deleted ends.
#include "ledger.hpp"

#include <tupelo/engine/events.hpp>

#include <chrono>

namespace tupelo::conformance {
namespace {

struct Retort;
struct Debate {
  std::int64_t id{};
  std::string slug{};
  int version{};
  std::optional<timestamp> deleted_at{};
  has_many<Retort> retorts{};

  static void model(tupelo::model<Debate>& m) {
    m.soft_delete(&Debate::deleted_at);
    m.version(&Debate::version);
    m.has_many(&Debate::retorts, "debate_id");
  }
};
struct Retort {
  std::int64_t id{};
  std::int64_t debate_id{};
  std::optional<std::int64_t> to_id{};
  std::string place{};
  int version{};
  timestamp created_at{}, updated_at{};
  std::optional<timestamp> deleted_at{};
  has_many<Retort> retorts{};

  static void model(tupelo::model<Retort>& m) {
    m.table("retorts");
    m.unique(&Retort::place);
    m.foreign_key(&Retort::debate_id).references<Debate>().on_delete(cascade);
    m.foreign_key(&Retort::to_id).references<Retort>().on_delete(cascade);
    m.has_many(&Retort::retorts, "to_id");
    m.timestamps(&Retort::created_at, &Retort::updated_at);
    m.soft_delete(&Retort::deleted_at);
    m.version(&Retort::version);
  }
};
struct Patron;
struct Salon {
  std::int64_t id{};
  std::optional<timestamp> deleted_at{};
  has_many<Patron> patrons{};

  static void model(tupelo::model<Salon>& m) {
    m.soft_delete(&Salon::deleted_at);
    m.has_many(&Salon::patrons, "salon_id");
  }
};
struct Patron {
  std::int64_t id{};
  std::optional<std::int64_t> salon_id{};

  static void model(tupelo::model<Patron>& m) {
    m.foreign_key(&Patron::salon_id).references<Salon>().on_delete(set_null);
  }
};

using seconds = std::chrono::sys_seconds;  // less than the row's time

struct Verse;
struct Ballad {
  std::int64_t id{};
  int refrains{};
  std::optional<seconds> deleted_at{};
  has_many<Verse> verses{};

  static void model(tupelo::model<Ballad>& m) {
    m.soft_delete(&Ballad::deleted_at);
    m.has_many(&Ballad::verses, "ballad_id");
  }
};
struct Verse {
  std::int64_t id{};
  std::int64_t ballad_id{};
  std::string text{};
  int version{};
  std::optional<seconds> deleted_at{};

  static void model(tupelo::model<Verse>& m) {
    m.foreign_key(&Verse::ballad_id).references<Ballad>().on_delete(cascade);
    m.soft_delete(&Verse::deleted_at);
    m.version(&Verse::version);
  }
};
struct Refrain {
  std::int64_t id{};
  std::int64_t ballad_id{};
  std::optional<seconds> deleted_at{};

  static void model(tupelo::model<Refrain>& m) {
    m.foreign_key(&Refrain::ballad_id).references<Ballad>().counter(&Ballad::refrains);
    m.soft_delete(&Refrain::deleted_at);
  }
};

struct Casket;
struct Rack {
  std::string room{};
  int number{};
  std::optional<timestamp> deleted_at{};
  has_many<Casket> caskets{};

  static void model(tupelo::model<Rack>& m) {
    m.table("racks");
    m.primary_key(&Rack::room, &Rack::number);
    m.soft_delete(&Rack::deleted_at);
    m.has_many(&Rack::caskets, "room", "number");
  }
};
struct Casket {
  std::int64_t id{};
  std::string room{};
  int number{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Casket>& m) {
    m.foreign_key(&Casket::room, &Casket::number).references<Rack>().on_delete(cascade);
    m.soft_delete(&Casket::deleted_at);
  }
};

/// Two debates; the first has a retort, which has a retort, which has another; the second has one.
class restored_children : public conformance_test {
protected:
  restored_children() {
    create<Debate, Retort, Rack, Casket, Salon, Patron, Ballad, Verse, Refrain>();
    sync_wait(db.insert(debate));
    sync_wait(db.insert(other));
    std::optional<std::int64_t> above;
    for (Retort* retort : {&first, &second, &third}) {
      *retort = Retort{.debate_id = debate.id, .to_id = above, .place = std::to_string(above.value_or(0))};
      sync_wait(db.insert(*retort));
      above = retort->id;
    }
    elsewhere = Retort{.debate_id = other.id, .place = "elsewhere"};
    sync_wait(db.insert(elsewhere));
  }
  std::int64_t living() { return sync_wait(db.query<Retort>().count()); }
  Retort read(const Retort& retort) { return sync_wait(db.get<Retort>(retort.id)); }

  Debate debate{.slug = "a"}, other{.slug = "b"};
  Retort first, second, third, elsewhere;
};
TUPELO_CONFORMANCE_SUITE(restored_children);

TEST_P(restored_children, come_back_to_the_last_with_their_parent) {
  sync_wait(db.erase(debate));
  EXPECT_EQ(living(), 1);
  Debate marked = sync_wait(db.get<Debate>(debate.id));
  sync_wait(db.restore(marked));
  EXPECT_EQ(living(), 4);
  EXPECT_FALSE(marked.deleted_at);
  EXPECT_FALSE(sync_wait(db.get<Debate>(debate.id)).deleted_at);
  EXPECT_EQ(sync_wait(db.get<Debate>(debate.id)).version, marked.version);
  EXPECT_EQ(read(third).version, 3) << "each write counts the version on";
}
TEST_P(restored_children, stay_marked_where_they_were_marked_before) {
  sync_wait(db.erase(second));  // and the third
  sync_wait(db.erase(debate));
  EXPECT_EQ(living(), 1);
  Debate marked = sync_wait(db.get<Debate>(debate.id));
  sync_wait(db.restore(marked));
  EXPECT_EQ(living(), 2);
  EXPECT_TRUE(read(second).deleted_at);
  Retort back = read(second);
  sync_wait(db.restore(back));
  EXPECT_EQ(living(), 4);
}
TEST_P(restored_children, are_those_of_the_restored_parent_alone) {
  session s = db.session();
  s.remove(sync_wait(s.get<Debate>(debate.id)));
  s.remove(sync_wait(s.get<Debate>(other.id)));
  sync_wait(s.commit());  // both with one time
  EXPECT_EQ(living(), 0);
  Debate marked = sync_wait(db.get<Debate>(other.id));
  sync_wait(db.restore(marked));
  EXPECT_EQ(living(), 1);
  EXPECT_FALSE(read(elsewhere).deleted_at);
}
TEST_P(restored_children, of_a_row_in_a_tree_are_those_below_it) {
  sync_wait(db.erase(debate));
  Retort middle = read(second);
  const auto above = read(first);
  sync_wait(db.restore(middle));
  EXPECT_EQ(living(), 3) << "it and the last, and that of the other debate";
  EXPECT_EQ(read(first).deleted_at, above.deleted_at);
  EXPECT_EQ(read(first).version, above.version);
}
TEST_P(restored_children, follow_keys_of_several_columns) {
  std::vector<Rack> racks{{.room = "x", .number = 1}, {.room = "x", .number = 2}};
  sync_wait(db.insert(racks));
  std::vector<Casket> caskets{{.room = "x", .number = 1}, {.room = "x", .number = 2}};
  sync_wait(db.insert(caskets));
  session s = db.session();
  for (const Rack& rack : racks) s.remove(sync_wait(s.get<Rack>(rack.room, rack.number)));
  sync_wait(s.commit());
  sync_wait(db.restore(racks[1]));
  EXPECT_EQ(sync_wait(db.query<Casket>().pluck(col<&Casket::id>)), std::vector<std::int64_t>{caskets[1].id});
}
TEST_P(restored_children, come_back_with_a_flush) {
  session s = db.session();
  s.remove(sync_wait(s.get<Debate>(debate.id)));
  sync_wait(s.commit());
  auto marked = sync_wait(s.get<Debate>(debate.id));
  auto child = sync_wait(s.get<Retort>(third.id));
  s.restore(marked);
  sync_wait(s.commit());
  EXPECT_EQ(living(), 4);
  EXPECT_FALSE(child->deleted_at) << "the object is as its row is";
  EXPECT_FALSE(s.is_dirty(child));
  child->place = "z";
  sync_wait(s.commit());
  EXPECT_EQ(read(third).place, "z");
  EXPECT_EQ(read(third).updated_at, child->updated_at);
}
TEST_P(restored_children, whose_rows_are_gone_do_not_come_back_in_the_session) {
  session s = db.session();
  s.remove(sync_wait(s.get<Debate>(debate.id)));
  sync_wait(s.commit());
  auto marked = sync_wait(s.get<Debate>(debate.id));
  auto child = sync_wait(s.get<Retort>(third.id));
  sync_wait(s.commit());
  sync_wait(db.execute("DELETE FROM retorts WHERE id = " + std::to_string(third.id)));
  s.restore(marked);
  sync_wait(s.commit());
  EXPECT_TRUE(child->deleted_at);
}
TEST_P(restored_children, may_be_restored_by_themselves_in_the_same_flush) {
  session s = db.session();
  s.remove(sync_wait(s.get<Debate>(debate.id)));
  sync_wait(s.commit());
  auto child = sync_wait(s.get<Retort>(second.id));
  auto marked = sync_wait(s.get<Debate>(debate.id));
  s.restore(child);
  s.restore(marked);
  child->place = "again";
  sync_wait(s.commit());
  EXPECT_EQ(living(), 4);
  EXPECT_EQ(read(second).place, "again");
  EXPECT_EQ(read(second).version, child->version);
}
TEST_P(restored_children, that_are_restored_by_themselves_too_are_told_of_as_others) {
  std::vector<std::string> told;
  for (const auto& [what, name] : {std::pair{event::restoring, "restoring"}, std::pair{event::updated, "updated"},
                                   std::pair{event::restored, "restored"}, std::pair{event::saved, "saved"}}) {
    db.events().on<Retort>(what, [&told, name](Retort&) { told.emplace_back(name); });
  }
  sync_wait(db.erase(debate));
  session s = db.session();
  auto marked = sync_wait(s.get<Debate>(debate.id));
  auto child = sync_wait(s.get<Retort>(second.id));
  s.restore(marked);
  s.restore(child);
  sync_wait(s.commit());
  EXPECT_EQ(told, (std::vector<std::string>{"restoring", "updated", "restored", "saved"}));
}
TEST_P(restored_children, are_known_by_times_that_fields_hold_in_part) {
  const Ballad ballad = sync_wait(db.insert(Ballad{}));
  const Verse verse = sync_wait(db.insert(Verse{.ballad_id = ballad.id}));
  sync_wait(db.erase(ballad));
  session s = db.session();
  auto marked = sync_wait(s.get<Ballad>(ballad.id));
  auto child = sync_wait(s.get<Verse>(verse.id));
  ASSERT_TRUE(child->deleted_at);
  s.restore(marked);
  sync_wait(s.commit());
  EXPECT_FALSE(child->deleted_at);
  child->text = "again";
  EXPECT_NO_THROW(sync_wait(s.commit()));
}
TEST_P(restored_children, that_are_counted_come_back_by_times_that_fields_hold_in_part) {
  const Ballad ballad = sync_wait(db.insert(Ballad{}));
  const Refrain refrain = sync_wait(db.insert(Refrain{.ballad_id = ballad.id}));
  sync_wait(db.erase(refrain));
  EXPECT_EQ(sync_wait(db.get<Ballad>(ballad.id)).refrains, 0);
  session s = db.session();
  s.restore(sync_wait(s.get<Refrain>(refrain.id)));
  EXPECT_NO_THROW(sync_wait(s.commit()));
  EXPECT_EQ(sync_wait(db.get<Ballad>(ballad.id)).refrains, 1);
}
TEST_P(restored_children, are_none_where_marks_only_empty_keys) {
  Salon salon = sync_wait(db.insert(Salon{}));
  sync_wait(db.insert(Patron{.salon_id = salon.id}));
  sync_wait(db.erase(salon));
  sync_wait(db.pipeline(db.restore(salon), db.query<Salon>().count()));
  EXPECT_EQ(sync_wait(db.query<Salon>().count()), 1);
}
TEST_P(restored_children, stay_marked_where_the_flush_is_rolled_back) {
  session s = db.session();
  s.remove(sync_wait(s.get<Debate>(debate.id)));
  sync_wait(s.commit());
  auto marked = sync_wait(s.get<Debate>(debate.id));
  auto child = sync_wait(s.get<Retort>(third.id));
  const auto before = *child;
  s.restore(marked);
  sync_wait(s.flush());
  EXPECT_FALSE(child->deleted_at);
  sync_wait(s.rollback());
  EXPECT_EQ(child->deleted_at, before.deleted_at);
  EXPECT_EQ(child->version, before.version);
  EXPECT_EQ(living(), 1);
}
TEST_P(restored_children, whose_values_are_taken_meanwhile_keep_the_parent_marked) {
  sync_wait(db.erase(debate));
  sync_wait(db.insert(Retort{.debate_id = other.id, .place = first.place}));
  Debate marked = sync_wait(db.get<Debate>(debate.id));
  EXPECT_THROW(sync_wait(db.restore(marked)), unique_violation);
  EXPECT_TRUE(marked.deleted_at);
  EXPECT_TRUE(sync_wait(db.get<Debate>(debate.id)).deleted_at);
  EXPECT_EQ(living(), 2);
}
TEST_P(restored_children, of_a_stale_parent_stay_marked) {
  sync_wait(db.erase(debate));
  Debate stale = sync_wait(db.get<Debate>(debate.id));
  stale.version = 7;
  EXPECT_THROW(sync_wait(db.restore(stale)), stale_row);
  EXPECT_EQ(living(), 1);
  EXPECT_TRUE(read(third).deleted_at);
}

}  // namespace
}  // namespace tupelo::conformance
