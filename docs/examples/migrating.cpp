// SPDX-License-Identifier: Apache-2.0
#include "filled_database.hpp"

#include <tupelo/schema/generator.hpp>
#include <tupelo/schema/migration_record.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/schema/models.hpp>

namespace {

tp::task<void> at_start(tp::database& db) {
  auto done = co_await tp::migrate::upgrade(db);  // every migration that is linked in and not applied yet
  for (const auto& step : done.steps) std::printf("applied %s\n", step.revision.c_str());
  auto now = co_await tp::migrate::status(db);
  if (!now.up_to_date()) std::printf("not up to date\n");
  EXPECT_TRUE(now.up_to_date());
}

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
