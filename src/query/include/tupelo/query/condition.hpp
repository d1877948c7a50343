// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/column.hpp"

namespace tupelo {

/// A boolean expression over the columns of `Models`; what `where`, `having`, `join` and checks take.
template <class... Models>
class condition : public expression {
public:
  using selected_type = bool;
  using term_models = detail::models<Models...>;
  condition(column_ref column, comparison c, const literal& value) noexcept : expression(column, c, value) {}
  condition(expression&& e) noexcept : expression(static_cast<expression&&>(e)) {}
};
// Nearly all conditions are over one model: these overloads spare the compiler the packs.
template <class Model>
class condition<Model> : public expression {
public:
  using selected_type = bool;
  using term_models = detail::models<Model>;
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

namespace detail {

/// A column or an expression: what has a type and names columns of models.
template <class T>
concept term = requires {
  typename T::value_type;
  typename T::term_models;
};
template <class>
struct over;
template <class... Models>
struct over<models<Models...>> {
  using condition = tupelo::condition<Models...>;
  template <class T>
  using scalar = tupelo::scalar<T, Models...>;
  template <template <class...> class Made>
  using as = Made<Models...>;
  template <template <class, class...> class Made, class T>
  using apply = Made<T, Models...>;
};

/// What stands beside a column or an expression: a value, a column or an expression, and its type.
template <class T>
struct operand {
  using value_type = T;
  using models = detail::models<>;
  template <class Other>
  static expression of(const T& value) {
    return value_expression<Other>(value);
  }
};
template <term T>
struct operand<T> {
  using value_type = typename T::value_type;
  using models = typename T::term_models;
  template <class>
  static expression of(const T& e) {
    return e;
  }
};
template <class... Operands>
using condition_over = typename over<decltype((models<>() + ... + typename operand<Operands>::models()))>::condition;

template <class Expression>
struct expression_of;

}  // namespace detail

/// A computed value of type T over the columns of `Models`: an aggregate, a function, arithmetic. std::optional: it may
/// be NULL where nothing else would make it so.
template <class T, class... Models>
class scalar : public expression {
  using named = detail::expression_of<T>;

public:
  using value_type = T;
  using selected_type = T;
  using term_models = detail::models<Models...>;
  scalar(expression&& e) noexcept : expression(static_cast<expression&&>(e)) {}

