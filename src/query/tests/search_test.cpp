// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/search.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tupelo {
namespace {

using detail::search_words;

TEST(search_words, are_quoted_one_by_one) { EXPECT_EQ(search_words("rust  lang"), "\"rust\" \"lang\""); }
TEST(search_words, of_a_phrase_stay_together) { EXPECT_EQ(search_words("a \"b  c\""), "\"a\" \"b c\""); }
TEST(search_words, that_must_not_be_come_last) {
  EXPECT_EQ(search_words("-java rust -\"c d\""), "\"rust\" NOT \"java\" NOT \"c d\"");
}
TEST(search_words, end_with_a_star_where_they_are_beginnings) {
  EXPECT_EQ(search_words("ru* \"a b\"* x"), "\"ru\" * \"a b\" * \"x\"");
}
TEST(search_words, hold_nothing_that_ends_a_text) {
  EXPECT_EQ(search_words("a'b\\c\"d\"*e"), "\"a b c\" \"d\" * \"e\"");
}
TEST(search_words, are_none_where_no_letter_is) {
  EXPECT_EQ(search_words("- -- \"\" * \"* *\" ()"), "");
  EXPECT_EQ(search_words("-a"), "");
}
TEST(search_words, of_a_phrase_that_is_not_closed_are_all_that_follow) {
  EXPECT_EQ(search_words("a \"b c"), "\"a\" \"b c\"");
}
TEST(search_words, of_what_no_database_holds_are_none) {
  EXPECT_EQ(search_words("rust \xff"), "");
  EXPECT_EQ(search_words(std::string_view("rust\0lang", 9)), "");
}
TEST(search_words, are_thirty_two_at_most) {
  std::string many;
  for (int i = 0; i < 40; ++i) many += "w ";
  EXPECT_EQ(search_words(many).size(), 32U * 4 - 1);
}
TEST(search_words, are_cut_between_characters) {
  std::string wide;
  for (int i = 0; i < 200; ++i) wide += "\xe2\x82\xac";
  const std::string words = search_words(wide);
  EXPECT_EQ(words.size(), 255U + 2);
}

}  // namespace
}  // namespace tupelo
