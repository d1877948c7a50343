// SPDX-License-Identifier: Apache-2.0
// What a table has that its description does not would be lost where SQLite makes it anew.
#include "raw_database.hpp"

#include <gtest/gtest.h>

namespace tupelo::sqlite {
namespace {

using namespace ddl;

table_definition people() {
  table_definition table{
      .name = "people",
      .columns = {{.name = "id", .type = type_kind::int64, .identity = true},
                  {.name = "mail", .type = type_kind::text},
                  {.name = "age", .type = type_kind::int32, .nullable = true},
                  {.name = "boss_id", .type = type_kind::int64, .nullable = true}},
      .primary_key = {"", {"id"}},
      .uniques = {{"", {"mail"}}},
      .checks = {{"human", "age >= 0"}},
      .foreign_keys = {{.columns = {"boss_id"}, .references = "people", .referenced_columns = {"id"}}}};
  return with_names(table);
}

/// A table that somebody made by hand, where people() is what is known of it.
class rebuild : public testing::Test {
protected:
  void SetUp() override { schema.add(people()); }

  void make(const std::string& parts, const std::string& options = {},
            const std::string& mail = "\"mail\" TEXT NOT NULL") {
    db.run("CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, " + mail +
           ", age INTEGER, boss_id INTEGER REFERENCES People, UNIQUE (MAIL), CONSTRAINT human CHECK (age >= 0)" +
           parts + ") " + options);
  }
  /// What the change is refused with; empty: it was made.
  std::string refusal(const std::vector<schema_operation>& operations) {
    try {
      db.change(operations, schema);
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return {};
  }
  std::string refusal() { return refusal({add_check{"people", {"short", "length(mail) < 99"}}}); }

  raw_database db;
  schema_definition schema;
};

TEST_F(rebuild, goes_on_where_all_is_known) {
  make("");
  EXPECT_EQ(refusal(), "");
  EXPECT_EQ(db.introspect(), schema);
}

TEST_F(rebuild, goes_on_where_names_and_defaults_read_like_what_is_looked_for) {
  schema = {};
  table_definition odd = people();
  odd.columns.push_back({.name = "check", .type = type_kind::text, .default_sql = "'on conflict check ('"});
  odd.columns.push_back({.name = "a \"quoted\" name", .type = type_kind::text, .nullable = true});
  odd.uniques.push_back({"", {"check", "a \"quoted\" name"}});
  db.change({create_table{with_names(odd)}}, schema);
  EXPECT_EQ(refusal(), "");
}

TEST_F(rebuild, refuses_to_lose_a_column) {
  make("", "", "mail TEXT NOT NULL, more TEXT");
  EXPECT_TRUE(refusal().starts_with("the column \"more\" of the table \"people\" is in no migration")) << refusal();
}

TEST_F(rebuild, refuses_to_lose_options_of_the_table) {
  make("", "STRICT");
  EXPECT_EQ(refusal(),
            "STRICT of the table \"people\" is in no migration, and would be lost, as SQLite makes this change by "
            "making the table anew; make the change in SQL (db.execute) and tell the schema of it (db.declare)");
  db.run("DROP TABLE people");
  db.run("CREATE TABLE people (id INTEGER PRIMARY KEY, mail TEXT UNIQUE, age INT CHECK (age >= 0), boss_id INTEGER "
         "REFERENCES people) WITHOUT ROWID");
  EXPECT_TRUE(refusal().starts_with("WITHOUT ROWID of the table \"people\""));
}

TEST_F(rebuild, refuses_to_lose_constraints) {
  const std::pair<const char*, const char*> cases[]{
      {", UNIQUE (age, mail)", "UNIQUE (\"age\", \"mail\") of the table"},
      {", FOREIGN KEY (age) REFERENCES people", "FOREIGN KEY (\"age\") REFERENCES \"people\" of the table"},
      {", check\n(length(mail) > 3)", "a CHECK of the table"},
      {", UNIQUE (mail COLLATE NOCASE)", "COLLATE NOCASE of \"mail\" in a unique constraint of the table"},
      {", UNIQUE (mail) ON  CONFLICT IGNORE", "ON CONFLICT of the table"}};
  for (const auto& [part, said] : cases) {
    make(part);
    EXPECT_TRUE(refusal().starts_with(said)) << refusal();
    db.run("DROP TABLE people");
  }
}

TEST_F(rebuild, refuses_to_drop_a_column_that_views_and_triggers_mention) {
  make("");
  const std::vector<schema_operation> drop{drop_check{"people", {"human", "age >= 0"}},
                                           drop_column{"people", *people().find_column("age")}};
  db.run("CREATE VIEW everyone AS SELECT * FROM people");
  db.run("CREATE VIEW old AS SELECT id FROM everyone WHERE \"Age\" > 65");
  db.run("CREATE VIEW ages AS SELECT 'age' AS a");
  db.run("CREATE TRIGGER aged AFTER UPDATE OF age ON people BEGIN SELECT 1; END");
  EXPECT_EQ(
      refusal(drop),
      "trigger \"aged\" (\"age\"), view \"old\" (\"age\"): this has the name of what goes of the table \"people\" "
      "in it, and SQLite does not notice where it makes the table anew; drop it in this migration before the change "
      "and "
      "make it behind (db.execute), also where it means something else by that name");
  db.run("DROP VIEW old");
  db.run("DROP TRIGGER aged");
  EXPECT_EQ(refusal(drop), "");
}

}  // namespace
}  // namespace tupelo::sqlite
