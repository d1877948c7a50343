// SPDX-License-Identifier: Apache-2.0
#include "live_database.hpp"
#include "refusal.hpp"

#include "tupelo/schema/introspect.hpp"
#include "tupelo/schema/migrator.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

namespace tupelo {
namespace {

using sample::refusal;

using names = std::vector<std::string>;
using migrate::state;

void nothing(schema_editor&) {}

void users_up(schema_editor& db) {
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("email").unique();
    t.integer("age").null();
  });
}
void users_down(schema_editor& db) { db.drop_table("users"); }

void posts_up(schema_editor& db) {
  db.create_table("posts", [](table_editor& t) {
    t.id();
    t.big_integer("author_id").references("users").on_delete(cascade);
    t.text("title");
  });
}
void posts_down(schema_editor& db) { db.drop_table("posts"); }

void age_up(schema_editor& db) {
  db.run([](lease& connection) -> task<void> {
    co_await connection.execute("UPDATE users SET age = 7 WHERE age IS NULL");
  });
  db.alter_column("users", "age").not_null();
}
void age_down(schema_editor& db) { db.alter_column("users", "age").null(); }

void broken_up(schema_editor& db) {
  db.add_column("posts", "views").integer().default_value(0);
  db.execute("UPDATE posts SET nonsense = 1");
}
void broken_down(schema_editor& db) { db.drop_column("posts", "views"); }

migration users() { return {"1_users", {}, &users_up, &users_down, "1.cpp"}; }
migration posts() { return {"2_posts", {"1_users"}, &posts_up, &posts_down, "2.cpp"}; }
migration age() { return {"3_age", {"2_posts"}, &age_up, &age_down, "3.cpp"}; }
migration broken() { return {"4_broken", {"3_age"}, &broken_up, &broken_down, "4.cpp"}; }

history three() { return history({users(), posts(), age()}); }

/// Nobody is waited for.
migrate::options at_once(const history& h) {
  migrate::options opts(h);
  opts.lock_wait_us = 0;
  return opts;
}

class migrator : public ::testing::Test {
public:
  migrate::report upgrade(const history& h, std::string target = "head") {
    return sync_wait(migrate::upgrade(live.db, std::move(target), at_once(h)));
  }
  migrate::report downgrade(const history& h, std::string target) {
    return sync_wait(migrate::downgrade(live.db, std::move(target), migrate::options(h)));
  }
  migrate::status_report status(const history& h) { return sync_wait(migrate::status(live.db, migrate::options(h))); }
  schema_definition schema() { return sync_wait(introspect(live.db)); }
  void expect_unlocked() { EXPECT_EQ(live.number("SELECT count(*) FROM tupelo_migration_lock"), 0); }

  sample::live_database live;
  history all = three();
};

TEST_F(migrator, upgrade_applies_what_is_pending_and_says_so) {
  migrate::report report = upgrade(all, "2_posts");
  EXPECT_EQ(report.applied, (names{"1_users", "2_posts"}));
  ASSERT_EQ(report.steps.size(), 2U);
  EXPECT_EQ(schema(), migrate::recorded_schema(all, "2_posts"));
  EXPECT_EQ(upgrade(all).steps.size(), 1U);
  EXPECT_EQ(schema(), migrate::recorded_schema(all));
  expect_unlocked();
}

TEST_F(migrator, upgrade_of_what_is_up_to_date_changes_nothing) {
  upgrade(all);
  migrate::report report = upgrade(all);
  EXPECT_TRUE(report.steps.empty());
  EXPECT_EQ(report.applied.size(), 3U);
}

TEST_F(migrator, upgrade_without_migrations_makes_no_tables) {
  upgrade(history(std::vector<migration>{}));
  EXPECT_EQ(live.number("SELECT count(*) FROM sqlite_master"), 0);
}

TEST_F(migrator, upgrade_goes_by_steps) {
  EXPECT_EQ(upgrade(all, "+1").applied, (names{"1_users"}));
  EXPECT_EQ(upgrade(all, "+2").applied.size(), 3U);
}

TEST_F(migrator, code_of_a_migration_sees_rows_between_the_changes) {
  upgrade(all, "2_posts");
  live.execute("INSERT INTO users (email) VALUES ('ada')");
  upgrade(all);
  EXPECT_EQ(live.number("SELECT age FROM users"), 7);
}

