// SPDX-License-Identifier: Apache-2.0
#include "owned_objects.hpp"

#include "tupelo/model/model.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace tupelo::detail {
namespace {

struct Petal {
  int id{};
};
struct Flower {
  int id{};
  has_many<Petal> petals{};

  static void model(tupelo::model<Flower>& m) { m.has_many(&Flower::petals, "flower_id"); }
};

TEST(owned_objects, keep_their_order_whichever_of_them_leaves) {
  for (std::size_t count = 1; count != 6; ++count) {
    for (std::size_t leaving = 0; leaving != count; ++leaving) {
      std::vector<ref<Flower>> flowers;
      owned_objects all;
      for (std::size_t i = 0; i != count; ++i) all.add(flowers.emplace_back(new tracked<Flower>).tracked());
      EXPECT_TRUE(all.remove(flowers[leaving].tracked()));
      EXPECT_FALSE(all.remove(flowers[leaving].tracked())) << "it has left";
      flowers.erase(flowers.begin() + static_cast<std::ptrdiff_t>(leaving));
      ASSERT_EQ(all.size(), flowers.size());
      for (std::size_t i = 0; i != flowers.size(); ++i) {
        EXPECT_EQ(all[i], flowers[i].tracked());
        EXPECT_EQ(all.with_relations()[i], flowers[i].tracked());
      }
    }
  }
}

}  // namespace
}  // namespace tupelo::detail
