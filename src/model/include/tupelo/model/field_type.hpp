// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/enum_names.hpp"
#include "tupelo/model/relation.hpp"
#include "tupelo/core/field.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace tupelo {

struct timestamp;
struct date;
struct uuid;
class decimal;
class json;

/// How a type of yours is stored: specialise it with
/// `static void to_text(const T&, std::string& out)` and `static bool from_text(T&, std::string_view)` (false: not
/// valid).
template <class T>
struct field_traits;

template <class T>
concept has_field_traits = requires { sizeof(field_traits<T>); };
template <class T>
concept relation_like = requires {
  typename T::related_model;
  T::relation;
};
// Duck-typed, so that <optional>, <chrono> and <vector> need not be included here.
template <class T>
concept optional_like = requires(T& t) {
  typename T::value_type;
  t.has_value();
  t.reset();
  *t;
};
template <class T>
concept time_point_like = requires(const T& t) {
  typename T::clock;
  typename T::duration::period;
  t.time_since_epoch().count();
};
template <class T>
concept day_point_like = time_point_like<T> && T::duration::period::num == 86400 && T::duration::period::den == 1;
template <class T>
concept bytes_like =
    requires(const T& t) {
      t.data();
      t.size();
      typename T::value_type;
      t.capacity();
    } && sizeof(typename T::value_type) == 1 && !std::is_same_v<typename T::value_type, char> &&
    !std::is_same_v<typename T::value_type, bool>;
template <class T>
concept text_like = requires(const T& t) { std::string_view(t); };

namespace detail {

/// The kind of a field of type T; kind::null where T cannot be a field.
template <class T>
consteval kind field_kind() {
  if constexpr (has_field_traits<T>) {
    return kind::custom;
  } else if constexpr (std::is_same_v<T, bool>) {
    return kind::boolean;
  } else if constexpr (std::is_enum_v<T>) {
    return kind::enumeration;
  } else if constexpr (std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char8_t> ||
                       std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>) {
    return kind::null;
  } else if constexpr (std::is_integral_v<T>) {
    constexpr bool is_signed = std::is_signed_v<T>;
    if constexpr (sizeof(T) == 1) return is_signed ? kind::i8 : kind::u8;
    if constexpr (sizeof(T) == 2) return is_signed ? kind::i16 : kind::u16;
    if constexpr (sizeof(T) == 4) return is_signed ? kind::i32 : kind::u32;
    if constexpr (sizeof(T) == 8) return is_signed ? kind::i64 : kind::u64;
    return kind::null;
  } else if constexpr (std::is_same_v<T, float>) {
    return kind::f32;
  } else if constexpr (std::is_same_v<T, double>) {
    return kind::f64;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return kind::text;
  } else if constexpr (std::is_same_v<T, timestamp>) {
    return kind::timestamp;
  } else if constexpr (std::is_same_v<T, date>) {
    return kind::date;
  } else if constexpr (std::is_same_v<T, uuid>) {
    return kind::uuid;
  } else if constexpr (std::is_same_v<T, decimal>) {
    return kind::decimal;
  } else if constexpr (std::is_same_v<T, json>) {
    return kind::json;
  } else if constexpr (relation_like<T>) {
    return kind::relation;
  } else if constexpr (day_point_like<T>) {
    return kind::date;
  } else if constexpr (time_point_like<T>) {
    return kind::timestamp;
  } else if constexpr (optional_like<T>) {
    constexpr kind inner = field_kind<typename T::value_type>();
    return inner == kind::embedded || inner == kind::relation || optional_like<typename T::value_type> ? kind::null
                                                                                                       : inner;
  } else if constexpr (bytes_like<T>) {
    return kind::bytes;
  } else if constexpr (std::is_class_v<T> && std::is_aggregate_v<T>) {
    return kind::embedded;
  } else {
    return kind::null;
  }
}

template <class T>
consteval bool field_is_optional() {
  if constexpr (has_field_traits<T> || relation_like<T>) {
    return false;
  } else {
    return optional_like<T>;
  }
}

template <class T>
const model_spec* spec_of() noexcept;

template <class Value>
consteval void describe_value(type_ops& ops) {
  ops.size = static_cast<std::uint16_t>(sizeof(Value));
  if constexpr (std::is_enum_v<Value> && !has_field_traits<Value>) {
    ops.is_signed = std::is_signed_v<std::underlying_type_t<Value>>;
    ops.enumerators = &enum_names<Value>;
  } else if constexpr (has_field_traits<Value>) {
    ops.to_text = [](const void* p, std::string& text) {
      field_traits<Value>::to_text(*static_cast<const Value*>(p), text);
    };
    ops.from_text = [](void* p, std::string_view text) {
      return field_traits<Value>::from_text(*static_cast<Value*>(p), text);
    };
  } else if constexpr (time_point_like<Value> && !std::is_same_v<Value, timestamp>) {
    ops.chrono = true;
    ops.ticks_num = std::int64_t{1'000'000} * Value::duration::period::num;
    ops.ticks_den = Value::duration::period::den;
    // 1e6 * num / den in lowest terms for the periods that occur (powers of ten): no overflow when ticks are
    // multiplied.
    while (ops.ticks_num % 10 == 0 && ops.ticks_den % 10 == 0) {
      ops.ticks_num /= 10;
      ops.ticks_den /= 10;
    }
  }
}

template <class T>
consteval type_ops make_type_ops() {
  type_ops ops{};
  ops.k = field_kind<T>();
  if constexpr (field_is_optional<T>()) {
    using Value = typename T::value_type;
    ops.nullable = true;
    ops.has = [](const void* p) { return static_cast<const T*>(p)->has_value(); };
    ops.emplace = [](void* p) -> void* { return __builtin_addressof(static_cast<T*>(p)->emplace()); };
    ops.reset = [](void* p) { static_cast<T*>(p)->reset(); };
    ops.get = [](const void* p) -> const void* { return __builtin_addressof(**static_cast<const T*>(p)); };
    describe_value<Value>(ops);
  } else if constexpr (relation_like<T> && !has_field_traits<T>) {
    ops.relation = static_cast<std::uint8_t>(T::relation);
    ops.related_name = [] { return reflect::type_name(reflect::type_text<typename T::related_model>()); };
    ops.relation_reset = [](void* p) { static_cast<T*>(p)->reset(); };
  } else if constexpr (field_kind<T>() == kind::embedded) {
    ops.size = static_cast<std::uint16_t>(sizeof(T));
    ops.embedded = &spec_of<T>;
  } else {
    describe_value<T>(ops);
  }
  return ops;
}

template <class T>
inline constexpr type_ops ops_of = make_type_ops<T>();

}  // namespace detail

}  // namespace tupelo
