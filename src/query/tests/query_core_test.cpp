// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/functions.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/query/raw_query.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/timestamp.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
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

std::vector<std::uint64_t> words(const word_buffer& buffer) { return {buffer.data(), buffer.data() + buffer.size}; }
template <class Query>
std::vector<std::uint64_t> shape(const Query& query) {
  query_core core = query.core();
  core.finish();
  return words(core.shape);
}
template <class Query>
std::vector<std::uint64_t> values(const Query& query) {
  query_core core = query.core();
  core.finish();
  return words(core.values);
}

TEST(shape, is_the_same_for_the_same_clauses_with_other_values) {
  const auto a = query<Person>().where(age >= 18 && name.contains("x")).order_by(name.desc()).limit(10);
  const auto b = query<Person>().where(age >= 65 && name.contains("something longer")).order_by(name.desc()).limit(99);
  EXPECT_EQ(shape(a), shape(b));
  EXPECT_NE(values(a), values(b));
}
TEST(shape, differs_by_column_operator_order_and_clause) {
  const auto base = shape(query<Person>().where(age >= 18));
  EXPECT_NE(base, shape(query<Person>().where(age > 18)));
  EXPECT_NE(base, shape(query<Person>().where(name == "x")));
  EXPECT_NE(base, shape(query<Person>().where(age >= 18).limit(1)));
  EXPECT_NE(base, shape(query<Person>().where(age >= 18).distinct()));
  EXPECT_NE(base, shape(query<Person>().where(!(age >= 18))));
  EXPECT_NE(shape(query<Person>().order_by(age)), shape(query<Person>().order_by(age.desc())));
  EXPECT_NE(shape(query<Person>().where(age == 1 && age == 2)), shape(query<Person>().where(age == 1 || age == 2)));
}
TEST(shape, differs_by_model) { EXPECT_NE(shape(query<Person>()), shape(query<Pet>())); }
TEST(shape, holds_no_value) {
  const auto found = shape(query<Person>().where(age == 987654));
  EXPECT_EQ(std::count(found.begin(), found.end(), 987654U), 0);
}
TEST(shape, of_an_empty_optional_is_another_one) {
  EXPECT_NE(shape(query<Person>().where(age == std::optional<int>())),
            shape(query<Person>().where(age == std::optional<int>(1))));
  EXPECT_TRUE(values(query<Person>().where(age == std::optional<int>())).empty());
}
TEST(shape, of_lists_changes_with_powers_of_two_only) {
  const auto of = [](std::size_t count) { return shape(query<Person>().where(age.in(std::vector<int>(count, 1)))); };
  EXPECT_EQ(of(3), of(4));
  EXPECT_EQ(of(33), of(64));
  EXPECT_NE(of(4), of(5));
  EXPECT_NE(of(0), of(1));
}
TEST(shape, hash_is_of_words_and_count) {
  const std::uint64_t some[] = {1, 2, 3};
  EXPECT_EQ(hash_words(some, 3), hash_words(some, 3));
  EXPECT_NE(hash_words(some, 3), hash_words(some, 2));
}
TEST(shape, of_raw_sql_is_its_text) {
  EXPECT_EQ(words(raw_query<int>(nullptr, "SELECT ?", 1).core().shape),
            words(raw_query<int>(nullptr, "SELECT ?", 2).core().shape));
  EXPECT_NE(words(raw_query<int>(nullptr, "SELECT ?", 1).core().shape),
            words(raw_query<int>(nullptr, "SELECT  ?", 1).core().shape));
}

TEST(values, stand_in_the_order_of_the_clauses) {
  EXPECT_EQ(values(query<Person>().where(age > 1).where(age < 2).limit(3).offset(4)),
            (std::vector<std::uint64_t>{1, 2, 3, 4}));
}
TEST(values, last_limit_counts) { EXPECT_EQ(values(query<Person>().limit(3).limit(4)), std::vector<std::uint64_t>{4}); }
TEST(values, of_texts_are_length_and_padded_bytes) {
  const auto found = values(query<Person>().where(name == "123456789"));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0], 9U);
  EXPECT_EQ(found[2], std::uint64_t{'9'});
}