TEST_F(migrator, a_rebuild_inside_a_migration_keeps_rows_and_foreign_keys) {
  upgrade(all, "2_posts");
  live.execute(
      "INSERT INTO users (email, age) VALUES ('ada', 36); INSERT INTO posts (author_id, title) VALUES (1, 'one')");
  upgrade(all);
  EXPECT_EQ(live.number("SELECT count(*) FROM posts JOIN users ON users.id = author_id"), 1);
  live.execute("DELETE FROM users");
  EXPECT_EQ(live.number("SELECT count(*) FROM posts"), 0) << "foreign keys are no longer enforced";
}

TEST_F(migrator, downgrade_takes_back_step_by_step) {
  upgrade(all);
  EXPECT_EQ(downgrade(all, "-1").applied, (names{"1_users", "2_posts"}));
  EXPECT_EQ(schema(), migrate::recorded_schema(all, "2_posts"));
  EXPECT_EQ(downgrade(all, "base").applied, names{});
  EXPECT_EQ(schema(), schema_definition{});
  EXPECT_EQ(upgrade(all).applied.size(), 3U);
}

TEST_F(migrator, a_failing_migration_is_rolled_back_and_the_rest_stays) {
  history h({users(), posts(), age(), broken()});
  std::string said = refusal(errc::migration_failed, [&] { upgrade(h); });
  EXPECT_NE(said.find("migration `4_broken` failed and was rolled back (upgrade)"), std::string::npos) << said;
  EXPECT_NE(said.find("at: UPDATE posts SET nonsense = 1"), std::string::npos) << said;
  EXPECT_NE(said.find("applied now: `1_users`, `2_posts`, `3_age`"), std::string::npos) << said;
  EXPECT_EQ(schema(), migrate::recorded_schema(all));
  EXPECT_EQ(status(h).count(state::applied), 3U);
  expect_unlocked();
}

TEST_F(migrator, a_failing_migration_leaves_foreign_keys_enforced) {
  migration bad{"4_bad",
                {"3_age"},
                [](schema_editor& db) {
                  db.add_check("posts", "titled", "title <> ''");
                  db.execute("nonsense");
                },
                &nothing,
                "4.cpp"};
  refusal(errc::migration_failed, [&] { upgrade(history({users(), posts(), age(), bad})); });
  EXPECT_THROW(live.execute("INSERT INTO posts (author_id, title) VALUES (99, 'x')"), foreign_key_violation);
  EXPECT_EQ(live.number("SELECT legacy_alter_table FROM pragma_legacy_alter_table"), 0);
}

TEST_F(migrator, a_failure_in_code_names_the_step) {
  migration bad{"2_bad",
                {"1_users"},
                [](schema_editor& db) {
                  db.add_column("users", "nick").null();
                  db.run([](lease& c) -> task<void> { co_await c.execute("nonsense"); });
                },
                &nothing,
                "2.cpp"};
  std::string said = refusal(errc::migration_failed, [&] { upgrade(history({users(), bad})); });
  EXPECT_NE(said.find("in its C++ code (step 2)"), std::string::npos) << said;
}

TEST_F(migrator, the_version_of_tupelo_is_recorded_where_the_program_names_none) {
  upgrade(all, "1_users");
  EXPECT_EQ(status(all).revisions[0].version.find("tupelo "), 0U) << status(all).revisions[0].version;
  migrate::options named = migrate::options(all);
  named.version = "shop 7";
  sync_wait(migrate::upgrade(live.db, "2_posts", named));
  EXPECT_EQ(status(all).revisions[1].version, "shop 7");
}

TEST_F(migrator, code_that_ends_the_transaction_is_refused) {
  migration bad{"2_bad",
                {"1_users"},
                [](schema_editor& db) { db.run([](lease& c) -> task<void> { co_await c.begin(); }); },
                &nothing,
                "2.cpp"};
  std::string said = refusal(errc::migration_failed, [&] { upgrade(history({users(), bad})); });
  EXPECT_NE(said.find("left one of its own open"), std::string::npos) << said;
  EXPECT_EQ(status(history({users(), bad})).current, (names{"1_users"}));
}

