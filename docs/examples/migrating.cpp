// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

#include <tupelo/schema/generator.hpp>
#include <tupelo/schema/migration_record.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/schema/models.hpp>
#include <tupelo/schema/sql_migration.hpp>

namespace {

tp::task<void> at_start(tp::database& db) {
  auto done = co_await tp::migrate::upgrade(db);  // every migration that is linked in and not applied yet
  for (const auto& step : done.steps) std::printf("applied %s\n", step.revision.c_str());
  auto now = co_await tp::migrate::status(db);
  if (!now.up_to_date()) std::printf("not up to date\n");
  EXPECT_TRUE(now.up_to_date());
}

namespace from_a_folder {
tp::task<void> at_start(tp::database& db) {
  const tp::history all = tp::history_with_folder("/usr/share/myapp/migrations");
  co_await tp::migrate::upgrade(db, "head", tp::migrate::options(all));
}
}  // namespace from_a_folder

namespace declared {
void up(tp::schema_editor& db) {
  db.execute("CREATE TABLE tags (id bigint PRIMARY KEY, name text NOT NULL)");
  db.declare([](tp::schema_editor& made) {
    made.create_table("tags", [](tp::table_editor& t) {
      t.big_integer("id");
      t.text("name");
      t.primary_key({"id"});
    });
  });
}
}  // namespace declared

namespace outside {
void up(tp::schema_editor& db) {
  db.outside_transaction();
  db.drop_column("users", "nickname");
  db.execute("VACUUM");
}
}  // namespace outside

namespace required {
void up(tp::schema_editor& db) {
  db.require("SELECT count(*) = 0 FROM users WHERE email = ''", "users without an email: see the runbook");
  db.add_check("users", "mailed", "email <> ''");
  db.require("SELECT count(*) > 0 FROM users", "all users are gone");
}
}  // namespace required

namespace many_rows {
void up(tp::schema_editor& db) {
  db.backfill("users", "nickname = lower(email)", "nickname IS NULL").batch(5'000).pause_ms(50);
}
}  // namespace many_rows

}  // namespace

TEST(guide_of_migrations, applies_as_it_says) {
  const example::place here;
  tp::database db(here.url());
  tp::sync_wait(at_start(db));
}
TEST(guide_of_migrations, down_takes_back_what_up_did) {
  example::filled_database example;
  tp::sync_wait(tp::migrate::downgrade(example.db, "20261121"));
  tp::sync_wait(tp::migrate::upgrade(example.db, "+1"));
  const auto nickname = example.db.raw_sql<std::string>("SELECT nickname FROM users WHERE id = ?", 1);
  EXPECT_EQ(tp::sync_wait(nickname.one()), "ada@example.com");
}
TEST(guide_of_migrations, a_struct_of_the_migration_is_not_that_of_the_models) {
  example::filled_database example;
  tp::sync_wait(tp::migrate::downgrade(example.db, "20261122"));
  tp::sync_wait(example.db.execute("UPDATE users SET nickname = 'ada@home' WHERE id = 1"));
  tp::sync_wait(tp::migrate::upgrade(example.db));
  const auto nickname = example.db.raw_sql<std::string>("SELECT nickname FROM users WHERE id = ?", 1);
  EXPECT_EQ(tp::sync_wait(nickname.one()), "ada");
}
TEST(guide_of_migrations, a_backfill_is_one_step_along_the_key) {
  const tp::migration_record record = tp::record_migration(&many_rows::up, tp::migrate::recorded_schema(tp::history()));
  EXPECT_EQ(std::get<tp::backfill_step>(record.steps.at(0)).key, "id");
}
TEST(guide_of_migrations, the_first_file_is_as_the_generator_writes_it) {
  const tp::history none(std::vector<tp::migration>{});
  const auto operations = tp::migrate::check(tp::schema_of<User, Post>(), none);
  EXPECT_EQ(operations.size(), 2U);
  const auto made = tp::generate_migration("20261121T093000_add_users_and_posts", {}, operations);
  EXPECT_NE(made.text.find("t.check(\"age_is_human\", \"age >= 0 AND age < 200\");"), std::string::npos);
}
TEST(guide_of_migrations, sql_is_part_of_the_program) {
  example::filled_database example;
  EXPECT_GT(tp::sync_wait(example.db.raw_sql<std::int64_t>("SELECT count(*) FROM nicknames").one()), 0);
}
TEST(guide_of_migrations, a_folder_is_read_when_the_program_starts) {
  const example::place here;
  tp::database db(here.url());
  tp::sync_wait(from_a_folder::at_start(db));
  EXPECT_TRUE(tp::sync_wait(tp::migrate::status(db)).up_to_date());
}
TEST(guide_of_migrations, what_sql_builds_is_declared) {
  const tp::migration_record record = tp::record_migration(&declared::up, {});
  EXPECT_NE(record.after.find("tags"), nullptr);
}
TEST(guide_of_migrations, steps_run_outside_of_a_transaction) {
  const tp::migration_record record = tp::record_migration(&outside::up, tp::migrate::recorded_schema(tp::history()));
  EXPECT_TRUE(record.outside_transaction);
}
TEST(guide_of_migrations, what_has_to_hold_stands_among_the_steps) {
  const tp::migration_record record = tp::record_migration(&required::up, tp::migrate::recorded_schema(tp::history()));
  EXPECT_TRUE(std::holds_alternative<tp::required_state>(record.steps.at(2)));
}
