// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tupelo {

struct field_slot;
struct interval;
struct model_spec;
struct type_key;
struct type_ops;
struct word_buffer;

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
  interval,
  time_of_day,
  array,   ///< a std::vector of values of one kind, or of arrays that are alike: then it has more dimensions than one
  mapped,  ///< a user's type with `field_traits` that say what it is stored as; never in a value buffer
};

/// What a kind is called in messages: "int32", "text", "timestamp" …
std::string_view name_of(kind k) noexcept;

/// `==` for templates: where one compares enumerators, the compiler tries the built-in operators of all pairs of
/// numbers on them, which takes it longer than all else that the template says.
constexpr bool same_kind(kind a, kind b) noexcept {
  return static_cast<std::uint8_t>(a) == static_cast<std::uint8_t>(b);
}
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

/// How the elements of one C++ array type are reached.
struct array_ops {
  const type_ops* element;
  std::size_t (*size)(const void* array);
  void (*clear)(void* array, std::size_t expected);  ///< makes room for so many
  /// Appends the element that `fill` has filled.
  void (*add)(void* array, const void* context, void (*fill)(const void* context, void* element));
  const void* (*at)(const void* array, std::size_t position);
};

/// A range as it lies in an object: a bound that is null is none.
struct range_parts {
  const void* lower = nullptr;
  const void* upper = nullptr;
  bool lower_inclusive = false;
  bool upper_inclusive = false;
  bool empty = false;
};

/// How the bounds of one C++ range type are reached.
struct range_ops {
  const type_ops* bound;
  range_parts (*parts)(const void* range);
  /// Makes the range that has the bounds that are not null in `shape`: `fill` fills the lower one, then the upper one.
  /// False where the lower one is above the upper one.
  bool (*make)(void* range, const range_parts& shape, const void* context,
               void (*fill)(const void* context, bool upper, void* bound));
};

/// The attributes of a struct that is one value, in their order.
struct composite_ops {
  const field_slot* attributes;
  std::size_t count;
};

/// What a `custom` type is to a database that has such a type, beside its text: a range, the ranges of a multirange,
/// a composite, or bytes that its field_traits write and read.
struct custom_form {
  const range_ops* range = nullptr;
  const array_ops* multirange = nullptr;
  composite_ops (*composite)() = nullptr;
  void (*to_binary)(const void* value, std::string& out) = nullptr;
  bool (*from_binary)(void* value, std::string_view bytes) = nullptr;
  std::string_view types{};  ///< of bytes: the database's types that they are of, with blanks in between
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
  void* (*emplace)(void*) = nullptr;          ///< nullable only
  void (*reset)(void*) = nullptr;             ///< nullable only
  const void* (*get)(const void*) = nullptr;  ///< nullable only: the value inside; null: there is none
  void (*to_text)(const void*, std::string&) = nullptr;  ///< custom only
  bool (*from_text)(void*, std::string_view) = nullptr;  ///< custom only
  const enum_table& (*enumerators)() = nullptr;          ///< enumeration only
  const model_spec* (*embedded)() = nullptr;             ///< embedded only
  const type_key* related = nullptr;                     ///< relation: the other model, which may be incomplete
  const type_key* join_model = nullptr;                  ///< relation: the join table's, where it names that
  std::uint8_t relation = 0;                             ///< relation_kind of a relation field
  void (*relation_reset)(void*) = nullptr;               ///< relation: back to "not loaded"
  const array_ops* array = nullptr;                      ///< array only
  const type_ops* stored = nullptr;                      ///< mapped only: the type that it is stored as
  /// mapped only: hands the stored form of a value to `use`
  void (*store)(const void* value, const void* context, void (*use)(const void* context, const void* stored)) = nullptr;
  /// mapped only: makes the value from the stored form that `fill` has filled
  void (*load)(void* value, const void* context, void (*fill)(const void* context, void* stored)) = nullptr;
  std::string_view (*type_name)() = nullptr;  ///< custom and mapped: the user's type, for messages
  std::string_view column_type{};             ///< custom and mapped: the column's type, where the traits name one
  const custom_form* form = nullptr;          ///< custom only; null: nothing but its text
  /// custom with a form only: hands the value that the text says to `use`; false where it says none
  bool (*use_text)(std::string_view text, const void* context,
                   void (*use)(const void* context, const void* value)) = nullptr;
};

