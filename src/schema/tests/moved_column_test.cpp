// SPDX-License-Identifier: Apache-2.0
#include "sample_schemas.hpp"

#include "tupelo/schema/diff.hpp"
#include "tupelo/schema/generator.hpp"
#include "tupelo/schema/moved_column.hpp"

#include <gtest/gtest.h>

namespace tupelo {
namespace {

using namespace sample;

class moved_columns_of : public ::testing::Test {
protected:
  schema_definition from = blog();
  schema_definition to = blog();
  table_definition& users() { return *to.find("users"); }
  table_definition& posts() { return *to.find("posts"); }
  static void drop(table_definition& table, const std::string& name) {
    std::erase_if(table.columns, [&](const column_definition& column) { return column.name == name; });
  }
  std::vector<moved_column> found() { return moved_columns(diff(from, to), from); }
};

TEST_F(moved_columns_of, a_difference_go_along_the_key_of_the_table_that_gets_them) {
  drop(users(), "created_at");
  column_definition there = time("created_at");
  there.nullable = true;
  posts().columns.push_back(there);
  const std::vector<moved_column> moved = found();
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved[0].describe(), "users.created_at goes and posts.created_at comes");
  EXPECT_EQ(moved[0].fill, "db.backfill(\"posts\", \"created_at = (SELECT users.created_at FROM users WHERE "
                           "users.id = posts.author_id)\", \"created_at IS NULL\");");
}

TEST_F(moved_columns_of, a_difference_take_the_greatest_value_where_the_key_leads_the_other_way) {
  drop(posts(), "title");
  posts().indexes.clear();
  column_definition there = text("title");
  there.nullable = true;
  users().columns.push_back(there);
  const std::vector<moved_column> moved = found();
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_TRUE(moved[0].several);
  EXPECT_NE(moved[0].fill.find("(SELECT max(posts.title) FROM posts WHERE posts.author_id = users.id)"),
            std::string::npos)
      << moved[0].fill;
}

TEST_F(moved_columns_of, a_difference_are_known_by_their_default_where_there_is_no_null) {
  drop(users(), "created_at");
  column_definition there = time("created_at");
  there.default_sql = "'2000-01-01'";
  posts().columns.push_back(there);
  const std::string carried = "(SELECT users.created_at FROM users WHERE users.id = posts.author_id)";
  EXPECT_EQ(found().at(0).fill, "db.backfill(\"posts\", \"created_at = coalesce(" + carried +
                                    ", '2000-01-01')\", \"created_at = '2000-01-01'\");");
  posts().columns.back().default_sql = "CURRENT_TIMESTAMP";
  EXPECT_EQ(found().at(0).fill,
            "db.backfill(\"posts\", \"created_at = coalesce(" + carried + ", CURRENT_TIMESTAMP)\", \"TRUE\");");
}

TEST_F(moved_columns_of, a_difference_make_the_rows_of_a_new_table) {
  drop(users(), "created_at");
  to.add({.name = "profiles",
          .columns = {id(), number("user_id"), time("created_at")},
          .primary_key = {"", {"id"}},
          .foreign_keys = {{.columns = {"user_id"}, .references = "users"}}});
  const std::vector<moved_column> moved = found();
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved[0].fill,
            "db.execute(\"INSERT INTO profiles (user_id, created_at) SELECT id, created_at FROM users\");");
}

TEST_F(moved_columns_of, a_difference_need_a_key_and_the_same_type) {
  drop(users(), "created_at");
  posts().columns.push_back({.name = "created_at", .type = type_kind::date, .nullable = true});
  EXPECT_TRUE(found().empty());
  to.add({.name = "notes", .columns = {text("body"), time("created_at")}});
  EXPECT_TRUE(found().empty());
}

TEST_F(moved_columns_of, a_difference_are_said_beside_the_step_that_loses_them) {
  drop(users(), "created_at");
  column_definition there = time("created_at");
  there.nullable = true;
  posts().columns.push_back(there);
  const migration_source made = generate_migration("1", {}, diff(from, to), found());
  EXPECT_NE(
      made.text.find("  // users.created_at goes and posts.created_at comes: to keep its values, drop it in a later "
                     "migration only, and before that carry\n  // them over in one of its own:\n  // db.backfill("),
      std::string::npos)
      << made.text;
}

}  // namespace
}  // namespace tupelo
