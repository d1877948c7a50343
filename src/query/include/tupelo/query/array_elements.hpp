// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/array_functions.hpp"

#include <cstdint>
#include <optional>

// The elements of arrays: each compared with a value, looked for, and taken out.

namespace tupelo {

namespace detail {

template <class Array>
struct element_of {
  using type = void;
  static constexpr kind k = kind::null;
};
template <class Array>
  requires(field_kind<Array>() == kind::array)
struct element_of<Array> {
  using type = base_of<typename Array::value_type>;
  static constexpr kind k = field_kind<type>();
};

/// What a function makes of the elements of an array; the compiler's messages name it by it.
template <class Term>
struct elements_named : array_named<Term> {
  using array = typename array_named<Term>::array;
  using element = typename element_of<array>::type;
  static constexpr kind k = element_of<array>::k;
  static constexpr bool have_an_order =
      k != kind::json && k != kind::interval && k != kind::custom && k != kind::mapped;
  /// Values, columns and expressions that an element may be compared with.
  template <class Value>
  static constexpr bool take = element_fits<array, base_of<typename operand<Value>::value_type>>();
};

/// The value, then the array; checked.
template <class Array, class Value>
expression value_and_array(function f, comparison c, const Array& array, const Value& value) {
  using named = elements_named<Array>;
  static_assert(named::is_array, "tupelo: this function needs an array of one dimension");
  static_assert(!named::is_array || named::template take<Value>,
                "tupelo: this value cannot be an element of this array: its type does not match");
  expression e;
  if constexpr (named::is_array && named::template take<Value>) {
    add_argument<typename named::element>(e, value);
    e.append(array);
    e.push(call_word(f, 2, told_of_elements(named::k, c)));
  }
  return e;
}

/// What `any_of` and `all_of` make of an array, to be compared with.
template <class Array>
struct quantified {
  using compares_itself = void;  // with columns on its right side
  Array array;
  function f;
};

}  // namespace detail

/// Compared with a value it is true where one element of the array compares so: `any_of(tp::col<&Shot::marks>) >= 9`.
/// For equality `contains` says the same and is served by indexes. As in SQL an element that is NULL compares neither
/// way: the whole is NULL where no other element decides.
///
/// Errors when run: unsupported_feature where arrays are JSON, unless elements are integers, texts, enums or bool.
template <detail::term Array>
detail::quantified<Array> any_of(const Array& array) {
  static_assert(detail::elements_named<Array>::is_array, "tupelo: this function needs an array of one dimension");
  return {array, function::array_any};
}
/// The same where all elements of the array compare so; of an array without elements they do.
template <detail::term Array>
detail::quantified<Array> all_of(const Array& array) {
  static_assert(detail::elements_named<Array>::is_array, "tupelo: this function needs an array of one dimension");
  return {array, function::array_all};
}

#define TUPELO_ELEMENT_COMPARISON(o, c)                                                                             \
  template <class Array, class Value>                                                                               \
  detail::condition_over<Array, Value> operator o(const detail::quantified<Array>& elements, const Value & value) { \
    static_assert(comparison::c <= comparison::not_equal || detail::elements_named<Array>::have_an_order,           \
                  "tupelo: elements of this type have no order: compare them with == and !=");                      \
    return detail::value_and_array(elements.f, comparison::c, elements.array, value);                               \
  }
TUPELO_ELEMENT_COMPARISON(==, equal)
TUPELO_ELEMENT_COMPARISON(!=, not_equal)
TUPELO_ELEMENT_COMPARISON(<, less)
TUPELO_ELEMENT_COMPARISON(<=, less_equal)
TUPELO_ELEMENT_COMPARISON(>, greater)
TUPELO_ELEMENT_COMPARISON(>=, greater_equal)
#undef TUPELO_ELEMENT_COMPARISON

/// The element at this index, which is counted from 0 as in the vector; NULL where there is none. Errors when run: as
/// any_of.
template <detail::term Array>
auto element(const Array& array, std::int32_t index) {
  using named = detail::elements_named<Array>;
  static_assert(named::is_array, "tupelo: this function needs an array of one dimension");
  expression e;
  e.append(array);
  e.append(detail::value_expression<std::int32_t>(index));
  e.push(detail::call_word(function::array_element, 2, told_of_elements(named::k)));
  if constexpr (named::is_array) {
    return detail::scalar_over<std::optional<typename named::element>, Array>(static_cast<expression&&>(e));
  } else {
    return detail::scalar_over<bool, Array>(static_cast<expression&&>(e));
  }
}

/// The index, from 0, of the first element that is equal to the value; NULL where there is none. Errors when run: as
/// any_of.
template <detail::term Array, class Value>
auto index_of(const Array& array, const Value& value) {
  return detail::scalar_over<std::optional<std::int64_t>, Array, Value>(
      detail::value_and_array(function::array_index, comparison::equal, array, value));
}

}  // namespace tupelo
