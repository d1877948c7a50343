// SPDX-License-Identifier: Apache-2.0
#include "live_database.hpp"

#include "tupelo/schema/lint.hpp"
#include "tupelo/schema/migration_record.hpp"
#include "tupelo/schema/migrator.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace tupelo {
namespace {

void users_up(schema_editor& db) {
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("city").null();
  });
}
void users_down(schema_editor& db) { db.drop_table("users"); }
void fill_up(schema_editor& db) { db.backfill("users", "city = 'Tupelo'", "city IS NULL").batch(10); }
void failing_up(schema_editor& db) {
  db.backfill("users", "city = CASE WHEN id = 25 THEN abs(-9223372036854775807 - 1) ELSE 'x' END", "city IS NULL")
      .batch(10);
}
void nothing(schema_editor&) {}

class counted_rows final : public migrate::observer {
public:
  void filled(std::string_view, std::int64_t rows) override { seen.push_back(rows); }
  std::vector<std::int64_t> seen;
};

class backfill : public testing::Test {
protected:
  static history with(void (*second)(schema_editor&)) {
    return history({{"1_users", {}, &users_up, &users_down, "1.cpp"}, {"2_fill", {"1_users"}, second, &nothing, "2"}});
  }
  void have(const history& all, int users) {
    sync_wait(migrate::upgrade(live.db, "1_users", migrate::options(all)));
    live.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(users) +
                 ") INSERT INTO users (id) SELECT i FROM n");
  }
  static std::string refusal(void (*up)(schema_editor&)) {
    const schema_definition before = record_migration(&users_up, {}).after;
    try {
      (void)record_migration(up, before);
    } catch (const migration_error& e) {
      return e.what();
    }
    return "nothing";
  }
  sample::live_database live;
};

TEST_F(backfill, writes_all_rows_batch_by_batch_and_tells) {
  const history all = with(&fill_up);
  have(all, 35);
  live.execute("UPDATE users SET city = 'Memphis' WHERE id = 3");
  counted_rows watch;
  migrate::options opts(all);
  opts.watch = &watch;
  EXPECT_EQ(sync_wait(migrate::upgrade(live.db, "head", opts)).applied.size(), 2U);
  EXPECT_EQ(watch.seen, (std::vector<std::int64_t>{10, 20, 30, 34}));
  EXPECT_EQ(live.number("SELECT count(*) FROM users WHERE city = 'Tupelo'"), 34);
}
TEST_F(backfill, says_in_the_status_how_far_it_has_come) {
  struct reader final : migrate::observer {
    explicit reader(sample::live_database& of) : live(of) {}
    void filled(std::string_view, std::int64_t) override {
      seen.push_back(live.text("SELECT next_step FROM tupelo_migration_progress"));
    }
    sample::live_database& live;
    std::vector<std::string> seen;
  } watch(live);
  const history all = with(&fill_up);
  have(all, 15);
  migrate::options opts(all);
  opts.watch = &watch;
  sync_wait(migrate::upgrade(live.db, "head", opts));
  ASSERT_EQ(watch.seen.size(), 2U);
  EXPECT_EQ(watch.seen[0], "backfill users: city = 'Tupelo' where city IS NULL (10 rows so far)");
  EXPECT_EQ(watch.seen[1], "backfill users: city = 'Tupelo' where city IS NULL (15 rows so far)");
}
TEST_F(backfill, goes_back_for_rows_that_came_in_behind_its_batches) {
  const history all = with(&fill_up);
  have(all, 35);
  live.execute(
      "CREATE TRIGGER late AFTER UPDATE ON users WHEN NEW.id = 25 BEGIN INSERT INTO users (id) VALUES (-1); END");
  counted_rows watch;
  migrate::options opts(all);
  opts.watch = &watch;
  sync_wait(migrate::upgrade(live.db, "head", opts));
  EXPECT_EQ(watch.seen, (std::vector<std::int64_t>{10, 20, 30, 35, 36}));
  EXPECT_EQ(live.number("SELECT count(*) FROM users WHERE city IS NULL"), 0);
}
TEST_F(backfill, writes_rows_once_whose_condition_holds_afterwards) {
  const history all =
      with([](schema_editor& db) { db.backfill("users", "city = coalesce(city, '') || 'x'", "id > 0").batch(10); });
  have(all, 35);
  sync_wait(migrate::upgrade(live.db, "head", migrate::options(all)));
  EXPECT_EQ(live.number("SELECT count(*) FROM users WHERE city = 'x'"), 35);
}
TEST_F(backfill, of_an_empty_table_is_done_at_once) {
  const history all = with(&fill_up);
  have(all, 0);
  live.execute("DELETE FROM users");
  EXPECT_EQ(sync_wait(migrate::upgrade(live.db, "head", migrate::options(all))).applied.size(), 2U);
}
TEST_F(backfill, that_failed_keeps_its_batches_and_goes_on_where_it_was) {
  const history failing = with(&failing_up);
  have(failing, 35);
  try {
    sync_wait(migrate::upgrade(live.db, "head", migrate::options(failing)));
    ADD_FAILURE() << "it did not fail";
  } catch (const migration_error& e) {
    EXPECT_NE(std::string(e.what()).find("goes on from there"), std::string::npos) << e.what();
  }
  EXPECT_EQ(live.number("SELECT count(*) FROM users WHERE city = 'x'"), 20);
  EXPECT_EQ(live.number("SELECT count(*) FROM tupelo_migrations"), 1);
  const history all = with(&fill_up);
  sync_wait(migrate::upgrade(live.db, "head", migrate::options(all)));
  EXPECT_EQ(live.number("SELECT count(*) FROM users WHERE city = 'x'"), 20);
  EXPECT_EQ(live.number("SELECT count(*) FROM users WHERE city = 'Tupelo'"), 15);
}
TEST_F(backfill, in_a_plan_is_one_statement) {
  const history all = with(&fill_up);
  const migrate::report planned = sync_wait(migrate::plan_upgrade(live.db, "head", migrate::options(all)));
  EXPECT_NE(planned.steps.at(1).statements.at(0).find("UPDATE \"users\" SET city = 'Tupelo' WHERE city IS NULL"),
            std::string::npos);
}
TEST_F(backfill, stands_alone_and_knows_its_rows) {
  EXPECT_NE(refusal([](schema_editor& db) {
              db.add_column("users", "age").integer().null();
              db.backfill("users", "age = 0", "age IS NULL");
            }).find("migration of its own"),
            std::string::npos);
  EXPECT_NE(refusal([](schema_editor& db) { db.backfill("users", "city = ''", ""); }).find("still to be written"),
            std::string::npos);
  EXPECT_NE(refusal([](schema_editor& db) { db.backfill("nobody", "a = 1", "b"); }).find("nobody"), std::string::npos);
  EXPECT_NE(refusal([](schema_editor& db) { db.backfill("users", "city = ?", "city IS NULL"); }).find("parameter"),
            std::string::npos);
}
TEST_F(backfill, is_what_the_rules_ask_for) {
  const schema_definition before = record_migration(&users_up, {}).after;
  EXPECT_TRUE(lint(migration{"2", {}, &fill_up, &nothing, "2.cpp"}, before).empty());
}

}  // namespace
}  // namespace tupelo
