// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/column.hpp"
#include "tupelo/query/term.hpp"

#include <initializer_list>
#include <vector>

// Arrays beside what their columns say themselves (contains, contains_all, overlaps, length).

namespace tupelo {

namespace detail {

template <class Term>
struct array_named {
  using array = base_of<typename operand<Term>::value_type>;
  static constexpr bool is_array = dimensions<array>() == 1;
  template <class Element>
  static constexpr bool has_elements_like = element_fits<array, Element>();
};

/// The values as an array beside the term's; checked.
template <class Term, class Element, class Iterator>
expression elements_beside(Iterator first, Iterator last) {
  using named = array_named<Term>;
  static_assert(named::is_array, "tupelo: this function needs an array of one dimension");
  static_assert(!named::is_array || named::template has_elements_like<Element>,
                "tupelo: these values cannot be elements of this array: their types do not match");
  if constexpr (named::template has_elements_like<Element>) {
    using carried = carried_element<base_of<typename named::array::value_type>, Element>;
    std::vector<carried> elements;
    for (; first != last; ++first) elements.push_back(carried(*first));
    return value_expression<typename named::array>(elements);
  } else {
    return expression();
  }
}

template <class Element, class Term, class Iterator>
auto contained(const Term& array, Iterator first, Iterator last) {
  expression e = elements_beside<Term, Element>(first, last);
  e.append(array);
  e.push(call_word(function::array_contains, 2));
  return condition_over<Term>(static_cast<expression&&>(e));
}

template <class Result, class Term, class Element>
auto changed(function f, const Term& array, const Element& element) {
  using named = array_named<Term>;
  static_assert(named::is_array, "tupelo: this function needs an array of one dimension");
  static_assert(!named::is_array || named::template has_elements_like<Element>,
                "tupelo: this value cannot be an element of this array: its type does not match");
  expression e;
  e.append(array);
  if constexpr (named::template has_elements_like<Element>)
    e.append(value_expression<base_of<typename named::array::value_type>>(element));
  e.push(call_word(f, 2));
  return scalar_over<Result, Term>(static_cast<expression&&>(e));
}

/// The first array's elements against those of the second; checked.
template <class Left, class Right>
auto arrays_compared(function f, const Left& left, const Right& right) {
  static_assert(array_named<Left>::is_array && array_named<Right>::is_array,
                "tupelo: this function needs two arrays of one dimension");
  static_assert(std::is_same_v<base_of<typename array_named<Left>::array::value_type>,
                               base_of<typename array_named<Right>::array::value_type>>,
                "tupelo: these two arrays have elements of different types");
  expression e;
  e.append(left);
  e.append(right);
  e.push(call_word(f, 2));
  return condition_over<Left, Right>(static_cast<expression&&>(e));
}

}  // namespace detail

/// All elements of the array are among these, which may be more: `contained_in(tp::col<&Post::tags>, {"a", "b"})`. An
/// empty array is contained in everything; NULL elements are found nowhere.
template <detail::term Array, class Element>
auto contained_in(const Array& array, std::initializer_list<Element> elements) {
  return detail::contained<Element>(array, elements.begin(), elements.end());
}
template <detail::term Array, vector_like Elements>
auto contained_in(const Array& array, const Elements& elements) {
  return detail::contained<typename Elements::value_type>(array, elements.begin(), elements.end());
}

/// The same of an array that is a column or an expression.
template <detail::term Array, detail::term Other>
auto contained_in(const Array& array, const Other& other) {
  return detail::arrays_compared(function::array_contains, other, array);
}
/// Both arrays have an element in common that is not NULL.
template <detail::term Array, detail::term Other>
auto overlap(const Array& array, const Other& other) {
  return detail::arrays_compared(function::array_overlaps, array, other);
}

/// The array with the element behind its last one: `.set(tp::col<&Post::tags>, tp::appended(tp::col<&Post::tags>,
/// "new"))`. Of an array that is NULL: one of this element. Errors when run: unsupported_feature where arrays are JSON.
template <detail::term Array, class Element>
auto appended(const Array& array, const Element& element) {
  return detail::changed<detail::base_of<typename detail::operand<Array>::value_type>>(function::array_append, array,
                                                                                       element);
}
/// The array without all elements that are equal to this one. Errors when run: unsupported_feature where arrays are
/// JSON.
template <detail::term Array, class Element>
auto without(const Array& array, const Element& element) {
  return detail::changed<detail::null_passed<typename detail::operand<Array>::value_type, Array>>(
      function::array_remove, array, element);
}

/// The elements of the first array, then those of the second, which is a term or a vector; NULL counts as empty. Errors
/// when run: unsupported_feature where arrays are JSON.
template <detail::term Array, class Other>
auto concatenated(const Array& array, const Other& other) {
  using named = detail::array_named<Array>;
  using with = detail::base_of<typename detail::operand<Other>::value_type>;
  static_assert(named::is_array, "tupelo: this function needs an array of one dimension");
  static_assert(!named::is_array || detail::fits<typename named::array, with>(),
                "tupelo: concatenated(): the two arrays have types that do not match");
  expression e;
  if constexpr (named::is_array && detail::fits<typename named::array, with>()) {
    e.append(array);
    detail::add_argument<typename named::array>(e, other);
    e.push(detail::call_word(function::array_concat, 2));
  }
  return detail::scalar_over<typename named::array, Array, Other>(static_cast<expression&&>(e));
}

}  // namespace tupelo
