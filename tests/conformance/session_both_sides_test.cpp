// SPDX-License-Identifier: Apache-2.0
// A connection that both sides have fields for, of which the program sets one: the other must not undo it later.
#include "backend.hpp"

#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Sail;
struct Rope;
struct Mast {
  std::int64_t id{};
  std::string name{};
  has_one<Sail> sail{};
  has_many<Rope> ropes{};

  static void model(tupelo::model<Mast>& m) {
    m.has_one(&Mast::sail, "mast_id");
    m.has_many(&Mast::ropes, "mast_id").delete_orphans();
  }
};
struct Sail {
  std::int64_t id{};
  std::optional<std::int64_t> mast_id{};
  std::string name{};
  belongs_to<Mast> mast{};

  static void model(tupelo::model<Sail>& m) {
    m.unique(&Sail::mast_id);
    m.belongs_to(&Sail::mast, &Sail::mast_id);
  }
};
struct Rope {
  std::int64_t id{};
  std::int64_t mast_id{};
  int length{};
  belongs_to<Mast> mast{};

  static void model(tupelo::model<Rope>& m) { m.belongs_to(&Rope::mast, &Rope::mast_id); }
};

class both_sides : public conformance_test {
protected:
  both_sides() : s(db.session()) {
    create<Mast, Sail, Rope>();
    fore = s.add(Mast{.name = "fore"});
    sail = s.add(Sail{.name = "jib"});
    main = s.add(Mast{.name = "main"});
    sync_wait(s.commit());
  }
  /// Whose sail it is by the database, after commits that have to do with something else.
  std::optional<std::int64_t> later() {
    sync_wait(s.commit());
    fore->name = "first";
    main->name = "second";
    sync_wait(s.commit());
    sail->name = "genoa";
    sync_wait(s.commit());
    const auto stored = sync_wait(db.get<Sail>(sail->id)).mast_id;
    EXPECT_EQ(sail->mast_id, stored);
    return stored;
  }

  session s;
  ref<Mast> fore, main;
  ref<Sail> sail;
};
TUPELO_CONFORMANCE_SUITE(both_sides);

TEST_P(both_sides, a_reference_gives_way_to_a_has_one_that_was_given_later) {
  sail->mast = fore;
  sync_wait(s.commit());
  main->sail = sail;
  EXPECT_EQ(later(), main->id);
}
TEST_P(both_sides, a_has_one_gives_way_to_a_reference_that_was_given_later) {
  fore->sail = sail;
  sync_wait(s.commit());
  sail->mast = main;
  EXPECT_EQ(later(), main->id);
}
TEST_P(both_sides, a_has_one_gives_way_to_another_has_one) {
  fore->sail = sail;
  sync_wait(s.commit());
  main->sail = sail;
  EXPECT_EQ(later(), main->id);
}
TEST_P(both_sides, a_has_one_gives_way_to_a_reference_to_nothing) {
  fore->sail = sail;
  sync_wait(s.commit());
  sail->mast = ref<Mast>();
  EXPECT_EQ(later(), std::nullopt);
}
TEST_P(both_sides, a_has_one_gives_way_to_the_key) {
  fore->sail = sail;
  sync_wait(s.commit());
  sail->mast_id = main->id;
  EXPECT_EQ(later(), main->id);
  EXPECT_FALSE(fore->sail.loaded());
}
TEST_P(both_sides, a_has_one_whose_object_was_removed_hinders_no_commit) {
  fore->sail = sail;
  sync_wait(s.commit());
  s.remove(sail);
  sync_wait(s.commit());
  fore->name = "first";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Mast>(fore->id)).name, "first");
}
TEST_P(both_sides, a_has_one_whose_object_left_the_session_hinders_no_commit) {
  fore->sail = sail;
  sync_wait(s.commit());
  s.expunge(sail);
  fore->name = "first";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Mast>(fore->id)).name, "first");
}

TEST_P(both_sides, what_is_taken_out_leaves_though_it_refers_to_its_owner) {
  auto rope = s.add(Rope{.length = 1, .mast = fore});
  sync_wait(s.commit());
  sync_wait(s.load(fore, &Mast::ropes));
  fore->ropes.remove(fore->ropes[0]);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Rope>().count()), 0);
}
TEST_P(both_sides, what_a_has_one_gives_up_leaves_though_it_refers_to_its_owner) {
  sail->mast = fore;
  sync_wait(s.commit());
  sync_wait(s.load(fore, &Mast::sail));
  fore->sail.remove();
  EXPECT_EQ(later(), std::nullopt);
}
TEST_P(both_sides, what_takes_the_place_of_another_does_so_though_that_refers_to_its_owner) {
  sail->mast = fore;
  sync_wait(s.commit());
  fore->sail = s.add(Sail{.name = "spare"});
  EXPECT_EQ(later(), std::nullopt);
}

