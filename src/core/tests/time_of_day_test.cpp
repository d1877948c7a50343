// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>
#include <tupelo/core/time_of_day.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <type_traits>

namespace tupelo {
namespace {

using namespace std::chrono_literals;

static_assert(std::is_aggregate_v<time_of_day> && sizeof(time_of_day) == 8);
static_assert(time_of_day::from(9h + 30min).us == 34'200'000'000);
static_assert(time_of_day{1} < time_of_day{2});
static_assert(std::chrono::seconds(time_of_day{1'999'999}) == 1s);

TEST(time_of_day, is_written_in_fifteen_characters) {
  EXPECT_EQ(time_of_day().to_string(), "00:00:00.000000");
  EXPECT_EQ(time_of_day::from_hms(9, 5, 7, 42).to_string(), "09:05:07.000042");
  EXPECT_EQ(time_of_day{time_of_day::max_us}.to_string(), "24:00:00.000000");
}

TEST(time_of_day, is_read_with_and_without_seconds) {
  EXPECT_EQ(time_of_day::parse("09:30"), time_of_day::from_hms(9, 30));
  EXPECT_EQ(time_of_day::parse("09:30:15"), time_of_day::from_hms(9, 30, 15));
  EXPECT_EQ(time_of_day::parse("09:30:15.5"), time_of_day::from_hms(9, 30, 15, 500'000));
  EXPECT_EQ(time_of_day::parse("24:00"), time_of_day{time_of_day::max_us});
}

TEST(time_of_day, refuses_text_that_is_none) {
  for (const char* text : {"", "9:30", "09:3", "09-30", "25:00", "24:00:00.000001", "24:01", "09:60", "09:30:60",
                           "09:30:", "09:30:15.", "09:30:15.1234567", "09:30:15,5", "09:30:15.x", "09:30 ", "+9:30"}) {
    EXPECT_FALSE(time_of_day::try_parse(text)) << text;
  }
  EXPECT_THROW(time_of_day::parse("noon"), value_error);
}

TEST(time_of_day, refuses_parts_and_microseconds_outside_the_day) {
  EXPECT_THROW(time_of_day::from_hms(24, 0), value_error);
  EXPECT_THROW(time_of_day::from_hms(0, 60), value_error);
  EXPECT_THROW(time_of_day::from_micros(-1), value_error);
  EXPECT_THROW(time_of_day::from(25h), value_error);
  EXPECT_THROW((void)time_of_day{-1}.to_string(), value_error);
  EXPECT_THROW((void)time_of_day{time_of_day::max_us + 1}.hour(), value_error);
}

TEST(time_of_day, any_comes_back_from_its_text_and_its_parts) {
  std::mt19937_64 random(20261121);
  for (int i = 0; i < 10'000; ++i) {
    const time_of_day time{static_cast<std::int64_t>(random() % 86'400'000'000)};
    ASSERT_EQ(time_of_day::parse(time.to_string()), time);
    ASSERT_EQ(time_of_day::from_hms(time.hour(), time.minute(), time.second(), time.microsecond()), time);
  }
}

TEST(time_of_day, sorts_as_its_text_does) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 1000; ++i) {
    const time_of_day a{static_cast<std::int64_t>(random() % 86'400'000'001)};
    const time_of_day b{static_cast<std::int64_t>(random() % 86'400'000'001)};
    ASSERT_EQ(a < b, a.to_string() < b.to_string());
  }
}

}  // namespace
}  // namespace tupelo
