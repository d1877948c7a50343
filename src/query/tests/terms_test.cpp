// SPDX-License-Identifier: Apache-2.0
// How terms and sources become words.
#include "tupelo/query/clause_term.hpp"
#include "tupelo/query/derived_table.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/query/table_alias.hpp"
#include "tupelo/query/window.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace tupelo {
namespace {

struct Person {
  std::int64_t id{};
  std::string name;
  std::optional<int> age;
};
struct Pet {
  std::int64_t id{};
  std::int64_t owner_id{};
};

constexpr auto name = col<&Person::name>;
constexpr auto age = col<&Person::age>;

template <class Query>
std::ptrdiff_t words_like(const Query& query, op o) {
  const word_buffer& shape = query.core().shape;
  return std::count_if(shape.data(), shape.data() + shape.size, [&](std::uint64_t word) { return op_of(word) == o; });
}

// ---- a term with values in several clauses

TEST(term, with_the_same_values_is_said_once) {
  const auto query = tupelo::query<Person>().group_by(age % 10).order_by(age % 10).select(age % 10, count());
  EXPECT_EQ(query.core().values.size, 1U);
  EXPECT_EQ(words_like(query, op::again), 2);
}
TEST(term, with_other_values_is_another_one) {
  const auto query = tupelo::query<Person>().group_by(age % 10).select(age % 7);
  EXPECT_EQ(query.core().values.size, 2U);
  EXPECT_EQ(words_like(query, op::again), 0);
}
TEST(term, behind_lists_texts_and_conditions_is_found_too) {
  const auto greeting = concat("a greeting that is longer than a word: ", name);
  const auto query = tupelo::query<Person>()
                         .where(age.in(1, 2, 3) && name == "somebody" && name.contains("x"))
                         .order_by(greeting)
                         .select<std::string>(greeting);
  EXPECT_EQ(words_like(query, op::again), 1);
}
TEST(term, of_a_query_inside_is_not_meant) {
  const auto inner = tupelo::query<Person>().order_by(age % 10).limit(1).select<std::int64_t>(col<&Person::id>);
  const auto query = tupelo::query<Person>().where(col<&Person::id>.in(inner)).order_by(age % 10);
  EXPECT_EQ(words_like(query, op::again), 0);
}
TEST(term, without_values_is_said_again) {
  const auto query = tupelo::query<Person>().group_by(lower(name)).select<std::string>(lower(name));
  EXPECT_EQ(words_like(query, op::again), 0);
}

// ---- a query without its order

template <class Query>
void expect_without_order(const Query& ordered, const Query& bare) {
  query_core core = ordered.core();
  detail::drop_orders(core);
  const auto same = [](const word_buffer& a, const word_buffer& b) {
    return std::equal(a.data(), a.data() + a.size, b.data(), b.data() + b.size);
  };
  EXPECT_TRUE(same(core.shape, bare.core().shape));
  EXPECT_TRUE(same(core.values, bare.core().values));
}
TEST(order, that_is_dropped_takes_its_values_along) {
  expect_without_order(tupelo::query<Person>().order_by(age % 10, name).where(age > 5).order_by((age % 7).desc()),
                       tupelo::query<Person>().where(age > 5));
  expect_without_order(tupelo::query<Person>().where(name == "somebody").without_scope("a_scope").order_by(name),
                       tupelo::query<Person>().where(name == "somebody").without_scope("a_scope"));
}
TEST(order, that_is_dropped_leaves_terms_that_were_said_there_first) {
  expect_without_order(tupelo::query<Person>().order_by(age % 10).group_by(age % 10, age % 7).order_by(age % 7),
                       tupelo::query<Person>().group_by(age % 10, age % 7));
  expect_without_order(tupelo::query<Person>().order_by(name).group_by(age % 10).distinct_on(age % 10),
                       tupelo::query<Person>().group_by(age % 10).distinct_on(age % 10));
}

// ---- aliases and sources

TEST(table_alias, is_the_same_for_the_same_name) {
  const auto first = alias<Person>("first");
  EXPECT_EQ(first.table(), alias<Person>("first").table());
  EXPECT_NE(first.table(), alias<Person>("second").table());
  EXPECT_NE(first.table(), alias<Pet>("first").table());
  EXPECT_EQ(alias_name(first.table()), "first");
  EXPECT_EQ(find_spec(first.table()), find_spec(id_of(detail::meta<Person>::spec)));
}
TEST(table_alias, is_no_name_of_the_model_itself) {
  EXPECT_EQ(alias_name(id_of(detail::meta<Person>::spec)), "");
  EXPECT_THROW(alias<Person>(""), query_error);
}
TEST(derived_table, is_said_once_however_often_it_is_read) {
  const auto pets = cte("pets", query<Pet>());
  const auto query = tupelo::query(pets).join(pets, pets(&Pet::id) == pets(&Pet::owner_id));
  EXPECT_EQ(words_like(query, op::source), 1);
}
TEST(derived_table, refuses_a_negative_limit_when_it_is_read) {
  const auto pets = derived("pets", query<Pet>().limit(-1));
  EXPECT_THROW(tupelo::query(pets), query_error);
}

// ---- types

template <class T, class Expression>
constexpr bool gives = std::is_same_v<typename Expression::value_type, T>;

TEST(expression_type, what_may_be_null_by_itself_is_optional) {
  EXPECT_TRUE((gives<std::optional<std::string>, decltype(nullif(name, "x"))>));
  EXPECT_TRUE((gives<std::optional<int>, decltype(lag(age).over(order_by(name)))>));
  EXPECT_TRUE((gives<std::optional<int>, decltype(case_when(age > 1, 2))>));
  EXPECT_TRUE((gives<int, decltype(case_when(age > 1, 2).otherwise(3))>));
  EXPECT_TRUE((gives<std::string, decltype(case_when(age > 1, "a").otherwise(name))>));
}
TEST(expression_type, a_window_is_over_the_models_of_both) {
  using found = decltype(sum(age).over(partition_by(col<&Pet::owner_id>)));
  EXPECT_TRUE((std::is_same_v<found, scalar<std::int64_t, Person, Pet>>));
}
TEST(expression_type, a_model_is_named_once_however_often_it_is_used) {
  EXPECT_TRUE((std::is_same_v<decltype(coalesce(age, 1) + age > 2), condition<Person>>));
}

}  // namespace
}  // namespace tupelo
