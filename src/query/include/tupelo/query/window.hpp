// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/aggregates.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace tupelo {

/// Where a window's frame begins or ends.
struct frame_bound {
  frame_bound_kind k;
  std::int64_t rows;
};
inline constexpr frame_bound unbounded_preceding{frame_bound_kind::unbounded_preceding, 0};
inline constexpr frame_bound unbounded_following{frame_bound_kind::unbounded_following, 0};
inline constexpr frame_bound current_row{frame_bound_kind::current_row, 0};

/// A bound so far away: in rows, in groups of equal rows, or in what the window is ordered by.
template <class Distance>
struct frame_distance {
  frame_bound_kind k;
  Distance distance;

  constexpr operator frame_bound() const noexcept  // NOLINT(*-explicit-*)
    requires(std::is_integral_v<Distance>)
  {
    return {k, static_cast<std::int64_t>(distance)};
  }
};

namespace detail {

template <class Distance>
inline constexpr bool is_length_of_time = same_kind(field_kind<Distance>(), kind::interval);

}  // namespace detail

/// Numbers, and spans of time: std::chrono durations and tp::interval.
template <class Distance>
  requires(detail::summable<Distance> || detail::is_length_of_time<Distance>)
constexpr frame_distance<Distance> preceding(const Distance& distance) noexcept {
  return {frame_bound_kind::preceding, distance};
}
template <class Distance>
  requires(detail::summable<Distance> || detail::is_length_of_time<Distance>)
constexpr frame_distance<Distance> following(const Distance& distance) noexcept {
  return {frame_bound_kind::following, distance};
}

namespace detail {

/// Errors: query_error for a bound that is further away than 4095 rows or a negative number of them.
std::uint32_t packed_frame(frame_unit unit, frame_bound from, frame_bound to);
/// Errors: query_error for less than `least` or more than 2^31 - 1.
std::uint32_t told_count(std::string_view function, std::int64_t count, std::int64_t least);
/// Errors: query_error for a negative distance.
void add_distance(expression& distances, const literal& distance);

template <class Term>
struct ordered_type {
  using type = void;  // .asc() and .desc() do not say it
};
template <class Term>
  requires requires { typename Term::value_type; }
struct ordered_type<Term> {
  using type = base_of<typename Term::value_type>;
};

/// How many terms order a window, and the type of the only one; void: it is looked at when the query is run.
template <std::size_t Count, class T>
struct window_order {
  static constexpr bool is_one_term = Count == 1;
  template <class Distance>
  static constexpr bool reaches = [] {
    if constexpr (std::is_void_v<T>) {
      return true;
    } else if constexpr (summable<T>) {
      return summable<Distance> && fits<T, Distance>();
    } else {
      constexpr kind k = field_kind<T>();
      return (same_kind(k, kind::timestamp) || same_kind(k, kind::date)) && is_length_of_time<Distance>;
    }
  }();
  template <class Distance>
  using distance_type = std::conditional_t<std::is_void_v<T> || is_length_of_time<Distance>, Distance, T>;

  template <class Term>
  static auto behind() {
    using type = std::conditional_t<Count == 0, typename ordered_type<Term>::type, void>;
    return window_order<Count + 1, type>();
  }
  template <class... Terms>
  static auto with() {
    if constexpr (sizeof...(Terms) == 1) {
      return (behind<Terms>(), ...);
    } else {
      return window_order<Count + sizeof...(Terms), void>();
    }
  }
};

/// That of a window that is kept to be added to: what orders it is looked at when the query is run.
struct unknown_order {
  static constexpr bool is_one_term = true;
  template <class>
  static constexpr bool reaches = true;
  template <class Distance>
  using distance_type = Distance;
  template <class...>
  static unknown_order with() {
    return {};
  }
};

/// A bound of range_between(): what it says where it is a distance.
template <class Bound>
struct range_bound {
  static constexpr bool is_distance = false;
  template <class>
  static constexpr bool fits = true;
};
template <class Distance>
struct range_bound<frame_distance<Distance>> {
  static constexpr bool is_distance = true;
  template <class Order>
  static constexpr bool fits = Order::template reaches<Distance>;
};

struct window_words {
  expression partitions, orders, distances;
  std::uint32_t frame = 0;
  std::uint8_t partition_count = 0, order_count = 0;
  std::uint8_t flags = 0;  ///< frame_exclusion, frame_flags
};

}  // namespace detail

/// The rows around each row that a function is computed from: `tp::partition_by(author).order_by(day)`. Made of one
/// another: each call gives a new one.
///
/// With an order and without a frame these are the rows from the first of the partition to the last that is equal to
/// the row by the order; without an order, all of the partition.
template <class Order, class... Models>
class ordered_window {
public:
  using order_type = Order;

