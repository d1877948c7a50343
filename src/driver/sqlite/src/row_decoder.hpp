// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/field.hpp>
#include <tupelo/core/timestamp.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace tupelo::driver {

/// Everything that `decode_cell` does not do itself: rare kinds, conversions, and what does not fit.
/// Errors: decode_error naming the column, the field's kind and what was found, by type.
void decode_uncommon(sqlite3_value* value, const field_slot& slot, void* field);

template <class Integer>
bool store_if_fits(std::int64_t value, char* field) noexcept {
  const auto narrow = static_cast<Integer>(value);
  if (static_cast<std::int64_t>(narrow) != value) return false;
  std::memcpy(field, &narrow, sizeof narrow);
  return true;
}

[[gnu::always_inline]] inline void decode_cell(sqlite3_value* value, const field_slot& slot, char* object) {
  const int type = sqlite3_value_type(value);
  char* field = object + slot.offset;
  if (slot.nullable) {
    if (type == SQLITE_NULL) return slot.type->reset(field);
    field = static_cast<char*>(slot.type->emplace(field));
  } else if (type == SQLITE_NULL) [[unlikely]] {
    return store_null(slot, object);
  }
  switch (slot.k) {
    case kind::i64: {
      if (type != SQLITE_INTEGER) [[unlikely]]
        break;
      const std::int64_t number = sqlite3_value_int64(value);
      std::memcpy(field, &number, sizeof number);
      return;
    }
    case kind::i32:
      if (type == SQLITE_INTEGER && store_if_fits<std::int32_t>(sqlite3_value_int64(value), field)) [[likely]]
        return;
      break;
    case kind::boolean: {
      if (type != SQLITE_INTEGER) [[unlikely]]
        break;
      const std::int64_t number = sqlite3_value_int64(value);
      if (number != 0 && number != 1) [[unlikely]]
        break;
      *reinterpret_cast<bool*>(field) = number != 0;
      return;
    }
    case kind::f64: {
      if (type != SQLITE_FLOAT) [[unlikely]]
        break;
      const double number = sqlite3_value_double(value);
      std::memcpy(field, &number, sizeof number);
      return;
    }
    case kind::text: {
      if (type != SQLITE_TEXT) [[unlikely]]
        break;
      const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
      if (text == nullptr) [[unlikely]]
        break;
      reinterpret_cast<std::string*>(field)->assign(text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
      return;
    }
    case kind::timestamp: {
      if (type != SQLITE_TEXT || slot.type->chrono) [[unlikely]]
        break;
      const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
      const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
      if (text != nullptr && timestamp::parse_to(text, size, *reinterpret_cast<timestamp*>(field))) [[likely]]
        return;
      break;
    }
    default: break;
  }
  decode_uncommon(value, slot, field);
}

/// One result row into the object's fields. A function of its own with the cells in it: its registers are saved once
/// for a row, and are free for the cells. The value of each cell is fetched once: that is what costs in SQLite's
/// interface.
[[gnu::noinline]] inline void decode_row(sqlite3_stmt* statement, const field_slot* slots, int count, void* object) {
  for (int i = 0; i < count; ++i) decode_cell(sqlite3_column_value(statement, i), slots[i], static_cast<char*>(object));
}

}  // namespace tupelo::driver
