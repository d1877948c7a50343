// SPDX-License-Identifier: Apache-2.0
#include "json_array.hpp"

#include "value_checks.hpp"

#include <tupelo/core/array_shape.hpp>
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/json_text.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace tupelo::driver {

namespace {

void append_hex(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += digits[static_cast<unsigned char>(c) >> 4];
  out += digits[static_cast<unsigned char>(c) & 15];
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      append_hex(out, c);
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_real(std::string& out, double value) {
  if (std::isinf(value)) {  // no JSON, but what SQLite reads as infinity
    out += value < 0 ? "-9e999" : "9e999";
    return;
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  const std::string_view number(text, static_cast<std::size_t>(end - text));
  out += number;
  // SQLite compares 3 and 3.0 alike, but a whole number beyond 64 bits must not look like one.
  if (number.find_first_of(".e") == std::string_view::npos) out += ".0";
}

interval take_interval(const std::uint64_t*& cursor) noexcept {
  interval span;
  std::memcpy(&span, take_bytes(cursor).data(), sizeof span);
  return span;
}

namespace {

/// What was measured before.
std::string json_of_rows(array_words elements, const field_slot& slot) {
  std::string out = "[";
  while (elements.size() > 0) {
    if (out.size() > 1) out += ',';
    const std::uint64_t* value = elements.next();
    if (value == nullptr) {
      out += "null";
    } else {
      append_json_element(out, elements.element(), value, slot);
    }
  }
  return out += ']';
}

}  // namespace

void append_json_element(std::string& out, kind k, const std::uint64_t*& cursor, const field_slot& slot) {
  const auto whole = [&] { return static_cast<std::int64_t>(*cursor++); };
  switch (k) {
    case kind::boolean: out += whole() != 0 ? "true" : "false"; return;
    case kind::u64: require_int64(*cursor, slot); [[fallthrough]];
    case kind::i8:
    case kind::i16:
    case kind::i32:
    case kind::i64:
    case kind::u8:
    case kind::u16:
    case kind::u32: out += std::to_string(whole()); return;
    case kind::f32:
    case kind::f64: {
      const auto real = std::bit_cast<double>(*cursor++);
      require_number(real, slot);
      return append_real(out, real);
    }
    case kind::text:
    case kind::enumeration:
    case kind::custom: {
      const std::string_view text = take_bytes(cursor);
      require_text(text, slot);
      return append_quoted(out, text);
    }
    case kind::json: {
      const std::string_view text = take_bytes(cursor);
      require_text(text, slot);
      out += text;
      return;
    }
    case kind::bytes: {
      out += '"';
      for (const char c : take_bytes(cursor)) append_hex(out, c);
      out += '"';
      return;
    }
    case kind::timestamp: {
      const timestamp time{whole()};
      require_calendar(time.is_valid() || time.is_infinite(), slot);
      return append_quoted(out, time.to_string());
    }
    case kind::date: {
      const date day{static_cast<std::int32_t>(whole())};
      require_calendar(day.is_valid() || day.is_infinite(), slot);
      return append_quoted(out, day.to_string());
    }
    case kind::time_of_day: return append_quoted(out, checked_time(whole(), slot));
    case kind::interval: return append_quoted(out, take_interval(cursor).to_string());
    case kind::array:
      out += json_of_rows(array_words(reinterpret_cast<const std::uint64_t*>(take_bytes(cursor).data())), slot);
      return;
    case kind::uuid: return append_quoted(out, checked_uuid(take_bytes(cursor), slot).to_string());
    case kind::decimal: {
      const decimal number = checked_decimal(take_bytes(cursor), slot);
      (void)checked_double(number, slot);  // json_each compares it as one
      out += number.normalized().to_string();
      return;
    }
    default: break;
  }
  throw query_error(parameter_name(slot) + ": values of kind " + std::string(name_of(k)) +
                    " cannot be elements of a parameter");
}

namespace {

void store_number(const field_slot& slot, void* field, std::string_view text) {
  if (slot.k == kind::decimal) return store_text(slot, field, text);
  const char* const end = text.data() + text.size();
  std::int64_t whole = 0;
  if (auto [at, failure] = std::from_chars(text.data(), end, whole); at == end && failure == std::errc())
    return store_integer(slot, field, whole);
  double real = 0;
  const auto [at, failure] = std::from_chars(text.data(), end, real);
  if (failure == std::errc::result_out_of_range) {
    // Too large or too small: from_chars does not say which, the exponent does.
    const std::size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
    real = tiny ? 0 : text.starts_with('-') ? -HUGE_VAL : HUGE_VAL;
  }
  store_float(slot, field, real);
}

void store_items(const field_slot& slot, void* array, std::string_view text);

/// One element of a valid JSON array.
void store_element(const field_slot& slot, void* field, std::string_view text) {
  if (slot.k == kind::mapped) {
    return store_mapped(slot, field, [&](void* stored) { store_element(stored_slot(slot), stored, text); });
  }
  if (slot.k == kind::json) return store_text(slot, field, text);
  if (slot.k == kind::array) {
    if (text.front() != '[') throw_other_dimensions(slot);
    return store_items(slot, field, text);
  }
  switch (text.front()) {
    case 't':
    case 'f': return store_integer(slot, field, text.front() == 't' ? 1 : 0);
    case '"': {
      const std::string content = json::parse(text).as_string();
      if (slot.k != kind::bytes) return store_text(slot, field, content);
      const auto data = try_from_hex(content);
      if (!data) throw_malformed(slot, "hexadecimal digits");
      return store_bytes(slot, field, data->data(), data->size());
    }
    case '[': throw_other_dimensions(slot);
    case '{': throw_type_mismatch(slot, "a document");
    default: return store_number(slot, field, text);
  }
}

/// The elements of a valid JSON array.
void store_items(const field_slot& slot, void* array, std::string_view text) {
  const field_slot element = element_slot(slot);
  // A document may be null itself.
  const bool nulls = element.nullable || stored_type(*element.type).k != kind::json;
  slot.type->array->clear(array, 0);
  tupelo::detail::json_items items(text);
  while (items.next()) {
    const std::string_view value = items.value();
    if (nulls && value == "null") {
      add_null_element(slot, array);
    } else {
      add_element(slot, array, [&](void* place) { store_element(element, field_for_value(element, place), value); });
    }
  }
}

}  // namespace

std::string json_of(array_words elements, const field_slot& slot) {
  array_shape shape;
  // JSON could hold them, but no other database would.
  if (const std::string_view problem = measure_array(elements, shape); !problem.empty())
    throw value_error(errc::invalid_value, parameter_name(slot) + ": the value is " + std::string(problem));
  return json_of_rows(elements, slot);
}

void store_json_array(const field_slot& slot, void* array, std::string_view text) {
  const auto document = json::try_parse(text);
  if (!document || !document->is_array()) throw_malformed(slot, "a JSON array");
  store_items(slot, array, tupelo::detail::trim_json(document->text()));
}

}  // namespace tupelo::driver
