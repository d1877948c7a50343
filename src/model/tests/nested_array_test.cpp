// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/field_type.hpp"
#include "tupelo/core/array_shape.hpp"
#include "tupelo/core/word_buffer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {
namespace {

template <class T>
using two = std::vector<std::vector<T>>;

static_assert(detail::field_kind<two<int>>() == kind::array);
static_assert(detail::field_kind<two<std::optional<std::string>>>() == kind::array);
static_assert(detail::field_kind<std::optional<two<bool>>>() == kind::array);
static_assert(detail::field_kind<two<two<two<int>>>>() == kind::array, "six dimensions");
static_assert(detail::field_kind<std::vector<two<two<two<int>>>>>() == kind::null, "no database has seven");
static_assert(detail::field_kind<std::vector<std::optional<std::vector<int>>>>() == kind::null, "no row is NULL");
static_assert(detail::field_kind<two<unsigned char>>() == kind::array && detail::dimensions<two<unsigned char>>() == 1,
              "of bytes");

template <class T>
field_slot slot_of() {
  return {&detail::ops_of<T>, 0, kind::array, false, "grid"};
}

struct measured {
  std::string_view problem;
  array_shape shape;
};
/// The same whether it lies in a field or in a value buffer.
template <class T>
measured measure(const T& array) {
  measured of_field, of_words;
  of_field.problem = measure_array(slot_of<T>(), &array, of_field.shape);
  inline_word_buffer<16> words;
  push_value(slot_of<T>(), &array, words);
  of_words.problem = measure_array(array_words(words.data() + 1), of_words.shape);
  EXPECT_EQ(of_words.problem, of_field.problem);
  EXPECT_EQ(of_words.shape.dimensions, of_field.shape.dimensions);
  EXPECT_EQ(of_words.shape.nulls, of_field.shape.nulls);
  for (std::size_t i = 0; i < array_shape::most; ++i) EXPECT_EQ(of_words.shape.lengths[i], of_field.shape.lengths[i]);
  return of_field;
}

TEST(array_shape, is_how_long_an_array_is_in_each_dimension) {
  const measured grid = measure(two<std::int32_t>{{1, 2, 3}, {4, 5, 6}});
  EXPECT_EQ(grid.problem, "");
  EXPECT_EQ(grid.shape.dimensions, 2u);
  EXPECT_EQ(grid.shape.lengths[0], 2u);
  EXPECT_EQ(grid.shape.lengths[1], 3u);
  EXPECT_FALSE(grid.shape.nulls);
  EXPECT_EQ(measure(std::vector<two<bool>>{{{true}, {false}}}).shape.dimensions, 3u);
  EXPECT_EQ(measure(std::vector<bool>{true, false}).shape.lengths[0], 2u);
  EXPECT_TRUE(measure(two<std::optional<std::string>>{{"a"}, {std::nullopt}}).shape.nulls);
}
TEST(array_shape, of_an_array_without_elements_has_one_dimension) {
  const measured none = measure(two<std::int32_t>{});
  EXPECT_EQ(none.problem, "");
  EXPECT_EQ(none.shape.dimensions, 1u);
  EXPECT_EQ(none.shape.lengths[0], 0u);
}
TEST(array_shape, is_none_where_rows_differ_or_are_empty) {
  for (const two<std::int32_t>& array :
       {two<std::int32_t>{{1}, {1, 2}}, two<std::int32_t>{{1}, {}}, two<std::int32_t>{{}, {1}}, two<std::int32_t>{{}}})
    EXPECT_FALSE(measure(array).problem.empty());
  EXPECT_FALSE(measure(std::vector<two<int>>{{{1}, {2}}, {{3}}}).problem.empty()) << "rows of rows";
  EXPECT_FALSE(measure(std::vector<two<int>>{{{1}}, {{2, 3}}}).problem.empty()) << "rows of different parents";
}
TEST(array_words, of_rows_come_back_as_they_were) {
  const two<std::optional<std::string>> grid{{"a", std::nullopt}, {"", "a longer text than one word"}};
  inline_word_buffer<16> words;
  push_value(slot_of<two<std::optional<std::string>>>(), &grid, words);
  two<std::optional<std::string>> read{{"old"}};
  store_words(slot_of<two<std::optional<std::string>>>(), &read, words.data());
  EXPECT_EQ(read, grid);
}

}  // namespace
}  // namespace tupelo
