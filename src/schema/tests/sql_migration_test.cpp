// SPDX-License-Identifier: Apache-2.0
#include "live_database.hpp"
#include "refusal.hpp"

#include "tupelo/schema/introspect.hpp"
#include "tupelo/schema/migrator.hpp"
#include "tupelo/schema/sql_migration.hpp"
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <fstream>

namespace tupelo {
namespace {

using sample::refusal;

using names = std::vector<std::string>;
using views = std::vector<std::string_view>;
using migrate::state;

const sql_file users_up{"m/1_users.up.sql",
                        "-- tupelo: after=base\n"
                        "-- tupelo: label=v1\n"
                        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL); -- ; ends nothing\n"
                        "CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END;\n"
                        "CREATE INDEX by_email ON users (email)"};
const sql_file users_down{"m/1_users.down.sql", "DROP TABLE users;\n"};

void add_posts(schema_editor& db) {
  db.create_table("posts", [](table_editor& t) { t.id(); });
}
void drop_posts(schema_editor& db) { db.drop_table("posts"); }
void posts_after_age(schema_editor&) {}
migration posts() { return {"2_posts", {"1_users"}, &add_posts, &drop_posts, "2.cpp"}; }

history of(std::vector<sql_file> files, const std::vector<migration>& others = {}) {
  std::vector<migration> all = sql_migrations(files);
  all.insert(all.end(), others.begin(), others.end());
  return history(std::move(all));
}

void expect_refused(errc code, std::string_view text, const std::vector<sql_file>& files) {
  try {
    (void)sql_migrations(files);
    ADD_FAILURE() << "nothing was refused; wanted: " << text;
  } catch (const migration_error& e) {
    EXPECT_EQ(e.code(), code);
    EXPECT_NE(std::string(e.what()).find(text), std::string::npos) << e.what();
  }
}

class sql_migration : public ::testing::Test {
public:
  migrate::report upgrade(const history& h, std::string target = "head", bool destructive = false) {
    migrate::options opts(h);
    opts.allow_destructive = destructive;
    return sync_wait(migrate::upgrade(live.db, std::move(target), opts));
  }
  migrate::report downgrade(const history& h, std::string target) {
    return sync_wait(migrate::downgrade(live.db, std::move(target), migrate::options(h)));
  }
  migrate::status_report status(const history& h) { return sync_wait(migrate::status(live.db, migrate::options(h))); }
  sample::live_database live;
};

TEST_F(sql_migration, is_applied_and_taken_back_in_one_history_with_cpp) {
  const history all = of({users_up, users_down}, {posts()});
  EXPECT_EQ(upgrade(all).applied, (names{"1_users", "2_posts"}));
  EXPECT_EQ(live.number("SELECT count(*) FROM sqlite_master WHERE tbl_name = 'users'"), 3);
  EXPECT_EQ(all.resolve("v1"), "1_users");
  EXPECT_TRUE(downgrade(all, "base").applied.empty());
  EXPECT_EQ(live.number("SELECT count(*) FROM sqlite_master WHERE tbl_name IN ('users', 'posts')"), 0);
}
TEST_F(sql_migration, that_fails_is_rolled_back_as_a_whole_and_its_statement_is_named) {
  const history all = of({{"m/1_a.up.sql", "CREATE TABLE a (x); CREATE TABL b (x);"}});
  const std::string said = refusal(errc::migration_failed, [&] { upgrade(all); });
  EXPECT_NE(said.find("at: CREATE TABL b (x)"), std::string::npos) << said;
  EXPECT_EQ(live.number("SELECT count(*) FROM sqlite_master WHERE name = 'a'"), 0);
}
TEST_F(sql_migration, without_a_way_back_refuses_a_downgrade_before_anything_is_changed) {
  const history all = of({users_up}, {posts()});
  upgrade(all);
  const std::string said = refusal(errc::migration_irreversible, [&] { downgrade(all, "base"); });
  EXPECT_NE(said.find("there is no 1_users.down.sql"), std::string::npos) << said;
  EXPECT_EQ(status(all).count(state::applied), 2U);
}
TEST_F(sql_migration, that_is_edited_is_noticed_but_not_its_comments_and_its_way_back) {
  upgrade(of({users_up}));
  sql_file layout = users_up;
  layout.text.insert(0, "-- who is who\n\n");
  EXPECT_TRUE(status(of({layout, users_down})).up_to_date());
  sql_file edited = users_up;
  edited.text += ";CREATE TABLE more (x)";
  EXPECT_EQ(status(of({edited})).revisions[0].now, state::edited);
  refusal(errc::migration_edited, [&] { upgrade(of({edited}, {posts()})); });
}
TEST_F(sql_migration, has_scripts_of_its_own_for_each_database) {
  const history all = of({{"m/1_a.up.sql", "CREATE TABLE of_all (x INTEGER)"},
                          {"m/1_a.up.sqlite.sql", "CREATE TABLE of_sqlite (x INTEGER)"},
                          {"m/1_a.up.postgres.sql", "CREATE TABLE of_postgres (x integer)"}});
  upgrade(all);
  EXPECT_EQ(live.text("SELECT name FROM sqlite_master WHERE name LIKE 'of_%'"), "of_sqlite");
  const std::vector<sql_script>& scripts = all.at("1_a").scripts->up;
  EXPECT_EQ(sql_scripts::chosen(scripts, "PostgreSQL")->database, "postgres");
  EXPECT_EQ(sql_scripts::chosen(scripts, "MariaDB")->database, "");
  EXPECT_EQ(all.of_database("PostgreSQL").at("1_a").file, "m/1_a.up.postgres.sql");
  EXPECT_EQ(all.of_database("SQLite").at("1_a").file, "m/1_a.up.sqlite.sql");
}
TEST_F(sql_migration, for_another_database_only_is_refused_before_anything_is_changed) {
  const history all = of({users_up, {"m/2_a.up.postgres.sql", "CREATE EXTENSION citext"}});
  const std::string said = refusal(errc::invalid_migration, [&] { upgrade(all); });
  EXPECT_NE(said.find("there is no SQL for SQLite"), std::string::npos) << said;
  EXPECT_EQ(live.number("SELECT count(*) FROM sqlite_master"), 0);
}
TEST_F(sql_migration, that_loses_data_is_refused_until_somebody_allows_it) {
  const sql_file drop{"m/2_drop.up.sql", "DROP TABLE users"};
  upgrade(of({users_up}));
  const std::string said = refusal(errc::migration_destructive, [&] { upgrade(of({users_up, drop})); });
  EXPECT_NE(said.find("drop-table"), std::string::npos) << said;
  const sql_file allowed{drop.path, "-- tupelo: allow=drop-table, nobody reads it\n" + drop.text};
  EXPECT_EQ(upgrade(of({users_up, allowed})).steps.size(), 1U);
}
TEST_F(sql_migration, is_part_of_the_script_for_others_to_run) {
  const auto plan = sync_wait(migrate::plan_upgrade(live.db, "head", migrate::options(of({users_up}))));
  const auto& texts = plan.steps.at(0).statements;
  EXPECT_NE(std::find(texts.begin(), texts.end(), "CREATE INDEX by_email ON users (email)"), texts.end());
}
TEST_F(sql_migration, is_read_from_a_folder_where_its_files_come_before_those_in_the_program) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("sql_" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "1_users.up.sql") << "CREATE TABLE people (id INTEGER)";
  std::ofstream(folder / "notes.txt") << "nothing to read";
  const history all = history_with_folder(folder.string(), of({users_up, users_down}, {posts()}).ordered());
  std::filesystem::remove_all(folder);
  EXPECT_EQ(all.size(), 2U);
  upgrade(all);
  EXPECT_EQ(live.number("SELECT count(*) FROM people"), 0);
  EXPECT_TRUE(sql_migrations_in(folder.string()).empty()) << "a folder that is not there";
}
TEST_F(sql_migration, may_declare_in_cpp_what_it_has_built) {
  const migration declared{"1_users_declared",
                           {"1_users"},
                           [](schema_editor& db) {
                             db.declare([](schema_editor& made) {
                               made.create_table("users", [](table_editor& t) {
                                 t.id();
                                 t.text("email");
                                 t.index({"email"}).name("by_email");
                               });
                             });
                           },
                           [](schema_editor& db) { db.declare([](schema_editor& gone) { gone.drop_table("users"); }); },
                           "declared.cpp"};
  const migration later{"3_nick",
                        {"1_users_declared"},
                        [](schema_editor& db) { db.add_column("users", "nick").null(); },
                        [](schema_editor& db) { db.drop_column("users", "nick"); },
                        "3.cpp"};
  const history all = of({users_up, users_down}, {declared, later});
  upgrade(all);
  EXPECT_NE(migrate::recorded_schema(all).find("users"), nullptr);
  EXPECT_EQ(live.number("SELECT count(*) FROM pragma_table_info('users')"), 3);
  EXPECT_TRUE(downgrade(all, "base").applied.empty());
}
TEST_F(sql_migration, a_declaration_runs_nothing_and_so_takes_no_sql) {
  const migration wrong{"1_a",
                        {},
                        [](schema_editor& db) { db.declare([](schema_editor& in) { in.execute("SELECT 1"); }); },
                        &posts_after_age,
                        "1.cpp"};
  const std::string said = refusal(errc::invalid_migration, [&] { upgrade(history({wrong})); });
  EXPECT_NE(said.find("declare() runs nothing"), std::string::npos) << said;
}

