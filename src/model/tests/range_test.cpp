// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/range.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace tupelo {
namespace {

template <class T>
std::string text_of(const range<T>& value) {
  std::string out;
  field_traits<range<T>>::to_text(value, out);
  return out;
}
template <class T>
std::optional<range<T>> read(std::string_view text) {
  range<T> value;
  return field_traits<range<T>>::from_text(value, text) ? std::optional(value) : std::nullopt;
}

TEST(range, of_whole_numbers_is_kept_as_closed_and_open) {
  EXPECT_EQ(range<int>(1, 4, range_bounds::closed), range<int>(1, 5));
  EXPECT_EQ(range<int>(0, 5, range_bounds::open), range<int>(1, 5));
  EXPECT_EQ(range<date>(date{1}, date{2}, range_bounds::open_closed), range<date>(date{2}, date{3}));
}

TEST(range, of_days_keeps_whether_infinity_belongs_to_it) {
  const range<date> to_the_end(date{1}, date::infinity(), range_bounds::closed);
  EXPECT_TRUE(to_the_end.upper_inclusive());
  EXPECT_TRUE(to_the_end.contains(date::infinity()));
  EXPECT_NE(to_the_end, range<date>(date{1}, date::infinity()));
  EXPECT_NE(to_the_end, range<date>(date{1}, std::nullopt));
  const range<date> behind(date::minus_infinity(), date{1}, range_bounds::open_closed);
  EXPECT_FALSE(behind.lower_inclusive());
  EXPECT_FALSE(behind.contains(date::minus_infinity()));
  EXPECT_EQ(behind.upper(), date{2});
  EXPECT_FALSE(range<date>::only(date::infinity()).is_empty());
  for (const char* text : {"[\"1970-01-02\",\"infinity\"]", "(\"-infinity\",\"1970-01-03\")",
                           "[\"-infinity\",\"infinity\"]", "(\"-infinity\",\"infinity\")"}) {
    ASSERT_TRUE(read<date>(text)) << text;
    EXPECT_EQ(text_of(*read<date>(text)), text);
  }
}

TEST(range, of_other_values_keeps_its_bounds) {
  const range<decimal> price(decimal(1), decimal(2), range_bounds::open_closed);
  EXPECT_FALSE(price.lower_inclusive());
  EXPECT_TRUE(price.upper_inclusive());
  EXPECT_NE(price, range<decimal>(decimal(1), decimal(2)));
}

TEST(range, without_values_is_empty) {
  EXPECT_TRUE(range<int>().is_empty());
  EXPECT_TRUE(range<int>(3, 3).is_empty());
  EXPECT_TRUE(range<int>(3, 4, range_bounds::open).is_empty());
  EXPECT_TRUE(range<decimal>(decimal(3), decimal(3)).is_empty());
  EXPECT_FALSE(range<decimal>::only(decimal(3)).is_empty());
  EXPECT_EQ(range<int>(3, 3), range<int>());
}

TEST(range, refuses_bounds_in_the_wrong_order) {
  EXPECT_THROW(range<int>(2, 1), value_error);
  EXPECT_THROW(range<timestamp>(timestamp{2}, timestamp{1}), value_error);
}

TEST(range, refuses_an_upper_bound_that_has_nothing_behind_it) {
  EXPECT_THROW(range<int>::only(std::numeric_limits<int>::max()), value_error);
}

TEST(range, contains_what_lies_between_its_bounds) {
  const range<int> some(1, 5);
  EXPECT_TRUE(some.contains(1) && some.contains(4));
  EXPECT_FALSE(some.contains(0) || some.contains(5) || range<int>().contains(0));
  EXPECT_TRUE(range<int>::all().contains(7) && range<int>(std::nullopt, 5).contains(-7));
}

TEST(range, is_written_as_the_server_reads_it) {
  EXPECT_EQ(text_of(range<int>(1, 5)), "[\"1\",\"5\")");
  EXPECT_EQ(text_of(range<int>()), "empty");
  EXPECT_EQ(text_of(range<std::int64_t>(std::nullopt, 5)), "(,\"5\")");
  EXPECT_EQ(text_of(range<decimal>(decimal::parse("1.50"), std::nullopt)), "[\"1.50\",)");
  EXPECT_EQ(text_of(range<timestamp>(timestamp{0}, std::nullopt)), "[\"1970-01-01 00:00:00.000000+00:00\",)");
}

TEST(range, is_read_as_the_server_writes_it) {
  EXPECT_EQ(read<int>("[1,5)"), range<int>(1, 5));
  EXPECT_EQ(read<int>("empty"), range<int>());
  EXPECT_EQ(read<int>("(,)"), range<int>::all());
  EXPECT_EQ(read<date>("[2000-01-01,)"), range<date>(date{10'957}, std::nullopt));
  EXPECT_EQ(read<timestamp>("[\"1970-01-01 00:00:00+00\",\"1970-01-01 02:00:00+01\"]"),
            range<timestamp>(timestamp{0}, timestamp{3'600'000'000}, range_bounds::closed));
}

TEST(range, refuses_text_that_is_none) {
  for (const char* text : {"", "[", "[1", "[1,", "[1,5", "1,5", "[1;5)", "[1,5)x", "[1,5,6)", "[a,5)", "[5,1)",
                           "[1,99999999999)", "[\"1,5)", "[1,5\\"}) {
    EXPECT_FALSE(read<int>(text)) << text;
  }
}

}  // namespace
}  // namespace tupelo
