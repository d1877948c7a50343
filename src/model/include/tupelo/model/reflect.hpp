// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace tupelo {
/// Gives a model verbs of its own; defined in tupelo/record.hpp.
template <class T>
struct record;

/// What a type is known by, also where it is incomplete. Equal: of one type, also of one that two shared libraries hold
/// each for itself. Types of unnamed namespaces may share their names and are not equal.
struct type_key {
  const void* tag = nullptr;   ///< an address that no other type has; null: of no type
  const char* text = nullptr;  ///< its `reflect::type_text`

  std::string_view name() const noexcept;  ///< qualified; empty: of no type
  /// Other source files may have types of the same name.
  bool is_of_one_file() const noexcept;
  bool operator==(const type_key& other) const noexcept;
};
}  // namespace tupelo

/// Reflection of aggregates without macros: how many fields, their names, their offsets.
namespace tupelo::reflect {

/// An object whose subobjects have addresses at compile time though it is never constructed.
template <class T>
union fake_storage {
  char none;
  char bytes[sizeof(T)];
  T value;
  constexpr fake_storage() : none{} {}
  constexpr ~fake_storage() {}
};
template <class T>
inline constexpr fake_storage<T> fake{};

struct any_value {
  template <class U>
  operator U() const noexcept {
    __builtin_unreachable();
  }  // never called; defined because enums of unnamed namespaces want it
};
template <std::size_t>
using any_at = any_value;

template <class T, class Sequence>
inline constexpr bool takes_sequence = false;
template <class T, std::size_t... I>
  requires requires { T{any_at<I>{}...}; }
inline constexpr bool takes_sequence<T, std::index_sequence<I...>> = true;
template <class T, std::size_t N>
inline constexpr bool takes = takes_sequence<T, std::make_index_sequence<N>>;

inline constexpr std::size_t field_limit = 64;

// The largest N for which T{any × N} is well formed; Low is known to work, High is known to fail.
template <class T, std::size_t Low, std::size_t High>
consteval std::size_t search() {
  if constexpr (High - Low == 1) {
    return Low;
  } else {
    constexpr std::size_t middle = (Low + High) / 2;
    if constexpr (takes<T, middle>) {
      return search<T, middle, High>();
    } else {
      return search<T, Low, middle>();
    }
  }
}
// 8, 16, 32, 64: models are small, so large probes are rare.
template <class T, std::size_t N>
consteval std::size_t gallop() {
  if constexpr (N > field_limit) {
    return search<T, N / 2, field_limit + 1>();
  } else if constexpr (takes<T, N>) {
    return gallop<T, N * 2>();
  } else {
    return search<T, N == 8 ? 0 : N / 2, N>();
  }
}
/// The one base that a model may have: empty, but the first thing that is initialised.
template <class T>
inline constexpr std::size_t base_count = __is_base_of(record<T>, T) ? 1 : 0;
template <class T>
inline constexpr std::size_t field_count = gallop<T, 8>() - base_count<T>;

template <std::size_t N>
struct binder;
template <>
struct binder<0> {
  template <class T>
  static constexpr bool takes_each_alone = true;
  template <class T, class F>
  static constexpr auto apply(T&, F f) {
    return f();
  }
};
/// An array is counted once per element, because initialisers without braces run on into it; `{}` does not.
template <class T>
inline constexpr bool binds_each_field = binder<field_count<T> + base_count<T>>::template takes_each_alone<T>;
#include "tupelo/model/binder.inc"

struct pointer_array {
  const void* at[field_limit];
};
struct to_pointers {
  template <class... Fields>
  constexpr pointer_array operator()(Fields&... fields) const {
    return {{static_cast<const void*>(__builtin_addressof(fields))...}};
  }
};
template <class T>
constexpr pointer_array field_pointers() {
  if constexpr (binds_each_field<T>) {
    return binder<field_count<T>>::apply(fake<T>.value, to_pointers{});
  } else {
    return {};
  }
}

// One instantiation gives the names of all fields as a text; it is split at run time.
template <const void*... Pointers>
constexpr const char* pointers_text() {
  return __PRETTY_FUNCTION__;
}
template <class T, std::size_t... I>
constexpr const char* names_text_of(std::index_sequence<I...>) {
  return pointers_text<field_pointers<T>().at[I]...>();
}
template <class T>
constexpr const char* names_text() {
  return names_text_of<T>(std::make_index_sequence<field_count<T>>{});
}

template <auto... Members>
constexpr const char* members_text() {
  return __PRETTY_FUNCTION__;
}
template <class T>
constexpr const char* type_text() {
  return __PRETTY_FUNCTION__;
}

/// The offset of a subobject of `fake<T>`, by comparing its address with the bytes of the other union member. The
/// alignment of its type spares the compiler most of them.
template <class T, std::size_t Alignment>
consteval std::uint16_t offset_of(const void* subobject) {
  for (std::size_t i = 0; i < sizeof(T); i += Alignment) {
    if (static_cast<const void*>(&fake<T>.bytes[i]) == subobject) return static_cast<std::uint16_t>(i);
  }
  if constexpr (Alignment > 1) return offset_of<T, 1>(subobject);  // a packed struct
  return 0xffff;
}

/// The qualified name in a `type_text`, without what is particular to a compiler.
std::string_view type_name(const char* type_text) noexcept;
/// The last identifier of a qualified name: "User" of "shop::User".
std::string_view last_identifier(std::string_view text) noexcept;
/// Splits a `names_text` or `members_text` into `count` names. Returns false when the text is not understood.
bool split_names(std::string_view text, std::string_view* names, std::size_t count) noexcept;

}  // namespace tupelo::reflect

namespace tupelo::detail {

/// Not constant: of constants a linker makes one where they are alike.
template <class T>
inline char type_tag{};
template <class T>
inline constexpr type_key type_key_of{&type_tag<T>, reflect::type_text<T>()};

}  // namespace tupelo::detail
