// SPDX-License-Identifier: Apache-2.0
#include "key_index.hpp"

#include "tupelo/query/query_core.hpp"
#include "tupelo/core/error.hpp"

#include <bit>
#include <cstring>

namespace tupelo::detail {

bool key_words::read(const void* object) {
  words_.size = 0;
  for (const field_slot& slot : parts_) {
    const void* value = value_of(slot, object);
    if (!value) return false;
    if (is_integer(slot.k)) [[likely]] {
      words_.push(static_cast<std::uint64_t>(load_integer(slot, value)));
      continue;
    }
    const kind k = stored_type(*slot.type).k;
    if (is_float(k) || k == kind::json || k == kind::array || k == kind::interval) {
      throw query_error("column \"" + std::string(slot.column) + "\" of kind " + std::string(name_of(k)) +
                        " cannot be the key of a relation: it has no exact equality");
    }
    push_value(slot, value, words_);
  }
  return true;
}

key_index::key_index(std::size_t expected) {
  if (expected > UINT32_MAX / 4) throw query_error("relations of so many objects cannot be loaded at once: take fewer");
  // At most half full, so that what is looked for is found at once as a rule.
  table_.assign(std::bit_ceil(expected * 2 + 8), 0);
  words_.reserve(expected);
  begins_.reserve(expected + 1);
}

std::uint32_t& key_index::place_of(const std::uint64_t* key, std::uint32_t words) noexcept {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = hash_words(key, words) & mask;; at = (at + 1) & mask) {
    std::uint32_t& place = table_[at];
    if (place == 0) return place;
    const std::uint32_t begin = begins_[place - 1];
    if (begins_[place] - begin == words && std::memcmp(words_.data() + begin, key, words * sizeof *key) == 0) {
      return place;
    }
  }
}

void key_index::grow() {
  std::vector<std::uint32_t> larger(table_.size() * 4, 0);
  table_.swap(larger);
  // Every key is another one, so that each finds an empty place.
  for (std::uint32_t i = 0; i < size(); ++i) place_of(key(i), words_of(i)) = i + 1;
}

std::uint32_t key_index::add(const std::uint64_t* key, std::uint32_t words) {
  if (begins_.size() * 2 > table_.size()) [[unlikely]]
    grow();
  std::uint32_t& place = place_of(key, words);
  if (place == 0) {
    words_.insert(words_.end(), key, key + words);
    begins_.push_back(static_cast<std::uint32_t>(words_.size()));
    place = size();
  }
  return place - 1;
}

std::uint32_t key_index::find(const std::uint64_t* key, std::uint32_t words) const noexcept {
  return const_cast<key_index*>(this)->place_of(key, words) - 1;  // 0 - 1 is none
}

}  // namespace tupelo::detail
