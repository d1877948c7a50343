// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/date.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <random>
#include <type_traits>
#include <unordered_set>

namespace tupelo {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

static_assert(std::is_aggregate_v<date> && std::is_trivially_copyable_v<date> && sizeof(date) == 4);
static_assert(date::of(timestamp{-1}).days == -1);
static_assert(date{1}.midnight().us == 86'400'000'000);
static_assert(date{1}.plus_days(-2).days == -1);
static_assert(calendar_date_like<year_month_day> && system_days_like<sys_days>);
static_assert(!system_days_like<std::chrono::sys_seconds>);

TEST(date, default_is_the_first_day_of_1970) {
  EXPECT_EQ(date().to_string(), "1970-01-01");
  EXPECT_EQ(date(), date::from_ymd(1970, 1, 1));
}

TEST(date, every_day_of_every_year_agrees_with_chrono) {
  year_month_day expected = std::chrono::year(1) / 1 / 1;
  for (std::int32_t days = date::min_days; days <= date::max_days; ++days) {
    const date day{days};
    ASSERT_EQ(day.year(), static_cast<int>(expected.year()));
    ASSERT_EQ(day.month(), static_cast<unsigned>(expected.month()));
    ASSERT_EQ(day.day(), static_cast<unsigned>(expected.day()));
    ASSERT_EQ(date::from_ymd(day.year(), day.month(), day.day()), day);
    expected = sys_days(expected) + std::chrono::days(1);
  }
}

TEST(date, text_round_trips) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::int32_t> any(date::min_days, date::max_days);
  for (int i = 0; i < 100'000; ++i) {
    const date day{any(random)};
    ASSERT_EQ(date::parse(day.to_string()), day);
  }
}

TEST(date, text_is_ten_characters_at_both_ends) {
  EXPECT_EQ(date{date::min_days}.to_string(), "0001-01-01");
  EXPECT_EQ(date{date::max_days}.to_string(), "9999-12-31");
  EXPECT_EQ(date{-1}.to_string(), "1969-12-31");
}

TEST(date, leap_days_follow_the_gregorian_rule) {
  EXPECT_TRUE(date::try_parse("2024-02-29"));
  EXPECT_TRUE(date::try_parse("2000-02-29"));
  EXPECT_FALSE(date::try_parse("1900-02-29"));
  EXPECT_FALSE(date::try_parse("2023-02-29"));
}

TEST(date, parse_refuses_what_is_not_the_grammar) {
  for (const char* text : {"", "2026-11-2", "2026-11-211", "2026/11/21", "2026-1-021", "26-11-2021", " 2026-11-2",
                           "2026-11-2x", "2026-11-21 ", "20261121", "2026-11-21T00:00", "+026-11-21",
                           "\xff"
                           "026-11-21"}) {
    EXPECT_THROW(date::parse(text), value_error) << text;
    EXPECT_FALSE(date::try_parse(text)) << text;
  }
}

TEST(date, parse_refuses_days_that_do_not_exist) {
  for (const char* text :
       {"0000-01-01", "2026-00-10", "2026-13-10", "2026-04-31", "2026-01-32", "2026-01-00", "2026-99-99"}) {
    EXPECT_FALSE(date::try_parse(text)) << text;
  }
}

TEST(date, parse_to_leaves_the_target_alone_when_it_fails) {
  date day{42};
  EXPECT_FALSE(date::parse_to("2026-02-30", 10, day));
  EXPECT_EQ(day.days, 42);
}

TEST(date, from_ymd_refuses_days_that_do_not_exist) {
  EXPECT_THROW(date::from_ymd(0, 1, 1), value_error);
  EXPECT_THROW(date::from_ymd(-1, 1, 1), value_error);
  EXPECT_THROW(date::from_ymd(10'000, 1, 1), value_error);
  EXPECT_THROW(date::from_ymd(2026, 0, 1), value_error);
  EXPECT_THROW(date::from_ymd(2026, 13, 1), value_error);
  EXPECT_THROW(date::from_ymd(2026, 2, 29), value_error);
  EXPECT_THROW(date::from_ymd(2026, 2, 0), value_error);
  EXPECT_THROW(date::from_ymd(2026, std::numeric_limits<unsigned>::max(), 1), value_error);
}

TEST(date, values_outside_the_years_are_refused) {
  EXPECT_THROW(date::from_days(date::max_days + 1), value_error);
  EXPECT_THROW(date::from_days(std::numeric_limits<std::int64_t>::min()), value_error);
  EXPECT_THROW(date{date::max_days}.plus_days(1), value_error);
  EXPECT_THROW(date{1}.plus_days(std::numeric_limits<std::int64_t>::max()), value_error);
  EXPECT_THROW(date{date::min_days - 1}.to_string(), value_error);
  EXPECT_THROW(date{std::numeric_limits<std::int32_t>::max()}.year(), value_error);
  EXPECT_THROW(date::of(timestamp{std::numeric_limits<std::int64_t>::max() - 1}), value_error);
  EXPECT_FALSE(date{date::max_days + 1}.is_valid());
}

TEST(date, chrono_dates_convert_both_ways) {
  const date day = date::from_ymd(2024, 2, 29);
  EXPECT_EQ(date::from(std::chrono::year(2024) / 2 / 29), day);
  EXPECT_EQ(static_cast<year_month_day>(day), std::chrono::year(2024) / 2 / 29);
  EXPECT_EQ(static_cast<sys_days>(day), sys_days(std::chrono::year(2024) / 2 / 29));
  EXPECT_EQ(date::from(sys_days(std::chrono::year(2024) / 2 / 29)), day);
}

TEST(date, chrono_dates_that_do_not_exist_are_refused) {
  EXPECT_THROW(date::from(std::chrono::year(2023) / 2 / 29), value_error);
  EXPECT_THROW(date::from(std::chrono::year(-5) / 2 / 1), value_error);
}

TEST(date, a_timestamp_lies_on_its_day_in_utc) {
  EXPECT_EQ(date::of(timestamp::parse("2026-11-21T00:30:00+01:00")), date::from_ymd(2026, 11, 20));
  EXPECT_EQ(date::of(timestamp{timestamp::max_us}).days, date::max_days);
  EXPECT_EQ(date::of(timestamp{timestamp::min_us}).days, date::min_days);
  EXPECT_EQ(date{date::min_days}.midnight().us, timestamp::min_us);
}

TEST(date, today_is_the_day_of_now) {
  const date before = date::of(timestamp::now());
  const date today = date::today();
  EXPECT_LE(before, today);
  EXPECT_LE(today, date::of(timestamp::now()));
}

TEST(date, days_are_counted_between_dates) {
  EXPECT_EQ(date::from_ymd(2024, 3, 1).days_since(date::from_ymd(2024, 2, 1)), 29);
  EXPECT_EQ(date::from_ymd(2024, 2, 1).days_since(date::from_ymd(2024, 3, 1)), -29);
}

TEST(date, hashes_as_its_value) {
  const std::unordered_set<date> set{date{1}, date{2}, date{1}};
  EXPECT_EQ(set.size(), 2u);
}

TEST(date, messages_do_not_repeat_the_text) {
  try {
    date::parse("4711secret");
    FAIL();
  } catch (const value_error& problem) {
    EXPECT_EQ(std::string_view(problem.what()).find("4711"), std::string_view::npos);
  }
}

TEST(date, infinity_is_later_than_all_days) {
  EXPECT_LT(date{date::max_days}, date::infinity());
  EXPECT_LT(date::minus_infinity(), date{date::min_days});
  EXPECT_TRUE(date::infinity().is_infinite() && !date::infinity().is_valid());
  EXPECT_EQ(date::parse("infinity"), date::infinity());
  EXPECT_EQ(date::parse("-infinity").to_string(), "-infinity");
  EXPECT_EQ(date::of(timestamp::minus_infinity()), date::minus_infinity());
  EXPECT_EQ(date::infinity().midnight(), timestamp::infinity());
  EXPECT_THROW(date::infinity().plus_days(-1), value_error);
  EXPECT_THROW(date::infinity().year(), value_error);
  EXPECT_FALSE(date::try_parse("infinite"));
}

}  // namespace
}  // namespace tupelo
