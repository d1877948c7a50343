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

template <class T>
struct operand {  // a value
  using value_type = T;
  template <class Other>
  static expression of(const T& value) {
    return literal<Other>(value);
  }
  template <class R>
  using result = scalar<R>;
};
template <auto... M>
struct operand<column<M...>> {
  using value_type = typename column<M...>::base;
  template <class>
  static expression of(column<M...>) {
    return expression(column<M...>::ref);
  }
};
template <class T, class... Models>
struct operand<scalar<T, Models...>> {
  using value_type = T;
  template <class>
  static expression of(const scalar<T, Models...>& e) {
    return e;
  }
};

}  // namespace detail

// ---- aggregates: the groups' rows, or all rows without group_by()

/// The number of rows.
inline scalar<std::int64_t> count() { return detail::call<std::int64_t>(function::count, expression(make_word(op::star))); }
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
  static_assert(detail::summable<typename column<M...>::base>, "tupelo: avg() needs a numeric column");
  return detail::call<double, typename column<M...>::owner>(function::avg, c);
}
/// Integers sum to std::int64_t, floating point to double, decimals to tp::decimal. NULL without rows.
template <auto... M>
auto sum(column<M...> c) {
  using base = typename column<M...>::base;
  static_assert(detail::summable<base>, "tupelo: sum() needs a numeric column");
  using result = std::conditional_t<std::is_integral_v<base>, std::int64_t, std::conditional_t<std::is_arithmetic_v<base>, double, base>>;
  return detail::call<result, typename column<M...>::owner>(function::sum, c);
}
template <class T, class... Models>
scalar<T, Models...> sum(scalar<T, Models...> e) {
  static_assert(detail::summable<T>, "tupelo: sum() needs a numeric expression");
  return detail::call<T, Models...>(function::sum, static_cast<expression&&>(e));
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
  static_assert(std::is_same_v<typename column<M...>::base, std::string>, "tupelo: lower() needs a text column");
  return detail::call<std::string, typename column<M...>::owner>(function::lower, c);
}
template <auto... M>
scalar<std::string, typename column<M...>::owner> upper(column<M...> c) {
  static_assert(std::is_same_v<typename column<M...>::base, std::string>, "tupelo: upper() needs a text column");
  return detail::call<std::string, typename column<M...>::owner>(function::upper, c);
}
/// In characters.
template <auto... M>
scalar<std::int64_t, typename column<M...>::owner> length(column<M...> c) {
  static_assert(std::is_same_v<typename column<M...>::base, std::string>, "tupelo: length() needs a text column");
  return detail::call<std::int64_t, typename column<M...>::owner>(function::length, c);
}
/// The column, or `otherwise` where it is NULL.
template <auto... M, class V>
scalar<typename column<M...>::base, typename column<M...>::owner> coalesce(column<M...> c, const V& otherwise) {
  using base = typename column<M...>::base;
  static_assert(detail::fits<base, V>(), "tupelo: coalesce(): the second value does not match the column's type");
  expression e(c.ref);
  e.combine(detail::literal<base>(otherwise), make_word(op::call, static_cast<std::uint8_t>(function::coalesce), 2));
  return e;
}

// ---- arithmetic of columns, expressions and numbers

#define TUPELO_ARITHMETIC(o, f)                                                                                             \
  template <auto... M, class V>                                                                                             \
    requires(detail::summable<typename detail::operand<V>::value_type>)                                                     \
  scalar<typename column<M...>::base, typename column<M...>::owner> operator o(column<M...>, const V& right) {              \
    using base = typename column<M...>::base;                                                                               \
    static_assert(detail::summable<base>, "tupelo: arithmetic needs a numeric column");                                     \
    expression e(column<M...>::ref);                                                                                        \
    e.combine(detail::operand<V>::template of<base>(right), make_word(op::call, static_cast<std::uint8_t>(function::f), 2)); \
    return e;                                                                                                               \
  }                                                                                                                         \
  template <auto... M, auto... N>                                                                                           \
  scalar<typename column<M...>::base, typename column<M...>::owner, typename column<N...>::owner> operator o(column<M...>, column<N...>) { \
    static_assert(detail::summable<typename column<M...>::base> && detail::summable<typename column<N...>::base>,           \
                  "tupelo: arithmetic needs numeric columns");                                                              \
    expression e(column<M...>::ref);                                                                                        \
    e.combine(expression(column<N...>::ref), make_word(op::call, static_cast<std::uint8_t>(function::f), 2));               \
    return e;                                                                                                               \
  }                                                                                                                         \
  template <class T, class... Models, class V>                                                                              \
    requires(detail::summable<typename detail::operand<V>::value_type>)                                                     \
  scalar<T, Models...> operator o(scalar<T, Models...> left, const V& right) {                                              \
    left.combine(detail::operand<V>::template of<T>(right), make_word(op::call, static_cast<std::uint8_t>(function::f), 2)); \
    return static_cast<expression&&>(left);                                                                                 \
  }
TUPELO_ARITHMETIC(+, add)
TUPELO_ARITHMETIC(-, subtract)
TUPELO_ARITHMETIC(*, multiply)
TUPELO_ARITHMETIC(/, divide)
#undef TUPELO_ARITHMETIC

// ---- subqueries

/// The query has at least one row. Its conditions may name columns of the outer query's models: `exists<User>(…)`.
template <class... Outer, class Query>
condition<Outer...> exists(const Query& query) {
  return detail::with_query(expression(), query.core(), op::exists);
}

}  // namespace tupelo
