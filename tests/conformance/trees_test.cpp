// SPDX-License-Identifier: Apache-2.0
// Relations of a model to itself.
#include "library.hpp"

namespace tupelo::conformance::library {
namespace {

class trees : public conformance_test {
protected:
  trees() {
    create<Folder>();
    root = add("root", std::nullopt);
    left = add("left", root);
    right = add("right", root);
    leaf = add("leaf", left);
  }
  std::int64_t add(std::string name, std::optional<std::int64_t> parent) {
    return sync_wait(db.insert(Folder{.parent_id = parent, .name = std::move(name)})).id;
  }
  std::int64_t root = 0, left = 0, right = 0, leaf = 0;
};
TUPELO_CONFORMANCE_SUITE(trees);

TEST_P(trees, are_loaded_level_by_level) {
  const auto found = sync_wait(db.query<Folder>()
                                   .where(col<&Folder::parent_id>.is_null())
                                   .with(&Folder::children, &Folder::children, &Folder::children)
                                   .one());
  ASSERT_EQ(found.children.size(), 2U);
  const Folder& first = found.children[0].name == "left" ? found.children[0] : found.children[1];
  ASSERT_EQ(first.children.size(), 1U);
  EXPECT_EQ(first.children[0].name, "leaf");
  EXPECT_TRUE(first.children[0].children.empty());
}
TEST_P(trees, are_climbed_to_the_root) {
  const auto found = sync_wait(
      db.query<Folder>().where(col<&Folder::id> == leaf).with(&Folder::parent, &Folder::parent, &Folder::parent).one());
  EXPECT_EQ(found.parent->parent->name, "root");
  EXPECT_EQ(found.parent->parent->parent.get(), nullptr);
}
TEST_P(trees, are_asked_for_in_conditions) {
  const auto who = [&](const auto& condition) {
    return sync_wait(db.query<Folder>().where(condition).order_by(col<&Folder::name>).pluck(col<&Folder::name>));
  };
  EXPECT_EQ(who(tupelo::has(&Folder::children)), (names{"left", "root"}));
  EXPECT_EQ(who(!tupelo::has(&Folder::children)), (names{"leaf", "right"}));
  EXPECT_EQ(who(tupelo::has(&Folder::children, &Folder::children)), names{"root"});
  EXPECT_EQ(who(tupelo::has(&Folder::parent, &Folder::parent)), names{"leaf"});
  EXPECT_EQ(who(tupelo::has(&Folder::children, [](auto& q) { q.where(col<&Folder::name> == "leaf"); })), names{"left"});
  EXPECT_EQ(who(count_of(&Folder::children) == 2), names{"root"});
  EXPECT_EQ(who(count_of(&Folder::children, [](auto& q) { q.where(tupelo::has(&Folder::children)); }) == 1),
            names{"root"});
}
TEST_P(trees, are_pruned_by_a_condition_on_themselves) {
  EXPECT_EQ(sync_wait(db.erase<Folder>().where(!tupelo::has(&Folder::children)).run()), 2);
  EXPECT_EQ(sync_wait(db.query<Folder>().count()), 2);
}

}  // namespace
}  // namespace tupelo::conformance::library
