// SPDX-License-Identifier: Apache-2.0
// What becomes of objects that are taken out of a relation, or that belong to nobody any more.
#include "ledger.hpp"

namespace tupelo::conformance {
namespace {

struct Leaf;
struct Petal;
struct Root;
struct Plant {
  std::int64_t id{};
  std::string name{};
  has_many<Leaf> leaves{};
  has_many<Petal> petals{};
  has_one<Root> root{};

  static void model(tupelo::model<Plant>& m) {
    m.has_many(&Plant::leaves, "plant_id").delete_orphans();
    m.has_many(&Plant::petals, "plant_id");
    m.has_one(&Plant::root, "plant_id").delete_orphans();
  }
};
struct Leaf {
  std::int64_t id{};
  std::optional<std::int64_t> plant_id{};
  std::string name{};
  belongs_to<Plant> plant{};

  static void model(tupelo::model<Leaf>& m) { m.belongs_to(&Leaf::plant, &Leaf::plant_id); }
};
struct Petal {
  std::int64_t id{};
  std::optional<std::int64_t> plant_id{};
  std::string name{};
  belongs_to<Plant> plant{};

  static void model(tupelo::model<Petal>& m) { m.belongs_to(&Petal::plant, &Petal::plant_id); }
};
struct Root {
  std::int64_t id{};
  std::int64_t plant_id{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Root>& m) {
    m.unique(&Root::plant_id);
    m.foreign_key(&Root::plant_id).references<Plant>();
    m.soft_delete(&Root::deleted_at);
  }
};

struct Bulb;
struct Lamp {
  std::int64_t id{};
  std::string name{};
  has_one<Bulb> bulb{};

  static void model(tupelo::model<Lamp>& m) { m.has_one(&Lamp::bulb, "lamp_id"); }
};
struct Bulb {
  std::int64_t id{};
  std::optional<std::int64_t> lamp_id{};
  std::string name{};

  static void model(tupelo::model<Bulb>& m) { m.foreign_key(&Bulb::lamp_id).references<Lamp>(); }
};

struct Egg {
  std::int64_t id{};
  std::optional<std::int64_t> nest_id{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Egg>& m) { m.soft_delete(&Egg::deleted_at); }
};
struct Nest {
  std::int64_t id{};
  has_many<Egg> eggs{};