TEST_P(both_sides, rows_that_are_loaded_again_follow_their_objects) {
  auto mizzen = s.add(Mast{.name = "mizzen", .ropes = {Rope{.length = 1}, Rope{.length = 2}}});
  sync_wait(s.flush());
  const auto id = mizzen->ropes[0].id;
  sync_wait(s.load(mizzen, &Mast::ropes));
  mizzen->ropes.remove(mizzen->ropes[1]);
  sync_wait(s.flush());
  auto rope = sync_wait(s.get<Rope>(id));
  rope->length = 78;
  s.add(Mast{.name = "other", .ropes = {Rope{.length = 3}}});
  sync_wait(s.flush());
  EXPECT_EQ(mizzen->ropes[0].length, 78);
  s.add(Mast{.name = "another", .ropes = {Rope{.length = 4}}});
  sync_wait(s.commit());
  EXPECT_EQ(rope->length, 78);
  EXPECT_EQ(sync_wait(db.get<Rope>(id)).length, 78);
}

TEST_P(both_sides, rows_that_are_loaded_bring_expired_objects_up_to_date) {
  auto rope = s.add(Rope{.length = 1, .mast = fore});
  sync_wait(s.commit());
  s.expire(rope);
  sync_wait(db.update<Rope>().set(col<&Rope::mast_id>, main->id).all_rows().run());
  sync_wait(s.load(main, &Mast::ropes));
  EXPECT_EQ(rope->mast_id, main->id);
  EXPECT_FALSE(s.is_dirty(rope));
  main->ropes.remove(main->ropes[0]);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Rope>().count()), 0);
}

// ---- new rows that two objects hold, because one's relation was copied from the other's

class shared_rows : public both_sides {
protected:
  void expect_refused() {
    try {
      sync_wait(s.commit());
      ADD_FAILURE() << "was written";
    } catch (const query_error& e) {
      EXPECT_NE(std::string(e.what()).find("the same new objects of Rope are held by two objects"), std::string::npos);
    }
    EXPECT_EQ(sync_wait(db.query<Rope>().count()), 0);
  }
};
TUPELO_CONFORMANCE_SUITE(shared_rows);

TEST_P(shared_rows, of_two_new_objects_are_refused) {
  auto mizzen = s.add(Mast{.ropes = {Rope{.length = 1}}});
  s.add(Mast{.ropes = mizzen->ropes});
  expect_refused();
}
TEST_P(shared_rows, of_a_new_object_and_a_stored_one_are_refused) {
  fore->ropes.add(Rope{.length = 1});
  s.add(Mast{.ropes = fore->ropes});
  expect_refused();
}
TEST_P(shared_rows, of_two_stored_objects_are_refused) {
  fore->ropes.add(Rope{.length = 1});
  main->ropes = fore->ropes;
  expect_refused();
  main->ropes.reset();
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Rope>().one()).mast_id, fore->id);
}

// ---- what was loaded before

