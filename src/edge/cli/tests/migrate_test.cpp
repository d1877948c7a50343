// SPDX-License-Identifier: Apache-2.0
// `db init` and `db migrate`: what is written, and what is refused.
#include "cli_project.hpp"
#include "migration_folder.hpp"

#include <gtest/gtest.h>

namespace tupelo::cli {
namespace {

struct indexed_user {
  std::int64_t id{};
  std::string email;
  std::optional<int> age;
  std::string city;
  static void model(tupelo::model<indexed_user>& m) {
    m.table("users");
    m.index(&indexed_user::city);
  }
};

struct with_handle {
  std::int64_t id{};
  std::string handle;
  std::optional<int> age;
  static void model(tupelo::model<with_handle>& m) { m.table("users"); }
};

struct titled_post {
  std::int64_t id{};
  std::optional<std::string> title;
  static void model(tupelo::model<titled_post>& m) { m.table("posts"); }
};

struct ageless_user {
  std::int64_t id{};
  std::string email;
  static void model(tupelo::model<ageless_user>& m) { m.table("users"); }
};

struct age_of_user {
  std::int64_t id{};
  std::int64_t user_id{};
  std::optional<int> age;
  static void model(tupelo::model<age_of_user>& m) {
    m.table("user_ages");
    m.foreign_key(&age_of_user::user_id).references<ageless_user>();
  }
};

enum class rank { junior, boss };

struct ranked_user {
  std::int64_t id{};
  rank is{};
  static void model(tupelo::model<ranked_user>& m) {
    m.table("users");
    m.native_enum(&ranked_user::is).named("rank");
  }
};

/// A project after `db init`, with one model and no migration.
class migrate_verb : public testing::Test {
protected:
  migrate_verb() {
    folder.use_models<sample_user>();
    folder.use(none);
    folder.db({"init"});
  }
  void have(const migration& m) {
    folder.write("migrations/" + std::string(m.revision) + ".cpp",
                 "#include <tupelo/migration.hpp>\nTUPELO_MIGRATION(\"" + std::string(m.revision) + "\")\n");
  }

