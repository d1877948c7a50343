// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Course;
struct Enrolment;

struct Pupil {
  std::int64_t id{};
  std::string name{};
  many_to_many<Course> courses{};
  has_many<Enrolment> enrolments{};

  static void model(tupelo::model<Pupil>& m) {
    m.many_to_many(&Pupil::courses, "enrolments", "pupil_id", "course_id");
    m.has_many(&Pupil::enrolments, "pupil_id");
  }
};
struct Course {
  std::int64_t id{};
  std::string title{};
};
struct Enrolment {
  std::int64_t id{};
  std::int64_t pupil_id{};
  std::int64_t course_id{};
  std::optional<std::string> seat{};
  timestamp created_at{}, updated_at{};
  belongs_to<Course> course{};

  static void model(tupelo::model<Enrolment>& m) {
    m.timestamps(&Enrolment::created_at, &Enrolment::updated_at);
    m.unique(&Enrolment::pupil_id, &Enrolment::course_id);
    m.belongs_to(&Enrolment::course, &Enrolment::course_id);
  }
};

/// Join tables whose rows hold more than the connection.
class join_rows : public conformance_test {
protected:
  join_rows() {
    create<Pupil, Course, Enrolment>();
    ann = sync_wait(db.insert(Pupil{.name = "ann"}));
    courses = {{.title = "art"}, {.title = "biology"}, {.title = "chess"}};
    sync_wait(db.insert(courses));
  }
  std::vector<Enrolment> all() {
    return sync_wait(db.query<Enrolment>().order_by(col<&Enrolment::course_id>).with(&Enrolment::course).all());
  }
  Pupil ann;
  std::vector<Course> courses;
};
TUPELO_CONFORMANCE_SUITE(join_rows);

TEST_P(join_rows, are_written_with_what_else_they_hold) {
  EXPECT_EQ(sync_wait(db.attach(ann, &Pupil::courses, courses, Enrolment{.seat = "front"})), 3);
  const auto found = all();
  ASSERT_EQ(found.size(), 3U);
  for (const Enrolment& row : found) {
    EXPECT_EQ(row.pupil_id, ann.id);
    EXPECT_EQ(row.seat, "front");
    EXPECT_NE(row.created_at, timestamp());
  }
  EXPECT_NE(found[0].id, found[1].id);
  EXPECT_EQ(found[2].course->title, "chess");
}
TEST_P(join_rows, that_are_there_stay_as_they_are) {
  EXPECT_EQ(sync_wait(db.attach(ann, &Pupil::courses, courses[1].id, Enrolment{.seat = "back"})), 1);
  EXPECT_EQ(sync_wait(db.attach(ann, &Pupil::courses, courses, Enrolment{})), 2);
  const auto found = all();
  EXPECT_EQ(found[0].seat, std::nullopt);
  EXPECT_EQ(found[1].seat, "back");
}
TEST_P(join_rows, are_read_by_a_relation_to_their_model) {
  sync_wait(db.attach(ann, &Pupil::courses, courses[0], Enrolment{.seat = "door"}));
  const Pupil found = sync_wait(db.get<Pupil>(ann.id).with(&Pupil::enrolments, &Enrolment::course));
  ASSERT_EQ(found.enrolments.size(), 1U);
  EXPECT_EQ(found.enrolments[0].seat, "door");
  EXPECT_EQ(found.enrolments[0].course->title, "art");
}
TEST_P(join_rows, of_another_table_are_refused) {
  const auto said =
      failure_of<query_error>([&] { sync_wait(db.attach(ann, &Pupil::courses, courses, Course{.title = "x"})); });
  EXPECT_NE(std::string(said.what()).find("Pupil::courses goes by \"enrolments\""), std::string::npos) << said.what();
  EXPECT_TRUE(all().empty());
}
TEST_P(join_rows, of_none_are_none) {
  EXPECT_EQ(sync_wait(db.attach(ann, &Pupil::courses, std::vector<Course>(), Enrolment{})), 0);
}

}  // namespace
}  // namespace tupelo::conformance
