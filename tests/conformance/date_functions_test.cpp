// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"

#include <tupelo/query/functions.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Visit {
  std::int64_t id{};
  timestamp at{};
  std::optional<date> day{};
};

constexpr auto id = col<&Visit::id>;
constexpr auto at = col<&Visit::at>;
constexpr auto day = col<&Visit::day>;

timestamp moment(const char* text) { return timestamp::parse(text); }

/// Visit 1 is in the last microsecond of a Saturday, a January and nearly of a leap day; 2 long before 1970; 3 on
/// December 31.
class date_functions : public conformance_test {
protected:
  date_functions() {
    create<Visit>();
    std::vector<Visit> visits{{.at = moment("2026-01-31 23:59:59.999999"), .day = date::parse("2026-01-31")},
                              {.at = moment("1950-06-04 00:00:01"), .day = date::parse("1950-06-04")},
                              {.at = moment("2024-12-31 12:30:00.000001")}};
    sync_wait(db.insert(visits));
    first = visits[0].id;
  }
  template <class Expression>
  auto all(const Expression& expression) {
    using type = detail::base_of<typename Expression::value_type>;
    return sync_wait(db.query<Visit>().order_by(id).template select<std::optional<type>>(expression).all());
  }
  template <class Expression>
  std::vector<std::string> texts(const Expression& expression) {
    std::vector<std::string> written;
    for (const auto& value : all(expression)) written.push_back(value ? value->to_string() : "NULL");
    return written;
  }
  using numbers = std::vector<std::optional<int>>;
  using lengths = std::vector<std::optional<std::int64_t>>;
  using strings = std::vector<std::string>;
  std::int64_t first = 0;
};
TUPELO_CONFORMANCE_SUITE(date_functions);

TEST_P(date_functions, parts_of_a_moment) {
  EXPECT_EQ(all(year(at)), (numbers{2026, 1950, 2024}));
  EXPECT_EQ(all(quarter(at)), (numbers{1, 2, 4}));
  EXPECT_EQ(all(month(at)), (numbers{1, 6, 12}));
  EXPECT_EQ(all(tupelo::day(at)), (numbers{31, 4, 31}));
  EXPECT_EQ(all(day_of_year(at)), (numbers{31, 155, 366}));
  EXPECT_EQ(all(weekday(at)), (numbers{6, 7, 2}));
  EXPECT_EQ(all(hour(at)), (numbers{23, 0, 12}));
  EXPECT_EQ(all(minute(at)), (numbers{59, 0, 30}));
  EXPECT_EQ(all(second(at)), (numbers{59, 1, 0}));
}
TEST_P(date_functions, parts_of_a_date) {
  EXPECT_EQ(all(year(day)), (numbers{2026, 1950, std::nullopt}));
  EXPECT_EQ(all(weekday(day)), (numbers{6, 7, std::nullopt}));
  EXPECT_EQ(all(day_of_year(day)), (numbers{31, 155, std::nullopt}));
}

TEST_P(date_functions, moments_are_cut_to_units) {
  const auto starts = [&](const auto& expression) {
    std::vector<timestamp> found;
    for (const auto& value : all(expression)) found.push_back(value.value());
    return found;
  };
  const auto moments = [](const char* a, const char* b, const char* c) {
    return std::vector<timestamp>{moment(a), moment(b), moment(c)};
  };
  EXPECT_EQ(starts(start_of_year(at)), moments("2026-01-01 00:00:00", "1950-01-01 00:00:00", "2024-01-01 00:00:00"));
  EXPECT_EQ(starts(start_of_quarter(at)), moments("2026-01-01 00:00:00", "1950-04-01 00:00:00", "2024-10-01 00:00:00"));
  EXPECT_EQ(starts(start_of_month(at)), moments("2026-01-01 00:00:00", "1950-06-01 00:00:00", "2024-12-01 00:00:00"));
  EXPECT_EQ(starts(start_of_week(at)), moments("2026-01-26 00:00:00", "1950-05-29 00:00:00", "2024-12-30 00:00:00"));
  EXPECT_EQ(starts(start_of_day(at)), moments("2026-01-31 00:00:00", "1950-06-04 00:00:00", "2024-12-31 00:00:00"));
  EXPECT_EQ(starts(start_of_hour(at)), moments("2026-01-31 23:00:00", "1950-06-04 00:00:00", "2024-12-31 12:00:00"));
  EXPECT_EQ(starts(start_of_minute(at)), moments("2026-01-31 23:59:00", "1950-06-04 00:00:00", "2024-12-31 12:30:00"));
  EXPECT_EQ(starts(start_of_second(at)), moments("2026-01-31 23:59:59", "1950-06-04 00:00:01", "2024-12-31 12:30:00"));
}
TEST_P(date_functions, dates_are_cut_to_units) {
  EXPECT_EQ(texts(start_of_year(day)), (strings{"2026-01-01", "1950-01-01", "NULL"}));
  EXPECT_EQ(texts(start_of_quarter(day)), (strings{"2026-01-01", "1950-04-01", "NULL"}));
  EXPECT_EQ(texts(start_of_month(day)), (strings{"2026-01-01", "1950-06-01", "NULL"}));
  EXPECT_EQ(texts(start_of_week(day)), (strings{"2026-01-26", "1950-05-29", "NULL"}));
}
TEST_P(date_functions, a_moment_found_by_its_start_equals_it) {
  EXPECT_EQ(sync_wait(db.query<Visit>().where(start_of_month(at) == moment("2024-12-01 00:00:00")).count()), 1);
  EXPECT_EQ(sync_wait(db.query<Visit>().where(start_of_day(at) < at).count()), 3);
}

