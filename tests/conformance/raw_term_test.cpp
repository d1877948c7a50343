// SPDX-License-Identifier: Apache-2.0
// SQL of one's own inside of built queries.
#include "people.hpp"

#include <tupelo/query/raw_term.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

class raw_terms : public people_test {};
TUPELO_CONFORMANCE_SUITE(raw_terms);

using names = std::vector<std::string>;
constexpr auto name = col<&Person::name>;
constexpr auto age = col<&Person::age>;

TEST_P(raw_terms, are_conditions) {
  EXPECT_EQ(who(raw<bool>("? > ? AND ? <> ?", age, 30, name, "dan")), (names{"ada"}));
  EXPECT_EQ(who(!raw<bool>("? LIKE ?", name, "a%") && age > 20), (names{"dan"}));
}
TEST_P(raw_terms, are_values_that_compare_and_compute) {
  EXPECT_EQ(who(raw<int>("? * 2", age) == 72), (names{"ada", "dan"}));
  EXPECT_EQ(who(raw<int>("? + ?", age, age % 7) + 1 == 38), (names{"ada", "dan"}));
}
TEST_P(raw_terms, are_selected_ordered_and_grouped_by) {
  const auto initial = raw<std::string>("substr(?, 1, 1)", name);
  EXPECT_EQ(sync_wait(db.query<Person>().order_by(initial.desc()).select(initial).all()), (names{"d", "c", "b", "a"}));
  EXPECT_EQ(sync_wait(db.query<Person>().group_by(initial).select(count()).all()).size(), 4U);
  const auto halves = sync_wait(db.query<Person>().order_by(name).select(raw<std::optional<int>>("? / 2", age)).all());
  EXPECT_EQ(halves, (std::vector<std::optional<int>>{18, 10, std::nullopt, 18}));
}
TEST_P(raw_terms, name_columns_of_joined_tables) {
  EXPECT_EQ(sync_wait(db.query<Person>()
                          .join<Pet>(col<&Pet::owner_id> == col<&Person::id>)
                          .where(raw<bool>("? || ? = ?", name, col<&Pet::name>, "adacat"))
                          .pluck(name)),
            (names{"ada"}));
}
TEST_P(raw_terms, are_set_by_updates) {
  sync_wait(db.update<Person>().set(name, raw<std::string>("? || ?", name, "!")).where(name == "bob").run());
  EXPECT_EQ(who(name == "bob!"), (names{"bob!"}));
}
TEST_P(raw_terms, leave_question_marks_in_quotes_alone) {
  EXPECT_EQ(sync_wait(db.query<Person>().limit(1).select(raw<std::string>("'it''s?' || ? /* ? */", "x")).one()),
            "it's?x");
}
TEST_P(raw_terms, leave_question_marks_in_comments_alone) {
  EXPECT_EQ(sync_wait(db.query<Person>().where(raw<bool>("/* ? */ ? = 36 -- ?\n", age)).count()), 2);
}
TEST_P(raw_terms, may_end_in_a_comment) {
  EXPECT_EQ(who(raw<bool>("? > 30 -- years", age) && name == "ada"), (names{"ada"}));
}
TEST_P(raw_terms, need_not_say_what_type_a_text_has) {
  const auto said = raw<bool>("coalesce(?, ?) IS NOT NULL", std::optional<std::string>(), "x");
  EXPECT_EQ(sync_wait(db.query<Person>().where(said).count()), 4);
  sync_wait(db.transaction([&](session& s) -> task<void> {
    co_await s.update<Person>().set(age, 7).where(name == "bob").run();
    const auto [known, all] =
        co_await s.pipeline(s.query<Person>().where(raw<bool>("? IS NOT NULL", "x") && age == 7).count(),
                            s.query<Person>().where(!raw<bool>("? IS NULL", "x")).count());
    EXPECT_EQ(known, 1);
    EXPECT_EQ(all, 4);
  }));
}
TEST_P(raw_terms, with_another_number_of_arguments_are_refused) {
  EXPECT_THROW(who(raw<bool>("? = ?", name)), query_error);
  EXPECT_THROW(who(raw<bool>("? = 'a'", name, 1)), query_error);
}
TEST_P(raw_terms, bind_values_and_never_paste_them) {
  EXPECT_EQ(who(raw<bool>("? = ?", name, "x' OR '1'='1")), names{});
}

}  // namespace
}  // namespace tupelo::conformance
