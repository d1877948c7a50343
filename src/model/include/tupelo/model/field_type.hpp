// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/enum_names.hpp"
#include "tupelo/model/relation.hpp"
#include "tupelo/core/field.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace tupelo {

struct timestamp;
struct time_of_day;
struct date;
struct uuid;
class decimal;
class json;

/// How a type of yours is stored: specialise it. Either as another type that a field can have,
/// `using stored = std::int64_t; static stored store(const T&); static T load(const stored&);`, where `load` throws
/// what it refuses, or as text, `static void to_text(const T&, std::string& out); static bool from_text(T&,
/// std::string_view);` (false: not valid). `static constexpr std::string_view column_type = "citext";` names the
/// column's type on databases that have it. Beside the text there may be the binary form that such a database sends:
/// `static void to_binary(const T&, std::string& out); static bool from_binary(T&, std::string_view);`, of the type
/// that `column_type` names, or of those in `static constexpr std::string_view binary_types = "bit varbit";`.
template <class T>
struct field_traits;

template <class T>
concept has_field_traits = requires { sizeof(field_traits<T>); };
/// Stored as another type rather than as text.
template <class T>
concept is_mapped = requires { typename field_traits<T>::stored; };
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
concept span_of_time_like = requires(const T& t) {
  typename T::rep;
  T::period::num;
  T::period::den;
  t.count();
} && std::is_integral_v<typename T::rep> && sizeof(T) == sizeof(typename T::rep);
/// A vector of bytes is one value and no array.
template <class T>
concept bytes_like = requires(const T& t) {
  t.data();
  t.size();
  t.capacity();
} && (std::is_same_v<typename T::value_type, std::byte> || std::is_same_v<typename T::value_type, unsigned char>);
template <class T>
concept vector_like = requires(T& t) {
  typename T::value_type;
  t.size();
  t.capacity();
  t.reserve(1);
  t.emplace_back();
  t.begin();
};
template <class T>
concept text_like = requires(const T& t) { std::string_view(t); };

