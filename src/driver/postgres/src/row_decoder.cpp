// SPDX-License-Identifier: Apache-2.0
#include "row_decoder.hpp"

#include "array_decoder.hpp"
#include "custom_decoder.hpp"
#include "epoch.hpp"
#include "network_order.hpp"
#include "numeric.hpp"
#include "protocol_violation.hpp"

#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace tupelo::driver::postgres {

namespace {

[[noreturn, gnu::cold]] void refuse_row(std::string_view problem) {
  throw_protocol_violation("DataRow " + std::string(problem));
}

[[noreturn, gnu::cold]] void refuse_beyond(const field_slot& slot, std::string_view found, std::string_view remedy) {
  std::string message = "column \"" + std::string(slot.column) + "\" holds ";
  message.append(found).append(", which its field of kind ").append(name_of(slot.k)).append(" cannot; ");
  throw decode_error(errc::value_out_of_range, message.append(remedy), std::string(slot.column));
}
[[noreturn, gnu::cold]] void refuse_year(const field_slot& slot) {
  refuse_beyond(slot, "a time outside the years 0001 to 9999", "correct the row, or read it into a text field");
}

template <class Value>
void put(void* field, Value value) noexcept {
  std::memcpy(field, &value, sizeof value);
}

/// Microseconds since 1970. The two ends of the server's range mean infinity.
std::int64_t unix_micros(const field_slot& slot, const char* data) {
  const auto value = static_cast<std::int64_t>(load64(data));
  if (timestamp{value}.is_infinite()) return value;
  std::int64_t us = 0;
  if (__builtin_add_overflow(value, epoch_us, &us)) refuse_year(slot);
  return us;
}

void decode_timestamp(const field_slot& slot, void* field, const char* data) {
  const std::int64_t us = unix_micros(slot, data);
  // Chrono types reach as far as their ticks do; store_timestamp sees to that.
  if (!slot.type->chrono && !timestamp{us}.is_valid() && !timestamp{us}.is_infinite()) refuse_year(slot);
  store_timestamp(slot, field, us);
}

void decode_date(const field_slot& slot, void* field, const char* data) {
  const auto value = static_cast<std::int32_t>(load32(data));
  if (date{value}.is_infinite()) return store_date(slot, field, value);
  const std::int64_t days = std::int64_t{value} + epoch_days;
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / micros_per_day;
  const bool fits =
      slot.type->chrono ? days >= -most && days <= most : days >= date::min_days && days <= date::max_days;
  if (!fits) refuse_year(slot);
  store_date(slot, field, static_cast<std::int32_t>(days));
}

void decode_float4(const field_slot& slot, void* field, float value) {
  if (slot.k != kind::decimal || !std::isfinite(value)) return store_float(slot, field, value);
  // The digits of the float, not of the double that holds the same number.
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  *static_cast<decimal*>(field) = decimal::parse(std::string_view(text, static_cast<std::size_t>(end - text)));
}

void decode_numeric(const field_slot& slot, void* field, const char* data, std::uint32_t size) {
  numeric_view value;
  if (!numeric_view::read(data, size, value)) refuse_length(slot);
  if (slot.k == kind::decimal) {
    *static_cast<decimal*>(field) = value.to_decimal();
    return;
  }
  if (is_float(slot.k)) {
    const double nearest = value.to_double();
    if (std::isinf(nearest) && value.is_finite())
      refuse_beyond(slot, "a number beyond 1.8e308", "make it a tp::decimal");
    return store_float(slot, field, nearest);
  }
  if (!value.is_finite()) throw_type_mismatch(slot, "NaN or infinity");
  if (!value.is_whole()) throw_type_mismatch(slot, "a number with a fraction");
  std::uint64_t magnitude = 0;
  constexpr std::uint64_t lowest = std::uint64_t{1} << 63;
  if (!value.to_magnitude(magnitude) || (value.is_negative() && magnitude > lowest)) {
    // Beyond every integer, for the message about the field's range.
    return store_float(slot, field, value.is_negative() ? -HUGE_VAL : HUGE_VAL);
  }
  if (value.is_negative()) return store_integer(slot, field, static_cast<std::int64_t>(0 - magnitude));
  store_unsigned(slot, field, magnitude);
}

void decode_interval(const field_slot& slot, void* field, const char* data) {
  store_interval(slot, field,
                 {static_cast<std::int32_t>(load32(data + 12)), static_cast<std::int32_t>(load32(data + 8)),
                  static_cast<std::int64_t>(load64(data))});
}

void require_size(const field_slot& slot, std::uint32_t size, std::uint32_t expected) {
  if (size != expected) [[unlikely]]
    refuse_length(slot);
}

}  // namespace

void refuse_length(const field_slot& slot) {
  refuse_row("has a value in column \"" + std::string(slot.column) + "\" that is not of the type it was said to be");
}