/// What a value of the type is in the database: the type itself, or what a mapped type is stored as.
inline const type_ops& stored_type(const type_ops& type) noexcept {
  return type.stored != nullptr ? *type.stored : type;
}
/// What an array is made of behind its last dimension; the type itself where it is no array.
inline const type_ops& innermost_type(const type_ops& type) noexcept {
  const type_ops* inner = &type;
  while (inner->array != nullptr) inner = inner->array->element;
  return *inner;
}
/// The type of a field's custom values, or of its elements, where it has a form beside its text; else null.
inline const type_ops* formed_type(const type_ops& field) noexcept {
  const type_ops& type = stored_type(innermost_type(stored_type(field)));
  return type.form != nullptr ? &type : nullptr;
}
/// The kind under which a field's value stands in a value buffer: all integers are 64 bits wide there.
constexpr kind kind_in_buffer(kind k) noexcept {
  if (is_integer(k)) return k == kind::u64 ? kind::u64 : kind::i64;
  return is_float(k) ? kind::f64 : k;
}

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
/// The same, and what stands in the texts of arrays and composites: digits, `t` and `f`, `\\x` and hexadecimal digits;
/// arrays as PostgreSQL spells them, `{a,"b c",NULL}`.
void store_spelled(const field_slot& slot, void* field, std::string_view text);
/// The value as `store_spelled` reads it. Errors: value_error (invalid_enum, invalid_value for an array whose rows
/// differ in length).
void spell_value(const field_slot& slot, const void* value, std::string& out);
void store_bytes(const field_slot& slot, void* field, const void* data, std::size_t size);
/// Microseconds since the epoch into tp::timestamp, tp::date or a chrono time point.
void store_timestamp(const field_slot& slot, void* field, std::int64_t microseconds);
void store_date(const field_slot& slot, void* field, std::int32_t days);
void store_interval(const field_slot& slot, void* field, const interval& value);
/// Microseconds since midnight. Errors: decode_error for what is outside the day.
void store_time_of_day(const field_slot& slot, void* field, std::int64_t microseconds);
/// NULL: resets an optional. Errors: decode_error (null_value) for a field that is not optional.
void store_null(const field_slot& slot, void* object);
/// The place to store a non-NULL value of the slot's column: the field, or the emplaced inside of an optional.
inline void* field_for_value(const field_slot& slot, void* object) {
  void* p = static_cast<char*>(object) + slot.offset;
  return slot.nullable ? slot.type->emplace(p) : p;
}
[[noreturn]] void throw_type_mismatch(const field_slot& slot, std::string_view found);
/// For an array of more or fewer dimensions than the field's.
[[noreturn]] void throw_other_dimensions(const field_slot& slot);
/// For text that is no value of the field's kind; `expected` describes it.
[[noreturn]] void throw_malformed(const field_slot& slot, std::string_view expected);
/// For a value that the field's own field_traits refuse: `found` is "text" or "a value".
[[noreturn]] void throw_refused_by_traits(const field_slot& slot, std::string_view found);

/// The slot of an array's elements, each at the start of its own memory; of the array's column, for messages.
inline field_slot element_slot(const field_slot& slot) noexcept {
  const type_ops& element = *slot.type->array->element;
  return {&element, 0, element.k, element.nullable, slot.column};
}
/// `fill(element)` gets the place of one more element. Before: the array's own slot, of no mapped type.
template <class Fill>
void add_element(const field_slot& slot, void* array, const Fill& fill) {
  slot.type->array->add(array, &fill,
                        [](const void* context, void* element) { (*static_cast<const Fill*>(context))(element); });
}
/// NULL as an element. Errors: decode_error (null_value) where the elements are not optional.
void add_null_element(const field_slot& slot, void* array);