namespace detail {

template <class T>
consteval kind field_kind();

/// An array, however it is wrapped.
template <class T>
consteval bool is_array() {
  if constexpr (is_mapped<T>) {
    return is_array<typename field_traits<T>::stored>();
  } else if constexpr (optional_like<T> && !has_field_traits<T> && !relation_like<T>) {
    return is_array<typename T::value_type>();
  } else {
    return same_kind(field_kind<T>(), kind::array);
  }
}

/// How many vectors lie in each other, T's own among them; 0 for what is no array, or one that is wrapped.
template <class T>
consteval unsigned dimensions() {
  if constexpr (has_field_traits<T> || optional_like<T> || !same_kind(field_kind<T>(), kind::array)) {
    return 0;
  } else {
    return 1 + dimensions<typename T::value_type>();
  }
}
inline constexpr unsigned most_dimensions = 6;  // as PostgreSQL has

/// The kind of a field of type T; kind::null where T cannot be a field.
template <class T>
consteval kind field_kind() {
  if constexpr (is_mapped<T>) {
    return kind::mapped;
  } else if constexpr (has_field_traits<T>) {
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
  } else if constexpr (std::is_same_v<T, interval>) {
    return kind::interval;
  } else if constexpr (std::is_same_v<T, time_of_day>) {
    return kind::time_of_day;
  } else if constexpr (relation_like<T>) {
    return kind::relation;
  } else if constexpr (day_point_like<T>) {
    return kind::date;
  } else if constexpr (time_point_like<T>) {
    return kind::timestamp;
  } else if constexpr (optional_like<T>) {
    constexpr kind inner = field_kind<typename T::value_type>();
    return same_kind(inner, kind::embedded) || same_kind(inner, kind::relation) || optional_like<typename T::value_type>
               ? kind::null
               : inner;
  } else if constexpr (bytes_like<T>) {
    return kind::bytes;
  } else if constexpr (vector_like<T>) {
    constexpr kind element = field_kind<typename T::value_type>();
    constexpr bool is_value =
        !same_kind(element, kind::null) && !same_kind(element, kind::embedded) && !same_kind(element, kind::relation);
    // Arrays inside of arrays are its rows, of which none is NULL or of a type of its own.
    constexpr bool has_rows = is_array<typename T::value_type>();
    constexpr unsigned rows = dimensions<typename T::value_type>();
    return is_value && (!has_rows || (rows != 0 && rows < most_dimensions)) ? kind::array : kind::null;
  } else if constexpr (span_of_time_like<T>) {
    return kind::interval;
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

template <class T>
consteval type_ops make_type_ops();
template <class T>
inline constexpr type_ops ops_of = make_type_ops<T>();

/// What the compiler's messages name a user's type by.
template <class T>
struct traits_of {
  static constexpr bool reads_and_writes_text =
      requires(T& value, const T& constant, std::string& out, std::string_view text) {
        field_traits<T>::to_text(constant, out);
        { field_traits<T>::from_text(value, text) } -> std::convertible_to<bool>;
      };
  static constexpr bool writes_binary =
      requires(const T& value, std::string& out) { field_traits<T>::to_binary(value, out); };
  static constexpr bool reads_binary = requires(T& value, std::string_view bytes) {
    { field_traits<T>::from_binary(value, bytes) } -> std::convertible_to<bool>;
  };
  static constexpr bool names_the_type = requires { std::string_view(field_traits<T>::binary_types); } ||
                                         requires { std::string_view(field_traits<T>::column_type); };
};
template <is_mapped T>
struct traits_of<T> {
  using stored = typename field_traits<T>::stored;
  static constexpr bool stores = requires(const T& value) {
    { field_traits<T>::store(value) } -> std::convertible_to<stored>;
  };
  static constexpr bool loads = requires(T& value, const stored& from) { value = field_traits<T>::load(from); };
  static constexpr bool is_stored_as_a_field = !same_kind(field_kind<stored>(), kind::null) &&
                                               !same_kind(field_kind<stored>(), kind::embedded) &&
                                               !same_kind(field_kind<stored>(), kind::relation) && !is_mapped<stored> &&
                                               (has_field_traits<stored> || !optional_like<stored>);
};

template <class Value>
consteval void describe_traits(type_ops& ops) {
  ops.type_name = [] { return reflect::type_name(reflect::type_text<Value>()); };
  if constexpr (requires { std::string_view(field_traits<Value>::column_type); }) {
    ops.column_type = field_traits<Value>::column_type;
  }
}

template <class Value>
consteval custom_form make_binary_form() {
  custom_form form{};
  form.to_binary = [](const void* p, std::string& out) {
    field_traits<Value>::to_binary(*static_cast<const Value*>(p), out);
  };
  form.from_binary = [](void* p, std::string_view bytes) {
    return field_traits<Value>::from_binary(*static_cast<Value*>(p), bytes);
  };
  if constexpr (requires { std::string_view(field_traits<Value>::binary_types); }) {
    form.types = field_traits<Value>::binary_types;
  } else {
    form.types = field_traits<Value>::column_type;
  }
  return form;
}
template <class Value>
inline constexpr custom_form binary_form_of = make_binary_form<Value>();

template <is_mapped Value>
consteval void describe_mapped(type_ops& ops) {
  using traits = traits_of<Value>;
  static_assert(traits::is_stored_as_a_field,
                "tupelo: field_traits: `stored` is no type that a field can have by itself (no optional, aggregate, "
                "relation or other mapped type)");
  static_assert(traits::stores, "tupelo: field_traits with `stored` need `static stored store(const T&)`");
  static_assert(traits::loads, "tupelo: field_traits with `stored` need `static T load(const stored&)`");
  describe_traits<Value>(ops);
  if constexpr (traits::is_stored_as_a_field && traits::stores && traits::loads) {
    using stored = typename traits::stored;
    ops.stored = &ops_of<stored>;
    ops.store = [](const void* value, const void* context, void (*use)(const void*, const void*)) {
      const stored made = field_traits<Value>::store(*static_cast<const Value*>(value));
      use(context, &made);
    };
    ops.load = [](void* value, const void* context, void (*fill)(const void*, void*)) {
      stored read{};
      fill(context, &read);
      *static_cast<Value*>(value) = field_traits<Value>::load(static_cast<const stored&>(read));
    };
  }
}

template <class Vector>
consteval array_ops make_array_ops() {
  using element = typename Vector::value_type;
  array_ops ops{};
  ops.element = &ops_of<element>;
  ops.size = [](const void* array) -> std::size_t { return static_cast<const Vector*>(array)->size(); };
  ops.clear = [](void* array, std::size_t expected) {
    static_cast<Vector*>(array)->clear();
    static_cast<Vector*>(array)->reserve(expected);
  };
  ops.add = [](void* array, const void* context, void (*fill)(const void*, void*)) {
    if constexpr (std::is_same_v<element, bool>) {  // its vector has no places to fill
      bool value = false;
      fill(context, &value);
      static_cast<Vector*>(array)->push_back(value);
    } else {
      fill(context, __builtin_addressof(static_cast<Vector*>(array)->emplace_back()));
    }
  };
  ops.at = [](const void* array, std::size_t position) -> const void* {
    if constexpr (std::is_same_v<element, bool>) {
      static constexpr bool values[2] = {false, true};
      return &values[(*static_cast<const Vector*>(array))[position] ? 1 : 0];
    } else {
      return __builtin_addressof((*static_cast<const Vector*>(array))[position]);
    }
  };
  return ops;
}
template <class Vector>
inline constexpr array_ops array_ops_of = make_array_ops<Vector>();

template <class Duration>
consteval void describe_ticks(type_ops& ops) {
  ops.chrono = true;
  ops.ticks_num = std::int64_t{1'000'000} * Duration::period::num;
  ops.ticks_den = Duration::period::den;
  // 1e6 * num / den in lowest terms for the periods that occur (powers of ten): no overflow when ticks are multiplied.
  while (ops.ticks_num % 10 == 0 && ops.ticks_den % 10 == 0) {
    ops.ticks_num /= 10;
    ops.ticks_den /= 10;
  }
}

template <class Value>
consteval void describe_value(type_ops& ops) {
  ops.size = static_cast<std::uint16_t>(sizeof(Value));
  if constexpr (std::is_enum_v<Value> && !has_field_traits<Value>) {
    ops.is_signed = std::is_signed_v<std::underlying_type_t<Value>>;
    ops.enumerators = &enum_names<Value>;
  } else if constexpr (is_mapped<Value>) {
    describe_mapped<Value>(ops);
  } else if constexpr (has_field_traits<Value>) {
    static_assert(traits_of<Value>::reads_and_writes_text,
                  "tupelo: field_traits need `using stored = …;` with `static stored store(const T&)` and `static T "
                  "load(const stored&)`, or `static void to_text(const T&, std::string&)` and `static bool "
                  "from_text(T&, std::string_view)`");
    describe_traits<Value>(ops);
    if constexpr (traits_of<Value>::reads_and_writes_text) {
      ops.to_text = [](const void* p, std::string& text) {
        field_traits<Value>::to_text(*static_cast<const Value*>(p), text);
      };
      ops.from_text = [](void* p, std::string_view text) {
        return field_traits<Value>::from_text(*static_cast<Value*>(p), text);
      };
    }
    if constexpr (requires(const custom_form*& form) { form = &field_traits<Value>::form; }) {
      ops.form = &field_traits<Value>::form;
    } else if constexpr (traits_of<Value>::writes_binary || traits_of<Value>::reads_binary) {
      static_assert(traits_of<Value>::writes_binary && traits_of<Value>::reads_binary &&
                        traits_of<Value>::names_the_type,
                    "tupelo: field_traits with a binary form need `static void to_binary(const T&, std::string&)`, "
                    "`static bool from_binary(T&, std::string_view)` and `column_type` or `binary_types`");
      if constexpr (traits_of<Value>::writes_binary && traits_of<Value>::reads_binary &&
                    traits_of<Value>::names_the_type) {
        ops.form = &binary_form_of<Value>;
      }
    }
    if constexpr (traits_of<Value>::reads_and_writes_text) {
      if (ops.form != nullptr) {
        ops.use_text = [](std::string_view text, const void* context, void (*use)(const void*, const void*)) {
          Value read{};
          if (!field_traits<Value>::from_text(read, text)) return false;
          use(context, __builtin_addressof(read));
          return true;
        };
      }
    }
  } else if constexpr (time_point_like<Value> && !std::is_same_v<Value, timestamp>) {
    describe_ticks<typename Value::duration>(ops);
  } else if constexpr (span_of_time_like<Value>) {
    describe_ticks<Value>(ops);
  } else if constexpr (same_kind(field_kind<Value>(), kind::array)) {
    ops.array = &array_ops_of<Value>;
  }
}

template <class T>
consteval type_ops make_type_ops() {
  type_ops ops{};
  ops.k = field_kind<T>();
  if constexpr (field_is_optional<T>()) {
    using Value = typename T::value_type;
    ops.nullable = true;
    ops.emplace = [](void* p) -> void* { return __builtin_addressof(static_cast<T*>(p)->emplace()); };
    ops.reset = [](void* p) { static_cast<T*>(p)->reset(); };
    ops.get = [](const void* p) -> const void* {
      const T& field = *static_cast<const T*>(p);
      return field.has_value() ? __builtin_addressof(*field) : nullptr;
    };
    describe_value<Value>(ops);
  } else if constexpr (relation_like<T> && !has_field_traits<T>) {
    ops.relation = static_cast<std::uint8_t>(T::relation);
    ops.related = &type_key_of<typename T::related_model>;
    if constexpr (requires { typename T::pivot_model; }) {
      if constexpr (!std::is_void_v<typename T::pivot_model>) ops.join_model = &type_key_of<typename T::pivot_model>;
    }
    ops.relation_reset = [](void* p) { static_cast<T*>(p)->reset(); };
  } else if constexpr (same_kind(field_kind<T>(), kind::embedded)) {
    ops.size = static_cast<std::uint16_t>(sizeof(T));
    ops.embedded = &spec_of<T>;
  } else {
    describe_value<T>(ops);
  }
  return ops;
}

}  // namespace detail

}  // namespace tupelo
