// SPDX-License-Identifier: Apache-2.0
// Indexes of every kind, generated columns, enums and comments: what SQLite has of them, leaves out and refuses.
#include "raw_database.hpp"

#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

namespace tupelo::sqlite {
namespace {

table_definition people() {
  return {.name = "people",
          .columns = {{.name = "id", .type = type_kind::int64, .identity = true},
                      {.name = "email", .type = type_kind::text},
                      {.name = "nick", .type = type_kind::text, .nullable = true}},
          .primary_key = {"", {"id"}}};
}

std::string texts(const std::vector<schema_operation>& operations) {
  schema_definition schema;
  schema.add(with_names(people()));
  std::string out;
  for (const std::string& text : texts_of(render_ddl(operations, schema))) out += text + "\n";
  return out;
}
std::string refusal(const std::vector<schema_operation>& operations) {
  try {
    texts(operations);
  } catch (const migration_error& e) {
    EXPECT_EQ(e.code(), errc::unsupported_feature);
    return e.what();
  }
  return "nothing";
}

TEST(sqlite_ddl_features, an_index_may_be_over_expressions) {
  EXPECT_EQ(
      texts({ddl::add_index{"people", {.name = "i", .columns = {{.expression = "lower(email)"}, {"nick", true}}}}}),
      "CREATE INDEX \"i\" ON \"people\" ((lower(email)), \"nick\" DESC)\n");
}
TEST(sqlite_ddl_features, what_an_index_only_gains_speed_by_is_left_out) {
  EXPECT_EQ(texts({ddl::add_index{"people",
                                  {.name = "i",
                                   .columns = {{.name = "email", .nulls = index_nulls::last, .operator_class = "x"}},
                                   .include = {"nick"}}}}),
            "CREATE INDEX \"i\" ON \"people\" (\"email\")\n");
  const index_definition gin{.name = "i", .columns = {{"email"}}, .method = "gin"};
  EXPECT_EQ(texts({ddl::add_index{"people", gin}, ddl::drop_index{"people", gin}}), "");
}
TEST(sqlite_ddl_features, an_index_is_built_concurrently_as_any_other) {
  EXPECT_EQ(texts({ddl::add_index{"people", {.name = "i", .columns = {{"email"}}}, true}}),
            "CREATE INDEX \"i\" ON \"people\" (\"email\")\n");
}
TEST(sqlite_ddl_features, comments_and_enums_need_no_statement) {
  const enum_definition role{"role", {"guest"}};
  column_definition email = people().columns[1];
  email.comment = "where we write to";
  EXPECT_EQ(texts({ddl::comment_table{"people", "", "everybody"}, ddl::create_enum{role}, ddl::drop_enum{role},
                   ddl::alter_column{"people", people().columns[1], email}}),
            "");
}
TEST(sqlite_ddl_features, composites_need_no_statement_and_stay_as_they_are_where_columns_have_them) {
  const composite_definition size{"size", {{"width", type_kind::int32}}};
  const composite_definition other{"size", {{"height", type_kind::int32}}};
  EXPECT_EQ(texts({ddl::create_composite{size}, ddl::change_composite{size, other}, ddl::drop_composite{other}}), "");
  const std::string said =
      refusal({ddl::create_composite{size},
               ddl::add_column{"people", {.name = "s", .type = column_type::native_or_text("size"), .nullable = true}},
               ddl::change_composite{size, other}});
  EXPECT_NE(said.find("column `s` of table `people`"), std::string::npos) << said;
}
TEST(sqlite_ddl_features, composites_stay_as_they_are_where_columns_have_them_as_parts_of_others) {
  const composite_definition size{"size", {{"width", type_kind::int32}}};
  const composite_definition other{"size", {{"height", type_kind::int32}}};
  const composite_definition box{"box", {{"outside", column_type::native_or_text("size")}}};
  const composite_definition pile{"pile", {{"boxes", column_type::array_of(column_type::native_or_text("box"))}}};
  const std::vector<schema_operation> unused{ddl::create_composite{size}, ddl::create_composite{box},
                                             ddl::create_composite{pile}, ddl::change_composite{size, other}};
  EXPECT_EQ(texts(unused), "");
  for (const char* type : {"box", "pile"}) {
    std::vector<schema_operation> used = unused;
    used.insert(used.end() - 1,
                ddl::add_column{"people", {.name = "s", .type = column_type::native_or_text(type), .nullable = true}});
    EXPECT_NE(refusal(used).find("column `s` of table `people`"), std::string::npos) << type;
  }
}
TEST(sqlite_ddl_features, refuses_what_would_let_other_rows_in) {
  EXPECT_NE(
      refusal({ddl::add_unique{"people", {.columns = {"nick"}, .nulls_not_distinct = true}}}).find("SQLite has no"),
      std::string::npos);
  EXPECT_NE(refusal({ddl::add_unique{"people", {.columns = {"nick"}, .deferrable = true}}}).find("`uq_people_nick`"),
            std::string::npos);
  EXPECT_NE(refusal({ddl::add_exclusion{"people", {.name = "x", .terms = {{{"nick"}, "="}}}}}).find("exclusion"),
            std::string::npos);
}

TEST(sqlite_ddl_features, refuses_a_search_of_a_column_whose_name_fts5_keeps) {
  EXPECT_NE(
      refusal({ddl::add_column{"people", {.name = "Rank", .type = type_kind::text, .nullable = true}},
               ddl::add_index{"people",
                              {.name = "words", .columns = {{.name = "Rank", .weight = 'D'}}, .language = "english"}}})
          .find("`Rank`"),
      std::string::npos);
}

TEST(sqlite_ddl_features, expressions_and_generated_columns_are_read_back) {
  table_definition table = people();
  table.columns.push_back(
      {.name = "shouted", .type = type_kind::text, .nullable = true, .computed_sql = "upper(email) || '(!)'"});
  table.columns.push_back({.name = "length",
                           .type = type_kind::int64,
                           .nullable = true,
                           .computed_sql = "length(email)",
                           .computed_at_read = true});
  table.indexes = {
      {.name = "i", .columns = {{.expression = "lower(email)"}, {"nick", true}, {.expression = "id + (1)"}}},
      {.name = "k", .columns = {{.expression = "coalesce(nick, 'a,b')"}}, .where = "id > 0"}};
  raw_database db;
  schema_definition schema;
  db.change({ddl::create_table{table}}, schema);
  EXPECT_EQ(db.introspect(), schema);
}
TEST(sqlite_ddl_features, indexes_follow_a_renamed_table_and_leave_their_names_to_a_new_one) {
  table_definition table = people();
  table.indexes = {{"", {{"email"}}}, {.name = "mine", .columns = {{"nick"}}}};
  raw_database db;
  schema_definition schema;
  db.change({ddl::create_table{table}}, schema);
  const schema_definition before = schema;
  table.indexes.pop_back();
  db.change({ddl::rename_table{"people", "folk"}, ddl::create_table{table}}, schema);
  EXPECT_EQ(db.introspect(), schema);
  EXPECT_NE(schema.find("folk")->find_index("ix_folk_email"), nullptr);
  EXPECT_NE(schema.find("folk")->find_index("mine"), nullptr);
  db.change({ddl::drop_table{table}, ddl::rename_table{"folk", "people"}}, schema);
  EXPECT_EQ(schema, before);
  EXPECT_EQ(db.introspect(), schema);
}
TEST(sqlite_ddl_features, rows_and_defaults_have_a_renamed_value_of_an_enum) {
  table_definition table = people();
  table.columns.push_back({.name = "role", .type = column_type::enumeration("role"), .default_sql = "'guest'"});
  table.columns.push_back(
      {.name = "past", .type = column_type::array_of(column_type::enumeration("role")), .nullable = true});
  raw_database db;
  schema_definition schema;
  db.change({ddl::create_enum{{"role", {"guest", "admin"}}}, ddl::create_table{table}}, schema);
  db.run("INSERT INTO people (email, past) VALUES ('a', '[\"admin\",\"guest\"]')");
  db.change({ddl::rename_enum_value{"role", "guest", "visitor"}}, schema);
  db.run("INSERT INTO people (email) VALUES ('b')");
  EXPECT_EQ(db.value("SELECT group_concat(role || coalesce(past, '')) FROM people"),
            "visitor[\"admin\",\"visitor\"],visitor");
}
TEST(sqlite_ddl_features, a_renamed_value_of_an_enum_is_renamed_in_rows_that_a_check_holds_to_it) {
  table_definition table = people();
  table.columns.push_back({.name = "role", .type = column_type::enumeration("role")});
  table.columns.push_back(
      {.name = "past", .type = column_type::array_of(column_type::enumeration("role")), .nullable = true});
  table.checks = {{"known", "role IN ('guest', 'admin')"}};
  raw_database db;
  schema_definition schema;
  db.change({ddl::create_enum{{"role", {"guest", "admin"}}}, ddl::create_table{table}}, schema);
  db.run("INSERT INTO people (email, role, past) VALUES ('a', 'guest', '[\"admin\",\"guest\"]'), "
         "('b', 'admin', NULL), ('c', 'admin', '[]')");
  db.change({ddl::rename_enum_value{"role", "guest", "visitor"}}, schema);
  EXPECT_EQ(db.value("SELECT group_concat(role || coalesce(past, '')) FROM people"),
            "visitor[\"admin\",\"visitor\"],admin,admin[]");
}

}  // namespace
}  // namespace tupelo::sqlite
