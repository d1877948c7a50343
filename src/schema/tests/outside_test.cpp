// SPDX-License-Identifier: Apache-2.0
// Migrations outside of a transaction, what they require, and what puts right that one stopped half-way.
#include "live_database.hpp"
#include "refusal.hpp"
#include "state_tables.hpp"

#include "tupelo/schema/migrator.hpp"
#include "tupelo/schema/sql_migration.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

namespace tupelo {
namespace {

using sample::refusal;

using names = std::vector<std::string>;
using migrate::state;

bool fails = false;

void steps_inside_up(schema_editor& db) {
  db.create_table("notes", [](table_editor& t) {
    t.id();
    t.text("text");
  });
  db.execute("PRAGMA foreign_keys = OFF");
  db.execute("INSERT INTO notes (text) VALUES ('one')");
  db.run([](lease& connection) -> task<void> {
    co_await connection.execute("INSERT INTO notes (text) VALUES ('two')");
    if (fails) co_await connection.execute("nonsense");
  });
  db.execute("VACUUM");
  db.add_column("notes", "more").null();
}
void steps_up(schema_editor& db) {
  db.outside_transaction();
  steps_inside_up(db);
}
void wrong_fill_up(schema_editor& db) { db.backfill("users", "email = nothing", "email IS NULL"); }
void steps_down(schema_editor& db) { db.drop_table("notes"); }
void other_up(schema_editor& db) {
  db.outside_transaction();
  db.create_table("others", [](table_editor& t) { t.id(); });
  db.execute("nonsense");
}
void other_down(schema_editor& db) { db.drop_table("others"); }
void fewer_up(schema_editor& db) {
  db.outside_transaction();
  db.create_table("notes", [](table_editor& t) { t.id(); });
}
void users_up(schema_editor& db) {
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("email").null();
  });
  db.require("SELECT count(*) = 0 FROM users WHERE email IS NULL", "every user needs an email; give them one");
}
void users_down(schema_editor& db) { db.drop_table("users"); }

history of(void (*up)(schema_editor&)) {
  return history({{"1_steps", {}, up, up == &other_up ? &other_down : &steps_down, "1.cpp"}});
}
history users() { return history({{"1_users", {}, &users_up, &users_down, "1.cpp"}}); }

class outside : public ::testing::Test {
public:
  ~outside() override { fails = false; }
  migrate::report upgrade(const history& h) {
    return sync_wait(migrate::upgrade(live.db, "head", migrate::options(h)));
  }
  migrate::status_report status(const history& h) { return sync_wait(migrate::status(live.db, migrate::options(h))); }
  sample::live_database live;
};

