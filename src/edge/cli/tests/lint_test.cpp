// SPDX-License-Identifier: Apache-2.0
// `db lint`, and what `db migrate` and `db upgrade` say of its rules.
#include "cli_project.hpp"
#include "lint_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace tupelo::cli {
namespace {

void drop_email(schema_editor& db) { db.drop_column("users", "email"); }
void add_email(schema_editor& db) { db.add_column("users", "email").text(); }
void drop_email_on_purpose(schema_editor& db) {
  db.allow("drop-column", "mail goes by pigeon");
  db.drop_column("users", "email");
}
void add_key(schema_editor& db) {
  db.create_table("tags", [](table_editor& t) { t.integer("id").generated().primary_key(); });
}
void drop_tags(schema_editor& db) { db.drop_table("tags"); }

const migration lossy{"20261121T080000_drop", {first_step.revision}, &drop_email, &add_email, "migrations/drop.cpp"};
const migration meant{lossy.revision, {first_step.revision}, &drop_email_on_purpose, &add_email, "migrations/drop.cpp"};
const migration small{"20261121T090000_tags", {first_step.revision}, &add_key, &drop_tags, "migrations/tags.cpp"};

struct only_id {
  std::int64_t id{};
  static void model(tupelo::model<only_id>& m) { m.table("users"); }
};

class lint_verb : public testing::Test {
protected:
  lint_verb() {
    folder.variables["DATABASE_URL"] = folder.url();
    folder.use_models<sample_user>();
    folder.use(losing);
  }
  /// The first migration, with a row.
  void have_a_user() {
    ASSERT_EQ(folder.db({"upgrade", "+1"}).code, 0);
    database db(folder.url());
    sync_wait(db.execute("INSERT INTO users (email) VALUES ('ada@example.com')"));
  }
  std::vector<std::string> copies() {
    std::vector<std::string> names = folder.files("");
    std::erase_if(names, [](const std::string& name) { return !name.ends_with(".backup"); });
    return names;
  }
  std::size_t backups() { return copies().size(); }
  std::int64_t emails() {
    database db(folder.url());
    return sync_wait(
        db.raw_sql<std::int64_t>("SELECT count(*) FROM pragma_table_info('users') WHERE name = 'email'").one());
  }

