// SPDX-License-Identifier: Apache-2.0
// Conditions and terms that programs make in loops.
#include "backend.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Grain {
  std::int64_t id{};
  std::int64_t n{};
  std::string name{};
};

constexpr auto n = col<&Grain::n>;
constexpr auto grain_name = col<&Grain::name>;
constexpr int many = 10'000;
constexpr int some = 2'000;  // more than SQLite's depth

class long_conditions : public conformance_test {
protected:
  long_conditions() {
    create<Grain>();
    std::vector<Grain> grains{{.n = 5, .name = "five"}, {.n = 7, .name = "seven"}, {.n = many + 5, .name = "far"}};
    sync_wait(db.insert(grains));
  }
  using found_numbers = std::vector<std::int64_t>;
  template <class Query>
  static found_numbers numbers_of(Query query) {
    return sync_wait(query.order_by(n).pluck(n));
  }
  template <class Query>
  static std::string refusal(const Query& query) {
    return failure_of<query_error>([&] { sync_wait(query.all()); }).what();
  }
};
TUPELO_CONFORMANCE_SUITE(long_conditions);

TEST_P(long_conditions, clauses_are_ten_thousand) {
  auto query = db.query<Grain>();
  for (int i = 0; i < many; ++i) query.where(n != i + (i >= 5));
  EXPECT_EQ(numbers_of(query), (found_numbers{5, many + 5}));
}
TEST_P(long_conditions, alternatives_are_ten_thousand) {
  auto any = n == -1;
  for (int i = 0; i < many; ++i) any = static_cast<decltype(any)&&>(any) || n == i;
  EXPECT_EQ(numbers_of(db.query<Grain>().where(any)), (found_numbers{5, 7}));
  EXPECT_EQ(numbers_of(db.query<Grain>().where(!any && n > 0)), (found_numbers{many + 5}));
}
TEST_P(long_conditions, alternatives_are_put_in_front) {
  auto any = n == -1;
  for (int i = 0; i < 1'000; ++i) any = n == i || any;
  EXPECT_EQ(numbers_of(db.query<Grain>().where(any)), (found_numbers{5, 7}));
}
TEST_P(long_conditions, conditions_of_one_clause_are_thousands) {
  auto all = n >= -1;
  for (int i = 0; i < some; ++i) all = static_cast<decltype(all)&&>(all) && n != 2 * i;
  EXPECT_EQ(numbers_of(db.query<Grain>().where(all)), (found_numbers{5, 7, many + 5}));
}
TEST_P(long_conditions, conditions_that_bind_nothing_are_mixed_with_others) {
  auto any = grain_name.in("none", "nobody");
  for (int i = 0; i < 2'000; ++i) {
    any = static_cast<decltype(any)&&>(any) || (n == i && !(length(grain_name) == 4)) || lower(grain_name) == "FIVE" ||
          coalesce(nullif(grain_name, "x"), "x").is_null();
  }
  EXPECT_EQ(numbers_of(db.query<Grain>().where(any)), found_numbers{7});
}
TEST_P(long_conditions, alternatives_of_long_conditions_are_many) {
  auto any = n == -1;
  for (int i = 0; i < 100; ++i) {
    auto all = n == i;
    for (int j = 0; j < 100; ++j) all = static_cast<decltype(all)&&>(all) && n != 100 + j;
    any = static_cast<decltype(any)&&>(any) || all;
  }
  EXPECT_EQ(numbers_of(db.query<Grain>().where(any)), (found_numbers{5, 7}));
}
TEST_P(long_conditions, sums_have_thousands_of_terms) {
  auto sum = n + 0;
  for (int i = 1; i <= some; ++i) sum = static_cast<decltype(sum)&&>(sum) + (i % 2 ? 2 : -1);
  const auto found = sync_wait(db.query<Grain>().where(n == 7).select<std::int64_t>(sum).one());
  EXPECT_EQ(found, 7 + some / 2);
  EXPECT_EQ(numbers_of(db.query<Grain>().where(sum == 5 + some / 2)), found_numbers{5});
}
TEST_P(long_conditions, texts_are_joined_of_thousands) {
  auto text = concat(grain_name, ":");
  std::string expected = "seven:";
  for (int i = 0; i < some / 2; ++i) {
    text = concat(text, i % 2 ? "b" : "a", ",");
    expected += i % 2 ? "b," : "a,";
  }
  EXPECT_EQ(sync_wait(db.query<Grain>().where(n == 7).select<std::string>(text).one()), expected);
}
TEST_P(long_conditions, are_of_updates_and_erasures) {
  auto update = db.update<Grain>().set(grain_name, "changed");
  auto erase = db.erase<Grain>();
  for (int i = 0; i < some; ++i) {
    update.where(n != i);
    erase.where(n != i + (i >= 5));
  }
  EXPECT_EQ(sync_wait(update.run()), 1);
  EXPECT_EQ(sync_wait(erase.run()), 2);
  EXPECT_EQ(sync_wait(db.query<Grain>().one()).n, 7);
}
TEST_P(long_conditions, are_of_groups) {
  auto query = db.query<Grain>().group_by(n);
  for (int i = 0; i < some; ++i) query.having(count() > -i);
  EXPECT_EQ(sync_wait(query.select<std::int64_t>(n).all()).size(), 3U);
}
TEST_P(long_conditions, of_more_values_than_a_statement_takes_name_the_limit) {
  auto query = db.query<Grain>();
  for (int i = 0; i < 100'000; ++i) query.where(n != i);
  const std::string said = refusal(query);
  EXPECT_NE(said.find("this statement has 100000 parameters"), std::string::npos) << said;
  EXPECT_NE(said.find("takes " + std::to_string(features().max_parameters)), std::string::npos) << said;
}
TEST_P(long_conditions, of_more_terms_than_a_clause_takes_are_refused) {
  auto any = n == -1;
  for (int i = 0; i < 100'000; ++i) any = static_cast<decltype(any)&&>(any) || n == i;
  const std::string said = refusal(db.query<Grain>().where(any));
  EXPECT_NE(said.find("more than 65535 terms"), std::string::npos) << said;
}

}  // namespace
}  // namespace tupelo::conformance
