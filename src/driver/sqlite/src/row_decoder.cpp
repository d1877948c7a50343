// SPDX-License-Identifier: Apache-2.0
#include "row_decoder.hpp"

#include "json_array.hpp"

#include <charconv>
#include <new>
#include <string_view>

namespace tupelo::driver {

namespace {

/// Decimals are kept as doubles, of which 15 digits are certain: 0.1 + 0.2 is 0.3 and not 0.30000000000000004.
void store_real_decimal(const field_slot& slot, void* field, double value) {
  char text[40];
  const auto [end, failure] = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 15);
  store_text(slot, field, std::string_view(text, static_cast<std::size_t>(end - text)));
}

}  // namespace

void decode_uncommon(sqlite3_value* value, const field_slot& slot, void* field) {
  if (slot.k == kind::mapped) {
    return store_mapped(slot, field,
                        [&](void* stored) { decode_cell(value, stored_slot(slot), static_cast<char*>(stored)); });
  }
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: store_integer(slot, field, sqlite3_value_int64(value)); return;
    case SQLITE_FLOAT: {
      const double number = sqlite3_value_double(value);
      if (slot.k == kind::decimal) return store_real_decimal(slot, field, number);
      return store_float(slot, field, number);
    }
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
      if (text == nullptr) throw std::bad_alloc();
      const std::string_view content(text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
      return slot.k == kind::array ? store_json_array(slot, field, content) : store_text(slot, field, content);
    }
    default: {
      const void* data = sqlite3_value_blob(value);
      return store_bytes(slot, field, data, static_cast<std::size_t>(sqlite3_value_bytes(value)));
    }
  }
}

}  // namespace tupelo::driver