  cli_project folder;
  history one{{first_step}};
  history losing{{first_step, lossy}};
  history meaning{{first_step, meant}};
  history noted{{first_step, small}};
};

TEST_F(lint_verb, finds_what_is_dangerous_and_fails) {
  const outcome done = folder.db({"lint"});
  EXPECT_EQ(done.code, exit_differences);
  EXPECT_TRUE(done.says("drop column users.email") && done.says("drop-column")) << done.out;
  EXPECT_TRUE(done.says("2 migrations: 1 problem, 0 notes.")) << done.out;
}
TEST_F(lint_verb, says_what_is_allowed_and_why_and_succeeds) {
  folder.use(meaning);
  const outcome done = folder.db({"lint"});
  EXPECT_EQ(done.code, 0);
  EXPECT_TRUE(done.says("mail goes by pigeon") && done.says("1 allowed")) << done.out;
}
TEST_F(lint_verb, notes_fail_only_when_it_is_strict) {
  folder.use(noted);
  EXPECT_EQ(folder.db({"lint"}).code, 0);
  EXPECT_EQ(folder.db({"lint", "--strict"}).code, exit_differences);
}
TEST_F(lint_verb, looks_at_some_migrations_only_when_told) {
  EXPECT_EQ(folder.db({"lint", "--since", std::string(lossy.revision)}).code, 0);
  EXPECT_EQ(folder.db({"lint", "--since", "base"}).code, exit_differences);
  EXPECT_EQ(folder.db({"lint", "--latest", "1", "--json"}).json()["migrations"], 1);
  folder.db({"upgrade"});
  EXPECT_EQ(folder.db({"lint", "--pending"}).code, 0);
  EXPECT_EQ(folder.db({"lint", "--pending", "--latest", "1"}).code, exit_usage);
}
TEST_F(lint_verb, json_says_everything_about_each_finding) {
  const nlohmann::json said = folder.db({"lint", "--json"}).json();
  EXPECT_EQ(said["problems"], 1);
  const nlohmann::json& first = said["findings"][0];
  EXPECT_EQ(first["code"], "drop-column");
  EXPECT_EQ(first["hazard"], "destructive");
  EXPECT_EQ(first["revision"], lossy.revision);
  EXPECT_EQ(first["subject"], "users.email");
  EXPECT_EQ(first["allowed"], nullptr);
}
TEST_F(lint_verb, annotations_name_the_line_of_the_file) {
  folder.write("tupelo.toml", "");
  folder.write("migrations/drop.cpp",
               "#include <tupelo/migration.hpp>\nTUPELO_MIGRATION(\"20261121T080000_drop\", after(\"email\"))\n"
               "void up(tp::schema_editor& db) {\n  db.drop_column(\"users\", \"email\");\n}\n");
  const outcome done = folder.db({"lint", "--format", "github"});
  EXPECT_EQ(done.code, exit_differences);
  EXPECT_TRUE(done.says("::error file=migrations/drop.cpp,line=4,title=drop-column::drop column users.email%0A"))
      << done.out;
  EXPECT_EQ(folder.db({"lint", "--format", "tabloid"}).code, exit_usage);
}
TEST_F(lint_verb, findings_in_sql_name_the_line_of_what_the_sql_names) {
  const std::string source =
      "TUPELO_MIGRATION(\"1\")\nvoid up(tp::schema_editor& db) {\n  db.comment_table(\"posts\", \"\");\n"
      "  db.execute(R\"(DROP TABLE logs;\n    DROP TABLE users)\");\n}\n";
  lint_finding found;
  found.subject = "users";
  EXPECT_EQ(line_of(source, found), 5U);
  found.subject.clear();
  EXPECT_EQ(line_of(source, found), 4U);
  found.subject = "posts";
  EXPECT_EQ(line_of(source, found), 3U);
  found.subject = "nothing";
  EXPECT_EQ(line_of(source, found), 2U);
}
TEST_F(lint_verb, names_are_held_against_the_policy_of_the_project) {
  folder.use(noted);
  folder.write("tupelo.toml", "[lint.names]\ntables = 'app_[a-z]+'\n");
  const outcome done = folder.db({"lint"});
  EXPECT_EQ(done.code, exit_differences);
  EXPECT_TRUE(done.says("naming-policy")) << done.out;
  folder.write("tupelo.toml", "[lint.names]\ntables = '['\n");
  EXPECT_TRUE(folder.db({"lint"}).complains("naming policy of tables")) << done.err;
  folder.write("tupelo.toml", "[lint.names]\ntable = 'x'\n");
  EXPECT_EQ(folder.db({"lint"}).code, 1);
}
TEST_F(lint_verb, pending_migrations_are_held_against_the_order_of_the_applied_ones) {
  const migration late{"20261119T000000_late",
                       {first_step.revision},
                       [](schema_editor& db) { db.create_table("late", [](table_editor& t) { t.id(); }); },
                       [](schema_editor& db) { db.drop_table("late"); },
                       "late.cpp"};
  const history all{{first_step, late}};
  folder.use(one);
  folder.db({"upgrade"});
  folder.use(all);
  EXPECT_TRUE(folder.db({"lint", "--pending"}).says("out-of-order"));
}
TEST_F(lint_verb, annotations_escape_what_would_end_them) {
  EXPECT_EQ(annotation("error", "a,b:c.cpp", 7, "t", "50%\nmore"),
            "::error file=a%2Cb%3Ac.cpp,line=7,title=t::50%25%0Amore");
}
TEST_F(lint_verb, lists_its_rules) {
  EXPECT_TRUE(folder.db({"lint", "--rules"}).says("blocking-index"));
  EXPECT_EQ(folder.db({"lint", "--rules", "--json"}).json()["rules"].size(), lint_rules().size());
}
TEST_F(lint_verb, takes_the_rules_of_the_database) {
  const migration unique{"20261121T100000_unique",
                         {first_step.revision},
                         [](schema_editor& db) { db.add_unique("users", {"email"}); },
                         [](schema_editor& db) { db.drop_unique("users", "uq_users_email"); },
                         "u.cpp"};
  const history all{{first_step, unique}};
  folder.use(all);
  EXPECT_FALSE(folder.db({"lint"}).says("blocking-unique"));
  EXPECT_TRUE(folder.db({"lint"}).says("rebuild-table"));
#if __has_include(<tupelo/postgres.hpp>)
  EXPECT_TRUE(folder.db({"lint", "--url", "postgresql://nowhere/x"}).says("blocking-unique"));
  EXPECT_FALSE(folder.db({"lint", "--url", "postgresql://nowhere/x"}).says("rebuild-table"));
#endif
  folder.variables.clear();
  EXPECT_TRUE(folder.db({"lint"}).says("blocking-unique") && folder.db({"lint"}).says("rebuild-table"));
}
TEST_F(lint_verb, migrate_warns_of_what_it_writes) {
  folder.use(one);
  folder.use_models<only_id>();
  folder.db({"init"});
  const outcome done = folder.db({"migrate", "Less", "--dry-run"});
  EXPECT_EQ(done.code, 0) << done.err;
  const outcome written = folder.db({"migrate", "Less"});
  EXPECT_TRUE(written.complains("drop column users.email (drop-column)")) << written.err;
}

TEST_F(lint_verb, an_upgrade_that_loses_data_is_refused_and_says_what_to_do) {
  have_a_user();
  const outcome done = folder.db({"upgrade"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("migration_destructive") && done.complains("drop column users.email")) << done.err;
  EXPECT_TRUE(done.complains("--allow-destructive") && done.complains("db.allow(")) << done.err;
  EXPECT_EQ(emails(), 1);
  EXPECT_EQ(backups(), 0U);
  EXPECT_EQ(folder.db({"upgrade", "--json"}).json()["error"]["code"], "migration_destructive");
}
TEST_F(lint_verb, an_upgrade_that_may_lose_data_copies_the_file_first) {
  have_a_user();
  const outcome done = folder.db({"upgrade", "--allow-destructive"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(emails(), 0);
  ASSERT_EQ(backups(), 1U);
  const std::string copy = (folder.root() / copies().front()).string();
  EXPECT_TRUE(done.complains(copy)) << done.err;
  database db("sqlite:///" + copy + "?mode=ro");
  EXPECT_EQ(sync_wait(db.raw_sql<std::string>("SELECT email FROM users").one()), "ada@example.com");
}
TEST_F(lint_verb, a_migration_that_allows_its_losses_is_applied_behind_a_copy) {
  have_a_user();
  folder.use(meaning);
  EXPECT_EQ(folder.db({"upgrade"}).code, 0);
  EXPECT_EQ(backups(), 1U);
}
TEST_F(lint_verb, no_copy_is_made_where_it_is_not_wanted_or_nothing_is_lost) {
  have_a_user();
  EXPECT_EQ(folder.db({"upgrade", "--allow-destructive", "--no-backup"}).code, 0);
  EXPECT_EQ(folder.db({"upgrade"}).code, 0);
  EXPECT_EQ(backups(), 0U);
}
TEST_F(lint_verb, a_new_database_is_built_without_questions) {
  const outcome done = folder.db({"upgrade"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.err, "");
  EXPECT_EQ(backups(), 0U);
}
TEST_F(lint_verb, a_dry_run_needs_no_permission) {
  have_a_user();
  EXPECT_EQ(folder.db({"upgrade", "--dry-run"}).code, 0);
  EXPECT_EQ(folder.db({"upgrade", "--sql"}).code, 0);
  EXPECT_EQ(backups(), 0U);
}
TEST_F(lint_verb, a_downgrade_that_loses_data_asks_on_a_terminal) {
  folder.use(one);
  folder.db({"upgrade"});
  folder.terminal = true;
  folder.input = "no\n";
  const outcome refused = folder.db({"downgrade"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.complains("drop table users") && refused.complains("Type yes")) << refused.err;
  folder.input = "yes\n";
  EXPECT_EQ(folder.db({"downgrade"}).code, 0);
  folder.db({"upgrade"});
  folder.input = "";
  EXPECT_EQ(folder.db({"downgrade", "--yes"}).code, 0);
}
TEST_F(lint_verb, a_downgrade_that_loses_data_needs_yes_where_nobody_can_be_asked) {
  folder.use(one);
  folder.db({"upgrade"});
  const outcome refused = folder.db({"downgrade"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.complains("drop table users") && refused.complains("unconfirmed")) << refused.err;
  EXPECT_TRUE(refused.complains("say --yes")) << refused.err;
  EXPECT_EQ(folder.db({"downgrade", "--json"}).json()["error"]["code"], "unconfirmed");
  EXPECT_EQ(folder.db({"current"}).out, std::string(first_step.revision) + "\n");
}

// ---- backup and restore

TEST_F(lint_verb, backup_and_restore_bring_rows_back) {
  have_a_user();
  EXPECT_EQ(folder.db({"backup", "kept.db"}).code, 0);
  EXPECT_EQ(folder.db({"upgrade", "--allow-destructive", "--no-backup"}).code, 0);
  EXPECT_EQ(emails(), 0);
  const outcome done = folder.db({"restore", "kept.db", "--yes", "--json"});
  EXPECT_EQ(done.code, 0) << done.out << done.err;
  EXPECT_EQ(emails(), 1);
  EXPECT_EQ(folder.db({"current"}).out, std::string(first_step.revision) + "\n");
}
TEST_F(lint_verb, backup_overwrites_nothing_and_needs_a_database) {
  have_a_user();
  folder.write("kept.db", "precious");
  EXPECT_EQ(folder.db({"backup", "kept.db"}).code, 1);
  EXPECT_EQ(folder.read("kept.db"), "precious");
  EXPECT_EQ(folder.db({"backup"}).code, exit_usage);
  EXPECT_EQ(folder.db({"backup", "x.db", "--url", "sqlite:///" + (folder.root() / "none.db").string()}).code, 1);
  EXPECT_FALSE(std::filesystem::exists(folder.root() / "none.db"));
  EXPECT_EQ(folder.db({"backup", "x.db", "--url", "sqlite::memory:"}).code, 1);
}
TEST_F(lint_verb, restore_needs_yes_where_nobody_can_be_asked) {
  have_a_user();
  folder.db({"backup", "kept.db"});
  EXPECT_EQ(folder.db({"upgrade", "--allow-destructive", "--no-backup"}).code, 0);
  const outcome refused = folder.db({"restore", "kept.db"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.complains("unconfirmed")) << refused.err;
  EXPECT_EQ(emails(), 0);
}
TEST_F(lint_verb, restore_asks_on_a_terminal_and_refuses_what_is_no_backup) {
  have_a_user();
  EXPECT_EQ(folder.db({"restore", "nowhere.db", "--yes"}).code, 1);
  folder.write("letter.txt", std::string(5'000, 'x'));
  EXPECT_EQ(folder.db({"restore", "letter.txt", "--yes"}).code, 1);
  folder.db({"backup", "kept.db"});
  folder.terminal = true;
  folder.input = "no\n";
  EXPECT_TRUE(folder.db({"restore", "kept.db"}).complains("Nothing was changed"));
  EXPECT_EQ(emails(), 1);
}

#if __has_include(<tupelo/postgres.hpp>)
TEST_F(lint_verb, backup_of_a_server_is_made_by_pg_dump_without_the_password_on_the_command_line) {
  const std::string url = "postgresql://ada:s%40cret@127.0.0.1:1/shop?pool_size=9&sslmode=prefer";
  folder.build_result = 1;
  const outcome failed = folder.db({"backup", "shop.dump", "--url", url});
  EXPECT_EQ(failed.code, 1);
  const std::vector<std::string> words{"pg_dump", "--dbname=postgresql://ada@127.0.0.1:1/shop?sslmode=prefer",
                                       "--format=custom", "--no-password",
                                       "--file=" + (folder.root() / "shop.dump.part").string()};
  EXPECT_EQ(folder.built, words);
  EXPECT_EQ(folder.exported["PGPASSWORD"], "s@cret");
  folder.build_result = -ENOENT;
  EXPECT_TRUE(folder.db({"backup", "shop.dump", "--url", url}).complains("apt install postgresql-client"));
}
TEST_F(lint_verb, backup_of_a_server_that_cannot_be_reached_names_it) {
  folder.build_result = 1;
  const outcome failed = folder.db({"backup", "shop.dump", "--url", "postgresql://ada:s%40cret@127.0.0.1:1/shop"});
  EXPECT_EQ(failed.code, 1);
  EXPECT_TRUE(failed.complains("connection_failed") && failed.complains("127.0.0.1")) << failed.err;
  EXPECT_FALSE(failed.complains("cret")) << failed.err;
}
TEST_F(lint_verb, backup_of_a_server_shows_what_pg_dump_said_behind_the_error) {
  folder.program_says = "pg_dump: error: no such host\n";
  folder.build_result = 1;
  const outcome failed = folder.db({"backup", "shop.dump", "--url", "postgresql://ada@127.0.0.1:1/shop"});
  EXPECT_EQ(failed.err.find("error: "), 0U) << failed.err;
  EXPECT_GT(failed.err.find("pg_dump: error"), failed.err.find("connection_failed")) << failed.err;
}
TEST_F(lint_verb, what_a_program_says_is_heard_and_not_shown) {
  std::string said;
  const surroundings process = surroundings::of_process();
  EXPECT_EQ(process.hear_process({"sh", "-c", "echo words >&2; exit 3"}, said), 3);
  EXPECT_EQ(said, "words\n");
  EXPECT_EQ(process.hear_process({"/there is/no such program"}, said), -ENOENT);
}
TEST_F(lint_verb, restore_of_a_server_is_all_or_nothing) {
  folder.write("shop.dump", "x");
  EXPECT_EQ(folder.db({"restore", "shop.dump", "--yes", "--url", "postgresql://db.example.com/shop"}).code, 0);
  EXPECT_EQ(folder.built.front(), "psql");
  for (const char* word : {"--single-transaction", "--set=ON_ERROR_STOP=1"}) {
    EXPECT_NE(std::find(folder.built.begin(), folder.built.end(), word), folder.built.end()) << word;
  }
}
TEST_F(lint_verb, restore_of_an_archive_that_cannot_be_read_does_not_reach_the_server) {
  folder.write("shop.dump", "x");
  folder.build_result = 1;
  const outcome failed = folder.db({"restore", "shop.dump", "--yes", "--url", "postgresql://db.example.com/shop"});
  EXPECT_TRUE(failed.complains("pg_restore` failed with exit code 1")) << failed.err;
  EXPECT_EQ(folder.built.front(), "pg_restore");
}
TEST_F(lint_verb, restore_of_a_server_leaves_nothing_that_was_made_since) {
  const char* address = std::getenv("TUPELO_TEST_POSTGRES");
  folder.runs_programs = true;
  if (address == nullptr || surroundings::of_process().run_process({"sh", "-c", "command -v psql pg_dump >&2"}) != 0) {
    GTEST_SKIP() << "needs TUPELO_TEST_POSTGRES, and psql and pg_dump";
  }
  // A database of its own: a backup has every schema, and restoring it would reach what other tests have there.
  const std::string server = address;
  const std::size_t named = server.find("/postgres?");
  if (named == std::string::npos) GTEST_SKIP() << "needs a URL of the database `postgres`";
  std::string url = server;
  url.replace(named, 10, "/tupelo_cli_restore?");
  const auto sql = [](const std::string& on, const std::string& text) {
    return surroundings::of_process().run_process(
               {"psql", "-Xq", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-d", on, "-c", text}) == 0;
  };
  (void)sql(server, "DROP DATABASE IF EXISTS tupelo_cli_restore");
  ASSERT_TRUE(sql(server, "CREATE DATABASE tupelo_cli_restore"));
  EXPECT_TRUE(sql(url, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)"));
  EXPECT_EQ(folder.db({"backup", "kept.dump", "--url", url}).code, 0);
  EXPECT_TRUE(sql(url, "CREATE TYPE mood AS ENUM ('good'); CREATE TABLE since (m mood); "
                       "CREATE VIEW looks AS SELECT n FROM kept; UPDATE kept SET n = 8"));
  const outcome done = folder.db({"restore", "kept.dump", "--yes", "--url", url});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_TRUE(sql(url, "SELECT 1 / (CASE WHEN (SELECT n FROM kept) = 7 AND to_regclass('since') IS NULL AND "
                       "to_regclass('looks') IS NULL AND to_regtype('mood') IS NULL THEN 1 ELSE 0 END)"));
  EXPECT_TRUE(sql(url, "CREATE TABLE since (n int)"));
  folder.write("torn.dump", folder.read("kept.dump").substr(0, 1'000));
  EXPECT_EQ(folder.db({"restore", "torn.dump", "--yes", "--url", url}).code, 1);
  EXPECT_TRUE(sql(url, "SELECT count(*) FROM since")) << "nothing has changed";
  EXPECT_TRUE(sql(server, "DROP DATABASE tupelo_cli_restore"));
}
#endif

}  // namespace
}  // namespace tupelo::cli