  ordered_window() = default;
  explicit ordered_window(detail::window_words&& words) noexcept : words_(static_cast<detail::window_words&&>(words)) {}
  template <class Other>
    requires(std::is_same_v<Order, detail::unknown_order> && !std::is_same_v<Order, Other>)
  ordered_window(const ordered_window<Other, Models...>& other) : words_(other.words_) {}  // NOLINT(*-explicit-*)

  /// Rows that are equal in these terms belong together.
  template <class... Terms>
  auto partition_by(const Terms&... terms) const {
    static_assert((detail::term<Terms> && ...), "tupelo: partition_by() takes columns and expressions");
    detail::window_words words(words_);
    (words.partitions.append(terms), ...);
    words.partition_count = static_cast<std::uint8_t>(words.partition_count + sizeof...(Terms));
    return made_of<Order, Terms...>(static_cast<detail::window_words&&>(words));
  }
  /// Columns, expressions, `.asc()` and `.desc()`.
  template <class... Terms>
  auto order_by(const Terms&... terms) const {
    detail::window_words words(words_);
    (detail::add_order(words.orders, detail::ordered(terms)), ...);
    words.order_count = static_cast<std::uint8_t>(words.order_count + sizeof...(Terms));
    using order = decltype(Order::template with<Terms...>());
    return made_of<order, Terms...>(static_cast<detail::window_words&&>(words));
  }
  /// From so many rows before to so many rows behind: `rows_between(tp::preceding(6), tp::current_row)`.
  ordered_window rows_between(frame_bound from, frame_bound to) const { return framed(frame_unit::rows, from, to); }
  /// The rows whose value of the one term of the order is at most so far from the current row's:
  /// `tp::order_by(at).range_between(tp::preceding(7 * 24h), tp::current_row)`. All rows are one that the order leaves
  /// equal. Errors: query_error for a negative distance. Errors when run: query_error for a distance that does not go
  /// with the term, unsupported_feature where the database cannot compute with such distances.
  template <class From, class To>
  ordered_window range_between(const From& from, const To& to) const {
    using first = detail::range_bound<From>;
    using last = detail::range_bound<To>;
    static_assert(Order::is_one_term || !(first::is_distance || last::is_distance),
                  "tupelo: a frame that reaches so far by value needs an order of exactly one term: say order_by(…) "
                  "before range_between(…)");
    static_assert(first::template fits<Order> && last::template fits<Order>,
                  "tupelo: a frame cannot reach this distance in what the window is ordered by: numbers go with "
                  "numbers, std::chrono durations and tp::interval with dates and timestamps");
    detail::window_words words(words_);
    words.distances = expression();
    words.flags = static_cast<std::uint8_t>(words_.flags & frame_exclusion_bits);
    if constexpr (first::template fits<Order> && last::template fits<Order>) {
      const frame_bound begin = range_bound_of(words, from, frame_from_value);
      words.frame = detail::packed_frame(frame_unit::range, begin, range_bound_of(words, to, frame_to_value));
    }
    return ordered_window(static_cast<detail::window_words&&>(words));
  }
  /// As rows_between, counting rows that the order leaves equal as one.
  ordered_window groups_between(frame_bound from, frame_bound to) const { return framed(frame_unit::groups, from, to); }
  /// What of the frame is left out after all; of the frame that is there without saying one, too. Errors when run:
  /// unsupported_feature.
  ordered_window exclude(frame_exclusion what) const {
    ordered_window other(*this);
    other.words_.flags =
        static_cast<std::uint8_t>((words_.flags & ~frame_exclusion_bits) | static_cast<std::uint8_t>(what));
    return other;
  }

  template <class T, class... Of>
  auto applied(const expression& function) const {
    using models = decltype((detail::models<Of...>() + ... + detail::models<Models>()));
    expression e(function);
    e.append(words_.partitions);
    e.append(words_.orders);
    e.append(words_.distances);
    e.push(make_word(op::over, words_.flags,
                     static_cast<std::uint16_t>(words_.partition_count | words_.order_count << 8), words_.frame));
    return typename detail::over<models>::template scalar<T>(static_cast<expression&&>(e));
  }

private:
  template <class, class...>
  friend class ordered_window;

