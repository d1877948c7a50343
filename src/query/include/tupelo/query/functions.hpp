// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/condition.hpp"

namespace tupelo {

namespace detail {

template <class T, class... Models>
scalar<T, Models...> call(function f, expression&& argument) {
  argument.push(make_word(op::call, static_cast<std::uint8_t>(f), 1));
  return static_cast<expression&&>(argument);
}

/// The type of arithmetic over two numbers: decimals stay exact, else floating point wins, else the left one's.
template <class Left, class Right>
using sum_type = std::conditional_t<std::is_same_v<Left, decimal> || std::is_same_v<Right, decimal>, decimal,
                                    std::conditional_t<std::is_floating_point_v<Right>, Right, Left>>;

template <class T>
struct arithmetic {
  template <class Left, class... Models>
  using result = scalar<sum_type<Left, T>, Models...>;
};
template <auto... M>
struct arithmetic<column<M...>> {
  template <class Left, class... Models>
  using result = scalar<sum_type<Left, typename column<M...>::base>, Models..., typename column<M...>::owner>;
};
template <class T, class... Others>
struct arithmetic<scalar<T, Others...>> {
  template <class Left, class... Models>
  using result = scalar<sum_type<Left, T>, Models..., Others...>;
};

template <class T>
using total_type =
    std::conditional_t<std::is_integral_v<T>, std::int64_t, std::conditional_t<std::is_arithmetic_v<T>, double, T>>;

template <class T>
struct expression_in {
  static constexpr bool is_numeric = summable<T>;
};

}  // namespace detail

// ---- aggregates: the groups' rows, or all rows without group_by()

/// The number of rows.
inline scalar<std::int64_t> count() {
  return detail::call<std::int64_t>(function::count, expression(make_word(op::star)));
}
/// The number of rows in which the column is not NULL.
template <auto... M>
scalar<std::int64_t, typename column<M...>::owner> count(column<M...> c) {
  return detail::call<std::int64_t, typename column<M...>::owner>(function::count, c);
}
template <auto... M>
scalar<std::int64_t, typename column<M...>::owner> count_distinct(column<M...> c) {
  return detail::call<std::int64_t, typename column<M...>::owner>(function::count_distinct, c);
}
/// NULL without rows: read it into std::optional unless there are always some.
template <auto... M>
scalar<double, typename column<M...>::owner> avg(column<M...> c) {
  static_assert(detail::column_named<M...>::is_numeric, "tupelo: avg() needs a numeric column");
  return detail::call<double, typename column<M...>::owner>(function::avg, c);
}
/// Integers sum to std::int64_t, floating point to double, decimals to tp::decimal. NULL without rows.
template <auto... M>
auto sum(column<M...> c) {
  static_assert(detail::column_named<M...>::is_numeric, "tupelo: sum() needs a numeric column");
  using result = detail::total_type<typename column<M...>::base>;
  return detail::call<result, typename column<M...>::owner>(function::sum, c);
}
template <class T, class... Models>
scalar<detail::total_type<T>, Models...> sum(scalar<T, Models...> e) {
  static_assert(detail::expression_in<T>::is_numeric, "tupelo: sum() needs a numeric expression");
  return detail::call<detail::total_type<T>, Models...>(function::sum, static_cast<expression&&>(e));
}
template <class T, class... Models>
scalar<double, Models...> avg(scalar<T, Models...> e) {
  static_assert(detail::expression_in<T>::is_numeric, "tupelo: avg() needs a numeric expression");
  return detail::call<double, Models...>(function::avg, static_cast<expression&&>(e));
}
template <class T, class... Models>
scalar<T, Models...> min(scalar<T, Models...> e) {
  return detail::call<T, Models...>(function::min, static_cast<expression&&>(e));
}
template <class T, class... Models>
scalar<T, Models...> max(scalar<T, Models...> e) {
  return detail::call<T, Models...>(function::max, static_cast<expression&&>(e));
}
template <auto... M>
scalar<typename column<M...>::base, typename column<M...>::owner> min(column<M...> c) {
  return detail::call<typename column<M...>::base, typename column<M...>::owner>(function::min, c);
}
template <auto... M>
scalar<typename column<M...>::base, typename column<M...>::owner> max(column<M...> c) {
  return detail::call<typename column<M...>::base, typename column<M...>::owner>(function::max, c);
}

// ---- functions

template <auto... M>
scalar<std::string, typename column<M...>::owner> lower(column<M...> c) {
  static_assert(detail::column_named<M...>::is_text, "tupelo: lower() needs a text column");
  return detail::call<std::string, typename column<M...>::owner>(function::lower, c);
}
template <auto... M>
scalar<std::string, typename column<M...>::owner> upper(column<M...> c) {
  static_assert(detail::column_named<M...>::is_text, "tupelo: upper() needs a text column");
  return detail::call<std::string, typename column<M...>::owner>(function::upper, c);
}
/// In characters.
template <auto... M>
scalar<std::int64_t, typename column<M...>::owner> length(column<M...> c) {
  static_assert(detail::column_named<M...>::is_text, "tupelo: length() needs a text column");
  return detail::call<std::int64_t, typename column<M...>::owner>(function::length, c);
}
/// The parts of a moment, as the calendar counts them (UTC): for grouping by month and the like.
template <auto... M>
scalar<int, typename column<M...>::owner> year(column<M...> c) {
  static_assert(detail::column_named<M...>::is_moment, "tupelo: year() needs a date or timestamp column");
  return detail::call<int, typename column<M...>::owner>(function::year, c);
}
template <auto... M>
scalar<int, typename column<M...>::owner> month(column<M...> c) {
  static_assert(detail::column_named<M...>::is_moment, "tupelo: month() needs a date or timestamp column");
  return detail::call<int, typename column<M...>::owner>(function::month, c);
}
template <auto... M>
scalar<int, typename column<M...>::owner> day(column<M...> c) {
  static_assert(detail::column_named<M...>::is_moment, "tupelo: day() needs a date or timestamp column");
  return detail::call<int, typename column<M...>::owner>(function::day, c);
}
/// The column, or `otherwise` where it is NULL.
template <auto... M, class V>
scalar<typename column<M...>::base, typename column<M...>::owner> coalesce(column<M...> c, const V& otherwise) {
  using base = typename column<M...>::base;
  static_assert(detail::column_named<M...>::template accepts<V>,
                "tupelo: coalesce(): the second value does not match the column's type");
  expression e(c.ref);
  if constexpr (detail::fits<base, V>()) {
    e.combine(detail::value_expression<base>(otherwise),
              make_word(op::call, static_cast<std::uint8_t>(function::coalesce), 2));
  }
  return e;
}

// ---- arithmetic of columns, expressions and numbers

#define TUPELO_ARITHMETIC(o, f)                                                                                        \
  template <auto... M, class V>                                                                                        \
  scalar<detail::sum_type<typename column<M...>::base, V>, typename column<M...>::owner> operator o(column<M...>,      \
                                                                                                    const V & right) { \
    using base = typename column<M...>::base;                                                                          \
    static_assert(detail::column_named<M...>::is_numeric, "tupelo: arithmetic needs a numeric column");                \
    static_assert(detail::column_named<M...>::template computes_with<V>,                                               \
                  "tupelo: arithmetic needs a number beside a numeric column");                                        \
    expression e(column<M...>::ref);                                                                                   \
    if constexpr (detail::column_named<M...>::is_numeric && detail::summable<V>) {                                     \
      e.combine(detail::value_expression<base>(right),                                                                 \
                make_word(op::call, static_cast<std::uint8_t>(function::f), 2));                                       \
    }                                                                                                                  \
    return e;                                                                                                          \
  }                                                                                                                    \
  template <auto... M, auto... N>                                                                                      \
  scalar<detail::sum_type<typename column<M...>::base, typename column<N...>::base>, typename column<M...>::owner,     \
         typename column<N...>::owner> operator o(column<M...>, column<N...>) {                                        \
    static_assert(detail::column_named<M...>::is_numeric && detail::column_named<N...>::is_numeric,                    \
                  "tupelo: arithmetic needs numeric columns");                                                         \
    expression e(column<M...>::ref);                                                                                   \
    e.combine(expression(column<N...>::ref), make_word(op::call, static_cast<std::uint8_t>(function::f), 2));          \
    return e;                                                                                                          \
  }                                                                                                                    \
  template <auto... M, class T, class... Models>                                                                       \
  scalar<detail::sum_type<typename column<M...>::base, T>, typename column<M...>::owner, Models...> operator o(        \
      column<M...>, const scalar<T, Models...>& right) {                                                               \
    static_assert(detail::column_named<M...>::is_numeric, "tupelo: arithmetic needs a numeric column");                \
    static_assert(detail::expression_in<T>::is_numeric, "tupelo: arithmetic needs a numeric expression");              \
    expression e(column<M...>::ref);                                                                                   \
    e.combine(right, make_word(op::call, static_cast<std::uint8_t>(function::f), 2));                                  \
    return e;                                                                                                          \
  }                                                                                                                    \
  template <class T, class... Models, class V>                                                                         \
    requires(detail::summable<typename detail::operand<V>::value_type>)                                                \
  typename detail::arithmetic<V>::template result<T, Models...> operator o(scalar<T, Models...> left,                  \
                                                                           const V & right) {                          \
    static_assert(detail::expression_in<T>::is_numeric, "tupelo: arithmetic needs a numeric expression");              \
    left.combine(detail::operand<V>::template of<T>(right),                                                            \
                 make_word(op::call, static_cast<std::uint8_t>(function::f), 2));                                      \
    return static_cast<expression&&>(left);                                                                            \
  }                                                                                                                    \
  template <detail::number V, auto... M>                                                                               \
  scalar<detail::sum_type<typename column<M...>::base, V>, typename column<M...>::owner> operator o(V left,            \
                                                                                                    column<M...>) {    \
    static_assert(detail::column_named<M...>::is_numeric, "tupelo: arithmetic needs a numeric column");                \
    expression e = detail::value_expression<typename column<M...>::base>(left);                                        \
    e.combine(expression(column<M...>::ref), make_word(op::call, static_cast<std::uint8_t>(function::f), 2));          \
    return e;                                                                                                          \
  }
TUPELO_ARITHMETIC(+, add)
TUPELO_ARITHMETIC(-, subtract)
TUPELO_ARITHMETIC(*, multiply)
TUPELO_ARITHMETIC(/, divide)
#undef TUPELO_ARITHMETIC

}  // namespace tupelo
