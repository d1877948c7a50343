// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/field_type.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/model/shape.hpp"
#include "tupelo/model/value_fit.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

/// How C++ values enter a query's value buffer.
namespace tupelo::detail {

/// The kind under which a value stands in the buffer.
template <class V>
consteval kind value_kind() {
  if constexpr (is_mapped<V>) {
    return value_kind<typename field_traits<V>::stored>();
  } else if constexpr (same_kind(field_kind<V>(), kind::mapped)) {
    return value_kind<base_of<V>>();
  }
  constexpr kind k = field_kind<V>();
  if constexpr (same_kind(k, kind::null) && text_like<V>) return kind::text;
  if constexpr (std::is_same_v<V, std::nullptr_t>) return kind::null;
  if constexpr (is_integer(k)) return same_kind(k, kind::u64) ? kind::u64 : kind::i64;
  if constexpr (is_float(k)) return kind::f64;
  return k;
}

/// The kind of an array's elements, behind its last dimension, as they stand in the buffer; kind::null for what is no
/// array.
template <class V>
consteval kind element_kind() {
  if constexpr (is_mapped<V>) {
    return element_kind<typename field_traits<V>::stored>();
  } else if constexpr (same_kind(field_kind<V>(), kind::array)) {
    using element = base_of<typename base_of<V>::value_type>;
    if constexpr (same_kind(field_kind<element>(), kind::array)) {
      return element_kind<element>();
    } else {
      return value_kind<element>();
    }
  } else {
    return kind::null;
  }
}

/// What a shape tells a custom value's type, or that of an array's elements, by; 0 where its text is all there is.
template <class V>
std::uint32_t type_number() {
  if constexpr (is_mapped<V>) {
    return type_number<typename field_traits<V>::stored>();
  } else if constexpr (same_kind(field_kind<V>(), kind::array)) {
    return type_number<base_of<typename V::value_type>>();
  } else if constexpr (same_kind(field_kind<V>(), kind::custom)) {
    if constexpr (ops_of<V>.form != nullptr) {
      static const std::uint32_t number = number_of_type(ops_of<V>);
      return number;
    }
  }
  return 0;
}

template <class T, class V>
std::int64_t ticks_of(const V& v) noexcept {  // microseconds of a time point, days of a day point
  if constexpr (std::is_same_v<V, timestamp>) {
    return v.us;
  } else if constexpr (std::is_same_v<V, date>) {
    return v.days;
  } else if constexpr (day_point_like<V> && std::is_same_v<T, date>) {
    return static_cast<std::int64_t>(v.time_since_epoch().count());
  } else {
    using period = typename V::duration::period;
    constexpr std::int64_t micro = 1'000'000;
    const auto count = static_cast<std::int64_t>(v.time_since_epoch().count());
    if constexpr (period::den > micro) {
      constexpr std::int64_t divisor = period::den / micro;
      const std::int64_t quotient = count / divisor;
      return count % divisor < 0 ? quotient - 1 : quotient;
    } else {
      return count * period::num * (micro / period::den);
    }
  }
}

std::string_view enumerator_text(const enum_table& table, std::int64_t value);

/// Room for the text that a value is written as; empty for values that need none.
struct no_text {};
template <class V, kind K = field_kind<V>()>
struct room_of {
  using type = no_text;
};
template <class V>
struct room_of<V, kind::decimal> {
  using type = std::string;
};
template <class V>
struct room_of<V, kind::custom> {
  using type = std::string;
};
template <class V>
struct room_of<V, kind::interval> {
  struct type {
    alignas(8) char bytes[16];
  };
};
template <class V>
struct room_of<V, kind::array> {
  using type = inline_word_buffer<16>;
};
template <class V>
struct room_of<V, kind::mapped> {
  using stored = typename field_traits<V>::stored;
  struct type {
    stored value{};
    typename room_of<stored>::type text{};
  };
};
template <class V>
using text_room = typename room_of<base_of<V>>::type;

void write_interval(char* bytes16, const type_ops& ops, const void* value);

/// The value as it enters the buffer against a Field; NULL for an empty optional. `room` must outlive the result.
template <class Field, class V>
inline literal literal_of(const V& v, [[maybe_unused]] text_room<V>& room) {
  constexpr kind k = value_kind<V>();
  if constexpr (std::is_same_v<V, std::nullptr_t> || std::is_same_v<V, std::nullopt_t>) {
    return {};
  } else if constexpr (optional_like<V> && !has_field_traits<V>) {
    return v.has_value() ? literal_of<Field>(*v, room) : literal();
  } else if constexpr (is_mapped<V>) {
    room.value = field_traits<V>::store(v);
    return literal_of<typename field_traits<V>::stored>(room.value, room.text);
  } else if constexpr (same_kind(k, kind::array)) {
    room.size = 0;
    push_value({&ops_of<V>, 0, k, false, {}}, __builtin_addressof(v), room);
    literal made(room, element_kind<V>());
    made.type = type_number<V>();
    return made;
  } else if constexpr (same_kind(k, kind::interval)) {
    write_interval(room.bytes, ops_of<V>, __builtin_addressof(v));
    return {k, std::string_view(room.bytes, sizeof room.bytes)};
  } else if constexpr (same_kind(k, kind::time_of_day)) {
    return {k, v.us};
  } else if constexpr (same_kind(k, kind::text)) {
    return {k, std::string_view(v)};
  } else if constexpr (same_kind(k, kind::f64)) {
    return {k, static_cast<double>(v)};
  } else if constexpr (same_kind(k, kind::boolean) || same_kind(k, kind::i64) || same_kind(k, kind::u64)) {
    if constexpr (std::is_same_v<base_of<Field>, double> || std::is_same_v<base_of<Field>, float>) {
      return {kind::f64, static_cast<double>(v)};
    } else {
      return {k, static_cast<std::int64_t>(v)};
    }
  } else if constexpr (same_kind(k, kind::timestamp) || same_kind(k, kind::date)) {
    constexpr bool day = same_kind(field_kind<base_of<Field>>(), kind::date);
    return {day ? kind::date : kind::timestamp, ticks_of<std::conditional_t<day, date, timestamp>>(v)};
  } else if constexpr (same_kind(k, kind::enumeration)) {
    return {k, enumerator_text(enum_names<V>(), static_cast<std::int64_t>(v))};
  } else if constexpr (same_kind(k, kind::uuid)) {
    return {k, std::string_view(reinterpret_cast<const char*>(v.bytes), 16)};
  } else if constexpr (same_kind(k, kind::bytes)) {
    return {k, std::string_view(reinterpret_cast<const char*>(v.data()), v.size())};
  } else if constexpr (same_kind(k, kind::decimal)) {
    room = v.to_string();
    return {k, std::string_view(room)};
  } else if constexpr (same_kind(k, kind::json)) {
    return {k, std::string_view(v.text())};
  } else {
    room.clear();
    field_traits<V>::to_text(v, room);
    literal made(k, std::string_view(room));
    made.type = type_number<V>();
    return made;
  }
}

/// A value alone, typed as it is compared with or assigned to a Field.
template <class Field, class V>
inline expression value_expression(const V& v) {
  text_room<V> room;
  return expression(literal_of<Field>(v, room));
}

}  // namespace tupelo::detail