TEST_F(outside, runs_what_takes_no_transaction) {
  EXPECT_EQ(upgrade(of(&steps_up)).applied, names{"1_steps"});
  EXPECT_TRUE(status(of(&steps_up)).halves.empty());
  EXPECT_EQ(live.number("SELECT count(*) FROM notes"), 2);
  EXPECT_EQ(live.number("SELECT foreign_keys FROM pragma_foreign_keys"), 1)
      << "a setting came back with its connection";
}
TEST_F(outside, a_failure_keeps_what_was_done_and_the_next_run_goes_on_behind_it) {
  fails = true;
  const std::string said = refusal(errc::migration_failed, [&] { upgrade(of(&steps_up)); });
  EXPECT_NE(said.find("stopped half-way"), std::string::npos) << said;
  const migrate::status_report half = status(of(&steps_up));
  ASSERT_EQ(half.halves.size(), 1U);
  EXPECT_EQ(half.halves[0].describe(), "3 of 6 steps of its way up are done; next: C++ code");
  EXPECT_EQ(half.revisions[0].now, state::pending);
  EXPECT_EQ(live.text("SELECT group_concat(text) FROM notes"), "one");
  fails = false;
  upgrade(of(&steps_up));
  EXPECT_EQ(live.text("SELECT group_concat(text) FROM notes"), "one,two");
}
TEST_F(outside, what_is_half_done_goes_on_step_by_step_whatever_its_file_says_by_now) {
  fails = true;
  refusal(errc::migration_failed, [&] { upgrade(of(&steps_up)); });
  fails = false;
  EXPECT_EQ(upgrade(of(&steps_inside_up)).applied, names{"1_steps"});
  EXPECT_EQ(live.text("SELECT group_concat(text) FROM notes"), "one,two");
  EXPECT_TRUE(status(of(&steps_inside_up)).halves.empty());
}
TEST_F(outside, of_a_backfill_that_stopped_everything_is_known) {
  const history all({{"1_users", {}, &users_up, &users_down, "1.cpp"},
                     {"2_fill", {"1_users"}, &wrong_fill_up, [](schema_editor&) {}, "2.cpp"}});
  const std::string said = refusal(errc::migration_failed, [&] { upgrade(all); });
  const migrate::status_report half = status(all);
  ASSERT_EQ(half.halves.size(), 1U) << said;
  EXPECT_FALSE(half.halves[0].begun);
  EXPECT_EQ(half.halves[0].describe().find("not known"), std::string::npos) << half.halves[0].describe();
}
TEST_F(outside, the_script_that_stamps_forgets_what_is_half_done) {
  refusal(errc::migration_failed, [&] { upgrade(of(&other_up)); });
  const history all = of(&other_up);
  std::string script;
  for (const std::string& statement : sync_wait(migrate::stamp_text(live.db, "head", migrate::options(all)))) {
    script += statement + ";\n";
  }
  live.execute(script);
  EXPECT_TRUE(status(all).up_to_date());
}
TEST_F(outside, first_steps_that_were_edited_since_are_refused) {
  fails = true;
  refusal(errc::migration_failed, [&] { upgrade(of(&steps_up)); });
  const std::string said = refusal(errc::migration_edited, [&] { upgrade(of(&fewer_up)); });
  EXPECT_NE(said.find("3 of 6 steps are done, and these are other ones"), std::string::npos) << said;
}
TEST_F(outside, another_migration_waits_until_the_half_done_one_is_whole) {
  refusal(errc::migration_failed, [&] { upgrade(of(&other_up)); });
  const history next({{"2_users", {}, &users_up, &users_down, "2.cpp"}});
  const std::string said = refusal(errc::migration_failed, [&] { upgrade(next); });
  EXPECT_NE(said.find("`1_steps` has stopped half-way on its way up: 1 of 2"), std::string::npos) << said;
  EXPECT_NE(said.find("db repair"), std::string::npos) << said;
}
TEST_F(outside, repair_forgets_what_is_half_done) {
  refusal(errc::migration_failed, [&] { upgrade(of(&other_up)); });
  live.execute("DROP TABLE others");
  const auto said = sync_wait(migrate::repair(live.db, {}, migrate::options(of(&other_up))));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said[0].find("forget that 1 of 2 steps of 1_steps"), std::string::npos) << said[0];
  EXPECT_EQ(upgrade(of(&steps_up)).applied, names{"1_steps"});
}
TEST_F(outside, repair_records_a_step_that_was_done_by_hand) {
  refusal(errc::migration_failed, [&] { upgrade(of(&other_up)); });
  migrate::repair_options done;
  done.step_done = true;
  const history h = of(&other_up);
  sync_wait(migrate::repair(live.db, done, migrate::options(h)));
  EXPECT_EQ(upgrade(h).applied, names{"1_steps"});
}
TEST_F(outside, is_said_by_a_line_of_a_file_of_sql) {
  const std::vector<sql_file> files{
      {"1_a.up.sql", "-- tupelo: no-transaction\nCREATE TABLE a (x INTEGER);\nVACUUM;\nCREATE TABLE b (x INTEGER);"}};
  upgrade(history(sql_migrations(files)));
  EXPECT_EQ(live.number("SELECT count(*) FROM sqlite_master WHERE name IN ('a', 'b')"), 2);
}

// ---- what has to hold

