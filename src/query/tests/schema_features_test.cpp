// SPDX-License-Identifier: Apache-2.0
// Indexes of every kind, generated columns, enums and exclusion constraints: as data, replayed in memory.
#include "tupelo/query/schema_operation.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tupelo {
namespace {

using namespace ddl;

schema_definition hotel() {
  table_definition rooms;
  rooms.name = "rooms";
  rooms.columns = {
      {.name = "id", .type = type_kind::int64, .identity = true},
      {.name = "note", .type = type_kind::text},
      {.name = "mood", .type = column_type::enumeration("mood"), .default_sql = "'fine'"},
      {.name = "moods", .type = column_type::array_of(column_type::enumeration("mood")), .default_sql = "'[\"fine\"]'"},
      {.name = "loud", .type = type_kind::text, .computed_sql = "upper(note)"},
      {.name = "during", .type = type_kind::text}};
  rooms.primary_key.columns = {"id"};
  rooms.indexes = {{.name = "i", .columns = {{.expression = "lower(note)"}}, .include = {"during"}}};
  rooms.exclusions = {{.name = "apart", .terms = {{{"during"}, "&&"}}}};
  rooms.checks = {{"known", "note <> 'fine' AND mood IN ('fine', 'bad')"}};
  schema_definition schema;
  apply_all({create_enum{{"mood", {"bad", "fine"}}}, create_table{rooms}}, schema);
  return schema;
}

std::string refusal(const schema_operation& operation) {
  schema_definition schema = hotel();
  try {
    operation.apply_to(schema);
  } catch (const migration_error& e) {
    EXPECT_EQ(schema, hotel());
    return e.what();
  }
  return "nothing";
}
void expect_refusal(const schema_operation& operation, const std::string& part) {
  EXPECT_NE(refusal(operation).find(part), std::string::npos) << refusal(operation);
}
void expect_round_trip(const schema_operation& operation) {
  schema_definition schema = hotel();
  const schema_operation complete = operation.completed(schema);
  complete.apply_to(schema);
  EXPECT_NE(schema, hotel());
  complete.inverse().apply_to(schema);
  EXPECT_EQ(schema, hotel()) << operation.describe();
  EXPECT_NE(complete.canonical(), complete.inverse().canonical());
  EXPECT_EQ(complete.table(), complete.inverse().table());
}

TEST(schema_features, each_operation_is_taken_back_by_its_inverse) {
  expect_round_trip(add_exclusion{"rooms", {.name = "e", .terms = {{{"note"}, "="}}}});
  expect_round_trip(drop_exclusion{"rooms", hotel().tables[0].exclusions[0]});
  expect_round_trip(comment_table{"rooms", "", "where people sleep"});
  expect_round_trip(create_enum{{"size", {"s", "m"}}});
  expect_round_trip(change_enum{{"mood", {"bad", "fine"}}, {"mood", {"bad", "so-so", "fine"}}});
  expect_round_trip(rename_enum_value{"mood", "fine", "good"});
  expect_round_trip(add_index{"rooms", {.columns = {{.expression = "upper(note)"}}}, true});
}

TEST(schema_features, what_differs_in_meaning_differs_in_the_checksum) {
  const auto text = [](index_definition index) { return schema_operation(add_index{"rooms", index}).canonical(); };
  const index_definition plain{.name = "i", .columns = {{"note"}}};
  std::vector<index_definition> others(8, plain);
  others[0].columns[0].nulls = index_nulls::first;
  others[1].columns[0].nulls = index_nulls::last;
  others[2].columns[0].operator_class = "text_pattern_ops";
  others[3].columns[0] = {.expression = "note"};
  others[4].method = "hash";
  others[5].include = {"id"};
  others[6].nulls_not_distinct = true;
  others[7].unique = true;
  for (const index_definition& other : others) EXPECT_NE(text(other), text(plain));
  EXPECT_NE(schema_operation(add_index{"rooms", plain, true}).canonical(), text(plain));
  EXPECT_TRUE(schema_operation(add_index{"rooms", plain, true}).concurrently());
}

TEST(schema_features, a_renamed_column_is_renamed_in_expressions) {
  schema_definition schema = hotel();
  apply_all({rename_column{"rooms", "note", "text"}, rename_column{"rooms", "during", "time"}}, schema);
  const table_definition& rooms = schema.tables[0];
  EXPECT_EQ(rooms.indexes[0].columns[0].expression, "lower(text)");
  EXPECT_EQ(rooms.indexes[0].include, std::vector<std::string>{"time"});
  EXPECT_EQ(rooms.find_column("loud")->computed_sql, "upper(text)");
  EXPECT_EQ(rooms.exclusions[0].terms[0].of.name, "time");
}
TEST(schema_features, a_renamed_value_is_renamed_where_it_stands_against_its_enum) {
  schema_definition schema = hotel();
  schema_operation(rename_enum_value{"mood", "fine", "good"}).apply_to(schema);
  const table_definition& rooms = schema.tables[0];
  EXPECT_EQ(rooms.find_column("mood")->default_sql, "'good'");
  EXPECT_EQ(rooms.find_column("moods")->default_sql, "'[\"good\"]'");
  EXPECT_EQ(rooms.checks[0].expression, "note <> 'fine' AND mood IN ('good', 'bad')");
}

TEST(schema_features, a_renamed_value_is_renamed_whatever_quotes_are_in_it) {
  const std::string odd = "it's \"5\" \\ 3";
  schema_definition schema = hotel();
  apply_all({rename_enum_value{"mood", "fine", odd}}, schema);
  EXPECT_EQ(schema.tables[0].find_column("mood")->default_sql, "'it''s \"5\" \\ 3'");
  EXPECT_EQ(schema.tables[0].find_column("moods")->default_sql, "'[\"it''s \\\"5\\\" \\\\ 3\"]'");
  apply_all({rename_enum_value{"mood", odd, "fine"}}, schema);
  EXPECT_EQ(schema, hotel());
}
TEST(schema_features, a_part_of_a_value_is_not_renamed) {
  schema_definition schema = hotel();
  schema.enums[0].values.push_back("so \"fine");
  schema.tables[0].find_column("moods")->default_sql = "'[\"so \\\"fine\", \"fine\"]'";
  apply_all({rename_enum_value{"mood", "fine", "good"}}, schema);
  EXPECT_EQ(schema.tables[0].find_column("moods")->default_sql, "'[\"so \\\"fine\", \"good\"]'");
}
TEST(schema_features, refuse_what_cannot_be) {
  const column_definition note = hotel().tables[0].columns[1];
  const column_definition during = hotel().tables[0].columns[5];
  expect_refusal(drop_column{"rooms", note}, "index `i`");
  expect_refusal(drop_column{"rooms", during}, "index `i`");
  expect_refusal(drop_enum{{"mood", {}}}, "column `mood` of table `rooms`");
  expect_refusal(create_enum{{"mood", {"x"}}}, "exists already");
  expect_refusal(create_enum{{"empty", {}}}, "has no values");
  expect_refusal(create_enum{{"twice", {"a", "b", "a"}}}, "`a` twice");
  expect_refusal(change_enum{{"mood", {"bad"}}, {"mood", {"x"}}}, "starts from");
  expect_refusal(rename_enum_value{"mood", "awful", "x"}, "no value `awful`");
  expect_refusal(rename_enum_value{"mood", "bad", "fine"}, "`fine` already");
  expect_refusal(rename_enum_value{"size", "s", "x"}, "no enum `size`");
  expect_refusal(add_column{"rooms", {.name = "x", .type = column_type::enumeration("size")}}, "create it first");
  expect_refusal(
      add_column{"rooms", {.name = "x", .type = type_kind::text, .default_sql = "'y'", .computed_sql = "upper(note)"}},
      "no default");
  expect_refusal(add_index{"rooms", {.name = "x", .columns = {{"note"}}, .unique = true, .method = "gin"}},
                 "cannot keep rows unique");
  expect_refusal(add_index{"rooms", {.name = "x", .columns = {{"note", true}}, .method = "gin"}}, "does not sort");
  expect_refusal(add_index{"rooms", {.name = "x", .columns = {{"note"}}, .include = {"nothing"}}}, "`nothing`");
  expect_refusal(add_index{"rooms", {.name = "x", .columns = {{"note"}}, .nulls_not_distinct = true}}, "not unique");
  expect_refusal(add_index{"rooms", {.name = "x", .columns = {index_column{}}}}, "an expression that is empty");
  expect_refusal(add_exclusion{"rooms", {.name = "apart", .terms = {{{"note"}, "="}}}}, "exists already");
  expect_refusal(add_exclusion{"rooms", {.name = "x", .terms = {{{"nothing"}, "="}}}}, "`nothing`");
  expect_refusal(change_primary_key{"rooms", {"", {"id"}}, {"", {"loud"}}}, "computed");
}

TEST(schema_features, a_deferrable_constraint_is_nothing_to_reference) {
  schema_definition schema = hotel();
  schema_operation(add_unique{"rooms", {.columns = {"note"}, .deferrable = true}}).apply_to(schema);
  EXPECT_FALSE(schema.tables[0].is_unique({"note"}));
}

}  // namespace
}  // namespace tupelo
