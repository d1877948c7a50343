// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/term.hpp"

#include <optional>

// Values that depend on conditions, on NULL, on each other, and on the type that is wanted.

namespace tupelo {

namespace detail {

/// What an argument is as the value of an expression: text of any kind is std::string.
template <class Argument, class Base = base_of<typename operand<Argument>::value_type>>
using value_as = std::conditional_t<text_like<Base> && !has_field_traits<Base>, std::string, Base>;

/// NULL without a type.
template <class Value>
inline constexpr bool is_null_alone = std::is_same_v<Value, std::nullopt_t> || std::is_same_v<Value, std::nullptr_t>;

template <class From, class To>
consteval bool casts() {
  constexpr kind from = field_kind<From>();
  constexpr kind to = field_kind<To>();
  constexpr bool from_number = is_integer(from) || is_float(from) || from == kind::decimal;
  switch (to) {
    case kind::boolean: return is_integer(from);
    case kind::f32:
    case kind::f64:
    case kind::decimal: return from_number || from == kind::text;
    case kind::text: return is_integer(from) || from == kind::enumeration || from == kind::uuid || from == kind::date;
    case kind::date: return from == kind::timestamp || from == kind::text;
    case kind::timestamp: return from == kind::date;
    default: return is_integer(to) && (from_number || from == kind::text || from == kind::boolean);
  }
}
template <class To, class Term>
struct cast_of {
  static constexpr bool means_the_same_everywhere = casts<typename term_named<Term>::type, To>();
};

}  // namespace detail

/// What case_when() gives: the value of the first condition that holds; NULL where none does, unless otherwise() says
/// more. T: std::optional where one of its values may be NULL.
template <class T, class... Models>
class case_expression : public scalar<std::optional<detail::base_of<T>>, Models...> {
  using base = scalar<std::optional<detail::base_of<T>>, Models...>;
  template <class Value, class... More>
  using with_when = typename detail::over<decltype((detail::models<Models...>() + ... + detail::models<More>()) +
                                                   typename detail::operand<Value>::models())>::
      template apply<case_expression, detail::null_passed<T, Value>>;

public:
  case_expression(expression&& e) noexcept : base(static_cast<expression&&>(e)) {}