TEST_F(migrator, rows_that_violate_a_foreign_key_after_a_rebuild_stop_the_migration) {
  upgrade(all);
  live.execute(
      "PRAGMA foreign_keys = OFF; INSERT INTO posts (author_id, title) VALUES (77, 'lost'); PRAGMA foreign_keys = ON");
  migration check{"4_check",
                  {"3_age"},
                  [](schema_editor& db) { db.add_check("posts", "titled", "title <> ''"); },
                  &nothing,
                  "4.cpp"};
  std::string said = refusal(errc::migration_failed, [&] { upgrade(history({users(), posts(), age(), check})); });
  EXPECT_NE(said.find("table `posts` has 1 row that references missing rows of `users`"), std::string::npos) << said;
}

TEST_F(migrator, an_edited_migration_is_noticed_before_anything_is_changed) {
  upgrade(all, "2_posts");
  migration edited = users();
  edited.up = [](schema_editor& db) {
    db.create_table("users", [](table_editor& t) {
      t.id();
      t.text("email").unique();
      t.integer("age").null().default_value(1);
    });
  };
  history h({edited, posts(), age()});
  std::string said = refusal(errc::migration_edited, [&] { upgrade(h); });
  EXPECT_NE(said.find("`1_users`"), std::string::npos);
  EXPECT_EQ(status(all).count(state::applied), 2U);
  EXPECT_EQ(status(h).revisions[0].now, state::edited);
  refusal(errc::migration_edited, [&] { downgrade(h, "base"); });
}

TEST_F(migrator, stamping_accepts_an_edited_migration) {
  upgrade(all, "2_posts");
  migration edited = users();
  edited.down = [](schema_editor& db) {
    db.execute("SELECT 1");
    db.drop_table("users");
  };
  history h({edited, posts(), age()});
  sync_wait(migrate::stamp(live.db, "2_posts", migrate::options(h)));
  EXPECT_EQ(upgrade(h).applied.size(), 3U);
}

TEST_F(migrator, a_missing_migration_is_noticed) {
  upgrade(all);
  history h({users(), posts()});
  std::string said = refusal(errc::migration_missing, [&] { upgrade(h); });
  EXPECT_NE(said.find("`3_age`"), std::string::npos);
  migrate::status_report report = status(h);
  EXPECT_EQ(report.revisions[0].revision, "3_age");
  EXPECT_EQ(report.revisions[0].now, state::missing);
  EXPECT_EQ(report.revisions[0].parents, (names{"2_posts"}));
}

TEST_F(migrator, an_irreversible_step_is_refused_before_anything_is_changed) {
  migration last{"3_last",
                 {"2_posts"},
                 [](schema_editor& db) { db.add_column("posts", "n").null(); },
                 [](schema_editor& db) { db.drop_column("posts", "n"); },
                 "3.cpp"};
  migration hard = posts();
  hard.down = [](schema_editor& db) { db.irreversible("the old text is gone"); };
  history h({users(), hard, last});
  upgrade(h);
  std::string said = refusal(errc::migration_irreversible, [&] { downgrade(h, "base"); });
  EXPECT_NE(said.find("`2_posts` cannot be taken back: the old text is gone"), std::string::npos) << said;
  EXPECT_EQ(status(h).count(state::applied), 3U);
  EXPECT_EQ(downgrade(h, "2_posts").applied.size(), 2U);
}

TEST_F(migrator, an_invalid_migration_is_refused_before_anything_is_changed) {
  migration bad{"4_bad", {"3_age"}, [](schema_editor& db) { db.drop_column("users", "nick"); }, &nothing, "4.cpp"};
  std::string said = refusal(errc::invalid_migration, [&] { upgrade(history({users(), posts(), age(), bad})); });
  EXPECT_NE(said.find("migration `4_bad`, up: table `users`"), std::string::npos) << said;
  EXPECT_EQ(schema(), schema_definition{});
}

TEST_F(migrator, two_heads_are_refused) {
  history h(
      {users(), {"2_a", {"1_users"}, &nothing, &nothing, "a.cpp"}, {"2_b", {"1_users"}, &nothing, &nothing, "b.cpp"}});
  refusal(errc::migration_heads, [&] { upgrade(h); });
  EXPECT_EQ(upgrade(h, "2_b").applied, (names{"1_users", "2_b"}));
  EXPECT_EQ(upgrade(h, "2_a").applied, (names{"1_users", "2_a", "2_b"}));
  EXPECT_EQ(status(h).current, (names{"2_a", "2_b"}));
}

