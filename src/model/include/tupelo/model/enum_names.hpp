// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/field.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace tupelo {

/// The range of values in which the enumerators of `E` are looked for. Specialise it for an enum with others:
/// `template <> struct tupelo::enum_range<Status> { static constexpr int first = 0, last = 500; };`
template <class E>
struct enum_range {
  static constexpr int first = std::is_signed_v<std::underlying_type_t<E>> ? -16 : 0;
  static constexpr int last = 111;
};

namespace detail {

template <auto... Values>
constexpr const char* values_text() {
  return __PRETTY_FUNCTION__;
}
template <class E, int First, int... I>
constexpr const char* enum_text(std::integer_sequence<int, I...>) {
  return values_text<static_cast<E>(First + I)...>();
}

/// Keeps the enumerators that `text` names; called once per enum type.
const enum_table& make_enum_table(const char* type_text, const char* text, int first, int count);

template <class E>
constexpr const char* enum_type_text() {
  return __PRETTY_FUNCTION__;
}

template <class E>
const enum_table& enum_names() {
  constexpr int first = enum_range<E>::first;
  constexpr int count = enum_range<E>::last - first + 1;
  static const enum_table& table =
      make_enum_table(enum_type_text<E>(), enum_text<E, first>(std::make_integer_sequence<int, count>{}), first, count);
  return table;
}

}  // namespace detail

/// The name of an enumerator; empty when the value has none.
template <class E>
  requires std::is_enum_v<E>
std::string_view enum_name(E value) {
  return detail::enum_names<E>().name_of(static_cast<std::int64_t>(value));
}

}  // namespace tupelo