  condition<Models...> is_null() const { return with(op::is_null); }
  condition<Models...> is_not_null() const { return with(op::is_not_null); }
  /// As of columns, these and the text searches below.
  template <class First, class... Rest>
  condition<Models...> in(const First& first, const Rest&... rest) const {
    if constexpr (sizeof...(Rest) == 0 && requires { first.core(); }) {
      return detail::in_rows_of<named>(expression(*this), first);
    } else {
      expression e(*this);
      return static_cast<expression&&>(e.append(detail::value_list<named, T>(column_ref(), first, rest...)));
    }
  }
  template <class Low, class High>
  auto between(const Low& low, const High& high) const {
    return (*this >= low) && (*this <= high);
  }
  condition<Models...> like(std::string_view pattern) const { return match(comparison::like, pattern); }
  condition<Models...> contains(std::string_view text) const { return match(comparison::contains, text); }
  condition<Models...> starts_with(std::string_view text) const { return match(comparison::starts_with, text); }
  condition<Models...> ends_with(std::string_view text) const { return match(comparison::ends_with, text); }
  condition<Models...> like(std::string_view pattern, any_case_t) const {
    return match(comparison::like_any_case, pattern);
  }
  condition<Models...> contains(std::string_view text, any_case_t) const {
    return match(comparison::contains_any_case, text);
  }
  condition<Models...> starts_with(std::string_view text, any_case_t) const {
    return match(comparison::starts_with_any_case, text);
  }
  condition<Models...> ends_with(std::string_view text, any_case_t) const {
    return match(comparison::ends_with_any_case, text);
  }
  template <class... Keys>
  json_place<scalar> path(const Keys&... keys) const {
    static_assert(named::is_json, "tupelo: path() needs a tp::json expression");
    return json_place<scalar>(*this, keys...);
  }
  ordering<Models...> asc() const { return {*this, false, named::k}; }
  ordering<Models...> desc() const { return {*this, true, named::k}; }

private:
  expression with(op o) const {
    expression e(*this);
    e.push(make_word(o));
    return e;
  }
  expression match(comparison c, std::string_view text) const {
    static_assert(named::is_text, "tupelo: like(), contains(), starts_with() and ends_with() need a text expression");
    expression e(*this);
    e.combine(expression(literal(kind::text, text)), make_word(op::compare, static_cast<std::uint8_t>(c)));
    return e;
  }
};

namespace detail {

/// Whether an expression of type T compares with V: numbers always do, what else there is must fit.
template <class T, class V>
consteval bool compares() {
  using value = base_of<typename operand<V>::value_type>;
  if constexpr (summable<base_of<T>> && summable<value>) {
    return true;
  } else if constexpr (!term<V>) {
    return fits<T, V>();
  } else {
    return fits<T, value>() || fits<value, T>();
  }
}
/// Whether a column of this type compares so with a value of that one: asked once for both. What is wrong otherwise is
/// told with the column's name.
template <class Field, class V, comparison C>
inline constexpr bool compares_plainly =
    is_one_value<Field> && (!relation_like<Field> || has_field_traits<Field>) && fits<Field, V>() &&
    (static_cast<int>(C) <= static_cast<int>(comparison::not_equal) ||
     !same_kind(field_kind<base_of<Field>>(), kind::array));
template <class Left, class Right, comparison C>
inline constexpr bool columns_compare =
    fits<Left, Right>() && (static_cast<int>(C) <= static_cast<int>(comparison::not_equal) ||
                            !same_kind(field_kind<base_of<Left>>(), kind::array));

template <class Expression>
struct expression_of {
  static constexpr kind k = field_kind<base_of<Expression>>();
  static constexpr bool is_text = std::is_same_v<base_of<Expression>, std::string>;
  static constexpr bool is_json = std::is_same_v<base_of<Expression>, json>;
  template <class Value>
  static constexpr bool accepts = compares<Expression, Value>();
  template <class Value>
  static constexpr bool lists = !field_is_optional<Value>();
};

}  // namespace detail

#define TUPELO_IS_NOTHING \
  "tupelo: a column is not compared with std::nullopt or nullptr: ask .is_null() or .is_not_null()"
#define TUPELO_COMPARISON(o, c)                                                                                     \
  template <auto... M, class V>                                                                                     \
  inline condition<typename column<M...>::owner> operator o(column<M...>, const V & value) {                        \
    if constexpr (detail::compares_plainly<typename column<M...>::field, V, comparison::c>) {                       \
      detail::text_room<V> room;                                                                                    \
      return {column<M...>::ref, comparison::c, detail::literal_of<typename column<M...>::base>(value, room)};      \
    } else {                                                                                                        \
      static_assert(detail::column_named<M...>::is_stored,                                                          \
                    "tupelo: a relation is no column: compare its foreign key, or use tp::exists()");               \
      static_assert(                                                                                                \
          detail::column_named<M...>::is_one_value,                                                                 \
          "tupelo: a nested value object is no column; name a field in it: tp::col<&Outer::field, &Inner::field>"); \
      static_assert(!detail::is_nothing<V>, TUPELO_IS_NOTHING);                                                     \
      static_assert(detail::is_nothing<V> || detail::column_named<M...>::template accepts_value<V>,                 \
                    "tupelo: this value cannot be compared with this column: their types do not match");            \
      static_assert(!detail::column_named<M...>::is_any_array || comparison::c <= comparison::not_equal,            \
                    "tupelo: arrays have no order that all databases agree on: compare them with == and !=");       \
      return expression();                                                                                          \
    }                                                                                                               \
  }                                                                                                                 \
  template <auto... M, auto... N>                                                                                   \
  inline condition<typename column<M...>::owner, typename column<N...>::owner> operator o(column<M...>,             \
                                                                                          column<N...>) {           \
    if constexpr (!detail::columns_compare<typename column<M...>::field, typename column<N...>::field,              \
                                           comparison::c>) {                                                        \
      static_assert(detail::column_named<M...>::template accepts_column<N...>,                                      \
                    "tupelo: these two columns cannot be compared: their types do not match");                      \
      static_assert(!detail::column_named<M...>::is_any_array || comparison::c <= comparison::not_equal,            \
                    "tupelo: arrays have no order that all databases agree on: compare them with == and !=");       \
    }                                                                                                               \
    return expression(column<M...>::ref, comparison::c, column<N...>::ref);                                         \
  }                                                                                                                 \
  template <auto... M, detail::term V>                                                                              \
  inline detail::condition_over<column<M...>, V> operator o(column<M...>, const V & value) {                        \
    static_assert(detail::column_named<M...>::template compares_with<typename V::value_type>,                       \
                  "tupelo: this expression cannot be compared with this column: their types do not match");         \
    expression e(column<M...>::ref);                                                                                \
    e.combine(value, make_word(op::compare, static_cast<std::uint8_t>(comparison::c)));                             \
    return e;                                                                                                       \
  }                                                                                                                 \
  template <class T, class... Models, class V>                                                                      \
  inline detail::condition_over<scalar<T, Models...>, V> operator o(scalar<T, Models...> left, const V & value) {   \
    static_assert(!detail::is_nothing<V>, TUPELO_IS_NOTHING);                                                       \
    static_assert(detail::is_nothing<V> || detail::expression_of<T>::template accepts<V>,                           \
                  "tupelo: this value cannot be compared with this expression: their types do not match");          \
    if constexpr (detail::compares<T, V>()) {                                                                       \
      left.combine(detail::operand<V>::template of<T>(value),                                                       \
                   make_word(op::compare, static_cast<std::uint8_t>(comparison::c)));                               \
    }                                                                                                               \
    return static_cast<expression&&>(left);                                                                         \
  }
TUPELO_COMPARISON(==, equal)
TUPELO_COMPARISON(!=, not_equal)
TUPELO_COMPARISON(<, less)
TUPELO_COMPARISON(<=, less_equal)
TUPELO_COMPARISON(>, greater)
TUPELO_COMPARISON(>=, greater_equal)
#undef TUPELO_COMPARISON
#undef TUPELO_IS_NOTHING

namespace detail {
/// A value, which may stand on the left side too.
template <class V>
concept plain_value = !term<V> && !std::is_base_of_v<expression, V> && !requires { typename V::compares_itself; };
}  // namespace detail

#define TUPELO_COMPARISON_FROM_VALUE(o, turned)                        \
  template <detail::plain_value V, auto... M>                          \
  inline auto operator o(const V& value, column<M...> right) {         \
    return right turned value;                                         \
  }                                                                    \
  template <detail::plain_value V, class T, class... Models>           \
  inline auto operator o(const V& value, scalar<T, Models...> right) { \
    return static_cast<scalar<T, Models...>&&>(right) turned value;    \
  }
TUPELO_COMPARISON_FROM_VALUE(==, ==)
TUPELO_COMPARISON_FROM_VALUE(!=, !=)
TUPELO_COMPARISON_FROM_VALUE(<, >)
TUPELO_COMPARISON_FROM_VALUE(<=, >=)
TUPELO_COMPARISON_FROM_VALUE(>, <)
TUPELO_COMPARISON_FROM_VALUE(>=, <=)
#undef TUPELO_COMPARISON_FROM_VALUE

}  // namespace tupelo
