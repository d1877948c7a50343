// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/schema_operation.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

using namespace ddl;

column_definition id() { return {.name = "id", .type = type_kind::int64, .identity = true}; }
column_definition text(std::string name) { return {.name = std::move(name), .type = type_kind::text}; }
column_definition number(std::string name) { return {.name = std::move(name), .type = type_kind::int64}; }

table_definition users() {
  return {.name = "users",
          .columns = {id(), text("email"), {.name = "age", .type = type_kind::int32, .nullable = true}},
          .primary_key = {"", {"id"}},
          .uniques = {{"", {"email"}}},
          .checks = {{"age_is_human", "age >= 0 AND age < 200"}}};
}

table_definition posts() {
  return {.name = "posts",
          .columns = {id(), number("author_id"), text("title")},
          .primary_key = {"", {"id"}},
          .indexes = {{.columns = {{"author_id"}, {"title"}}}},
          .foreign_keys = {{.columns = {"author_id"}, .references = "users", .on_delete = cascade}}};
}

schema_definition blog() {
  schema_definition schema;
  apply_all({create_table{users()}, create_table{posts()}}, schema);
  return schema;
}

/// What applying says, or nothing when it works.
std::string refusal(const schema_operation& operation, schema_definition schema = blog()) {
  const schema_definition before = schema;
  try {
    operation.apply_to(schema);
  } catch (const migration_error& e) {
    EXPECT_EQ(e.code(), errc::invalid_migration);
    EXPECT_EQ(schema, before) << "a refused operation changed the schema";
    return e.what();
  }
  return {};
}

#define EXPECT_REFUSED(operation, a, b)                             \
  do {                                                              \
    std::string said = refusal(operation);                          \
    EXPECT_NE(said.find(a), std::string::npos) << "said: " << said; \
    EXPECT_NE(said.find(b), std::string::npos) << "said: " << said; \
  } while (false)

void expect_round_trip(const schema_operation& operation) {
  schema_definition before = blog();
  schema_definition after = before;
  schema_operation complete = operation.completed(before);
  complete.apply_to(after);
  EXPECT_NE(before, after) << operation.describe();
  complete.inverse().apply_to(after);
  EXPECT_EQ(before, after) << operation.describe();
}

TEST(replay, names_what_is_unnamed) {
  schema_definition schema = blog();
  EXPECT_EQ(schema.find("users")->uniques[0].name, "uq_users_email");
  EXPECT_EQ(schema.find("posts")->foreign_keys[0].name, "fk_posts_author_id");
  EXPECT_EQ(schema.find("posts")->indexes[0].name, "ix_posts_author_id_title");
}

TEST(replay, a_foreign_key_without_columns_references_the_primary_key) {
  EXPECT_EQ(blog().find("posts")->foreign_keys[0].referenced_columns, std::vector<std::string>{"id"});
}

TEST(replay, every_operation_is_taken_back_by_its_inverse) {
  table_definition tags{.name = "tags", .columns = {id(), text("name")}, .primary_key = {"", {"id"}}};
  expect_round_trip(create_table{tags});
  expect_round_trip(drop_table{*blog().find("posts")});
  expect_round_trip(rename_table{"users", "people"});
  expect_round_trip(add_column{"users", text("name")});
  expect_round_trip(rename_column{"users", "age", "years"});
  expect_round_trip(rename_column{"users", "id", "user_id"});
  expect_round_trip(alter_column{"users", *blog().find("users")->find_column("age"), number("age")});
  expect_round_trip(add_index{"users", {.columns = {{"age", true}}, .where = "age > 1"}});
  expect_round_trip(drop_index{"posts", blog().find("posts")->indexes[0]});
  expect_round_trip(add_unique{"posts", {"", {"title"}}});
  expect_round_trip(drop_unique{"users", blog().find("users")->uniques[0]});
  expect_round_trip(add_check{"posts", {"", "title <> ''"}});
  expect_round_trip(drop_check{"users", blog().find("users")->checks[0]});
  expect_round_trip(add_foreign_key{"posts", {.columns = {"id"}, .references = "users"}});
  expect_round_trip(drop_foreign_key{"posts", blog().find("posts")->foreign_keys[0]});
  expect_round_trip(change_primary_key{"posts", blog().find("posts")->primary_key, {"", {"author_id", "title"}}});
}