  template <class NewOrder, class... Terms>
  auto made_of(detail::window_words&& words) const {
    using models = decltype((detail::models<Models...>() + ... + typename Terms::term_models()));
    using made = typename detail::over<models>::template apply<ordered_window, NewOrder>;
    return made(static_cast<detail::window_words&&>(words));
  }
  ordered_window framed(frame_unit unit, frame_bound from, frame_bound to) const {
    ordered_window other(*this);
    other.words_.distances = expression();
    other.words_.flags = static_cast<std::uint8_t>(words_.flags & frame_exclusion_bits);
    other.words_.frame = detail::packed_frame(unit, from, to);
    return other;
  }
  template <class Distance>
  static frame_bound range_bound_of(detail::window_words& words, const frame_distance<Distance>& bound,
                                    frame_flags flag) {
    detail::text_room<Distance> room;
    using as = typename Order::template distance_type<Distance>;
    detail::add_distance(words.distances, detail::literal_of<as>(bound.distance, room));
    words.flags = static_cast<std::uint8_t>(words.flags | flag);
    return {bound.k, 0};
  }
  static frame_bound range_bound_of(detail::window_words& words, frame_bound bound, frame_flags flag) {
    const bool is_distance = bound.k == frame_bound_kind::preceding || bound.k == frame_bound_kind::following;
    return is_distance ? range_bound_of(words, frame_distance<std::int64_t>{bound.k, bound.rows}, flag) : bound;
  }

  detail::window_words words_;
};

/// One to keep and add to, whatever orders it:
///
///     tp::window<Post> of = tp::order_by(day);
///     if (each) of = of.partition_by(author);
template <class... Models>
using window = ordered_window<detail::unknown_order, Models...>;

template <class... Terms>
auto partition_by(const Terms&... terms) {
  return ordered_window<detail::window_order<0, void>>().partition_by(terms...);
}
template <class... Terms>
auto order_by(const Terms&... terms) {
  return ordered_window<detail::window_order<0, void>>().order_by(terms...);
}

/// A function that means nothing without a window: `tp::row_number().over(tp::order_by(day))`.
template <class T, class... Models>
class window_function {
public:
  using selected_type = T;
  explicit window_function(expression&& call) noexcept : call_(static_cast<expression&&>(call)) {}

  template <class Window>
  auto over(const Window& window) const {
    if constexpr (detail::check_over<Window>()) {
      return window.template applied<T, Models...>(call_);
    } else {
      return over();
    }
  }
  /// All rows of the query are one window.
  auto over() const { return over(window<>()); }

private:
  expression call_;
};

namespace detail {

template <class T>
window_function<T> window_call(function f, std::uint32_t told = 0) {
  expression e;
  e.push(call_word(f, 0, told));
  return window_function<T>(static_cast<expression&&>(e));
}
template <class Term>
auto window_value(function f, const Term& term, std::uint32_t told = 0) {
  using value = std::optional<typename term_named<Term>::type>;
  expression e = operand<Term>::template of<value>(term);
  e.push(call_word(f, 1, told));
  return
      typename over<typename Term::term_models>::template apply<window_function, value>(static_cast<expression&&>(e));
}

}  // namespace detail

/// Counts the rows of the partition, from 1.
inline window_function<std::int64_t> row_number() { return detail::window_call<std::int64_t>(function::row_number); }
/// The same, rows that the order leaves equal having the number of the first of them.
inline window_function<std::int64_t> rank() { return detail::window_call<std::int64_t>(function::rank); }
/// The same without gaps behind such rows.
inline window_function<std::int64_t> dense_rank() { return detail::window_call<std::int64_t>(function::dense_rank); }
/// In which of so many parts of equal size the row is, from 1. Errors: query_error for less than 1 part.
inline window_function<std::int64_t> ntile(std::int64_t parts) {
  return detail::window_call<std::int64_t>(function::ntile, detail::told_count("ntile", parts, 1));
}
/// The value in the row that is so many rows before; NULL where there is none. Errors: query_error for less than 1 row.
template <detail::term Term>
auto lag(const Term& term, std::int64_t rows = 1) {
  return detail::window_value(function::lag, term, detail::told_count("lag", rows, 1));
}
/// The value in the row that is so many rows behind.
template <detail::term Term>
auto lead(const Term& term, std::int64_t rows = 1) {
  return detail::window_value(function::lead, term, detail::told_count("lead", rows, 1));
}
/// The value in the frame's first row; of the three below, NULL where there is no such row.
template <detail::term Term>
auto first_value(const Term& term) {
  return detail::window_value(function::first_value, term);
}
/// In its last row, which is the current one unless a frame says more.
template <detail::term Term>
auto last_value(const Term& term) {
  return detail::window_value(function::last_value, term);
}
/// In the row of this number, from 1. Errors: query_error for a number below 1.
template <detail::term Term>
auto nth_value(const Term& term, std::int64_t row) {
  return detail::window_value(function::nth_value, term, detail::told_count("nth_value", row, 1));
}

}  // namespace tupelo
