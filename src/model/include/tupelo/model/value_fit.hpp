// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/field_type.hpp"
#include "tupelo/model/shape.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// Which C++ values may stand against which fields.
namespace tupelo::detail {

template <class T>
struct without_optional {
  using type = T;
};
template <optional_like T>
  requires(!has_field_traits<T> && !relation_like<T>)
struct without_optional<T> {
  using type = typename T::value_type;
};
template <class T>
using base_of = typename without_optional<T>::type;

template <class T>
concept number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && !same_kind(field_kind<T>(), kind::null);
template <class T>
concept summable = number<T> || std::is_same_v<T, decimal>;

/// tp::native, which stands for any text.
template <class T>
concept reads_text = requires(const T& value) {
  T::type_name;
  std::string_view(value.text);
};

/// Whether two arrays of these elements can be compared: their elements are the same in a value buffer.
template <class A, class B>
consteval bool elements_fit() {
  constexpr kind a = kind_in_buffer(field_kind<base_of<A>>());
  constexpr kind b = kind_in_buffer(field_kind<base_of<B>>());
  if constexpr (std::is_same_v<base_of<A>, base_of<B>>) return true;
  if constexpr (is_integer(a) && is_integer(b)) return true;
  if constexpr (same_kind(a, kind::array) && same_kind(b, kind::array))
    return elements_fit<typename A::value_type, typename B::value_type>();
  return same_kind(a, b) && !same_kind(a, kind::array) && !same_kind(a, kind::enumeration) &&
         !same_kind(a, kind::custom) && !same_kind(a, kind::mapped);
}

/// Whether a value of type Value can be compared with or assigned to a column of type Field.
template <class Field, class Value>
consteval bool fits() {
  using F = base_of<Field>;
  using V = base_of<Value>;
  if constexpr (std::is_same_v<F, V>) {
    return !relation_like<F> && !same_kind(field_kind<F>(), kind::embedded);
  } else if constexpr (number<F> && number<V>) {
    return std::is_floating_point_v<F> || !std::is_floating_point_v<V>;
  } else if constexpr (std::is_same_v<F, std::string>) {
    return text_like<V>;
  } else if constexpr (std::is_same_v<F, decimal>) {
    return std::is_integral_v<V> && number<V>;
  } else if constexpr (same_kind(field_kind<F>(), kind::date)) {
    return std::is_same_v<V, date> || day_point_like<V>;
  } else if constexpr (same_kind(field_kind<F>(), kind::timestamp)) {
    return std::is_same_v<V, timestamp> || time_point_like<V>;
  } else if constexpr (same_kind(field_kind<F>(), kind::bytes)) {
    return bytes_like<V>;
  } else if constexpr (has_field_traits<F>) {
    return text_like<V> && reads_text<F>;
  } else if constexpr (same_kind(field_kind<F>(), kind::interval)) {
    return same_kind(field_kind<V>(), kind::interval);
  } else if constexpr (same_kind(field_kind<F>(), kind::array) && same_kind(field_kind<V>(), kind::array)) {
    return elements_fit<typename F::value_type, typename V::value_type>();
  } else {
    return false;
  }
}

/// What stands for no value, whatever its type.
template <class V>
inline constexpr bool is_nothing = std::is_same_v<V, std::nullptr_t> || std::is_same_v<V, std::nullopt_t>;

/// Errors: value_error (value_out_of_range), which names the column.
[[noreturn]] void refuse_number(column_ref column);
/// Refuses a number that the column's field would not hold: the column of some databases would, and the row could not
/// be read any more.
template <class Field, class V>
void check_number([[maybe_unused]] column_ref column, [[maybe_unused]] const V& value) {
  if constexpr (optional_like<V> && !has_field_traits<V>) {
    if (value.has_value()) check_number<Field>(column, *value);
  } else if constexpr (number<Field> && number<V> && std::is_integral_v<Field> && std::is_integral_v<V>) {
    if (!std::in_range<Field>(value)) refuse_number(column);
  } else if constexpr (std::is_same_v<Field, float> && std::is_same_v<V, double>) {
    if (__builtin_isinf(static_cast<float>(value)) && !__builtin_isinf(value)) refuse_number(column);
  }
}

}  // namespace tupelo::detail