TEST_P(date_functions, a_month_later_stays_in_the_month) {
  EXPECT_EQ(all(add_months(at, 1))[0], moment("2026-02-28 23:59:59.999999"));
  EXPECT_EQ(all(add_months(at, 25))[0], moment("2028-02-29 23:59:59.999999"));
  EXPECT_EQ(all(add_months(at, -2))[0], moment("2025-11-30 23:59:59.999999"));
  EXPECT_EQ(all(add_years(start_of_day(add_months(at, 25)), 1))[0], moment("2029-02-28 00:00:00"));
  EXPECT_EQ(texts(add_months(day, 1)), (strings{"2026-02-28", "1950-07-04", "NULL"}));
  EXPECT_EQ(texts(add_years(day, -2)), (strings{"2024-01-31", "1948-06-04", "NULL"}));
}
TEST_P(date_functions, shorter_units_are_counted_on) {
  EXPECT_EQ(all(add_weeks(at, 1))[0], moment("2026-02-07 23:59:59.999999"));
  EXPECT_EQ(all(add_days(at, -31))[0], moment("2025-12-31 23:59:59.999999"));
  EXPECT_EQ(all(add_hours(at, 1))[0], moment("2026-02-01 00:59:59.999999"));
  EXPECT_EQ(all(add_minutes(at, -60))[0], moment("2026-01-31 22:59:59.999999"));
  EXPECT_EQ(all(add_seconds(at, 1))[0], moment("2026-02-01 00:00:00.999999"));
  EXPECT_EQ(texts(add_days(day, 1)), (strings{"2026-02-01", "1950-06-05", "NULL"}));
}
TEST_P(date_functions, shift_by_what_a_column_says) {
  EXPECT_EQ(all(add_days(day, id - first + 1))[0], date::parse("2026-02-01"));
  EXPECT_EQ(all(add_months(day, (id - first + 1) * 12))[0], date::parse("2027-01-31"));
}

TEST_P(date_functions, days_between_count_the_calendar) {
  EXPECT_EQ(all(days_between(day, date::parse("2026-03-01"))), (lengths{29, 27664, std::nullopt}));
  EXPECT_EQ(all(days_between(at, moment("2026-02-01 00:00:00"))), (lengths{1, 27636, 397}));
  EXPECT_EQ(all(days_between(moment("2026-02-01 00:00:00"), at))[0], -1);
  EXPECT_EQ(all(days_between(day, at)), (lengths{0, 0, std::nullopt}));
}
TEST_P(date_functions, seconds_since_1970) {
  EXPECT_EQ(all(epoch_seconds(at)), (lengths{1769903999, -617846399, 1735648200}));
  EXPECT_EQ(all(epoch_seconds(day))[0], 1769817600);
}
TEST_P(date_functions, buckets_begin_at_multiples_of_their_width) {
  using namespace std::chrono_literals;
  EXPECT_EQ(all(bucket(at, 15min)),
            (std::vector<std::optional<timestamp>>{moment("2026-01-31 23:45:00"), moment("1950-06-04 00:00:00"),
                                                   moment("2024-12-31 12:30:00")}));
  EXPECT_EQ(all(bucket(at, 24h))[1], moment("1950-06-04 00:00:00"));
  EXPECT_THROW(bucket(at, 1500ms), query_error);
  EXPECT_THROW(bucket(at, 0s), query_error);
}
TEST_P(date_functions, rows_are_grouped_by_month) {
  const auto rows = sync_wait(db.query<Visit>()
                                  .group_by(start_of_month(at))
                                  .order_by(start_of_month(at))
                                  .select<std::tuple<timestamp, std::int64_t>>(start_of_month(at), count())
                                  .all());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(std::get<0>(rows[0]), moment("1950-06-01 00:00:00"));
}

TEST_P(date_functions, now_is_near) {
  const timestamp before = timestamp::now();
  const auto found = all(now())[0].value();
  EXPECT_LT(std::abs(found.us - before.us), 60'000'000);
  EXPECT_EQ(sync_wait(db.query<Visit>().where(at < now()).count()),
            sync_wait(db.query<Visit>().where(at < before).count()));
}
TEST_P(date_functions, dates_and_moments_are_cast_into_each_other) {
  EXPECT_EQ(all(cast<date>(at))[0], date::parse("2026-01-31"));
  EXPECT_EQ(all(cast<timestamp>(day))[0], moment("2026-01-31 00:00:00"));
  EXPECT_EQ(all(cast<std::string>(day))[0], "2026-01-31");
}
TEST_P(date_functions, columns_may_be_set_to_them) {
  sync_wait(db.update<Visit>().set(at, add_days(start_of_day(at), 1)).set(day, cast<date>(at)).all_rows().run());
  EXPECT_EQ(all(at)[0], moment("2026-02-01 00:00:00"));
  EXPECT_EQ(texts(day)[2], "2024-12-31");
}

}  // namespace
}  // namespace tupelo::conformance
