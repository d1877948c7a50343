// SPDX-License-Identifier: Apache-2.0
// What a database has beside its tables is remembered when migrations are applied, and changes by hand are found.
#include "backend.hpp"

#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/object_drift.hpp>

#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

using said = std::vector<std::string>;

void first_up(schema_editor& db) {
  db.create_table("notes", [](table_editor& t) {
    t.id();
    t.text("body");
  });
  db.execute("CREATE VIEW long_notes AS SELECT id FROM notes WHERE body > 'm'");
  db.execute("CREATE VIEW all_notes AS SELECT id FROM notes");
}
void first_down(schema_editor& db) {
  db.execute("DROP VIEW all_notes");
  db.execute("DROP VIEW long_notes");
  db.drop_table("notes");
}
void second_up(schema_editor& db) { db.execute("CREATE VIEW some_notes AS SELECT body FROM notes"); }
void second_down(schema_editor& db) { db.execute("DROP VIEW some_notes"); }

class object_drift : public conformance_test {
protected:
  object_drift() : all({{"1", {}, &first_up, &first_down, "1.cpp"}, {"2", {"1"}, &second_up, &second_down, "2.cpp"}}) {}

  void upgrade(std::string target) { sync_wait(migrate::upgrade(db, std::move(target), migrate::options(all))); }
  void run(const char* sql) { sync_wait(db.execute(sql)); }
  /// "none" where nothing was recorded.
  said drift() {
    const migrate::object_drift found = sync_wait(migrate::drift_of_objects(db, migrate::options(all)));
    said out;
    for (const migrate::changed_object& one : found.changes) {
      out.push_back(std::string(migrate::name_of(one.what)) + " " + one.object);
    }
    return found.recorded ? out : said{"none"};
  }

  history all;
};

TEST_P(object_drift, is_empty_after_upgrade_and_downgrade) {
  upgrade("head");
  EXPECT_EQ(drift(), said{});
  sync_wait(migrate::downgrade(db, "1", migrate::options(all)));
  EXPECT_EQ(drift(), said{});
  sync_wait(migrate::fresh(db, migrate::options(all)));
  EXPECT_EQ(drift(), said{});
}

TEST_P(object_drift, names_what_was_made_changed_and_dropped_by_hand) {
  upgrade("head");
  run("DROP VIEW all_notes");
  run("DROP VIEW long_notes");
  run("CREATE VIEW long_notes AS SELECT id FROM notes WHERE body > 'z'");
  run("CREATE VIEW strange AS SELECT 1 AS one");
  EXPECT_EQ(drift(), (said{"gone view all_notes", "changed view long_notes", "added view strange"}));
}

TEST_P(object_drift, lasts_through_a_run_that_does_not_touch_it_and_ends_with_a_stamp) {
  upgrade("1");
  run("DROP VIEW all_notes");
  upgrade("head");
  EXPECT_EQ(drift(), said{"gone view all_notes"});
  sync_wait(migrate::stamp(db, "head", migrate::options(all)));
  EXPECT_EQ(drift(), said{});
}

TEST_P(object_drift, is_unknown_until_the_next_run_where_nothing_was_recorded) {
  upgrade("1");
  run("DROP TABLE tupelo_migration_objects");
  run("CREATE VIEW strange AS SELECT 1 AS one");
  EXPECT_EQ(drift(), said{"none"});
  upgrade("head");
  EXPECT_EQ(drift(), said{});
  run("DROP VIEW strange");
  EXPECT_EQ(drift(), said{"gone view strange"});
}

TEST_P(object_drift, is_unknown_where_the_record_is_of_other_revisions) {
  upgrade("head");
  run("DELETE FROM tupelo_migrations WHERE revision = '2'");
  EXPECT_EQ(drift(), said{"none"});
}

TEST_P(object_drift, does_not_count_what_migrations_keep_for_themselves) {
  upgrade("head");
  for (const table_definition& table : sync_wait(introspect(db)).tables) EXPECT_EQ(table.name, "notes");
  EXPECT_TRUE(sync_wait(migrate::drift(db, migrate::options(all))).empty());
}

TUPELO_CONFORMANCE_SUITE(object_drift);

}  // namespace
}  // namespace tupelo::conformance
