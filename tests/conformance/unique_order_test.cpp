// SPDX-License-Identifier: Apache-2.0
// Objects of one flush that take over unique values of each other.
#include "ledger.hpp"

namespace tupelo::conformance {
namespace {

struct Stair {
  std::int64_t id{};
  int place{};
  std::optional<std::string> label{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Stair>& m) {
    m.unique(&Stair::place);
    m.unique(&Stair::label);
    m.soft_delete(&Stair::deleted_at);
  }
};
struct Notch {
  std::int64_t id{};
  int place{};

  static void model(tupelo::model<Notch>& m) { m.unique(&Notch::place).deferrable(); }
};
struct Spoke {
  std::int64_t id{};
  std::optional<std::string> label{};

  static void model(tupelo::model<Spoke>& m) { m.unique(&Spoke::label).nulls_not_distinct(); }
};

class unique_values : public conformance_test {
protected:
  unique_values() {
    create<Stair>();
    for (int i = 0; i < 5; ++i)
      stairs.push_back(s.add(Stair{.place = i, .label = std::string(1, static_cast<char>('a' + i))}));
    sync_wait(s.commit());
  }
  std::vector<int> places() { return sync_wait(db.query<Stair>().order_by(col<&Stair::id>).pluck(col<&Stair::place>)); }
  session s = db.session();
  std::vector<ref<Stair>> stairs;
};
TUPELO_CONFORMANCE_SUITE(unique_values);

TEST_P(unique_values, of_a_whole_list_may_be_shifted) {
  for (auto& stair : stairs) ++stair->place;
  sync_wait(s.commit());
  EXPECT_EQ(places(), (std::vector<int>{1, 2, 3, 4, 5}));
  for (auto& stair : stairs) --stair->place;
  sync_wait(s.commit());
  EXPECT_EQ(places(), (std::vector<int>{0, 1, 2, 3, 4}));
}
TEST_P(unique_values, are_taken_over_from_one_that_gives_them_up) {
  stairs[0]->label = "c";
  stairs[2]->label = std::nullopt;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Stair>(stairs[0]->id)).label, "c");
}
TEST_P(unique_values, are_taken_over_from_one_that_is_marked) {
  stairs[0]->place = 4;
  stairs[4]->deleted_at = timestamp{5};
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Stair>(stairs[0]->id)).place, 4);
}
TEST_P(unique_values, that_are_exchanged_are_refused_by_name) {
  std::swap(stairs[1]->place, stairs[3]->place);
  const auto e = failure_of<unique_violation>([&] { sync_wait(s.commit()); });
  EXPECT_NE(std::string(e.what()).find("Stair exchange their values of place"), std::string::npos) << e.what();
  EXPECT_EQ(e.column(), "place");
  EXPECT_EQ(places(), (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(stairs[1]->place, 3) << "as it was given, to be mended";
}
TEST_P(unique_values, may_be_exchanged_by_way_of_another) {
  std::swap(stairs[1]->place, stairs[3]->place);
  const int wanted = std::exchange(stairs[1]->place, -1);
  sync_wait(s.flush());
  stairs[1]->place = wanted;
  sync_wait(s.commit());
  EXPECT_EQ(places(), (std::vector<int>{0, 3, 2, 1, 4}));
}
TEST_P(unique_values, that_are_checked_at_commit_may_be_exchanged) {
  try {
    create<Notch>();
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::unsupported_feature) << e.what();
    return;
  }
  auto first = s.add(Notch{.place = 1});
  auto second = s.add(Notch{.place = 2});
  sync_wait(s.commit());
  std::swap(first->place, second->place);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Notch>(first->id)).place, 2);
}
TEST_P(unique_values, are_null_too_where_one_row_may_have_it) {
  try {
    create<Spoke>();
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::unsupported_feature) << e.what();
    return;
  }
  auto takes_null = s.add(Spoke{.label = "y"});
  auto gives_null = s.add(Spoke{});
  sync_wait(s.commit());
  takes_null->label = std::nullopt;
  gives_null->label = "x";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Spoke>(gives_null->id)).label, "x");
  EXPECT_EQ(sync_wait(db.get<Spoke>(takes_null->id)).label, std::nullopt);
}
TEST_P(unique_values, that_another_row_has_are_refused_by_the_database) {
  stairs[0]->place = 3;
  EXPECT_THROW(sync_wait(s.commit()), unique_violation);
}

}  // namespace
}  // namespace tupelo::conformance