TEST_F(migrator, triggers_and_views_survive_a_rebuild) {
  upgrade(all, "2_posts");
  live.execute("CREATE TABLE log (what TEXT)");
  live.execute("CREATE TRIGGER note AFTER INSERT ON users BEGIN INSERT INTO log VALUES (new.email); SELECT 1; END");
  live.execute("CREATE VIEW grown AS SELECT email FROM users WHERE age > 17");
  upgrade(all);
  live.execute("INSERT INTO users (email, age) VALUES ('ada', 36)");
  EXPECT_EQ(live.text("SELECT what FROM log"), "ada");
  EXPECT_EQ(live.text("SELECT email FROM grown"), "ada");
}

TEST_F(migrator, a_rebuild_that_would_lose_a_column_of_no_migration_is_refused) {
  upgrade(all, "2_posts");
  live.execute("ALTER TABLE users ADD COLUMN legacy TEXT");
  history h({users(),
             posts(),
             {"3_check",
              {"2_posts"},
              [](schema_editor& db) { db.add_check("users", "mailed", "email <> ''"); },
              &nothing,
              "3.cpp"}});
  EXPECT_NE(refusal(errc::migration_failed, [&] { upgrade(h); }).find("legacy"), std::string::npos);
  EXPECT_EQ(live.text("SELECT name FROM pragma_table_info('users') WHERE name = 'legacy'"), "legacy");
}

TEST_F(migrator, a_cancelled_run_is_rolled_back_and_leaves_no_lock) {
  static cancel_source source;
  migration slow{"2_slow",
                 {"1_users"},
                 [](schema_editor& db) {
                   db.add_check("users", "mailed", "email <> ''");
                   db.run([](lease& c) -> task<void> {
                     source.request_cancel();
                     co_await c.execute("DELETE FROM users");
                   });
                 },
                 &nothing,
                 "2.cpp"};
  history h({users(), slow});
  EXPECT_THROW(sync_wait(migrate::upgrade(live.db, "head", migrate::options(h)), source.token()), cancelled);
  expect_unlocked();
  EXPECT_EQ(status(h).current, (names{"1_users"}));
  EXPECT_EQ(schema(), migrate::recorded_schema(h, "1_users"));
}

TEST_F(migrator, a_syntax_error_in_the_middle_of_several_statements_takes_all_of_them_back) {
  migration bad{"2_bad",
                {"1_users"},
                [](schema_editor& db) { db.execute("CREATE TABLE a (x); CREATE TABL b (x); CREATE TABLE c (x)"); },
                &nothing,
                "2.cpp"};
  std::string said = refusal(errc::migration_failed, [&] { upgrade(history({users(), bad})); });
  EXPECT_NE(said.find("CREATE TABL b"), std::string::npos) << said;
  EXPECT_EQ(live.number("SELECT count(*) FROM sqlite_master WHERE name IN ('a', 'c')"), 0);
}

TEST_F(migrator, code_that_ends_the_transaction_is_told_what_to_leave_out) {
  migration bad{"2_bad",
                {"1_users"},
                [](schema_editor& db) { db.run([](lease& c) -> task<void> { co_await c.commit(); }); },
                &nothing,
                "2.cpp"};
  const std::string said = refusal(errc::migration_failed, [&] { upgrade(history({users(), bad})); });
  EXPECT_NE(said.find("leave out BEGIN, COMMIT and ROLLBACK, or say db.outside_transaction()"), std::string::npos)
      << said;
}

// ---- the lock

TEST_F(migrator, a_lock_stops_a_second_run_and_says_who_holds_it) {
  upgrade(all, "+1");
  live.execute("INSERT INTO tupelo_migration_lock VALUES (1, 'process 7 on mars', '2026-11-21 09:30:00.000000')");
  std::string said = refusal(errc::migration_locked, [&] { upgrade(all); });
  EXPECT_NE(said.find("process 7 on mars, since 2026-11-21 09:30:00"), std::string::npos) << said;
  EXPECT_NE(said.find("take_over_lock"), std::string::npos) << said;
  migrate::status_report report = status(all);
  EXPECT_TRUE(report.locked);
  EXPECT_EQ(report.lock.owner, "process 7 on mars");
  EXPECT_EQ(report.current, (names{"1_users"}));
  refusal(errc::migration_locked, [&] { sync_wait(migrate::fresh(live.db, at_once(all))); });
}

TEST_F(migrator, a_stale_lock_can_be_taken_over) {
  upgrade(all, "+1");
  live.execute("INSERT INTO tupelo_migration_lock VALUES (1, 'process 7 on mars', '2026-11-21 09:30:00.000000')");
  migrate::options opts(all);
  opts.take_over_lock = true;
  EXPECT_EQ(sync_wait(migrate::upgrade(live.db, "head", opts)).applied.size(), 3U);
  expect_unlocked();
}

