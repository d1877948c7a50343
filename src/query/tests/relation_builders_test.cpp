// SPDX-License-Identifier: Apache-2.0
// Relations through others and to one of several models: how they are declared, and what is refused.
#include "tupelo/query/load_step.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/model/relation_keys.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

struct Room;
struct Lamp;
struct Note;

struct House {
  std::int64_t id{};
  has_many<Room> rooms;
  has_many<Lamp> lamps;
  has_many<Lamp> by_no_such_name;
  has_many<Lamp> ends_elsewhere;
  has_many<Lamp> goes_astray;
  has_many<Lamp> around;
  has_many<Lamp> unsaid;
  has_many<Note> notes;
  has_many<Note> by_no_column;
  has_many<Note> by_a_number;

  static void model(model<House>& m);
};
struct Room {
  std::int64_t id{};
  std::int64_t house_id{};
  has_many<Lamp> lamps;
  static void model(model<Room>& m) { m.has_many(&Room::lamps, "room_id"); }
};
struct Lamp {
  std::int64_t id{};
  std::int64_t room_id{};
};
struct Note {
  std::int64_t id{};
  std::string about;
  std::int64_t about_id{};
  belongs_to_any<House, Room> thing;
  static void model(model<Note>& m) { m.belongs_to_any(&Note::thing, &Note::about, &Note::about_id); }
};
void House::model(tupelo::model<House>& m) {
  m.recorded_as("a house");
  m.has_many(&House::rooms, "house_id");
  m.has_many(&House::lamps).through(&House::rooms, &Room::lamps);
  m.has_many(&House::by_no_such_name).through(&House::rooms, "lights");
  m.has_many(&House::ends_elsewhere).through(&House::rooms, &Room::lamps, "bulbs");
  m.has_many(&House::goes_astray).through(&House::rooms, &House::rooms);
  m.has_many(&House::around).through(&House::around, "lamps");
  m.has_many(&House::unsaid);
  m.has_many(&House::notes).as(&Note::about, "about_id");
  m.has_many(&House::by_no_column).as("subject", "about_id");
  m.has_many(&House::by_a_number).as("about_id", "about_id");
}

template <class Related, class F>
relation_keys keys(F House::* relation) {
  register_models<House, Room, Lamp, Note>();
  return keys_of(info_of<House>(), field_ref(relation).offset, info_of<Related>());
}
template <class Related, class F>
void expect_refused(F House::* relation, std::string_view part) {
  try {
    keys<Related>(relation);
    ADD_FAILURE() << "it was accepted";
  } catch (const model_error& e) {
    EXPECT_NE(std::string_view(e.what()).find(part), std::string_view::npos) << e.what();
  }
}

TEST(relation_through, has_the_steps_and_the_key_of_the_first) {
  const relation_keys found = keys<Lamp>(&House::lamps);
  ASSERT_EQ(found.steps.size(), 2U);
  EXPECT_EQ(found.steps[1].related->short_name(), "Lamp");
  EXPECT_EQ(found.pairs[0].own->name, "id");
  EXPECT_TRUE(found.has_join_key());
  EXPECT_FALSE(found.has_join_table());
}
TEST(relation_through, a_step_that_is_not_declared_is_refused) {
  expect_refused<Lamp>(&House::by_no_such_name, "Room declares no such relation as lights");
  expect_refused<Lamp>(&House::ends_elsewhere, "Lamp declares no such relation as bulbs");
  expect_refused<Lamp>(&House::goes_astray, "the relation before leads to Room, not to House");
}
TEST(relation_through, itself_is_refused) { expect_refused<Lamp>(&House::around, "leads through itself"); }
TEST(relation_through, a_relation_without_a_way_is_refused) {
  expect_refused<Lamp>(&House::unsaid, "say which way it goes");
}

struct Barn {
  std::int64_t id{};
  has_many<Lamp> lamps;
  static void model(model<Barn>& m) { m.has_many(&Barn::lamps).through(&House::rooms, &Room::lamps); }
};
TEST(relation_through, begins_at_its_own_model) { EXPECT_THROW(info_of<Barn>(), model_error); }
struct Shed {
  std::int64_t id{};
  has_many<Room> rooms;
  has_many<Note> notes;
  static void model(model<Shed>& m) { m.has_many(&Shed::notes).as("about", "about_id").through(&Shed::rooms, "notes"); }
};
TEST(relation_through, and_by_a_type_at_once_is_refused) { EXPECT_THROW(info_of<Shed>(), model_error); }

TEST(relation_by_type, says_what_the_model_is_recorded_as) {
  const relation_keys found = keys<Note>(&House::notes);
  EXPECT_EQ(found.type_field->name, "about");
  EXPECT_EQ(found.type_name, "a house");
  EXPECT_EQ(found.pairs[0].related->name, "about_id");
  const relation_keys back = keys_of(info_of<Note>(), field_ref(&Note::thing).offset, info_of<Room>());
  EXPECT_EQ(back.type_name, "rooms") << "the table's name, where nothing is said";
  EXPECT_EQ(back.pairs[0].own->name, "about_id");
}
TEST(relation_by_type, columns_that_do_not_fit_are_refused) {
  expect_refused<Note>(&House::by_no_column, "struct Note has no such column as \"subject\"");
  expect_refused<Note>(&House::by_a_number, "must be a text or an enum");
}
struct Flag {
  std::int64_t id{};
  int about{};
  std::int64_t about_id{};
  belongs_to_any<House> thing;
  static void model(model<Flag>& m) { m.belongs_to_any(&Flag::thing, &Flag::about, &Flag::about_id); }
};
TEST(relation_by_type, a_type_that_is_no_text_is_refused) { EXPECT_THROW(info_of<Flag>(), model_error); }

TEST(belongs_to_any, is_one_load_for_each_model) {
  const auto loading = query<Note>().with(&Note::thing).with(&Note::thing, &Room::lamps);
  const load_list& loads = loading.core().loads;
  EXPECT_EQ(loads.end() - loads.begin(), 2);
}

}  // namespace
}  // namespace tupelo
