// SPDX-License-Identifier: Apache-2.0
#include "tupelo/driver/circuit_breaker.hpp"

#include <gtest/gtest.h>

namespace tupelo::driver {
namespace {

constexpr std::int64_t second = 1'000'000;

class circuit_breaking : public ::testing::Test {
protected:
  void fail() {
    auto tried = breaker.begin(now);
    ASSERT_TRUE(tried);
    tried.failed(now);
  }
  void open() {
    for (int i = 0; i < 3; ++i) fail();
  }
  circuit state() { return breaker.statistics(now).state; }

  std::int64_t now = 0;
  circuit_breaker breaker{{.failures = 3, .first_pause_us = 4 * second, .longest_pause_us = 10 * second}};
};

TEST_F(circuit_breaking, opens_after_several_failures_in_a_row) {
  fail();
  fail();
  EXPECT_EQ(state(), circuit::closed);
  fail();
  EXPECT_EQ(state(), circuit::open);
  EXPECT_FALSE(breaker.begin(now));
}
TEST_F(circuit_breaking, forgets_failures_when_the_host_answers) {
  fail();
  fail();
  breaker.begin(now).succeeded();
  fail();
  fail();
  EXPECT_EQ(state(), circuit::closed);
}
TEST_F(circuit_breaking, lets_one_find_out_when_the_pause_is_over) {
  open();
  now += 3 * second - 1;  // a quarter at most is left out by chance
  EXPECT_FALSE(breaker.begin(now));
  now += second + 1;
  EXPECT_EQ(state(), circuit::half_open);
  auto first = breaker.begin(now);
  EXPECT_TRUE(first);
  EXPECT_FALSE(breaker.begin(now)) << "one at a time";
  first.succeeded();
  EXPECT_EQ(state(), circuit::closed);
  EXPECT_TRUE(breaker.begin(now));
}
TEST_F(circuit_breaking, pauses_for_twice_as_long_after_every_failure_up_to_a_limit) {
  open();
  now += 4 * second;
  fail();
  EXPECT_GE(breaker.pause_ends_us() - now, 6 * second);
  EXPECT_LE(breaker.pause_ends_us() - now, 8 * second);
  for (int i = 0; i < 5; ++i) {
    now = breaker.pause_ends_us();
    fail();
  }
  EXPECT_LE(breaker.pause_ends_us() - now, 10 * second);
}
TEST_F(circuit_breaking, takes_attempts_under_way_at_once_for_one_failure) {
  auto one = breaker.begin(now);
  auto two = breaker.begin(now);
  auto three = breaker.begin(now);
  auto four = breaker.begin(now);
  one.failed(now);
  two.failed(now);
  three.failed(now);
  const std::int64_t ends = breaker.pause_ends_us();
  four.failed(now);
  EXPECT_EQ(breaker.pause_ends_us(), ends);
}
TEST_F(circuit_breaking, goes_on_where_an_attempt_was_given_up) {
  open();
  now = breaker.pause_ends_us();
  { const auto gave_up = breaker.begin(now); }
  EXPECT_TRUE(breaker.begin(now));
}
TEST_F(circuit_breaking, can_be_overruled) {
  open();
  auto overruling = breaker.begin_regardless();
  ASSERT_TRUE(overruling);
  overruling.succeeded();
  EXPECT_EQ(state(), circuit::closed);
}
TEST_F(circuit_breaking, can_be_turned_off) {
  circuit_breaker never({.failures = 0});
  for (int i = 0; i < 100; ++i) never.begin(now).failed(now);
  EXPECT_TRUE(never.begin(now));
}
TEST_F(circuit_breaking, counts_what_it_sees) {
  open();
  breaker.begin_regardless().succeeded();
  const host_statistics seen = breaker.statistics(now);
  EXPECT_EQ(seen.failed, 3U);
  EXPECT_EQ(seen.opened, 1U);
  EXPECT_EQ(seen.failures_in_a_row, 0U);
}

}  // namespace
}  // namespace tupelo::driver
