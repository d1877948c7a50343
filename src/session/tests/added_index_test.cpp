// SPDX-License-Identifier: Apache-2.0
#include "added_index.hpp"

#include "tupelo/model/model.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tupelo::detail {

/// A key that knows how often keys are looked at.
struct shell_number {
  std::int64_t value{};
  static inline std::size_t looks = 0;
};

}  // namespace tupelo::detail

template <>
struct tupelo::field_traits<tupelo::detail::shell_number> {
  using stored = std::int64_t;
  static stored store(const tupelo::detail::shell_number& number) {
    ++tupelo::detail::shell_number::looks;
    return number.value;
  }
  static tupelo::detail::shell_number load(stored value) { return {value}; }
};

namespace tupelo::detail {
namespace {

struct Shell {
  shell_number id{};
};
struct Pearl {
  shell_number id{};
};

struct added_objects : testing::Test {
  ~added_objects() override {
    for (tracked_object* object : all) drop(object);
  }
  /// A session has a share of what is added.
  template <class Model = Shell>
  ref<Model> add(std::int64_t id) {
    ref<Model> made(new tracked<Model>(Model{.id = {id}}));
    made.tracked()->state = object_state::added;
    retain(made.tracked());
    all.add(made.tracked());
    return made;
  }
  template <class Model = Shell>
  ref<Model> find(std::int64_t id) {
    const Model given{.id = {id}};
    return ref<Model>(index.find(all, info_of<Model>(), &given));
  }
  owned_objects all;
  added_index index;
};

TEST_F(added_objects, are_found_by_their_keys_and_models) {
  const auto one = add(1);
  add(2);
  add<Pearl>(3);
  EXPECT_EQ(find(1), one);
  EXPECT_TRUE(find(2));
  EXPECT_FALSE(find(3));
  EXPECT_TRUE(find<Pearl>(3));
  EXPECT_FALSE(find<Pearl>(1));
}
TEST_F(added_objects, are_found_by_the_keys_that_the_program_gives_them_later) {
  const auto held = add(1);
  add(2);
  EXPECT_FALSE(find(3));
  held->id.value = 3;
  EXPECT_EQ(find(3), held);
  EXPECT_FALSE(find(1));
  find(2)->id.value = 4;
  EXPECT_TRUE(find(4)) << "it has been in the program's hands";
  EXPECT_FALSE(find(2));
}
TEST_F(added_objects, keep_the_keys_with_which_the_program_has_let_them_go) {
  add(1)->id.value = 2;
  EXPECT_TRUE(find(2));
  {
    const auto held = add(3);
    EXPECT_EQ(find(3), held);
    held->id.value = 4;
  }
  EXPECT_FALSE(find(3));
  EXPECT_TRUE(find(4));
}
TEST_F(added_objects, are_no_more_once_they_have_rows) {
  const auto held = add(1);
  const auto kept = add(2).tracked();
  EXPECT_FALSE(find(3));
  held.tracked()->state = kept->state = object_state::persistent;
  EXPECT_FALSE(find(1));
  EXPECT_FALSE(find(2));
  held.tracked()->state = kept->state = object_state::added;
  index.clear();
  EXPECT_EQ(find(1), held);
  EXPECT_TRUE(find(2));
}
TEST_F(added_objects, that_nobody_keeps_are_not_looked_at_for_each_value) {
  constexpr std::int64_t count = 2000;
  shell_number::looks = 0;
  for (std::int64_t id = 1; id <= count; ++id) {
    EXPECT_FALSE(find(id));
    add(id);
  }
  EXPECT_LE(shell_number::looks, static_cast<std::size_t>(count) * 8);
}

}  // namespace
}  // namespace tupelo::detail
