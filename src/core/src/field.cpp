// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/field.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/micros.hpp>
#include <tupelo/core/time_of_day.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <limits>
#include <new>
#include <utility>

namespace tupelo {

namespace {

constexpr std::int64_t micros_per_day = 86'400'000'000;

template <class Value>
Value read_as(const void* p) noexcept {
  Value value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

std::string column_text(const field_slot& slot) {
  return slot.column.empty() ? std::string("a column") : "column \"" + std::string(slot.column) + "\"";
}

[[noreturn, gnu::cold]] void fail(errc code, const field_slot& slot, std::string_view rest) {
  throw decode_error(code, column_text(slot) + std::string(rest), std::string(slot.column));
}

[[noreturn, gnu::cold]] void fail_range(const field_slot& slot, std::string_view bounds) {
  std::string rest = " holds a number that its field cannot: ";
  rest.append(name_of(slot.k)).append(" takes ").append(bounds);
  rest.append("; give the field a wider type or correct the row");
  fail(errc::value_out_of_range, slot, rest);
}

template <class Integer>
[[noreturn, gnu::cold]] void fail_range(const field_slot& slot) {
  using limits = std::numeric_limits<Integer>;
  fail_range(slot, std::to_string(limits::min()) + " to " + std::to_string(limits::max()));
}

template <class Integer, class Value>
void store_narrowed(const field_slot& slot, void* field, Value value) {
  if (!std::in_range<Integer>(value)) [[unlikely]]
    fail_range<Integer>(slot);
  const auto narrow = static_cast<Integer>(value);
  std::memcpy(field, &narrow, sizeof narrow);
}

/// Whole numbers of either signedness into every kind that takes one.
template <class Value>
void store_whole(const field_slot& slot, void* field, Value value) {
  switch (slot.k) {
    case kind::boolean:
      if (value != 0 && value != 1) [[unlikely]]
        fail_range(slot, "0 and 1");
      *static_cast<bool*>(field) = value != 0;
      return;
    case kind::i8: return store_narrowed<std::int8_t>(slot, field, value);
    case kind::i16: return store_narrowed<std::int16_t>(slot, field, value);
    case kind::i32: return store_narrowed<std::int32_t>(slot, field, value);
    case kind::i64: return store_narrowed<std::int64_t>(slot, field, value);
    case kind::u8: return store_narrowed<std::uint8_t>(slot, field, value);
    case kind::u16: return store_narrowed<std::uint16_t>(slot, field, value);
    case kind::u32: return store_narrowed<std::uint32_t>(slot, field, value);
    case kind::u64: return store_narrowed<std::uint64_t>(slot, field, value);
    case kind::f32: *static_cast<float*>(field) = static_cast<float>(value); return;
    case kind::f64: *static_cast<double*>(field) = static_cast<double>(value); return;
    case kind::decimal: *static_cast<decimal*>(field) = decimal(value); return;
    case kind::mapped:
      return store_mapped(slot, field, [&](void* stored) { store_whole(stored_slot(slot), stored, value); });
    default: throw_type_mismatch(slot, "an integer");
  }
}

/// The count of a chrono type into its `rep`, whose width is that of the type.
void store_ticks(const field_slot& slot, void* field, std::int64_t ticks) {
  switch (slot.type->size) {
    case 2: return store_narrowed<std::int16_t>(slot, field, ticks);
    case 4: return store_narrowed<std::int32_t>(slot, field, ticks);
    default: std::memcpy(field, &ticks, sizeof ticks); return;
  }
}

std::int64_t load_ticks(const field_slot& slot, const void* value) noexcept {
  switch (slot.type->size) {
    case 2: return read_as<std::int16_t>(value);
    case 4: return read_as<std::int32_t>(value);
    default: return read_as<std::int64_t>(value);
  }
}

void store_chrono(const field_slot& slot, void* field, std::int64_t microseconds) {
  if (timestamp{microseconds}.is_infinite()) [[unlikely]] {
    fail(errc::value_out_of_range, slot,
         " holds infinity, which its chrono type has not; use tupelo::timestamp or tupelo::date");
  }
  std::int64_t scaled = 0;
  if (__builtin_mul_overflow(microseconds, slot.type->ticks_den, &scaled)) [[unlikely]] {
    fail(errc::value_out_of_range, slot,
         " holds a time that its chrono type cannot; use tupelo::timestamp or a coarser time point");
  }
  store_ticks(slot, field, detail::floor_divide(scaled, slot.type->ticks_num));
}

bool is_chrono(const field_slot& slot) noexcept { return slot.type != nullptr && slot.type->chrono; }

void store_timestamp_text(const field_slot& slot, void* field, std::string_view text) {
  timestamp time;
  if (!timestamp::parse_to(text.data(), text.size(), time)) [[unlikely]] {
    throw_malformed(slot, "YYYY-MM-DD HH:MM:SS.ffffff");
  }
  store_timestamp(slot, field, time.us);
}

void store_date_text(const field_slot& slot, void* field, std::string_view text) {
  date day;
  if (date::parse_to(text.data(), text.size(), day)) [[likely]]
    return store_date(slot, field, day.days);
  timestamp time;  // many schemas keep days in columns of times
  if (!timestamp::parse_to(text.data(), text.size(), time)) throw_malformed(slot, "YYYY-MM-DD");
  store_timestamp(slot, field, time.us);
}

[[noreturn, gnu::cold]] void fail_enumerator(const field_slot& slot, const enum_table& table) {
  constexpr std::size_t most = 16;
  std::string rest = " holds text that names no enumerator of ";
  rest.append(table.type).append(" (");
  for (std::size_t i = 0; i < table.count && i < most; ++i) {
    if (i != 0) rest += ", ";
    rest += table.first[i].name;
  }
  if (table.count > most) rest += ", …";
  fail(errc::invalid_enum, slot, rest + "); correct the row or add the enumerator");
}

void store_enumerator(const field_slot& slot, void* field, std::string_view name) {
  const enum_table& table = slot.type->enumerators();
  const enumerator* found = table.find(name);
  if (found == nullptr) [[unlikely]]
    fail_enumerator(slot, table);
  const std::int64_t value = found->value;
  switch (slot.type->size) {
    case 1: {
      const auto narrow = static_cast<std::uint8_t>(value);
      std::memcpy(field, &narrow, 1);
      return;
    }
    case 2: {
      const auto narrow = static_cast<std::uint16_t>(value);
      std::memcpy(field, &narrow, 2);
      return;
    }
    case 4: {
      const auto narrow = static_cast<std::uint32_t>(value);
      std::memcpy(field, &narrow, 4);
      return;
    }
    default: std::memcpy(field, &value, 8); return;
  }
}

}  // namespace

std::string_view name_of(kind k) noexcept {
  switch (k) {
    case kind::null: return "null";
    case kind::boolean: return "bool";
    case kind::i8: return "int8";
    case kind::i16: return "int16";
    case kind::i32: return "int32";
    case kind::i64: return "int64";
    case kind::u8: return "uint8";
    case kind::u16: return "uint16";
    case kind::u32: return "uint32";
    case kind::u64: return "uint64";
    case kind::f32: return "float";
    case kind::f64: return "double";
    case kind::text: return "text";
    case kind::bytes: return "bytes";
    case kind::timestamp: return "timestamp";
    case kind::date: return "date";
    case kind::uuid: return "uuid";
    case kind::decimal: return "decimal";
    case kind::json: return "json";
    case kind::enumeration: return "enumeration";
    case kind::custom: return "custom type";
    case kind::embedded: return "value object";
    case kind::relation: return "relation";
    case kind::interval: return "interval";
    case kind::time_of_day: return "time of day";
    case kind::array: return "array";
    case kind::mapped: return "mapped type";
  }
  return "unknown kind";
}

std::string_view enum_table::name_of(std::int64_t value) const noexcept {
  if (count == 0) return {};
  // Enumerators are in the order of their values, mostly without gaps.
  const std::uint64_t guess = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(first->value);
  if (guess < count && first[guess].value == value) return first[guess].name;
  for (std::size_t i = 0; i < count; ++i) {
    if (first[i].value == value) return first[i].name;
  }
  return {};
}

const enumerator* enum_table::find(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    if (first[i].name == name) return first + i;
  }
  return nullptr;
}

// ---- writing a decoded value into a field

void throw_type_mismatch(const field_slot& slot, std::string_view found) {
  std::string rest = " holds ";
  rest.append(found).append(" where its field is ").append(name_of(slot.k));
  if (slot.type != nullptr && slot.type->array != nullptr)
    rest.append(" of ").append(name_of(innermost_type(*slot.type).k));
  if (slot.type != nullptr && slot.type->enumerators != nullptr) rest.append(" ").append(slot.type->enumerators().type);
  rest.append("; change the field's type or correct the row");
  fail(errc::type_mismatch, slot, rest);
}

void throw_other_dimensions(const field_slot& slot) {
  fail(errc::type_mismatch, slot,
       " holds an array of another number of dimensions than its field has; give the field as many, select a part of "
       "the array, or read it into a text field");
}

void throw_malformed(const field_slot& slot, std::string_view expected) {
  std::string rest = " holds text that is no ";
  rest.append(name_of(slot.k)).append(" (expected ").append(expected).append("); correct the row or use a text field");
  fail(errc::invalid_value, slot, rest);
}

void throw_refused_by_traits(const field_slot& slot, std::string_view found) {
  std::string rest = " holds ";
  rest.append(found).append(" that the field_traits of ");
  rest.append(slot.type->type_name != nullptr ? slot.type->type_name() : std::string_view("its field"));
  fail(errc::invalid_value, slot, rest + " refuse; correct the row");
}

void store_integer(const field_slot& slot, void* field, std::int64_t value) { store_whole(slot, field, value); }

void store_unsigned(const field_slot& slot, void* field, std::uint64_t value) { store_whole(slot, field, value); }

void store_float(const field_slot& slot, void* field, double value) {
  switch (slot.k) {
    case kind::f64: *static_cast<double*>(field) = value; return;
    case kind::f32: {
      const auto narrow = static_cast<float>(value);
      if (std::isinf(narrow) && !std::isinf(value)) [[unlikely]]
        fail_range(slot, "numbers up to 3.4e38");
      *static_cast<float*>(field) = narrow;
      return;
    }
    case kind::decimal: *static_cast<decimal*>(field) = decimal::from_double(value); return;
    case kind::mapped:
      return store_mapped(slot, field, [&](void* stored) { store_float(stored_slot(slot), stored, value); });
    default: break;
  }
  if (!is_integer(slot.k) && slot.k != kind::boolean) throw_type_mismatch(slot, "a real number");
  // A whole number is what it says, however the database keeps it. 2^63 and 2^64 are exact as doubles; NaN fails here
  // too.
  if (!(value == std::trunc(value))) throw_type_mismatch(slot, "a real number with a fraction");
  if (value >= -9223372036854775808.0 && value < 9223372036854775808.0) {
    return store_whole(slot, field, static_cast<std::int64_t>(value));
  }
  if (value > 0 && value < 18446744073709551616.0) return store_whole(slot, field, static_cast<std::uint64_t>(value));
  fail_range(slot, "smaller numbers");
}

void store_text(const field_slot& slot, void* field, std::string_view value) {
  switch (slot.k) {
    case kind::text: static_cast<std::string*>(field)->assign(value); return;
    case kind::enumeration: return store_enumerator(slot, field, value);
    case kind::custom:
      if (!slot.type->from_text(field, value)) [[unlikely]] {
        throw_refused_by_traits(slot, "text");
      }
      return;
    case kind::mapped:
      return store_mapped(slot, field, [&](void* stored) { store_text(stored_slot(slot), stored, value); });
    case kind::interval: {
      interval span;
      if (!interval::parse_to(value.data(), value.size(), span)) [[unlikely]]
        throw_malformed(slot, "P1Y2M3DT4H5M6.5S");
      return store_interval(slot, field, span);
    }
    case kind::time_of_day: {
      time_of_day time;
      if (!time_of_day::parse_to(value.data(), value.size(), time)) [[unlikely]]
        throw_malformed(slot, "HH:MM:SS.ffffff");
      return store_time_of_day(slot, field, time.us);
    }
    case kind::json: {
      auto parsed = json::try_parse(value);
      if (!parsed) [[unlikely]]
        throw_malformed(slot, "a JSON document");
      *static_cast<json*>(field) = std::move(*parsed);
      return;
    }
    case kind::decimal: {
      auto parsed = decimal::try_parse(value);
      if (!parsed) [[unlikely]]
        throw_malformed(slot, "digits with at most one point");
      *static_cast<decimal*>(field) = std::move(*parsed);
      return;
    }
    case kind::uuid:
      if (!uuid::parse_to(value.data(), value.size(), *static_cast<uuid*>(field))) [[unlikely]] {
        throw_malformed(slot, "36 characters with hyphens");
      }
      return;
    case kind::timestamp: return store_timestamp_text(slot, field, value);
    case kind::date: return store_date_text(slot, field, value);
    default: throw_type_mismatch(slot, "text");
  }
}

void store_bytes(const field_slot& slot, void* field, const void* data, std::size_t size) {
  const auto* first = static_cast<const std::byte*>(data);
  if (slot.k == kind::bytes) {
    static_cast<bytes*>(field)->assign(first, first + size);
  } else if (slot.k == kind::uuid) {
    if (size != sizeof(uuid)) [[unlikely]] {
      fail(errc::invalid_value, slot, " holds bytes that are no uuid (expected 16 of them); correct the row");
    }
    std::memcpy(field, data, size);
  } else if (slot.k == kind::mapped) {
    store_mapped(slot, field, [&](void* stored) { store_bytes(stored_slot(slot), stored, data, size); });
  } else {
    throw_type_mismatch(slot, "bytes");
  }
}

void store_timestamp(const field_slot& slot, void* field, std::int64_t microseconds) {
  switch (slot.k) {
    case kind::timestamp:
      if (is_chrono(slot)) return store_chrono(slot, field, microseconds);
      static_cast<timestamp*>(field)->us = microseconds;
      return;
    case kind::date: {
      const timestamp time{microseconds};
      if (time.is_infinite()) [[unlikely]]
        return store_date(slot, field, date::of(time).days);
      const std::int64_t days = detail::floor_divide(microseconds, micros_per_day);
      if (days * micros_per_day != microseconds) [[unlikely]] {
        fail(errc::invalid_value, slot, " holds a time of day where its field is date; use a timestamp field");
      }
      return store_date(slot, field, static_cast<std::int32_t>(days));
    }
    case kind::mapped:
      return store_mapped(slot, field, [&](void* stored) { store_timestamp(stored_slot(slot), stored, microseconds); });
    default: throw_type_mismatch(slot, "a timestamp");
  }
}

namespace {

/// Of its beginning.
std::int64_t micros_of_day(std::int32_t days) noexcept {
  return date{days}.is_infinite() ? date{days}.midnight().us : std::int64_t{days} * micros_per_day;
}

}  // namespace

void store_date(const field_slot& slot, void* field, std::int32_t days) {
  switch (slot.k) {
    case kind::date:
      if (is_chrono(slot)) return store_chrono(slot, field, micros_of_day(days));
      static_cast<date*>(field)->days = days;
      return;
    case kind::timestamp: return store_timestamp(slot, field, micros_of_day(days));
    case kind::mapped:
      return store_mapped(slot, field, [&](void* stored) { store_date(stored_slot(slot), stored, days); });
    default: throw_type_mismatch(slot, "a date");
  }
}

void store_interval(const field_slot& slot, void* field, const interval& value) {
  switch (slot.k) {
    case kind::interval: {
      if (!is_chrono(slot)) {
        *static_cast<interval*>(field) = value;
        return;
      }
      std::int64_t us = 0;
      if (value.months != 0 || __builtin_mul_overflow(std::int64_t{value.days}, micros_per_day, &us) ||
          __builtin_add_overflow(us, value.microseconds, &us)) [[unlikely]] {
        fail(errc::value_out_of_range, slot, " holds an interval with months, or a longer one, than its duration can");
      }
      return store_chrono(slot, field, us);
    }
    case kind::mapped:
      return store_mapped(slot, field, [&](void* stored) { store_interval(stored_slot(slot), stored, value); });
    default: throw_type_mismatch(slot, "an interval");
  }
}

void store_time_of_day(const field_slot& slot, void* field, std::int64_t microseconds) {
  if (slot.k == kind::mapped) {
    return store_mapped(slot, field, [&](void* stored) { store_time_of_day(stored_slot(slot), stored, microseconds); });
  }
  if (slot.k != kind::time_of_day) throw_type_mismatch(slot, "a time of day");
  const time_of_day time{microseconds};
  if (!time.is_valid()) [[unlikely]]
    fail(errc::value_out_of_range, slot, " holds a time outside 00:00 to 24:00; correct the row");
  *static_cast<time_of_day*>(field) = time;
}

void store_mapped(const field_slot& slot, void* field, const void* context, void (*fill)(const void*, void*)) {
  try {
    slot.type->load(field, context, fill);
  } catch (const decode_error&) {
    throw;  // what is stored does not even fit the stored type, and says so
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    // The message of the user's own exception may hold the value, so it is not repeated.
    throw_refused_by_traits(slot, "a value");
  }
}

void add_null_element(const field_slot& slot, void* array) {
  if (!slot.type->array->element->nullable) [[unlikely]] {
    fail(errc::null_value, slot,
         " holds NULL among its elements; make its field std::vector<std::optional<…>> or correct the row");
  }
  add_element(slot, array, [](void*) {});
}

void store_null(const field_slot& slot, void* object) {
  if (!slot.nullable) [[unlikely]] {
    fail(errc::null_value, slot,
         " holds NULL where its field is not optional; make the field std::optional or the column NOT NULL");
  }
  slot.type->reset(static_cast<char*>(object) + slot.offset);
}

// ---- reading a field

std::int64_t load_integer(const field_slot& slot, const void* value) noexcept {
  switch (slot.k) {
    case kind::boolean: return *static_cast<const bool*>(value) ? 1 : 0;
    case kind::i8: return read_as<std::int8_t>(value);
    case kind::i16: return read_as<std::int16_t>(value);
    case kind::i32: return read_as<std::int32_t>(value);
    case kind::u8: return read_as<std::uint8_t>(value);
    case kind::u16: return read_as<std::uint16_t>(value);
    case kind::u32: return read_as<std::uint32_t>(value);
    case kind::enumeration: {
      const bool is_signed = slot.type->is_signed;
      switch (slot.type->size) {
        case 1:
          return is_signed ? std::int64_t{read_as<std::int8_t>(value)} : std::int64_t{read_as<std::uint8_t>(value)};
        case 2:
          return is_signed ? std::int64_t{read_as<std::int16_t>(value)} : std::int64_t{read_as<std::uint16_t>(value)};
        case 4:
          return is_signed ? std::int64_t{read_as<std::int32_t>(value)} : std::int64_t{read_as<std::uint32_t>(value)};
        default: return read_as<std::int64_t>(value);
      }
    }
    default: return read_as<std::int64_t>(value);
  }
}

std::int64_t load_timestamp(const field_slot& slot, const void* value) noexcept {
  if (!is_chrono(slot)) return static_cast<const timestamp*>(value)->us;
  // Beyond every year that a database can hold; whoever formats or sends it refuses it. No tick means infinity.
  constexpr std::int64_t first = std::numeric_limits<std::int64_t>::min() + 1;
  constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max() - 1;
  const std::int64_t ticks = load_ticks(slot, value);
  std::int64_t scaled = 0;
  if (__builtin_mul_overflow(ticks, slot.type->ticks_num, &scaled)) return ticks < 0 ? first : last;
  return std::clamp(detail::floor_divide(scaled, slot.type->ticks_den), first, last);
}

std::int32_t load_date(const field_slot& slot, const void* value) noexcept {
  if (!is_chrono(slot)) return static_cast<const date*>(value)->days;
  const std::int64_t days = detail::floor_divide(load_timestamp(slot, value), micros_per_day);
  return static_cast<std::int32_t>(days);  // the quotient of 64-bit microseconds fits
}

interval load_interval(const field_slot& slot, const void* value) {
  if (!is_chrono(slot)) return *static_cast<const interval*>(value);
  std::int64_t us = 0;
  if (__builtin_mul_overflow(load_ticks(slot, value), slot.type->ticks_num, &us)) [[unlikely]] {
    throw value_error(errc::value_out_of_range,
                      column_text(slot) + ": the duration does not fit 64-bit microseconds; use a shorter one");
  }
  return {0, 0, detail::floor_divide(us, slot.type->ticks_den)};
}

std::int64_t load_time_of_day(const field_slot&, const void* value) noexcept {
  return static_cast<const time_of_day*>(value)->us;
}

std::string_view load_enumerator(const field_slot& slot, const void* value) {
  const enum_table& table = slot.type->enumerators();
  const std::string_view name = table.name_of(load_integer(slot, value));
  if (name.empty()) [[unlikely]] {
    std::string message = column_text(slot) + ": the value of the field is no enumerator of ";
    message.append(table.type)
        .append("; assign one of them, or specialise tupelo::enum_range if its value is outside the range");
    throw value_error(errc::invalid_enum, std::move(message));
  }
  return name;
}

}  // namespace tupelo
