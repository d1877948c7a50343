// SPDX-License-Identifier: Apache-2.0
#include "cli_project.hpp"
#include "scaffold.hpp"
#include "tool.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace tupelo::cli {
namespace {

outcome tool(cli_project& folder, std::vector<std::string> words) {
  words.insert(words.begin(), "tupelo");
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in;
  surroundings process = folder.around(out, err, in);
  outcome done;
  done.code = run_tool(words, process);
  done.out = out.str();
  done.err = err.str();
  return done;
}

TEST(new_project, has_every_file_with_its_name_filled_in) {
  cli_project folder;
  const outcome done = tool(folder, {"new", "shop"});
  ASSERT_EQ(done.code, 0) << done.err;
  for (const char* file : {"CMakeLists.txt", "CMakePresets.json", "models.hpp", "manage.cpp", "main.cpp",
                           "seeds/users.cpp", "tests/models_test.cpp", "tupelo.toml", ".gitignore", "README.md"}) {
    const std::string text = folder.read("shop/" + std::string(file));
    EXPECT_FALSE(text.empty()) << file;
    EXPECT_EQ(text.find("@name@"), std::string::npos) << file;
    EXPECT_NE(text[0], '\n') << file;
  }
  EXPECT_NE(folder.read("shop/CMakeLists.txt").find("project(shop LANGUAGES CXX)"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_directory(folder.root() / "shop" / "migrations"));
}
TEST(new_project, its_settings_can_be_read) {
  cli_project folder;
  tool(folder, {"new", "shop"});
  EXPECT_EQ(find_project(folder.root() / "shop").url, "sqlite:///shop.db");
}
TEST(new_project, is_on_the_database_that_the_url_names) {
  cli_project folder;
  const outcome done = tool(folder, {"new", "shop", "--url", "postgresql://ada@db.example.com/shop"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(find_project(folder.root() / "shop").url, "postgresql://ada@db.example.com/shop");
  const std::string build = folder.read("shop/CMakeLists.txt");
  EXPECT_NE(build.find("COMPONENTS postgres cli"), std::string::npos);
  for (const char* file : {"CMakeLists.txt", "models.hpp", "main.cpp", "tests/models_test.cpp", "README.md"}) {
    const std::string text = folder.read("shop/" + std::string(file));
    for (const char* stray : {"sqlite", "SQLite", "@url", "@component", "@postgres", "}@"}) {
      EXPECT_EQ(text.find(stray), std::string::npos) << file << " says " << stray;
    }
  }
}
TEST(new_project, keeps_a_password_in_the_file_that_is_not_committed) {
  cli_project folder;
  const outcome done = tool(folder, {"new", "shop", "--url", "postgresql://ada:se'cret@db.example.com/shop"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_NE(folder.read("shop/.env").find("DATABASE_URL='postgresql://ada:se%27cret@db.example.com/shop'"),
            std::string::npos);
  EXPECT_NE(folder.read("shop/.gitignore").find("/.env"), std::string::npos);
  EXPECT_NE(folder.read("shop/.gitignore").find("*.backup"), std::string::npos);
  EXPECT_EQ(find_project(folder.root() / "shop").url, std::nullopt);
  for (const char* file : {"tupelo.toml", "main.cpp", "tests/models_test.cpp", "README.md", "CMakeLists.txt"}) {
    EXPECT_EQ(folder.read("shop/" + std::string(file)).find("cret"), std::string::npos) << file;
  }
}
TEST(new_project, writes_keywords_as_a_url) {
  cli_project folder;
  const outcome done = tool(folder, {"new", "shop", "--url", "host=db.example.com user=ada dbname='my \"shop\"'"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(find_project(folder.root() / "shop").url,
            "postgresql://?host=db.example.com&user=ada&dbname=my%20%22shop%22");
  const outcome secret = tool(folder, {"new", "store", "--url", "host=db.example.com password='s ecr\\'et'"});
  ASSERT_EQ(secret.code, 0) << secret.err;
  EXPECT_NE(folder.read("store/.env").find("DATABASE_URL='postgresql://?host=db.example.com&password=s%20ecr%27et'"),
            std::string::npos);
}
TEST(new_project, refuses_a_database_that_it_does_not_know) {
  cli_project folder;
  const outcome done = tool(folder, {"new", "shop", "--url", "oracle://ada@db/shop"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("oracle")) << done.err;
  EXPECT_TRUE(folder.files("").empty());
}
TEST(new_project, may_be_made_in_an_empty_folder) {
  cli_project folder;
  std::filesystem::create_directory(folder.root() / "shop");
  EXPECT_EQ(tool(folder, {"new", "shop/"}).code, 0);
}
TEST(new_project, refuses_a_folder_with_something_in_it) {
  cli_project folder;
  folder.write("shop/mine", "x");
  const outcome done = tool(folder, {"new", "shop"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("not empty")) << done.err;
  EXPECT_EQ(folder.files("shop").size(), 1U);
}
TEST(new_project, refuses_names_that_are_none) {
  cli_project folder;
  for (const char* name : {"1shop", "my shop", "test", "manage", "a.b", "shöp", "-x"}) {
    EXPECT_EQ(tool(folder, {"new", name}).code, 2) << name;
  }
  EXPECT_EQ(tool(folder, {"new", std::string(65, 'a')}).code, 2);
  EXPECT_TRUE(folder.files("").empty());
}
TEST(new_project, a_name_is_required) {
  cli_project folder;
  EXPECT_EQ(tool(folder, {"new"}).code, 2);
}

TEST(tool_db, builds_and_runs_the_projects_program) {
  cli_project folder;
  folder.write("tupelo.toml", "");
  folder.write("build/CMakeCache.txt", "");
  folder.write("src/x", "");
  folder.directory = folder.root() / "src";
  const outcome done = tool(folder, {"db", "upgrade", "+1"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(folder.built.back(), "manage");
  const std::vector<std::string> words{(folder.root() / "build/manage").string(), "db", "upgrade", "+1"};
  EXPECT_EQ(folder.executed, words);
}
TEST(tool_db, does_not_run_what_did_not_build) {
  cli_project folder;
  folder.write("tupelo.toml", "");
  folder.write("build/CMakeCache.txt", "");
  folder.build_result = 2;
  EXPECT_EQ(tool(folder, {"db", "upgrade"}).code, 1);
  EXPECT_TRUE(folder.executed.empty());
}
TEST(tool_db, says_how_to_configure) {
  cli_project folder;
  folder.write("tupelo.toml", "");
  const outcome done = tool(folder, {"db", "upgrade"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("cmake --preset dev")) << done.err;
}
TEST(tool_db, says_when_there_is_no_project) {
  cli_project folder;
  const outcome done = tool(folder, {"db", "upgrade"});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.complains("tupelo.toml")) << done.err;
}
TEST(tool_db, makes_a_project_of_a_folder) {
  cli_project folder;
  EXPECT_EQ(tool(folder, {"db", "init"}).code, 0);
  EXPECT_TRUE(find_project(folder.root()).configured);
}
TEST(tool_db, helps_without_a_project) {
  cli_project folder;
  EXPECT_TRUE(tool(folder, {"db", "--help"}).says("introspect"));
  EXPECT_TRUE(tool(folder, {"db", "upgrade", "--help"}).says("--allow-destructive"));
  EXPECT_EQ(tool(folder, {"db"}).code, 2);
  EXPECT_EQ(tool(folder, {"db", "fly"}).code, 2);
  EXPECT_TRUE(folder.built.empty());
}
TEST(tool_db, leaves_options_that_it_does_not_know_to_the_projects_program) {
  cli_project folder;
  folder.write("tupelo.toml", "");
  folder.write("build/CMakeCache.txt", "");
  EXPECT_EQ(tool(folder, {"db", "upgrade", "--of-a-later-release"}).code, 0);
  EXPECT_EQ(folder.executed.back(), "--of-a-later-release");
}

/// A project that is not configured, beside a database that is there already.
class unbuilt : public testing::Test {
protected:
  unbuilt() {
    folder.write("tupelo.toml", "[database]\nurl = \"sqlite:///test.db\"\n");
    folder.write("src/deep/x", "");
    folder.use(all);
    EXPECT_EQ(folder.db({"upgrade"}).code, 0);
    folder.directory = folder.root() / "src" / "deep";
  }

  cli_project folder;
  history all{{first_step}};
};

TEST_F(unbuilt, needs_no_build_for_what_only_the_database_knows) {
  const outcome models = tool(folder, {"db", "introspect"});
  EXPECT_EQ(models.code, 0) << models.err;
  EXPECT_TRUE(models.says("struct User")) << models.out;
  EXPECT_TRUE(tool(folder, {"db", "diagram", "--live"}).says("<svg "));
  EXPECT_TRUE(tool(folder, {"db", "lint", "--rules"}).says("drop-column"));
  EXPECT_EQ(tool(folder, {"db", "shell"}).code, 0);
  EXPECT_EQ(folder.executed[0], "sqlite3");
  EXPECT_TRUE(folder.built.empty());
}
TEST_F(unbuilt, writes_files_where_it_was_called) {
  EXPECT_EQ(tool(folder, {"db", "backup", "copy.db"}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder.root() / "src/deep/copy.db"));
  EXPECT_EQ(tool(folder, {"db", "restore", "copy.db", "--yes"}).code, 0);
  EXPECT_EQ(tool(folder, {"db", "introspect", "-o", "models.hpp"}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder.root() / "src/deep/models.hpp"));
}
TEST_F(unbuilt, says_what_the_database_has_recorded) {
  folder.write("migrations/20261120T090000_age.cpp", "TUPELO_MIGRATION(\"20261120T090000_age\")\n");
  const outcome status = tool(folder, {"db", "status"});
  EXPECT_EQ(status.code, 0) << status.err;
  EXPECT_TRUE(status.says("20261120T080000_users") && status.says("1 pending")) << status.out;
  EXPECT_TRUE(status.complains("not built")) << status.err;
  EXPECT_EQ(tool(folder, {"db", "current"}).out, "20261120T080000_users\n");
  EXPECT_TRUE(tool(folder, {"db", "history"}).says("20261120T090000_age"));
  const nlohmann::json said = tool(folder, {"db", "history", "--json"}).json();
  EXPECT_TRUE(said["recorded_only"]);
  EXPECT_EQ(said["migrations"][0]["state"], "applied");
  EXPECT_EQ(said["pending"], 1);
  EXPECT_TRUE(folder.built.empty());
}
TEST_F(unbuilt, does_not_draw_what_it_does_not_know) {
  const outcome done = tool(folder, {"db", "history", "--graph"});
  EXPECT_EQ(done.code, 2);
  EXPECT_TRUE(done.complains("cmake --preset dev")) << done.err;
}
TEST_F(unbuilt, says_an_error_of_the_database_as_every_command_does) {
  const outcome done = tool(folder, {"db", "status", "--url", "sqlite:///nowhere.db", "--json"});
  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(done.json()["error"]["code"], "invalid_configuration");
}

TEST(tool_db, says_when_the_program_is_not_where_it_should_be) {
  cli_project folder;
  folder.write("tupelo.toml", "");
  folder.write("build/CMakeCache.txt", "");
  folder.execute_result = ENOENT;
  EXPECT_TRUE(tool(folder, {"db", "status"}).complains("[manage] program"));
}
TEST(tool, has_help_and_a_version) {
  cli_project folder;
  EXPECT_TRUE(tool(folder, {"--version"}).says("tupelo "));
  EXPECT_TRUE(tool(folder, {"--help"}).says("new"));
  EXPECT_EQ(tool(folder, {}).code, 2);
}

}  // namespace
}  // namespace tupelo::cli
