// SPDX-License-Identifier: Apache-2.0
// `db verify`, `db repair`, and what `db status` says of a migration that stopped half-way.
#include "cli_project.hpp"

#include <gtest/gtest.h>

namespace tupelo::cli {
namespace {

class repair_verb : public testing::Test {
protected:
  repair_verb() {
    folder.variables["DATABASE_URL"] = folder.url();
    folder.use(one);
  }
  void execute(const std::string& sql) {
    database db(folder.url());
    sync_wait(db.execute(sql));
  }
  /// A migration in SQL that stops behind its first step.
  void stop_half_way() {
    folder.write("migrations/20261121T080000_half.up.sql",
                 "-- tupelo: no-transaction\nCREATE TABLE a (x INTEGER);\nINSERT INTO nowhere VALUES (1);\n");
    const outcome done = folder.db({"upgrade"});
    EXPECT_EQ(done.code, 1);
    EXPECT_TRUE(done.complains("stopped half-way") && done.complains("at step 2: INSERT INTO nowhere")) << done.err;
  }

  cli_project folder;
  history one{{first_step}};
};

TEST_F(repair_verb, status_says_how_far_a_migration_came_and_what_goes_on) {
  stop_half_way();
  const outcome text = folder.db({"status"});
  EXPECT_TRUE(
      text.says("half-way  20261121T080000_half: 1 of 2 steps of its way up are done; next: execute INSERT INTO "
                "nowhere VALUES (1)"))
      << text.out;
  EXPECT_TRUE(text.says("`db upgrade` goes on there")) << text.out;
  const nlohmann::json half = folder.db({"status", "--json"}).json()["half_done"][0];
  EXPECT_EQ(half["done"], 1);
  EXPECT_EQ(half["steps"], 2);
}
TEST_F(repair_verb, an_upgrade_goes_on_behind_what_was_done_once_the_file_is_corrected) {
  stop_half_way();
  folder.write("migrations/20261121T080000_half.up.sql",
               "-- tupelo: no-transaction\nCREATE TABLE a (x INTEGER);\nINSERT INTO a VALUES (1);\n");
  EXPECT_EQ(folder.db({"upgrade"}).code, 0);
  EXPECT_TRUE(folder.db({"status", "--json"}).json()["half_done"].empty());
}
TEST_F(repair_verb, forgets_what_was_done_and_says_so) {
  stop_half_way();
  const outcome left = folder.db({"repair", "--yes"});
  EXPECT_TRUE(left.complains("20261121T080000_half stays half-way")) << left.err;
  EXPECT_FALSE(folder.db({"status", "--json"}).json()["half_done"].empty()) << "nobody has said so";
  const outcome planned = folder.db({"repair", "--forget-half", "--dry-run"});
  EXPECT_TRUE(planned.says("would forget that 1 of 2 steps of 20261121T080000_half")) << planned.out;
  EXPECT_EQ(folder.db({"repair", "--forget-half", "--yes"}).code, 0);
  EXPECT_TRUE(folder.db({"status", "--json"}).json()["half_done"].empty());
}
TEST_F(repair_verb, without_anybody_to_ask_it_needs_to_be_told) {
  folder.db({"upgrade"});
  execute("UPDATE tupelo_migrations SET checksum = 'other'");
  const outcome refused = folder.db({"repair"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.says("would record 20261120T080000_users as its file is now")) << refused.out;
  EXPECT_TRUE(refused.complains("--yes")) << refused.err;
  EXPECT_TRUE(folder.db({"status"}).says("1 edited"));
  EXPECT_EQ(folder.db({"repair", "--yes"}).code, 0);
  EXPECT_TRUE(folder.db({"status"}).says("up to date"));
  EXPECT_TRUE(folder.db({"repair"}).says("Nothing to repair."));
}
TEST_F(repair_verb, verify_says_that_it_has_compared_tables_only) {
  folder.db({"upgrade"});
  EXPECT_TRUE(folder.db({"verify"}).err.empty());
  EXPECT_EQ(folder.db({"verify", "--json"}).json()["objects_recorded"], true);
  execute("DROP TABLE tupelo_migration_objects");
  const outcome done = folder.db({"verify"});
  EXPECT_EQ(done.code, 0);
  EXPECT_TRUE(done.complains("that was not compared")) << done.err;
  EXPECT_EQ(folder.db({"verify", "--json"}).json()["objects_recorded"], false);
}
TEST_F(repair_verb, asks_on_a_terminal) {
  folder.db({"upgrade"});
  execute("UPDATE tupelo_migrations SET checksum = 'other'");
  folder.terminal = true;
  folder.input = "no\n";
  EXPECT_EQ(folder.db({"repair"}).code, 1);
  folder.input = "yes\n";
  EXPECT_EQ(folder.db({"repair"}).code, 0);
}
TEST_F(repair_verb, removes_a_lock_only_when_told) {
  folder.db({"upgrade"});
  execute("INSERT INTO tupelo_migration_lock VALUES (1, 'process 7 on mars', '2026-11-21 09:30:00.000000')");
  EXPECT_TRUE(folder.db({"repair", "--yes"}).says("Nothing to repair."));
  const outcome done = folder.db({"repair", "--yes", "--take-over-lock", "--json"});
  EXPECT_EQ(done.json()["lock_removed"], true);
  EXPECT_EQ(folder.db({"status", "--json"}).json()["lock"], nullptr);
}
TEST_F(repair_verb, status_says_what_a_lock_that_is_there_asks_for) {
  folder.db({"upgrade"});
  execute("INSERT INTO tupelo_migration_lock VALUES (1, 'process 7 on mars', '2026-11-21 09:30:00.000000')");
  const outcome said = folder.db({"status"});
  EXPECT_TRUE(said.says("held by process 7 on mars since 2026-11-21 09:30:00 UTC")) << said.out;
  EXPECT_TRUE(said.says("when that process is gone, use --take-over-lock")) << said.out;
  EXPECT_EQ(folder.db({"status", "--json"}).json()["lock"]["gone"], false);
}
TEST_F(repair_verb, a_database_that_is_newer_than_the_program_is_named_and_can_be_taken_as_it_is) {
  folder.db({"upgrade"});
  execute(
      "INSERT INTO tupelo_migrations SELECT '29990101T000000_later', '', applied_at, 0, '', '' FROM tupelo_migrations");
  const outcome refused = folder.db({"upgrade"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.complains("migration_missing") && refused.complains("29990101T000000_later") &&
              refused.complains("run a newer one"))
      << refused.err;
  EXPECT_EQ(folder.db({"repair", "--yes"}).code, 0);
  EXPECT_EQ(folder.db({"upgrade"}).code, 0);
}
TEST_F(repair_verb, verify_fails_where_the_schema_is_another) {
  folder.db({"upgrade"});
  EXPECT_EQ(folder.db({"verify"}).code, 0);
  execute("ALTER TABLE users ADD COLUMN stray TEXT");
  const outcome found = folder.db({"verify"});
  EXPECT_EQ(found.code, exit_differences);
  EXPECT_TRUE(found.says("drop column users.stray")) << found.out;
  EXPECT_EQ(folder.db({"verify", "--json"}).json()["holds"], false);
}

}  // namespace
}  // namespace tupelo::cli
