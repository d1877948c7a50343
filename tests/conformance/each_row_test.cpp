// SPDX-License-Identifier: Apache-2.0
// Work done row by row and batch by batch, in constant memory.
#include "people.hpp"

#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

class each_row : public people_test {
protected:
  auto in_order() { return db.query<Person>().order_by(col<&Person::name>); }
  std::vector<std::string> names;
};
TUPELO_CONFORMANCE_SUITE(each_row);

TEST_P(each_row, is_given_to_a_function) {
  EXPECT_EQ(sync_wait(in_order().for_each([&](const Person& person) { names.push_back(person.name); })), 4);
  EXPECT_EQ(names, (std::vector<std::string>{"ada", "bob", "cyd", "dan"}));
}
TEST_P(each_row, is_given_to_a_coroutine_that_is_awaited) {
  const auto note = [this](Person& person) -> task<void> {
    names.push_back(person.name);
    co_return;
  };
  EXPECT_EQ(sync_wait(in_order().for_each(note)), 4);
  EXPECT_EQ(names.size(), 4U);
}
TEST_P(each_row, of_none_is_given_to_nobody) {
  EXPECT_EQ(sync_wait(in_order().where(col<&Person::age> > 150).for_each([&](Person&) { FAIL(); })), 0);
  EXPECT_EQ(sync_wait(in_order().where(col<&Person::age> > 150).chunk(2, [&](std::vector<Person>&) { FAIL(); })), 0);
}
TEST_P(each_row, ends_with_the_failure_of_the_function) {
  const auto fail = [](Person&) { throw value_error("enough"); };
  EXPECT_THROW(sync_wait(in_order().for_each(fail)), value_error);
  EXPECT_EQ(sync_wait(in_order().count()), 4) << "the connection is free";
}
TEST_P(each_row, comes_with_as_many_others_as_were_asked_for) {
  std::vector<std::size_t> sizes;
  const auto note = [&](std::vector<Person>& batch) {
    sizes.push_back(batch.size());
    for (const Person& person : batch) names.push_back(person.name);
  };
  EXPECT_EQ(sync_wait(in_order().chunk(3, note)), 4);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 1}));
  EXPECT_EQ(names, (std::vector<std::string>{"ada", "bob", "cyd", "dan"}));
  sizes.clear();
  EXPECT_EQ(sync_wait(in_order().chunk(2, note)), 4);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 2}));
}
TEST_P(each_row, of_none_at_a_time_is_refused) {
  EXPECT_THROW(sync_wait(in_order().chunk(0, [](std::vector<Person>&) {})), query_error);
}

TEST_P(each_row, of_one_term_is_its_value) {
  const std::vector<std::optional<int>> ages = sync_wait(in_order().select(col<&Person::age>).all());
  EXPECT_EQ(ages, (std::vector<std::optional<int>>{36, 20, std::nullopt, 36}));
  EXPECT_EQ(sync_wait(db.query<Person>().select(count()).one()), 4);
}
TEST_P(each_row, loads_nothing_in_a_subquery) {
  EXPECT_THROW((void)exists<Person>(tupelo::query<Pet>().with(&Pet::owner)), query_error);
}

}  // namespace
}  // namespace tupelo::conformance
