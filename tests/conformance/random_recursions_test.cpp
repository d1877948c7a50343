// SPDX-License-Identifier: Apache-2.0
// Random graphs that are gone through, and random spans of time: each database finds what is found in memory.
#include "random_queries.hpp"

#include <tupelo/query/bucket_series.hpp>

#include <chrono>
#include <map>
#include <set>

namespace tupelo::conformance::random_queries {
namespace {

/// Grows on another one or on none; circles are there too.
struct Twig {
  std::int64_t id{};
  maybe<std::int64_t> on{};
  std::int64_t length{};
  timestamp cut{};
};
/// A way to a twig.
struct Way {
  std::int64_t twig{};
  std::int64_t steps{};
  std::int64_t length{};

  auto operator<=>(const Way&) const = default;
};

constexpr auto twig = col<&Twig::id>;
constexpr auto on = col<&Twig::on>;
constexpr auto twig_length = col<&Twig::length>;
constexpr auto cut = col<&Twig::cut>;

class random_recursions : public random_test {
protected:
  random_recursions() {
    create<Twig>();
    dice chance(seed_);
    const std::int64_t count = 60;
    for (std::int64_t i = 1; i <= count; ++i) {
      // Mostly a tree; some twigs grow on later ones, so that there are circles.
      const std::int64_t parent = i > 1 && !chance.one_in(5) ? chance.between(1, i - 1) : chance.between(1, count);
      twigs_.push_back({.id = i,
                        .on = chance.one_in(6) ? std::nullopt : maybe<std::int64_t>(parent),
                        .length = chance.between(-3, 9),
                        .cut = timestamp{chance.between(-700'000'000, 2'000'000'000) * 1'000'000 +
                                         (chance.one_in(3) ? 0 : chance.between(0, 999'999))}});
    }
    sync_wait(db.insert(twigs_));
  }

  /// The twigs that grow on this one, or the one on which it grows.
  std::vector<const Twig*> next_to(std::int64_t id, bool up) const {
    std::vector<const Twig*> found;
    const maybe<std::int64_t> parent = twigs_[static_cast<std::size_t>(id - 1)].on;
    for (const Twig& each : twigs_) {
      if (up ? parent == each.id : each.on == id) found.push_back(&each);
    }
    return found;
  }
  static std::string number(std::int64_t n) { return std::to_string(n); }

  std::vector<Twig> twigs_;
};
TUPELO_CONFORMANCE_SUITE(random_recursions);

TEST_P(random_recursions, ways_of_some_steps_are_those_in_memory) {
  many(60, [&](dice& chance) {
    const std::int64_t begin = chance.between(1, 60), longest = chance.between(0, 7), least = chance.between(-4, 2);
    const bool up = chance.one_in(3);
    std::vector<Way> expected, last;
    for (const Twig& each : twigs_) {
      if (each.length >= begin % 10) last.push_back({each.id, 0, each.length});
    }
    for (std::int64_t step = 0; !last.empty(); ++step) {
      expected.insert(expected.end(), last.begin(), last.end());
      std::vector<Way> next;
      for (const Way& way : step < longest ? last : std::vector<Way>()) {
        for (const Twig* each : next_to(way.twig, up)) {
          if (each->length >= least) next.push_back({each->id, way.steps + 1, way.length + each->length});
        }
      }
      last = next;
    }
    std::sort(expected.begin(), expected.end());

    const auto before_it = alias<Twig>("before_it");
    const auto ways =
        recursive("ways", query<Twig>().where(twig_length >= begin % 10).select<Way>(twig, twig * 0, twig_length),
                  [&](const auto& ways) {
                    const condition<> grows(
                        up ? expression(before_it(&Twig::on) == twig && before_it(&Twig::id) == ways(&Way::twig))
                           : expression(on == before_it(&Twig::id) && before_it(&Twig::id) == ways(&Way::twig)));
                    return query<Twig>()
                        .join(ways, ways(&Way::steps) < longest)
                        .join(before_it, grows)
                        .where(twig_length >= least)
                        .template select<Way>(twig, ways(&Way::steps) + 1, ways(&Way::length) + twig_length);
                  });
    const auto found =
        sync_wait(db.query(ways).order_by(ways(&Way::twig), ways(&Way::steps), ways(&Way::length)).all());
    EXPECT_EQ(found, expected) << (up ? "up from " : "down from ") << begin << " in " << longest << " of " << least;

    std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> totals;
    for (const Way& way : expected) {
      totals[way.steps].first += 1;
      totals[way.steps].second += way.length;
    }
    std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> each_step;
    for (const auto& [steps, total] : totals) each_step.emplace_back(steps, total.first, total.second);
    EXPECT_EQ(sync_wait(db.query(ways)
                            .group_by(ways(&Way::steps))
                            .order_by(ways(&Way::steps))
                            .select<std::tuple<std::int64_t, std::int64_t, std::int64_t>>(ways(&Way::steps), count(),
                                                                                          sum(ways(&Way::length)))
                            .all()),
              each_step);
  });
}

TEST_P(random_recursions, what_is_reached_is_that_in_memory_whatever_circles_there_are) {
  many(60, [&](dice& chance) {
    const std::int64_t begin = chance.between(1, 60), least = chance.between(-3, 3);
    std::set<std::int64_t> expected{begin};
    std::vector<std::int64_t> last{begin};
    while (!last.empty()) {
      const std::int64_t at = last.back();
      last.pop_back();
      for (const Twig* each : next_to(at, false)) {
        if (each->length >= least && expected.insert(each->id).second) last.push_back(each->id);
      }
    }
    const auto reached =
        recursive("reached", query<Twig>().where(twig == begin).select<std::int64_t>(twig), [&](const auto& found) {
          return query<Twig>()
              .join(found, on == found.value())
              .where(twig_length >= least)
              .template select<std::int64_t>(twig);
        }).distinct();
    const auto found = sync_wait(db.query(reached).order_by(reached.value()).all());
    EXPECT_EQ(found, std::vector<std::int64_t>(expected.begin(), expected.end())) << begin << " of " << least;
    EXPECT_EQ(sync_wait(db.query<Twig>().join(reached, reached.value() == twig).order_by(twig).pluck(twig)), found);
    EXPECT_EQ(sync_wait(db.query<Twig>().where(!twig.in(query(reached).select<std::int64_t>(reached.value()))).count()),
              static_cast<std::int64_t>(twigs_.size() - expected.size()));
  });
}

TEST_P(random_recursions, moments_are_in_the_buckets_of_an_evaluation_in_memory) {
  using std::chrono::seconds;
  many(60, [&](dice& chance) {
    const std::vector<std::int64_t> widths{1, 7, 60, 90, 900, 3'600, 5'400, 86'400, 604'800, 2'592'000, 4'294'967'295};
    const std::int64_t width = widths[chance.below(widths.size())] + (chance.one_in(3) ? chance.between(0, 99) : 0);
    if (width > 4'294'967'295) return;
    const auto floor_of = [&](timestamp at) {
      const std::int64_t us = width * 1'000'000;
      const std::int64_t rest = at.us % us;
      return timestamp{at.us - rest - (rest < 0 ? us : 0)};
    };
    std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> totals;
    for (const Twig& each : twigs_) {
      totals[floor_of(each.cut).us].first += 1;
      totals[floor_of(each.cut).us].second += each.length;
    }
    std::vector<std::tuple<timestamp, std::int64_t, std::int64_t>> expected;
    for (const auto& [at, total] : totals) expected.emplace_back(timestamp{at}, total.first, total.second);
    const auto span = bucket(cut, seconds(width));
    EXPECT_EQ(sync_wait(db.query<Twig>()
                            .group_by(span)
                            .order_by(span)
                            .select<std::tuple<timestamp, std::int64_t, std::int64_t>>(span, count(), sum(twig_length))
                            .all()),
              expected)
        << width;

    // Some of them in a row, those that hold nothing too.
    const timestamp from{twigs_[chance.below(twigs_.size())].cut.us + chance.between(-2, 2) * 1'000'000};
    const timestamp to{from.us + width * 1'000'000 * chance.between(0, 30) + chance.between(0, 1) * 500'000};
    if (width > 3'000'000) return;
    const auto series = buckets("series", from, to, seconds(width));
    std::vector<std::tuple<timestamp, std::int64_t>> each;
    for (timestamp at = floor_of(from); at < to && from < to; at.us += width * 1'000'000) {
      const auto found = totals.find(at.us);
      each.emplace_back(at, found == totals.end() ? 0 : found->second.first);
    }
    EXPECT_EQ(sync_wait(db.query(series)
                            .left_join<Twig>(series.holds(cut))
                            .group_by(series.value())
                            .order_by(series.value())
                            .select<std::tuple<timestamp, std::int64_t>>(series.value(), count(twig))
                            .all()),
              each)
        << width << " from " << from.to_string() << " to " << to.to_string();
  });
}

}  // namespace
}  // namespace tupelo::conformance::random_queries
