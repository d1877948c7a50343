// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/condition.hpp"

#include <cstdint>
#include <optional>
#include <type_traits>

/// How functions of a query are made of what they are called with: columns, expressions and values.
namespace tupelo::detail {

template <class... Arguments>
using models_of = decltype((models<>() + ... + typename operand<Arguments>::models()));
template <class T, class... Arguments>
using scalar_over = typename over<models_of<Arguments...>>::template scalar<T>;

/// Whether NULL may stand in the place of an argument: of a std::optional column, of what is computed of one, or of an
/// empty value. What joins and groups leave empty the type does not say.
template <class Argument>
consteval bool may_be_null() {
  if constexpr (requires { typename Argument::selected_type; }) {
    return field_is_optional<typename Argument::selected_type>();
  } else {
    return !term<Argument> && optional_like<Argument> && !has_field_traits<Argument>;
  }
}
/// T where nothing that it is computed of may be NULL.
template <class T, class... Arguments>
using null_passed = std::conditional_t<(may_be_null<Arguments>() || ...), std::optional<base_of<T>>, T>;

/// What a function makes of its first argument; the compiler's messages name it by it.
template <class Term>
struct term_named {
  using type = base_of<typename operand<Term>::value_type>;
  static constexpr kind k = field_kind<type>();
  static constexpr bool is_text = std::is_same_v<type, std::string>;
  static constexpr bool is_numeric = summable<type>;
  static constexpr bool is_integer = std::is_integral_v<type> && number<type>;
  static constexpr bool has_a_fraction = is_numeric && !is_integer;
  static constexpr bool is_moment = same_kind(k, kind::timestamp) || same_kind(k, kind::date);
  static constexpr bool has_a_time = same_kind(k, kind::timestamp);
  static constexpr bool has_an_order = !same_kind(k, kind::array) && !same_kind(k, kind::json) &&
                                       !same_kind(k, kind::interval) && !same_kind(k, kind::custom);
  /// Values, columns and expressions that may stand in its place.
  template <class Other>
  static constexpr bool takes = fits<type, base_of<typename operand<Other>::value_type>>();
  template <class Other>
  static constexpr bool compares_with = compares<typename operand<Term>::value_type, Other>();
  template <class Other>
  static constexpr bool computes_with = summable<base_of<typename operand<Other>::value_type>>;
};

/// Whether the argument is text: of its own, of a column or of an expression.
template <class Argument>
inline constexpr bool is_text = text_like<base_of<typename operand<Argument>::value_type>>;
template <class Argument>
inline constexpr bool is_whole = number<base_of<typename operand<Argument>::value_type>> &&
                                 std::is_integral_v<base_of<typename operand<Argument>::value_type>>;

/// Behind what is there; a value as it stands beside an As.
template <class As, class Argument>
void add_argument(expression& to, const Argument& argument) {
  if constexpr (term<Argument>) {
    to.append(argument);
  } else {
    to.append(value_expression<As>(argument));
  }
}

inline std::uint64_t call_word(function f, std::size_t arguments, std::uint32_t told = 0) noexcept {
  return make_word(op::call, static_cast<std::uint8_t>(f), static_cast<std::uint16_t>(arguments), told);
}

/// The call with all its arguments, values among them as they stand beside an As.
template <class T, class As, class... Arguments>
scalar_over<T, Arguments...> call_that_gives(function f, std::uint32_t told, const Arguments&... arguments) {
  expression e;
  (add_argument<As>(e, arguments), ...);
  e.push(call_word(f, sizeof...(Arguments), told));
  return e;
}
/// The same of a function that gives NULL where an argument is NULL.
template <class T, class As, class... Arguments>
auto call(function f, std::uint32_t told, const Arguments&... arguments) {
  return call_that_gives<null_passed<T, Arguments...>, As>(f, told, arguments...);
}

}  // namespace tupelo::detail
