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

TEST(sql_text, words_of_operators_and_types_are_no_columns) {
  for (const auto& [sql, word] : {
           std::pair{"seen AT TIME ZONE 'UTC' > now()", "at"},
           std::pair{"lower(name) SIMILAR TO 'a%'", "similar"},
           std::pair{"day > date '2020-01-01'", "date"},
           std::pair{"seen > timestamp with time zone '2020-01-01'", "time"},
           std::pair{"seen > timestamp with time zone '2020-01-01'", "timestamp"},
           std::pair{"n::double precision > 1", "precision"},
           std::pair{"(a > 1) IS NOT unknown", "unknown"},
           std::pair{"span > interval '1' year", "year"},
           std::pair{"n BETWEEN SYMMETRIC a AND b", "symmetric"},
       }) {
    EXPECT_FALSE(mentions_identifier(sql, word)) << sql << ": " << word;
  }
  EXPECT_TRUE(mentions_identifier("n OPERATOR(pg_catalog.+) at > 1", "at"));
  EXPECT_TRUE(mentions_identifier("time > '12:00' AND zone IS NULL", "time"));
  EXPECT_TRUE(mentions_identifier("time > '12:00' AND zone IS NULL", "zone"));
  EXPECT_TRUE(mentions_identifier("symmetric BETWEEN symmetric AND 2", "symmetric"));
  EXPECT_EQ(rename_identifier("at AT TIME ZONE 'UTC' > x", "at", "seen"), "seen AT TIME ZONE 'UTC' > x");
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
