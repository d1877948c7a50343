// SPDX-License-Identifier: Apache-2.0
#include "sql_script.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <string>

namespace tupelo {
namespace {

using statements = std::vector<std::string_view>;

TEST(sql_script, ends_statements_at_semicolons) {
  EXPECT_EQ(split_statements("SELECT 1; SELECT 2"), (statements{"SELECT 1", "SELECT 2"}));
  EXPECT_EQ(split_statements(" ;; SELECT 1 ;\n"), (statements{"SELECT 1"}));
  EXPECT_EQ(split_statements(""), statements{});
}
TEST(sql_script, leaves_texts_and_quoted_names_alone) {
  for (const char* one : {"SELECT 'a;b'", "SELECT 'it''s; so'", "SELECT \"a;b\"", "SELECT `a;b`", "SELECT [a;b]",
                          "SELECT E'\\'; x'", "SELECT ARRAY['a]', ';']"}) {
    EXPECT_EQ(split_statements(one), (statements{one}));
  }
  EXPECT_EQ(split_statements("SELECT '\\'; SELECT 2").size(), 2U);
}
TEST(sql_script, leaves_comments_alone_and_drops_what_is_nothing_else) {
  EXPECT_EQ(split_statements("SELECT 1 -- a; b\n; SELECT /* ; /* nested; */ ; */ 2"),
            (statements{"SELECT 1 -- a; b", "SELECT /* ; /* nested; */ ; */ 2"}));
  EXPECT_EQ(split_statements("-- only this;\n/* and this; */"), statements{});
}
TEST(sql_script, leaves_dollar_quotes_alone) {
  for (const char* one : {"DO $$ BEGIN x; END $$", "DO $a$ $$; $b$; $a$", "SELECT $1"}) {
    EXPECT_EQ(split_statements(one), (statements{one}));
  }
  EXPECT_EQ(split_statements("SELECT a$b; SELECT $1").size(), 2U);
}
TEST(sql_script, keeps_bodies_of_triggers_and_functions_whole) {
  const char* trigger = "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN y THEN 1 ELSE 2 END; "
                        "DELETE FROM b; END";
  const char* routine = "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END";
  EXPECT_EQ(split_statements(std::string(trigger) + "; SELECT 1"), (statements{trigger, "SELECT 1"}));
  EXPECT_EQ(split_statements(std::string(routine) + "; SELECT 1"), (statements{routine, "SELECT 1"}));
  EXPECT_EQ(split_statements("BEGIN; SELECT 1; END").size(), 3U);
}
TEST(sql_script, gives_parts_of_any_text_in_order) {
  std::mt19937 random(7);  // NOLINT: the same texts every time
  constexpr std::string_view pieces[] = {"'",
                                         "\"",
                                         "$$",
                                         "$a$",
                                         "--",
                                         "/*",
                                         "*/",
                                         ";",
                                         "\n",
                                         " ",
                                         "[",
                                         "]",
                                         "E'",
                                         "\\",
                                         "x",
                                         "1",
                                         "BEGIN ",
                                         "END ",
                                         "CREATE TRIGGER ",
                                         "CASE "};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t n = random() % 24; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const char* last = text.data();
    for (const std::string_view statement : split_statements(text)) {
      ASSERT_FALSE(statement.empty()) << text;
      ASSERT_GE(statement.data(), last) << text;
      last = statement.data() + statement.size();
      ASSERT_LE(last, text.data() + text.size()) << text;
      (void)without_dollar_quotes(statement);
    }
  }
}

}  // namespace
}  // namespace tupelo
