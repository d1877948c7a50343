// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/date_functions.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/query/table_alias.hpp"

#include <cstdint>
#include <string_view>

namespace tupelo {

namespace detail {

template <class Bound>
struct series_bound {
  using value = base_of<typename operand<Bound>::value_type>;
  static constexpr bool is_a_time = fits<timestamp, value>();
  static constexpr bool names_no_column = std::is_same_v<typename operand<Bound>::models, models<>>;
};

}  // namespace detail

/// Every bucket between two moments, as rows to read from: what tp::bucket() of the same width gives, whether anything
/// is in it or not. See tp::buckets.
class bucket_series : public table_alias<timestamp> {
public:
  using outer_condition = condition<>;

  /// Errors: query_error for an empty name and for a width that tp::bucket() would refuse.
  bucket_series(std::string_view name, expression from_and_to, std::int64_t width_us);

  /// That the moment is in the bucket. An index over the moment serves it.
  template <detail::term Term>
  auto holds(const Term& moment) const {
    static_assert(detail::term_named<Term>::has_a_time, "tupelo: holds() needs a timestamp column or expression");
    return moment >= value() && moment < add_seconds(value(), static_cast<std::int64_t>(seconds_));
  }

  void add_to(query_core& core) const;

private:
  expression rows_;
  std::uint32_t seconds_;
};

/// The buckets from that of `from` to the last that begins before `to`, one row each; none where `from` is not before
/// `to`. Joined from the left, an empty one is a row too, its counts 0 and its other aggregates NULL:
///
///     const auto hours = tp::buckets("hours", from, to, 1h);
///     db.query(hours).left_join<Visit>(hours.holds(tp::col<&Visit::at>)).group_by(hours.value())
///         .order_by(hours.value()).select(hours.value(), tp::count(tp::col<&Visit::id>))
///
/// Both ends are moments or expressions of the query alone, as tp::now(). Errors: query_error for an empty name, a
/// width that is no whole number of seconds, and a bound without end.
template <class From, class To, class Duration>
  requires(duration_like<Duration>)
bucket_series buckets(std::string_view name, const From& from, const To& to, const Duration& width) {
  static_assert(detail::series_bound<From>::is_a_time && detail::series_bound<To>::is_a_time,
                "tupelo: buckets(): both bounds are moments: tp::timestamp, a time point or an expression of these");
  static_assert(detail::series_bound<From>::names_no_column && detail::series_bound<To>::names_no_column,
                "tupelo: buckets(): a bound names a column; there is no row yet: use values and tp::now()");
  expression bounds;
  if constexpr (detail::series_bound<From>::is_a_time && detail::series_bound<To>::is_a_time) {
    bounds.append(detail::operand<From>::template of<timestamp>(from));
    bounds.append(detail::operand<To>::template of<timestamp>(to));
  }
  return {name, static_cast<expression&&>(bounds), micros(width).value};
}

}  // namespace tupelo