/// The slot of what a mapped field is stored as, at the start of its own memory.
inline field_slot stored_slot(const field_slot& slot) noexcept {
  const type_ops& stored = *slot.type->stored;
  return {&stored, 0, stored.k, stored.nullable, slot.column};
}
void store_mapped(const field_slot& slot, void* field, const void* context,
                  void (*fill)(const void* context, void* stored));
/// Fills a mapped field: `fill(stored)` gets the place of what it is stored as.
/// Errors: decode_error (invalid_value) naming column and type when the field_traits refuse the value.
template <class Fill>
void store_mapped(const field_slot& slot, void* field, const Fill& fill) {
  store_mapped(slot, field, &fill,
               [](const void* context, void* stored) { (*static_cast<const Fill*>(context))(stored); });
}

// ---- reading a field ----------------------------------------------------------------------------------------------------------

/// The field's value, or null for an empty optional.
inline const void* value_of(const field_slot& slot, const void* object) {
  const void* p = static_cast<const char*>(object) + slot.offset;
  return slot.nullable ? slot.type->get(p) : p;
}
std::int64_t load_integer(const field_slot& slot,
                          const void* value) noexcept;  ///< boolean, integers, enumerations (their number)
std::int64_t load_timestamp(const field_slot& slot, const void* value) noexcept;  ///< microseconds
std::int32_t load_date(const field_slot& slot, const void* value) noexcept;       ///< days
interval load_interval(const field_slot& slot, const void* value);
std::int64_t load_time_of_day(const field_slot& slot, const void* value) noexcept;  ///< microseconds
/// `use(stored)` gets what the value of a mapped field is stored as, which ends with the call.
template <class Use>
void load_mapped(const field_slot& slot, const void* value, const Use& use) {
  slot.type->store(value, &use,
                   [](const void* context, const void* stored) { (*static_cast<const Use*>(context))(stored); });
}
/// `use(value)` gets the value of a custom type with a form that the text says, which ends with the call. False where
/// it says none.
template <class Use>
bool use_text(const type_ops& type, std::string_view text, const Use& use) {
  return type.use_text(text, &use,
                       [](const void* context, const void* value) { (*static_cast<const Use*>(context))(value); });
}
/// The enumerator's name. Errors: value_error (invalid_enum) when the value has none.
std::string_view load_enumerator(const field_slot& slot, const void* value);

// ---- values as words: what a value buffer and a session's snapshot hold ----------------------------------------------------

/// Appends a value that is not NULL as word_buffer describes it; a mapped one as what it is stored as.
/// Errors: value_error (invalid_enum, value_out_of_range).
void push_value(const field_slot& slot, const void* value, word_buffer& out);
/// Words that a value of the kind takes that begins here. Before: a kind that stands in buffers.
std::size_t words_of_value(kind k, const std::uint64_t* words) noexcept;
/// Fills the field from words that `push_value` wrote for the same slot. Errors: as of the store functions.
void store_words(const field_slot& slot, void* field, const std::uint64_t* words);

/// The words of an array: its elements' kind, their number, and each one's value behind a word that is 0 for NULL.
class array_words {
public:
  explicit array_words(const std::uint64_t* words) noexcept
      : words_(words + 2), kind_(static_cast<kind>(words[0])), left_(words[1]) {}

  kind element() const noexcept { return kind_; }
  std::uint64_t size() const noexcept { return left_; }  ///< elements that `next` has not been at
  /// The words of the next element; null for NULL. Before: size() > 0.
  const std::uint64_t* next() noexcept {
    --left_;
    if (*words_++ == 0) return nullptr;
    const std::uint64_t* const value = words_;
    words_ += words_of_value(kind_, value);
    return value;
  }

private:
  const std::uint64_t* words_;
  kind kind_;
  std::uint64_t left_;
};

/// Text that every database can hold: valid UTF-8 without NUL. `what` names it in the message.
/// Errors: value_error (invalid_text).
void check_text(std::string_view text, std::string_view what);
bool is_valid_text(std::string_view text) noexcept;

}  // namespace tupelo
