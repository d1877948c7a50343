// SPDX-License-Identifier: Apache-2.0
#include <tupelo/fake.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace tupelo {
namespace {

TEST(fake, the_same_seed_makes_the_same_values) {
  fake one(7), other(7), third(8);
  EXPECT_EQ(one.name() + one.paragraph() + one.uuid().to_string(),
            other.name() + other.paragraph() + other.uuid().to_string());
  EXPECT_NE(fake(7).paragraph(), third.paragraph());
}
TEST(fake, values_stay_as_they_are_from_release_to_release) {
  EXPECT_EQ(fake(0).bits(), 0xE220A8397B1DCDAFULL);  // the first of SplitMix64 from 0
  fake f(1);
  EXPECT_EQ(f.integer(1, 6), 6);
}
TEST(fake, integers_are_in_their_range_and_reach_its_ends) {
  fake f;
  std::array<int, 6> count{};
  for (int i = 0; i < 6'000; ++i) ++count.at(static_cast<std::size_t>(f.integer(1, 6) - 1));
  for (const int often : count) {
    EXPECT_GT(often, 850);
    EXPECT_LT(often, 1'150);
  }
  EXPECT_EQ(f.integer(3, 3), 3);
  static_cast<void>(f.integer(INT64_MIN, INT64_MAX));
}
TEST(fake, a_range_that_ends_before_it_begins_is_refused) {
  fake f;
  EXPECT_THROW(static_cast<void>(f.integer(2, 1)), value_error);
  EXPECT_THROW(static_cast<void>(f.day(date::from_ymd(2026, 2, 2), date::from_ymd(2026, 2, 1))), value_error);
  EXPECT_THROW(static_cast<void>(f.pick(std::vector<int>())), value_error);
}
TEST(fake, mails_names_and_slugs_are_unique) {
  fake f;
  std::set<std::string> seen;
  for (int i = 0; i < 5'000; ++i) {
    EXPECT_TRUE(seen.insert(f.email()).second);
    EXPECT_TRUE(seen.insert(f.user_name()).second);
    EXPECT_TRUE(seen.insert(f.slug()).second);
  }
}
TEST(fake, nobody_real_is_reached) {
  fake f;
  for (int i = 0; i < 200; ++i) {
    EXPECT_NE(f.email().find("@example."), std::string::npos);
    EXPECT_NE(f.url().find(".example/"), std::string::npos);
    EXPECT_TRUE(f.phone().starts_with("+1-202-555-01"));
  }
}
TEST(fake, texts_have_their_form) {
  fake f;
  for (int i = 0; i < 200; ++i) {
    const std::string said = f.sentence();
    EXPECT_TRUE(said.front() >= 'A' && said.front() <= 'Z') << said;
    EXPECT_EQ(said.back(), '.');
  }
  EXPECT_EQ(f.country_code().size(), 2U);
  EXPECT_EQ(f.words(0), "");
}
TEST(fake, times_and_amounts_are_in_their_range) {
  fake f;
  const timestamp first = timestamp::parse("2026-01-01 00:00:00"), last = timestamp::parse("2026-02-01 00:00:00");
  for (int i = 0; i < 200; ++i) {
    const timestamp made = f.moment(first, last);
    EXPECT_TRUE(made >= first && made <= last);
    const decimal price = f.money(1, 9);
    EXPECT_TRUE(price >= decimal(1) && price <= decimal(9));
  }
}
TEST(fake, a_uuid_says_that_it_is_random) { EXPECT_EQ(fake().uuid().version(), 4); }

}  // namespace
}  // namespace tupelo
