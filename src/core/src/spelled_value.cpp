// SPDX-License-Identifier: Apache-2.0
// Values as they stand in the texts of arrays and composites.
#include "spelled_array.hpp"

#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/field.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/time_of_day.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tupelo {

namespace {

template <class Number>
bool read_number(std::string_view text, Number& out) noexcept {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failure == std::errc() && end == text.data() + text.size();
}

template <class Number>
void append_number(std::string& out, Number value) {
  char text[32];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

/// The digits of a float, not of the double that holds the same number.
template <class Real>
void append_real(std::string& out, Real value) {
  if (std::isfinite(value)) return append_number(out, value);
  out += std::isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
}

}  // namespace

void store_spelled(const field_slot& slot, void* field, std::string_view text) {
  if (slot.k == kind::mapped) {
    return store_mapped(slot, field, [&](void* stored) { store_spelled(stored_slot(slot), stored, text); });
  }
  if (slot.k == kind::array) return detail::store_spelled_array(slot, field, text);
  if (slot.k == kind::boolean) {
    if (text != "t" && text != "f") throw_malformed(slot, "t or f");
    return store_integer(slot, field, text == "t" ? 1 : 0);
  }
  if (is_integer(slot.k)) {
    std::int64_t whole = 0;
    std::uint64_t magnitude = 0;
    if (read_number(text, whole)) return store_integer(slot, field, whole);
    if (read_number(text, magnitude)) return store_unsigned(slot, field, magnitude);
    throw_malformed(slot, "digits");
  }
  if (is_float(slot.k)) {
    double real = 0;
    if (!read_number(text, real)) throw_malformed(slot, "a number");
    return store_float(slot, field, real);
  }
  if (slot.k == kind::bytes) {
    const auto data = text.starts_with("\\x") ? try_from_hex(text.substr(2)) : std::nullopt;
    if (!data) throw_malformed(slot, "\\x and hexadecimal digits");
    return store_bytes(slot, field, data->data(), data->size());
  }
  store_text(slot, field, text);
}

void spell_value(const field_slot& slot, const void* value, std::string& out) {
  switch (slot.k) {
    case kind::mapped:
      return load_mapped(slot, value, [&](const void* stored) { spell_value(stored_slot(slot), stored, out); });
    case kind::array: return detail::spell_array(slot, value, out);
    case kind::boolean: out += load_integer(slot, value) != 0 ? 't' : 'f'; return;
    case kind::u64: return append_number(out, *static_cast<const std::uint64_t*>(value));
    case kind::f32: return append_real(out, *static_cast<const float*>(value));
    case kind::f64: return append_real(out, *static_cast<const double*>(value));
    case kind::text: out += *static_cast<const std::string*>(value); return;
    case kind::bytes: out.append("\\x").append(to_hex(*static_cast<const bytes*>(value))); return;
    case kind::timestamp: {
      const timestamp time{load_timestamp(slot, value)};
      out.append(time.to_string()).append(time.is_infinite() ? "" : "+00:00");
      return;
    }
    case kind::date: out += date{load_date(slot, value)}.to_string(); return;
    case kind::uuid: out += static_cast<const uuid*>(value)->to_string(); return;
    case kind::decimal: out += static_cast<const decimal*>(value)->to_string(); return;
    case kind::json: out += static_cast<const json*>(value)->text(); return;
    case kind::enumeration: out += load_enumerator(slot, value); return;
    case kind::interval: out += load_interval(slot, value).to_string(); return;
    case kind::time_of_day: out += time_of_day{load_time_of_day(slot, value)}.to_string(); return;
    case kind::custom: {
      std::string text;
      slot.type->to_text(value, text);
      out += text;
      return;
    }
    default: return append_number(out, load_integer(slot, value));
  }
}

}  // namespace tupelo
