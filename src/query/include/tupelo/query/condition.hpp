// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/column.hpp"

namespace tupelo {

/// A boolean expression over the columns of `Models`; what `where`, `having`, `join` and checks take.
template <class... Models>
class condition : public expression {
public:
  condition(column_ref column, comparison c, const literal& value) noexcept : expression(column, c, value) {}
  condition(expression&& e) noexcept : expression(static_cast<expression&&>(e)) {}
};
// Nearly all conditions are over one model: these overloads spare the compiler the packs.
template <class Model>
class condition<Model> : public expression {
public:
  condition(column_ref column, comparison c, const literal& value) noexcept : expression(column, c, value) {}
  condition(expression&& e) noexcept : expression(static_cast<expression&&>(e)) {}

  friend condition operator&&(condition&& a, const condition& b) {
    a.combine(b, make_word(op::and_));
    return static_cast<condition&&>(a);
  }
  friend condition operator||(condition&& a, const condition& b) {
    a.combine(b, make_word(op::or_));
    return static_cast<condition&&>(a);
  }
  friend condition operator&&(const condition& a, const condition& b) { return condition(a) && b; }
  friend condition operator||(const condition& a, const condition& b) { return condition(a) || b; }
};

template <class... As, class... Bs>
  requires(sizeof...(As) != 1 || !std::is_same_v<condition<As...>, condition<Bs...>>)
condition<As..., Bs...> operator&&(condition<As...> a, const condition<Bs...>& b) {
  a.combine(b, make_word(op::and_));
  return static_cast<expression&&>(a);
}
template <class... As, class... Bs>
  requires(sizeof...(As) != 1 || !std::is_same_v<condition<As...>, condition<Bs...>>)
condition<As..., Bs...> operator||(condition<As...> a, const condition<Bs...>& b) {
  a.combine(b, make_word(op::or_));
  return static_cast<expression&&>(a);
}
template <class... Models>
condition<Models...> operator!(condition<Models...> c) {
  c.push(make_word(op::not_));
  return static_cast<expression&&>(c);
}

/// A computed value of type T over the columns of `Models`: an aggregate, a function, arithmetic.
template <class T, class... Models>
class scalar : public expression {
public:
  using value_type = T;
  scalar(expression&& e) noexcept : expression(static_cast<expression&&>(e)) {}
  ordering<Models...> asc() const { return {*this, false}; }
  ordering<Models...> desc() const { return {*this, true}; }
};

namespace detail {

/// What stands beside a column or an expression: a value, a column or an expression, and its type.
template <class T>
struct operand {
  using value_type = T;
  template <class Other>
  static expression of(const T& value) {
    return value_expression<Other>(value);
  }
  template <class... Models>
  using joined = condition<Models...>;
};
template <auto... M>
struct operand<column<M...>> {
  using value_type = typename column<M...>::base;
  template <class>
  static expression of(column<M...>) {
    return expression(column<M...>::ref);
  }
  template <class... Models>
  using joined = condition<Models..., typename column<M...>::owner>;
};
template <class T, class... Others>
struct operand<scalar<T, Others...>> {
  using value_type = T;
  template <class>
  static expression of(const scalar<T, Others...>& e) {
    return e;
  }
  template <class... Models>
  using joined = condition<Models..., Others...>;
};

/// Whether an expression of type T compares with V: numbers always do, what else there is must fit.
template <class T, class V>
consteval bool compares() {
  using value = base_of<typename operand<V>::value_type>;
  if constexpr (summable<T> && summable<value>) {
    return true;
  } else if constexpr (std::is_same_v<typename operand<V>::value_type, V>) {
    return fits<T, V>();
  } else {
    return fits<T, value>() || fits<value, T>();
  }
}
template <class Expression>
struct expression_of {
  template <class Value>
  static constexpr bool accepts = compares<Expression, Value>();
};

}  // namespace detail

#define TUPELO_COMPARISON(o, c)                                                                                        \
  template <auto... M, class V>                                                                                        \
  inline condition<typename column<M...>::owner> operator o(column<M...>, const V & value) {                           \
    static_assert(detail::column_named<M...>::is_stored,                                                               \
                  "tupelo: a relation is no column: compare its foreign key, or use tp::exists()");                    \
    static_assert(                                                                                                     \
        detail::column_named<M...>::is_one_value,                                                                      \
        "tupelo: a nested value object is no column; name a field in it: tp::col<&Outer::field, &Inner::field>");      \
    static_assert(detail::column_named<M...>::template accepts_value<V>,                                               \
                  "tupelo: this value cannot be compared with this column: their types do not match");                 \
    static_assert(!detail::column_named<M...>::is_array || comparison::c <= comparison::not_equal,                     \
                  "tupelo: arrays have no order that all databases agree on: compare them with == and !=");            \
    if constexpr (detail::column_named<M...>::template accepts<V>) {                                                   \
      detail::text_room<V> room;                                                                                       \
      return {column<M...>::ref, comparison::c, detail::literal_of<typename column<M...>::base>(value, room)};         \
    } else {                                                                                                           \
      return expression();                                                                                             \
    }                                                                                                                  \
  }                                                                                                                    \
  template <auto... M, auto... N>                                                                                      \
  inline condition<typename column<M...>::owner, typename column<N...>::owner> operator o(column<M...>,                \
                                                                                          column<N...>) {              \
    static_assert(detail::column_named<M...>::template accepts_column<N...>,                                           \
                  "tupelo: these two columns cannot be compared: their types do not match");                           \
    static_assert(!detail::column_named<M...>::is_array || comparison::c <= comparison::not_equal,                     \
                  "tupelo: arrays have no order that all databases agree on: compare them with == and !=");            \
    return expression(column<M...>::ref, comparison::c, column<N...>::ref);                                            \
  }                                                                                                                    \
  template <auto... M, class T, class... Models>                                                                       \
  inline condition<typename column<M...>::owner, Models...> operator o(column<M...>,                                   \
                                                                       const scalar<T, Models...>& value) {            \
    static_assert(detail::column_named<M...>::template compares_with<T>,                                               \
                  "tupelo: this expression cannot be compared with this column: their types do not match");            \
    expression e(column<M...>::ref);                                                                                   \
    e.combine(value, make_word(op::compare, static_cast<std::uint8_t>(comparison::c)));                                \
    return e;                                                                                                          \
  }                                                                                                                    \
  template <class T, class... Models, class V>                                                                         \
  inline                                                                                                               \
      typename detail::operand<V>::template joined<Models...> operator o(scalar<T, Models...> left, const V & value) { \
    static_assert(detail::expression_of<T>::template accepts<V>,                                                       \
                  "tupelo: this value cannot be compared with this expression: their types do not match");             \
    if constexpr (detail::compares<T, V>()) {                                                                          \
      left.combine(detail::operand<V>::template of<T>(value),                                                          \
                   make_word(op::compare, static_cast<std::uint8_t>(comparison::c)));                                  \
    }                                                                                                                  \
    return static_cast<expression&&>(left);                                                                            \
  }
TUPELO_COMPARISON(==, equal)
TUPELO_COMPARISON(!=, not_equal)
TUPELO_COMPARISON(<, less)
TUPELO_COMPARISON(<=, less_equal)
TUPELO_COMPARISON(>, greater)
TUPELO_COMPARISON(>=, greater_equal)
#undef TUPELO_COMPARISON

}  // namespace tupelo
