// SPDX-License-Identifier: Apache-2.0
#include "query_models.hpp"

#include "tupelo/query/array_elements.hpp"
#include "tupelo/query/functions.hpp"
#include "tupelo/model/range.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tupelo::postgres {
namespace {

struct Shelf {
  std::int64_t id{};
  std::vector<std::string> tags;
  std::vector<std::string> names;
  std::vector<std::int16_t> sizes;
  range<std::int32_t> rows;
};

template <class Condition>
std::string where(const Condition& condition) {
  const std::string text = sql(query<Shelf>().where(condition));
  return text.substr(text.find(" WHERE ") + 7);
}

TEST(postgres_arrays_in_queries, are_compared_as_the_columns_type) {
  EXPECT_EQ(where(col<&Shelf::tags> == std::vector<std::string>{"a"}), R"("tags" = $1)");
}
TEST(postgres_arrays_in_queries, are_searched_by_the_operators_that_indexes_serve) {
  EXPECT_EQ(where(col<&Shelf::tags>.contains("a")), R"(("tags" @> $1))");
  EXPECT_EQ(where(col<&Shelf::sizes>.contains(3)), R"(("sizes" @> $1))");
  EXPECT_EQ(where(col<&Shelf::tags>.contains_all({"a", "b"})), R"(("tags" @> $1))");
  EXPECT_EQ(where(!col<&Shelf::tags>.overlaps({"a"})), R"(NOT (("tags" && $1)))");
}
TEST(postgres_arrays_in_queries, have_a_length_of_64_bits) {
  EXPECT_EQ(where(col<&Shelf::tags>.length() > 2), R"(cardinality("tags")::int8 > $1::int8)");
}
TEST(postgres_arrays_in_queries, are_held_against_what_they_may_have) {
  EXPECT_EQ(where(contained_in(col<&Shelf::tags>, {"a", "b"})), R"(($1 @> "tags"))");
}
TEST(postgres_arrays_in_queries, are_changed_where_they_are) {
  EXPECT_EQ(where(appended(col<&Shelf::tags>, "a") == std::vector<std::string>{"a"}),
            R"(array_append("tags", $1) = $2)");
  EXPECT_EQ(where(without(col<&Shelf::sizes>, 3) == std::vector<std::int16_t>{}),
            R"(array_remove("sizes", $1::int8) = $2)");
}
TEST(postgres_arrays_in_queries, have_elements_that_are_compared_with_the_value_first) {
  EXPECT_EQ(where(any_of(col<&Shelf::tags>) == "a"), R"(($1 = ANY("tags")))");
  EXPECT_EQ(where(all_of(col<&Shelf::tags>) != "a"), R"(($1 <> ALL("tags")))");
  EXPECT_EQ(where(any_of(col<&Shelf::sizes>) < 3), R"(($1::int8 > ANY("sizes")))");
  EXPECT_EQ(where(any_of(col<&Shelf::sizes>) <= 3), R"(($1::int8 >= ANY("sizes")))");
  EXPECT_EQ(where(all_of(col<&Shelf::sizes>) > 3), R"(($1::int8 < ALL("sizes")))");
  EXPECT_EQ(where(all_of(col<&Shelf::sizes>) >= col<&Shelf::id>), R"(("id" <= ALL("sizes")))");
}
TEST(postgres_arrays_in_queries, are_indexed_from_wherever_they_begin) {
  EXPECT_EQ(where(element(col<&Shelf::tags>, 0) == "a"), R"(("tags")[array_lower("tags", 1) + $1::int8] = $2)");
  EXPECT_EQ(where(index_of(col<&Shelf::tags>, "a") == 2),
            R"((array_position("tags", $1) - array_lower("tags", 1))::int8 = $2::int8)");
}
TEST(postgres_arrays_in_queries, are_put_together_and_held_against_each_other) {
  EXPECT_EQ(where(concatenated(col<&Shelf::tags>, std::vector<std::string>{"a"}) == std::vector<std::string>{}),
            R"(array_cat("tags", $1) = $2)");
  EXPECT_EQ(where(overlap(col<&Shelf::tags>, col<&Shelf::names>)), R"(("tags" && "names"))");
  EXPECT_EQ(where(contained_in(col<&Shelf::tags>, col<&Shelf::names>)), R"(("names" @> "tags"))");
}
TEST(postgres_ranges_in_queries, are_searched_by_their_operators) {
  EXPECT_EQ(where(col<&Shelf::rows>.contains(3)), R"(("rows" @> $1))");
  EXPECT_EQ(where(col<&Shelf::rows>.overlaps(range<std::int32_t>(1, 2))), R"(("rows" && $1))");
}

}  // namespace
}  // namespace tupelo::postgres
