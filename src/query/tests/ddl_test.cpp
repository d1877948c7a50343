// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/ddl.hpp"

#include <gtest/gtest.h>

namespace tupelo {
namespace {

TEST(naming, is_prefix_table_and_columns) {
  table_definition users{.name = "users"};
  EXPECT_EQ(conventional_name(users, key_definition{"", {"email"}}), "uq_users_email");
  EXPECT_EQ(conventional_name(users, index_definition{.columns = {{"role"}, {"created_at", true}}}),
            "ix_users_role_created_at_desc");
  EXPECT_EQ(conventional_name(users, index_definition{.columns = {{"role"}}, .unique = true}), "ux_users_role");
  EXPECT_EQ(conventional_name(users, foreign_key_definition{.columns = {"team_id"}}), "fk_users_team_id");
  EXPECT_EQ(conventional_primary_key_name(users), "pk_users");
}

TEST(naming, two_partial_indexes_of_one_column_differ) {
  table_definition users{.name = "users"};
  index_definition all{.columns = {{"email"}}};
  index_definition living{.columns = {{"email"}}, .where = "deleted_at IS NULL"};
  index_definition dead{.columns = {{"email"}}, .where = "deleted_at IS NOT NULL"};
  EXPECT_NE(conventional_name(users, all), conventional_name(users, living));
  EXPECT_NE(conventional_name(users, dead), conventional_name(users, living));
}

TEST(naming, does_not_depend_on_how_a_condition_is_laid_out) {
  table_definition t{.name = "t"};
  EXPECT_EQ(conventional_name(t, check_definition{"", "a > 1"}), conventional_name(t, check_definition{"", "(a>1)"}));
}

TEST(naming, stays_within_63_bytes_and_apart) {
  std::string table(50, 't');
  std::string a = conventional_name("ix", table, {"first_column", "second_column"});
  std::string b = conventional_name("ix", table, {"first_column", "third_column"});
  EXPECT_EQ(a.size(), 63U);
  EXPECT_NE(a, b);
  EXPECT_EQ(a, conventional_name("ix", table, {"first_column", "second_column"}));
}

TEST(naming, never_cuts_a_character_in_two) {
  std::string table;
  for (int i = 0; i < 40; ++i) table += "é";
  std::string name = conventional_name("i", table, {});
  std::string kept = name.substr(0, name.size() - 9);
  EXPECT_EQ(kept.size() % 2, 0U);  // "i_" and two bytes for each é
}

TEST(schema_definition, keeps_tables_by_name) {
  schema_definition schema;
  schema.add({.name = "b"});
  schema.add({.name = "a"});
  EXPECT_EQ(schema.tables[0].name, "a");
  EXPECT_NE(schema.find("b"), nullptr);
  schema.remove("b");
  EXPECT_EQ(schema.find("b"), nullptr);
}

TEST(table_definition, columns_are_unique_by_key_constraint_or_full_unique_index) {
  table_definition t{
      .name = "t",
      .primary_key = {"", {"id"}},
      .uniques = {{"", {"a", "b"}}},
      .indexes = {{.columns = {{"c"}}, .unique = true}, {.columns = {{"d"}}, .unique = true, .where = "d > 0"}}};
  EXPECT_TRUE(t.is_unique({"id"}));
  EXPECT_TRUE(t.is_unique({"b", "a"}));
  EXPECT_TRUE(t.is_unique({"c"}));
  EXPECT_FALSE(t.is_unique({"d"}));
  EXPECT_FALSE(t.is_unique({"a"}));
}

TEST(column_type, is_written_with_its_size) {
  EXPECT_EQ(column_type::varchar(160).to_string(), "varchar(160)");
  EXPECT_EQ(column_type::decimal(10, 2).to_string(), "decimal(10, 2)");
  EXPECT_EQ(column_type(type_kind::int64).to_string(), "int64");
}

}  // namespace
}  // namespace tupelo
