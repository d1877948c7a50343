// SPDX-License-Identifier: Apache-2.0
// Values as words; the encoding is described at word_buffer.
#include <tupelo/core/bytes.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/field.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/uuid.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <bit>
#include <cstring>

namespace tupelo {

namespace {

void push_array(const field_slot& slot, const void* array, word_buffer& out) {
  const array_ops& ops = *slot.type->array;
  const field_slot element = element_slot(slot);
  const std::size_t count = ops.size(array);
  const std::uint32_t head = out.size;  // the length in bytes, known at the end
  out.push(0);
  out.push(static_cast<std::uint64_t>(kind_in_buffer(stored_type(*ops.element).k)));
  out.push(count);
  for (std::size_t i = 0; i < count; ++i) {
    const void* const value = value_of(element, ops.at(array, i));
    out.push(value != nullptr ? 1 : 0);
    if (value != nullptr) push_value(element, value, out);
  }
  out.data()[head] = (out.size - head - 1) * sizeof(std::uint64_t);
}

void store_array(const field_slot& slot, void* array, const std::uint64_t* words) {
  const field_slot element = element_slot(slot);
  array_words from(words);
  slot.type->array->clear(array, from.size());
  while (from.size() > 0) {
    const std::uint64_t* const value = from.next();
    if (value == nullptr) {
      add_null_element(slot, array);
    } else {
      add_element(slot, array, [&](void* place) { store_words(element, field_for_value(element, place), value); });
    }
  }
}

}  // namespace

void push_value(const field_slot& slot, const void* value, word_buffer& out) {
  switch (slot.k) {
    case kind::text: return out.push_text(*static_cast<const std::string*>(value));
    case kind::bytes: {
      const auto& data = *static_cast<const bytes*>(value);
      return out.push_bytes(data.data(), data.size());
    }
    case kind::uuid: return out.push_bytes(value, sizeof(uuid));
    case kind::json: return out.push_text(static_cast<const json*>(value)->text());
    case kind::decimal: return out.push_text(static_cast<const decimal*>(value)->to_string());
    case kind::enumeration: return out.push_text(load_enumerator(slot, value));
    case kind::custom: {
      std::string text;
      slot.type->to_text(value, text);
      return out.push_text(text);
    }
    case kind::f32:
    case kind::f64: {
      const double number =
          slot.k == kind::f32 ? double{*static_cast<const float*>(value)} : *static_cast<const double*>(value);
      return out.push(std::bit_cast<std::uint64_t>(number));
    }
    case kind::timestamp: return out.push(static_cast<std::uint64_t>(load_timestamp(slot, value)));
    case kind::date: return out.push(static_cast<std::uint64_t>(std::int64_t{load_date(slot, value)}));
    case kind::time_of_day: return out.push(static_cast<std::uint64_t>(load_time_of_day(slot, value)));
    case kind::interval: {
      const interval span = load_interval(slot, value);
      return out.push_bytes(&span, sizeof span);
    }
    case kind::array: return push_array(slot, value, out);
    case kind::mapped:
      return load_mapped(slot, value, [&](const void* stored) { push_value(stored_slot(slot), stored, out); });
    default: return out.push(static_cast<std::uint64_t>(load_integer(slot, value)));
  }
}

std::size_t words_of_value(kind k, const std::uint64_t* words) noexcept {
  switch (k) {
    case kind::text:
    case kind::bytes:
    case kind::uuid:
    case kind::decimal:
    case kind::json:
    case kind::enumeration:
    case kind::custom:
    case kind::interval:
    case kind::array: return 1 + (words[0] + 7) / 8;
    default: return 1;
  }
}

void store_words(const field_slot& slot, void* field, const std::uint64_t* words) {
  const std::uint64_t word = words[0];
  const char* const data = reinterpret_cast<const char*>(words + 1);  // of what has a length
  switch (slot.k) {
    case kind::text:
    case kind::json:
    case kind::decimal:
    case kind::enumeration:
    case kind::custom: return store_text(slot, field, {data, word});
    case kind::bytes:
    case kind::uuid: return store_bytes(slot, field, data, word);
    case kind::f32:
    case kind::f64: return store_float(slot, field, std::bit_cast<double>(word));
    case kind::timestamp: return store_timestamp(slot, field, static_cast<std::int64_t>(word));
    case kind::date: return store_date(slot, field, static_cast<std::int32_t>(word));
    case kind::time_of_day: return store_time_of_day(slot, field, static_cast<std::int64_t>(word));
    case kind::interval: {
      interval span;
      std::memcpy(&span, data, sizeof span);
      return store_interval(slot, field, span);
    }
    case kind::array: return store_array(slot, field, words + 1);
    case kind::mapped:
      return store_mapped(slot, field, [&](void* stored) { store_words(stored_slot(slot), stored, words); });
    case kind::u64: return store_unsigned(slot, field, word);
    default: return store_integer(slot, field, static_cast<std::int64_t>(word));
  }
}

}  // namespace tupelo
