// SPDX-License-Identifier: Apache-2.0
#include <tupelo/query/select_query.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/timestamp.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

namespace tupelo {
namespace {

struct Item {
  std::int64_t id{};
  int pieces{};
  double weight{};
  decimal price;
  timestamp sold_at{};
  std::optional<int> rank;
};
struct Box {
  std::int64_t id{};
  std::int64_t item_id{};
};

template <class T, class... Models>
T type_of(const scalar<T, Models...>&);
template <class T, class Expression>
constexpr bool is = std::is_same_v<decltype(type_of(std::declval<Expression>())), T>;

TEST(expression_type, arithmetic_with_a_decimal_is_decimal) {
  EXPECT_TRUE((is<decimal, decltype(col<&Item::price> * col<&Item::pieces>)>));
  EXPECT_TRUE((is<decimal, decltype(col<&Item::pieces> * col<&Item::price>)>));
  EXPECT_TRUE((is<decimal, decltype(sum(col<&Item::pieces> * col<&Item::price>))>));
}
TEST(expression_type, arithmetic_with_a_floating_point_number_is_floating_point) {
  EXPECT_TRUE((is<double, decltype(col<&Item::pieces> * col<&Item::weight>)>));
  EXPECT_TRUE((is<double, decltype(col<&Item::pieces> * 0.5)>));
  EXPECT_TRUE((is<double, decltype(0.5 * col<&Item::pieces>)>));
  EXPECT_TRUE((is<double, decltype(count() * 0.5)>));
}
TEST(expression_type, arithmetic_of_integers_has_64_bits) {
  EXPECT_TRUE((is<std::int64_t, decltype(col<&Item::pieces> + 1)>));
  EXPECT_TRUE((is<std::optional<std::int64_t>, decltype(col<&Item::rank> + col<&Item::pieces>)>));
}
TEST(expression_type, what_is_computed_of_an_optional_column_may_be_null) {
  constexpr auto rank = col<&Item::rank>;
  EXPECT_TRUE((is<std::optional<std::int64_t>, decltype(1 - (rank + 1))>));
  EXPECT_TRUE((is<std::optional<int>, decltype(abs(rank))>));
  EXPECT_TRUE((is<std::optional<int>, decltype(least(rank, 3))>));
  EXPECT_TRUE((is<std::optional<std::string>, decltype(concat("no. ", cast<std::string>(rank)))>));
  EXPECT_TRUE((is<std::optional<std::int64_t>, decltype(col<&Item::pieces> + std::optional<int>())>));
}
TEST(expression_type, a_choice_may_be_null_where_all_that_is_left_to_choose_may) {
  constexpr auto rank = col<&Item::rank>;
  const auto heavy = col<&Item::weight> > 1.5;
  EXPECT_TRUE((is<std::optional<int>, decltype(coalesce(rank, rank * 2))>));
  EXPECT_TRUE((is<int, decltype(coalesce(rank, rank * 2, 0))>));
  EXPECT_TRUE((is<std::optional<int>, decltype(case_when(heavy, rank).when(!heavy, 1).otherwise(0))>));
  EXPECT_TRUE((is<std::optional<int>, decltype(case_when(heavy, 1).when(!heavy, rank).otherwise(0))>));
  EXPECT_TRUE((is<int, decltype(case_when(heavy, 1).otherwise(0))>));
}
TEST(expression_type, aggregates_do_not_say_whether_there_are_rows) {
  EXPECT_TRUE((is<std::int64_t, decltype(count_distinct(col<&Item::rank>))>));
  EXPECT_TRUE((is<int, decltype(max(col<&Item::rank>))>));
}
TEST(expression_type, parts_of_a_moment_are_int) { EXPECT_TRUE((is<int, decltype(year(col<&Item::sold_at>))>)); }

TEST(expression_type, a_subquery_has_the_type_of_its_value) {
  EXPECT_TRUE((is<int, decltype(subquery(query<Item>().select<int>(max(col<&Item::pieces>))))>));
  EXPECT_TRUE((is<std::optional<int>, decltype(subquery(query<Item>().select(col<&Item::rank>)))>));
}

TEST(expression_type, a_condition_on_expressions_is_over_all_their_models) {
  EXPECT_TRUE((std::is_same_v<decltype(max(col<&Item::id>) == max(col<&Box::item_id>)), condition<Item, Box>>));
  EXPECT_TRUE((std::is_same_v<decltype(max(col<&Item::id>) + 0 == col<&Box::item_id>), condition<Item, Box>>));
}

TEST(expression_type, exists_is_a_condition_on_the_models_that_the_query_is_correlated_with) {
  const auto boxes = query<Box>().correlate<Item>().where(col<&Box::item_id> == col<&Item::id>);
  EXPECT_TRUE((std::is_same_v<decltype(exists(boxes)), condition<Item>>));
  EXPECT_TRUE((std::is_same_v<decltype(exists(query<Box>())), condition<>>));
  EXPECT_TRUE((std::is_same_v<decltype(exists<Box>(query<Item>())), condition<Box>>));
}

}  // namespace
}  // namespace tupelo
