// SPDX-License-Identifier: Apache-2.0
// What may be said of groups of rows: the same on every database, whatever it would make of the rest itself.
#include "people.hpp"

#include <tupelo/query/grouping.hpp>
#include <tupelo/query/raw_term.hpp>
#include <tupelo/query/related_aggregates.hpp>
#include <tupelo/query/window.hpp>

namespace tupelo::conformance {
namespace {

constexpr auto id = col<&Person::id>;
constexpr auto name = col<&Person::name>;
constexpr auto age = col<&Person::age>;
constexpr auto height = col<&Person::height>;
constexpr auto city = col<&Person::address, &Address::city>;
constexpr auto weight = col<&Pet::weight>;
constexpr auto owner_id = col<&Pet::owner_id>;

class groups : public people_test {
protected:
  auto people() { return db.query<Person>(); }
  template <class Query>
  std::size_t rows(const Query& query) {
    return sync_wait(query.all()).size();
  }
  template <class Query>
  std::string refusal(const Query& query) {
    return failure_of<query_error>([&] { sync_wait(query.all()); }).what();
  }
  /// That the column is named, and what to do; and nothing of the database's.
  template <class Query>
  void expect_ungrouped(const Query& query, const std::string& column) {
    const std::string said = refusal(query);
    EXPECT_EQ(said.rfind("column \"" + column + "\"", 0), 0U) << said;
    EXPECT_NE(said.find("group_by()"), std::string::npos) << said;
  }
  template <class Query>
  void expect_misplaced(const Query& query, const std::string& what, const std::string& remedy) {
    const std::string said = refusal(query);
    EXPECT_EQ(said.rfind(what, 0), 0U) << said;
    EXPECT_NE(said.find(remedy), std::string::npos) << said;
  }
};
TUPELO_CONFORMANCE_SUITE(groups);

// ---- what has no one value

TEST_P(groups, a_column_that_is_not_grouped_by_is_refused_in_every_clause) {
  expect_ungrouped(people().group_by(age).select(id, count()), "id");
  expect_ungrouped(people().group_by(age).select(age, height + 1.0), "height");
  expect_ungrouped(people().group_by(age).order_by(height).select(age, count()), "height");
  expect_ungrouped(people().group_by(age).having(height > 1.0).select(age), "height");
  expect_ungrouped(people().group_by(age), "id");
  expect_ungrouped(people().group_by(age).select(sum(height).over()), "height");
  expect_ungrouped(people().group_by(age).select(max(age), row_number().over(order_by(name))), "name");
}
TEST_P(groups, a_column_beside_an_aggregate_of_all_rows_is_refused_in_every_clause) {
  expect_ungrouped(people().order_by(id).select(count()), "id");
  expect_ungrouped(people().having(count() > 1).select(name), "name");
  expect_ungrouped(people().having(count() > 1), "id");
  expect_ungrouped(people().order_by(count()).select(name), "name");
  expect_ungrouped(people().select(height + 1.0, count()), "height");
}
TEST_P(groups, a_query_inside_names_columns_that_are_grouped_by) {
  const auto pets = query<Pet>().correlate<Person>().where(owner_id == id).select<std::int64_t>(count());
  expect_ungrouped(people().group_by(age).select(age, subquery(pets)), "id");
  EXPECT_EQ(rows(people().group_by(id).select(id, subquery(pets))), 4U);
  EXPECT_EQ(rows(people().select(name, subquery(pets))), 4U);
  const auto heaviest = query<Pet>().correlate<Person>().where(owner_id == max(id)).select<std::int64_t>(count());
  EXPECT_EQ(rows(people().group_by(age).select(age, subquery(heaviest))), 3U) << "an aggregate of the query around";
}
TEST_P(groups, an_aggregate_of_a_query_inside_takes_columns_of_its_groups_alone) {
  const auto heavy =
      query<Pet>().correlate<Person>().where(owner_id == 1).select<std::optional<double>>(sum(weight + height));
  expect_ungrouped(people().group_by(age).select(age, subquery(heavy)), "height");
  EXPECT_EQ(rows(people().group_by(age, height).select(age, subquery(heavy))), 4U);
  const auto some = query<Pet>().correlate<Person>().select<std::int64_t>(count(weight).filter(height > 1.6));
  expect_ungrouped(people().group_by(age).select(age, subquery(some)), "height");
}

// ---- what has one

TEST_P(groups, a_term_that_is_grouped_by_may_be_part_of_another_one) {
  EXPECT_EQ(rows(people().group_by(lower(city)).select(concat(lower(city), "!"), count())), 3U);
  EXPECT_EQ(rows(people().group_by(city, name).order_by(concat(city, name)).select(concat(name, city))), 4U);
  EXPECT_EQ(rows(people().group_by(age % 10).order_by(age % 10).select(age % 10, count())), 3U);
  EXPECT_EQ(rows(people().select(coalesce(age, 0), count()).group_by(coalesce(age, 0))), 3U);
  EXPECT_EQ(rows(people().group_by(age, age + height).select(age + height)), 4U) << "the longer term counts";
}
TEST_P(groups, by_a_whole_primary_key_name_every_column_of_its_table) {
  EXPECT_EQ(rows(people().group_by(id)), 4U);
  EXPECT_EQ(rows(people().group_by(id).having(height > 1.65).order_by(name).select(name, age, count())), 3U);
  const auto kept =
      people().left_join<Pet>(owner_id == id).group_by(id).order_by(name).select(name, count(weight), count());
  EXPECT_EQ(rows(kept), 4U);
  expect_ungrouped(people().left_join<Pet>(owner_id == id).group_by(id).select(name, weight), "weight");
}
TEST_P(groups, take_windows_over_what_they_have) {
  EXPECT_EQ(rows(people().group_by(city).select(city, sum(count()).over(), rank().over(order_by(count().desc())))), 3U);
  EXPECT_EQ(rows(people().group_by(city).select(city, count(height).filter(age > 30), count_distinct(name))), 3U);
  EXPECT_EQ(rows(people().select(name, sum(height).over(partition_by(city)))), 4U);
}
TEST_P(groups, take_conditions_on_what_is_grouped_by) {
  EXPECT_EQ(rows(people().group_by(city).having(city == "London" || count() > 5).select(city)), 1U);
  EXPECT_EQ(rows(people().group_by(age).having(age.in(36, 20) && age.is_not_null()).select(age)), 2U);
  EXPECT_EQ(rows(people().group_by(age).having(name.in(std::vector<std::string>{})).select(age)), 0U);
}
TEST_P(groups, are_counted_whatever_their_rows_are_made_of) {
  EXPECT_EQ(sync_wait(people().group_by(age).count()), 3);
  EXPECT_TRUE(sync_wait(people().group_by(age).exists()));
  EXPECT_EQ(sync_wait(people().order_by(name).count()), 4);
}
TEST_P(groups, sql_of_the_users_own_is_not_looked_into) {
  EXPECT_EQ(rows(people().group_by(age).select(age, raw<std::optional<double>>("max(?)", height))), 3U);
  EXPECT_EQ(rows(people().group_by(raw<std::string>("name")).select(name)), 4U);
}

// ---- where aggregates and windows may stand

TEST_P(groups, aggregates_and_windows_are_no_condition_of_a_row) {
  expect_misplaced(people().where(count() > 1), "an aggregate stands in where()", "having()");
  expect_misplaced(people().where(row_number().over() > 1), "a window function stands in where()", "tp::derived()");
  expect_misplaced(people().having(row_number().over() > 1).select(count()), "a window function stands in having()",
                   "tp::derived()");
  expect_misplaced(people().join<Pet>(owner_id == max(id)), "an aggregate stands in the condition of a join",
                   "having()");
  expect_misplaced(people().group_by(max(age)).select(count()), "an aggregate stands in group_by()", "having()");
  EXPECT_THROW(sync_wait(db.update<Person>().set(age, 1).where(count() > 1).run()), query_error);
}
TEST_P(groups, aggregates_stand_in_no_other_ones) {
  expect_misplaced(people().select(sum(count())), "an aggregate stands inside of another one", "tp::derived()");
  expect_misplaced(people().select(count().filter(count() > 1)), "an aggregate stands inside", "tp::derived()");
  expect_misplaced(people().select(sum(row_number().over())), "a window function stands inside", "tp::derived()");
}

}  // namespace
}  // namespace tupelo::conformance
