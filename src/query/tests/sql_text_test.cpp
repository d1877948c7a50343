// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/sql_text.hpp"

#include <gtest/gtest.h>

namespace tupelo {
namespace {

TEST(sql_text, white_space_and_case_of_keywords_do_not_matter) {
  EXPECT_EQ(canonical_sql("age >= 0 AND age < 200"), canonical_sql("  age>=0\n and AGE  < 200 -- years"));
}

TEST(sql_text, quotes_around_plain_identifiers_do_not_matter) {
  EXPECT_EQ(canonical_sql("\"age\" > 1"), canonical_sql("[age] > 1"));
  EXPECT_EQ(canonical_sql("`age` > 1"), canonical_sql("age > 1"));
}

TEST(sql_text, quotes_around_keywords_matter) { EXPECT_NE(canonical_sql("\"order\" > 1"), canonical_sql("order > 1")); }

TEST(sql_text, parentheses_around_everything_do_not_matter) {
  EXPECT_EQ(canonical_sql("((a > 1))"), canonical_sql("a > 1"));
  EXPECT_NE(canonical_sql("(a) > (b)"), canonical_sql("a) > (b"));
}

TEST(sql_text, literals_are_compared_to_the_letter) {
  EXPECT_NE(canonical_sql("role = 'Admin'"), canonical_sql("role = 'admin'"));
  EXPECT_NE(canonical_sql("'a  b'"), canonical_sql("'a b'"));
}

TEST(sql_text, both_spellings_of_unequal_are_one) { EXPECT_EQ(canonical_sql("a != 1"), canonical_sql("a <> 1")); }

TEST(sql_text, identifiers_are_found_outside_of_literals_and_comments) {
  EXPECT_TRUE(mentions_identifier("age >= 0", "age"));
  EXPECT_TRUE(mentions_identifier("\"Age\" >= 0", "age"));
  EXPECT_FALSE(mentions_identifier("name <> 'age'", "age"));
  EXPECT_FALSE(mentions_identifier("name <> '' /* age */ -- age", "age"));
  EXPECT_FALSE(mentions_identifier("pages > 0", "age"));
}

TEST(sql_text, a_function_is_not_a_column) {
  EXPECT_FALSE(mentions_identifier("length(name) > 1", "length"));
  EXPECT_TRUE(mentions_identifier("length(name) > 1", "name"));
}

TEST(sql_text, renaming_leaves_literals_and_layout_alone) {
  EXPECT_EQ(rename_identifier("age  >= 0 AND note <> 'age' -- age", "age", "years"),
            "years  >= 0 AND note <> 'age' -- age");
  EXPECT_EQ(rename_identifier("\"age\" > 1", "age", "order"), "\"order\" > 1");
  EXPECT_EQ(rename_identifier("age > 1", "age", "Order By"), "\"Order By\" > 1");
}

TEST(sql_text, a_literal_doubles_its_quotes) { EXPECT_EQ(sql_text_literal("it's"), "'it''s'"); }

TEST(sql_text, unclosed_quotes_end_with_the_text) {
  EXPECT_EQ(sql_tokens("a = 'b").size(), 3U);
  EXPECT_EQ(sql_tokens("a /* b").size(), 1U);
}

TEST(sql_text, doubled_quotes_stand_for_one) { EXPECT_EQ(sql_tokens("\"a\"\"b\"")[0].value, "a\"b"); }

}  // namespace
}  // namespace tupelo