  /// Else, where this condition holds, this value; std::nullopt is NULL.
  template <class... More, class Value>
  auto when(const condition<More...>& holds, const Value& value) const {
    if constexpr (detail::is_null_alone<Value>) {
      return when(holds, std::optional<detail::base_of<T>>());
    } else {
      return when_it_is(holds, value);
    }
  }
  /// The value for all other rows.
  template <class Value>
  auto otherwise(const Value& value) const {
    if constexpr (detail::is_null_alone<Value>) {
      return scalar<std::optional<detail::base_of<T>>, Models...>(*this);  // as without it
    } else {
      return otherwise_it_is(value);
    }
  }

private:
  template <class... More, class Value>
  auto when_it_is(const condition<More...>& holds, const Value& value) const {
    check<Value>();
    expression e = open();
    e.append(holds);
    detail::add_argument<detail::base_of<T>>(e, value);
    e.push(detail::call_word(function::choose, arguments() + 2));
    return with_when<Value, More...>(static_cast<expression&&>(e));
  }
  template <class Value>
  auto otherwise_it_is(const Value& value) const {
    check<Value>();
    using models = decltype(detail::models<Models...>() + typename detail::operand<Value>::models());
    expression e = open();
    detail::add_argument<detail::base_of<T>>(e, value);
    e.push(detail::call_word(function::choose, arguments() + 1));
    return typename detail::over<models>::template scalar<detail::null_passed<T, Value>>(static_cast<expression&&>(e));
  }
  template <class Value>
  static constexpr void check() {
    static_assert(detail::term_named<case_expression>::template takes<Value>,
                  "tupelo: case_when(): this value does not match the type of the first one");
  }
  std::size_t arguments() const noexcept { return length_of(this->shape.data()[this->shape.size - 1]); }
  /// Without the call at the end.
  expression open() const {
    expression e(*this);
    --e.shape.size;
    return e;
  }
};

/// A value that depends on conditions: `tp::case_when(tp::col<&User::age> < 18, "child").when(tp::col<&User::age> < 65,
/// "adult").otherwise("senior")`. Values, columns and expressions of one type; NULL where no condition holds and
/// otherwise() is not said.
template <class... Models, class Value>
auto case_when(const condition<Models...>& holds, const Value& value) {
  static_assert(!detail::is_null_alone<Value>,
                "tupelo: case_when(): the first value says the type, and std::nullopt has none: say "
                "std::optional<T>(), or the conditions in another order");
  using type = detail::value_as<Value>;
  using models = decltype(detail::models<Models...>() + typename detail::operand<Value>::models());
  expression e(holds);
  detail::add_argument<type>(e, value);
  e.push(detail::call_word(function::choose, 2));
  return typename detail::over<models>::template apply<case_expression, detail::null_passed<type, Value>>(
      static_cast<expression&&>(e));
}

/// The first of these that is not NULL; values, columns and expressions of one type behind a column or expression.
template <detail::term Term, class... Others>
  requires(sizeof...(Others) > 0)
auto coalesce(const Term& first, const Others&... others) {
  static_assert((detail::term_named<Term>::template takes<Others> && ...),
                "tupelo: coalesce(): a value does not match the type of the first one");
  using value = typename detail::term_named<Term>::type;
  if constexpr ((detail::term_named<Term>::template takes<Others> && ...)) {
    constexpr bool all_may_be_null = detail::may_be_null<Term>() && (detail::may_be_null<Others>() && ...);
    using result = std::conditional_t<all_may_be_null, std::optional<value>, value>;
    return detail::call_that_gives<result, value>(function::coalesce, 0, first, others...);
  } else {
    return detail::call_that_gives<value, value>(function::coalesce, 0, first);
  }
}
/// NULL where both are equal, else the first.
template <detail::term Term, class Other>
auto nullif(const Term& first, const Other& other) {
  static_assert(detail::term_named<Term>::template takes<Other>,
                "tupelo: nullif(): the second value does not match the type of the first one");
  using value = typename detail::term_named<Term>::type;
  if constexpr (detail::term_named<Term>::template takes<Other>) {
    return detail::call<std::optional<value>, value>(function::nullif, 0, first, other);
  } else {
    return detail::call<std::optional<value>, value>(function::nullif, 0, first);
  }
}
/// The least of several columns, expressions and values of one type; NULL where one of them is.
template <detail::term Term, class... Others>
  requires(sizeof...(Others) > 0)
auto least(const Term& first, const Others&... others) {
  static_assert(detail::term_named<Term>::has_an_order, "tupelo: least(): values of this type have no order");
  static_assert((detail::term_named<Term>::template takes<Others> && ...),
                "tupelo: least(): a value does not match the type of the first one");
  using value = typename detail::term_named<Term>::type;
  if constexpr ((detail::term_named<Term>::template takes<Others> && ...)) {
    return detail::call<value, value>(function::least, 0, first, others...);
  } else {
    return detail::call<value, value>(function::least, 0, first);
  }
}
/// The greatest; NULL where one of them is.
template <detail::term Term, class... Others>
  requires(sizeof...(Others) > 0)
auto greatest(const Term& first, const Others&... others) {
  static_assert(detail::term_named<Term>::has_an_order, "tupelo: greatest(): values of this type have no order");
  static_assert((detail::term_named<Term>::template takes<Others> && ...),
                "tupelo: greatest(): a value does not match the type of the first one");
  using value = typename detail::term_named<Term>::type;
  if constexpr ((detail::term_named<Term>::template takes<Others> && ...)) {
    return detail::call<value, value>(function::greatest, 0, first, others...);
  } else {
    return detail::call<value, value>(function::greatest, 0, first);
  }
}

/// As a value of another type: numbers among each other (fractions are cut towards zero) and from text; integers,
/// enums, dates and uuids to text; timestamps to dates and back; integers to bool and back. What databases would write
/// differently does not compile. Text that is no number or date is refused by PostgreSQL and read as far as it goes by
/// SQLite.
template <class To, detail::term Term>
auto cast(const Term& term) {
  static_assert(detail::cast_of<To, Term>::means_the_same_everywhere,
                "tupelo: cast(): databases do not agree on what this conversion gives");
  return detail::call<To, To>(function::cast, static_cast<std::uint32_t>(detail::field_kind<To>()), term);
}

namespace detail {

template <class V>
consteval auto value_alone() {
  if constexpr (std::is_same_v<V, bool>) {
    return std::type_identity<bool>();
  } else if constexpr (std::is_integral_v<V>) {
    return std::type_identity<std::int64_t>();
  } else if constexpr (std::is_floating_point_v<V>) {
    return std::type_identity<double>();
  } else if constexpr (text_like<V>) {
    return std::type_identity<std::string>();
  } else {
    return std::type_identity<V>();
  }
}
template <class V>
inline constexpr bool stands_alone = std::is_arithmetic_v<V> || text_like<V> || std::is_same_v<V, decimal>;

}  // namespace detail

/// A number, text or bool in the place of a column or expression: `select(tp::col<&User::name>, tp::value(0))`.
template <class V>
auto value(const V& v) {
  static_assert(detail::stands_alone<V>, "tupelo: value() takes numbers, tp::decimal, text and bool");
  using type = typename decltype(detail::value_alone<V>())::type;
  if constexpr (std::is_same_v<type, bool>) {
    return cast<bool>(value(v ? 1 : 0));
  } else {
    // What a parameter is by itself only its place tells some databases.
    return detail::call<type, type>(function::cast, static_cast<std::uint32_t>(detail::field_kind<type>()), v);
  }
}

}  // namespace tupelo
