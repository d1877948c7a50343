// SPDX-License-Identifier: Apache-2.0
#include "undo_log.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

namespace tupelo::detail {
namespace {

struct Leaf {
  int id{};
};

struct undo_logs : testing::Test {
  undo_logs() {
    for (std::size_t i = 0; i != 4; ++i) leaves.emplace_back(new tracked<Leaf>);
  }
  /// Entries about these objects, each with its number as the version before.
  void note(std::initializer_list<std::size_t> which) {
    for (const std::size_t i : which) {
      leaves[i].tracked()->snapshot = std::vector<std::uint64_t>{i};
      log.add(leaves[i].tracked(), false);
    }
  }
  /// The objects of the entries, from the last to the first; `-`: of none.
  std::string taken() {
    std::string text;
    while (log.size() != 0) {
      const undo_entry last = log.take_last();
      text += last.object == nullptr ? "-" : std::to_string(last.before.at(0));
    }
    return text;
  }
  tracked_object* leaf(std::size_t i) { return leaves[i].tracked(); }

  std::vector<ref<Leaf>> leaves;
  undo_log log;
  std::vector<std::size_t> marks;
};

TEST_F(undo_logs, give_what_was_noted_last_first) {
  note({0, 1, 0});
  EXPECT_EQ(taken(), "010");
  EXPECT_EQ(leaf(0)->noted, 0u);
  EXPECT_EQ(leaf(1)->noted, 0u);
}
TEST_F(undo_logs, forget_all_about_an_object_and_keep_places) {
  note({0, 1, 0, 2});
  log.forget(leaf(0));
  EXPECT_EQ(log.size(), 4u);
  EXPECT_TRUE(log[0].before.empty()) << "its values take no memory";
  EXPECT_EQ(leaf(0)->noted, 0u);
  EXPECT_EQ(taken(), "2-1-");
}
TEST_F(undo_logs, forget_nothing_about_an_object_that_is_not_noted) {
  note({0});
  log.forget(leaf(3));
  log.tidy(marks);
  EXPECT_EQ(taken(), "0");
}
TEST_F(undo_logs, know_an_object_anew_after_it_was_forgotten) {
  note({0, 1});
  log.forget(leaf(0));
  note({0});
  log.forget(leaf(0));
  EXPECT_EQ(taken(), "-1-");
}
TEST_F(undo_logs, are_tidied_once_most_is_forgotten) {
  note({0, 1, 2, 3});
  log.forget(leaf(1));
  log.forget(leaf(3));
  log.tidy(marks);
  EXPECT_EQ(log.size(), 4u) << "as much is left";
  log.forget(leaf(0));
  log.tidy(marks);
  EXPECT_EQ(log.size(), 1u);
  EXPECT_EQ(taken(), "2");
}
TEST_F(undo_logs, find_what_is_left_after_they_were_tidied) {
  note({0, 1, 2, 1, 0, 0});
  log.forget(leaf(0));
  log.forget(leaf(2));
  log.tidy(marks);
  EXPECT_EQ(log.size(), 2u);
  note({3});
  log.forget(leaf(1));
  EXPECT_EQ(taken(), "3--");
}
TEST_F(undo_logs, move_the_marks_of_savepoints_with_what_is_tidied) {
  note({0, 1, 0, 0, 1});
  marks = {0, 1, 3, 5, 5};
  log.forget(leaf(0));
  log.tidy(marks);
  EXPECT_EQ(marks, (std::vector<std::size_t>{0, 0, 1, 2, 2}));
}
TEST_F(undo_logs, keep_the_insert_of_an_object_that_has_left_while_somebody_reaches_it) {
  leaf(0)->state = object_state::added;
  note({0});
  leaf(0)->state = object_state::persistent;
  note({0});
  const ref<Leaf> other = leaves[0];
  log.forget(leaf(0));
  EXPECT_EQ(leaf(0)->owners, 3u);
  EXPECT_FALSE(log.has_written(leaf(0)));
  EXPECT_EQ(log.take_last().object, nullptr);
  log.tidy(marks);
  EXPECT_TRUE(log[0].left);
  EXPECT_EQ(log[0].object, leaf(0));
  log.clear();
  EXPECT_EQ(leaf(0)->owners, 2u);
}
TEST_F(undo_logs, let_go_of_such_an_object_when_they_are_tidied_and_nobody_else_reaches_it) {
  leaf(0)->state = leaf(1)->state = leaf(2)->state = object_state::added;
  note({0, 1, 2});
  ref<Leaf> other = leaves[0];
  log.forget(leaf(0));
  log.forget(leaf(1));  // which nobody reaches
  leaves[0] = ref<Leaf>();
  marks = {1, 3};
  log.tidy(marks);
  EXPECT_EQ(log.size(), 2u) << "it is reached";
  EXPECT_EQ(marks, (std::vector<std::size_t>{1, 2}));
  note({3});
  other = ref<Leaf>();
  log.forget(leaf(2));
  log.forget(leaf(3));
  log.tidy(marks);
  EXPECT_EQ(log.size(), 0u);
}
TEST_F(undo_logs, leave_objects_as_new_when_they_are_cleared) {
  note({0, 1});
  log.forget(leaf(1));
  log.clear();
  EXPECT_EQ(log.size(), 0u);
  EXPECT_EQ(leaf(0)->noted, 0u);
  note({0});
  EXPECT_EQ(taken(), "0");
}

}  // namespace
}  // namespace tupelo::detail
