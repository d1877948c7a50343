// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/multirange.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

namespace tupelo {
namespace {

using numbers = multirange<std::int32_t>;
using prices = multirange<decimal>;

template <class T>
std::string text_of(const multirange<T>& value) {
  std::string out;
  field_traits<multirange<T>>::to_text(value, out);
  return out;
}
template <class T>
std::optional<multirange<T>> read(std::string_view text) {
  multirange<T> value;
  return field_traits<multirange<T>>::from_text(value, text) ? std::optional(value) : std::nullopt;
}

TEST(multirange, keeps_its_ranges_in_their_order_without_empty_ones) {
  const numbers some{{5, 7}, {1, 3}, {2, 2}};
  ASSERT_EQ(some.ranges().size(), 2u);
  EXPECT_EQ(some.ranges()[0], range<std::int32_t>(1, 3));
  EXPECT_TRUE(numbers{range<std::int32_t>()}.is_empty());
}

TEST(multirange, joins_ranges_that_touch) {
  EXPECT_EQ((numbers{{1, 3}, {3, 5}, {4, 9}}), (numbers{{1, 9}}));
  EXPECT_EQ((numbers{{1, 9}, {2, 3}}), (numbers{{1, 9}}));
  EXPECT_EQ((numbers{{std::nullopt, 3}, {2, std::nullopt}}), (numbers{range<std::int32_t>::all()}));
  const auto one = decimal(1), two = decimal(2), three = decimal(3);
  EXPECT_EQ((prices{{one, two}, {two, three}}), (prices{{one, three}}));
  EXPECT_EQ((prices{{one, two}, {two, three, range_bounds::open}}).ranges().size(), 2u) << "2 is in neither";
  EXPECT_EQ((prices{{one, two, range_bounds::open}, {one, two, range_bounds::closed}}),
            (prices{{one, two, range_bounds::closed}}));
}

TEST(multirange, contains_what_one_of_its_ranges_does) {
  const numbers some{{1, 3}, {5, 7}};
  EXPECT_TRUE(some.contains(2) && some.contains(5));
  EXPECT_FALSE(some.contains(3));
}

TEST(multirange, is_read_as_it_was_written) {
  for (const numbers& some : {numbers{}, numbers{{1, 3}}, numbers{{std::nullopt, 3}, {5, 7}, {9, std::nullopt}}})
    EXPECT_EQ(read<std::int32_t>(text_of(some)), some) << text_of(some);
  EXPECT_EQ(read<std::int32_t>("{[1,3),[5,7]}"), (numbers{{1, 3}, {5, 8}}));
  EXPECT_EQ(read<timestamp>(R"({["1970-01-01 00:00:00+00","1970-01-01 00:00:01+00")})"),
            (multirange<timestamp>{{timestamp{0}, timestamp{1'000'000}}}));
}

TEST(multirange, refuses_other_text) {
  for (const char* text : {"", "{", "}", "[1,3)", "{[1,3)", "{[1,3),}", "{,[1,3)}", "{[1,3)[5,7)}", "{[1,3),x}",
                           "{[3,1)}", "{[1,a)}", "{[1,2,3)}", "{[1)}"})
    EXPECT_EQ(read<std::int32_t>(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tupelo