TEST_P(both_sides, a_loaded_collection_ends_where_a_row_has_left_it_or_come) {
  s.add(Rope{.length = 1, .mast = fore});
  s.add(Rope{.length = 2, .mast = fore});
  sync_wait(s.commit());
  sync_wait(s.load(fore, &Mast::ropes));
  sync_wait(s.load(main, &Mast::ropes));
  auto rope = sync_wait(s.get<Rope>(fore->ropes[0].id));
  rope->mast = main;
  sync_wait(s.commit());
  EXPECT_FALSE(fore->ropes.loaded());
  EXPECT_FALSE(main->ropes.loaded());
  sync_wait(s.load(main, &Mast::ropes));
  rope->mast_id = fore->id;
  sync_wait(s.commit());
  EXPECT_FALSE(main->ropes.loaded());
}
TEST_P(both_sides, a_loaded_has_one_ends_where_its_row_has_left_it_or_come) {
  sail->mast = fore;
  sync_wait(s.commit());
  sync_wait(s.load(fore, &Mast::sail));
  sync_wait(s.load(main, &Mast::sail));
  sail->mast = main;
  sync_wait(s.commit());
  EXPECT_FALSE(fore->sail.loaded());
  EXPECT_FALSE(main->sail.loaded());
}
TEST_P(both_sides, a_loaded_collection_ends_where_one_of_its_rows_was_removed) {
  auto rope = s.add(Rope{.length = 1, .mast = fore});
  sync_wait(s.commit());
  sync_wait(s.load(fore, &Mast::ropes));
  s.remove(rope);
  sync_wait(s.commit());
  EXPECT_FALSE(fore->ropes.loaded());
}
TEST_P(both_sides, a_loaded_collection_ends_where_a_new_row_belongs_to_it) {
  sync_wait(s.load(fore, &Mast::ropes));
  s.add(Rope{.length = 1, .mast = fore});
  sync_wait(s.commit());
  EXPECT_FALSE(fore->ropes.loaded());
  sync_wait(s.load(fore, &Mast::ropes));
  fore->ropes.add(Rope{.length = 2});
  sync_wait(s.commit());
  EXPECT_EQ(fore->ropes.size(), 2U) << "it has it already";
}
TEST_P(both_sides, new_objects_of_a_collection_stay_in_it_but_for_those_that_leave) {
  auto mizzen = s.add(Mast{.name = "mizzen", .ropes = {Rope{.length = 1}, Rope{.length = 2}}});
  s.add(Rope{.length = 3, .mast = mizzen});
  sync_wait(s.commit());
  EXPECT_EQ(mizzen->ropes.size(), 2U);
  sync_wait(s.get<Rope>(mizzen->ropes[0].id))->mast = fore;
  sync_wait(s.commit());
  EXPECT_FALSE(mizzen->ropes.loaded());
}
TEST_P(both_sides, a_collection_that_was_changed_ends_with_the_commit_of_what_it_lacks) {
  for (const int length : {1, 2}) s.add(Rope{.length = length, .mast = fore});
  sync_wait(s.commit());
  sync_wait(s.load(fore, &Mast::ropes));
  fore->ropes.remove(fore->ropes[0]);
  s.add(Rope{.length = 3, .mast = fore});
  sync_wait(s.commit());
  EXPECT_FALSE(fore->ropes.loaded());
  sync_wait(s.load(fore, &Mast::ropes));
  EXPECT_EQ(fore->ropes.size(), 2U);
}
TEST_P(both_sides, a_collection_that_was_changed_ends_where_a_later_row_belongs_to_it) {
  sync_wait(s.load(fore, &Mast::ropes));
  fore->ropes.add(Rope{.length = 1});
  sync_wait(s.commit());
  EXPECT_EQ(fore->ropes.size(), 1U);
  s.add(Rope{.length = 2, .mast = fore});
  sync_wait(s.commit());
  EXPECT_FALSE(fore->ropes.loaded());
}
TEST_P(both_sides, new_objects_of_a_new_owner_end_where_a_later_row_belongs_to_it) {
  auto mizzen = s.add(Mast{.name = "mizzen", .ropes = {Rope{.length = 1}, Rope{.length = 2}}});
  sync_wait(s.commit());
  EXPECT_EQ(mizzen->ropes.size(), 2U);
  s.add(Rope{.length = 3, .mast = mizzen});
  sync_wait(s.commit());
  EXPECT_FALSE(mizzen->ropes.loaded());
}
TEST_P(both_sides, a_collection_that_was_changed_and_loaded_anew_stays_after_the_commit) {
  sync_wait(s.load(fore, &Mast::ropes));
  fore->ropes.add(Rope{.length = 1});
  s.add(Rope{.length = 2, .mast = fore});
  sync_wait(s.flush());
  sync_wait(s.load(fore, &Mast::ropes));
  sync_wait(s.commit());
  EXPECT_EQ(fore->ropes.size(), 2U);
}
TEST_P(both_sides, a_reference_of_a_new_object_is_not_dropped_by_a_load) {
  auto spare = s.add(Sail{.name = "spare", .mast = fore});
  EXPECT_THROW(sync_wait(s.load(spare, &Sail::mast)), query_error);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Sail>(spare->id)).mast_id, fore->id);
  sync_wait(s.load(spare, &Sail::mast));
  EXPECT_EQ(spare->mast->name, "fore");
}
TEST_P(both_sides, a_loaded_collection_stays_where_something_else_of_its_rows_has_changed) {
  s.add(Rope{.length = 1, .mast = fore});
  sync_wait(s.commit());
  sync_wait(s.load(fore, &Mast::ropes));
  fore->ropes[0].length = 5;
  fore->name = "first";
  sync_wait(s.commit());
  EXPECT_EQ(fore->ropes[0].length, 5);
}

}  // namespace
}  // namespace tupelo::conformance