TEST_F(outside, what_is_required_and_does_not_hold_rolls_the_migration_back) {
  const history strict({{"1_users",
                         {},
                         [](schema_editor& db) {
                           users_up(db);
                           db.execute("INSERT INTO users (email) VALUES (NULL)");
                           db.require("SELECT count(*) = 0 FROM users WHERE email IS NULL",
                                      "every user needs an email");
                         },
                         &users_down,
                         "1.cpp"}});
  const std::string said = refusal(errc::migration_failed, [&] { upgrade(strict); });
  EXPECT_NE(said.find("every user needs an email"), std::string::npos) << said;
  EXPECT_NE(said.find("at: SELECT count(*) = 0"), std::string::npos) << said;
  EXPECT_EQ(live.number("SELECT count(*) FROM sqlite_master WHERE name = 'users'"), 0);
}
TEST_F(outside, verify_checks_again_what_the_last_migration_promises) {
  upgrade(users());
  EXPECT_TRUE(sync_wait(migrate::verify(live.db, migrate::options(users()))).holds());
  live.execute("INSERT INTO users (email) VALUES (NULL); CREATE INDEX stray ON users (email)");
  const migrate::verification found = sync_wait(migrate::verify(live.db, migrate::options(users())));
  EXPECT_EQ(found.broken, names{"`1_users`: every user needs an email; give them one"});
  EXPECT_EQ(found.drift.size(), 1U);
}
TEST_F(outside, verify_says_whether_it_had_a_record_of_what_is_beside_the_tables) {
  upgrade(users());
  EXPECT_TRUE(sync_wait(migrate::verify(live.db, migrate::options(users()))).objects_recorded);
  live.execute("DROP TABLE tupelo_migration_objects");
  EXPECT_FALSE(sync_wait(migrate::verify(live.db, migrate::options(users()))).objects_recorded);
}
TEST_F(outside, a_requirement_is_no_part_of_the_checksum) {
  const history without({{"1_users",
                          {},
                          [](schema_editor& db) {
                            db.create_table("users", [](table_editor& t) {
                              t.id();
                              t.text("email").null();
                            });
                          },
                          &users_down,
                          "1.cpp"}});
  EXPECT_EQ(migrate::checksum(without, "1_users"), migrate::checksum(users(), "1_users"));
}
TEST_F(outside, a_requirement_without_words_is_refused) {
  const history h({{"1", {}, [](schema_editor& db) { db.require("SELECT true", ""); }, &users_down, "1.cpp"}});
  refusal(errc::invalid_migration, [&] { upgrade(h); });
}

// ---- repair

TEST_F(outside, repair_accepts_edited_files_and_forgets_missing_ones) {
  upgrade(users());
  live.execute("UPDATE tupelo_migrations SET checksum = 'other'");
  live.execute(
      "INSERT INTO tupelo_migrations SELECT '9_gone', checksum, applied_at, 0, version, '' FROM tupelo_migrations");
  const history h = users();
  EXPECT_EQ(sync_wait(migrate::plan_repair(live.db, {}, migrate::options(h))),
            (names{"forget 9_gone, which this program does not have", "record 1_users as its file is now"}));
  EXPECT_EQ(status(h).count(state::missing), 1U) << "a plan changes nothing";
  sync_wait(migrate::repair(live.db, {}, migrate::options(h)));
  EXPECT_TRUE(status(h).up_to_date());
}
/// What a run says while a lock of this owner is there.
class foreign_lock : public outside {
public:
  foreign_lock() { upgrade(users()); }
  std::string refused_for(const std::string& owner) {
    live.execute("INSERT INTO tupelo_migration_lock VALUES (1, '" + owner + "', '2026-11-21 09:30:00.000000')");
    migrate::options opts(more);
    opts.lock_wait_us = 0;
    return refusal(errc::migration_locked, [&] { sync_wait(migrate::upgrade(live.db, "head", opts)); });
  }
  /// Who this process is, behind its number.
  static std::string here() {
    const std::string owner = owner_of_locks();
    return owner.substr(owner.find(" on "));
  }
  static constexpr const char* gone = "that process is gone; take the lock over";
  history more{
      {{"1_users", {}, &users_up, &users_down, "1.cpp"}, {"2_a", {"1_users"}, &steps_up, &steps_down, "2.cpp"}}};
};

