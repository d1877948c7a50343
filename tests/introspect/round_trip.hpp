// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/model_writer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace tupelo {

/// Models that are written from `wanted`, once the database holds it: the database holds nothing else, and what they
/// build in `empty` is the same.
template <class Database>
void expect_round_trip(Database& database, Database& empty, const schema_definition& wanted,
                       const schema_dialect& rules) {
  schema_definition state;
  database.change(diff({}, wanted), state);
  const schema_definition live = database.introspect();
  const model_source source = write_models(live, rules);

  diff_options against_live;
  against_live.live = &rules;
  for (const schema_operation& left : diff(live, source.schema, against_live)) ADD_FAILURE() << left.describe();

  // Enums whose values C++ cannot spell are the one thing that is left to a migration.
  schema_definition made;
  for (const enum_definition& type : live.enums) {
    const std::string told = "enum " + type.name + ":";
    const auto tells = [&](const std::string& line) { return line.starts_with(told); };
    if (std::any_of(source.left_out.begin(), source.left_out.end(), tells)) {
      empty.change({ddl::create_enum{type}}, made);
    }
  }
  for (const std::string& line : source.left_out) {
    if (!line.starts_with("enum ")) ADD_FAILURE() << "left out: " << line;
  }
  schema_definition models = source.schema;
  for (const enum_definition& type : made.enums) models.enums.push_back(type);
  empty.change(diff(made, models), made);
  const schema_definition again = empty.introspect();
  EXPECT_EQ(again.enums, live.enums);
  ASSERT_EQ(again.tables.size(), live.tables.size());
  for (std::size_t i = 0; i < live.tables.size(); ++i) {
    EXPECT_TRUE(again.tables[i] == live.tables[i]) << live.tables[i].name;
    schema_definition one;
    schema_definition other;
    one.tables = {live.tables[i]};
    other.tables = {again.tables[i]};
    for (schema_definition* alone : {&one, &other}) alone->tables[0].foreign_keys.clear();
    one.enums = other.enums = live.enums;
    for (const schema_operation& left : diff(one, other)) ADD_FAILURE() << left.describe();
  }
}

}  // namespace tupelo