// ---- names and first lines

TEST(sql_migration_files, follow_the_revision_that_sorts_before_them_unless_they_say_otherwise) {
  const history all = of({{"1_a.up.sql", ""}, {"3_c.up.sql", ""}, {"4_d.up.sql", "-- tupelo: after=1_a, 3_c"}},
                         {{"2_b", {"1_a"}, &add_posts, &drop_posts, "b.cpp"}});
  EXPECT_EQ(all.at("1_a").parents, views{});
  EXPECT_EQ(all.at("3_c").parents, views{"2_b"});
  EXPECT_EQ(all.at("4_d").parents, (views{"1_a", "3_c"}));
}
TEST(sql_migration_files, with_names_that_say_no_way_are_refused) {
  for (const char* name : {"m/1_users.sql", "m/1_users.up.mysql.sql", "m/.up.sql", "m/1_users.upp.sql"}) {
    expect_refused(errc::invalid_migration, std::string(name) + ": a file of SQL among migrations", {{name, ""}});
  }
}
TEST(sql_migration_files, that_only_go_down_are_refused) {
  expect_refused(errc::invalid_migration, "there is no 1_users.up.sql", {users_down});
}
TEST(sql_migration_files, with_settings_that_are_not_known_are_refused_with_their_line) {
  expect_refused(errc::invalid_migration, "m/1.up.sql:3: `befor=2`",
                 {{"m/1.up.sql", "-- a note\n\n-- tupelo: befor=2\nSELECT 1"}});
  expect_refused(errc::invalid_migration, "there is no such rule",
                 {{"m/1.up.sql", "-- tupelo: allow=everything, yes"}});
  expect_refused(errc::invalid_migration, "with a reason", {{"m/1.up.sql", "-- tupelo: allow=drop-table"}});
  expect_refused(errc::invalid_migration, "says no more than no-transaction",
                 {{"m/1.up.sql", ""}, {"m/1.down.sql", "-- tupelo: after=base"}});
}
TEST(sql_migration_files, may_begin_with_a_licence_and_a_byte_order_mark) {
  const history all =
      of({{"1.up.sql", ""},
          {"2.up.sql", ""},
          {"3.up.sql", "\xEF\xBB\xBF/* Licence:\n   -- tupelo: after=2\n*/\n-- tupelo: after=1\nSELECT 1"}});
  EXPECT_EQ(all.at("3").parents, views{"1"});
  EXPECT_EQ(all.at("3").scripts->up[0].text.substr(0, 2), "/*");
  EXPECT_TRUE(of({{"1.up.sql", "/* a */ /* b */\n-- tupelo: no-transaction\nVACUUM"}})
                  .at("1")
                  .scripts->up[0]
                  .outside_transaction);
}
TEST(sql_migration_files, with_settings_behind_a_statement_are_refused_with_their_line) {
  expect_refused(errc::invalid_migration, "m/1.up.sql:4: `after=base` stands behind the first statement",
                 {{"m/1.up.sql", "/* a\n*/\nSELECT 1;\n  --tupelo: after=base\nSELECT 2"}});
  expect_refused(errc::invalid_migration, "m/1.down.sql:2: `no-transaction` stands behind",
                 {{"m/1.up.sql", ""}, {"m/1.down.sql", "SELECT 1;\n-- tupelo: no-transaction"}});
}
TEST(sql_migration_files, may_have_texts_that_look_like_settings) {
  EXPECT_EQ(of({{"1.up.sql", "SELECT '\n-- tupelo: after=base\n', $$\n-- tupelo: after=base\n$$; /*\n-- tupelo: x */"}})
                .at("1")
                .scripts->up.size(),
            1U);
}
TEST(sql_migration_files, that_say_two_things_of_one_migration_are_refused) {
  expect_refused(errc::invalid_migration, "comes after another one",
                 {{"m/2.up.sqlite.sql", "-- tupelo: after=1"}, {"m/2.up.postgres.sql", "-- tupelo: after=base"}});
  expect_refused(errc::invalid_migration, "two such files", {{"a/1.up.sql", ""}, {"b/1.up.sql", ""}});
}
TEST(sql_migration_files, that_end_the_migrations_transaction_are_refused) {
  expect_refused(errc::invalid_migration, "`COMMIT` would end or begin", {{"m/1.up.sql", "SELECT 1; commit;"}});
  expect_refused(errc::invalid_migration, "`BEGIN` would end or begin", {{"m/1.up.sql", "BEGIN; SELECT 1; END"}});
  EXPECT_EQ(sql_migrations({{"m/1.up.sql", "SAVEPOINT a; ROLLBACK TO a; DO $$ BEGIN END $$"}}).size(), 1U);
}
TEST(sql_migration_files, of_tables_that_they_make_themselves_put_nothing_at_risk) {
  const history all = of({users_up, {"2.up.sql", "CREATE UNIQUE INDEX i ON users (email)"}});
  for (const lint_finding& found : lint(all, {"1_users"}))
    EXPECT_TRUE(found.rule->kind == hazard::design || found.rule->code == "irreversible") << found.rule->code;
  bool blocking = false;
  for (const lint_finding& found : lint(all, {"2"})) blocking = blocking || found.rule->code == "blocking-index";
  EXPECT_TRUE(blocking);
}

}  // namespace
}  // namespace tupelo
