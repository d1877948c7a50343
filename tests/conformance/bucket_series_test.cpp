// SPDX-License-Identifier: Apache-2.0
// Time series without gaps.
#include "backend.hpp"

#include <tupelo/query/bucket_series.hpp>
#include <tupelo/query/derived_table.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace tupelo::conformance {
namespace {

using namespace std::chrono_literals;

struct Reading {
  std::int64_t id{};
  timestamp at{};
  std::string sensor{};
  int value{};
  std::optional<timestamp> deleted_at{};

  static void model(tupelo::model<Reading>& m) {
    m.soft_delete(&Reading::deleted_at);
    m.index(&Reading::at);
  }
};
struct PerHour {
  timestamp hour{};
  std::int64_t readings{};
  std::int64_t total{};
};

constexpr auto at = col<&Reading::at>;
constexpr auto value = col<&Reading::value>;

timestamp moment(const std::string& text) { return timestamp::parse(text); }

class bucket_series_of : public conformance_test {
protected:
  bucket_series_of() {
    create<Reading>();
    std::vector<Reading> readings{{.at = moment("2026-03-29 00:10:00"), .sensor = "a", .value = 1},
                                  {.at = moment("2026-03-29 00:59:59.999999"), .sensor = "b", .value = 2},
                                  {.at = moment("2026-03-29 03:00:00"), .sensor = "a", .value = 5},
                                  {.at = moment("2026-03-29 01:30:00"), .sensor = "a", .value = 9}};
    sync_wait(db.insert(readings));
    sync_wait(db.erase(readings[3]));
  }
  template <class From, class To, class Width>
  std::vector<std::string> series(const From& from, const To& to, Width width) {
    const auto all = buckets("spans", from, to, width);
    std::vector<std::string> found;
    for (const timestamp& each : sync_wait(db.query(all).order_by(all.value()).all())) {
      found.push_back(each.to_string().substr(0, 19));
    }
    return found;
  }
  using texts = std::vector<std::string>;
};
TUPELO_CONFORMANCE_SUITE(bucket_series_of);

TEST_P(bucket_series_of, two_moments_is_every_bucket_that_is_between_them) {
  EXPECT_EQ(series(moment("2026-03-29 00:10:00"), moment("2026-03-29 03:00:00"), 1h),
            (texts{"2026-03-29 00:00:00", "2026-03-29 01:00:00", "2026-03-29 02:00:00"}));
  EXPECT_EQ(series(moment("2026-03-29 00:00:00"), moment("2026-03-29 00:30:00.000001"), 15min),
            (texts{"2026-03-29 00:00:00", "2026-03-29 00:15:00", "2026-03-29 00:30:00"}));
  EXPECT_EQ(series(moment("2026-03-28 12:00:00"), moment("2026-03-30 12:00:00"), 24h),
            (texts{"2026-03-28 00:00:00", "2026-03-29 00:00:00", "2026-03-30 00:00:00"}));
}
TEST_P(bucket_series_of, moments_before_1970_is_counted_as_buckets_are) {
  EXPECT_EQ(series(moment("1969-12-31 23:59:00"), moment("1970-01-01 00:00:01"), 7min),
            (texts{"1969-12-31 23:53:00", "1970-01-01 00:00:00"}));
}
TEST_P(bucket_series_of, moments_in_no_order_is_empty) {
  const timestamp noon = moment("2026-03-29 12:00:00");
  EXPECT_EQ(series(noon, noon, 1h), texts());
  EXPECT_EQ(series(moment("2026-03-29 12:20:00"), moment("2026-03-29 12:10:00"), 1h), texts());
  EXPECT_EQ(series(std::optional<timestamp>(), noon, 1h), texts());
}
TEST_P(bucket_series_of, expressions_and_time_points) {
  EXPECT_EQ(series(add_days(now(), -2), now(), 24h).size(), 3U);
  using std::chrono::sys_days, std::chrono::year;
  EXPECT_EQ(series(sys_days(year(2026) / 3 / 28) + 0us, sys_days(year(2026) / 3 / 30) + 0us, 24h).size(), 2U);
}
TEST_P(bucket_series_of, a_bound_without_end_is_refused) {
  const timestamp begin = moment("2026-03-29 00:00:00");
  EXPECT_THROW(buckets("hours", begin, timestamp::infinity(), 1h), query_error);
  EXPECT_THROW(buckets("hours", begin, begin, 1500ms), query_error);
  EXPECT_THROW(buckets("", begin, begin, 1h), query_error);
}

TEST_P(bucket_series_of, a_table_counts_nothing_in_empty_buckets) {
  const auto hours = buckets("hours", moment("2026-03-29 00:00:00"), moment("2026-03-29 04:00:00"), 1h);
  const auto found = sync_wait(db.query(hours)
                                   .left_join<Reading>(hours.holds(at))
                                   .group_by(hours.value())
                                   .order_by(hours.value())
                                   .select<std::tuple<timestamp, std::int64_t, std::optional<std::int64_t>>>(
                                       hours.value(), count(col<&Reading::id>), sum(value))
                                   .all());
  ASSERT_EQ(found.size(), 4U);
  using counted = std::tuple<std::int64_t, std::optional<std::int64_t>>;
  const auto numbers = [&](std::size_t i) { return counted(std::get<1>(found[i]), std::get<2>(found[i])); };
  EXPECT_EQ(std::get<0>(found[3]), moment("2026-03-29 03:00:00"));
  EXPECT_EQ(numbers(0), counted(2, 3));
  EXPECT_EQ(numbers(1), counted(0, std::nullopt)) << "its reading is marked as deleted";
  EXPECT_EQ(numbers(2), counted(0, std::nullopt));
  EXPECT_EQ(numbers(3), counted(1, 5));
}
TEST_P(bucket_series_of, groups_is_one_series_for_each) {
  const timestamp from = moment("2026-03-29 00:00:00"), to = moment("2026-03-29 02:00:00");
  struct PerSensor {
    timestamp hour{};
    std::string sensor{};
    std::int64_t readings{};
  };
  struct Name {
    std::string name{};
  };
  const auto hours = buckets("hours", from, to, 1h);
  const auto hour = bucket(at, 1h);
  const auto sensor = col<&Reading::sensor>;
  const auto sensors = derived("sensors", query<Reading>().distinct().template select<Name>(sensor));
  const auto counted = derived("counted", query<Reading>()
                                              .where(at >= from && at < to)
                                              .group_by(hour, sensor)
                                              .template select<PerSensor>(hour, sensor, count()));
  const auto found = sync_wait(db.query(hours)
                                   .cross_join(sensors)
                                   .left_join(counted, counted(&PerSensor::hour) == hours.value() &&
                                                           counted(&PerSensor::sensor) == sensors(&Name::name))
                                   .order_by(hours.value(), sensors(&Name::name))
                                   .select(sensors(&Name::name), coalesce(counted(&PerSensor::readings), 0))
                                   .all());
  using rows = std::vector<std::tuple<std::string, std::int64_t>>;
  EXPECT_EQ(found, (rows{{"a", 1}, {"b", 1}, {"a", 0}, {"b", 0}}));
}
TEST_P(bucket_series_of, one_query_may_be_in_another) {
  const auto hours = buckets("hours", moment("2026-03-29 00:00:00"), moment("2026-03-29 04:00:00"), 1h);
  const auto empty = db.query(hours).where(hours.value().is_not_null() &&
                                           !exists(query<Reading>().correlate(hours).where(hours.holds(at))));
  EXPECT_EQ(sync_wait(empty.count()), 2);
  EXPECT_EQ(sync_wait(db.query<Reading>().where(bucket(at, 1h).in(query(hours))).count()), 3);
}

}  // namespace
}  // namespace tupelo::conformance
