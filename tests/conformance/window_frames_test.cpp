// SPDX-License-Identifier: Apache-2.0
// Frames by value and what they leave out, held against frames that are made in memory.
#include "backend.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

using namespace std::chrono_literals;

struct Tide {
  std::int64_t id{};
  std::int64_t bit{};  ///< of its own, so that a sum names the rows
  int level{};
  std::optional<int> maybe{};
  double height{};
  decimal price{};
  timestamp at{};
  date day{};
};

constexpr auto bit = col<&Tide::bit>;
constexpr auto level = col<&Tide::level>;
constexpr auto height = col<&Tide::height>;
constexpr auto price = col<&Tide::price>;
constexpr auto at = col<&Tide::at>;
constexpr auto day = col<&Tide::day>;
constexpr std::int64_t hour = 3'600'000'000;

class window_frames : public conformance_test {
protected:
  window_frames() {
    create<Tide>();
    const std::vector<int> levels{3, 10, 4, 10, 30, -7, 12, 11};
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const int n = levels[i];
      tides.push_back({.bit = std::int64_t{1} << i,
                       .level = n,
                       .maybe = i % 3 == 0 ? std::nullopt : std::optional(n),
                       .height = n / 4.0,
                       .price = decimal::parse(std::to_string(n) + ".10"),
                       .at = timestamp{1'770'000'000'000'000 + n * hour},
                       .day = date{20'000 + n}});
    }
    sync_wait(db.insert(tides));
  }

  using sums = std::vector<std::optional<std::int64_t>>;
  template <class Window>
  auto asked(const Window& window) {
    return db.query<Tide>().order_by(bit).select<std::optional<std::int64_t>>(sum(bit).over(window));
  }
  template <class Window>
  sums found(const Window& window) {
    return sync_wait(asked(window).all());
  }
  /// The same from the rows in memory: which of them are in the frame of one.
  sums made(const std::function<bool(const Tide&, const Tide&)>& holds) const {
    sums all;
    for (const Tide& current : tides) {
      std::optional<std::int64_t> total;
      for (const Tide& other : tides) {
        if (holds(current, other)) total = total.value_or(0) + other.bit;
      }
      all.push_back(total);
    }
    return all;
  }
  template <class Query>
  std::string refusal(const Query& query, errc code) {
    const auto said = failure_of<query_error>([&] { sync_wait(query.all()); });
    EXPECT_EQ(said.code(), code);
    return said.what();
  }

  std::vector<Tide> tides;
};
TUPELO_CONFORMANCE_SUITE(window_frames);

TEST_P(window_frames, reach_as_far_as_a_distance_of_the_ordered_value) {
  EXPECT_EQ(found(order_by(level).range_between(preceding(6), following(1))),
            made([](const Tide& a, const Tide& b) { return b.level >= a.level - 6 && b.level <= a.level + 1; }));
  EXPECT_EQ(found(order_by(level).range_between(preceding(7), current_row)),
            made([](const Tide& a, const Tide& b) { return b.level >= a.level - 7 && b.level <= a.level; }));
  EXPECT_EQ(found(order_by(level).range_between(following(1), unbounded_following)),
            made([](const Tide& a, const Tide& b) { return b.level >= a.level + 1; }));
  EXPECT_EQ(found(order_by(level * 2).range_between(preceding(4), preceding(2))),
            made([](const Tide& a, const Tide& b) { return b.level >= a.level - 2 && b.level <= a.level - 1; }));
}
TEST_P(window_frames, reach_the_other_way_in_a_descending_order) {
  EXPECT_EQ(found(order_by(level.desc()).range_between(preceding(6), following(1))),
            made([](const Tide& a, const Tide& b) { return b.level <= a.level + 6 && b.level >= a.level - 1; }));
}
TEST_P(window_frames, reach_a_distance_in_each_partition) {
  EXPECT_EQ(found(partition_by(level % 2).order_by(level).range_between(preceding(9), following(9))),
            made([](const Tide& a, const Tide& b) {
              return a.level % 2 == b.level % 2 && b.level >= a.level - 9 && b.level <= a.level + 9;
            }));
}
TEST_P(window_frames, by_value_hold_nulls_with_nulls) {
  EXPECT_EQ(found(order_by(col<&Tide::maybe>).range_between(preceding(2), following(2))),
            made([](const Tide& a, const Tide& b) {
              if (!a.maybe || !b.maybe) return !a.maybe && !b.maybe;
              return *b.maybe >= *a.maybe - 2 && *b.maybe <= *a.maybe + 2;
            }));
}
TEST_P(window_frames, reach_fractions_of_floating_point_numbers) {
  const auto near =
      made([](const Tide& a, const Tide& b) { return b.height >= a.height - 0.5 && b.height <= a.height + 0.25; });
  EXPECT_EQ(found(order_by(height).range_between(preceding(0.5), following(0.25))), near);
  const auto below =
      made([](const Tide& a, const Tide& b) { return b.height >= a.height - 2 && b.height <= a.height; });
  EXPECT_EQ(found(order_by(height).range_between(preceding(2), current_row)), below);
  EXPECT_EQ(found(order_by(height.desc()).range_between(current_row, following(2))), below);
}
TEST_P(window_frames, are_one_statement_whatever_the_distance) {
  for (const int far : {0, 1, 20}) {
    EXPECT_EQ(found(order_by(level).range_between(preceding(far), current_row)),
              made([&](const Tide& a, const Tide& b) { return b.level >= a.level - far && b.level <= a.level; }));
  }
}
TEST_P(window_frames, by_value_are_ordered_and_selected_by) {
  const auto total = sum(bit).over(order_by(level).range_between(preceding(6), following(1)));
  const auto rows = sync_wait(db.query<Tide>().order_by(total, bit).select<std::int64_t>(total).all());
  auto expected = found(order_by(level).range_between(preceding(6), following(1)));
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(sums(rows.begin(), rows.end()), expected);
}
TEST_P(window_frames, reach_decimals_exactly) {
  TUPELO_NEEDS(&feature_table::frame_decimals);
  const auto whole = made([](const Tide& a, const Tide& b) { return b.level >= a.level - 1 && b.level <= a.level; });
  EXPECT_EQ(found(order_by(price).range_between(preceding(decimal::parse("1.00")), current_row)), whole);
  EXPECT_EQ(found(order_by(price).range_between(preceding(1), current_row)), whole);
  EXPECT_EQ(found(order_by(price).range_between(preceding(decimal::parse("0.99")), current_row)),
            made([](const Tide& a, const Tide& b) { return b.level == a.level; }));
}
TEST_P(window_frames, in_decimals_are_refused_where_they_are_added_as_doubles) {
  TUPELO_NEEDS_NO(&feature_table::frame_decimals);
  const auto said = refusal(asked(order_by(price).range_between(preceding(1), current_row)), errc::unsupported_feature);
  EXPECT_NE(said.find(std::string(db.sql_dialect().name()) + " has no window frames that reach so far in decimals"),
            std::string::npos)
      << said;
}
TEST_P(window_frames, reach_spans_of_time) {
  TUPELO_NEEDS(&feature_table::frame_times);
  const auto near = made([](const Tide& a, const Tide& b) { return b.level >= a.level - 6 && b.level <= a.level + 1; });
  EXPECT_EQ(found(order_by(at).range_between(preceding(6h), following(60min))), near);
  EXPECT_EQ(found(order_by(day).range_between(preceding(interval{.days = 6}), following(24h))), near);
  EXPECT_EQ(found(order_by(at.desc()).range_between(preceding(1h), following(6h))), near);
  EXPECT_EQ(found(order_by(day).range_between(preceding(interval{.months = 1}), current_row)),
            made([](const Tide& a, const Tide& b) {  // a month before November 3, the last of these, is October 3
              return b.level <= a.level && (a.level < 30 || b.level >= -1);
            }));
}
TEST_P(window_frames, in_time_are_refused_where_times_are_texts) {
  TUPELO_NEEDS_NO(&feature_table::frame_times);
  for (const auto& said :
       {refusal(asked(order_by(at).range_between(preceding(6h), current_row)), errc::unsupported_feature),
        refusal(asked(order_by(day.desc()).range_between(current_row, following(interval{.days = 1}))),
                errc::unsupported_feature)}) {
    EXPECT_NE(said.find(std::string(db.sql_dialect().name()) + " has no window frames that reach so far in time"),
              std::string::npos)
        << said;
    EXPECT_NE(said.find("epoch_seconds"), std::string::npos) << said;
  }
}
TEST_P(window_frames, of_seconds_reach_spans_of_time_everywhere) {
  EXPECT_EQ(found(order_by(epoch_seconds(at)).range_between(preceding(6 * 3600), current_row)),
            made([](const Tide& a, const Tide& b) { return b.level >= a.level - 6 && b.level <= a.level; }));
}
TEST_P(window_frames, refuse_a_distance_of_another_kind_than_the_order) {
  const auto wrong = [&](const auto& window) { return refusal(asked(window), errc::invalid_query); };
  for (const auto& said : {wrong(order_by(at.desc()).range_between(preceding(6), current_row)),
                           wrong(order_by(level.desc()).range_between(preceding(6h), current_row)),
                           wrong(order_by(level.desc()).range_between(current_row, following(0.5)))}) {
    EXPECT_NE(said.find("a distance that does not go with the term"), std::string::npos) << said;
  }
}
TEST_P(window_frames, refuse_a_distance_without_an_order_of_one_term) {
  const frame_bound far = preceding(3);  // its type does not say that it is a distance
  for (const auto& said :
       {refusal(asked(partition_by(level).range_between(far, current_row)), errc::invalid_query),
        refusal(asked(order_by(level).range_between(far, current_row).order_by(bit)), errc::invalid_query)}) {
    EXPECT_NE(said.find("needs an order of exactly one term"), std::string::npos) << said;
  }
  EXPECT_EQ(found(order_by(level).range_between(far, current_row)),
            found(order_by(level).range_between(preceding(3), current_row)));
}
TEST_P(window_frames, are_of_windows_that_are_made_step_by_step) {
  window<Tide> near = order_by(level);
  near = near.range_between(preceding(6), following(1));
  const auto expected =
      made([](const Tide& a, const Tide& b) { return b.level >= a.level - 6 && b.level <= a.level + 1; });
  EXPECT_EQ(found(near), expected);
  const window<Tide> parted = near.partition_by(level % 2);
  EXPECT_NE(found(parted), expected);
  near = near.order_by(bit);
  EXPECT_NE(refusal(asked(near), errc::invalid_query).find("needs an order of exactly one term"), std::string::npos);
  window<Tide> wrong = order_by(level);
  EXPECT_NE(
      refusal(asked(wrong.range_between(preceding(0.5), current_row)), errc::invalid_query).find("does not go with"),
      std::string::npos);
}
TEST_P(window_frames, refuse_a_negative_distance) {
  EXPECT_THROW(order_by(level).range_between(preceding(-1), current_row), query_error);
  EXPECT_THROW(order_by(height).range_between(current_row, following(-0.5)), query_error);
  EXPECT_THROW(order_by(price).range_between(current_row, following(decimal::parse("-0.5"))), query_error);
  EXPECT_THROW(order_by(at).range_between(preceding(-1h), current_row), query_error);
  EXPECT_THROW(order_by(at).range_between(preceding(interval{.days = -1}), current_row), query_error);
}

// ---- what is left out

TEST_P(window_frames, that_end_before_they_begin_are_refused) {
  const auto by_bit = order_by(bit);
  EXPECT_THROW(by_bit.rows_between(current_row, preceding(1)), query_error);
  EXPECT_THROW(by_bit.rows_between(following(1), current_row), query_error);
  EXPECT_THROW(by_bit.groups_between(following(1), preceding(1)), query_error);
  EXPECT_THROW(by_bit.range_between(current_row, preceding(std::int64_t{1})), query_error);
  EXPECT_THROW(by_bit.rows_between(unbounded_following, unbounded_following), query_error);
  EXPECT_THROW(by_bit.rows_between(unbounded_preceding, unbounded_preceding), query_error);
  EXPECT_EQ(found(by_bit.rows_between(preceding(1), preceding(1))).size(), tides.size());
  EXPECT_EQ(found(by_bit.rows_between(current_row, current_row)).size(), tides.size());
}
TEST_P(window_frames, leave_out_the_current_row) {
  TUPELO_NEEDS(&feature_table::frame_exclusion);
  EXPECT_EQ(found(order_by(level)
                      .range_between(unbounded_preceding, unbounded_following)
                      .exclude(frame_exclusion::current_row)),
            made([](const Tide& a, const Tide& b) { return a.bit != b.bit; }));
  EXPECT_EQ(found(order_by(level, bit).rows_between(preceding(1), following(1)).exclude(frame_exclusion::current_row)),
            found(order_by(level, bit).rows_between(preceding(1), following(1)).exclude(frame_exclusion::group)))
      << "no two rows are equal";
}
TEST_P(window_frames, leave_out_equal_rows) {
  TUPELO_NEEDS(&feature_table::frame_exclusion);
  const auto near = order_by(level).range_between(preceding(6), following(1));
  const auto is_near = [](const Tide& a, const Tide& b) { return b.level >= a.level - 6 && b.level <= a.level + 1; };
  EXPECT_EQ(found(near.exclude(frame_exclusion::group)),
            made([&](const Tide& a, const Tide& b) { return is_near(a, b) && a.level != b.level; }));
  EXPECT_EQ(found(near.exclude(frame_exclusion::ties)), made([&](const Tide& a, const Tide& b) {
              return is_near(a, b) && (a.level != b.level || a.bit == b.bit);
            }));
  EXPECT_EQ(found(near.exclude(frame_exclusion::ties).exclude(frame_exclusion::none)), made(is_near));
  EXPECT_EQ(found(order_by(level).groups_between(preceding(1), current_row).exclude(frame_exclusion::group)),
            made([&](const Tide& a, const Tide& b) {
              if (b.level >= a.level) return false;
              return std::none_of(tides.begin(), tides.end(),
                                  [&](const Tide& c) { return c.level < a.level && c.level > b.level; });
            }));
}
TEST_P(window_frames, leave_out_rows_where_no_frame_is_said) {
  TUPELO_NEEDS(&feature_table::frame_exclusion);
  EXPECT_EQ(found(order_by(level).exclude(frame_exclusion::current_row)),
            made([](const Tide& a, const Tide& b) { return b.level <= a.level && a.bit != b.bit; }));
}

}  // namespace
}  // namespace tupelo::conformance
