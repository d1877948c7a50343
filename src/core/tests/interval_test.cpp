// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>
#include <tupelo/core/interval.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <random>
#include <type_traits>
#include <unordered_set>

namespace tupelo {
namespace {

using namespace std::chrono_literals;

static_assert(std::is_aggregate_v<interval> && std::is_trivially_copyable_v<interval> && sizeof(interval) == 16);
static_assert(!std::three_way_comparable<interval>);
static_assert(interval::from(90s) == interval{0, 0, 90'000'000});

template <class Integer>
constexpr Integer most = std::numeric_limits<Integer>::max();
template <class Integer>
constexpr Integer least = std::numeric_limits<Integer>::min();

TEST(interval, is_written_as_iso_8601) {
  EXPECT_EQ(interval().to_string(), "PT0S");
  EXPECT_EQ((interval{14, 3, 4 * 3'600'000'000 + 5 * 60'000'000 + 6'000'007}).to_string(), "P1Y2M3DT4H5M6.000007S");
  EXPECT_EQ((interval{-1, 2, -500'000}).to_string(), "P-1M2DT-0.5S");
  EXPECT_EQ((interval{0, 0, 25 * 3'600'000'000}).to_string(), "PT25H");
}

TEST(interval, is_read_from_iso_8601) {
  EXPECT_EQ(interval::parse("P1Y2M3DT4H5M6.5S"), (interval{14, 3, 14'706'500'000}));
  EXPECT_EQ(interval::parse("P-1Y-2M+3DT-4H"), (interval{-14, 3, -14'400'000'000}));
  EXPECT_EQ(interval::parse("P2W1D"), (interval{0, 15, 0}));
  EXPECT_EQ(interval::parse("PT0S"), interval());
  EXPECT_EQ(interval::parse("P0D"), interval());
}

TEST(interval, is_read_as_postgresql_writes_it) {
  EXPECT_EQ(interval::parse("1 year 2 mons 3 days 04:05:06.7"), (interval{14, 3, 14'706'700'000}));
  EXPECT_EQ(interval::parse("-1 years -2 mons +3 days -04:05:06"), (interval{-14, 3, -14'706'000'000}));
  EXPECT_EQ(interval::parse("00:00:00"), interval());
  EXPECT_EQ(interval::parse("-00:00:00.000001"), (interval{0, 0, -1}));
  EXPECT_EQ(interval::parse("2562047788:00:54.775807"), (interval{0, 0, most<std::int64_t>}));
}

TEST(interval, is_read_in_postgresqls_verbose_style) {
  EXPECT_EQ(interval::parse("@ 1 year 2 mons -3 days 4 hours 5 mins 6.7 secs"), (interval{14, -3, 14'706'700'000}));
  EXPECT_EQ(interval::parse("@ 1 day 2 hours ago"), (interval{0, -1, -7'200'000'000}));
  EXPECT_EQ(interval::parse("@ 0"), interval());
  EXPECT_EQ(interval::parse("3 weeks 2 minutes 1 second"), (interval{0, 21, 121'000'000}));
}

TEST(interval, refuses_text_that_is_none) {
  for (const char* text : {"",
                           "P",
                           "PT",
                           "P1",
                           "P1H",
                           "PT1D",
                           "P1D1Y",
                           "P1.5D",
                           "PT1.S",
                           "PT1.1234567S",
                           "P1YT",
                           "1",
                           "@",
                           "ago",
                           "1 fortnight",
                           "1 day ago later",
                           "1:60:00",
                           "1:00:60",
                           "1:",
                           "1.5:00",
                           "x",
                           "P1D ",
                           "1 day 2",
                           "P1Dx"}) {
    EXPECT_FALSE(interval::try_parse(text)) << text;
  }
  EXPECT_THROW(interval::parse("soon"), value_error);
}

TEST(interval, refuses_parts_that_do_not_fit) {
  for (const char* text : {"P178956971Y", "P2147483648D", "PT2562047789H", "99999999999999999999 days",
                           "PT9223372036854.775808S", "@ 2147483648 days ago ago"}) {
    EXPECT_FALSE(interval::try_parse(text)) << text;
  }
}

TEST(interval, at_the_ends_comes_back) {
  for (const interval& span : {interval{most<std::int32_t>, most<std::int32_t>, most<std::int64_t> - 1},
                               interval{least<std::int32_t>, least<std::int32_t>, least<std::int64_t> + 1},
                               interval::infinity(), interval::minus_infinity()}) {
    ASSERT_LE(span.to_string().size(), interval::max_text_size);
    EXPECT_EQ(interval::parse(span.to_string()), span);
  }
}

TEST(interval, may_be_infinite_and_has_no_length_then) {
  EXPECT_EQ(interval::infinity().to_string(), "infinity");
  EXPECT_EQ(interval::parse("-infinity"), interval::minus_infinity());
  EXPECT_TRUE(interval::infinity().is_infinite() && interval::minus_infinity().is_infinite());
  EXPECT_FALSE((interval{most<std::int32_t>, most<std::int32_t>, 0}).is_infinite());
  EXPECT_THROW((void)interval::infinity().length(), value_error);
  for (const char* text : {"--infinity", "infinit", "infinity ", "P-infinity"})
    EXPECT_EQ(interval::try_parse(text), std::nullopt) << text;
}

TEST(interval, any_comes_back_from_its_text) {
  std::mt19937_64 random(20261121);
  for (int i = 0; i < 10'000; ++i) {
    const auto shift = random() % 60;
    const interval span{static_cast<std::int32_t>(random()) >> (shift % 31), static_cast<std::int32_t>(random()),
                        static_cast<std::int64_t>(random()) >> shift};
    ASSERT_EQ(interval::parse(span.to_string()), span) << span.to_string();
  }
}

TEST(interval, equals_one_of_the_same_parts_only) {
  EXPECT_NE((interval{0, 1, 0}), interval::from(24h));
  EXPECT_NE((interval{1, 0, 0}), (interval{0, 30, 0}));
}

TEST(interval, without_months_has_a_length) {
  EXPECT_EQ(std::chrono::hours(interval{0, 2, 3'600'000'000}), 49h);
  EXPECT_EQ(std::chrono::microseconds(interval{0, 0, -1}), -1us);
  EXPECT_THROW((void)(interval{1, 0, 0}).length(), value_error);
  EXPECT_THROW((void)(interval{0, 1, most<std::int64_t>}).length(), value_error);
}

TEST(interval, hashes_by_its_parts) {
  const std::unordered_set<interval> spans{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 0}};
  EXPECT_EQ(spans.size(), 3u);
}

}  // namespace
}  // namespace tupelo
