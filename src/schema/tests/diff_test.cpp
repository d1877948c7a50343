// SPDX-License-Identifier: Apache-2.0
#include "live_database.hpp"
#include "sample_schemas.hpp"

#include "tupelo/schema/diff.hpp"

#include <gtest/gtest.h>

namespace tupelo {
namespace {

using namespace sample;
using namespace ddl;

/// What the difference is, one line each; it is applied both ways to show that it leads there and back.
std::vector<std::string> changes(const schema_definition& from, const schema_definition& to,
                                 const diff_options& options = {}) {
  std::vector<schema_operation> operations = diff(from, to, options);
  schema_definition state = with_names(from);
  apply_all(operations, state);
  EXPECT_TRUE(diff(state, to, options).empty()) << "a second diff is not empty";
  apply_all(inverse_of(operations), state);
  EXPECT_TRUE(diff(state, from).empty()) << "the inverse does not restore";
  std::vector<std::string> lines;
  for (const auto& operation : operations) lines.push_back(operation.describe());
  return lines;
}

using lines = std::vector<std::string>;

class schema_diff : public ::testing::Test {
protected:
  schema_definition from = blog();
  schema_definition to = blog();
  table_definition& users() { return *to.find("users"); }
  table_definition& posts() { return *to.find("posts"); }
  column_definition& column(table_definition& table, const char* name) { return *table.find_column(name); }
};

TEST_F(schema_diff, of_equal_schemas_is_empty) { EXPECT_EQ(changes(from, to), lines{}); }

TEST_F(schema_diff, ignores_the_order_of_columns_and_constraints) {
  std::swap(users().columns[0], users().columns[3]);
  EXPECT_EQ(changes(from, to), lines{});
}

TEST_F(schema_diff, ignores_how_expressions_are_laid_out) {
  users().checks[0].expression = "( age>=0 and \"age\" < 200 )";
  posts().indexes[0].where = " views>0";
  EXPECT_EQ(changes(from, to), lines{});
}

TEST_F(schema_diff, an_expression_compares_as_a_live_database_has_it_where_nothing_is_said) {
  const live_database live;
  diff_options of_live;
  of_live.live = &live.db.sql_dialect().schema();
  from.find("posts")->indexes.push_back(
      {.name = "loud", .columns = {{.expression = "lower(title)", .collation = "C"}}});
  posts().indexes.push_back({.name = "loud", .columns = {{.expression = "lower(title)"}}});
  EXPECT_TRUE(diff(from, to, of_live).empty());
  EXPECT_FALSE(diff(from, to).empty());
  posts().indexes.back().columns[0].collation = "POSIX";
  EXPECT_FALSE(diff(from, to, of_live).empty());
}

TEST_F(schema_diff, names_that_are_not_given_do_not_matter) {
  from.find("posts")->indexes[0].name = "IFK_PostAuthor";
  from.find("users")->uniques[0].name = "mail_once";
  from.find("posts")->foreign_keys[0].name = "FK1";
  from.find("users")->primary_key.name = "PK_users";
  users().uniques[0].name.clear();
  posts().indexes[0].name.clear();
  posts().foreign_keys[0].name.clear();
  users().primary_key.name.clear();
  EXPECT_EQ(changes(from, to), lines{});
}

TEST_F(schema_diff, names_that_are_given_matter) {
  users().uniques[0].name = "mail_once";
  users().primary_key.name = "one_user";
  EXPECT_EQ(changes(from, to), (lines{"rename constraint pk_users to one_user on users",
                                      "rename constraint uq_users_email to mail_once on users"}));
}

TEST_F(schema_diff, the_name_that_a_live_database_has_given_to_a_key_is_as_good_as_the_usual_one) {
  const live_database live;
  diff_options of_live;
  of_live.live = &live.db.sql_dialect().schema();
  from.find("users")->primary_key.name = "users_pkey";
  EXPECT_TRUE(diff(from, to, of_live).empty());
  users().primary_key.name = "one_user";
  EXPECT_EQ(diff(from, to, of_live).size(), 1U);
}

TEST_F(schema_diff, renames_what_is_equal_but_for_its_name) {
  from.find("posts")->indexes[0].name = "by_title";
  posts().indexes[0].name = "by_author";
  users().checks[0].name = "age_is_sane";
  posts().foreign_keys[0].name = "written_by";
  EXPECT_EQ(changes(from, to), (lines{"rename index by_title to by_author on posts",
                                      "rename constraint fk_posts_author_id to written_by on posts",
                                      "rename constraint age_is_human to age_is_sane on users"}));
}

TEST_F(schema_diff, makes_again_what_cannot_have_its_new_name_yet) {
  from.find("users")->indexes = {{.name = "first", .columns = {{"age"}}}};
  from.find("posts")->indexes = {{.name = "second", .columns = {{"title"}}}};
  users().indexes = {{.name = "second", .columns = {{"age"}}}};
  posts().indexes = {{.name = "first", .columns = {{"title"}}}};
  EXPECT_EQ(changes(from, to).size(), 4U);
  from.find("users")->checks = {{"low", "age > 0"}, {"high", "age < 9"}};
  users().checks = {{"high", "age > 0"}, {"low", "age < 9"}};
  EXPECT_EQ(changes(from, to).size(), 8U);
}

TEST_F(schema_diff, finds_columns) {
  users().columns.push_back({.name = "nick", .type = column_type::varchar(30), .nullable = true});
  std::erase_if(posts().columns, [](const auto& c) { return c.name == "title"; });
  posts().indexes.clear();
  std::string index = from.find("posts")->indexes[0].name;
  EXPECT_EQ(changes(from, to), (lines{"drop index " + index + " on posts", "drop column posts.title",
                                      "add column users.nick (varchar(30), nullable)"}));
}

TEST_F(schema_diff, finds_types_nullability_and_defaults_as_one_change_each_column) {
  column(users(), "age") = {.name = "age", .type = type_kind::int64, .default_sql = "18"};
  EXPECT_EQ(changes(from, to), (lines{"alter column users.age: int32, nullable → int64, default 18"}));
}

TEST_F(schema_diff, finds_checks) {
  users().checks[0].expression = "age > 17";
  EXPECT_EQ(changes(from, to),
            (lines{"drop check age_is_human on users", "add check age_is_human (age > 17) on users"}));
}

TEST_F(schema_diff, finds_actions_of_foreign_keys) {
  posts().foreign_keys[0].on_delete = set_null;
  EXPECT_EQ(
      changes(from, to),
      (lines{"drop foreign key fk_posts_author_id on posts",
             "add foreign key fk_posts_author_id (author_id) references users (id) on delete set null on posts"}));
}

TEST_F(schema_diff, finds_order_uniqueness_and_condition_of_indexes) {
  for (int part = 0; part < 3; ++part) {
    to = blog();
    if (part == 0) posts().indexes[0].columns[1].descending = false;
    if (part == 1) posts().indexes[0].unique = true;
    if (part == 2) posts().indexes[0].where.clear();
    posts().indexes[0].name.clear();
    EXPECT_EQ(changes(from, to).size(), 2U) << part;
  }
}

TEST_F(schema_diff, creates_tables_before_those_that_reference_them) {
  EXPECT_EQ(changes({}, to), (lines{"create table users (5 columns)", "create table posts (4 columns)"}));
}

TEST_F(schema_diff, drops_tables_after_those_that_reference_them) {
  EXPECT_EQ(changes(from, {}), (lines{"drop table posts", "drop table users"}));
}

TEST_F(schema_diff, breaks_rings_of_foreign_keys) {
  schema_definition ring;
  for (const char* name : {"a", "b", "c"}) {
    std::string next = name[0] == 'c' ? "a" : std::string(1, static_cast<char>(name[0] + 1));
    ring.add({.name = name,
              .columns = {id(), {.name = "next", .type = type_kind::int64, .nullable = true}},
              .primary_key = {"", {"id"}},
              .foreign_keys = {{.columns = {"next"}, .references = next}}});
  }
  EXPECT_EQ(changes({}, ring).size(), 4U);  // three tables, one key later
  EXPECT_EQ(changes(ring, {}).size(), 4U);
}

TEST_F(schema_diff, a_table_may_reference_itself) {
  schema_definition tree;
  tree.add({.name = "tree",
            .columns = {id(), {.name = "up", .type = type_kind::int64, .nullable = true}},
            .primary_key = {"", {"id"}},
            .foreign_keys = {{.columns = {"up"}, .references = "tree"}}});
  EXPECT_EQ(changes({}, tree), (lines{"create table tree (2 columns)"}));
}

TEST_F(schema_diff, a_hint_renames_a_column_with_all_that_uses_it) {
  users().columns[2].name = "years";
  users().checks[0].expression = "years >= 0 AND years < 200";
  EXPECT_EQ(changes(from, to, {.renames = {{"users", "years", "age"}}}), (lines{"rename column users.age to years"}));
}

TEST_F(schema_diff, a_hint_renames_a_table_with_the_keys_that_reference_it) {
  table_definition people = users();
  people.name = "people";
  people.uniques[0].name.clear();
  people.primary_key.name.clear();
  to.remove("users");
  to.add(people);
  posts().foreign_keys[0].references = "people";
  EXPECT_EQ(changes(from, to, {.renames = {{"people", "", "users"}}}), (lines{"rename table users to people"}));
}

TEST_F(schema_diff, table_and_column_can_be_renamed_at_once) {
  table_definition people = users();
  people.name = "people";
  people.columns[1].name = "mail";
  people.uniques = {{"", {"mail"}}};
  people.primary_key.name.clear();
  to.remove("users");
  to.add(people);
  posts().foreign_keys[0].references = "people";
  EXPECT_EQ(changes(from, to, {.renames = {{"people", "mail", "email"}, {"people", "", "users"}}}),
            (lines{"rename table users to people", "rename column people.email to mail"}));
}

TEST_F(schema_diff, a_hint_of_what_has_happened_is_ignored) {
  EXPECT_EQ(changes(from, to, {.renames = {{"users", "email", "mail"}, {"users", "", "accounts"}}}), lines{});
}

TEST_F(schema_diff, without_a_hint_a_renamed_column_is_another_one) {
  users().columns[4].name = "changed_at";
  EXPECT_EQ(changes(from, to), (lines{"add column users.changed_at (timestamp)", "drop column users.updated_at"}));
}

TEST_F(schema_diff, keys_step_aside_while_the_key_they_reference_changes) {
  users().columns[0] = {.name = "uid", .type = type_kind::uuid};
  users().primary_key = {"", {"uid"}};
  posts().columns[1].type = type_kind::uuid;
  posts().foreign_keys[0].referenced_columns = {"uid"};
  std::vector<std::string> said = changes(from, to);
  EXPECT_EQ(said.front(), "drop foreign key fk_posts_author_id on posts");
  EXPECT_EQ(said.back(),
            "add foreign key fk_posts_author_id (author_id) references users (uid) on delete cascade on posts");
}

TEST_F(schema_diff, a_dropped_table_does_not_hold_up_changes_of_those_it_references) {
  to.remove("posts");
  users().primary_key = {"", {"email"}};
  users().columns[0].identity = false;
  EXPECT_EQ(changes(from, to).front(), "drop table posts");
}

TEST_F(schema_diff, an_index_may_move_to_another_table_under_its_name) {
  from.find("posts")->indexes[0].name = "by_title";
  posts().indexes.clear();
  users().indexes = {{.name = "by_title", .columns = {{"email"}}}};
  EXPECT_EQ(changes(from, to), (lines{"drop index by_title on posts", "add index by_title (email) on users"}));
}

}  // namespace
}  // namespace tupelo