TEST_F(migrator, a_second_run_is_locked_out_while_the_first_is_in_a_migration) {
  upgrade(all, "+1");
  static migrator* self = nullptr;
  static std::string said;
  self = this;
  migration curious{"2_curious",
                    {"1_users"},
                    [](schema_editor& db) {
                      db.run([](lease&) -> task<void> {
                        database second(self->live.url());
                        said = refusal(errc::migration_locked, [&] {
                          history h({users(), {"2_other", {"1_users"}, &nothing, &nothing, "o.cpp"}});
                          sync_wait(migrate::upgrade(second, "head", at_once(h)));
                        });
                        co_return;
                      });
                    },
                    &nothing,
                    "2.cpp"};
  migrate::options opts;
  history h({users(), curious});
  opts.migrations = &h;
  opts.owner = "the first";
  sync_wait(migrate::upgrade(live.db, "head", opts));
  EXPECT_NE(said.find("the first"), std::string::npos) << said;
}

TEST_F(migrator, a_run_whose_lock_was_taken_over_stops_before_its_next_migration) {
  struct thief : migrate::observer {
    sample::live_database& live;
    explicit thief(sample::live_database& l) : live(l) {}
    void finished(std::string_view, migrate::direction, std::size_t, std::size_t, std::int64_t) override {
      live.execute("UPDATE tupelo_migration_lock SET owner = 'somebody else'");
    }
  } watch(live);
  migrate::options opts(all);
  opts.watch = &watch;
  std::string said = refusal(errc::migration_locked, [&] { sync_wait(migrate::upgrade(live.db, "head", opts)); });
  EXPECT_NE(said.find("somebody else"), std::string::npos) << said;
  EXPECT_NE(said.find("`db status` says what is applied; then upgrade again"), std::string::npos) << said;
  EXPECT_EQ(status(all).current, (names{"1_users"}));
}

// ---- the rest

TEST_F(migrator, an_observer_follows_the_run) {
  struct recorder : migrate::observer {
    std::string seen;
    void started(std::string_view r, migrate::direction, std::size_t i, std::size_t n) override {
      seen += std::string(r) + " " + std::to_string(i) + "/" + std::to_string(n) + " ";
    }
    void finished(std::string_view, migrate::direction, std::size_t, std::size_t, std::int64_t) override {
      seen += "done ";
    }
  } watch;
  migrate::options opts(all);
  opts.watch = &watch;
  sync_wait(migrate::upgrade(live.db, "head", opts));
  EXPECT_EQ(watch.seen, "1_users 0/3 done 2_posts 1/3 done 3_age 2/3 done ");
}

TEST_F(migrator, a_plan_tells_the_sql_and_writes_nothing) {
  migrate::report plan = sync_wait(migrate::plan_upgrade(live.db, "head", migrate::options(all)));
  ASSERT_EQ(plan.steps.size(), 3U);
  EXPECT_EQ(live.number("SELECT count(*) FROM sqlite_master"), 0);
  EXPECT_EQ(plan.steps[1].statements[0], "BEGIN IMMEDIATE");
  EXPECT_EQ(plan.steps[2].statements[0], "PRAGMA foreign_keys = OFF");
  bool code = false;
  for (const std::string& sql : plan.steps[2].statements) code = code || sql.rfind("-- C++ code", 0) == 0;
  EXPECT_TRUE(code);
  EXPECT_EQ(plan.steps[2].statements.back(), "PRAGMA legacy_alter_table = OFF");
}

TEST_F(migrator, the_sql_of_a_plan_leads_to_the_same_state_when_it_is_run) {
  history h({users(), posts()});
  for (const migrate::step& step : sync_wait(migrate::plan_upgrade(live.db, "head", migrate::options(h))).steps) {
    std::string script;
    for (const std::string& sql : step.statements) script += sql + ";\n";
    live.execute(script);
  }
  EXPECT_EQ(schema(), migrate::recorded_schema(h));
  EXPECT_TRUE(status(h).up_to_date());
  EXPECT_EQ(sync_wait(migrate::plan_downgrade(live.db, "base", migrate::options(h))).steps.size(), 2U);
}

