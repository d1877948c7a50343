// SPDX-License-Identifier: Apache-2.0
#include "snapshot.hpp"

#include "tupelo/query/query_core.hpp"

#include <algorithm>
#include <cstring>

namespace tupelo::detail {

namespace {

// Objects are encoded on the stack; what is kept is one vector of the right size.
using scratch = inline_word_buffer<96>;

// The words of one encoded column behind its head.
std::size_t length_of(const field_slot& slot, const std::uint64_t* words) {
  return words_of_value(stored_type(*slot.type).k, words);
}

}  // namespace

void encode_field(const field_slot& slot, const void* object, word_buffer& out) {
  const void* value = value_of(slot, object);
  out.push(value != nullptr ? 1 : 0);
  if (value != nullptr) push_value(slot, value, out);
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
    const bool written = !info.fields[i].is(field_computed);
    if (written && (now.size != length || std::memcmp(now.data(), then, length * sizeof *then) != 0)) {
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
    store_words(slot, field_for_value(slot, object), words);
    words += length;
  }
}

namespace {

/// As what a value of the field is compared; null: it is not.
kind compared_as(const field_info& field) noexcept {
  const kind k = stored_type(*field.type).k;
  if (k == kind::json || k == kind::array) return kind::null;
  if (is_float(k)) return kind::f64;
  return is_integer(k) && k != kind::u64 ? kind::i64 : k;
}

}  // namespace

void compare_fields(query_core& core, const model_info& info, const snapshot& taken,
                    const std::vector<std::uint16_t>& fields) {
  const std::uint64_t* words = taken.data();
  for (const std::uint16_t i : info.columns) {
    const field_info& field = info.fields[i];
    const std::uint64_t* const value = words + 1;
    const bool null = words[0] == 0;
    words = value + (null ? 0 : length_of(field.slot(), value));
    const kind k = compared_as(field);
    if (k == kind::null || std::find(fields.begin(), fields.end(), i) == fields.end()) continue;
    if (null) {
      core.word(make_word(op::where, 0, 2));
      core.word(make_word(op::column, 0, field.offset, info.id));
      core.word(make_word(op::is_null));
    } else {
      core.word(make_word(op::where, 0, 1));
      core.word(make_word(op::column_compare, static_cast<std::uint8_t>(k), field.offset, info.id));
      core.values.append(value, static_cast<std::uint32_t>(words - value));
    }
  }
}

namespace {

/// Where the column's words begin, its head first.
const std::uint64_t* place_of(const model_info& info, const snapshot& taken, std::uint16_t field) {
  const std::uint64_t* words = taken.data();
  for (const std::uint16_t i : info.columns) {
    if (i == field) break;
    words += 1 + (words[0] ? length_of(info.fields[i].slot(), words + 1) : 0);
  }
  return words;
}

}  // namespace

std::vector<std::uint64_t> values_in(const model_info& info, const snapshot& taken,
                                     const std::vector<std::uint16_t>& fields) {
  std::vector<std::uint64_t> values;
  for (const std::uint16_t i : fields) {
    const std::uint64_t* const words = place_of(info, taken, i);
    if (words[0] == 0) return {};
    values.insert(values.end(), words + 1, words + 1 + length_of(info.fields[i].slot(), words + 1));
  }
  return values;
}

bool is_null_in(const model_info& info, const snapshot& taken, std::uint16_t field) {
  return *place_of(info, taken, field) == 0;
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
