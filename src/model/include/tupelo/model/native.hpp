// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/field_type.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace tupelo {

namespace detail {

/// A text as a template argument.
template <std::size_t Size>
struct type_text {
  char text[Size]{};
  consteval type_text(const char (&literal)[Size]) {
    for (std::size_t i = 0; i < Size; ++i) text[i] = literal[i];
  }
};

}  // namespace detail

/// A value of a type that a database has and C++ has not, in the database's own spelling:
/// `tp::native<"macaddr"> card;`, `tp::native<"point">`, `tp::native<"bit(8)">`, `tp::native<"tsvector">`.
///
/// The column has that type on PostgreSQL, which checks and normalises what is written, and is text elsewhere, where it
/// stays as it was written. Nothing is lost either way. In conditions it compares with such values and with plain text:
/// `tp::col<&Host::card> == "08:00:2b:01:02:03"`; equality and order are the database's.
template <detail::type_text Type>
struct native {
  std::string text;

  static constexpr std::string_view type_name{Type.text, sizeof Type.text - 1};

  friend bool operator==(const native&, const native&) = default;
};

template <detail::type_text Type>
struct field_traits<native<Type>> {
  static constexpr std::string_view column_type = native<Type>::type_name;
  static void to_text(const native<Type>& value, std::string& out) { out = value.text; }
  static bool from_text(native<Type>& value, std::string_view text) {
    value.text = text;
    return true;
  }
};

}  // namespace tupelo