  cli_project folder;
  history none{std::vector<migration>{}};
  history one{{first_step}};
  history both{{first_step, second_step}};
};

TEST(init_verb, makes_the_folder_and_the_file) {
  cli_project folder;
  const outcome done = folder.db({"init"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_TRUE(std::filesystem::is_directory(folder.root() / "migrations"));
  EXPECT_NE(folder.read("tupelo.toml").find("[database]\nurl = \"sqlite:///"), std::string::npos);
}
TEST(init_verb, keeps_what_is_there) {
  cli_project folder;
  folder.write("tupelo.toml", "# mine\n");
  const outcome done = folder.db({"init", "--json"});
  EXPECT_EQ(done.json()["made"], nlohmann::json({"migrations/"}));
  EXPECT_EQ(folder.read("tupelo.toml"), "# mine\n");
}
TEST(init_verb, writes_no_password) {
  cli_project folder;
  const outcome done = folder.db({"init", "--url", "postgres://ada:secret@db/app"});
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(folder.read("tupelo.toml").find("secret"), std::string::npos);
  EXPECT_TRUE(done.complains("DATABASE_URL"));
}
TEST(init_verb, changes_nothing_in_a_dry_run) {
  cli_project folder;
  EXPECT_EQ(folder.db({"init", "--dry-run"}).code, 0);
  EXPECT_TRUE(folder.files("").empty());
}

TEST_F(migrate_verb, writes_what_the_models_have_and_says_to_build) {
  const outcome done = folder.db({"migrate", "Add users!"});
  ASSERT_EQ(done.code, 0) << done.err;
  const std::string text = folder.read("migrations/20261121T093000_add_users.cpp");
  EXPECT_NE(text.find("TUPELO_MIGRATION(\"20261121T093000_add_users\")"), std::string::npos) << text;
  EXPECT_NE(text.find("create_table(\"users\""), std::string::npos) << text;
  EXPECT_TRUE(done.says("build this program again")) << done.out;
}
TEST_F(migrate_verb, takes_the_message_as_an_option_too) {
  EXPECT_EQ(folder.db({"migrate", "-m", "Add users", "--json"}).json()["revision"], "20261121T093000_add_users");
}
TEST_F(migrate_verb, comes_after_the_head) {
  folder.use(one);
  EXPECT_EQ(folder.db({"migrate", "Age", "--json"}).json()["parents"], nlohmann::json({"20261120T080000_users"}));
}
TEST_F(migrate_verb, allows_changes_of_several_tables_that_hold_nobody_up) {
  const migration posts{"20261120T090000_posts",
                        {first_step.revision},
                        [](schema_editor& db) { db.create_table("posts", [](table_editor& t) { t.id(); }); },
                        [](schema_editor& db) { db.drop_table("posts"); },
                        "migrations/posts.cpp"};
  const history two{{first_step, posts}};
  folder.use(two);
  folder.use_models<sample_user, titled_post>();
  std::filesystem::remove(folder.root() / "tupelo.toml");  // of SQLite, which the rule is not for
  const outcome done = folder.db({"migrate", "Widen"});
  EXPECT_FALSE(done.complains("several-tables")) << done.err;
  const std::string text = folder.read("migrations/20261121T093000_widen.cpp");
  EXPECT_NE(text.find("db.allow(\"several-tables\","), std::string::npos) << text;
}
TEST_F(migrate_verb, shows_the_planned_operations) {
  folder.use(one);
  const outcome done = folder.db({"migrate", "Age"});
  EXPECT_TRUE(done.says("add column users.age")) << done.out;
}
TEST_F(migrate_verb, without_differences_writes_nothing_and_succeeds) {
  folder.use(both);
  const outcome done = folder.db({"migrate", "Nothing"});
  EXPECT_EQ(done.code, 0);
  EXPECT_TRUE(done.says("No changes"));
  EXPECT_TRUE(folder.files("migrations").empty());
}
TEST_F(migrate_verb, writes_an_empty_one_when_asked) {
  folder.use(both);
  const outcome done = folder.db({"migrate", "By hand", "--empty"});
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(folder.files("migrations").size(), 1U);
}
TEST_F(migrate_verb, dry_run_prints_the_file_and_writes_none) {
  const outcome done = folder.db({"migrate", "Add users", "--dry-run"});
  EXPECT_TRUE(done.says("TUPELO_MIGRATION(")) << done.out;
  EXPECT_TRUE(folder.files("migrations").empty());
}
TEST_F(migrate_verb, sql_prints_statements_only) {
  const outcome done = folder.db({"migrate", "Add users", "--sql", "--url", "sqlite::memory:"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out.substr(0, 12), "CREATE TABLE") << done.out;
  EXPECT_TRUE(folder.files("migrations").empty());
}
TEST_F(migrate_verb, a_rename_is_no_drop_when_it_is_said) {
  folder.use(both);
  folder.use_models<with_handle>();
  const outcome done = folder.db({"migrate", "Handle", "--rename", "users.email=users.handle", "--json"});
  ASSERT_EQ(done.code, 0) << done.out;
  ASSERT_EQ(done.json()["operations"].size(), 1U) << done.out;
  EXPECT_NE(done.json()["operations"][0]["code"].get<std::string>().find("rename_column"), std::string::npos);
}
TEST_F(migrate_verb, what_may_have_been_renamed_is_no_drop_that_nobody_asked_for) {
  folder.use(both);
  folder.use_models<with_handle>();
  const outcome done = folder.db({"migrate", "Handle"});
  EXPECT_EQ(done.code, 2);
  EXPECT_TRUE(done.complains("users.email=users.handle (")) << done.err;
  EXPECT_TRUE(done.complains("--rename-all") && done.complains("--no-rename")) << done.err;
  EXPECT_TRUE(folder.files("migrations").empty());
}
TEST_F(migrate_verb, flags_settle_what_may_have_been_renamed) {
  folder.use(both);
  folder.use_models<with_handle>();
  const auto operations = [&](const std::string& flag) {
    return folder.db({"migrate", "Handle", "--dry-run", "--json", flag}).json()["operations"].size();
  };
  EXPECT_EQ(operations("--rename-all"), 1U);
  EXPECT_GE(operations("--no-rename"), 2U);
  EXPECT_EQ(folder.db({"migrate", "Handle", "--rename-all", "--no-rename"}).code, 2);
}
TEST_F(migrate_verb, asks_on_a_terminal_whether_something_was_renamed) {
  folder.use(both);
  folder.use_models<with_handle>();
  folder.terminal = true;
  folder.input = "what\ny\n";
  const outcome renamed = folder.db({"migrate", "Handle", "--dry-run"});
  EXPECT_TRUE(renamed.complains("Is users.handle the renamed users.email? (")) << renamed.err;
  EXPECT_TRUE(renamed.complains("[Y/n]")) << renamed.err;
  EXPECT_TRUE(renamed.says("rename column users.email to handle")) << renamed.out;
  folder.input = "n\n";
  EXPECT_TRUE(folder.db({"migrate", "Handle", "--dry-run"}).says("drop column users.email"));
  folder.input = "";
  EXPECT_EQ(folder.db({"migrate", "Handle", "--dry-run"}).code, 2) << "no answer is none";
}
TEST_F(migrate_verb, a_rename_of_what_is_not_there_is_wrong_usage) {
  folder.use(both);
  EXPECT_EQ(folder.db({"migrate", "x", "-r", "users.mail=users.email"}).code, 2);
  EXPECT_EQ(folder.db({"migrate", "x", "-r", "users.email=users.nothing"}).code, 2);
  EXPECT_EQ(folder.db({"migrate", "x", "-r", "users.email"}).code, 2);
}
TEST_F(migrate_verb, a_value_of_an_enum_may_have_been_renamed_as_well) {
  const migration ranks{"20261120T080000_ranks",
                        {},
                        [](schema_editor& db) {
                          db.create_enum("rank", {"novice", "boss"});
                          db.create_table("users", [](table_editor& t) {
                            t.id();
                            t.enumeration("is", "rank");
                          });
                        },
                        [](schema_editor& db) {
                          db.drop_table("users");
                          db.drop_enum("rank");
                        },
                        "migrations/ranks.cpp"};
  const history ranked{{ranks}};
  folder.use(ranked);
  folder.use_models<ranked_user>();
  const outcome refused = folder.db({"migrate", "Ranks"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(refused.complains("rank.novice=rank.junior (")) << refused.err;
  EXPECT_EQ(folder.db({"migrate", "Ranks", "--rename-all"}).code, 2) << "rows may have been meant to lose the value";
  const outcome done = folder.db({"migrate", "Ranks", "-r", "rank.novice=rank.junior", "--json", "--dry-run"});
  ASSERT_EQ(done.code, 0) << done.out;
  EXPECT_EQ(done.json()["operations"].size(), 1U) << done.out;
  EXPECT_TRUE(done.says("rename_enum_value")) << done.out;
  const outcome wrong = folder.db({"migrate", "x", "-r", "rank.novice=rank.clerk"});
  EXPECT_TRUE(wrong.complains("the enum `rank` has no such values")) << wrong.err;
}
TEST_F(migrate_verb, json_names_a_column_that_seems_to_have_moved) {
  folder.use(both);
  folder.use_models<ageless_user, age_of_user>();
  const outcome done = folder.db({"migrate", "Ages", "--no-rename", "--json"});
  ASSERT_EQ(done.code, 0) << done.out;
  ASSERT_EQ(done.json()["moved"].size(), 1U) << done.out;
  EXPECT_EQ(done.json()["moved"][0]["column"], "age");
  EXPECT_EQ(done.json()["moved"][0]["to"], "user_ages");
}
TEST_F(migrate_verb, a_rename_takes_one_word_so_that_the_message_may_follow) {
  folder.use(both);
  folder.use_models<with_handle>();
  EXPECT_EQ(folder.db({"migrate", "-r", "users.email=handle", "Handle", "--json"}).json()["operations"].size(), 1U);
}
TEST_F(migrate_verb, indexes_of_tables_that_exist_follow_in_a_file_of_their_own) {
  folder.use(both);
  folder.use_models<indexed_user>();
  folder.write("tupelo.toml", "");  // the database is not known
  const outcome done = folder.db({"migrate", "City"});
  ASSERT_EQ(done.code, 0) << done.err;
  const std::string first = folder.read("migrations/20261121T093000_city.cpp");
  const std::string second = folder.read("migrations/20261121T093001_city_indexes.cpp");
  EXPECT_NE(first.find("add_column(\"users\", \"city\")"), std::string::npos) << first;
  EXPECT_EQ(first.find("index"), std::string::npos) << first;
  EXPECT_NE(second.find("after(\"20261121T093000_city\")"), std::string::npos) << second;
  EXPECT_NE(second.find("add_index(\"users\", {\"city\"}).concurrently()"), std::string::npos) << second;
  EXPECT_NE(second.find("tp::concurrently"), std::string::npos) << second;
}
TEST_F(migrate_verb, indexes_stay_where_sqlite_is_known_or_one_file_is_asked_for) {
  folder.use(both);
  folder.use_models<indexed_user>();
  folder.write("tupelo.toml", "");
  EXPECT_EQ(folder.db({"migrate", "City", "--dry-run", "--json"}).json()["followed_by"]["operations"].size(), 1U);
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--one-file"}, {"--url", "sqlite::memory:"}}) {
    std::vector<std::string> all{"migrate", "City", "--dry-run", "--json"};
    all.insert(all.end(), words.begin(), words.end());
    const nlohmann::json said = folder.db(all).json();
    EXPECT_EQ(said["operations"].size(), 2U);
    EXPECT_EQ(said["followed_by"], nullptr);
  }
}
TEST_F(migrate_verb, without_a_message_is_wrong_usage) { EXPECT_EQ(folder.db({"migrate"}).code, 2); }
TEST_F(migrate_verb, refuses_while_a_file_is_not_compiled_in) {
  have(first_step);
  const outcome done = folder.db({"migrate", "Again"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("build it again")) << done.err;
  EXPECT_TRUE(done.complains("migrations/20261120T080000_users.cpp")) << done.err;
  EXPECT_EQ(folder.files("migrations").size(), 1U);
}
TEST_F(migrate_verb, refuses_two_heads_and_names_the_way_out) {
  const migration other{"20261120T100000_other", {"20261120T080000_users"}, &add_age, &drop_age, "other.cpp"};
  const history forked{{first_step, second_step, other}};
  folder.use(forked);
  const outcome done = folder.db({"migrate", "Third"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("migration_heads") && done.complains("--merge")) << done.err;
}
TEST_F(migrate_verb, merge_joins_two_heads) {
  const migration other{"20261120T100000_other", {"20261120T080000_users"}, &add_age, &drop_age, "other.cpp"};
  const history forked{{first_step, second_step, other}};
  folder.use(forked);
  const outcome done = folder.db({"migrate", "Join", "--merge", "--json"});
  ASSERT_EQ(done.code, 0) << done.out;
  EXPECT_EQ(done.json()["parents"].size(), 2U);
}
TEST_F(migrate_verb, merge_of_one_head_is_wrong_usage) {
  folder.use(one);
  EXPECT_EQ(folder.db({"migrate", "Join", "--merge"}).code, 2);
}
TEST_F(migrate_verb, a_second_one_in_the_same_second_sorts_behind_the_first) {
  const migration now{"20261121T093000_users", {}, &create_users, &drop_users, "now.cpp"};
  const history fresh{{now}};
  folder.use(fresh);
  EXPECT_EQ(folder.db({"migrate", "age", "--json"}).json()["revision"], "20261121T093001_age");
}
TEST(migrate_without_init, names_the_missing_folder) {
  cli_project folder;
  const history none{std::vector<migration>{}};
  folder.use(none);
  folder.use_models<sample_user>();
  const outcome done = folder.db({"migrate", "x"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("db init")) << done.err;
}

TEST(migration_folder, finds_the_revision_over_line_ends_and_comments) {
  EXPECT_EQ(revision_in("// TUPELO_MIGRATION(\"old\")\nTUPELO_MIGRATION(\n    \"new\", after(\"old\"))"), "new");
  EXPECT_EQ(revision_in("int TUPELO_MIGRATION_like;"), "");
}

}  // namespace
}  // namespace tupelo::cli
