// SPDX-License-Identifier: Apache-2.0
#include "schema_features.hpp"

#include "example_place.hpp"

#include <tupelo/migration.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/schema/models.hpp>

#include <gtest/gtest.h>

namespace {

namespace index_migration {
void up(tp::schema_editor& db) { db.add_index("accounts", {"email"}).concurrently(); }
void down(tp::schema_editor& db) { db.drop_index("accounts", "ix_accounts_email", tp::concurrently); }
}  // namespace index_migration

namespace check_migration {
void up(tp::schema_editor& db) {
  db.add_check("accounts", "has_phone", "phone IS NOT NULL").not_valid();  // new rows are held against it at once
}
void down(tp::schema_editor& db) { db.drop_check("accounts", "has_phone"); }
}  // namespace check_migration

namespace validating_migration {
void up(tp::schema_editor& db) {
  db.alter_table("accounts", [](tp::table_editor& t) {
    t.validate("has_phone");  // fails where a row breaks it; it can be tried again
    t.change("phone").not_null();
    t.drop_check("has_phone");
  });
}
void down(tp::schema_editor& db) {
  db.alter_table("accounts", [](tp::table_editor& t) {
    t.check("has_phone", "phone IS NOT NULL").not_valid();
    t.change("phone").null();
  });
}
}  // namespace validating_migration

void accounts_up(tp::schema_editor& db) {
  db.create_enum("plan", {"free", "team"});
  db.create_table("accounts", [](tp::table_editor& t) {
    t.id();
    t.text("email").comment("where we write to");
    t.text("phone").null();
    t.json("settings");
    t.enumeration("plan", "plan").default_value("free");
    t.text("domain").generated_as("lower(email)");
    t.index({}).expression("lower(email)").unique();
    t.index({"settings"}).using_method("gin");
    t.index({"plan", "phone"}).nulls_last("phone").include({"email"});
    t.comment("who pays");
  });
}
void plans_up(tp::schema_editor& db) {
  db.rename_enum_value("plan", "free", "basic");
  db.change_enum("plan", {"basic", "team", "company"});
}
void sizes_up(tp::schema_editor& db) {
  db.create_composite("box_size", [](tp::composite_editor& c) {
    c.integer("width");
    c.text("unit");
  });
  db.add_column("accounts", "box").native_or_text("box_size").null();
}
void sizes_change(tp::schema_editor& db) {
  db.create_composite("lid_size", [](tp::composite_editor& c) { c.integer("width"); });
  db.change_composite("lid_size", [](tp::composite_editor& c) {
    c.integer("width");
    c.decimal("height");
  });
}
void nothing(tp::schema_editor&) {}

tp::history example() {
  return tp::history({{"1", {}, &accounts_up, &nothing, "1.cpp"},
                      {"2", {"1"}, &plans_up, &nothing, "2.cpp"},
                      {"3", {"2"}, &index_migration::up, &index_migration::down, "3.cpp"},
                      {"4", {"3"}, &sizes_up, &nothing, "4.cpp"},
                      {"5", {"4"}, &sizes_change, &nothing, "5.cpp"},
                      {"6", {"5"}, &check_migration::up, &check_migration::down, "6.cpp"},
                      {"7", {"6"}, &validating_migration::up, &validating_migration::down, "7.cpp"}});
}

TEST(guide_of_models, what_the_database_computes_comes_back) {
  const example::place here;
  tp::database db(here.url());
  const auto schema = tp::schema_of<Account>();
  const tp::history none(std::vector<tp::migration>{});
  EXPECT_FALSE(tp::migrate::check(schema, none).empty());
  tp::sync_wait(tp::create_tables<Account>(db));
  Account ada{.first = "Ada", .last = "Lovelace", .email = "ada@example.com"};
  tp::sync_wait(db.insert(ada));
  EXPECT_EQ(ada.full_name, "Ada Lovelace");
}

TEST(guide_of_models, what_one_database_lacks_is_refused_there) {
  if (example::place::on_postgres()) GTEST_SKIP() << "PostgreSQL has all of it";
  const example::place here;
  tp::database db(here.url());
  tp::lease connection = tp::sync_wait(db.acquire());
  const auto operations = tp::diff({}, tp::schema_of<Reservation>().schema);
  EXPECT_THROW((void)connection.sql_dialect().schema().render(operations, {}), tp::migration_error);
}

TEST(guide_of_migrations, features_apply_on_every_database) {
  const example::place here;
  tp::database db(here.url());
  const tp::history all = example();
  const auto upgrade = [](tp::database& db, const tp::history& all) -> tp::task<void> {
    tp::migrate::options patience(all);
    patience.lock_timeout_us = 3'000'000;  // PostgreSQL: a statement waits for a table this long at most
    patience.lock_retries = 20;            // and the migration is tried again so often
    co_await tp::migrate::upgrade(db, "head", patience);
  };
  tp::sync_wait(upgrade(db, all));
  EXPECT_TRUE(tp::sync_wait(tp::migrate::drift(db, tp::migrate::options(all))).empty());
}

}  // namespace
