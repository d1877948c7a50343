// SPDX-License-Identifier: Apache-2.0
// What written models call things whose names C++ does not take, or not twice.
#include "support/failure_of.hpp"

#include <tupelo/schema/model_writer.hpp>
#include <tupelo/dialect/sqlite/ddl.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tupelo {
namespace {

table_definition table_of(std::string name, const std::vector<std::string>& columns) {
  table_definition table;
  table.name = std::move(name);
  for (const std::string& column : columns) table.columns.push_back({.name = column, .type = type_kind::int64});
  table.primary_key.columns = {columns.front()};
  return table;
}

TEST(names_of_written_models, that_would_be_the_same_get_numbers) {
  schema_definition schema;
  for (const char* name : {"a b", "a_b", "a-b"}) schema.add(table_of(name, {"id"}));
  std::vector<std::string> names;
  for (const auto& model : write_models(schema, sqlite::schema_rules()).models) names.push_back(model.name);
  EXPECT_EQ(names, (std::vector<std::string>{"AB", "AB_2", "AB_3"}));
}
TEST(names_of_written_models, of_members_are_taken_once_also_where_a_column_has_a_number) {
  schema_definition schema;
  schema.add(table_of("things", {"id", "x y", "x_y", "x_y_2", "X-Y"}));
  const std::string text = write_models(schema, sqlite::schema_rules()).text;
  for (const char* member : {" x_y{}", " x_y_{}", " x_y_2{}", " x_y_3{}"}) {
    const std::size_t at = text.find(member);
    EXPECT_NE(at, std::string::npos) << member << " in " << text;
    EXPECT_EQ(text.find(member, at + 1), std::string::npos) << member << " in " << text;
  }
}
TEST(names_of_written_models, of_tables_that_are_not_there_are_answered_with_those_that_are_near) {
  schema_definition schema;
  for (const char* name : {"Users", "user_roles", "invoices"}) schema.add(table_of(name, {"id"}));
  const auto refused = test_support::failure_of<configuration_error>(
      [&] { (void)write_models(schema, sqlite::schema_rules(), {"user"}); });
  EXPECT_STREQ(refused.what(), "the database has no table `user` to write a model of; near are: Users");
}

}  // namespace
}  // namespace tupelo
