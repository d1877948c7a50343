// SPDX-License-Identifier: Apache-2.0
// What SQLite asks of a table that is searched.
#include "support/temp_directory.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/schema/migrator.hpp>

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

using test_support::temp_directory;

void notes_up(schema_editor& db) {
  db.create_table("notes", [](table_editor& t) {
    t.id();
    t.text("body");
    t.search_index("english", {"body"});
  });
}
void keyed_up(schema_editor& db) {
  db.create_table("notes", [](table_editor& t) {
    t.text("name").primary_key();
    t.text("body");
    t.search_index("english", {"body"});
  });
}
void nothing(schema_editor&) {}

std::string refusal_of(database& db, void (*up)(schema_editor&)) {
  const history all({{"1", {}, up, &nothing, "1.cpp"}});
  try {
    sync_wait(migrate::upgrade(db, "head", migrate::options(all)));
  } catch (const migration_error& e) {
    return e.what();
  }
  return "nothing";
}

TEST(search_index_of_sqlite, is_refused_where_triggers_may_not_write_it) {
  temp_directory directory;
  database db(directory.url("x.db"));
  EXPECT_NE(refusal_of(db, &notes_up).find("trusted_schema=on"), std::string::npos);
  database trusting(directory.url("x.db", "?trusted_schema=on"));
  EXPECT_EQ(refusal_of(trusting, &notes_up), "nothing");
}
TEST(search_index_of_sqlite, is_refused_for_a_key_that_is_no_row_number) {
  temp_directory directory;
  database db(directory.url("x.db", "?trusted_schema=on"));
  EXPECT_NE(refusal_of(db, &keyed_up).find("not one integer"), std::string::npos);
}

}  // namespace
}  // namespace tupelo
