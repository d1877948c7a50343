// SPDX-License-Identifier: Apache-2.0
#include "bound_value.hpp"

#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/time_of_day.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

template <class Value>
Value loaded_as(const void* p) noexcept {
  Value value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

template <class Number>
std::string_view digits_of(Number value, std::string& out) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return out.assign(text, static_cast<std::size_t>(end - text));
}

std::string_view digits_of_real(const bound_value& value, std::string& out) {
  if (std::isnan(value.real)) return "NaN";
  if (std::isinf(value.real)) return value.real < 0 ? "-Infinity" : "Infinity";
  // A float has fewer digits of its own than the double that carries it.
  return value.k == kind::f32 ? digits_of(static_cast<float>(value.real), out) : digits_of(value.real, out);
}

}  // namespace

bound_value load_field(const field_slot& slot, const void* value, value_scratch& scratch) {
  bound_value loaded;
  loaded.k = slot.k;
  switch (slot.k) {
    case kind::f32: loaded.real = loaded_as<float>(value); break;
    case kind::f64: loaded.real = loaded_as<double>(value); break;
    case kind::text: loaded.text = *static_cast<const std::string*>(value); break;
    case kind::bytes: loaded.text = as_text(*static_cast<const bytes*>(value)); break;
    case kind::timestamp: loaded.whole = load_timestamp(slot, value); break;
    case kind::date: loaded.whole = load_date(slot, value); break;
    case kind::uuid: loaded.text = {static_cast<const char*>(value), sizeof(uuid)}; break;
    case kind::decimal: loaded.number = static_cast<const decimal*>(value); break;
    case kind::json: loaded.text = static_cast<const json*>(value)->text(); break;
    case kind::enumeration: loaded.text = load_enumerator(slot, value); break;
    case kind::custom:
      scratch.text.clear();
      slot.type->to_text(value, scratch.text);
      loaded.text = scratch.text;
      break;
    case kind::interval: loaded.span = load_interval(slot, value); break;
    case kind::time_of_day: loaded.whole = load_time_of_day(slot, value); break;
    case kind::null:
    case kind::embedded:
    case kind::relation:
    case kind::array:
    case kind::mapped: break;  // refused when the statement was planned, or not from here
    default: loaded.whole = load_integer(slot, value); break;
  }
  return loaded;
}

bound_value take_value(kind k, const std::uint64_t*& cursor, const parameter_place& place, value_scratch& scratch) {
  bound_value taken;
  taken.k = k;
  switch (k) {
    case kind::f32:
    case kind::f64: taken.real = std::bit_cast<double>(*cursor++); break;
    case kind::text:
    case kind::bytes:
    case kind::json:
    case kind::enumeration:
    case kind::custom: taken.text = take_bytes(cursor); break;
    case kind::uuid: {
      taken.text = take_bytes(cursor);
      if (taken.text.size() == sizeof scratch.id) break;
      uuid id;
      if (!uuid::parse_to(taken.text.data(), taken.text.size(), id))
        refuse_malformed(place, "UUID; expected 36 characters with hyphens");
      std::memcpy(scratch.id, &id, sizeof scratch.id);
      taken.text = {scratch.id, sizeof scratch.id};
      break;
    }
    case kind::decimal: {
      auto number = decimal::try_parse(take_bytes(cursor));
      if (!number) refuse_malformed(place, "decimal number");
      scratch.number = std::move(*number);
      taken.number = &scratch.number;
      break;
    }
    case kind::interval: {
      const std::string_view bytes = take_bytes(cursor);
      std::memcpy(&taken.span, bytes.data(), sizeof taken.span);
      break;
    }
    case kind::null:
    case kind::embedded:
    case kind::relation:
    case kind::array:
    case kind::mapped: break;
    default: taken.whole = static_cast<std::int64_t>(*cursor++); break;
  }
  return taken;
}

std::string_view literal_of(const bound_value& value, const parameter_place& place, value_scratch& scratch) {
  std::string& out = scratch.literal;
  switch (value.k) {
    case kind::boolean: return value.whole != 0 ? "t" : "f";
    case kind::u64: return digits_of(static_cast<std::uint64_t>(value.whole), out);
    case kind::f32:
    case kind::f64: return digits_of_real(value, out);
    case kind::text:
    case kind::json:
    case kind::enumeration:
    case kind::custom: require_text(place, value.text); return value.text;
    case kind::bytes: {
      constexpr std::string_view digits = "0123456789abcdef";
      out.assign("\\x");
      for (const char c : value.text) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4];
        out += digits[byte & 15];
      }
      return out;
    }
    case kind::timestamp: {
      const timestamp time{value.whole};
      if (time.is_infinite()) return out = time.to_string();
      if (!time.is_valid()) refuse_calendar(place);
      out.resize(timestamp::text_size);
      time.format_to(out.data());
      return out.append("+00");
    }
    case kind::date: {
      if (const date day{static_cast<std::int32_t>(value.whole)}; day.is_infinite()) return out = day.to_string();
      if (value.whole < date::min_days || value.whole > date::max_days) refuse_calendar(place);
      out.resize(date::text_size);
      date{static_cast<std::int32_t>(value.whole)}.format_to(out.data());
      return out;
    }
    case kind::time_of_day: {
      const time_of_day time{value.whole};
      if (!time.is_valid()) refuse_range(place, "a time of day is from 00:00 to 24:00");
      out.resize(time_of_day::text_size);
      time.format_to(out.data());
      return out;
    }
    case kind::interval: return out = value.span.to_string();
    case kind::uuid: {
      uuid id;
      std::memcpy(&id, value.text.data(), sizeof id);
      out.resize(uuid::text_size);
      id.format_to(out.data());
      return out;
    }
    case kind::decimal: return out = value.number->to_string();
    default: return digits_of(value.whole, out);
  }
}

decimal decimal_of(const bound_value& value) {
  if (value.k == kind::f64 || !std::isfinite(value.real)) return decimal::from_double(value.real);
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, static_cast<float>(value.real)).ptr;
  return decimal::parse(std::string_view(text, static_cast<std::size_t>(end - text)));
}

}  // namespace tupelo::driver::postgres
