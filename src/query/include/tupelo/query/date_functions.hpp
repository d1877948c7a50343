// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/term.hpp"
#include "tupelo/core/micros.hpp"

// The same results on every database: calendars count in UTC. NULL where an argument is NULL.

namespace tupelo {

namespace detail {

template <function F, class Term>
auto part_of(const Term& moment) {
  return call<int, int>(F, 0, moment);
}
template <calendar_unit Unit, class Term>
auto start_of(const Term& moment) {
  using value = typename term_named<Term>::type;
  return call<value, value>(function::start_of, static_cast<std::uint32_t>(Unit), moment);
}
template <calendar_unit Unit, class Term, class Amount>
auto shifted(const Term& moment, const Amount& amount) {
  static_assert(is_whole<Amount>, "tupelo: how many units a moment is shifted by is a whole number");
  using value = typename term_named<Term>::type;
  return call<value, std::int64_t>(function::shift, static_cast<std::uint32_t>(Unit), moment, amount);
}
template <class Argument>
inline constexpr bool is_moment = [] {
  constexpr kind k = field_kind<base_of<typename operand<Argument>::value_type>>();
  return same_kind(k, kind::timestamp) || same_kind(k, kind::date);
}();
/// A value beside a moment, as its own type.
template <class Argument>
void add_moment(expression& to, const Argument& argument) {
  add_argument<base_of<typename operand<Argument>::value_type>>(to, argument);
}

/// Errors: query_error for a width that is no whole number of seconds from 1 to 2^32 - 1.
std::uint32_t bucket_seconds(std::int64_t microseconds);

}  // namespace detail

/// The moment as the database's clock tells it: that of the transaction on PostgreSQL, of the statement on SQLite.
inline scalar<timestamp> now() {
  expression e;
  e.push(detail::call_word(function::now, 0));
  return e;
}

// ---- parts

#define TUPELO_PART(name, needs, what)                                                                           \
  template <detail::term Term>                                                                                   \
  auto name(const Term& moment) {                                                                                \
    static_assert(detail::term_named<Term>::needs, "tupelo: " #name "() needs a " what " column or expression"); \
    return detail::part_of<function::name>(moment);                                                              \
  }
TUPELO_PART(year, is_moment, "date or timestamp")
/// 1 to 12.
TUPELO_PART(month, is_moment, "date or timestamp")
/// 1 to 4.
TUPELO_PART(quarter, is_moment, "date or timestamp")
/// Of the month, from 1.
TUPELO_PART(day, is_moment, "date or timestamp")
/// From 1.
TUPELO_PART(day_of_year, is_moment, "date or timestamp")
/// 1 is Monday, 7 is Sunday.
TUPELO_PART(weekday, is_moment, "date or timestamp")
TUPELO_PART(hour, has_a_time, "timestamp")
TUPELO_PART(minute, has_a_time, "timestamp")
/// Whole ones.
TUPELO_PART(second, has_a_time, "timestamp")
#undef TUPELO_PART

// ---- the moment at which the year, month … began that the moment is in: of the same type

#define TUPELO_START(unit, needs, what)                                                  \
  template <detail::term Term>                                                           \
  auto start_of_##unit(const Term& moment) {                                             \
    static_assert(detail::term_named<Term>::needs,                                       \
                  "tupelo: start_of_" #unit "() needs a " what " column or expression"); \
    return detail::start_of<calendar_unit::unit>(moment);                                \
  }
TUPELO_START(year, is_moment, "date or timestamp")
TUPELO_START(quarter, is_moment, "date or timestamp")
TUPELO_START(month, is_moment, "date or timestamp")
/// Weeks begin on Monday.
TUPELO_START(week, is_moment, "date or timestamp")
TUPELO_START(day, has_a_time, "timestamp")
TUPELO_START(hour, has_a_time, "timestamp")
TUPELO_START(minute, has_a_time, "timestamp")
TUPELO_START(second, has_a_time, "timestamp")
#undef TUPELO_START

/// The moment at which the span of this length began that the moment is in: `tp::bucket(tp::col<&Visit::at>, 15min)`.
/// Spans are counted from 1970 on. Errors: query_error for a length that is no whole number of seconds.
template <detail::term Term, class Duration>
  requires(duration_like<Duration>)
auto bucket(const Term& moment, const Duration& width) {
  static_assert(detail::term_named<Term>::has_a_time, "tupelo: bucket() needs a timestamp column or expression");
  using value = typename detail::term_named<Term>::type;
  return detail::call<value, value>(function::bucket, detail::bucket_seconds(micros(width).value), moment);
}

// ---- later and earlier: so many units, a negative number being earlier

#define TUPELO_SHIFT(units, unit, needs, what)                                                                        \
  template <detail::term Term, class Amount>                                                                          \
  auto add_##units(const Term& moment, const Amount& units) {                                                         \
    static_assert(detail::term_named<Term>::needs, "tupelo: add_" #units "() needs a " what " column or expression"); \
    return detail::shifted<calendar_unit::unit>(moment, units);                                                       \
  }
TUPELO_SHIFT(years, year, is_moment, "date or timestamp")
/// A day that the other month has not becomes its last: a month behind January 31 is February 28 or 29. So with years.
TUPELO_SHIFT(months, month, is_moment, "date or timestamp")
TUPELO_SHIFT(weeks, week, is_moment, "date or timestamp")
TUPELO_SHIFT(days, day, is_moment, "date or timestamp")
TUPELO_SHIFT(hours, hour, has_a_time, "timestamp")
TUPELO_SHIFT(minutes, minute, has_a_time, "timestamp")
TUPELO_SHIFT(seconds, second, has_a_time, "timestamp")
#undef TUPELO_SHIFT

/// How many days the second is behind the first, as the calendar counts them: the time of day does not matter. Columns,
/// expressions and values, dates and timestamps.
template <class From, class To>
  requires(detail::term<From> || detail::term<To>)
auto days_between(const From& from, const To& to) {
  static_assert(detail::is_moment<From> && detail::is_moment<To>, "tupelo: days_between() takes dates and timestamps");
  expression e;
  detail::add_moment(e, from);
  detail::add_moment(e, to);
  e.push(detail::call_word(function::days_between, 2));
  return detail::scalar_over<detail::null_passed<std::int64_t, From, To>, From, To>(static_cast<expression&&>(e));
}
/// Whole seconds since 1970: `tp::epoch_seconds(end) - tp::epoch_seconds(begin)` is how long something took.
template <detail::term Term>
auto epoch_seconds(const Term& moment) {
  static_assert(detail::term_named<Term>::is_moment,
                "tupelo: epoch_seconds() needs a date or timestamp column or expression");
  return detail::call<std::int64_t, std::int64_t>(function::epoch_seconds, 0, moment);
}

}  // namespace tupelo