void decode_value(const column_form* forms, std::uint32_t element_type, const field_slot& slot, void* field,
                  const char* data, std::uint32_t size) {
  switch (*forms) {
    case column_form::boolean_as_is:
    case column_form::boolean: require_size(slot, size, 1); return store_integer(slot, field, *data != 0 ? 1 : 0);
    case column_form::int2:
      require_size(slot, size, 2);
      return store_integer(slot, field, static_cast<std::int16_t>(load16(data)));
    case column_form::int4_as_is:
      if (slot.k == kind::u32) {  // an oid
        require_size(slot, size, 4);
        return store_unsigned(slot, field, load32(data));
      }
      [[fallthrough]];
    case column_form::int4:
      require_size(slot, size, 4);
      return store_integer(slot, field, static_cast<std::int32_t>(load32(data)));
    case column_form::int8_as_is:
    case column_form::int8:
      require_size(slot, size, 8);
      return store_integer(slot, field, static_cast<std::int64_t>(load64(data)));
    case column_form::oid: require_size(slot, size, 4); return store_unsigned(slot, field, load32(data));
    case column_form::float4_as_is:
    case column_form::float4:
      require_size(slot, size, 4);
      return decode_float4(slot, field, std::bit_cast<float>(load32(data)));
    case column_form::float8_as_is:
    case column_form::float8:
      require_size(slot, size, 8);
      return store_float(slot, field, std::bit_cast<double>(load64(data)));
    case column_form::numeric: return decode_numeric(slot, field, data, size);
    case column_form::bytea: return store_bytes(slot, field, data, size);
    case column_form::date: require_size(slot, size, 4); return decode_date(slot, field, data);
    case column_form::timestamp:
    case column_form::timestamp_as_is: require_size(slot, size, 8); return decode_timestamp(slot, field, data);
    case column_form::uuid_as_is:
    case column_form::uuid: require_size(slot, size, 16); return store_bytes(slot, field, data, size);
    case column_form::interval: require_size(slot, size, 16); return decode_interval(slot, field, data);
    case column_form::time_of_day:
      require_size(slot, size, 8);
      return store_time_of_day(slot, field, static_cast<std::int64_t>(load64(data)));
    case column_form::array: return decode_array(forms + 1, element_type, slot, field, data, size);
    case column_form::array_text: return store_spelled(slot, field, std::string_view(data, size));
    case column_form::range: return decode_range(forms + 1, slot, field, data, size);
    case column_form::multirange: return decode_multirange(forms + 1, slot, field, data, size);
    case column_form::composite: return decode_composite(slot, field, data, size);
    case column_form::own_bytes:
      if (!slot.type->form->from_binary(field, {data, size})) throw_refused_by_traits(slot, "a value");
      return;
    case column_form::jsonb:
      if (size == 0 || *data != 1) refuse_length(slot);
      return store_text(slot, field, std::string_view(data + 1, size - 1));
    case column_form::mapped:
      return store_mapped(slot, field, [&](void* stored) {
        decode_value(forms + 1, element_type, stored_slot(slot), stored, data, size);
      });
    case column_form::text_as_is:
    case column_form::text: return store_text(slot, field, std::string_view(data, size));
  }
}

namespace {

/// Every form that is not "as is", and those where what was sent does not fit.
[[gnu::noinline]] void decode_uncommon(const row_column& column, void* field, const char* data, std::uint32_t size) {
  const column_form forms[] = {column.form,     column.inner[0], column.inner[1], column.inner[2],
                               column.inner[3], column.inner[4], column.inner[5]};
  decode_value(forms, column.element_type, column.slot, field, data, size);
}

}  // namespace

void decode_row(const row_layout& layout, const char* body, std::uint32_t size, void* object) {
  if (layout.columns.empty()) return;
  const char* p = body;
  const char* const end = body + size;
  if (size < 2 || load16(p) != layout.columns.size()) [[unlikely]]
    refuse_row("does not have the columns that were described");
  p += 2;
  for (const row_column& column : layout.columns) {
    if (end - p < 4) [[unlikely]]
      refuse_row("ends before its last column");
    const std::uint32_t length = load32(p);
    p += 4;
    const field_slot& slot = column.slot;
    char* field = static_cast<char*>(object) + slot.offset;
    if (length == 0xffffffffu) {
      if (!slot.nullable) [[unlikely]]
        store_null(slot, object);
      slot.type->reset(field);
      continue;
    }
    if (length > static_cast<std::size_t>(end - p)) [[unlikely]]
      refuse_row("has a column that is longer than the row");
    const char* const data = p;
    p += length;
    if (slot.nullable) field = static_cast<char*>(slot.type->emplace(field));
    switch (column.form) {
      case column_form::int4_as_is:
        if (length != 4) [[unlikely]]
          break;
        put(field, load32(data));
        continue;
      case column_form::int8_as_is:
        if (length != 8) [[unlikely]]
          break;
        put(field, load64(data));
        continue;
      case column_form::text_as_is: reinterpret_cast<std::string*>(field)->assign(data, length); continue;
      case column_form::boolean_as_is:
        if (length != 1) [[unlikely]]
          break;
        *reinterpret_cast<bool*>(field) = *data != 0;
        continue;
      case column_form::float8_as_is:
        if (length != 8) [[unlikely]]
          break;
        put(field, load64(data));
        continue;
      case column_form::float4_as_is:
        if (length != 4) [[unlikely]]
          break;
        put(field, load32(data));
        continue;
      case column_form::timestamp_as_is: {
        if (length != 8) [[unlikely]]
          break;
        // Unsigned, because a value near an end may wrap; it is then no valid time.
        const auto us = static_cast<std::int64_t>(load64(data) + static_cast<std::uint64_t>(epoch_us));
        if (!timestamp{us}.is_valid()) [[unlikely]]
          break;
        put(field, us);
        continue;
      }
      case column_form::uuid_as_is:
        if (length != sizeof(uuid)) [[unlikely]]
          break;
        std::memcpy(field, data, sizeof(uuid));
        continue;
      default: break;
    }
    decode_uncommon(column, field, data, length);
  }
  if (p != end) [[unlikely]]
    refuse_row("goes on behind its last column");
}

}  // namespace tupelo::driver::postgres
