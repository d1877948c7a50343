// SPDX-License-Identifier: Apache-2.0
// Frames of windows, and chains of conditions.
#include "query_models.hpp"

#include "tupelo/query/functions.hpp"
#include "tupelo/query/window.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/interval.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace tupelo::postgres {
namespace {

/// What stands behind OVER.
template <class Window>
std::string over(const Window& window) {
  const std::string text = sql(query<User>().select<std::int64_t>(count().over(window)));
  const std::size_t begin = text.find("OVER (") + 6;
  return text.substr(begin, text.find(") FROM ") - begin);
}

TEST(postgres_frames, say_distances_in_the_type_of_the_order) {
  EXPECT_EQ(over(order_by(id).range_between(preceding(2), current_row)),
            R"(ORDER BY "id" RANGE BETWEEN $1::int8 PRECEDING AND CURRENT ROW)");
  EXPECT_EQ(over(order_by(score.desc()).range_between(preceding(2), following(0.5))),
            R"(ORDER BY "score" DESC RANGE BETWEEN ($1::int8)::float8 PRECEDING AND $2::float8 FOLLOWING)");
  EXPECT_EQ(over(order_by(score).range_between(preceding(2), current_row)),
            R"(ORDER BY "score" RANGE BETWEEN $1::float8 PRECEDING AND CURRENT ROW)");
  EXPECT_EQ(over(order_by(price).range_between(preceding(2), following(decimal::parse("0.5")))),
            R"(ORDER BY "price" RANGE BETWEEN ($1::int8)::numeric PRECEDING AND $2::numeric FOLLOWING)");
}
TEST(postgres_frames, reach_spans_of_time) {
  EXPECT_EQ(over(order_by(seen).range_between(preceding(std::chrono::hours(6)), current_row)),
            R"(ORDER BY "seen" RANGE BETWEEN $1 PRECEDING AND CURRENT ROW)");
  EXPECT_EQ(over(order_by(born.desc()).range_between(current_row, following(interval{.months = 1}))),
            R"(ORDER BY "born" DESC RANGE BETWEEN CURRENT ROW AND $1 FOLLOWING)");
}
TEST(postgres_frames, leave_rows_out) {
  EXPECT_EQ(over(order_by(age).exclude(frame_exclusion::group)),
            R"(ORDER BY "age" NULLS FIRST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP)");
}
TEST(postgres_frames, refuse_a_distance_of_another_kind) {
  EXPECT_THROW(over(order_by(seen.desc()).range_between(preceding(1), current_row)), query_error);
  EXPECT_THROW(over(order_by(name.desc()).range_between(preceding(1), current_row)), query_error);
}
TEST(postgres_chains, of_conditions_have_no_parentheses_however_long_they_are) {
  auto any = id == 0;
  for (int i = 1; i < 1'000; ++i) any = static_cast<decltype(any)&&>(any) || id == i;
  const std::string text = sql(query<User>().where(any));
  EXPECT_EQ(text.find("(", text.find(" WHERE ") + 8), std::string::npos);
}

}  // namespace
}  // namespace tupelo::postgres
