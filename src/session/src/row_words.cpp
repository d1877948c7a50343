// SPDX-License-Identifier: Apache-2.0
#include "tupelo/session/row_words.hpp"

#include <cstring>

namespace tupelo::detail {

bool row_words::operator==(words_view other) const noexcept {
  return size_ == other.size && (size_ == 0 || std::memcmp(words_, other.words, size_ * sizeof *words_) == 0);
}

row_words::operator std::vector<std::uint64_t>() const { return {words_, words_ + size_}; }

row_words& row_words::operator=(words_view from) {
  if (from.size > capacity_) {
    auto* const larger = new std::uint64_t[from.size];
    if (on_heap_) delete[] words_;
    words_ = larger;
    capacity_ = static_cast<std::uint32_t>(from.size) & 0x7FFFFFFF;
    on_heap_ = 1;
  }
  if (from.size != 0) std::memmove(words_, from.words, from.size * sizeof *words_);
  size_ = static_cast<std::uint32_t>(from.size);
  return *this;
}

}  // namespace tupelo::detail
