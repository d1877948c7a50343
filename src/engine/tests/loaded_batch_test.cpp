// SPDX-License-Identifier: Apache-2.0
#include "loaded_batch.hpp"

#include "tupelo/model/model.hpp"
#include "tupelo/core/uuid.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace tupelo::detail {
namespace {

struct Leaf;
struct Tree {
  std::int64_t id{};
  has_many<Leaf> leaves;
  many_to_many<Leaf> fallen;
  static void model(model<Tree>& m) {
    m.has_many(&Tree::leaves, "tree_id");
    m.many_to_many(&Tree::fallen, "falls", "tree", "leaf");
  }
};
struct Leaf {
  std::int64_t id{};
  std::optional<int> tree_id;
  std::string name;
};

relation_keys leaves() { return keys_of(info_of<Tree>(), field_ref(&Tree::leaves).offset, info_of<Leaf>()); }
relation_keys fallen() { return keys_of(info_of<Tree>(), field_ref(&Tree::fallen).offset, info_of<Leaf>()); }

key_index trees(std::initializer_list<std::uint64_t> ids) {
  key_index index(ids.size());
  for (const std::uint64_t id : ids) index.add(&id, 1);
  return index;
}
Leaf& add(row_collector& to) {
  const row_sink sink = to.sink();
  return *static_cast<Leaf*>(sink.add(sink.rows));
}
using batch_owner = std::unique_ptr<loaded_batch, batch_release>;

/// "ab": the names of a key's rows.
std::string names(loaded_batch& batch, std::uint32_t key) {
  std::string all;
  const loaded_rows* rows = batch.slice(key);
  for (std::size_t i = 0; i < rows->count; ++i) all += static_cast<const Leaf*>(rows->rows)[i].name;
  return all;
}

TEST(key_index, numbers_keys_in_the_order_in_which_they_are_met) {
  key_index index = trees({7, 3, 7, 9});
  EXPECT_EQ(index.size(), 3U);
  const std::uint64_t three = 3, four = 4;
  EXPECT_EQ(index.find(&three, 1), 1U);
  EXPECT_EQ(index.find(&four, 1), key_index::none);
}
TEST(key_index, tells_keys_of_several_words_apart) {
  key_index index(2);
  const std::uint64_t left[]{1, 2}, right[]{2, 1};
  EXPECT_EQ(index.add(left, 2), 0U);
  EXPECT_EQ(index.add(right, 2), 1U);
  EXPECT_EQ(index.find(left, 1), key_index::none);
}
TEST(key_index, holds_more_keys_than_it_was_promised) {
  key_index index(1);
  for (std::uint64_t i = 0; i < 4000; ++i) EXPECT_EQ(index.add(&i, 1), i);
  const std::uint64_t last = 3999;
  EXPECT_EQ(index.find(&last, 1), 3999U);
}
TEST(key_words, of_equal_values_are_equal_whatever_the_types) {
  key_words wide(std::vector<field_slot>{info_of<Leaf>().fields[0].slot()});
  key_words narrow(std::vector<field_slot>{info_of<Leaf>().fields[1].slot()});
  const Leaf leaf{.id = -5, .tree_id = -5, .name = {}};
  ASSERT_TRUE(wide.read(&leaf));
  ASSERT_TRUE(narrow.read(&leaf));
  EXPECT_EQ(*wide.data(), *narrow.data());
  EXPECT_FALSE(narrow.read(std::make_unique<Leaf>().get())) << "NULL is no key";
}

TEST(row_collector, leaves_rows_where_they_are_when_each_owners_stand_together) {
  row_collector collector(leaves(), rows_of<Leaf>::ops);
  for (const char* name : {"a", "b"}) add(collector) = {.id = 1, .tree_id = 3, .name = name};
  const Leaf* const last = &(add(collector) = {.id = 2, .tree_id = 7, .name = "c"});
  const key_index owners = trees({7, 3, 9});
  const batch_owner batch(collector.sort(owners));
  EXPECT_EQ(names(*batch, 0), "c");
  EXPECT_EQ(names(*batch, 1), "ab");
  EXPECT_EQ(names(*batch, 2), "");
  EXPECT_EQ(batch->slice(0)->rows, last);
}
TEST(row_collector, sorts_rows_by_owner_and_keeps_their_order) {
  row_collector collector(leaves(), rows_of<Leaf>::ops);
  for (int i = 0; i < 40; ++i)
    add(collector) = {.id = i, .tree_id = i % 2, .name = std::string(1, static_cast<char>('0' + i))};
  const key_index owners = trees({0, 1});
  const batch_owner batch(collector.sort(owners));
  EXPECT_EQ(names(*batch, 0), "02468:<>@BDFHJLNPRTV");
  EXPECT_EQ(names(*batch, 1), "13579;=?ACEGIKMOQSUW");
}
TEST(row_collector, drops_rows_of_nobody) {
  row_collector collector(leaves(), rows_of<Leaf>::ops);
  add(collector) = {.id = 1, .tree_id = 8, .name = "a name that is too long to be kept inside a string"};
  add(collector) = {.id = 2, .tree_id = std::nullopt, .name = "b"};
  add(collector) = {.id = 3, .tree_id = 7, .name = "c"};
  const key_index owners = trees({7});
  const batch_owner batch(collector.sort(owners));
  EXPECT_EQ(names(*batch, 0), "c");
  EXPECT_EQ(batch->rows().size(), 1U);
}
TEST(row_collector, goes_by_the_join_key_behind_the_row) {
  row_collector collector(fallen(), rows_of<Leaf>::ops);
  for (int i = 0; i < 20; ++i) {
    Leaf& leaf = add(collector);
    leaf.name = std::string(1, static_cast<char>('a' + i));
    reinterpret_cast<join_key*>(reinterpret_cast<char*>(&leaf) + join_key_offset(info_of<Leaf>()))->number = i % 3;
  }
  const key_index owners = trees({2, 0});
  const batch_owner batch(collector.sort(owners));
  EXPECT_EQ(names(*batch, 0), "cfilor");
  EXPECT_EQ(names(*batch, 1), "adgjmps");
}
TEST(loaded_batch, lives_as_long_as_one_of_its_slices) {
  Tree first, second;
  {
    row_collector collector(leaves(), rows_of<Leaf>::ops);
    add(collector) = {.id = 1, .tree_id = 7, .name = "a name that is too long to be kept inside a string"};
    const key_index owners = trees({7});
    const batch_owner batch(collector.sort(owners));
    assign_rows(&first.leaves, batch->slice(0));
    assign_rows(&second.leaves, batch->slice(key_index::none));
  }
  EXPECT_EQ(first.leaves.size(), 1U);
  EXPECT_TRUE(second.leaves.empty());
  second = first;
  first = Tree();
  EXPECT_EQ(second.leaves[0].id, 1);
}

}  // namespace
}  // namespace tupelo::detail
