// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tupelo::detail {

/// The columns of a row as words, which somebody else keeps.
struct words_view {
  words_view(const std::uint64_t* first, std::size_t count) noexcept : words(first), size(count) {}
  words_view(const std::vector<std::uint64_t>& all) noexcept : words(all.data()), size(all.size()) {}

  const std::uint64_t* data() const noexcept { return words; }
  bool empty() const noexcept { return size == 0; }

  const std::uint64_t* words;
  std::size_t size;
};

/// Keeps such words in room beside it, and on the heap where they do not fit. The room is its owner's.
class row_words {
public:
  row_words(std::uint64_t* room, std::size_t words) noexcept
      : words_(room), capacity_(static_cast<std::uint32_t>(words)) {}
  row_words(const row_words&) = delete;
  row_words& operator=(const row_words& other) { return *this = words_view(other); }
  ~row_words() {
    if (on_heap_) delete[] words_;
  }

  row_words& operator=(words_view from);
  bool operator==(words_view other) const noexcept;
  operator words_view() const noexcept { return {words_, size_}; }
  operator std::vector<std::uint64_t>() const;
  const std::uint64_t* data() const noexcept { return words_; }
  bool empty() const noexcept { return size_ == 0; }
  void clear() noexcept { size_ = 0; }

  /// Words that the columns of a model of this size take as a rule.
  static constexpr std::size_t room_for(std::size_t model_size) noexcept { return 1 + model_size / 8; }

private:
  std::uint64_t* words_;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ : 31;
  std::uint32_t on_heap_ : 1 = 0;
};

}  // namespace tupelo::detail