TEST_F(foreign_lock, of_a_process_that_is_gone_is_not_waited_for) {
  live.execute("INSERT INTO tupelo_migration_lock VALUES (1, 'process 999999999" + here() +
               "', '2026-11-21 09:30:00.000000')");
  const std::string said = refusal(errc::migration_locked, [&] { upgrade(more); });
  EXPECT_NE(said.find(gone), std::string::npos) << said;
}
TEST_F(foreign_lock, of_this_process_number_is_of_a_process_that_is_gone) {
  const std::string said = refused_for(owner_of_locks());
  EXPECT_NE(said.find(gone), std::string::npos) << said;
}
TEST_F(foreign_lock, of_another_container_that_has_the_same_host_name_may_be_held) {
  const std::string here = foreign_lock::here();
  const std::string there = here.substr(0, here.find(" (")) + " (pid:[1])";
  EXPECT_EQ(refused_for("process 999999999" + there).find(gone), std::string::npos);
}
TEST_F(foreign_lock, of_this_process_itself_is_held) {
  struct competitor : migrate::observer {
    void started(std::string_view, migrate::direction, std::size_t, std::size_t) override {
      database other(url);
      migrate::options opts(*all);
      opts.lock_wait_us = 0;
      said = refusal(errc::migration_locked, [&] { sync_wait(migrate::upgrade(other, "head", opts)); });
    }
    std::string url, said;
    const history* all = nullptr;
  } second;
  second.url = live.url();
  second.all = &more;
  migrate::options opts(more);
  opts.watch = &second;
  sync_wait(migrate::upgrade(live.db, "head", opts));
  EXPECT_NE(second.said.find("wait until it is done"), std::string::npos) << second.said;
}
TEST_F(outside, a_run_waits_for_another_one_and_then_sees_it_done) {
  upgrade(users());
  live.execute("INSERT INTO tupelo_migration_lock VALUES (1, 'process 7 on mars', '2026-11-21 09:30:00.000000')");
  struct watcher : migrate::observer {
    explicit watcher(sample::live_database& of) : live(of) {}
    void locked_out(std::string_view owner, std::int64_t) override {
      seen = owner;
      live.execute(
          "INSERT INTO tupelo_migrations SELECT '2_a', '', applied_at, 0, '', '1_users' FROM tupelo_migrations");
      live.execute("UPDATE tupelo_migrations SET checksum = '" + sum + "' WHERE revision = '2_a'");
      live.execute("DELETE FROM tupelo_migration_lock");
    }
    sample::live_database& live;
    std::string seen, sum;
  } watch(live);
  const history more(
      {{"1_users", {}, &users_up, &users_down, "1.cpp"}, {"2_a", {"1_users"}, &steps_up, &steps_down, "2.cpp"}});
  watch.sum = migrate::checksum(more, "2_a");
  migrate::options opts(more);
  opts.watch = &watch;
  const migrate::report done = sync_wait(migrate::upgrade(live.db, "head", opts));
  EXPECT_EQ(watch.seen, "process 7 on mars");
  EXPECT_TRUE(done.steps.empty());
  EXPECT_EQ(done.applied, (names{"1_users", "2_a"}));
}
TEST_F(outside, another_run_is_waited_for_as_long_as_it_comes_further) {
  upgrade(of(&fewer_up));
  live.execute("INSERT INTO tupelo_migration_lock VALUES (1, 'process 7 on mars', '2026-11-21 09:30:00.000000')");
  struct worker : migrate::observer {
    explicit worker(sample::live_database& of) : live(of) {}
    void locked_out(std::string_view, std::int64_t waited_us) override {
      waited = waited_us;
      ++looks;
      if (!comes_further) return;
      live.execute("INSERT INTO tupelo_migrations SELECT 'x" + std::to_string(looks) +
                   "', '', applied_at, 0, '', '' FROM tupelo_migrations LIMIT 1");
      if (looks < 10) return;
      live.execute("DELETE FROM tupelo_migrations WHERE revision LIKE 'x%'");
      live.execute("DELETE FROM tupelo_migration_lock");
    }
    sample::live_database& live;
    bool comes_further = false;
    int looks = 0;
    std::int64_t waited = 0;
  } watch(live);
  migrate::options opts;
  opts.watch = &watch;
  opts.lock_wait_us = 5'000;
  const history more(
      {{"1_steps", {}, &fewer_up, &steps_down, "1.cpp"}, {"2_users", {"1_steps"}, &users_up, &users_down, "2.cpp"}});
  opts.migrations = &more;
  refusal(errc::migration_locked, [&] { sync_wait(migrate::upgrade(live.db, "head", opts)); });
  EXPECT_LE(watch.waited, opts.lock_wait_us);
  watch.looks = 0;
  watch.comes_further = true;
  EXPECT_EQ(sync_wait(migrate::upgrade(live.db, "head", opts)).applied.size(), 2U);
  EXPECT_GT(watch.waited, 5 * opts.lock_wait_us);
}

}  // namespace
}  // namespace tupelo
