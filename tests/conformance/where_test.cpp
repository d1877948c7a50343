// SPDX-License-Identifier: Apache-2.0
#include "people.hpp"

namespace tupelo::conformance {
namespace {

class where : public people_test {
protected:
  static constexpr auto name = col<&Person::name>;
  static constexpr auto age = col<&Person::age>;
};
TUPELO_CONFORMANCE_SUITE(where);

TEST_P(where, equal) { EXPECT_EQ(who(name == "bob"), names{"bob"}); }
TEST_P(where, not_equal) { EXPECT_EQ(who(name != "bob"), (names{"ada", "cyd", "dan"})); }
TEST_P(where, less) { EXPECT_EQ(who(col<&Person::height> < 1.7), names{"cyd"}); }
TEST_P(where, less_or_equal) { EXPECT_EQ(who(col<&Person::height> <= 1.7), (names{"ada", "cyd"})); }
TEST_P(where, greater) { EXPECT_EQ(who(age > 20), (names{"ada", "dan"})); }
TEST_P(where, greater_or_equal) { EXPECT_EQ(who(age >= 20), (names{"ada", "bob", "dan"})); }

TEST_P(where, comparisons_leave_null_out) {
  EXPECT_EQ(who(age != 20), (names{"ada", "dan"}));
  EXPECT_EQ(who(age < 1000), (names{"ada", "bob", "dan"}));
}

TEST_P(where, equal_to_an_empty_optional_is_is_null) {
  EXPECT_EQ(who(age == std::optional<int>()), names{"cyd"});
  EXPECT_EQ(who(age != std::optional<int>()), (names{"ada", "bob", "dan"}));
}

TEST_P(where, optional_with_a_value_compares_as_the_value) {
  EXPECT_EQ(who(age == std::optional<int>(20)), names{"bob"});
}
TEST_P(where, is_null) { EXPECT_EQ(who(age.is_null()), names{"cyd"}); }
TEST_P(where, is_not_null) { EXPECT_EQ(who(age.is_not_null()), (names{"ada", "bob", "dan"})); }
TEST_P(where, booleans_compare) { EXPECT_EQ(who(col<&Person::active> == true), (names{"ada", "bob"})); }
TEST_P(where, enumerators_compare_by_name) {
  EXPECT_EQ(who(col<&Person::role> == Role::member), (names{"bob", "dan"}));
}
TEST_P(where, fields_of_a_value_object_are_columns) {
  EXPECT_EQ(who((col<&Person::address, &Address::city>) == "London"), (names{"ada", "cyd"}));
}
TEST_P(where, a_column_compares_with_a_column) { EXPECT_EQ(who(name == name).size(), 4U); }
TEST_P(where, integers_compare_with_floating_point_columns) { EXPECT_EQ(who(col<&Person::height> > 1).size(), 4U); }

TEST_P(where, negation) { EXPECT_EQ(who(!(name == "ada")), (names{"bob", "cyd", "dan"})); }
TEST_P(where, negation_of_a_conjunction) {
  EXPECT_EQ(who(!(age == 36 && col<&Person::active> == true)), (names{"bob", "cyd", "dan"}))
      << "cyd: unknown and false is false";
}
TEST_P(where, or_inside_and_keeps_its_parentheses) {
  EXPECT_EQ(who((name == "ada" || name == "bob") && age == 36), names{"ada"});
  EXPECT_EQ(who(age == 36 && (name == "ada" || name == "bob")), names{"ada"});
}
TEST_P(where, and_binds_closer_than_or) {
  EXPECT_EQ(who(name == "cyd" || (name == "ada" && age == 36)), (names{"ada", "cyd"}));
  EXPECT_EQ(who((name == "cyd" && age == 1) || name == "dan"), names{"dan"});
}
TEST_P(where, several_calls_are_joined_by_and) {
  const auto found =
      sync_wait(db.query<Person>().where(name == "ada" || name == "bob").where(age == 20 || age == 1).all());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "bob");
}
TEST_P(where, nesting_may_be_deep) {
  condition<Person> c = name == "nobody";
  for (int i = 0; i < 60; ++i) c = (c || name == "ada") && (age == 36 || !(name == "ada"));
  EXPECT_EQ(who(c), names{"ada"});
}

TEST_P(where, where_if_adds_nothing_for_an_empty_optional) {
  const std::optional<int> none;
  const auto found = db.query<Person>().where_if(none, [](int a) { return age == a; });
  EXPECT_EQ(sync_wait(found.count()), 4);
}
TEST_P(where, where_if_adds_the_condition_for_a_value) {
  const std::optional<int> some = 20;
  EXPECT_EQ(sync_wait(db.query<Person>().where_if(some, [](int a) { return age == a; }).count()), 1);
}
TEST_P(where, where_if_takes_a_bool) {
  EXPECT_EQ(sync_wait(db.query<Person>().where_if(true, [] { return name == "ada"; }).count()), 1);
  EXPECT_EQ(sync_wait(db.query<Person>().where_if(false, [] { return name == "ada"; }).count()), 4);
}

TEST_P(where, in_a_list) { EXPECT_EQ(who(name.in("ada", "dan", "nobody")), (names{"ada", "dan"})); }
TEST_P(where, in_a_list_of_numbers) { EXPECT_EQ(who(age.in(20, 21)), names{"bob"}); }
TEST_P(where, in_a_list_of_enumerators) {
  EXPECT_EQ(who(col<&Person::role>.in(Role::guest, Role::admin)), (names{"ada", "cyd"}));
}
TEST_P(where, in_a_list_of_floating_point_numbers) {
  EXPECT_EQ(who(col<&Person::height>.in(1.6, 1.9)), (names{"cyd", "dan"}));
}
TEST_P(where, in_a_vector) { EXPECT_EQ(who(name.in(names{"bob", "cyd"})), (names{"bob", "cyd"})); }
TEST_P(where, in_an_empty_vector_finds_nothing) { EXPECT_EQ(who(name.in(names{})), names{}); }
TEST_P(where, not_in_an_empty_vector_finds_everything) { EXPECT_EQ(who(!name.in(names{})).size(), 4U); }
TEST_P(where, not_in_an_empty_vector_finds_null_too) {
  EXPECT_EQ(who(!age.in(std::vector<int>{})).size(), 4U);
  EXPECT_EQ(who(!(age + 1).in(std::vector<int>{})).size(), 4U);
  EXPECT_EQ(who((age + 1).in(std::vector<int>{})), names{});
}
TEST_P(where, not_in_leaves_null_out) { EXPECT_EQ(who(!age.in(20)), (names{"ada", "dan"})); }
TEST_P(where, in_lists_of_every_length_up_to_70_find_exactly_their_elements) {
  for (int length = 1; length <= 70; ++length) {
    std::vector<std::int64_t> ids;
    for (int i = 0; i < length; ++i) ids.push_back(ada + i);
    EXPECT_EQ(who(col<&Person::id>.in(ids)).size(), static_cast<std::size_t>(std::min(length, 4))) << length;
  }
}
TEST_P(where, in_a_list_of_100000_numbers) {
  std::vector<std::int64_t> ids;
  for (std::int64_t i = 0; i < 100'000; ++i) ids.push_back(1'000'000 + i);
  ids[50'000] = bob;
  EXPECT_EQ(who(col<&Person::id>.in(ids)), names{"bob"});
}
TEST_P(where, in_a_list_of_100000_texts) {
  names texts;
  for (int i = 0; i < 100'000; ++i) texts.push_back("\"no\\body\" é" + std::to_string(i));
  texts.back() = "cyd";
  EXPECT_EQ(who(name.in(texts)), names{"cyd"});
}
TEST_P(where, in_a_long_list_of_floating_point_numbers) {
  std::vector<double> heights(5000, 3.25);
  heights.push_back(1.9);
  EXPECT_EQ(who(col<&Person::height>.in(heights)), names{"dan"});
}
TEST_P(where, in_a_long_list_of_enumerators) {
  EXPECT_EQ(who(col<&Person::role>.in(std::vector<Role>(3000, Role::admin))), names{"ada"});
}
TEST_P(where, in_a_subquery) {
  const auto owners = query<Pet>().where(col<&Pet::weight> > 3).select<std::int64_t>(col<&Pet::owner_id>);
  EXPECT_EQ(who(col<&Person::id>.in(owners)), names{"ada"});
  EXPECT_EQ(who(!col<&Person::id>.in(owners)), (names{"bob", "cyd", "dan"}));
}
TEST_P(where, in_a_subquery_with_order_and_limit) {
  const auto lightest = query<Pet>().order_by(col<&Pet::weight>).limit(1).select<std::int64_t>(col<&Pet::owner_id>);
  EXPECT_EQ(who(name != "nobody" && col<&Person::id>.in(lightest)), names{"bob"});
}

TEST_P(where, between_includes_both_ends) {
  EXPECT_EQ(who(age.between(20, 36)), (names{"ada", "bob", "dan"}));
  EXPECT_EQ(who(age.between(21, 35)), names{});
}
TEST_P(where, between_may_be_negated) { EXPECT_EQ(who(!age.between(0, 30)), (names{"ada", "dan"})); }

TEST_P(where, exists_of_a_query_with_rows_is_true) {
  EXPECT_EQ(who(exists<Person>(query<Pet>().where(col<&Pet::weight> > 3))).size(), 4U);
}
TEST_P(where, exists_may_name_columns_of_the_outer_query) {
  const auto pets = query<Pet>().correlate<Person>().where(col<&Pet::owner_id> == col<&Person::id>);
  EXPECT_EQ(who(exists(pets)), (names{"ada", "bob"}));
  EXPECT_EQ(who(!exists(pets) && name != "cyd"), names{"dan"});
}
TEST_P(where, a_subquery_may_stand_for_its_one_value) {
  const auto tallest = subquery(query<Person>().select<double>(max(col<&Person::height>)));
  EXPECT_EQ(who(col<&Person::height> == tallest), names{"dan"});
}
TEST_P(where, exists_of_an_empty_query_is_false) {
  const auto none = query<Pet>().where(col<&Pet::name> == "unicorn");
  EXPECT_EQ(who(exists<Person>(none)), names{});
  EXPECT_EQ(who(!exists<Person>(none)).size(), 4U);
}

TEST_P(where, functions_stand_where_columns_do) {
  EXPECT_EQ(who(upper(name) == "ADA"), names{"ada"});
  EXPECT_EQ(who(lower(name) == "dan"), names{"dan"});
  EXPECT_EQ(who(length(name) == 3).size(), 4U);
  EXPECT_EQ(who(coalesce(age, 7) == 7), names{"cyd"});
  EXPECT_EQ(who(age * 2 - 10 == 30), names{"bob"});
}

TEST_P(where, nothing_is_less_or_more_than_an_empty_optional) {
  const std::optional<int> none;
  EXPECT_EQ(who(age >= none), names{});
  EXPECT_EQ(who(age < none), names{});
  EXPECT_EQ(who(age == none), names{"cyd"});
  EXPECT_EQ(who(lower(name) == std::optional<std::string>{}), names{});
}

// ---- text search

class text_search : public people_test {
protected:
  void SetUp() override {
    std::vector<Person> odd;
    for (const char* name : {"100%", "100x", "a_b", "axb", "back\\slash", "quote'd", "100% sure", "not 100%"}) {
      odd.push_back({.name = name, .address = {}});
    }
    sync_wait(db.insert(odd));
  }
  static constexpr auto name = col<&Person::name>;
};
TUPELO_CONFORMANCE_SUITE(text_search);

TEST_P(text_search, like_percent_is_any_text) {
  EXPECT_EQ(who(name.like("100%")), (names{"100%", "100% sure", "100x"}));
}
TEST_P(text_search, finds_upper_and_lower_case_where_that_does_not_matter) {
  EXPECT_EQ(who(name.contains("%X", any_case)), names{});
  EXPECT_EQ(who(name.like("A_B", any_case)), (names{"a_b", "axb"}));
  EXPECT_EQ(who(name.contains("SURE", any_case)), names{"100% sure"});
  EXPECT_EQ(who(name.starts_with("NOT", any_case)), names{"not 100%"});
  EXPECT_EQ(who(name.ends_with("'D", any_case)), names{"quote'd"});
  EXPECT_EQ(who(name.contains("A_", any_case)), names{"a_b"}) << "nothing in it is a wildcard";
  EXPECT_EQ(who(name.contains("K\\S", any_case)), names{"back\\slash"});
}
TEST_P(text_search, like_underscore_is_one_character) { EXPECT_EQ(who(name.like("a_b")), (names{"a_b", "axb"})); }
TEST_P(text_search, like_backslash_escapes) {
  EXPECT_EQ(who(name.like("a\\_b")), names{"a_b"});
  EXPECT_EQ(who(name.like("100\\%")), names{"100%"});
}
TEST_P(text_search, contains_takes_percent_as_it_is) {
  EXPECT_EQ(who(name.contains("0%")), (names{"100%", "100% sure", "not 100%"}));
}
TEST_P(text_search, contains_takes_underscore_as_it_is) { EXPECT_EQ(who(name.contains("_")), names{"a_b"}); }
TEST_P(text_search, contains_takes_backslash_as_it_is) { EXPECT_EQ(who(name.contains("\\")), names{"back\\slash"}); }
TEST_P(text_search, contains_takes_quotes_as_they_are) { EXPECT_EQ(who(name.contains("'")), names{"quote'd"}); }
TEST_P(text_search, contains_of_nothing_finds_everything) { EXPECT_EQ(who(name.contains("")).size(), 12U); }
TEST_P(text_search, starts_with) { EXPECT_EQ(who(name.starts_with("100%")), (names{"100%", "100% sure"})); }
TEST_P(text_search, ends_with) { EXPECT_EQ(who(name.ends_with("100%")), (names{"100%", "not 100%"})); }
TEST_P(text_search, ends_with_takes_backslash_as_it_is) {
  EXPECT_EQ(who(name.ends_with("\\slash")), names{"back\\slash"});
}
TEST_P(text_search, tells_upper_from_lower_case) {
  EXPECT_EQ(who(name.contains("SURE")), names{});
  EXPECT_EQ(who(name.starts_with("A_")), names{});
  EXPECT_EQ(who(name.like("QUOTE%")), names{});
}
TEST_P(text_search, may_be_negated) {
  EXPECT_EQ(who(!name.contains("sure") && name.starts_with("100")), (names{"100%", "100x"}));
}

}  // namespace
}  // namespace tupelo::conformance
