// SPDX-License-Identifier: Apache-2.0
#include "identity_map.hpp"
#include "snapshot.hpp"

#include "tupelo/model/model.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tupelo::detail {
namespace {

struct Leaf {
  std::int64_t id{};
};
struct Vein {
  std::int64_t leaf_id{};
  std::string side;

  static void model(tupelo::model<Vein>& m) { m.primary_key(&Vein::leaf_id, &Vein::side); }
};

template <class T>
ref<T> stored(T value) {
  ref<T> object(new tracked<T>(static_cast<T&&>(value)));
  tracked_object* const it = object.tracked();
  it->state = object_state::persistent;
  take_snapshot(info_of<T>(), it->object(), it->snapshot);
  return object;
}

/// Each is found, then each that is left when every second one has gone.
template <class T>
void expect_found(const std::vector<ref<T>>& objects) {
  const model_info& info = info_of<T>();
  identity_map all;
  for (const ref<T>& each : objects) all.insert(info, each.tracked());
  for (const ref<T>& each : objects) EXPECT_EQ(all.find(info, each.get()), each.tracked());
  for (std::size_t i = 0; i < objects.size(); i += 2) all.erase(objects[i].tracked());
  for (std::size_t i = 0; i != objects.size(); ++i)
    EXPECT_EQ(all.find(info, objects[i].get()), i % 2 == 0 ? nullptr : objects[i].tracked());
}

TEST(identity_map, finds_keys_that_are_equally_far_apart) {
  for (const std::int64_t step : {1, 2, 3, 7, 8, 9, 64, 4096, -1, -8}) {
    std::vector<ref<Leaf>> leaves;
    for (std::int64_t i = 0; i != 1'000; ++i) leaves.push_back(stored(Leaf{.id = (i + 1) * step}));
    expect_found(leaves);
  }
}

TEST(identity_map, finds_keys_at_both_ends_of_the_numbers) {
  std::vector<ref<Leaf>> leaves;
  for (std::int64_t i = 0; i != 20; ++i) {
    leaves.push_back(stored(Leaf{.id = INT64_MAX - i}));
    leaves.push_back(stored(Leaf{.id = INT64_MIN + i}));
  }
  expect_found(leaves);
}

TEST(identity_map, finds_keys_of_several_columns) {
  std::vector<ref<Vein>> veins;
  for (std::int64_t i = 0; i != 300; ++i) {
    for (const char* side : {"", "left", "right", "a side with a name that is no short one"})
      veins.push_back(stored(Vein{.leaf_id = i, .side = side}));
  }
  expect_found(veins);
}

}  // namespace
}  // namespace tupelo::detail
