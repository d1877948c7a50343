// SPDX-License-Identifier: Apache-2.0
#include "sample_schemas.hpp"

#include "tupelo/schema/rename_guess.hpp"

#include <gtest/gtest.h>

namespace tupelo {
namespace {

using namespace sample;

class rename_guesses : public ::testing::Test {
protected:
  schema_definition from = blog();
  schema_definition to = blog();
  table_definition& users() { return *to.find("users"); }
  table_definition& posts() { return *to.find("posts"); }

  std::vector<std::string> guessed(const std::vector<rename_hint>& said = {},
                                   const std::vector<rename_hint>& denied = {}) {
    std::vector<std::string> out;
    for (const rename_guess& guess : guess_renames(from, to, said, denied)) {
      EXPECT_GE(guess.percent, 50);
      EXPECT_LT(guess.percent, 100);
      out.push_back(guess.from() + "=" + guess.to());
    }
    return out;
  }
  void call_email(const char* name) {
    users().columns[1].name = name;
    users().uniques = {{"", {name}}};
  }
};

using names = std::vector<std::string>;

TEST_F(rename_guesses, of_equal_schemas_are_none) { EXPECT_EQ(guessed(), names{}); }

TEST_F(rename_guesses, name_a_column_at_the_same_place_with_the_same_keys) {
  call_email("mail");
  EXPECT_EQ(guessed(), (names{"users.email=users.mail"}));
  EXPECT_GE(guess_renames(from, to, {})[0].percent, 90);
}

TEST_F(rename_guesses, are_less_sure_of_what_differs) {
  call_email("mail");
  const int same = guess_renames(from, to, {})[0].percent;
  users().uniques.clear();
  users().columns[1].nullable = true;
  EXPECT_LT(guess_renames(from, to, {})[0].percent, same);
}

TEST_F(rename_guesses, leave_columns_of_other_types_alone) {
  call_email("mail");
  users().columns[1].type = type_kind::bytes;
  EXPECT_EQ(guessed(), names{});
}

TEST_F(rename_guesses, leave_additions_without_a_loss_alone) {
  users().columns.push_back(text("mail"));
  EXPECT_EQ(guessed(), names{});
}

TEST_F(rename_guesses, give_every_column_to_the_likeliest_one) {
  users().columns[3].name = "made_at";
  users().columns[4].name = "changed_at";
  names all = guessed();
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, (names{"users.created_at=users.made_at", "users.updated_at=users.changed_at"}));
}

TEST_F(rename_guesses, are_no_more_where_it_is_said_or_denied) {
  call_email("mail");
  EXPECT_EQ(guessed({{"users", "mail", "email"}}), names{});
  EXPECT_EQ(guessed({}, {{"users", "mail", "email"}}), names{});
}

TEST_F(rename_guesses, tell_tables_first_and_their_columns_once_that_is_settled) {
  table_definition people = users();
  people.name = "people";
  people.columns[1].name = "mail";
  people.uniques = {{"", {"mail"}}};
  people.primary_key.name.clear();
  to.remove("users");
  to.add(people);
  posts().foreign_keys[0].references = "people";
  EXPECT_EQ(guessed(), (names{"users=people"}));
  EXPECT_EQ(guessed({{"people", "", "users"}}), (names{"people.email=people.mail"}));
}

TEST_F(rename_guesses, name_values_of_an_enum_between_the_same_others) {
  from.enums = {{"plan", {"trial", "basic", "pro", "top"}}};
  to.enums = {{"plan", {"trial", "free", "pro", "best", "more"}}};
  EXPECT_EQ(guessed(), (names{"plan.basic=plan.free"})) << "one goes behind `pro`, and two come";
  EXPECT_EQ(guess_renames(from, to, {})[0].hint.enum_type, "plan");
  const rename_hint said{{}, "free", "basic", "plan"};
  EXPECT_EQ(guessed({said}), names{});
  EXPECT_EQ(guessed({}, {said}), names{});
  to.enums = {{"plan", {"trial", "basic", "plus", "pro"}}};
  EXPECT_EQ(guessed(), names{});
  to.enums = {{"plan", {"pro", "trial", "free", "top"}}};
  EXPECT_EQ(guessed(), names{}) << "it stands between others";
}

TEST_F(rename_guesses, leave_tables_with_other_columns_alone) {
  to.remove("posts");
  to.add({.name = "tags", .columns = {text("word"), text("language")}});
  EXPECT_EQ(guessed(), names{});
}

}  // namespace
}  // namespace tupelo
