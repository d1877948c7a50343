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
  snapshot_reader(const model_info& info, words_view taken) noexcept
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

/// The value of a column in an object; null for NULL.
const void* value_in(const column_step& column, const void* object) noexcept {
  const void* const field = static_cast<const char*>(object) + column.offset;
  return column.nullable ? column.type->get(field) : field;
}

/// As push_value has it, of what is one word and goes without a call; else false.
bool is_word(kind k, const void* value, std::uint64_t& word) noexcept {
  switch (k) {
    case kind::i64:
    case kind::f64: std::memcpy(&word, value, sizeof word); return true;
    case kind::i32: word = word_of<std::int32_t>(value); return true;
    case kind::boolean: word = *static_cast<const bool*>(value) ? 1 : 0; return true;
    default: return false;
  }
}

constexpr std::uint32_t words_of_text(std::size_t length) noexcept {
  return 1 + static_cast<std::uint32_t>((length + 7) / 8);
}

/// Without asking for room at each column: there is always a word for each of those that are left.
void encode(const model_info& info, const void* object, scratch& out) {
  constexpr std::size_t short_text = 128;
  const std::uint32_t bits = words_of_bits(info);
  auto left = static_cast<std::uint32_t>(info.steps.size());
  out.room(bits + left);
  std::uint64_t* words = out.data();
  std::uint32_t used = bits;
  for (std::uint32_t i = 0; i != bits; ++i) words[i] = 0;
  std::size_t place = 0;
  for (const column_step& column : info.steps) {
    const void* const value = value_in(column, object);
    const std::size_t at = place++;
    --left;
    if (value == nullptr) continue;
    words[at / 64] |= std::uint64_t{1} << at % 64;
    if (is_word(column.k, value, words[used])) {
      ++used;
      continue;
    }
    out.size = used;
    if (column.k != kind::text) {
      push_value(info.fields[column.field].slot(), value, out);
    } else if (const auto& text = *static_cast<const std::string*>(value); text.size() > short_text) {
      out.push_text(text);
    } else {
      const std::uint32_t count = words_of_text(text.size());
      std::uint64_t* const to = out.room(count);
      to[count - 1] = 0;  // the padding
      to[0] = text.size();
      std::memcpy(to + 1, text.data(), text.size());
    }
    used = out.size;
    out.room(left);
    words = out.data();
  }
  out.size = used;
}

bool equal_words(const std::uint64_t* a, const std::uint64_t* b, std::size_t count) noexcept {
  return std::memcmp(a, b, count * sizeof *a) == 0;
}

}  // namespace

snapshot take_snapshot(const model_info& info, const void* object) {
  scratch words;
  encode(info, object, words);
  const std::uint64_t* const first = words.data();
  return {first, first + words.size};
}

void take_snapshot(const model_info& info, const void* object, row_words& kept) {
  scratch words;
  encode(info, object, words);
  kept = words_view(words.data(), words.size);
}

bool matches(const model_info& info, const void* object, words_view taken, std::vector<std::uint16_t>* changed) {
  scratch now;
  bool same = true;
  const std::uint64_t* then = taken.data() + words_of_bits(info);
  std::size_t place = 0;
  for (const column_step& column : info.steps) {
    const bool was_there = (taken.data()[place / 64] >> place % 64 & 1) != 0;
    const void* const value = value_in(column, object);
    ++place;
    bool equal = was_there == (value != nullptr);
    if (was_there) {
      std::uint64_t word = 0;
      if (value != nullptr && is_word(column.k, value, word)) {
        equal = word == *then++;
      } else if (column.k == kind::text) {
        const std::size_t length = *then;
        if (value != nullptr) {
          const auto& text = *static_cast<const std::string*>(value);
          equal = text.size() == length && std::memcmp(text.data(), then + 1, length) == 0;
        }
        then += words_of_text(length);
      } else {
        const std::size_t length = words_of_value(stored_type(*column.type).k, then);
        if (value != nullptr) {
          now.size = 0;
          push_value(info.fields[column.field].slot(), value, now);
          equal = now.size == length && equal_words(now.data(), then, length);
        }
        then += length;
      }
    }
    if (equal || column.computed) continue;
    same = false;
    if (!changed) return false;
    changed->push_back(column.field);
  }
  return same;
}

void restore(const model_info& info, void* object, words_view taken, int only) {
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

void follow_row(const model_info& info, void* object, words_view from, words_view to) {
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

void compare_fields(query_core& core, const model_info& info, words_view taken,
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

std::vector<std::uint64_t> values_in(const model_info& info, words_view taken,
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

bool is_null_in(const model_info& info, words_view taken, std::uint16_t field) {
  snapshot_reader then(info, taken);
  for (const std::uint16_t i : info.columns) {
    const std::uint64_t* const value = then.next(info.fields[i].slot());
    if (i == field) return value == nullptr;
  }
  return true;
}

bool ends_mark(const model_info& info, const void* object, words_view taken) {
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
