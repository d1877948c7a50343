// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tupelo {

struct model_spec;

/// The kind of a value in a struct's field, in a query's value buffer and in a column. The numbers are part of the
/// shape.
enum class kind : std::uint8_t {
  null,
  boolean,
  i8,
  i16,
  i32,
  i64,
  u8,
  u16,
  u32,
  u64,
  f32,
  f64,
  text,
  bytes,
  timestamp,
  date,
  uuid,
  decimal,
  json,
  enumeration,  ///< a C++ enum, stored by the name of its enumerator
  custom,       ///< a user's type with `field_traits`, stored as text
  embedded,     ///< a nested value object: never a column itself, its fields are
  relation,     ///< never a column
};

/// What a kind is called in messages: "int32", "text", "timestamp" …
std::string_view name_of(kind k) noexcept;

constexpr bool is_integer(kind k) noexcept { return k >= kind::i8 && k <= kind::u64; }
constexpr bool is_float(kind k) noexcept { return k == kind::f32 || k == kind::f64; }

struct enumerator {
  std::int64_t value;
  std::string_view name;
};

/// The enumerators of one enum type, found by reflection.
struct enum_table {
  std::string_view type;
  const enumerator* first;
  std::size_t count;

  /// Empty when no enumerator has the value.
  std::string_view name_of(std::int64_t value) const noexcept;
  const enumerator* find(std::string_view name) const noexcept;
};

/// How one C++ type is reached through an untyped pointer; one constant per field type, not per field.
struct type_ops {
  kind k{};
  bool nullable = false;       ///< std::optional
  std::uint16_t size = 0;      ///< of the value inside the optional, for enumerations
  std::int64_t ticks_num = 1;  ///< chrono time points: microseconds = ticks * num / den
  std::int64_t ticks_den = 1;
  bool chrono = false;                        ///< a std::chrono time point rather than tp::timestamp or tp::date
  bool is_signed = true;                      ///< of an enumeration's underlying type
  bool (*has)(const void*) = nullptr;         ///< nullable only
  void* (*emplace)(void*) = nullptr;          ///< nullable only
  void (*reset)(void*) = nullptr;             ///< nullable only
  const void* (*get)(const void*) = nullptr;  ///< nullable only
  void (*to_text)(const void*, std::string&) = nullptr;  ///< custom only
  bool (*from_text)(void*, std::string_view) = nullptr;  ///< custom only
  const enum_table& (*enumerators)() = nullptr;          ///< enumeration only
  const model_spec* (*embedded)() = nullptr;             ///< embedded only
  const model_spec* (*related)() = nullptr;              ///< relation whose type is complete where it is described
  std::string_view (*related_name)() = nullptr;          ///< relation: type name of the other model
  std::uint8_t relation = 0;                             ///< relation_kind of a relation field
  void (*relation_reset)(void*) = nullptr;               ///< relation: back to "not loaded"
};

/// Where a column's value lies in an object and how to reach it; what drivers decode into and bind from.
struct field_slot {
  const type_ops* type = nullptr;
  std::uint16_t offset = 0;
  kind k{};
  bool nullable = false;
  std::string_view column;  ///< for messages; lives as long as the model's description
};

// ---- writing a decoded value into a field; the checks that every driver needs are here once ---------------------------------

/// Range-checked. Errors: decode_error (value_out_of_range) naming the column.
void store_integer(const field_slot& slot, void* field, std::int64_t value);
void store_unsigned(const field_slot& slot, void* field, std::uint64_t value);
void store_float(const field_slot& slot, void* field, double value);
/// Text into text, enumeration, custom, json, decimal, uuid, timestamp or date fields; anything else is a
/// type_mismatch.
void store_text(const field_slot& slot, void* field, std::string_view value);
void store_bytes(const field_slot& slot, void* field, const void* data, std::size_t size);
/// Microseconds since the epoch into tp::timestamp, tp::date or a chrono time point.
void store_timestamp(const field_slot& slot, void* field, std::int64_t microseconds);
void store_date(const field_slot& slot, void* field, std::int32_t days);
/// NULL: resets an optional. Errors: decode_error (null_value) for a field that is not optional.
void store_null(const field_slot& slot, void* object);
/// The place to store a non-NULL value of the slot's column: the field, or the emplaced inside of an optional.
inline void* field_for_value(const field_slot& slot, void* object) {
  void* p = static_cast<char*>(object) + slot.offset;
  return slot.nullable ? slot.type->emplace(p) : p;
}
[[noreturn]] void throw_type_mismatch(const field_slot& slot, std::string_view found);

// ---- reading a field ----------------------------------------------------------------------------------------------------------

/// The field's value, or null for an empty optional.
inline const void* value_of(const field_slot& slot, const void* object) {
  const void* p = static_cast<const char*>(object) + slot.offset;
  if (!slot.nullable) return p;
  return slot.type->has(p) ? slot.type->get(p) : nullptr;
}
std::int64_t load_integer(const field_slot& slot,
                          const void* value) noexcept;  ///< boolean, integers, enumerations (their number)
std::int64_t load_timestamp(const field_slot& slot, const void* value) noexcept;  ///< microseconds
std::int32_t load_date(const field_slot& slot, const void* value) noexcept;       ///< days
/// The enumerator's name. Errors: value_error (invalid_enum) when the value has none.
std::string_view load_enumerator(const field_slot& slot, const void* value);

/// Text that every database can hold: valid UTF-8 without NUL. `what` names it in the message.
/// Errors: value_error (invalid_text).
void check_text(std::string_view text, std::string_view what);
bool is_valid_text(std::string_view text) noexcept;

}  // namespace tupelo
