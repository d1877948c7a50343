// SPDX-License-Identifier: Apache-2.0
// Schemas whose objects the role may not use: they are listed, or it is said that nothing can be.
#include "own_schema.hpp"
#include "support/failure_of.hpp"

#include <tupelo/schema/introspect.hpp>

#include <string>
#include <string_view>

namespace tupelo::postgres {
namespace {

using test_support::failure_of;

struct unreadable_schema : own_schema {
  history all{{{"1_notes",
                {},
                [](schema_editor& e) { e.create_table("notes", [](table_editor& t) { t.id(); }); },
                [](schema_editor& e) { e.drop_table("notes"); },
                "1.cpp"}}};
  std::string name;

  void SetUp() override {
    own_schema::SetUp();
    if (IsSkipped()) return;
    name = text("SELECT current_schema()::text");
    execute("CREATE ROLE " + name +
            "_role; CREATE TABLE secrets (id integer PRIMARY KEY, word text NOT NULL DEFAULT 'x', CHECK (word <> ''));"
            "CREATE INDEX ON secrets (lower(word)); CREATE VIEW whispers AS SELECT word FROM secrets");
  }
  void TearDown() override {
    if (!name.empty()) execute("DROP OWNED BY " + name + "_role; DROP ROLE " + name + "_role");
    own_schema::TearDown();
  }
  database of_role() const { return database(url() + "%20-crole%3D" + name + "_role", {.pool_size = 1}); }
};

TEST_F(unreadable_schema, without_the_right_to_use_it_is_no_empty_one) {
  database db = of_role();
  const auto expect_said = [](const error& e) {
    EXPECT_EQ(e.code(), errc::invalid_configuration);
    EXPECT_NE(std::string_view(e.what()).find("grant USAGE"), std::string_view::npos) << e.what();
  };
  expect_said(failure_of<configuration_error>([&] { sync_wait(introspect(db)); }));
  expect_said(failure_of<configuration_error>([&] { sync_wait(migrate::status(db, migrate::options(all))); }));
  expect_said(failure_of<configuration_error>([&] { sync_wait(migrate::upgrade(db, "head", migrate::options(all))); }));
  const auto e = failure_of<configuration_error>([&] { sync_wait(introspect(db, name)); });
  EXPECT_NE(std::string_view(e.what()).find(name), std::string_view::npos) << e.what();
}
TEST_F(unreadable_schema, of_tables_whose_rows_may_not_be_read_is_described_and_upgraded) {
  execute("GRANT USAGE, CREATE ON SCHEMA " + name + " TO " + name + "_role");
  database role = of_role();
  schema_definition found = sync_wait(introspect(role));
  schema_definition whole = sync_wait(introspect(db()));
  for (schema_definition* one : {&found, &whole}) one->others.clear();  // the tests beside this one make schemas
  EXPECT_EQ(found, whole);
  EXPECT_NE(found.find("secrets"), nullptr);
  EXPECT_EQ(sync_wait(migrate::status(role, migrate::options(all))).count(migrate::state::pending), 1U);
  EXPECT_EQ(sync_wait(migrate::upgrade(role, "head", migrate::options(all))).applied.size(), 1U);
  EXPECT_TRUE(sync_wait(migrate::status(role, migrate::options(all))).up_to_date());
}

}  // namespace
}  // namespace tupelo::postgres
