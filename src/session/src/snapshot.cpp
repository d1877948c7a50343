// SPDX-License-Identifier: Apache-2.0
#include "snapshot.hpp"

#include "tupelo/query/query_core.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

namespace tupelo::detail {

namespace {

// Objects are encoded on the stack; what is kept is one vector of the right size.
using scratch = inline_word_buffer<96>;

// The words of one encoded column.
std::size_t length_of(const field_slot& slot, const std::uint64_t* words) {
  return words_of_value(stored_type(*slot.type).k, words);
}

std::uint32_t words_of_bits(const model_info& info) noexcept {
  return static_cast<std::uint32_t>((info.columns.size() + 63) / 64);
}

/// Goes through the columns of a snapshot.
class snapshot_reader {
public:
  snapshot_reader(const model_info& info, const snapshot& taken) noexcept
      : bits_(taken.data()), at_(taken.data() + words_of_bits(info)) {}

  /// The next column's value, of `length()` words; null for NULL.
  const std::uint64_t* next(const field_slot& slot) noexcept {
    const bool is_there = (bits_[column_ / 64] >> column_ % 64 & 1) != 0;
    ++column_;
    if (!is_there) {
      length_ = 0;
      return nullptr;
    }
    const std::uint64_t* const value = at_;
    length_ = length_of(slot, value);
    at_ += length_;
    return value;
  }
  std::size_t length() const noexcept { return length_; }

private:
  const std::uint64_t* bits_;
  const std::uint64_t* at_;
  std::size_t column_ = 0, length_ = 0;
};

template <class Number>
std::uint64_t word_of(const void* value) noexcept {
  Number number;
  std::memcpy(&number, value, sizeof number);
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(number));
}

/// As push_value does; what most columns are goes without a call.
void push_plain(const field_info& field, const void* value, word_buffer& out) {
  switch (field.type->k) {
    case kind::i64:
    case kind::f64: {
      std::uint64_t word = 0;
      std::memcpy(&word, value, sizeof word);
      out.push(word);
      break;
    }
    case kind::i32: out.push(word_of<std::int32_t>(value)); break;
    case kind::boolean: out.push(*static_cast<const bool*>(value) ? 1 : 0); break;
    case kind::text: out.push_text(*static_cast<const std::string*>(value)); break;
    default: push_value(field.slot(), value, out);
  }
}

void encode(const model_info& info, const void* object, scratch& out) {
  const std::uint32_t bits = words_of_bits(info);
  std::uint64_t* const first = out.room(bits);
  for (std::uint32_t i = 0; i != bits; ++i) first[i] = 0;
  const std::size_t count = info.columns.size();
  std::uint64_t present = 0;
  for (std::size_t column = 0; column != count; ++column) {
    const field_info& field = info.fields[info.columns[column]];
    const type_ops& type = *field.type;
    const void* value = static_cast<const char*>(object) + field.offset;
    if (!type.nullable || type.has(value)) {
      present |= std::uint64_t{1} << column % 64;
      push_plain(field, type.nullable ? type.get(value) : value, out);
    }
    if (column % 64 == 63 || column + 1 == count) out.data()[column / 64] = std::exchange(present, 0);
  }
}

bool equal_words(const std::uint64_t* a, const std::uint64_t* b, std::size_t count) noexcept {
  return std::memcmp(a, b, count * sizeof *a) == 0;
}

}  // namespace

snapshot take_snapshot(const model_info& info, const void* object) {
  scratch words;
  encode(info, object, words);
  return {words.data(), words.data() + words.size};
}

bool matches(const model_info& info, const void* object, const snapshot& taken, std::vector<std::uint16_t>* changed) {
  scratch now;
  encode(info, object, now);
  // As a rule nothing has changed.
  if (now.size == taken.size() && equal_words(now.data(), taken.data(), now.size)) return true;
  bool same = true;
  snapshot_reader then(info, taken);
  for (const std::uint16_t i : info.columns) {
    const field_slot slot = info.fields[i].slot();
    const std::uint64_t* const before = then.next(slot);
    if (info.fields[i].is(field_computed)) continue;
    const void* const value = value_of(slot, object);
    now.size = 0;
    if (value != nullptr) push_value(slot, value, now);
    const bool differs = (before == nullptr) != (value == nullptr) || now.size != then.length() ||
                         (before != nullptr && !equal_words(now.data(), before, now.size));
    if (!differs) continue;
    same = false;
    if (!changed) return false;
    changed->push_back(i);
  }
  return same;
}

