// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/history.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

namespace tupelo {
namespace {

void nothing(schema_editor&) {}

migration step(std::string_view revision, std::vector<std::string_view> parents = {}) {
  return {revision, std::move(parents), &nothing, &nothing, "a.cpp"};
}

using names = std::vector<std::string_view>;
using applied = std::vector<std::string>;

history line() { return history({step("3_c", {"2_b"}), step("1_a"), step("4_d", {"3_c"}), step("2_b", {"1_a"})}); }
history fork() { return history({step("1_a"), step("2_b", {"1_a"}), step("2_c", {"1_a"})}); }
history merged() {
  return history({step("1_a"), step("2_b", {"1_a"}), step("2_c", {"1_a"}), step("3_d", {"2_b", "2_c"})});
}

template <class Function>
void expect_error(errc code, std::string_view part, Function function) {
  try {
    function();
    FAIL() << "nothing was thrown";
  } catch (const migration_error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    EXPECT_NE(std::string_view(e.what()).find(part), std::string_view::npos) << e.what();
  }
}

TEST(history, puts_parents_before_children) {
  names order;
  history h = line();
  for (const migration& m : h.ordered()) order.push_back(m.revision);
  EXPECT_EQ(order, (names{"1_a", "2_b", "3_c", "4_d"}));
}

TEST(history, an_empty_one_has_no_head) {
  history h(std::vector<migration>{});
  EXPECT_EQ(h.head(), "");
  EXPECT_TRUE(h.upgrade_path("head", {}).empty());
  EXPECT_TRUE(h.downgrade_path("base", {}).empty());
}

TEST(history, two_heads_are_refused_with_the_way_to_merge_them) {
  EXPECT_EQ(fork().heads(), (names{"2_b", "2_c"}));
  expect_error(errc::migration_heads, "after(\"2_b\", \"2_c\")", [] { (void)fork().head(); });
  expect_error(errc::migration_heads, "2 heads", [] { (void)fork().upgrade_path("head", {}); });
}

TEST(history, a_branch_can_be_named_although_there_are_two) {
  EXPECT_EQ(fork().upgrade_path("2_c", {}), (names{"1_a", "2_c"}));
}

TEST(history, a_merge_comes_after_both_branches) {
  EXPECT_EQ(merged().head(), "3_d");
  EXPECT_EQ(merged().upgrade_path("head", {"1_a", "2_c"}), (names{"2_b", "3_d"}));
}

TEST(history, refuses_a_missing_parent) {
  expect_error(errc::migration_missing, "`2_b` comes after `1_a`", [] { history({step("2_b", {"1_a"})}); });
}

TEST(history, refuses_one_revision_twice) {
  expect_error(errc::invalid_migration, "two migrations are called `1_a`", [] { history({step("1_a"), step("1_a")}); });
}

TEST(history, refuses_a_circle) {
  expect_error(errc::invalid_migration, "`b` after `d` after `c` after `b`", [] {
    history({step("a"), step("b", {"a", "d"}), step("c", {"b"}), step("d", {"c"}), step("e", {"b"})});
  });
}

TEST(history, refuses_names_that_mean_places) {
  for (const char* name : {"head", "base", "+1", "-x"}) {
    expect_error(errc::invalid_migration, name, [&] { history({step(name)}); });
  }
  expect_error(errc::invalid_migration, "no revision; name it in TUPELO_MIGRATION", [] { history({step("")}); });
  expect_error(errc::invalid_migration, "rename it in TUPELO_MIGRATION", [] { history({step("head")}); });
}

TEST(history, resolves_beginnings_that_mean_one_revision) {
  EXPECT_EQ(line().resolve("3"), "3_c");
  EXPECT_EQ(line().resolve("3_c"), "3_c");
  EXPECT_EQ(line().resolve("head"), "4_d");
  EXPECT_EQ(line().resolve("base"), "");
  expect_error(errc::unknown_revision, "`2_b`, `2_c`", [] { (void)merged().resolve("2"); });
  expect_error(errc::unknown_revision, "`9`", [] { (void)line().resolve("9"); });
  expect_error(errc::unknown_revision, "``", [] { (void)line().resolve(""); });
}

TEST(history, an_exact_name_wins_over_longer_ones) {
  history h({step("a"), step("a_b", {"a"})});
  EXPECT_EQ(h.resolve("a"), "a");
}

TEST(upgrade_path, leaves_out_what_is_applied) {
  EXPECT_EQ(line().upgrade_path("head", {"1_a"}), (names{"2_b", "3_c", "4_d"}));
  EXPECT_EQ(line().upgrade_path("3_c", {"1_a"}), (names{"2_b", "3_c"}));
  EXPECT_TRUE(line().upgrade_path("2_b", {"1_a", "2_b", "3_c"}).empty());
}

TEST(upgrade_path, goes_by_steps) {
  EXPECT_EQ(line().upgrade_path("+2", {"1_a"}), (names{"2_b", "3_c"}));
  expect_error(errc::unknown_revision, "3 migrations are not applied",
               [] { (void)line().upgrade_path("+4", {"1_a"}); });
  expect_error(errc::unknown_revision, "`+x`", [] { (void)line().upgrade_path("+x", {}); });
}

TEST(upgrade_path, refuses_what_the_database_has_applied_and_the_program_lost) {
  expect_error(errc::migration_missing, "`0_z`", [] { (void)line().upgrade_path("head", {"0_z", "1_a"}); });
}

TEST(downgrade_path, goes_backwards_to_what_remains) {
  applied all{"1_a", "2_b", "3_c", "4_d"};
  EXPECT_EQ(line().downgrade_path("2_b", all), (names{"4_d", "3_c"}));
  EXPECT_EQ(line().downgrade_path("base", all), (names{"4_d", "3_c", "2_b", "1_a"}));
  EXPECT_EQ(line().downgrade_path("-1", all), (names{"4_d"}));
  EXPECT_TRUE(line().downgrade_path("4_d", all).empty());
}

TEST(downgrade_path, refuses_to_go_beyond_the_first) {
  expect_error(errc::unknown_revision, "1 is applied", [] { (void)line().downgrade_path("-2", {"1_a"}); });
}

TEST(downgrade_path, refuses_a_target_that_is_not_applied) {
  expect_error(errc::unknown_revision, "has not applied `3_c`", [] { (void)line().downgrade_path("3_c", {"1_a"}); });
  expect_error(errc::unknown_revision, "`head`", [] { (void)line().downgrade_path("head", {"1_a"}); });
}

TEST(downgrade_path, of_a_merge_takes_back_one_branch_after_the_other) {
  EXPECT_EQ(merged().downgrade_path("1_a", {"1_a", "2_b", "2_c", "3_d"}), (names{"3_d", "2_c", "2_b"}));
}

TEST(history, a_label_names_its_revision) {
  migration labelled{"1_a", {}, nullptr, nullptr, "1.cpp", {"v1.0", "first"}};
  const history all({labelled, {"2_b", {"1_a"}, nullptr, nullptr, "2.cpp"}});
  EXPECT_EQ(all.resolve("v1.0"), "1_a");
  EXPECT_EQ(all.resolve("first"), "1_a");
  EXPECT_THROW((void)all.resolve("v1"), migration_error);
}
TEST(history, a_label_is_no_other_name_and_no_place) {
  const auto with = [](std::string_view label) {
    return std::vector<migration>{{"1_a", {}, nullptr, nullptr, "1.cpp", {"v1"}},
                                  {"2_b", {"1_a"}, nullptr, nullptr, "2.cpp", {label}}};
  };
  for (const char* wrong : {"v1", "1_a", "head", "-1", ""}) {
    EXPECT_THROW(history{with(wrong)}, migration_error) << wrong;
  }
  EXPECT_NO_THROW(history{with("v2")});
}

}  // namespace
}  // namespace tupelo
