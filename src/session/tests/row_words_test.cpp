// SPDX-License-Identifier: Apache-2.0
#include "tupelo/session/row_words.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

namespace tupelo::detail {
namespace {

using words = std::vector<std::uint64_t>;

struct kept_words : testing::Test {
  static words numbers(std::size_t count) {
    words made(count);
    std::iota(made.begin(), made.end(), 1);
    return made;
  }
  std::array<std::uint64_t, 4> room{};
  row_words kept{room.data(), room.size()};
};

TEST_F(kept_words, are_none_at_first) {
  EXPECT_TRUE(kept.empty());
  EXPECT_TRUE(kept == words());
}

TEST_F(kept_words, stand_in_the_room_beside_them_where_they_fit) {
  kept = numbers(4);
  EXPECT_EQ(kept.data(), room.data());
  EXPECT_EQ(words(kept), numbers(4));
}

TEST_F(kept_words, that_do_not_fit_stand_elsewhere) {
  kept = numbers(5);
  EXPECT_NE(kept.data(), room.data());
  EXPECT_EQ(words(kept), numbers(5));
}

TEST_F(kept_words, stay_where_there_was_room_for_more) {
  kept = numbers(9);
  const auto* const place = kept.data();
  kept = numbers(7);
  EXPECT_EQ(kept.data(), place);
  kept = numbers(20);
  EXPECT_EQ(words(kept), numbers(20));
}

TEST_F(kept_words, are_gone_when_cleared) {
  kept = numbers(9);
  kept.clear();
  EXPECT_TRUE(kept.empty());
  kept = numbers(2);
  EXPECT_EQ(words(kept), numbers(2));
}

TEST_F(kept_words, are_equal_to_the_same_words_alone) {
  kept = numbers(3);
  EXPECT_TRUE(kept == numbers(3));
  EXPECT_FALSE(kept == numbers(2));
  EXPECT_FALSE(kept == words({1, 2, 4}));
}

}  // namespace
}  // namespace tupelo::detail