TEST(query_core, grows_to_the_heap_and_keeps_its_words) {
  auto growing = query<Person>();
  for (int i = 0; i < 200; ++i) growing.where(age != i);
  EXPECT_NE(growing.core().shape.heap, nullptr);
  const auto found = values(growing);
  ASSERT_EQ(found.size(), 200U);
  for (std::uint64_t i = 0; i < 200; ++i) EXPECT_EQ(found[i], i);
}
TEST(query_core, small_queries_stay_inline) {
  const auto small = query<Person>().where(age >= 18 && name == "ada").order_by(name).limit(10);
  EXPECT_EQ(small.core().shape.heap, nullptr);
  EXPECT_EQ(small.core().values.heap, nullptr);
  EXPECT_LE(sizeof small, 1024U);
}
TEST(query_core, copies_are_apart) {
  for (const int clauses : {1, 100}) {
    auto first = query<Person>();
    for (int i = 0; i < clauses; ++i) first.where(age != i);
    auto second = first;
    second.where(name == "only here");
    EXPECT_EQ(values(first).size(), static_cast<std::size_t>(clauses));
    EXPECT_GT(values(second).size(), values(first).size());
    first = second;
    EXPECT_EQ(values(first), values(second));
  }
}
TEST(query_core, moved_from_is_empty_and_moved_to_is_whole) {
  for (const int clauses : {1, 100}) {
    auto first = query<Person>();
    for (int i = 0; i < clauses; ++i) first.where(age != i);
    const auto expected = values(first);
    const auto second = std::move(first);
    EXPECT_EQ(values(second), expected);
  }
}
TEST(query_core, assigned_to_itself_stays_as_it_is) {
  auto query_itself = query<Person>().where(age == 7).limit(3);
  const auto& same = query_itself;
  const auto expected = values(query_itself);
  query_itself = same;
  EXPECT_EQ(values(query_itself), expected);
}
TEST(query_core, refuses_negative_limits_when_finished) {
  query_core core = query<Person>().limit(-1).core();
  EXPECT_THROW(core.finish(), query_error);
}
TEST(query_core, a_clause_beyond_65535_words_is_marked_and_not_cut) {
  condition<Person> huge = age == 0;
  for (int i = 1; i < 40'000; ++i) huge = std::move(huge) || age == i;
  const auto found = shape(query<Person>().where(huge));
  EXPECT_EQ(op_of(found.back()), op::too_large);
}
TEST(query_core, conditions_may_be_kept_and_used_twice) {
  const condition<Person> adult = age >= 18;
  EXPECT_EQ(values(query<Person>().where(adult && adult)), (std::vector<std::uint64_t>{18, 18}));
  EXPECT_EQ(values(query<Person>().where(adult)), std::vector<std::uint64_t>{18});
}

constexpr auto grown_up = [](auto& query) { query.where(col<&Person::age> >= 18); };

TEST(apply, changes_a_query_that_has_a_name) {
  auto applied = query<Person>();
  applied.apply(grown_up).limit(3);
  EXPECT_EQ(shape(applied), shape(query<Person>().where(col<&Person::age> >= 18).limit(3)));
}
TEST(apply, takes_what_the_function_gives) {
  auto applied = query<Person>();
  applied.apply([](auto query) { return query.limit(3); });
  applied.apply([](auto& query) -> auto& { return query.offset(1); });
  EXPECT_EQ(shape(applied), shape(query<Person>().limit(3).offset(1)));
}
TEST(apply, leaves_a_query_that_is_const_or_becomes_another) {
  auto all = query<Person>();
  const auto applied = std::as_const(all).apply(grown_up);
  const auto joined =
      all.apply([](const auto& query) { return query.template join<Pet>(col<&Pet::owner_id> == col<&Person::id>); });
  EXPECT_NE(shape(applied), shape(joined));
  EXPECT_EQ(shape(all), shape(query<Person>()));
}

TEST(select, of_a_query_that_selects_already_is_refused) {
  const auto named = query<Person>().select(col<&Person::id>, col<&Person::name>);
  EXPECT_THROW((void)named.select(col<&Person::id>), query_error);
  query_core beside = query<Person>().core();
  detail::select_beside(beside, &detail::meta<Person>::spec, expression(col<&Person::id>.ref),
                        detail::row_meta<std::tuple<Person, std::int64_t>>::spec);
  const select_query<std::tuple<Person, std::int64_t>, Person> counted(std::move(beside), nullptr);
  EXPECT_THROW((void)counted.select(col<&Person::id>), query_error);
}

}  // namespace
}  // namespace tupelo