  static void model(tupelo::model<Nest>& m) { m.has_many(&Nest::eggs, "nest_id").delete_orphans(); }
};

class orphans : public conformance_test {
protected:
  orphans() {
    create<Plant, Leaf, Petal, Root, Nest, Egg, Lamp, Bulb>();
    rose = s.add(Plant{.name = "rose",
                       .leaves = {Leaf{.name = "a"}, Leaf{.name = "b"}, Leaf{.name = "c"}},
                       .petals = {Petal{.name = "x"}, Petal{.name = "y"}},
                       .root = Root{}});
    sync_wait(s.commit());
  }
  std::vector<std::string> leaves() {
    return sync_wait(db.query<Leaf>().order_by(col<&Leaf::id>).pluck(col<&Leaf::name>));
  }
  ref<Plant> read(session& in) {
    auto found = sync_wait(in.get<Plant>(rose->id));
    sync_wait(in.load(found, &Plant::leaves));
    sync_wait(in.load(found, &Plant::petals));
    sync_wait(in.load(found, &Plant::root));
    return found;
  }
  session s = db.session();
  ref<Plant> rose;
};
TUPELO_CONFORMANCE_SUITE(orphans);

// ---- taken out of a relation

TEST_P(orphans, what_is_taken_out_of_a_loaded_relation_is_removed) {
  auto other = db.session();
  auto plant = read(other);
  plant->leaves.remove(plant->leaves[1]);
  EXPECT_EQ(plant->leaves.size(), 2U);
  EXPECT_TRUE(other.is_dirty(plant));
  sync_wait(other.commit());
  EXPECT_EQ(leaves(), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(plant->leaves[1].name, "c");
  EXPECT_FALSE(other.is_dirty(plant));
  sync_wait(other.commit());
  EXPECT_EQ(leaves().size(), 2U);
}
TEST_P(orphans, what_the_session_has_inserted_itself_is_removed_when_it_is_taken_out) {
  rose->leaves.remove(rose->leaves[0]);
  sync_wait(s.commit());
  EXPECT_EQ(leaves(), (std::vector<std::string>{"b", "c"}));
  rose->leaves.add(Leaf{.name = "d"});
  sync_wait(s.commit());
  EXPECT_EQ(leaves(), (std::vector<std::string>{"b", "c", "d"}));
}
TEST_P(orphans, what_is_taken_out_before_it_was_inserted_never_is) {
  rose->leaves.add(Leaf{.name = "d"});
  rose->leaves.add(Leaf{.name = "e"});
  rose->leaves.remove(rose->leaves[3]);
  sync_wait(s.commit());
  EXPECT_EQ(leaves(), (std::vector<std::string>{"a", "b", "c", "e"}));
}
TEST_P(orphans, all_may_be_taken_out_and_others_put_in) {
  auto other = db.session();
  auto plant = read(other);
  while (!plant->leaves.empty()) plant->leaves.remove(plant->leaves[0]);
  plant->leaves.add(Leaf{.name = "new"});
  sync_wait(other.commit());
  EXPECT_EQ(leaves(), std::vector<std::string>{"new"});
  EXPECT_EQ(plant->leaves[0].plant_id, plant->id);
}
TEST_P(orphans, the_tracked_object_of_what_is_taken_out_is_removed) {
  auto other = db.session();
  auto plant = read(other);
  auto leaf = sync_wait(other.get<Leaf>(plant->leaves[2].id));
  plant->leaves.remove(plant->leaves[2]);
  sync_wait(other.commit());
  EXPECT_EQ(leaves(), (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(sync_wait(other.find<Leaf>(leaf->id)));
}
TEST_P(orphans, what_is_given_to_another_object_is_none) {
  auto other = db.session();
  auto plant = read(other);
  auto tulip = other.add(Plant{.name = "tulip"});
  auto leaf = sync_wait(other.get<Leaf>(plant->leaves[0].id));
  leaf->plant = tulip;
  plant->leaves.remove(plant->leaves[0]);
  sync_wait(other.commit());
  EXPECT_EQ(leaves().size(), 3U);
  EXPECT_EQ(sync_wait(db.get<Leaf>(leaf->id)).plant_id, tulip->id);
}
TEST_P(orphans, without_delete_orphans_the_key_becomes_null) {
  auto other = db.session();
  auto plant = read(other);
  const std::int64_t id = plant->petals[0].id;
  plant->petals.remove(plant->petals[0]);
  sync_wait(other.commit());
  EXPECT_EQ(sync_wait(db.query<Petal>().count()), 2);
  EXPECT_EQ(sync_wait(db.get<Petal>(id)).plant_id, std::nullopt);
  auto petal = sync_wait(other.get<Petal>(id));
  petal->plant_id = plant->id;
  sync_wait(other.commit());
  EXPECT_EQ(sync_wait(db.get<Petal>(id)).plant_id, plant->id) << "it may come back";
}
TEST_P(orphans, the_object_of_a_has_one_may_be_taken_out) {
  auto other = db.session();
  auto plant = read(other);
  plant->root.remove();
  EXPECT_EQ(plant->root.get(), nullptr);
  sync_wait(other.commit());
  EXPECT_EQ(sync_wait(db.query<Root>().count()), 0);
  EXPECT_EQ(sync_wait(db.query<Root>().with_deleted().count()), 1) << "as remove() does, it marks";
}
TEST_P(orphans, an_object_that_is_none_of_the_relations_is_refused) {
  auto other = db.session();
  auto plant = read(other);
  const Leaf stranger{};
  EXPECT_THROW(plant->leaves.remove(stranger), query_error);
  EXPECT_THROW(Plant{}.leaves.remove(stranger), relation_not_loaded);
}
TEST_P(orphans, a_rollback_brings_back_what_was_taken_out) {
  auto other = db.session();
  auto plant = read(other);
  plant->leaves.remove(plant->leaves[1]);
  sync_wait(other.flush());
  sync_wait(other.rollback());
  EXPECT_EQ(leaves().size(), 3U);
  EXPECT_FALSE(plant->leaves.loaded()) << "it may not say what is not so";
  EXPECT_FALSE(other.is_dirty(plant));
  sync_wait(other.commit());
  EXPECT_EQ(leaves().size(), 3U);
}
TEST_P(orphans, a_removal_that_fails_is_tried_again) {
  auto other = db.session();
  auto plant = read(other);
  plant->leaves.remove(plant->leaves[1]);
  auto wrong = other.add(Leaf{.plant_id = 999'999, .name = "wrong"});
  EXPECT_THROW(sync_wait(other.commit()), foreign_key_violation);
  EXPECT_EQ(leaves().size(), 3U);
  wrong->plant_id = plant->id;
  sync_wait(other.commit());
  EXPECT_EQ(leaves(), (std::vector<std::string>{"a", "c", "wrong"}));
}

// ---- keys that become NULL

TEST_P(orphans, an_object_whose_key_becomes_null_is_removed) {
  auto other = db.session();
  auto leaf = sync_wait(other.get<Leaf>(rose->leaves[0].id));
  leaf->plant_id.reset();
  sync_wait(other.commit());
  EXPECT_EQ(leaves(), (std::vector<std::string>{"b", "c"}));
}
TEST_P(orphans, an_object_that_refers_to_nothing_any_more_is_removed) {
  auto other = db.session();
  auto leaf = sync_wait(other.get<Leaf>(rose->leaves[0].id));
  leaf->plant = ref<Plant>();
  sync_wait(other.commit());
  EXPECT_EQ(leaves(), (std::vector<std::string>{"b", "c"}));
}
TEST_P(orphans, an_object_that_changes_its_parent_stays) {
  auto other = db.session();
  auto tulip = other.add(Plant{.name = "tulip"});
  auto leaf = sync_wait(other.get<Leaf>(rose->leaves[0].id));
  leaf->plant = tulip;
  sync_wait(other.commit());
  EXPECT_EQ(leaves().size(), 3U);
}
TEST_P(orphans, an_object_that_never_had_a_parent_stays) {
  auto lone = s.add(Leaf{.name = "lone"});
  sync_wait(s.commit());
  lone->name = "still lone";
  sync_wait(s.commit());
  EXPECT_EQ(leaves().back(), "still lone");
}
TEST_P(orphans, of_a_flush_that_fails_may_be_given_a_parent) {
  auto other = db.session();
  auto leaf = sync_wait(other.get<Leaf>(rose->leaves[0].id));
  leaf->plant_id.reset();
  auto wrong = other.add(Leaf{.plant_id = 999'999});
  EXPECT_THROW(sync_wait(other.commit()), foreign_key_violation);
  leaf->plant_id = rose->id;
  wrong->plant_id = rose->id;
  sync_wait(other.commit());
  EXPECT_EQ(leaves().size(), 4U);
}
TEST_P(orphans, the_database_is_told_nothing_of_them) {
  sync_wait(db.update<Leaf>().set(col<&Leaf::plant_id>, std::nullopt).all_rows().run());
  EXPECT_EQ(leaves().size(), 3U);
}

TEST_P(orphans, are_marked_though_they_were_to_be_deleted_once) {
  auto nest = s.add(Nest{.eggs = {Egg{}, Egg{}}});
  sync_wait(s.commit());
  s.remove(sync_wait(s.get<Egg>(nest->eggs[0].id)), permanently);
  sync_wait(s.flush());
  sync_wait(s.rollback());
  sync_wait(s.load(nest, &Nest::eggs));
  nest->eggs.remove(nest->eggs[0]);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Egg>().count()), 1);
  EXPECT_EQ(sync_wait(db.query<Egg>().with_deleted().count()), 2);
}

TEST_P(orphans, taken_out_before_their_owner_was_attached_are_removed) {
  Plant copy = sync_wait(db.query<Plant>().with(&Plant::leaves).one());
  copy.leaves.remove(copy.leaves[0]);
  auto other = db.session();
  other.attach(Plant(copy));
  sync_wait(other.commit());
  EXPECT_EQ(leaves().size(), 2U);
}
TEST_P(orphans, are_none_of_what_an_attached_owner_holds_beside_tracked_objects) {
  Plant copy = sync_wait(db.query<Plant>().with(&Plant::leaves, [](auto& q) { q.order_by(col<&Leaf::id>); }).one());
  copy.leaves.add(Leaf{.name = "d"});
  auto other = db.session();
  auto tracked = sync_wait(other.get<Leaf>(copy.leaves[0].id));
  auto plant = other.attach(Plant(copy));
  plant->leaves[0].name = "z";
  sync_wait(other.commit());
  EXPECT_EQ(leaves(), (std::vector<std::string>{"z", "b", "c", "d"}));
  EXPECT_EQ(tracked->name, "z") << "one row is one object";
}

// ---- replaced

TEST_P(orphans, of_a_has_one_that_is_given_another_are_removed) {
  const Root old = sync_wait(db.query<Root>().one());
  auto other = db.session();
  auto plant = read(other);
  plant->root = Root{};
  sync_wait(other.commit());
  const Root now = sync_wait(db.query<Root>().one());
  EXPECT_NE(now.id, old.id);
  EXPECT_EQ(now.plant_id, plant->id);
  EXPECT_TRUE(sync_wait(db.get<Root>(old.id)).deleted_at) << "as remove() does, it marks";
  auto third = other.add(Root{});
  plant->root = third;
  sync_wait(other.commit());
  EXPECT_EQ(sync_wait(db.query<Root>().one()).id, third->id);
}
TEST_P(orphans, of_a_has_one_make_room_for_what_takes_their_place) {
  auto other = db.session();
  auto plant = read(other);
  plant->root.remove();
  plant->root = Root{};
  sync_wait(other.commit());
  EXPECT_EQ(sync_wait(db.query<Root>().count()), 1);
  EXPECT_EQ(sync_wait(db.query<Root>().with_deleted().count()), 2);
}
TEST_P(orphans, of_a_has_one_are_removed_again_after_a_failure) {
  auto other = db.session();
  auto plant = read(other);
  plant->root = Root{};
  auto wrong = other.add(Root{.plant_id = -1});
  EXPECT_THROW(sync_wait(other.commit()), foreign_key_violation);
  EXPECT_EQ(sync_wait(db.query<Root>().count()), 1);
  other.expunge(wrong);
  sync_wait(other.commit());
  EXPECT_EQ(sync_wait(db.query<Root>().with_deleted().count()), 2);
  EXPECT_EQ(sync_wait(db.query<Root>().count()), 1);
}
TEST_P(orphans, of_a_has_one_are_none_where_they_are_marked_already) {
  const std::int64_t id = rose->root->id;
  s.remove(sync_wait(s.get<Root>(id)));
  sync_wait(s.commit());
  const auto marked = sync_wait(db.get<Root>(id)).deleted_at;
  auto other = db.session();
  auto plant = read(other);
  auto old = sync_wait(other.get<Root>(id));
  plant->root = Root{};
  sync_wait(other.commit());
  EXPECT_EQ(sync_wait(db.get<Root>(id)).deleted_at, marked);
  EXPECT_EQ(old->deleted_at, marked) << "and the session keeps it";
}
TEST_P(orphans, of_a_has_one_are_no_rows_before_they_are_inserted) {
  auto lamp = s.add(Lamp{});
  auto bulb = s.add(Bulb{.name = "new"});
  lamp->bulb = bulb;
  const std::size_t known = s.size();
  lamp->bulb.remove();
  sync_wait(s.commit());
  EXPECT_EQ(s.size(), known);
  EXPECT_EQ(sync_wait(db.get<Bulb>(bulb->id)).lamp_id, std::nullopt);
}
TEST_P(orphans, of_a_has_one_are_none_after_a_rollback) {
  auto lamp = s.add(Lamp{.bulb = Bulb{.name = "old"}});
  sync_wait(s.commit());
  auto old = sync_wait(s.get<Bulb>(lamp->bulb->id));
  lamp->bulb = s.add(Bulb{.name = "new"});
  s.add(Bulb{.lamp_id = 999'999});
  EXPECT_THROW(sync_wait(s.commit()), foreign_key_violation);
  sync_wait(s.rollback());
  s.add(Lamp{.id = 77});
  old->lamp_id = 77;
  EXPECT_NO_THROW(sync_wait(s.commit())) << "inserts come before updates";
}
TEST_P(orphans, of_a_has_one_get_an_empty_key_where_they_are_not_removed) {
  auto lamp = s.add(Lamp{.bulb = Bulb{.name = "old"}});
  sync_wait(s.commit());
  lamp->bulb = s.add(Bulb{.name = "new"});
  sync_wait(s.commit());
  EXPECT_FALSE(sync_wait(db.query<Bulb>().where(col<&Bulb::name> == "old").one()).lamp_id);
  EXPECT_EQ(sync_wait(db.query<Bulb>().where(col<&Bulb::name> == "new").one()).lamp_id, lamp->id);
}
TEST_P(orphans, of_a_has_one_are_none_where_another_takes_them) {
  auto lamp = s.add(Lamp{.bulb = Bulb{.name = "old"}});
  auto other = s.add(Lamp{});
  sync_wait(s.commit());
  auto old = sync_wait(s.get<Bulb>(lamp->bulb->id));
  lamp->bulb = s.add(Bulb{.name = "new"});
  old->lamp_id = other->id;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Bulb>(old->id)).lamp_id, other->id);
}

TEST_P(orphans, of_a_has_one_are_none_where_another_is_given_them) {
  auto lamp = s.add(Lamp{.bulb = Bulb{.name = "old"}});
  auto other = s.add(Lamp{});
  sync_wait(s.commit());
  auto old = sync_wait(s.get<Bulb>(lamp->bulb->id));
  lamp->bulb = s.add(Bulb{.name = "new"});
  other->bulb = old;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Bulb>(old->id)).lamp_id, other->id);
}
TEST_P(orphans, are_not_deleted_where_another_is_given_them) {
  auto oak = s.add(Plant{.name = "oak", .root = Root{}});
  auto elm = s.add(Plant{.name = "elm"});
  sync_wait(s.commit());
  auto old = sync_wait(s.get<Root>(oak->root->id));
  oak->root = s.add(Root{});
  elm->root = old;
  sync_wait(s.commit());
  const Root moved = sync_wait(db.get<Root>(old->id));
  EXPECT_EQ(moved.plant_id, elm->id);
  EXPECT_FALSE(moved.deleted_at.has_value());
}

}  // namespace
}  // namespace tupelo::conformance
