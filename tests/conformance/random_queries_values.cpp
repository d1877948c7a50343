// SPDX-License-Identifier: Apache-2.0
// Random timestamps, UUIDs and values of enums.
#include "random_queries_terms.hpp"

#include <chrono>

namespace tupelo::conformance::random_queries {

namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t hour_us = 3600 * second_us;

timestamp cut(timestamp t, std::int64_t unit_us) { return timestamp{t.us - t.us % unit_us}; }  // all are behind 1970

}  // namespace

term<timestamp> random_terms::instant(int depth) {
  if (depth <= 0 || chance_.one_in(6)) {
    if (in_.other && chance_.one_in(3)) {
      return made<timestamp>(other_stock()(&Stock::seen),
                             [](const row& r) { return r.other ? r.other->seen : std::nullopt; });
    }
    if (in_.stock && (!in_.move || chance_.one_in(2))) {
      return made<timestamp>(col<&Stock::seen>, [](const row& r) { return r.stock ? r.stock->seen : std::nullopt; });
    }
    return made<timestamp>(col<&Move::at>,
                           [](const row& r) { return r.move ? maybe<timestamp>(r.move->at) : std::nullopt; });
  }
  const std::size_t kind = chance_.below(9);
  if (kind >= 7) return chosen<timestamp>(depth);
  if (kind == 6) {
    const term<date> d = moment(depth - 1);
    return made<timestamp>(cast<timestamp>(d.sql),
                           lifted<timestamp>([](date x) { return timestamp{x.days * 24 * hour_us}; }, d.of));
  }
  const term<timestamp> t = instant(depth - 1);
  const whole_number n = chance_.between(-40, 90);
  switch (kind) {
    case 0:
      return made<timestamp>(add_hours(t.sql, n),
                             lifted<timestamp>([n](timestamp x) { return timestamp{x.us + n * hour_us}; }, t.of));
    case 1:
      return made<timestamp>(add_seconds(t.sql, n),
                             lifted<timestamp>([n](timestamp x) { return timestamp{x.us + n * second_us}; }, t.of));
    case 2:
      return made<timestamp>(add_days(t.sql, n),
                             lifted<timestamp>([n](timestamp x) { return timestamp{x.us + n * 24 * hour_us}; }, t.of));
    case 3:
      return made<timestamp>(start_of_hour(t.sql),
                             lifted<timestamp>([](timestamp x) { return cut(x, hour_us); }, t.of));
    case 4:
      return made<timestamp>(start_of_day(t.sql),
                             lifted<timestamp>([](timestamp x) { return cut(x, 24 * hour_us); }, t.of));
    default:
      return made<timestamp>(bucket(t.sql, std::chrono::minutes(15)),
                             lifted<timestamp>([](timestamp x) { return cut(x, hour_us / 4); }, t.of));
  }
}

term<std::int64_t> random_terms::clock_part(int depth) {
  const term<timestamp> t = instant(depth - 1);
  switch (chance_.below(4)) {
    case 0:
      return made<whole_number>(hour(t.sql),
                                lifted<whole_number>([](timestamp x) { return x.us / hour_us % 24; }, t.of), 23);
    case 1:
      return made<whole_number>(
          minute(t.sql), lifted<whole_number>([](timestamp x) { return x.us / (60 * second_us) % 60; }, t.of), 59);
    case 2:
      return made<whole_number>(second(t.sql),
                                lifted<whole_number>([](timestamp x) { return x.us / second_us % 60; }, t.of), 59);
    default:
      return made<whole_number>(epoch_seconds(t.sql),
                                lifted<whole_number>([](timestamp x) { return x.us / second_us; }, t.of), 1e10);
  }
}

term<uuid> random_terms::token(int depth) {
  if (depth > 0 && chance_.one_in(2)) return chosen<uuid>(depth);
  if (in_.stock && (!in_.move || chance_.one_in(2))) {
    return made<uuid>(col<&Stock::token>,
                      [](const row& r) { return r.stock ? maybe<uuid>(r.stock->token) : std::nullopt; });
  }
  return made<uuid>(col<&Move::token>, [](const row& r) { return r.move ? r.move->token : std::nullopt; });
}

term<Grade> random_terms::grade(int depth) {
  if (depth > 0 && chance_.one_in(2)) return chosen<Grade>(depth);
  if (in_.stock && (!in_.move || chance_.one_in(2))) {
    return made<Grade>(col<&Stock::grade>, [](const row& r) { return r.stock ? r.stock->grade : std::nullopt; });
  }
  return made<Grade>(col<&Move::grade>,
                     [](const row& r) { return r.move ? maybe<Grade>(r.move->grade) : std::nullopt; });
}

}  // namespace tupelo::conformance::random_queries