TEST(replay, a_dropped_column_comes_back_as_it_was) {
  schema_definition schema = blog();
  apply_all(
      {drop_check{"users", {"age_is_human", ""}}, drop_column{"users", *schema.find("users")->find_column("age")}},
      schema);
  EXPECT_EQ(schema.find("users")->find_column("age"), nullptr);
  schema_operation(drop_column{"users", *blog().find("users")->find_column("age")}).inverse().apply_to(schema);
  EXPECT_TRUE(schema.find("users")->find_column("age")->nullable);
}

TEST(replay, renaming_a_column_follows_it_everywhere) {
  schema_definition schema = blog();
  apply_all({rename_column{"users", "id", "user_id"}, rename_column{"users", "age", "years"}}, schema);
  EXPECT_EQ(schema.find("users")->primary_key.columns[0], "user_id");
  EXPECT_EQ(schema.find("posts")->foreign_keys[0].referenced_columns[0], "user_id");
  EXPECT_EQ(schema.find("users")->checks[0].expression, "years >= 0 AND years < 200");
}

TEST(replay, renaming_a_table_follows_it_in_foreign_keys_and_conventional_names) {
  schema_definition schema = blog();
  schema_operation(rename_table{"users", "people"}).apply_to(schema);
  EXPECT_EQ(schema.find("posts")->foreign_keys[0].references, "people");
  EXPECT_EQ(schema.find("people")->uniques[0].name, "uq_people_email");
}

TEST(replay, apply_all_changes_all_or_nothing) {
  schema_definition schema = blog();
  EXPECT_THROW(apply_all({add_column{"users", text("name")}, add_column{"users", text("name")}}, schema),
               migration_error);
  EXPECT_EQ(schema, blog());
}

TEST(replay, refuses_a_table_that_is_not_there) {
  EXPECT_REFUSED((add_column{"user", text("x")}), "`user`", "posts, users");
}
TEST(replay, refuses_a_table_twice) { EXPECT_REFUSED(create_table{users()}, "`users`", "exists already"); }
TEST(replay, refuses_a_column_twice) {
  EXPECT_REFUSED((add_column{"users", text("email")}), "`users`", "`email` exists");
}
TEST(replay, refuses_to_drop_a_column_that_is_not_there) {
  EXPECT_REFUSED((drop_column{"users", text("nick")}), "`users`", "`nick`");
}
TEST(replay, refuses_to_drop_a_column_in_use) {
  EXPECT_REFUSED((drop_column{"users", text("email")}), "`email`", "unique constraint `uq_users_email`");
  EXPECT_REFUSED((drop_column{"users", text("age")}), "`age`", "check `age_is_human`");
  EXPECT_REFUSED((drop_column{"posts", text("title")}), "`title`", "index `ix_posts_author_id_title`");
  EXPECT_REFUSED((drop_column{"users", id()}), "`id`", "primary key");
}
TEST(replay, refuses_to_drop_a_referenced_table) {
  EXPECT_REFUSED(drop_table{users()}, "`users`", "`fk_posts_author_id` of table `posts`");
}
TEST(replay, refuses_a_foreign_key_to_what_is_not_unique) {
  EXPECT_REFUSED(
      (add_foreign_key{"posts", {.columns = {"title"}, .references = "users", .referenced_columns = {"age"}}}),
      "`fk_posts_title`", "unique");
}
TEST(replay, refuses_a_foreign_key_to_a_table_that_is_not_there) {
  EXPECT_REFUSED((add_foreign_key{"posts", {.columns = {"title"}, .references = "topics"}}), "`topics`",
                 "create it first");
}
TEST(replay, refuses_an_index_name_that_another_table_has) {
  EXPECT_REFUSED((add_index{"users", {.name = "ix_posts_author_id_title", .columns = {{"age"}}}}), "exists already",
                 "`posts`");
}
TEST(replay, refuses_two_constraints_of_one_name) {
  EXPECT_REFUSED((add_check{"users", {"uq_users_email", "age > 1"}}), "`uq_users_email`", "another name");
}
TEST(replay, refuses_null_in_a_primary_key) {
  EXPECT_REFUSED((change_primary_key{"users", {"", {"id"}}, {"", {"age"}}}), "`age`", "must not be null");
}
TEST(replay, refuses_a_generated_column_that_is_not_the_key) {
  table_definition t{.name = "t", .columns = {number("a"), id()}, .primary_key = {"", {"a"}}};
  EXPECT_REFUSED(create_table{t}, "`id`", "primary key");
}
TEST(replay, refuses_a_generated_column_that_is_no_integer) {
  table_definition t{
      .name = "t", .columns = {{.name = "id", .type = type_kind::uuid, .identity = true}}, .primary_key = {"", {"id"}}};
  EXPECT_REFUSED(create_table{t}, "`id`", "integer");
}
TEST(replay, refuses_a_table_without_columns) { EXPECT_REFUSED(create_table{{.name = "t"}}, "`t`", "no columns"); }

