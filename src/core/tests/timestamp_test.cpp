// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>
#include <tupelo/core/timestamp.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <random>
#include <type_traits>
#include <unordered_set>
#include <vector>

namespace tupelo {
namespace {

using namespace std::chrono_literals;

static_assert(std::is_aggregate_v<timestamp> && std::is_trivially_copyable_v<timestamp> && sizeof(timestamp) == 8);
static_assert(timestamp{} == timestamp::from_micros(0));
static_assert(timestamp::from_seconds(-1).us == -1'000'000);
static_assert(timestamp::from_seconds(1) + 1ms == timestamp::from_micros(1'001'000));
static_assert(!system_time_like<std::chrono::steady_clock::time_point>);
static_assert(system_time_like<std::chrono::sys_seconds> && duration_like<std::chrono::hours>);
static_assert(!std::is_convertible_v<timestamp, std::chrono::sys_seconds>);
static_assert(std::is_convertible_v<micros, std::chrono::microseconds> &&
              std::is_convertible_v<micros, std::chrono::nanoseconds>);
static_assert(!std::is_convertible_v<micros, std::chrono::seconds> &&
              std::is_constructible_v<std::chrono::seconds, micros>);

timestamp any_timestamp(std::mt19937_64& random) {
  return timestamp::from_micros(
      std::uniform_int_distribution<std::int64_t>(timestamp::min_us, timestamp::max_us)(random));
}

errc code_of_parse(std::string_view text) {
  try {
    timestamp::parse(text);
  } catch (const value_error& problem) {
    return problem.code();
  }
  return errc{};
}

TEST(timestamp, default_is_the_epoch) { EXPECT_EQ(timestamp().to_string(), "1970-01-01 00:00:00.000000"); }

TEST(timestamp, text_has_fixed_width_and_six_decimals) {
  EXPECT_EQ(timestamp{1'795'262'645'000'042}.to_string(), "2026-11-21 12:04:05.000042");
  EXPECT_EQ(timestamp{timestamp::min_us}.to_string(), "0001-01-01 00:00:00.000000");
  EXPECT_EQ(timestamp{timestamp::max_us}.to_string(), "9999-12-31 23:59:59.999999");
}

TEST(timestamp, times_before_1970_format_downwards) {
  EXPECT_EQ(timestamp{-1}.to_string(), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(timestamp{-86'400'000'000}.to_string(), "1969-12-31 00:00:00.000000");
  EXPECT_EQ(timestamp::parse("1969-12-31 23:59:59.999999").us, -1);
}

TEST(timestamp, format_to_writes_exactly_26_characters) {
  char text[28];
  std::fill(std::begin(text), std::end(text), '#');
  EXPECT_EQ(timestamp{}.format_to(text), text + timestamp::text_size);
  EXPECT_EQ(text[26], '#');
}

TEST(timestamp, text_round_trips) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const timestamp time = any_timestamp(random);
    ASSERT_EQ(timestamp::parse(time.to_string()), time) << time.us;
  }
}

TEST(timestamp, text_agrees_with_the_c_library) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const timestamp time = any_timestamp(random);
    const std::time_t seconds = detail::floor_divide(time.us, 1'000'000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char expected[64];
    std::snprintf(expected, sizeof expected, "%04d-%02d-%02d %02d:%02d:%02d.%06d", parts.tm_year + 1900,
                  parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                  static_cast<int>(time.us - std::int64_t{seconds} * 1'000'000));
    ASSERT_EQ(time.to_string(), expected);
  }
}

TEST(timestamp, text_sorts_as_the_times_do) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const timestamp a = any_timestamp(random);
    const timestamp b = any_timestamp(random);
    ASSERT_EQ(a < b, a.to_string() < b.to_string());
  }
}

TEST(timestamp, parse_takes_every_precision) {
  const std::int64_t minute = timestamp::parse("2026-11-21 12:04").us;
  EXPECT_EQ(timestamp::parse("2026-11-21 12:04:05").us, minute + 5'000'000);
  EXPECT_EQ(timestamp::parse("2026-11-21 12:04:05.1").us, minute + 5'100'000);
  EXPECT_EQ(timestamp::parse("2026-11-21 12:04:05.12").us, minute + 5'120'000);
  EXPECT_EQ(timestamp::parse("2026-11-21 12:04:05.123").us, minute + 5'123'000);
  EXPECT_EQ(timestamp::parse("2026-11-21 12:04:05.1234").us, minute + 5'123'400);
  EXPECT_EQ(timestamp::parse("2026-11-21 12:04:05.12345").us, minute + 5'123'450);
  EXPECT_EQ(timestamp::parse("2026-11-21 12:04:05.123456").us, minute + 5'123'456);
}

TEST(timestamp, parse_takes_a_t_between_date_and_time) {
  EXPECT_EQ(timestamp::parse("2026-11-21T12:04:05.123456"), timestamp::parse("2026-11-21 12:04:05.123456"));
  EXPECT_EQ(timestamp::parse("2026-11-21T12:04"), timestamp::parse("2026-11-21 12:04"));
}

TEST(timestamp, parse_converts_offsets_to_utc) {
  const timestamp noon = timestamp::parse("2026-11-21 12:00");
  EXPECT_EQ(timestamp::parse("2026-11-21T12:00Z"), noon);
  EXPECT_EQ(timestamp::parse("2026-11-21T12:00:00.0000Z"), noon);
  EXPECT_EQ(timestamp::parse("2026-11-21T13:30:00+01:30"), noon);
  EXPECT_EQ(timestamp::parse("2026-11-21T06:15:00.000000-05:45"), noon);
  EXPECT_EQ(timestamp::parse("2026-11-22 00:00:00.0+12:00"), noon);
}

TEST(timestamp, parse_knows_leap_days) {
  EXPECT_TRUE(timestamp::try_parse("2024-02-29 00:00:00.000000"));
  EXPECT_TRUE(timestamp::try_parse("2000-02-29 00:00"));
  EXPECT_FALSE(timestamp::try_parse("1900-02-29 00:00:00.000000"));
  EXPECT_FALSE(timestamp::try_parse("2100-02-29 00:00"));
  EXPECT_FALSE(timestamp::try_parse("2023-02-29 00:00:00.000000"));
  EXPECT_EQ(timestamp::parse("2024-02-29 00:00") + 24h, timestamp::parse("2024-03-01 00:00"));
}

TEST(timestamp, parse_refuses_what_is_not_the_grammar) {
  for (const char* text : {"",
                           "2026",
                           "2026-11-21",
                           "2026-11-21 ",
                           "2026-11-21 12",
                           "2026-11-21 1:04",
                           "2026-11-21  12:04",
                           " 2026-11-21 12:04",
                           "2026-11-21 12:04 ",
                           "2026-11-21 12:04:",
                           "2026-11-21 12:04:5",
                           "2026-11-21 12:04.5",
                           "2026-11-21 12:04:05.",
                           "2026-11-21 12:04:05.1234567",
                           "2026-11-21t12:04",
                           "2026-11-21 12:04z",
                           "2026-11-21 12:04+01",
                           "2026-11-21 12:04+0100",
                           "2026-11-21 12:04+24:00",
                           "2026-11-21 12:04+01:60",
                           "2026-11-21 12:04ZZ",
                           "2026-11-21 12:04 Z",
                           "2026/11/21 12:04",
                           "20261121T1204",
                           "+2026-11-21 12:04",
                           "-026-11-21 12:04:05.123456",
                           "2026-11-21 12:04:05,123456",
                           "2026-11-21_12:04:05.123456",
                           "2026-11-21 12:04:05.12345x",
                           "2026-11-21 12:04:05.1234x6",
                           "2026-1a-21 12:04:05.123456",
                           "2026-11-21 12:04:05.12345\xb6",
                           "\xb2"
                           "026-11-21 12:04:05.123456"}) {
    EXPECT_EQ(code_of_parse(text), errc::invalid_value) << text;
  }
}

TEST(timestamp, parse_refuses_fields_out_of_range) {
  for (const char* text : {"0000-01-01 00:00:00.000000", "2026-00-01 00:00:00.000000", "2026-13-01 00:00:00.000000",
                           "2026-01-00 00:00:00.000000", "2026-01-32 00:00:00.000000", "2026-04-31 00:00:00.000000",
                           "2026-01-01 24:00:00.000000", "2026-01-01 00:60:00.000000", "2026-01-01 23:59:60.000000",
                           "2026-01-01 24:00", "2026-01-01 00:60", "2026-01-01 23:59:60", "0000-12-31 23:59"}) {
    EXPECT_FALSE(timestamp::try_parse(text)) << text;
  }
}

TEST(timestamp, parse_refuses_offsets_that_leave_the_years) {
  EXPECT_FALSE(timestamp::try_parse("0001-01-01 00:00+00:01"));
  EXPECT_FALSE(timestamp::try_parse("9999-12-31 23:59:59-00:01"));
  EXPECT_EQ(timestamp::parse("0001-01-01 00:00-00:01").us, timestamp::min_us + 60'000'000);
}

TEST(timestamp, one_wrong_byte_is_never_taken_by_the_fast_path_alone) {
  // Every byte value at every place: what is taken must be a number's digit and format back to itself.
  const std::string valid = "2024-02-28 12:14:15.123456";
  for (std::size_t place = 0; place < valid.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = valid;
      text[place] = static_cast<char>(byte);
      timestamp time;
      if (!timestamp::parse_to(text.data(), text.size(), time)) continue;
      std::string expected = text;
      if (expected[10] == 'T') expected[10] = ' ';
      if (expected[25] == 'Z') expected[25] = '0';
      ASSERT_EQ(time.to_string(), expected);
    }
  }
}

TEST(timestamp, parse_to_leaves_the_target_alone_when_it_fails) {
  timestamp time{42};
  EXPECT_FALSE(timestamp::parse_to("2026-02-30 00:00:00.000000", 26, time));
  EXPECT_EQ(time.us, 42);
}

TEST(timestamp, parse_reads_no_byte_beyond_its_size) {
  const std::vector<char> exact{'2', '0', '2', '6', '-', '1', '1', '-', '2', '1', ' ', '1', '2', ':', '0'};
  timestamp time;
  for (std::size_t size = 0; size <= exact.size(); ++size) {
    const std::vector<char> copy(exact.begin(), exact.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(timestamp::parse_to(copy.data(), copy.size(), time));
  }
}

TEST(timestamp, messages_do_not_repeat_the_text) {
  try {
    timestamp::parse("secret 4711");
    FAIL();
  } catch (const value_error& problem) {
    EXPECT_EQ(std::string_view(problem.what()).find("4711"), std::string_view::npos);
    EXPECT_NE(std::string_view(problem.what()).find("YYYY-MM-DD"), std::string_view::npos);
  }
}

TEST(timestamp, values_outside_the_years_are_refused) {
  EXPECT_THROW(timestamp::from_micros(timestamp::max_us + 1), value_error);
  EXPECT_THROW(timestamp::from_micros(timestamp::min_us - 1), value_error);
  EXPECT_THROW(timestamp::from_seconds(253'402'300'800), value_error);
  EXPECT_THROW(timestamp::from_seconds(-62'135'596'801), value_error);
  EXPECT_THROW(timestamp{timestamp::max_us + 1}.to_string(), value_error);
  EXPECT_THROW(timestamp{std::numeric_limits<std::int64_t>::min() + 1}.to_string(), value_error);
  EXPECT_FALSE(timestamp{timestamp::min_us - 1}.is_valid());
  EXPECT_EQ(timestamp::from_seconds(253'402'300'799).to_string(), "9999-12-31 23:59:59.000000");
}

TEST(timestamp, arithmetic_that_leaves_the_years_is_refused) {
  const timestamp last{timestamp::max_us};
  EXPECT_THROW(last + 1us, value_error);
  EXPECT_THROW(last.plus_micros(std::numeric_limits<std::int64_t>::max()), value_error);
  EXPECT_THROW(timestamp{} - std::chrono::microseconds::min(), value_error);
  EXPECT_THROW(timestamp{} + std::chrono::hours::max(), value_error);
  EXPECT_THROW(timestamp{} + std::chrono::duration<double>(1e30), value_error);
  EXPECT_THROW(timestamp{} + std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN()), value_error);
  EXPECT_THROW((timestamp{std::numeric_limits<std::int64_t>::max()} - timestamp{-1}), value_error);
}

TEST(timestamp, any_chrono_duration_can_be_added) {
  timestamp time = timestamp::from_seconds(100);
  EXPECT_EQ(time + 1h, timestamp::from_seconds(3700));
  EXPECT_EQ(1min + time, timestamp::from_seconds(160));
  EXPECT_EQ(time - std::chrono::days(1), timestamp::from_seconds(100 - 86'400));
  EXPECT_EQ(time + std::chrono::duration<double>(0.29), timestamp::from_micros(100'290'000));
  EXPECT_EQ(time - std::chrono::duration<double>(0.29), timestamp::from_micros(99'710'000));
  EXPECT_EQ((time + std::chrono::duration<int, std::ratio<1, 3>>(1)).us, 100'333'333);
  time += 1500ns;
  EXPECT_EQ(time.us, 100'000'001);
  time -= 1ms;
  EXPECT_EQ(time.us, 99'999'001);
}

TEST(timestamp, a_difference_is_a_duration) {
  const timestamp earlier = timestamp::from_seconds(10);
  const timestamp later = earlier + 1500ms;
  EXPECT_EQ((later - earlier).count(), 1'500'000);
  const std::chrono::microseconds as_chrono = later - earlier;
  EXPECT_EQ(as_chrono, 1500ms);
  EXPECT_TRUE(later - earlier > 1s);
  EXPECT_TRUE(earlier - later < 0s);
  EXPECT_TRUE(later - earlier == 1500ms);
  EXPECT_EQ(static_cast<std::chrono::seconds>(later - earlier), 1s);
  EXPECT_EQ(earlier + (later - earlier), later);
  EXPECT_DOUBLE_EQ(static_cast<std::chrono::duration<double>>(later - earlier).count(), 1.5);
}

TEST(timestamp, system_clock_time_points_convert_both_ways) {
  using std::chrono::system_clock;
  const timestamp time = timestamp::parse("1969-12-31 23:59:58.500000");
  const auto point = static_cast<system_clock::time_point>(time);
  EXPECT_EQ(timestamp::from(point), time);
  EXPECT_EQ(timestamp::from(point + 999ns), time);
  EXPECT_EQ(static_cast<std::chrono::sys_seconds>(time).time_since_epoch(), -2s);
  EXPECT_EQ(timestamp::from(std::chrono::sys_days(std::chrono::year(2024) / 2 / 29)),
            timestamp::parse("2024-02-29 00:00"));
}

TEST(timestamp, conversion_to_a_time_point_that_cannot_hold_it_is_refused) {
  using nanosecond_time = std::chrono::sys_time<std::chrono::nanoseconds>;
  EXPECT_THROW([[maybe_unused]] const nanosecond_time time(timestamp{timestamp::max_us}), value_error);
  EXPECT_THROW(timestamp::from(std::chrono::sys_days(std::chrono::days(10'000'000))), value_error);
}

TEST(timestamp, now_lies_between_two_readings_of_the_clock) {
  const timestamp before = timestamp::from(std::chrono::system_clock::now());
  const timestamp now = timestamp::now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, timestamp::from(std::chrono::system_clock::now()));
}

TEST(timestamp, hashes_as_its_value) {
  const std::unordered_set<timestamp> set{timestamp{1}, timestamp{2}, timestamp{1}};
  EXPECT_EQ(set.size(), 2u);
}

TEST(timestamp, infinity_is_later_than_all_times) {
  EXPECT_LT(timestamp{timestamp::max_us}, timestamp::infinity());
  EXPECT_LT(timestamp::minus_infinity(), timestamp{timestamp::min_us});
  EXPECT_TRUE(timestamp::infinity().is_infinite() && !timestamp::infinity().is_valid());
  EXPECT_EQ(timestamp::parse("infinity"), timestamp::infinity());
  EXPECT_EQ(timestamp::parse("-infinity").to_string(), "-infinity");
  EXPECT_THROW(timestamp::infinity().plus_micros(-1), value_error);
  EXPECT_THROW(timestamp::infinity() - timestamp{}, value_error);
  EXPECT_FALSE(timestamp::try_parse("infinity "));
}

}  // namespace
}  // namespace tupelo
