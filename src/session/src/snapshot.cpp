// SPDX-License-Identifier: Apache-2.0
#include "snapshot.hpp"

#include "tupelo/query/query_core.hpp"
#include "tupelo/core/bytes.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/json.hpp"
#include "tupelo/core/uuid.hpp"

#include <bit>
#include <cstring>
#include <string>

namespace tupelo::detail {

namespace {

// Objects are encoded on the stack; what is kept is one vector of the right size.
using scratch = inline_word_buffer<96>;

// The words of one encoded column behind its head.
std::size_t length_of(const field_slot& slot, const std::uint64_t* words) {
  switch (slot.k) {
    case kind::text:
    case kind::bytes:
    case kind::uuid:
    case kind::decimal:
    case kind::json:
    case kind::enumeration:
    case kind::custom: return 1 + (words[0] + 7) / 8;
    default: return 1;
  }
}

}  // namespace

void encode_field(const field_slot& slot, const void* object, word_buffer& out) {
  const void* value = value_of(slot, object);
  if (!value) {
    out.push(0);
    return;
  }
  out.push(1);
  switch (slot.k) {
    case kind::text: {
      const auto& text = *static_cast<const std::string*>(value);
      out.push_text(text);
      return;
    }
    case kind::bytes: {
      const auto& data = *static_cast<const bytes*>(value);
      out.push_bytes(data.data(), data.size());
      return;
    }
    case kind::uuid: out.push_bytes(value, 16); return;
    case kind::json: {
      const std::string_view text = static_cast<const json*>(value)->text();
      out.push_text(text);
      return;
    }
    case kind::decimal: {
      const std::string text = static_cast<const decimal*>(value)->to_string();
      out.push_text(text);
      return;
    }
    case kind::enumeration: {
      const std::string_view name = load_enumerator(slot, value);
      out.push_text(name);
      return;
    }
    case kind::custom: {
      std::string text;
      slot.type->to_text(value, text);
      out.push_text(text);
      return;
    }
    case kind::f32:
      out.push(std::bit_cast<std::uint64_t>(static_cast<double>(*static_cast<const float*>(value))));
      return;
    case kind::f64: out.push(std::bit_cast<std::uint64_t>(*static_cast<const double*>(value))); return;
    case kind::timestamp: out.push(static_cast<std::uint64_t>(load_timestamp(slot, value))); return;
    case kind::date: out.push(static_cast<std::uint64_t>(std::int64_t{load_date(slot, value)})); return;
    default: out.push(static_cast<std::uint64_t>(load_integer(slot, value))); return;
  }
}

snapshot take_snapshot(const model_info& info, const void* object) {
  scratch words;
  for (std::uint16_t i : info.columns) encode_field(info.fields[i].slot(), object, words);
  return {words.data(), words.data() + words.size};
}

bool matches(const model_info& info, const void* object, const snapshot& taken, std::vector<std::uint16_t>* changed) {
  scratch now;
  const std::uint64_t* then = taken.data();
  bool same = true;
  for (std::uint16_t i : info.columns) {
    const field_slot slot = info.fields[i].slot();
    now.size = 0;
    encode_field(slot, object, now);
    const std::size_t length = 1 + (then[0] ? length_of(slot, then + 1) : 0);
    if (now.size != length || std::memcmp(now.data(), then, length * sizeof *then) != 0) {
      same = false;
      if (!changed) return false;
      changed->push_back(i);
    }
    then += length;
  }
  return same;
}

void restore(const model_info& info, void* object, const snapshot& taken, int only) {
  const std::uint64_t* words = taken.data();
  for (std::uint16_t i : info.columns) {
    const field_slot slot = info.fields[i].slot();
    const bool wanted = only < 0 || only == i;
    if (*words++ == 0) {
      if (wanted) store_null(slot, object);
      continue;
    }
    const std::size_t length = length_of(slot, words);
    if (!wanted) {
      words += length;
      continue;
    }
    void* field = field_for_value(slot, object);
    const char* data = reinterpret_cast<const char*>(words + 1);
    switch (slot.k) {
      case kind::text:
      case kind::json:
      case kind::decimal:
      case kind::enumeration:
      case kind::custom: store_text(slot, field, {data, words[0]}); break;
      case kind::bytes: store_bytes(slot, field, data, words[0]); break;
      case kind::uuid: std::memcpy(field, data, 16); break;
      case kind::f32:
      case kind::f64: store_float(slot, field, std::bit_cast<double>(words[0])); break;
      case kind::timestamp: store_timestamp(slot, field, static_cast<std::int64_t>(words[0])); break;
      case kind::date: store_date(slot, field, static_cast<std::int32_t>(words[0])); break;
      case kind::u64: store_unsigned(slot, field, words[0]); break;
      default: store_integer(slot, field, static_cast<std::int64_t>(words[0])); break;
    }
    words += length;
  }
}

snapshot key_of(const model_info& info, const word_buffer& key_values) {
  snapshot key{info.id};
  const std::uint64_t* words = key_values.data();
  for (std::uint16_t i : info.key) {
    key.push_back(1);
    const std::size_t length = length_of(info.fields[i].slot(), words);
    key.insert(key.end(), words, words + length);
    words += length;
  }
  return key;
}

snapshot key_of(const model_info& info, const void* object) {
  scratch words;
  words.push(info.id);
  for (std::uint16_t i : info.key) encode_field(info.fields[i].slot(), object, words);
  return {words.data(), words.data() + words.size};
}

std::size_t key_hash(const model_info& info, const void* object) {
  scratch words;
  words.push(info.id);
  for (std::uint16_t i : info.key) encode_field(info.fields[i].slot(), object, words);
  return hash_words(words.data(), words.size);
}

}  // namespace tupelo::detail
