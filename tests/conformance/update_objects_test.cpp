// SPDX-License-Identifier: Apache-2.0
#include "people.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Part {
  std::int64_t id{};
  std::string name{};
  std::optional<int> pieces{};
  Role role{Role::guest};
  decimal price{};
  json meta{};
  std::optional<timestamp> sold_at{};
  std::vector<std::string> tags{};
  timestamp created_at{}, updated_at{};
  int version{};

  static void model(tupelo::model<Part>& m) {
    m.timestamps(&Part::created_at, &Part::updated_at);
    m.version(&Part::version);
  }
};
struct Seat {
  std::string line{};
  int number{};
  bool taken{};

  static void model(tupelo::model<Seat>& m) { m.primary_key(&Seat::line, &Seat::number); }
};

class update_of_objects : public conformance_test {
protected:
  update_of_objects() { create<Part, Seat>(); }
  std::vector<Part> parts(int count) {
    std::vector<Part> made;
    for (int i = 0; i < count; ++i) made.push_back(Part{.name = "part", .pieces = i});
    sync_wait(db.insert(made));
    return made;
  }
};
TUPELO_CONFORMANCE_SUITE(update_of_objects);

TEST_P(update_of_objects, each_row_gets_values_of_its_own) {
  std::vector<Part> made = parts(3);
  made[0].name = "first";
  made[0].pieces.reset();
  made[0].role = Role::admin;
  made[1].price = decimal::parse("1.25");
  made[1].meta = json::parse(R"({"a": 1})");
  made[2].sold_at = timestamp::parse("2026-01-02 03:04:05.123456");
  made[2].tags = {"red", "blue"};
  sync_wait(db.update(made));
  const auto found = sync_wait(db.query<Part>().order_by(col<&Part::id>).all());
  EXPECT_EQ(found[0].name, "first");
  EXPECT_EQ(found[0].pieces, std::nullopt);
  EXPECT_EQ(found[0].role, Role::admin);
  EXPECT_EQ(found[1].name, "part");
  EXPECT_EQ(found[1].price, decimal::parse("1.25"));
  EXPECT_EQ(found[1].meta, json::parse(R"({"a": 1})"));
  EXPECT_EQ(found[2].pieces, 2);
  EXPECT_EQ(found[2].sold_at, timestamp::parse("2026-01-02 03:04:05.123456"));
  EXPECT_EQ(found[2].tags, (names{"red", "blue"}));
}
TEST_P(update_of_objects, any_number_of_rows_is_written) {
  for (const int count : {1, 2, 127, 129, 300}) {
    sync_wait(db.erase<Part>().all_rows().run());
    std::vector<Part> made = parts(count);
    for (Part& part : made) part.pieces = *part.pieces * 2 + 1;
    sync_wait(db.update(made));
    const auto total = sync_wait(db.query<Part>().select<std::int64_t>(sum(col<&Part::pieces>)).one());
    EXPECT_EQ(total, std::int64_t{count} * count) << count;
  }
}
TEST_P(update_of_objects, versions_count_and_times_are_set) {
  std::vector<Part> made = parts(2);
  const int before = made[0].version;
  const timestamp then = made[0].updated_at;
  sync_wait(db.update(made));
  EXPECT_EQ(made[0].version, before + 1);
  EXPECT_GE(made[1].updated_at.us, then.us);
  EXPECT_EQ(sync_wait(db.get<Part>(made[1].id)).version, before + 1);
  sync_wait(db.update(made));
  EXPECT_EQ(sync_wait(db.get<Part>(made[0].id)).version, before + 2);
}
TEST_P(update_of_objects, a_stale_object_leaves_all_rows_as_they_are) {
  std::vector<Part> made = parts(5);
  Part other = made[3];
  sync_wait(db.update(other));
  for (Part& part : made) part.name = "changed";
  EXPECT_THROW(sync_wait(db.update(made)), stale_row);
  EXPECT_EQ(sync_wait(db.query<Part>().where(col<&Part::name> == "changed").count()), 0);
}
TEST_P(update_of_objects, a_row_that_is_not_there_is_told) {
  std::vector<Seat> seats{{"A", 1}, {"A", 2}, {"B", 1}};
  sync_wait(db.insert(seats));
  seats[0].taken = seats[2].taken = true;
  sync_wait(db.update(seats));
  EXPECT_EQ(sync_wait(db.query<Seat>().where(col<&Seat::taken> == true).count()), 2);
  seats[1].number = 9;
  seats[1].taken = true;
  EXPECT_THROW(sync_wait(db.update(seats)), not_found);
}
TEST_P(update_of_objects, only_the_columns_that_are_named_are_written) {
  std::vector<Part> made = parts(130);
  for (Part& part : made) {
    part.name = "renamed";
    part.pieces = 7;
    part.role = Role::admin;
  }
  const int version = made[0].version;
  sync_wait(db.update(made, &Part::pieces, col<&Part::role>));
  EXPECT_EQ(sync_wait(db.query<Part>().where(col<&Part::pieces> == 7 && col<&Part::role> == Role::admin).count()), 130);
  EXPECT_EQ(sync_wait(db.query<Part>().where(col<&Part::name> == "part").count()), 130);
  const Part read = sync_wait(db.get<Part>(made[0].id));
  EXPECT_EQ(read.version, version + 1);
  EXPECT_EQ(read.updated_at, made[0].updated_at);
  EXPECT_EQ(made[129].version, version + 1);
}
TEST_P(update_of_objects, named_columns_of_rows_with_a_key_of_several_parts) {
  std::vector<Seat> seats{{"A", 1}, {"A", 2}, {"B", 1}};
  sync_wait(db.insert(seats));
  for (Seat& seat : seats) seat.taken = true;
  sync_wait(db.update(seats, &Seat::taken));
  EXPECT_EQ(sync_wait(db.query<Seat>().where(col<&Seat::taken> == true).count()), 3);
}
TEST_P(update_of_objects, named_columns_of_a_stale_object_leave_all_rows_as_they_are) {
  std::vector<Part> made = parts(3);
  Part other = made[1];
  sync_wait(db.update(other));
  for (Part& part : made) part.pieces = 99;
  EXPECT_THROW(sync_wait(db.update(made, &Part::pieces)), stale_row);
  EXPECT_EQ(sync_wait(db.query<Part>().where(col<&Part::pieces> == 99).count()), 0);
}
TEST_P(update_of_objects, a_field_that_no_update_may_set_is_refused_by_name) {
  std::vector<Part> made = parts(1);
  const auto refused = [&](auto field) {
    return std::string(failure_of([&] { sync_wait(db.update(made, field)); }).what());
  };
  EXPECT_NE(refused(&Part::id).find("field id, which is the key"), std::string::npos);
  EXPECT_NE(refused(&Part::version).find("the version"), std::string::npos);
  EXPECT_NE(refused(&Seat::taken).find("no column of it"), std::string::npos);
}
TEST_P(update_of_objects, no_object_is_no_statement) {
  std::vector<Part> none;
  sync_wait(db.update(none));
}
TEST_P(update_of_objects, they_go_with_the_transaction_around) {
  std::vector<Part> made = parts(2);
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    made[0].name = "rolled back";
    co_await held.update(made);
    co_await held.rollback();
  });
  EXPECT_EQ(sync_wait(db.query<Part>().where(col<&Part::name> == "rolled back").count()), 0);
}

}  // namespace
}  // namespace tupelo::conformance