void restore(const model_info& info, void* object, const snapshot& taken, int only) {
  snapshot_reader then(info, taken);
  for (const std::uint16_t i : info.columns) {
    const field_slot slot = info.fields[i].slot();
    const std::uint64_t* const value = then.next(slot);
    if (only >= 0 && only != i) continue;
    if (value == nullptr) {
      store_null(slot, object);
    } else {
      store_words(slot, field_for_value(slot, object), value);
    }
  }
}

void follow_row(const model_info& info, void* object, const snapshot& from, const snapshot& to) {
  std::vector<std::uint16_t> changed;
  if (matches(info, object, from, &changed)) return restore(info, object, to);
  for (const std::uint16_t i : info.columns) {
    if (std::find(changed.begin(), changed.end(), i) == changed.end()) restore(info, object, to, i);
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
  snapshot_reader then(info, taken);
  for (const std::uint16_t i : info.columns) {
    const field_info& field = info.fields[i];
    const std::uint64_t* const value = then.next(field.slot());
    const kind k = compared_as(field);
    if (k == kind::null || std::find(fields.begin(), fields.end(), i) == fields.end()) continue;
    if (value == nullptr || i == info.deleted_at) {
      core.word(make_word(op::where, 0, 2));
      core.word(make_word(op::column, 0, field.offset, info.id));
      core.word(make_word(value == nullptr ? op::is_null : op::is_not_null));
    } else {
      core.word(make_word(op::where, 0, 1));
      core.word(make_word(op::column_compare, static_cast<std::uint8_t>(k), field.offset, info.id));
      core.values.append(value, static_cast<std::uint32_t>(then.length()));
    }
  }
}

std::vector<std::uint16_t> comparable_fields(const model_info& info) {
  std::vector<std::uint16_t> fields;
  std::copy_if(info.columns.begin(), info.columns.end(), std::back_inserter(fields), [&](std::uint16_t i) {
    const field_info& field = info.fields[i];
    const type_ops& stored = stored_type(*field.type);
    return !field.is(field_computed) && compared_as(field) != kind::null && stored.k != kind::custom &&
           (!stored.chrono || i == info.deleted_at);
  });
  return fields;
}

std::vector<std::uint64_t> values_in(const model_info& info, const snapshot& taken,
                                     const std::vector<std::uint16_t>& fields) {
  std::vector<std::uint64_t> values;
  for (const std::uint16_t wanted : fields) {
    snapshot_reader then(info, taken);
    for (const std::uint16_t i : info.columns) {
      const std::uint64_t* const value = then.next(info.fields[i].slot());
      if (i != wanted) continue;
      if (value == nullptr) return {};
      values.insert(values.end(), value, value + then.length());
    }
  }
  return values;
}

bool is_null_in(const model_info& info, const snapshot& taken, std::uint16_t field) {
  snapshot_reader then(info, taken);
  for (const std::uint16_t i : info.columns) {
    const std::uint64_t* const value = then.next(info.fields[i].slot());
    if (i == field) return value == nullptr;
  }
  return true;
}

bool ends_mark(const model_info& info, const void* object, const snapshot& taken) {
  if (info.deleted_at < 0) return false;
  const auto field = static_cast<std::uint16_t>(info.deleted_at);
  return value_of(info.fields[field].slot(), object) == nullptr && !is_null_in(info, taken, field);
}

void push_key(const model_info& info, const void* object, word_buffer& out) {
  for (const std::uint16_t i : info.key) {
    const field_info& field = info.fields[i];
    if (field.type->k == kind::i64 && !field.type->nullable) {
      out.push(word_of<std::int64_t>(static_cast<const char*>(object) + field.offset));
      continue;
    }
    const field_slot slot = info.fields[i].slot();
    if (const void* const value = value_of(slot, object)) push_value(slot, value, out);
  }
}

}  // namespace tupelo::detail
