// SPDX-License-Identifier: Apache-2.0
// Relations by keys of several columns where a join table or a type column stands between.
#include "ledger.hpp"

#include <tupelo/model/relation_keys.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Lecture;
struct Note;

struct Student {
  std::string school{};
  std::int64_t number{};
  std::string name{};
  many_to_many<Lecture> courses{};
  has_many<Note> notes{};

  static void model(tupelo::model<Student>& m) {
    m.primary_key(&Student::school, &Student::number);
    m.many_to_many(&Student::courses, "enrolments", {"school", "student"}, {"faculty", "year", "course"});
    m.has_many(&Student::notes).as("about_type", "about_place", "about_number");
  }
};
struct Lecture {
  std::string faculty{};
  int year{};
  std::int64_t number{};
  std::string title{};
  many_to_many<Student> students{};
  has_many<Note> notes{};

  static void model(tupelo::model<Lecture>& m) {
    m.primary_key(&Lecture::faculty, &Lecture::year, &Lecture::number);
    m.many_to_many(&Lecture::students, "enrolments", {"faculty", "year", "course"}, {"school", "student"});
    m.has_many(&Lecture::notes).through(&Lecture::students, &Student::notes);
  }
};
struct Attendance {
  std::string school{};
  std::int64_t student{};
  std::string faculty{};
  int year{};
  std::int64_t course{};
  std::optional<int> grade{};

  static void model(tupelo::model<Attendance>& m) {
    m.table("enrolments");
    m.primary_key(&Attendance::school, &Attendance::student, &Attendance::faculty, &Attendance::year,
                  &Attendance::course);
  }
};
struct Room {
  std::string house{};
  std::int64_t number{};
  has_many<Note> notes{};

  static void model(tupelo::model<Room>& m) {
    m.primary_key(&Room::house, &Room::number);
    m.has_many(&Room::notes).as("about_type", "about_place", "about_number");
  }
};
struct Note {
  std::int64_t id{};
  std::optional<std::string> about_type{};
  std::optional<std::string> about_place{};
  std::optional<std::int64_t> about_number{};
  std::string text{};
  belongs_to_any<Student, Room> about{};

  static void model(tupelo::model<Note>& m) {
    m.belongs_to_any(&Note::about, &Note::about_type, &Note::about_place, &Note::about_number);
  }
};

class composite_keys : public conformance_test {
protected:
  composite_keys() {
    create<Student, Lecture, Attendance, Room, Note>();
    sync_wait(db.insert(students));
    sync_wait(db.insert(courses));
    sync_wait(db.attach(students[0], &Student::courses, std::vector<Lecture>{courses[0], courses[1]}));
    sync_wait(db.attach(students[2], &Student::courses, courses[1]));
    sync_wait(db.insert(Room{.house = "north", .number = 1}));
    std::vector<Note> notes{{.about_type = "students", .about_place = "north", .about_number = 1, .text = "a"},
                            {.about_type = "rooms", .about_place = "north", .about_number = 1, .text = "b"},
                            {.about_type = "students", .about_place = "o'west", .about_number = 1, .text = "c"},
                            {.text = "d"}};
    sync_wait(db.insert(notes));
  }
  auto read() { return db.query<Student>().order_by(col<&Student::school>, col<&Student::number>); }
  static std::string titles(const Student& student) {
    std::string all;
    for (const Lecture& course : student.courses) all += course.title;
    std::sort(all.begin(), all.end());
    return all;
  }
  /// The titles of each one's courses, as the database has them.
  std::string enrolled() {
    std::string all;
    for (const Student& student : sync_wait(read().with(&Student::courses).all())) all += titles(student) + "/";
    return all;
  }

  std::vector<Student> students{{.school = "north", .number = 1, .name = "ada"},
                                {.school = "north", .number = 2, .name = "bob"},
                                {.school = "o'west", .number = 1, .name = "cyd"}};
  std::vector<Lecture> courses{{.faculty = "law", .year = 1, .number = 7, .title = "A"},
                               {.faculty = "law", .year = 2, .number = 7, .title = "B"},
                               {.faculty = "art", .year = 1, .number = 7, .title = "C"}};
};
TUPELO_CONFORMANCE_SUITE(composite_keys);

