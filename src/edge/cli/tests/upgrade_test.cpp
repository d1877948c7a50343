// SPDX-License-Identifier: Apache-2.0
// The verbs that change a database, end to end on SQLite.
#include "cli_project.hpp"

#include <gtest/gtest.h>

namespace tupelo::cli {
namespace {

void edited_users(schema_editor& db) {
  db.create_table("users", [](table_editor& t) {
    t.id();
    t.text("email").unique();
  });
}
void failing_age(schema_editor& db) {
  db.add_column("users", "age").integer().null();
  db.execute("INSERT INTO nowhere VALUES (1)");
}
void irreversible_down(schema_editor& db) { db.irreversible("the rows are gone"); }

class upgrade_verb : public testing::Test {
protected:
  upgrade_verb() {
    folder.variables["DATABASE_URL"] = folder.url();
    folder.use_models<sample_user>();
    folder.use(both);
  }
  std::string current() { return folder.db({"current"}).out; }

  cli_project folder;
  history none{std::vector<migration>{}};
  history one{{first_step}};
  history both{{first_step, second_step}};
};

TEST_F(upgrade_verb, applies_everything_and_says_so) {
  const outcome done = folder.db({"upgrade"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_TRUE(done.says("applied 20261120T080000_users")) << done.out;
  EXPECT_TRUE(done.says("The database is at 20261120T090000_age.")) << done.out;
}
TEST_F(upgrade_verb, takes_times_with_units_for_its_locks) {
  EXPECT_EQ(folder.db({"upgrade", "+1", "--lock-timeout", "3s", "--lock-retries", "2"}).code, 0);
  EXPECT_EQ(folder.db({"upgrade", "--lock-timeout", "250ms"}).code, 0);
  EXPECT_EQ(folder.db({"downgrade", "--yes", "--lock-timeout", "0"}).code, 0);
  for (const char* wrong : {"soon", "-1", "3 fortnights", ""}) {
    EXPECT_EQ(folder.db({"upgrade", "--lock-timeout", wrong}).code, exit_usage) << wrong;
  }
}
TEST_F(upgrade_verb, a_second_time_has_nothing_to_do) {
  folder.db({"upgrade"});
  EXPECT_TRUE(folder.db({"upgrade"}).says("Nothing to do"));
}
TEST_F(upgrade_verb, goes_some_steps_or_to_a_revision) {
  EXPECT_EQ(folder.db({"upgrade", "+1"}).code, 0);
  EXPECT_EQ(current(), "20261120T080000_users\n");
  EXPECT_EQ(folder.db({"upgrade", "20261120T09"}).code, 0);
  EXPECT_EQ(current(), "20261120T090000_age\n");
}
TEST_F(upgrade_verb, downgrade_takes_a_negative_number_of_steps) {
  folder.db({"upgrade"});
  const outcome done = folder.db({"downgrade", "-1", "--yes"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(current(), "20261120T080000_users\n");
}
TEST_F(upgrade_verb, downgrade_goes_one_step_unless_told) {
  folder.db({"upgrade"});
  folder.db({"downgrade", "--yes"});
  EXPECT_EQ(current(), "20261120T080000_users\n");
}
TEST_F(upgrade_verb, downgrade_to_base_leaves_nothing) {
  folder.db({"upgrade"});
  EXPECT_EQ(folder.db({"downgrade", "base", "--yes"}).code, 0);
  EXPECT_EQ(current(), "base (nothing is applied)\n");
}
TEST_F(upgrade_verb, json_is_one_document) {
  const nlohmann::json said = folder.db({"upgrade", "--json"}).json();
  EXPECT_EQ(said["steps"].size(), 2U);
  EXPECT_EQ(said["applied"][1], "20261120T090000_age");
}
TEST_F(upgrade_verb, json_has_what_the_rules_say_too) {
  const history losing{{first_step, second_step,
                        migration{"20261120T100000_less", {second_step.revision}, &drop_age, &add_age, "less.cpp"}}};
  folder.db({"upgrade"});
  folder.use(losing);
  const outcome done = folder.db({"upgrade", "--json", "--allow-destructive"});
  ASSERT_EQ(done.code, 0) << done.out;
  ASSERT_EQ(done.json()["findings"].size(), 1U) << done.out;
  EXPECT_EQ(done.json()["findings"][0]["code"], "drop-column");
  EXPECT_EQ(done.json()["findings"][0]["revision"], "20261120T100000_less");
}
TEST_F(upgrade_verb, history_tells_by_which_version_a_migration_was_applied) {
  folder.db({"upgrade"});
  EXPECT_TRUE(folder.db({"history"}).says("tupelo ")) << folder.db({"history"}).out;
}
TEST_F(upgrade_verb, sql_prints_a_script_and_changes_nothing) {
  const outcome done = folder.db({"upgrade", "--sql"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_TRUE(done.says("CREATE TABLE") && done.says("COMMIT;")) << done.out;
  EXPECT_EQ(current(), "base (nothing is applied)\n");
}
TEST_F(upgrade_verb, sql_from_a_revision_asks_no_database) {
  const std::string url = "sqlite:///" + (folder.root() / "none.db").string();
  const outcome all = folder.db({"upgrade", "--sql", "--from", "base", "--url", url});
  ASSERT_EQ(all.code, 0) << all.err;
  const outcome rest = folder.db({"upgrade", "--sql", "--from", "20261120T08", "--url", url});
  EXPECT_TRUE(rest.says("\"age\"") && !rest.says("CREATE TABLE")) << rest.out;
  const outcome back = folder.db({"downgrade", "base", "--sql", "--from", "head", "--url", url});
  EXPECT_TRUE(back.says("DROP TABLE \"users\"")) << back.out;
  EXPECT_FALSE(std::filesystem::exists(folder.root() / "none.db"));
  {
    database db(folder.url());
    sync_wait(db.execute(all.out));
  }
  EXPECT_EQ(current(), "20261120T090000_age\n");
  EXPECT_EQ(folder.db({"diff"}).code, 0);
}
TEST_F(upgrade_verb, from_and_idempotent_are_for_scripts) {
  EXPECT_EQ(folder.db({"upgrade", "--from", "base"}).code, exit_usage);
  EXPECT_EQ(folder.db({"upgrade", "--idempotent"}).code, exit_usage);
}
TEST_F(upgrade_verb, a_script_for_sqlite_cannot_be_run_twice_and_says_so) {
  const outcome refused = folder.db({"upgrade", "--sql", "--idempotent"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.complains("unsupported_feature") && refused.complains("no statements that run on a condition"))
      << refused.err;
}
TEST_F(upgrade_verb, downgrade_sql_ends_every_statement) {
  folder.db({"upgrade"});
  std::istringstream script(folder.db({"downgrade", "base", "--sql"}).out);
  std::string before;
  for (std::string line; std::getline(script, line); before = line) {
    if (line == "COMMIT;") EXPECT_EQ(before.back(), ';') << before;
  }
}
TEST_F(upgrade_verb, dry_run_names_the_steps_and_changes_nothing) {
  EXPECT_TRUE(folder.db({"upgrade", "--dry-run"}).says("would apply 20261120T080000_users"));
  EXPECT_EQ(current(), "base (nothing is applied)\n");
}
TEST_F(upgrade_verb, warns_of_files_that_are_not_compiled_in) {
  folder.write("migrations/later.cpp", "TUPELO_MIGRATION(\"20261122T000000_later\", after(\"x\"))\n");
  const outcome done = folder.db({"upgrade"});
  EXPECT_EQ(done.code, 0);
  EXPECT_TRUE(done.complains("migrations/later.cpp")) << done.err;
}
TEST_F(upgrade_verb, notices_an_edited_migration) {
  folder.db({"upgrade", "+1"});
  const migration edited{first_step.revision, {}, &edited_users, &drop_users, first_step.file};
  const history changed{{edited, second_step}};
  folder.use(changed);
  const outcome done = folder.db({"upgrade"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("migration_edited") && done.complains("20261120T080000_users")) << done.err;
}
TEST_F(upgrade_verb, notices_a_missing_migration) {
  folder.db({"upgrade"});
  folder.use(one);
  const outcome done = folder.db({"upgrade", "--json"});
  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(done.json()["error"]["code"], "migration_missing");
  EXPECT_EQ(done.json()["error"]["revision"], "20261120T090000_age");
}
TEST_F(upgrade_verb, refuses_two_heads) {
  const migration other{"20261120T100000_other", {first_step.revision}, &add_age, &drop_age, "other.cpp"};
  const history forked{{first_step, second_step, other}};
  folder.use(forked);
  const outcome done = folder.db({"upgrade"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("migration_heads")) << done.err;
  EXPECT_EQ(current(), "base (nothing is applied)\n");
}
TEST_F(upgrade_verb, a_failure_in_the_middle_says_what_is_applied_now) {
  const migration failing{second_step.revision, {first_step.revision}, &failing_age, &drop_age, "f.cpp"};
  const history broken{{first_step, failing}};
  folder.use(broken);
  const outcome done = folder.db({"upgrade"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("migration_failed") && done.complains("20261120T090000_age")) << done.err;
  EXPECT_TRUE(done.complains("INSERT INTO nowhere")) << done.err;
  EXPECT_TRUE(done.complains("applied now: `20261120T080000_users`")) << done.err;
  EXPECT_EQ(current(), "20261120T080000_users\n");
}
TEST_F(upgrade_verb, a_held_lock_is_named_and_can_be_taken_over) {
  folder.db({"upgrade", "+1"});
  {
    database db(folder.url());
    sync_wait(db.execute("INSERT INTO tupelo_migration_lock (id, owner, acquired_at) "
                         "VALUES (1, 'process 7 on elsewhere', '2026-11-21 09:00:00')"));
  }
  const outcome refused = folder.db({"upgrade", "--lock-wait", "0"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.complains("migration_locked") && refused.complains("process 7 on elsewhere")) << refused.err;
  EXPECT_TRUE(folder.db({"status"}).says("process 7 on elsewhere"));
  const outcome taken = folder.db({"upgrade", "--take-over-lock"});
  EXPECT_EQ(taken.code, 0) << taken.err;
}
TEST_F(upgrade_verb, an_irreversible_step_is_refused_before_anything_changes) {
  const migration oneway{second_step.revision, {first_step.revision}, &add_age, &irreversible_down, "o.cpp"};
  const history stuck{{first_step, oneway}};
  folder.use(stuck);
  folder.db({"upgrade"});
  const outcome done = folder.db({"downgrade", "base"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("migration_irreversible") && done.complains("the rows are gone")) << done.err;
  EXPECT_EQ(current(), "20261120T090000_age\n");
}
TEST_F(upgrade_verb, an_unknown_revision_points_to_history) {
  const outcome done = folder.db({"upgrade", "nothing_like_it"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("unknown_revision") && done.complains("history")) << done.err;
}
TEST_F(upgrade_verb, stamp_records_without_running) {
  const outcome done = folder.db({"stamp", "head", "--json"});
  EXPECT_EQ(done.code, 0) << done.out;
  EXPECT_EQ(done.json()["applied"].size(), 2U);
  EXPECT_EQ(folder.db({"diff", "--json"}).code, 3);  // the table is not there
}
TEST_F(upgrade_verb, stamp_dry_run_records_nothing) {
  EXPECT_TRUE(folder.db({"stamp", "--dry-run"}).says("would record 2 migrations"));
  EXPECT_TRUE(folder.db({"stamp", "--dry-run"}).says("would record 2 migrations"));
}
TEST_F(upgrade_verb, fresh_drops_what_was_there) {
  folder.db({"upgrade"});
  {
    database db(folder.url());
    sync_wait(db.execute("CREATE TABLE stray (a); INSERT INTO users (email) VALUES ('ada@example.com')"));
  }
  const outcome done = folder.db({"fresh", "--yes"});
  EXPECT_EQ(done.code, 0) << done.err;
  database db(folder.url());
  EXPECT_EQ(sync_wait(db.raw_sql<std::int64_t>("SELECT count(*) FROM sqlite_master WHERE name = 'stray'").one()), 0);
  EXPECT_EQ(sync_wait(db.raw_sql<std::int64_t>("SELECT count(*) FROM users").one()), 0);
}
TEST_F(upgrade_verb, fresh_asks_on_a_terminal) {
  folder.db({"upgrade"});
  folder.terminal = true;
  folder.input = "no\n";
  EXPECT_EQ(folder.db({"fresh"}).code, 1);
  folder.input = "yes\n";
  EXPECT_EQ(folder.db({"fresh"}).code, 0);
}
TEST_F(upgrade_verb, fresh_and_reset_need_yes_where_nobody_can_be_asked) {
  folder.db({"upgrade", "+1"});
  for (const char* verb : {"fresh", "reset"}) {
    const outcome refused = folder.db({verb});
    EXPECT_EQ(refused.code, 1);
    EXPECT_TRUE(refused.complains("unconfirmed") && refused.complains("say --yes")) << refused.err;
  }
  EXPECT_EQ(current(), "20261120T080000_users\n");
}
TEST_F(upgrade_verb, fresh_with_yes_does_not_ask) {
  folder.terminal = true;
  const outcome done = folder.db({"fresh", "--yes"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_FALSE(done.complains("Type yes"));
}
TEST_F(upgrade_verb, fresh_dry_run_drops_nothing) {
  folder.db({"upgrade", "+1"});
  const outcome done = folder.db({"fresh", "--dry-run"});
  EXPECT_TRUE(done.says("would drop") && done.says("would apply 20261120T090000_age")) << done.out;
  EXPECT_EQ(current(), "20261120T080000_users\n");
}
TEST_F(upgrade_verb, downgrade_dry_run_takes_nothing_back) {
  folder.db({"upgrade"});
  EXPECT_TRUE(folder.db({"downgrade", "base", "--dry-run"}).says("would take back 20261120T080000_users"));
  EXPECT_EQ(current(), "20261120T090000_age\n");
}
TEST_F(upgrade_verb, fresh_sql_in_json_has_the_script_too) {
  folder.db({"upgrade"});
  const nlohmann::json said = folder.db({"fresh", "--sql", "--json"}).json();
  EXPECT_LT(said["dropped"].size(), said["script"].size());
}
TEST_F(upgrade_verb, fresh_sql_lists_drops_and_creates) {
  folder.db({"upgrade"});
  const outcome done = folder.db({"fresh", "--sql"});
  EXPECT_TRUE(done.says("DROP TABLE") && done.says("CREATE TABLE")) << done.out;
  EXPECT_EQ(current(), "20261120T090000_age\n");
}
TEST_F(upgrade_verb, fresh_sql_run_by_hand_leaves_what_fresh_leaves) {
  folder.db({"upgrade", "+1"});
  const std::string script = folder.db({"fresh", "--sql"}).out;
  {
    database db(folder.url());
    sync_wait(db.execute(script));
  }
  EXPECT_EQ(current(), "20261120T090000_age\n");
  EXPECT_EQ(folder.db({"diff"}).code, 0);
  EXPECT_EQ(folder.db({"status", "--json"}).json()["up_to_date"], true);
}
TEST_F(upgrade_verb, stamp_sql_run_by_hand_records_what_stamp_records) {
  const outcome printed = folder.db({"stamp", "--sql"});
  EXPECT_EQ(current(), "base (nothing is applied)\n");
  {
    database db(folder.url());
    sync_wait(db.execute(printed.out));
  }
  EXPECT_EQ(folder.db({"status", "--json"}).json()["up_to_date"], true);
  EXPECT_EQ(folder.db({"stamp", "base", "--sql", "--json"}).json()["statements"].size(), 3U);
}
TEST_F(upgrade_verb, a_relative_path_in_tupelo_toml_starts_at_the_project) {
  folder.variables.clear();
  folder.write("tupelo.toml", "[database]\nurl = 'sqlite:///here.db'\n");
  folder.write("deep/down/x", "");
  folder.directory = folder.root() / "deep" / "down";
  EXPECT_EQ(folder.db({"upgrade"}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder.root() / "here.db"));
}
TEST_F(upgrade_verb, without_any_address_all_four_ways_are_named) {
  folder.variables.clear();
  const outcome done = folder.db({"upgrade"});
  EXPECT_EQ(done.code, 1);
  for (const char* way : {"--url", "DATABASE_URL", "tupelo.toml", ".env"}) EXPECT_TRUE(done.complains(way)) << done.err;
}
TEST_F(upgrade_verb, an_unknown_scheme_is_a_readable_error) {
  const outcome done = folder.db({"upgrade", "--url", "oracle://ada:secret@host/db"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("unknown_driver")) << done.err;
  EXPECT_FALSE(done.complains("secret")) << done.err;
}
TEST_F(upgrade_verb, progress_and_colour_are_for_terminals_only) {
  EXPECT_EQ(folder.db({"upgrade"}).out.find('\x1b'), std::string::npos);
  folder.terminal = true;
  const outcome shown = folder.db({"downgrade", "--yes"});
  EXPECT_TRUE(shown.complains("\x1b[K")) << shown.err;
  EXPECT_TRUE(shown.says("\x1b[32m"));
  folder.variables["NO_COLOR"] = "1";
  EXPECT_FALSE(folder.db({"upgrade"}).says("\x1b[32m"));
}

}  // namespace
}  // namespace tupelo::cli
