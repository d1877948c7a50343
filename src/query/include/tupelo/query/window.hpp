// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/aggregates.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace tupelo {

/// Where a window's frame begins or ends.
struct frame_bound {
  frame_bound_kind k;
  std::int64_t rows;
};
inline constexpr frame_bound unbounded_preceding{frame_bound_kind::unbounded_preceding, 0};
inline constexpr frame_bound unbounded_following{frame_bound_kind::unbounded_following, 0};
inline constexpr frame_bound current_row{frame_bound_kind::current_row, 0};
constexpr frame_bound preceding(std::int64_t rows) noexcept { return {frame_bound_kind::preceding, rows}; }
constexpr frame_bound following(std::int64_t rows) noexcept { return {frame_bound_kind::following, rows}; }

namespace detail {

/// Errors: query_error for a bound that is further away than 4095 rows or a negative number of them.
std::uint32_t packed_frame(frame_unit unit, frame_bound from, frame_bound to);
/// Errors: query_error for less than `least` or more than 2^31 - 1.
std::uint32_t told_count(std::string_view function, std::int64_t count, std::int64_t least);

}  // namespace detail

/// The rows around each row that a function is computed from: `tp::partition_by(author).order_by(day)`. Made of one
/// another: each call gives a new one.
///
/// With an order and without a frame these are the rows from the first of the partition to the last that is equal to
/// the row by the order; without an order, all of the partition.
template <class... Models>
class window {
public:
  window() = default;
  window(expression partitions, std::uint8_t partition_count, expression orders, std::uint8_t order_count,
         std::uint32_t frame) noexcept
      : partitions_(static_cast<expression&&>(partitions)),
        orders_(static_cast<expression&&>(orders)),
        frame_(frame),
        partition_count_(partition_count),
        order_count_(order_count) {}

  /// Rows that are equal in these terms belong together.
  template <class... Terms>
  auto partition_by(const Terms&... terms) const {
    static_assert((detail::term<Terms> && ...), "tupelo: partition_by() takes columns and expressions");
    expression partitions(partitions_);
    (partitions.append(terms), ...);
    return made_of<Terms...>(static_cast<expression&&>(partitions), sizeof...(Terms), expression(orders_), 0, frame_);
  }
  /// Columns, expressions, `.asc()` and `.desc()`.
  template <class... Terms>
  auto order_by(const Terms&... terms) const {
    expression orders(orders_);
    (detail::add_order(orders, detail::ordered(terms)), ...);
    return made_of<Terms...>(expression(partitions_), 0, static_cast<expression&&>(orders), sizeof...(Terms), frame_);
  }
  /// From so many rows before to so many rows behind: `rows_between(tp::preceding(6), tp::current_row)`.
  window rows_between(frame_bound from, frame_bound to) const { return framed(frame_unit::rows, from, to); }
  /// The same where all rows are one that the order leaves equal; bounds are unbounded or the current row.
  window range_between(frame_bound from, frame_bound to) const { return framed(frame_unit::range, from, to); }
  /// The same, counting such rows as one.
  window groups_between(frame_bound from, frame_bound to) const { return framed(frame_unit::groups, from, to); }

  template <class T, class... Of>
  auto applied(const expression& function) const {
    using models = decltype((detail::models<Of...>() + ... + detail::models<Models>()));
    expression e(function);
    e.append(partitions_);
    e.append(orders_);
    e.push(make_word(op::over, 0, static_cast<std::uint16_t>(partition_count_ | order_count_ << 8), frame_));
    return typename detail::over<models>::template scalar<T>(static_cast<expression&&>(e));
  }

private:
  template <class... Terms>
  auto made_of(expression&& partitions, std::size_t more_partitions, expression&& orders, std::size_t more_orders,
               std::uint32_t frame) const {
    using models = decltype((detail::models<Models...>() + ... + typename Terms::term_models()));
    using made = typename detail::over<models>::template as<window>;
    return made(static_cast<expression&&>(partitions), static_cast<std::uint8_t>(partition_count_ + more_partitions),
                static_cast<expression&&>(orders), static_cast<std::uint8_t>(order_count_ + more_orders), frame);
  }
  window framed(frame_unit unit, frame_bound from, frame_bound to) const {
    window other(*this);
    other.frame_ = detail::packed_frame(unit, from, to);
    return other;
  }

  expression partitions_;
  expression orders_;
  std::uint32_t frame_ = 0;
  std::uint8_t partition_count_ = 0;
  std::uint8_t order_count_ = 0;
};

template <class... Terms>
auto partition_by(const Terms&... terms) {
  return window<>().partition_by(terms...);
}
template <class... Terms>
auto order_by(const Terms&... terms) {
  return window<>().order_by(terms...);
}

/// A function that means nothing without a window: `tp::row_number().over(tp::order_by(day))`.
template <class T, class... Models>
class window_function {
public:
  using selected_type = T;
  explicit window_function(expression&& call) noexcept : call_(static_cast<expression&&>(call)) {}

  template <class Window>
  auto over(const Window& window) const {
    return window.template applied<T, Models...>(call_);
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
