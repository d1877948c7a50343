// SPDX-License-Identifier: Apache-2.0
// Files whose schema holds what SQLite itself cannot read: it is listed or named, and the rest goes on as ever.
#include "support/failure_of.hpp"
#include "support/temp_directory.hpp"

#include <tupelo/migration.hpp>
#include <tupelo/tupelo.hpp>
#include <tupelo/schema/history.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/migrator.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {
namespace {

using test_support::failure_of;
using test_support::temp_directory;

history of_notes() {
  return history({{"1_notes",
                   {},
                   [](schema_editor& db) {
                     db.create_table("notes", [](table_editor& t) {
                       t.id();
                       t.text("word").null();
                     });
                   },
                   [](schema_editor& db) { db.drop_table("notes"); },
                   "1.cpp"},
                  {"2_required",
                   {"1_notes"},
                   [](schema_editor& db) { db.alter_column("notes", "word").not_null(); },  // makes the table anew
                   [](schema_editor& db) { db.alter_column("notes", "word").null(); },
                   "2.cpp"}});
}

class unreadable_schema : public ::testing::Test {
protected:
  database open() const { return database(directory_.url("x.db"), {.pool_size = 1, .run = execution::inline_}); }
  void run(const std::string& sql) const {
    database db = open();
    sync_wait(db.execute(sql));
  }
  void expect_listed_and_out_of_the_way(std::string_view kind, std::string_view name) const {
    database db = open();
    const schema_definition found = sync_wait(introspect(db));
    EXPECT_TRUE(std::any_of(found.others.begin(), found.others.end(), [&](const schema_object& one) {
      return one.kind == kind && one.name == name;
    })) << "dropped without a word";
    EXPECT_NE(found.find("users"), nullptr);

    const history all = of_notes();
    EXPECT_EQ(sync_wait(migrate::status(db, migrate::options(all))).count(migrate::state::pending), 2U);
    EXPECT_EQ(sync_wait(migrate::upgrade(db, "head", migrate::options(all))).applied.size(), 2U);
    EXPECT_TRUE(sync_wait(migrate::status(db, migrate::options(all))).up_to_date());
    EXPECT_TRUE(sync_wait(migrate::downgrade(db, "base", migrate::options(all))).applied.empty());
  }

private:
  temp_directory directory_;
};

TEST_F(unreadable_schema, with_a_view_of_a_table_that_is_gone) {
  run("CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE gone (x); CREATE VIEW ghosts AS SELECT x FROM gone; "
      "DROP TABLE gone");
  expect_listed_and_out_of_the_way("view", "ghosts");
}
TEST_F(unreadable_schema, with_a_virtual_table_of_a_module_that_is_not_there) {
  run("CREATE TABLE users (id INTEGER PRIMARY KEY); PRAGMA writable_schema = ON; "
      "INSERT INTO sqlite_master VALUES ('table', 'maps', 'maps', 0, 'CREATE VIRTUAL TABLE maps USING nowhere(x)')");
  expect_listed_and_out_of_the_way("virtual table", "maps");
}
TEST_F(unreadable_schema, with_a_definition_that_is_damaged_is_an_error_that_names_the_object) {
  run("CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE broken (x); PRAGMA writable_schema = ON; "
      "UPDATE sqlite_master SET sql = 'CREATE TABLE broken(x' WHERE name = 'broken'");
  database db = open();
  const history all = of_notes();
  const auto expect_named = [](const error& e) {
    EXPECT_EQ(e.code(), errc::corrupt_database) << e.what();
    EXPECT_NE(std::string_view(e.what()).find("broken"), std::string_view::npos) << e.what();
  };
  expect_named(failure_of<error>([&] { sync_wait(introspect(db)); }));
  expect_named(failure_of<error>([&] { sync_wait(migrate::status(db, migrate::options(all))); }));
  expect_named(failure_of<error>([&] { sync_wait(migrate::upgrade(db, "head", migrate::options(all))); }));
}

}  // namespace
}  // namespace tupelo
