// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/owned.hpp>

#include <gtest/gtest.h>

#include <utility>

namespace tupelo {
namespace {

struct counted {
  explicit counted(int& count) noexcept : alive(count) { ++alive; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() { --alive; }
  int& alive;
};

TEST(owned, destroys_its_object_at_its_end) {
  int alive = 0;
  {
    const owned<counted> one(new counted(alive));
    EXPECT_TRUE(one);
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}
TEST(owned, is_empty_when_moved_from) {
  int alive = 0;
  owned<counted> from(new counted(alive));
  const counted* object = from.get();
  const owned<counted> to(std::move(from));
  EXPECT_FALSE(from);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(to.get(), object);
  EXPECT_EQ(alive, 1);
}
TEST(owned, destroys_what_it_had_when_it_is_given_another) {
  int alive = 0;
  owned<counted> one(new counted(alive));
  one = owned<counted>(new counted(alive));
  EXPECT_EQ(alive, 1);
}
TEST(owned, keeps_its_object_when_it_is_given_itself) {
  int alive = 0;
  owned<counted> one(new counted(alive));
  owned<counted>& same = one;
  one = std::move(same);
  EXPECT_TRUE(one);
  EXPECT_EQ(alive, 1);
}

}  // namespace
}  // namespace tupelo
