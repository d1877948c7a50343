// SPDX-License-Identifier: Apache-2.0
// Migrations that are .sql files of the project's folder: known without being compiled in.
#include "cli_project.hpp"

#include <gtest/gtest.h>

namespace tupelo::cli {
namespace {

class sql_migrations : public testing::Test {
protected:
  sql_migrations() {
    folder.variables["DATABASE_URL"] = folder.url();
    folder.use_models<sample_user>();
    folder.use(one);
    folder.write("migrations/20261120T083000_view.up.sql", "CREATE VIEW mails AS SELECT email FROM users;\n");
    folder.write("migrations/20261120T083000_view.down.sql", "DROP VIEW mails;\n");
  }

  cli_project folder;
  history one{{first_step}};
};

TEST_F(sql_migrations, are_applied_and_taken_back_beside_those_in_cpp) {
  const outcome up = folder.db({"upgrade"});
  ASSERT_EQ(up.code, 0) << up.err;
  EXPECT_TRUE(up.says("applied 20261120T083000_view")) << up.out;
  EXPECT_TRUE(folder.db({"downgrade"}).says("took back 20261120T083000_view"));
  EXPECT_EQ(folder.db({"current"}).out, "20261120T080000_users\n");
}
TEST_F(sql_migrations, are_told_by_status_and_history) {
  folder.db({"upgrade"});
  const nlohmann::json said = folder.db({"status", "--json"}).json();
  EXPECT_EQ(said["current"], nlohmann::json({"20261120T083000_view"}));
  EXPECT_TRUE(said["not_compiled_in"].empty());
  EXPECT_TRUE(folder.db({"history", "--graph"}).says("20261120T083000_view (head) applied"));
}
TEST_F(sql_migrations, that_are_edited_after_they_were_applied_stop_the_next_upgrade) {
  folder.db({"upgrade"});
  folder.write("migrations/20261120T083000_view.up.sql", "CREATE VIEW mails AS SELECT id, email FROM users;\n");
  EXPECT_TRUE(folder.db({"status"}).says("1 edited"));
  const outcome done = folder.db({"downgrade"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("migration_edited")) << done.err;
}
TEST_F(sql_migrations, are_parents_of_what_migrate_writes) {
  const outcome done = folder.db({"migrate", "Add age"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_NE(folder.read("migrations/20261121T093000_add_age.cpp").find("after(\"20261120T083000_view\")"),
            std::string::npos);
}
TEST_F(sql_migrations, for_one_database_are_judged_by_its_file) {
  folder.write("migrations/20261120T084000_gone.up.postgres.sql", "DELETE FROM users;\n");
  folder.write("migrations/20261120T084000_gone.up.sqlite.sql", "-- of SQLite\nDELETE FROM users;\n");
  folder.write("migrations/20261120T084000_gone.up.sql", "SELECT 1;\n");
  const nlohmann::json found = folder.db({"lint", "--json", "--latest", "1"}).json()["findings"];
  const auto all_rows = std::find_if(found.begin(), found.end(),
                                     [](const nlohmann::json& one) { return one["code"] == "delete-all-rows"; });
  ASSERT_NE(all_rows, found.end());
  EXPECT_EQ((*all_rows)["file"], "migrations/20261120T084000_gone.up.sqlite.sql");
  EXPECT_EQ((*all_rows)["line"], 2);
}
TEST_F(sql_migrations, are_begun_by_migrate_as_a_pair_of_files) {
  const outcome done = folder.db({"migrate", "Find users", "--sql-files"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(folder.read("migrations/20261121T093000_find_users.up.sql"), "-- tupelo: after=20261120T083000_view\n\n");
  EXPECT_TRUE(done.says("migrations/20261121T093000_find_users.down.sql")) << done.out;
  EXPECT_TRUE(folder.db({"upgrade"}).says("applied 20261121T093000_find_users"));
  const nlohmann::json planned = folder.db({"migrate", "Another", "--sql-files", "--dry-run", "--json"}).json();
  EXPECT_EQ(planned["written"], false);
  EXPECT_FALSE(std::filesystem::exists(folder.root() / std::string(planned["file"])));
}
TEST_F(sql_migrations, that_lose_data_are_refused_and_lint_names_their_lines) {
  folder.db({"upgrade"});
  folder.write("migrations/20261120T084000_gone.up.sql", "\n-- well\nDROP VIEW mails;\nDELETE FROM users;\n");
  const outcome refused = folder.db({"upgrade"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.complains("migration_destructive") && refused.complains("delete-all-rows")) << refused.err;
  const nlohmann::json found = folder.db({"lint", "--json", "--latest", "1"}).json()["findings"];
  bool seen = false;
  for (const nlohmann::json& one : found) {
    if (one["code"] != "delete-all-rows") continue;
    seen = true;
    EXPECT_EQ(one["file"], "migrations/20261120T084000_gone.up.sql");
    EXPECT_EQ(one["line"], 4);
  }
  EXPECT_TRUE(seen) << found;
  EXPECT_EQ(folder.db({"upgrade", "--allow-destructive"}).code, 0);
}
TEST_F(sql_migrations, that_are_misnamed_are_refused_with_how_to_name_them) {
  folder.write("migrations/later.sql", "SELECT 1;\n");
  const outcome done = folder.db({"history", "--offline"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("later.sql") && done.complains("<revision>.up.sql")) << done.err;
}
TEST_F(sql_migrations, print_their_sql) {
  EXPECT_TRUE(folder.db({"upgrade", "--sql"}).says("CREATE VIEW mails AS SELECT email FROM users;"));
}

}  // namespace
}  // namespace tupelo::cli