TEST_F(migrator, status_tells_what_is_pending_without_writing) {
  migrate::status_report report = status(all);
  EXPECT_EQ(report.count(state::pending), 3U);
  EXPECT_TRUE(report.current.empty());
  EXPECT_TRUE(report.revisions[2].head);
  EXPECT_EQ(live.number("SELECT count(*) FROM sqlite_master"), 0);
  upgrade(all);
  report = status(all);
  EXPECT_TRUE(report.up_to_date());
  EXPECT_GT(report.revisions[0].applied_us, 1'700'000'000'000'000);
}

TEST_F(migrator, stamp_records_without_running) {
  sync_wait(migrate::stamp(live.db, "2_posts", migrate::options(all)));
  EXPECT_EQ(schema(), schema_definition{});
  EXPECT_EQ(status(all).current, (names{"2_posts"}));
  sync_wait(migrate::stamp(live.db, "base", migrate::options(all)));
  EXPECT_TRUE(status(all).current.empty());
}

TEST_F(migrator, fresh_starts_over) {
  upgrade(all);
  live.execute(
      "INSERT INTO users (email, age) VALUES ('ada', 1); CREATE TABLE other (a); CREATE VIEW v AS SELECT * FROM users");
  EXPECT_EQ(sync_wait(migrate::fresh(live.db, migrate::options(all))).applied.size(), 3U);
  EXPECT_EQ(live.number("SELECT count(*) FROM users"), 0);
  EXPECT_EQ(schema(), migrate::recorded_schema(all));
}

TEST_F(migrator, fresh_with_a_history_that_cannot_be_applied_destroys_nothing) {
  upgrade(all);
  migration bad{"4_bad", {"3_age"}, [](schema_editor& db) { db.drop_table("nobody"); }, &nothing, "4.cpp"};
  refusal(errc::invalid_migration,
          [&] { sync_wait(migrate::fresh(live.db, migrate::options(history({users(), posts(), age(), bad})))); });
  EXPECT_EQ(schema(), migrate::recorded_schema(all));
}

TEST_F(migrator, drift_is_what_leads_back_to_the_recorded_schema) {
  upgrade(all);
  EXPECT_TRUE(sync_wait(migrate::drift(live.db, migrate::options(all))).empty());
  live.execute("CREATE INDEX extra ON users (age); ALTER TABLE posts ADD COLUMN n TEXT");
  std::vector<schema_operation> drift = sync_wait(migrate::drift(live.db, migrate::options(all)));
  ASSERT_EQ(drift.size(), 2U);
  EXPECT_EQ(drift[0].describe(), "drop column posts.n");
  EXPECT_EQ(drift[1].describe(), "drop index extra on users");
}

TEST_F(migrator, the_checksum_does_not_depend_on_other_branches) {
  history one({users(), posts()});
  history two(
      {users(),
       posts(),
       {"1_zebra", {"1_users"}, [](schema_editor& db) { db.add_column("users", "z").null(); }, &nothing, "z.cpp"}});
  EXPECT_EQ(migrate::checksum(one, "2_posts"), migrate::checksum(two, "2_posts"));
}

TEST_F(migrator, the_checksums_of_all_are_those_of_each_however_lines_part_and_join) {
  const auto b = [](schema_editor& db) { db.add_column("users", "b").null(); };
  const auto c = [](schema_editor& db) { db.add_column("users", "c").null(); };
  const auto e = [](schema_editor& db) { db.add_index("users", {"b", "c"}); };
  history h({users(),
             {"2_b", {"1_users"}, b, &nothing, "b.cpp"},
             {"2_c", {"1_users"}, c, &nothing, "c.cpp"},
             {"3_d", {"2_b", "2_c"}, &nothing, &nothing, "d.cpp"},
             {"4_e", {"3_d"}, e, &nothing, "e.cpp"}});
  upgrade(h);
  for (const migration& m : h.ordered()) {
    EXPECT_EQ(live.text("SELECT checksum FROM tupelo_migrations WHERE revision = '" + std::string(m.revision) + "'"),
              migrate::checksum(h, m.revision))
        << m.revision;
  }
  EXPECT_TRUE(status(h).up_to_date());
}

/// Applied databases hold these: they must never change.
TEST_F(migrator, the_checksum_is_the_same_in_every_release) {
  EXPECT_EQ(migrate::checksum(all, "1_users"), "85a245551954daf7");
  EXPECT_EQ(migrate::checksum(all, "3_age"), "9c359c5f9e94b526");
}

}  // namespace
}  // namespace tupelo
