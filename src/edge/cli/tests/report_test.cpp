// SPDX-License-Identifier: Apache-2.0
// The verbs that only look, the seeds and the shell.
#include "cli_project.hpp"

#include <tupelo/seed.hpp>

#include <gtest/gtest.h>

#include <cerrno>

namespace tupelo::cli {
namespace {

task<void> insert_user(database& db, const char* email) {
  sample_user user;
  user.email = email;
  co_await db.insert(user);
}

const seed second("b_grace", [](database& db) -> task<void> { co_await insert_user(db, "grace@example.com"); },
                  {.env = "development"});
const seed first("a_ada", [](database& db) -> task<void> { co_await insert_user(db, "ada@example.com"); });
const seed failing("broken", [](database& db) -> task<void> { co_await db.execute("INSERT INTO nowhere VALUES (1)"); },
                   {.env = {"broken", "worse"}});

const seed telling("long",
                   [](database&, seed_progress& told) -> task<void> {
                     for (std::size_t done = 1; done <= 3; ++done) told(done, 3);
                     co_return;
                   },
                   {.env = "long"});

class reporting : public testing::Test {
protected:
  reporting() {
    folder.variables["DATABASE_URL"] = folder.url();
    folder.use_models<sample_user>();
    folder.use(both);
  }

  cli_project folder;
  history one{{first_step}};
  history both{{first_step, second_step}};
};

TEST_F(reporting, current_says_what_is_pending_in_json) {
  folder.db({"upgrade", "+1"});
  const nlohmann::json said = folder.db({"current", "--json"}).json();
  EXPECT_EQ(said["current"], nlohmann::json({"20261120T080000_users"}));
  EXPECT_EQ(said["pending"], 1);
  EXPECT_FALSE(said["up_to_date"]);
}
TEST_F(reporting, history_lists_states) {
  folder.db({"upgrade", "+1"});
  const nlohmann::json list = folder.db({"history", "--json"}).json()["migrations"];
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0]["state"], "applied");
  EXPECT_EQ(list[1]["state"], "pending");
}
TEST_F(reporting, history_needs_no_database) {
  folder.variables.clear();
  const outcome done = folder.db({"history"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_TRUE(done.says("20261120T090000_age"));
}
TEST_F(reporting, history_offline_does_not_ask_the_database) {
  EXPECT_EQ(folder.db({"history", "--offline"}).code, 0);
  EXPECT_FALSE(std::filesystem::exists(folder.root() / "test.db"));
}
TEST_F(reporting, status_names_database_and_findings) {
  folder.db({"upgrade"});
  folder.use(one);
  const outcome done = folder.db({"status"});
  EXPECT_EQ(done.code, 0);
  EXPECT_TRUE(done.says("(DATABASE_URL)") && done.says("1 missing")) << done.out;
  EXPECT_EQ(folder.db({"status", "--json"}).json()["lock"], nullptr);
}
TEST_F(reporting, makes_no_file_where_there_is_none) {
  for (const char* verb : {"current", "history", "status", "diff"}) {
    const auto ran = folder.db({verb, "--url", "sqlite:///nowhere.db"});
    EXPECT_NE(ran.code, 0) << verb;
    EXPECT_TRUE(ran.complains("nowhere.db does not exist")) << verb << ": " << ran.err;
    EXPECT_FALSE(std::filesystem::exists(folder.root() / "nowhere.db")) << verb;
  }
}
TEST_F(reporting, check_succeeds_when_models_and_migrations_agree) { EXPECT_EQ(folder.db({"check"}).code, 0); }
TEST_F(reporting, check_finds_a_missing_migration_without_a_database) {
  folder.variables.clear();
  folder.use(one);
  const outcome done = folder.db({"check", "--json"});
  EXPECT_EQ(done.code, 3);
  EXPECT_EQ(done.json()["operations"].size(), 1U) << done.out;
}
TEST_F(reporting, check_says_which_files_are_not_compiled_in) {
  folder.write("tupelo.toml", "");
  folder.write("migrations/late.cpp", "#include <tupelo/migration.hpp>\nTUPELO_MIGRATION(\"20261121T080000_late\")\n");
  const outcome said = folder.db({"check", "--json"});
  EXPECT_EQ(said.code, 3);
  EXPECT_EQ(said.json()["not_compiled_in"], nlohmann::json({"migrations/late.cpp"}));
  EXPECT_FALSE(said.json()["in_step"]);
  const outcome annotated = folder.db({"check", "--format", "github"});
  EXPECT_EQ(annotated.code, 3);
  EXPECT_TRUE(annotated.says("::error file=migrations/late.cpp,line=2,title=not part of the program::"))
      << annotated.out;
}
TEST_F(reporting, check_annotates_every_head) {
  const migration other{"20261120T100000_other", {first_step.revision}, second_step.up, second_step.down, "other.cpp"};
  const history forked{{first_step, second_step, other}};
  folder.use(forked);
  const outcome done = folder.db({"check", "--format", "github"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.says("::error title=several heads::The migrations end in ") && done.says(other.revision))
      << done.out;
  EXPECT_TRUE(done.complains("migration_heads")) << done.err;
}
TEST_F(reporting, check_annotates_the_file_of_each_migration_that_is_not_applied) {
  folder.write("tupelo.toml", "");
  folder.write("migrations/age.cpp",
               "#include <tupelo/migration.hpp>\nTUPELO_MIGRATION(\"" + std::string(second_step.revision) + "\")\n");
  folder.db({"upgrade", "+1"});
  const outcome done = folder.db({"check", "--applied", "--format", "github"});
  EXPECT_EQ(done.code, 3);
  EXPECT_TRUE(done.says("::error file=migrations/age.cpp,line=2,title=pending " + std::string(second_step.revision)))
      << done.out;
}
TEST_F(reporting, check_applied_finds_pending_migrations) {
  folder.db({"upgrade", "+1"});
  EXPECT_EQ(folder.db({"check", "--applied"}).code, 3);
  folder.db({"upgrade"});
  EXPECT_EQ(folder.db({"check", "--applied"}).code, 0);
}
TEST_F(reporting, diff_is_empty_after_an_upgrade) {
  folder.db({"upgrade"});
  const outcome done = folder.db({"diff"});
  EXPECT_EQ(done.code, 0) << done.out;
  EXPECT_EQ(folder.db({"diff", "--recorded"}).code, 0);
}
TEST_F(reporting, diff_finds_a_view_that_was_made_by_hand) {
  folder.db({"upgrade"});
  {
    database db(folder.url());
    sync_wait(db.execute("CREATE VIEW strange AS SELECT 1 AS one"));
  }
  const outcome done = folder.db({"diff", "--recorded"});
  EXPECT_EQ(done.code, 3);
  EXPECT_TRUE(done.says("added  view strange")) << done.out;
  EXPECT_FALSE(done.says("is what its migrations have built")) << done.out;
  const outcome listed = folder.db({"diff", "--recorded", "--json"});
  EXPECT_EQ(listed.code, 3);
  EXPECT_EQ(listed.json()["objects"], nlohmann::json::parse(R"([{"object": "view strange", "change": "added"}])"));
  folder.db({"stamp"});
  EXPECT_EQ(folder.db({"diff", "--recorded"}).code, 0);
}
TEST_F(reporting, diff_says_where_there_is_no_record_of_what_is_no_table) {
  folder.db({"upgrade"});
  {
    database db(folder.url());
    sync_wait(db.execute("DROP TABLE tupelo_migration_objects"));
  }
  const outcome done = folder.db({"diff", "--recorded"});
  EXPECT_EQ(done.code, 0);
  EXPECT_TRUE(done.complains("no record")) << done.err;
}
TEST_F(reporting, diff_finds_what_was_done_by_hand) {
  folder.db({"upgrade"});
  {
    database db(folder.url());
    sync_wait(db.execute("CREATE TABLE stray (id INTEGER PRIMARY KEY)"));
  }
  const outcome done = folder.db({"diff", "--json", "--recorded"});
  EXPECT_EQ(done.code, 3);
  EXPECT_EQ(done.json()["operations"][0]["table"], "stray") << done.out;
  EXPECT_TRUE(folder.db({"diff", "--sql"}).says("DROP TABLE"));
}

TEST_F(reporting, diff_draws_a_page_of_both_sides) {
  folder.db({"upgrade", "+1"});
  const outcome done = folder.db({"diff", "--format", "html"});
  EXPECT_EQ(done.code, 3);
  EXPECT_TRUE(done.out.starts_with("<!doctype html>")) << done.out;
  EXPECT_TRUE(done.says("add column users.age") && done.says("ALTER TABLE")) << done.out;
  EXPECT_TRUE(done.says("the database now") && done.says("as the models want it")) << done.out;
}
TEST_F(reporting, diff_writes_its_page_into_a_new_file) {
  folder.db({"upgrade", "+1"});
  const outcome done = folder.db({"diff", "--output", "change.html"});
  EXPECT_EQ(done.code, 3);
  EXPECT_TRUE(done.says("wrote change.html")) << done.out;
  EXPECT_TRUE(folder.read("change.html").starts_with("<!doctype html>"));
  EXPECT_EQ(folder.db({"diff", "--output", "change.html"}).code, 2);
  EXPECT_EQ(folder.db({"diff", "--output", "change.html", "--force"}).code, 3);
}
TEST_F(reporting, diff_is_one_thing_at_a_time) {
  folder.db({"upgrade", "+1"});
  EXPECT_EQ(folder.db({"diff", "--format", "html", "--json"}).code, 2);
  EXPECT_EQ(folder.db({"diff", "--format", "html", "--sql"}).code, 2);
  EXPECT_EQ(folder.db({"diff", "--output", "change.html", "--format", "text"}).code, 2);
}

TEST_F(reporting, seeds_run_by_name_in_their_environment) {
  folder.db({"upgrade"});
  EXPECT_EQ(folder.db({"seed", "--json"}).json()["seeds"], nlohmann::json({"a_ada", "b_grace"}));
  database db(folder.url());
  EXPECT_EQ(sync_wait(db.query<sample_user>().count()), 2);
}
TEST_F(reporting, a_seed_of_another_environment_does_not_run) {
  folder.db({"upgrade"});
  EXPECT_EQ(folder.db({"seed", "--env", "test", "--json"}).json()["seeds"], nlohmann::json({"a_ada"}));
}
TEST_F(reporting, seeds_of_production_need_yes_or_an_answer) {
  folder.db({"upgrade"});
  const outcome refused = folder.db({"seed", "--env", "production"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(refused.complains("unconfirmed") && refused.complains("say --yes")) << refused.err;
  EXPECT_TRUE(folder.db({"seed", "--env", "production", "--dry-run"}).says("would seed a_ada"));
  folder.terminal = true;
  folder.input = "no\n";
  EXPECT_EQ(folder.db({"seed", "--env", "production"}).code, 1);
  {
    database db(folder.url());
    EXPECT_EQ(sync_wait(db.query<sample_user>().count()), 0);
  }
  EXPECT_EQ(folder.db({"seed", "--env", "production", "--yes"}).code, 0);
}
TEST_F(reporting, a_seed_that_tells_how_far_it_is_shows_both_numbers) {
  folder.db({"upgrade"});
  EXPECT_TRUE(folder.db({"seed", "--env", "long"}).says(", 3 rows)"));
  folder.terminal = true;
  const outcome shown = folder.db({"seed", "--env", "long"});
  EXPECT_TRUE(shown.complains("seeding long [########") && shown.complains("33 % (1 of 3)")) << shown.err;
}
TEST_F(reporting, rows_of_a_natural_key_are_there_once_and_with_their_last_values) {
  folder.db({"upgrade"});
  database db(folder.url());
  sync_wait(db.execute("CREATE UNIQUE INDEX once ON users (email)"));
  const auto rows = [](int age) {
    return std::vector<sample_user>{{.email = "ada@example.com", .age = age},
                                    {.email = "grace@example.com", .age = age}};
  };
  EXPECT_EQ(sync_wait(seed_by<&sample_user::email>(db, rows(1))), 2U);
  std::vector<std::size_t> told;
  EXPECT_EQ(sync_wait(seed_by<&sample_user::email>(
                db, rows(2), [&](std::size_t done, std::size_t all) { told.push_back(done * 10 + all); })),
            2U);
  EXPECT_EQ(told, (std::vector<std::size_t>{12, 22}));
  EXPECT_EQ(sync_wait(db.query<sample_user>().count()), 2);
  EXPECT_EQ(sync_wait(db.query<sample_user>().where(col<&sample_user::age> == 2).count()), 2);
}
TEST_F(reporting, seeds_can_be_chosen_by_name) {
  EXPECT_EQ(folder.db({"seed", "b_grace", "--dry-run"}).out, "would seed b_grace\n");
}
TEST_F(reporting, an_unknown_seed_is_refused_with_those_there) {
  const outcome done = folder.db({"seed", "nobody"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("a_ada, b_grace")) << done.err;
}
TEST_F(reporting, a_failing_seed_is_named_with_its_statement) {
  folder.db({"upgrade"});
  const outcome done = folder.db({"seed", "--env", "broken"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("seed `broken` failed") && done.complains("unknown_table")) << done.err;
  EXPECT_TRUE(done.complains("INSERT INTO nowhere")) << done.err;
}
TEST_F(reporting, reset_is_fresh_with_seeds) {
  folder.db({"upgrade", "+1"});
  const nlohmann::json planned = folder.db({"reset", "--dry-run", "--json"}).json();
  EXPECT_EQ(planned["seeds"], nlohmann::json({"a_ada", "b_grace"}));
  EXPECT_TRUE(folder.db({"reset", "--dry-run"}).says("would seed a_ada"));
  const nlohmann::json done = folder.db({"reset", "--yes", "--json"}).json();
  EXPECT_EQ(done["seeds"], planned["seeds"]);
  EXPECT_EQ(done["steps"].size(), 2U);
  EXPECT_EQ(folder.db({"reset", "--yes", "--json"}).json()["seeds"].size(), 2U);
  database db(folder.url());
  EXPECT_EQ(sync_wait(db.query<sample_user>().count()), 2);
}
TEST_F(reporting, reset_asks_on_a_terminal) {
  folder.db({"upgrade"});
  folder.terminal = true;
  folder.input = "no\n";
  const outcome done = folder.db({"reset"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("Nothing was changed")) << done.err;
}
TEST_F(reporting, fresh_can_seed) {
  EXPECT_EQ(folder.db({"fresh", "--yes", "--seed", "--json"}).json()["seeds"].size(), 2U);
}

TEST_F(reporting, shell_passes_arguments_as_they_are) {
  folder.variables["DATABASE_URL"] += "?pool_size=9";
  const outcome done = folder.db({"shell", "--", "-header", "SELECT '; rm -rf'"});
  EXPECT_EQ(done.code, 0) << done.err;
  const std::vector<std::string> words{
      "sqlite3",          "-cmd", "PRAGMA foreign_keys = ON;", (folder.root() / "test.db").string(), "-header",
      "SELECT '; rm -rf'"};
  EXPECT_EQ(folder.executed, words);
}
TEST_F(reporting, shell_opens_a_file_that_looks_like_an_option) {
  EXPECT_EQ(folder.db({"shell", "--url", "sqlite:///-init?mode=ro"}).code, 0);
  EXPECT_EQ(folder.executed.back(), "./-init");
  EXPECT_EQ(folder.executed[1], "-readonly");
}
TEST_F(reporting, shell_says_when_the_program_is_not_installed) {
  folder.execute_result = ENOENT;
  const outcome done = folder.db({"shell"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("apt install sqlite3")) << done.err;
}
TEST_F(reporting, shell_refuses_a_memory_database) {
  EXPECT_EQ(folder.db({"shell", "--url", "sqlite::memory:"}).code, 1);
}

#if __has_include(<tupelo/postgres.hpp>)
TEST_F(reporting, shell_opens_a_server_without_its_password_on_the_command_line) {
  const outcome done = folder.db({"shell", "--url",
                                  "postgres://ada:s%40cret@[::1]:5433,%2Frun%2Fpg/my%20shop?sslmode=prefer&"
                                  "application_name=a%26b&statement_timeout=5s&pool_size=9&cancel_timeout=1s&circuit_"
                                  "failures=5&circuit_pause=2s&prepare=unnamed&pooler=transaction&inline=on",
                                  "--", "-c", "SELECT 1"});
  EXPECT_EQ(done.code, 0) << done.err;
  const std::vector<std::string> words{
      "psql", "--dbname=postgres://ada@[::1]:5433,%2Frun%2Fpg/my%20shop?sslmode=prefer&application_name=a%26b", "-c",
      "SELECT 1"};
  EXPECT_EQ(folder.executed, words);
  EXPECT_EQ(folder.exported, (std::map<std::string, std::string>{{"PGPASSWORD", "s@cret"}}));
}
TEST_F(reporting, shell_takes_a_password_out_of_the_options_too) {
  EXPECT_EQ(folder.db({"shell", "--url", "postgresql:///shop?password=secret&sslpassword=secret"}).code, 0);
  EXPECT_EQ(folder.executed.back(), "--dbname=postgresql:///shop");
  EXPECT_EQ(folder.exported["PGPASSWORD"], "secret");
}
TEST_F(reporting, shell_refuses_an_option_that_no_server_knows) {
  const outcome done = folder.db({"shell", "--url", "postgresql:///shop?colour=red"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("colour")) << done.err;
  EXPECT_TRUE(folder.executed.empty());
}
TEST_F(reporting, shell_names_the_package_that_psql_comes_in) {
  folder.execute_result = ENOENT;
  EXPECT_TRUE(folder.db({"shell", "--url", "postgresql:///shop"}).complains("apt install postgresql-client"));
}
#endif

TEST_F(reporting, every_verb_has_help) {
  for (const char* verb :
       {"init", "migrate", "upgrade", "downgrade", "current", "history", "status", "check", "diff", "introspect",
        "diagram", "stamp", "fresh", "reset", "seed", "shell", "lint", "backup", "restore"}) {
    const outcome done = folder.db({verb, "--help"});
    EXPECT_EQ(done.code, 0) << verb;
    EXPECT_TRUE(done.says("--url")) << verb << done.out;
  }
}
TEST_F(reporting, wrong_usage_is_code_2) {
  EXPECT_EQ(folder.db({}).code, 2);
  EXPECT_EQ(folder.db({"fly"}).code, 2);
  EXPECT_EQ(folder.db({"upgrade", "--fast"}).code, 2);
  EXPECT_EQ(folder.db({"upgrade", "a", "b"}).code, 2);
  EXPECT_EQ(folder.run({"manage"}).code, 2);
}
TEST_F(reporting, version_is_that_of_tupelo) { EXPECT_TRUE(folder.run({"manage", "--version"}).says("tupelo ")); }
TEST_F(reporting, a_wrong_command_line_is_a_json_document_too) {
  const outcome done = folder.db({"current", "--json", "--fast"});
  EXPECT_EQ(done.code, 2);
  EXPECT_EQ(done.json()["error"]["code"], "usage");
  EXPECT_TRUE(done.says("--fast")) << done.out;
}

}  // namespace
}  // namespace tupelo::cli
