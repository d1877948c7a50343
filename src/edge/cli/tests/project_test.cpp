// SPDX-License-Identifier: Apache-2.0
#include "cli_project.hpp"
#include "project.hpp"

#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

namespace tupelo::cli {
namespace {

std::string complaint_about(std::string_view toml) {
  try {
    parse_project(toml, "/p/tupelo.toml");
  } catch (const configuration_error& wrong) {
    return wrong.what();
  }
  return "accepted";
}

std::string address_in(cli_project& folder, std::string_view url_option = {}) {
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in;
  const surroundings around = folder.around(out, err, in);
  const auto found = find_address(url_option, find_project(folder.directory), around);
  return found ? found->source + " " + found->url : "none";
}

TEST(project, the_url_option_comes_before_everything) {
  cli_project folder;
  folder.variables["DATABASE_URL"] = "sqlite:///variable.db";
  folder.write("tupelo.toml", "[database]\nurl = 'sqlite:///toml.db'\n");
  folder.write(".env", "DATABASE_URL=sqlite:///env.db\n");
  EXPECT_EQ(address_in(folder, "sqlite:///option.db"), "--url sqlite:///option.db");
}
TEST(project, the_environment_variable_comes_before_files) {
  cli_project folder;
  folder.variables["DATABASE_URL"] = "sqlite:///variable.db";
  folder.write("tupelo.toml", "[database]\nurl = 'sqlite:///toml.db'\n");
  EXPECT_EQ(address_in(folder), "DATABASE_URL sqlite:///variable.db");
}
TEST(project, tupelo_toml_comes_before_env) {
  cli_project folder;
  folder.write("tupelo.toml", "[database]\nurl = 'sqlite:///toml.db'\n");
  folder.write(".env", "DATABASE_URL=sqlite:///env.db\n");
  EXPECT_EQ(address_in(folder), "tupelo.toml sqlite:///toml.db");
}
TEST(project, env_comes_last) {
  cli_project folder;
  folder.write("tupelo.toml", "");
  folder.write(".env", "DATABASE_URL=sqlite:///env.db\n");
  EXPECT_EQ(address_in(folder), ".env sqlite:///env.db");
}
TEST(project, an_empty_variable_is_no_address) {
  cli_project folder;
  folder.variables["DATABASE_URL"] = "";
  EXPECT_EQ(address_in(folder), "none");
}
TEST(project, tupelo_toml_is_searched_upward) {
  cli_project folder;
  folder.write("tupelo.toml", "[migrations]\ndirectory = 'db/steps'\n");
  folder.write("src/deep/x", "");
  EXPECT_EQ(find_project(folder.root() / "src" / "deep").migrations, folder.root() / "db/steps");
}
TEST(project, without_tupelo_toml_the_folder_itself_is_the_project) {
  cli_project folder;
  const project found = find_project(folder.root());
  EXPECT_FALSE(found.configured);
  EXPECT_EQ(found.migrations, folder.root() / "migrations");
}
TEST(project, says_where_its_program_is_built) {
  const project made = parse_project("[manage]\nbuild_directory = 'out'\ntarget = 'tool'\n", "/p/tupelo.toml");
  EXPECT_EQ(made.manage_program, "/p/out/tool");
}
TEST(project, a_program_can_be_elsewhere_than_its_target) {
  const project made = parse_project("[manage]\nprogram = 'bin/manage'\n", "/p/tupelo.toml");
  EXPECT_EQ(made.manage_program, "/p/bin/manage");
}
TEST(project, wrong_toml_names_file_and_line) {
  EXPECT_EQ(complaint_about("[database]\nurl = \n").substr(0, 14), "tupelo.toml:2:");
}
TEST(project, an_unknown_key_is_refused_with_those_known) {
  EXPECT_EQ(complaint_about("[database]\nuri = 'x'\n"),
            "tupelo.toml:2: unknown key `database.uri`; known here are: url");
}
TEST(project, a_value_of_another_type_is_refused_and_not_repeated) {
  EXPECT_EQ(complaint_about("[database]\nurl = 4711\n"), "tupelo.toml:2: `database.url` must be a text in quotes");
}
TEST(project, a_value_in_place_of_a_table_is_refused) {
  EXPECT_EQ(complaint_about("database = 'x'\n"), "tupelo.toml:1: `database` must be a table: write [database]");
}
TEST(project, an_empty_value_is_refused) {
  EXPECT_NE(complaint_about("[database]\nurl = ''\n").find("is empty"), std::string::npos);
}
TEST(project, a_url_that_cannot_be_read_is_not_shown) {
  EXPECT_EQ((database_address{"no url, but secret", "--url", false}.redacted()), "a URL that cannot be read");
}

}  // namespace
}  // namespace tupelo::cli
