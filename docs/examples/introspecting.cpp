// SPDX-License-Identifier: Apache-2.0
#include "example_place.hpp"

#include <tupelo/sqlite.hpp>
#include <tupelo/tupelo.hpp>
#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/model_writer.hpp>
#include <tupelo/schema/models.hpp>
#include <tupelo/query/raw_term.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

namespace tp = tupelo;

namespace {

struct Place {
  std::int64_t id{};
  std::string name, country;
  std::optional<tp::timestamp> deleted_at;

  static void model(tp::model<Place>& m) {
    m.check("known_country", tp::raw<bool>("country ~ '^[A-Z]{2}$'"));
    m.index(&Place::name).where(tp::raw<bool>("deleted_at IS NULL")).collation(&Place::name, "C");
  }
};

TEST(guide_of_models, conditions_may_be_sql) {
  const auto table = tp::schema_of<Place>().schema.tables.at(0);
  EXPECT_EQ(table.checks.at(0).expression, "country ~ '^[A-Z]{2}$'");
  EXPECT_EQ(table.indexes.at(0).columns.at(0).collation, "C");
}

TEST(guide_of_migrations, models_are_written_from_a_program) {
  const example::place here;
  tp::database db(here.url());
  tp::lease connection = tp::sync_wait(db.acquire());
  tp::sync_wait(connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)"));
  tp::sync_wait(connection.execute("CREATE VIEW names AS SELECT name FROM people"));
  const tp::schema_definition schema = tp::sync_wait(tp::introspect(connection));
  const tp::schema_dialect& rules = connection.sql_dialect().schema();
  tp::model_source source = tp::write_models(schema, rules);  // the same from a program
  for (const std::string& line : source.left_out) std::fprintf(stderr, "%s\n", line.c_str());
  EXPECT_TRUE(
      std::ranges::any_of(source.left_out, [](const std::string& line) { return line.starts_with("view names"); }));
  EXPECT_NE(source.text.find("struct Person {"), std::string::npos);
}

}  // namespace