TEST(inverse, sql_without_a_way_back_says_so) {
  schema_operation sql(execute_sql{"DELETE FROM users", ""});
  EXPECT_FALSE(sql.reversible());
  try {
    (void)sql.inverse();
    FAIL();
  } catch (const migration_error& e) {
    EXPECT_EQ(e.code(), errc::migration_irreversible);
    EXPECT_NE(std::string(e.what()).find("DELETE FROM users"), std::string::npos);
  }
}

TEST(inverse, sql_with_a_way_back_swaps) {
  schema_operation sql = schema_operation(execute_sql{"CREATE VIEW v AS SELECT 1", "DROP VIEW v"}).inverse();
  EXPECT_EQ(std::get<execute_sql>(sql.data).up, "DROP VIEW v");
}

TEST(inverse, of_several_goes_backwards) {
  std::vector<schema_operation> forth{add_column{"users", text("a")}, rename_column{"users", "a", "b"}};
  std::vector<schema_operation> back = inverse_of(forth);
  EXPECT_TRUE(std::holds_alternative<rename_column>(back[0].data));
  EXPECT_TRUE(std::holds_alternative<drop_column>(back[1].data));
}

TEST(canonical_text, changes_with_what_is_done) {
  EXPECT_NE(schema_operation(add_column{"users", text("a")}).canonical(),
            schema_operation(add_column{"users", number("a")}).canonical());
  EXPECT_NE(schema_operation(execute_sql{"a\" \"b", ""}).canonical(),
            schema_operation(execute_sql{"a", "b"}).canonical());
}

TEST(canonical_text, does_not_change_with_the_layout_of_conditions) {
  EXPECT_EQ(schema_operation(add_check{"users", {"c", "age > 1"}}).canonical(),
            schema_operation(add_check{"users", {"c", "( age  >  1 )"}}).canonical());
}

/// Applied databases hold checksums of these texts: they must never change.
TEST(canonical_text, is_the_same_in_every_release) {
  EXPECT_EQ(
      schema_operation(create_table{*blog().find("posts")}).canonical(),
      "create_table \"posts\" column \"id\":\"int64\" identity column \"author_id\":\"int64\" column "
      "\"title\":\"text\" "
      "key \"pk_posts\"(\"id\") index \"ix_posts_author_id_title\"(\"author_id\"+\"title\"+) "
      "foreign_key \"fk_posts_author_id\"(\"author_id\")->\"users\"(\"id\") delete=\"cascade\" update=\"no action\"");
}

TEST(description, names_table_and_column) {
  EXPECT_EQ(
      schema_operation(add_column{"users", {.name = "age", .type = type_kind::int32, .nullable = true}}).describe(),
      "add column users.age (int32, nullable)");
}

TEST(schema_operations, sql_is_described_by_its_beginning_which_cuts_no_character) {
  EXPECT_EQ(schema_operation(execute_sql{"SELECT 1", {}}).describe(), "execute SELECT 1");
  EXPECT_EQ(schema_operation(execute_sql{"SELECT 1\nFROM users", {}}).describe(), "execute SELECT 1 …");
  const std::string before = "SELECT '" + std::string(51, 'a');
  EXPECT_EQ(schema_operation(execute_sql{before + "é'", {}}).describe(), "execute " + before + " …");
}

}  // namespace
}  // namespace tupelo