TEST_P(composite_keys, a_join_table_names_keys_of_several_columns) {
  EXPECT_EQ(enrolled(), "AB//B/");
  const auto found = sync_wait(db.query<Lecture>().order_by(col<&Lecture::title>).with(&Lecture::students).all());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].students.size(), 1U);
  EXPECT_EQ(found[1].students.size(), 2U);
  EXPECT_TRUE(found[2].students.empty());
}
TEST_P(composite_keys, limit_counts_for_each_owner) {
  const auto last = [](auto& q) { q.order_by(col<&Lecture::title>.desc()).limit(1); };
  const auto found = sync_wait(read().with(&Student::courses, last).all());
  EXPECT_EQ(titles(found[0]) + titles(found[1]) + titles(found[2]), "BB");
}
TEST_P(composite_keys, are_loaded_later_and_asked_for) {
  auto found = sync_wait(read().all());
  sync_wait(db.load(found, &Student::courses));
  EXPECT_EQ(titles(found[0]), "AB");
  EXPECT_EQ(sync_wait(read().where_has(&Student::courses).count()), 2);
  EXPECT_EQ(sync_wait(read().select(count_of(&Student::courses)).all()), (std::vector<std::int64_t>{2, 0, 1}));
}
TEST_P(composite_keys, are_attached_and_detached_by_objects) {
  EXPECT_EQ(sync_wait(db.attach(students[1], &Student::courses, courses)), 3);
  EXPECT_EQ(sync_wait(db.attach(students[1], &Student::courses, courses[0])), 0) << "is there";
  EXPECT_EQ(enrolled(), "AB/ABC/B/");
  EXPECT_EQ(sync_wait(db.detach(students[1], &Student::courses, std::vector<Lecture>{courses[0], courses[2]})), 2);
  EXPECT_EQ(enrolled(), "AB/B/B/");
  EXPECT_EQ(sync_wait(db.detach(students[0], &Student::courses)), 2);
  EXPECT_EQ(enrolled(), "/B/B/");
}
TEST_P(composite_keys, are_attached_with_what_else_the_table_holds) {
  sync_wait(
      db.attach(students[1], &Student::courses, std::vector<Lecture>{courses[0], courses[2]}, Attendance{.grade = 5}));
  EXPECT_EQ(enrolled(), "AB/AC/B/");
  EXPECT_EQ(sync_wait(db.query<Attendance>().where(col<&Attendance::grade> == 5).count()), 2);
}
TEST_P(composite_keys, are_synced_and_toggled) {
  const join_changes synced =
      sync_wait(db.sync(students[0], &Student::courses, std::vector<Lecture>{courses[1], courses[2]}));
  EXPECT_EQ(synced.attached, 1);
  EXPECT_EQ(synced.detached, 1);
  EXPECT_EQ(enrolled(), "BC//B/");
  const join_changes toggled =
      sync_wait(db.toggle(students[0], &Student::courses, std::vector<Lecture>{courses[0], courses[1]}));
  EXPECT_EQ(toggled.attached, 1);
  EXPECT_EQ(toggled.detached, 1);
  EXPECT_EQ(enrolled(), "AC//B/");
  sync_wait(db.sync(students[0], &Student::courses, std::vector<Lecture>()));
  EXPECT_EQ(enrolled(), "//B/");
}
TEST_P(composite_keys, keys_alone_name_no_object_of_several_columns) {
  EXPECT_THROW(sync_wait(db.attach(students[0], &Student::courses, std::int64_t{7})), query_error);
}
TEST_P(composite_keys, a_type_stands_beside_several_columns) {
  const auto found = sync_wait(read().with(&Student::notes).all());
  ASSERT_EQ(found.size(), 3U);
  ASSERT_EQ(found[0].notes.size(), 1U);
  EXPECT_EQ(found[0].notes[0].text, "a");
  EXPECT_TRUE(found[1].notes.empty());
  EXPECT_EQ(found[2].notes[0].text, "c");
  EXPECT_EQ(sync_wait(db.query<Room>().with(&Room::notes).one()).notes[0].text, "b");
  EXPECT_EQ(sync_wait(read().where_has(&Student::notes).count()), 2);
}
TEST_P(composite_keys, an_object_belongs_to_one_of_several_models_with_such_keys) {
  const auto notes = sync_wait(db.query<Note>().order_by(col<&Note::text>).with(&Note::about).all());
  ASSERT_EQ(notes.size(), 4U);
  EXPECT_EQ(notes[0].about.get<Student>()->name, "ada");
  EXPECT_TRUE(notes[1].about.holds<Room>());
  EXPECT_EQ(notes[2].about.get<Student>()->name, "cyd");
  EXPECT_TRUE(notes[3].about.empty());
}
TEST_P(composite_keys, lead_through_a_join_table) {
  const auto found = sync_wait(db.query<Lecture>().order_by(col<&Lecture::title>).with(&Lecture::notes).all());
  EXPECT_EQ(found[0].notes.size(), 1U);
  EXPECT_EQ(found[1].notes.size(), 2U);
  EXPECT_TRUE(found[2].notes.empty());
  EXPECT_EQ(sync_wait(db.query<Lecture>().where_has(&Lecture::notes).count()), 2);
}
TEST_P(composite_keys, are_written_by_a_session) {
  auto session = db.session();
  run([&]() -> task<void> {
    auto course = session.add(Lecture{.faculty = "art", .year = 3, .number = 1, .title = "D"});
    auto student = session.add(Student{.school = "south", .number = 9, .name = "dan"});
    student->courses.add(course);
    session.add(Note{.text = "e", .about = student});
    co_await session.commit();
  });
  EXPECT_EQ(enrolled(), "AB//B/D/");
  const Note note = sync_wait(db.query<Note>().where(col<&Note::text> == "e").one());
  EXPECT_EQ(note.about_type, "students");
  EXPECT_EQ(note.about_place, "south");
  EXPECT_EQ(note.about_number, 9);
}

struct Misnamed {
  std::int64_t id{};
  many_to_many<Lecture> courses{};

  static void model(tupelo::model<Misnamed>& m) { m.many_to_many(&Misnamed::courses, "t", "misnamed", "course"); }
};
TEST(composite_relation_keys, a_join_table_names_as_many_columns_as_the_key_has) {
  try {
    static_cast<void>(keys_of(info_of<Misnamed>(), detail::offset_of_member(&Misnamed::courses), info_of<Lecture>()));
    FAIL();
  } catch (const model_error& refused) {
    EXPECT_NE(std::string(refused.what()).find("the key of Lecture by 1 columns, and it has 3"), std::string::npos)
        << refused.what();
  }
}

}  // namespace
}  // namespace tupelo::conformance
