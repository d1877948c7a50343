// SPDX-License-Identifier: Apache-2.0
// Frames of windows.
#include "tupelo/dialect/sqlite/sqlite_dialect.hpp"
#include "tupelo/query/functions.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/query/window.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/interval.hpp"
#include "tupelo/core/timestamp.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

struct Ride {
  std::int64_t id{};
  int fare{};
  double miles{};
  decimal tip;
  timestamp at{};
};

constexpr auto fare = col<&Ride::fare>;
constexpr auto miles = col<&Ride::miles>;

/// What stands behind OVER.
template <class Window>
std::string over(const Window& window) {
  query_core core = query<Ride>().select<std::int64_t>(count().over(window)).core();
  core.finish();
  const std::string text = sqlite::dialect_instance().render(core.shape.data(), core.shape.size).text;
  const std::size_t begin = text.find("OVER (") + 6;
  return text.substr(begin, text.find(") FROM ") - begin);
}
template <class Window>
errc refusal(const Window& window) {
  try {
    over(window);
  } catch (const query_error& e) {
    return e.code();
  }
  return errc{};
}

TEST(render_frames, say_rows_and_groups_as_numbers) {
  EXPECT_EQ(over(order_by(fare).rows_between(preceding(2), current_row)),
            R"(ORDER BY "fare" ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)");
  EXPECT_EQ(over(order_by(fare).groups_between(unbounded_preceding, following(1))),
            R"(ORDER BY "fare" GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING)");
}
TEST(render_frames, bind_distances_by_value) {
  EXPECT_EQ(over(partition_by(miles).order_by(fare.desc()).range_between(preceding(2), following(5))),
            R"(PARTITION BY "miles" ORDER BY "fare" DESC RANGE BETWEEN ?1 PRECEDING AND ?2 FOLLOWING)");
  EXPECT_EQ(over(order_by(fare + 1).range_between(current_row, following(5))),
            R"(ORDER BY ("fare" + ?1) RANGE BETWEEN CURRENT ROW AND ?2 FOLLOWING)");
}
TEST(render_frames, forget_distances_of_a_frame_that_is_said_anew) {
  const auto near = order_by(fare).range_between(preceding(2), following(5));
  EXPECT_EQ(over(near.range_between(unbounded_preceding, preceding(1))),
            R"(ORDER BY "fare" RANGE BETWEEN UNBOUNDED PRECEDING AND ?1 PRECEDING)");
  EXPECT_EQ(over(near.rows_between(current_row, current_row)),
            R"(ORDER BY "fare" ROWS BETWEEN CURRENT ROW AND CURRENT ROW)");
}
TEST(render_frames, say_what_is_left_out) {
  const auto near = order_by(fare).rows_between(preceding(1), following(1));
  EXPECT_TRUE(over(near.exclude(frame_exclusion::current_row)).ends_with(" FOLLOWING EXCLUDE CURRENT ROW"));
  EXPECT_TRUE(over(near.exclude(frame_exclusion::group)).ends_with(" FOLLOWING EXCLUDE GROUP"));
  EXPECT_TRUE(over(near.exclude(frame_exclusion::ties)).ends_with(" FOLLOWING EXCLUDE TIES"));
  EXPECT_EQ(over(near.exclude(frame_exclusion::ties).exclude(frame_exclusion::none)), over(near));
  EXPECT_EQ(over(order_by(fare).exclude(frame_exclusion::ties)),
            R"(ORDER BY "fare" RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES)");
  EXPECT_EQ(over(near.exclude(frame_exclusion::ties).range_between(preceding(3), current_row)),
            R"(ORDER BY "fare" RANGE BETWEEN ?1 PRECEDING AND CURRENT ROW EXCLUDE TIES)");
}
TEST(render_frames, refuse_what_the_database_does_not_compute) {
  EXPECT_EQ(refusal(order_by(col<&Ride::at>).range_between(preceding(interval{.days = 1}), current_row)),
            errc::unsupported_feature);
  EXPECT_EQ(refusal(order_by(col<&Ride::tip>).range_between(preceding(1), current_row)), errc::unsupported_feature);
  EXPECT_EQ(refusal(order_by(miles).range_between(preceding(1), current_row).order_by(fare)), errc::invalid_query);
  EXPECT_EQ(refusal(order_by(fare.desc()).range_between(preceding(1.5), current_row)), errc::invalid_query);
}

}  // namespace
}  // namespace tupelo
