// SPDX-License-Identifier: Apache-2.0
#include "env_file.hpp"

#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using tupelo::cli::parse_env;

std::string value_of(std::string_view line) {
  const auto variables = parse_env(line, ".env");
  return variables.size() == 1 ? variables[0].value : "not one variable";
}

std::string complaint_about(std::string_view text) {
  try {
    parse_env(text, ".env");
  } catch (const tupelo::configuration_error& wrong) {
    return wrong.what();
  }
  return "accepted";
}

TEST(env_file, reads_a_plain_value) { EXPECT_EQ(value_of("A=sqlite:///a.db"), "sqlite:///a.db"); }
TEST(env_file, allows_export_and_spaces) { EXPECT_EQ(value_of("  export  A = b \r"), "b"); }
TEST(env_file, ends_a_plain_value_at_a_comment) { EXPECT_EQ(value_of("A=b # c"), "b"); }
TEST(env_file, keeps_a_hash_inside_a_plain_value) { EXPECT_EQ(value_of("A=b#c"), "b#c"); }
TEST(env_file, takes_single_quotes_literally) { EXPECT_EQ(value_of("A='a\\n # b'"), "a\\n # b"); }
TEST(env_file, understands_escapes_in_double_quotes) {
  EXPECT_EQ(value_of(R"(A="a\t\"b\"\\\$c" # d)"), "a\t\"b\"\\$c");
}
TEST(env_file, allows_an_empty_value) { EXPECT_EQ(value_of("A="), ""); }
TEST(env_file, a_variable_named_export_is_a_variable) { EXPECT_EQ(value_of("export=1"), "1"); }

TEST(env_file, skips_comments_and_empty_lines) {
  const auto variables = parse_env("# a\n\n  \nA=1\n#B=2\nC=3", ".env");
  ASSERT_EQ(variables.size(), 2U);
  EXPECT_EQ(variables[1].name, "C");
}

TEST(env_file, names_the_line_without_an_equals_sign) {
  EXPECT_EQ(complaint_about("A=1\nB"), ".env:2: expected `=` after B");
}
TEST(env_file, refuses_a_line_without_a_name) { EXPECT_EQ(complaint_about("=1"), ".env:1: expected NAME=value"); }

TEST(env_file, never_repeats_a_value_that_it_refuses) {
  for (const char* line : {"URL='secret", "URL=\"secret\\x\"", "URL=\"a\" secret"}) {
    const std::string said = complaint_about(line);
    EXPECT_NE(said, "accepted") << line;
    EXPECT_EQ(said.find("secret"), std::string::npos) << said;
  }
}

}  // namespace
