// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/term.hpp"

#include <string_view>
#include <type_traits>

namespace tupelo {

namespace detail {

template <class... Arguments>
expression raw_expression(std::uint32_t kind_of_result, std::string_view text, const Arguments&... arguments) {
  expression e;
  (add_argument<Arguments>(e, arguments), ...);
  e.push_text(text);
  e.push(call_word(function::fragment, sizeof...(Arguments) + 1, kind_of_result));
  return e;
}

template <class T>
struct raw_named {
  static constexpr bool is_one_value = !same_kind(field_kind<base_of<T>>(), kind::null) &&
                                       !same_kind(field_kind<base_of<T>>(), kind::embedded) &&
                                       !same_kind(field_kind<base_of<T>>(), kind::relation);
};

}  // namespace detail

/// SQL of your own inside a query, as an expression of this type: `tp::raw<double>("similarity(?, ?)",
/// tp::col<&User::name>, "ada") > 0.4`. Each `?` stands for an argument, in their order: columns and expressions are
/// written there, values are bound. `??` is a question mark. `tp::raw<bool>(…)` is a condition.
///
/// The text is yours and goes to the database as it is: never make it of what somebody has sent. What it is in another
/// database's SQL nobody checks, nor its type. What may be NULL is said by std::optional.
/// Errors when run: query_error where there is another number of `?` than of arguments.
template <class T, class... Arguments>
auto raw(std::string_view text, const Arguments&... arguments) {
  static_assert(detail::raw_named<T>::is_one_value, "tupelo: raw<T>(…) is one value: T is what a field can be");
  const auto result = static_cast<std::uint32_t>(detail::field_kind<detail::base_of<T>>());
  if constexpr (std::is_same_v<T, bool>) {
    return detail::condition_over<Arguments...>(detail::raw_expression(result, text, arguments...));
  } else {
    return detail::scalar_over<T, Arguments...>(detail::raw_expression(result, text, arguments...));
  }
}

}  // namespace tupelo
