// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/model.hpp"
#include "tupelo/model/relation.hpp"
#include "tupelo/model/row_ops.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace tupelo {
namespace {

struct Bead {
  std::int64_t id{};
  std::string colour{};
};
struct Knot {
  std::int64_t id{};
};

/// Two beads that lie side by side, as those of two owners do; the relation here has the first one alone.
struct relation_places : testing::Test {
  std::array<Bead, 2> beads{Bead{1, "red"}, Bead{2, "secret"}};
  std::array<Knot, 2> knots{Knot{7}, Knot{8}};
  detail::loaded_rows rows{
      .owners = 2, .count = 1, .rows = beads.data(), .destroy = [](detail::loaded_rows*) {}, .joined = knots.data()};

  template <class Relation>
  Relation holding() {
    Relation relation;
    detail::assign_rows(&relation, &rows);
    return relation;
  }
};

TEST_F(relation_places, an_object_is_found_by_its_place) {
  EXPECT_EQ((holding<has_many<Bead>>()[0].colour), "red");
  EXPECT_EQ((holding<many_to_many<Bead, Knot>>().pivot(0).id), 7);
}
TEST_F(relation_places, no_object_of_another_owner_is_given_for_a_place_beyond_the_last_one) {
  const auto beads_of = holding<has_many<Bead>>();
  const auto knotted = holding<many_to_many<Bead, Knot>>();
  EXPECT_THROW(beads_of[1], std::out_of_range);
  EXPECT_THROW(beads_of[SIZE_MAX], std::out_of_range);
  EXPECT_THROW(knotted[1], std::out_of_range);
}
TEST_F(relation_places, an_empty_relation_has_no_first_object) {
  rows.count = 0;
  const auto beads_of = holding<has_many<Bead>>();
  EXPECT_THROW(beads_of[0], std::out_of_range);
}
TEST_F(relation_places, an_object_that_is_not_there_is_not_gone_through) {
  EXPECT_EQ(holding<belongs_to<Bead>>()->colour, "red");
  EXPECT_EQ((*holding<has_one<Bead>>()).colour, "red");
  rows.count = 0;
  const auto none = holding<belongs_to<Bead>>();
  EXPECT_EQ(none.get(), nullptr);
  EXPECT_THROW(static_cast<void>(none->colour), std::out_of_range);
  EXPECT_THROW(static_cast<void>(*holding<has_one<Bead>>()), std::out_of_range);
  try {
    static_cast<void>(*none);
  } catch (const std::out_of_range& wrong) {
    EXPECT_NE(std::string(wrong.what()).find("tp::belongs_to<Bead>"), std::string::npos) << wrong.what();
  }
}
TEST_F(relation_places, no_row_of_a_join_table_is_given_for_a_place_beyond_the_last_one) {
  const auto knotted = holding<many_to_many<Bead, Knot>>();
  EXPECT_THROW(knotted.pivot(1), std::out_of_range);
}
TEST_F(relation_places, those_of_new_objects_end_with_the_last_one_too) {
  has_many<Bead> beads_of{Bead{1, "red"}, Bead{2, "blue"}};
  EXPECT_EQ(beads_of[1].colour, "blue");
  EXPECT_THROW(beads_of[2], std::out_of_range);
  beads_of.remove(beads_of[0]);
  EXPECT_THROW(beads_of[1], std::out_of_range) << "what was taken out lies behind the others";
}
TEST_F(relation_places, the_error_names_the_relation_and_no_values) {
  const auto beads_of = holding<has_many<Bead>>();
  try {
    static_cast<void>(beads_of[1]);
    FAIL();
  } catch (const std::out_of_range& wrong) {
    const std::string message = wrong.what();
    EXPECT_NE(message.find("tp::has_many<Bead>"), std::string::npos) << message;
    EXPECT_EQ(message.find("secret"), std::string::npos);
  }
}
TEST_F(relation_places, a_relation_that_is_not_loaded_says_that) {
  const has_many<Bead> beads_of;
  const many_to_many<Bead, Knot> knotted;
  EXPECT_THROW(beads_of[0], relation_not_loaded);
  EXPECT_THROW(knotted.pivot(0), relation_not_loaded);
}

}  // namespace
}  // namespace tupelo
