// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace tupelo {

/// A growing array of 64-bit words whose inline storage follows it in the derived class. Holds a query's shape or its
/// values.
///
/// It has no pointer to itself: while nothing overflowed to the heap, an object may be copied bitwise.
///
/// Encoding of values: booleans, integers, timestamps and times of day (microseconds) and dates (days) are one word,
/// floating-point numbers the bits of a double; text, bytes, json, decimal (its text), uuid (its 16 bytes), enumerators
/// (their name), intervals (as they lie in memory), custom values and arrays (the words of array_words) a length in
/// bytes and then the bytes, padded to whole words. NULL takes no room.
struct word_buffer {
  std::uint64_t* heap = nullptr;
  std::uint32_t size = 0;
  std::uint32_t capacity;

  explicit word_buffer(std::uint32_t inline_words) noexcept : capacity(inline_words) {}

  std::uint64_t* data() noexcept { return heap ? heap : reinterpret_cast<std::uint64_t*>(this + 1); }
  const std::uint64_t* data() const noexcept { return heap ? heap : reinterpret_cast<const std::uint64_t*>(this + 1); }

  void grow(std::uint32_t words);
  std::uint64_t* room(std::uint32_t words) {
    if (size + words > capacity) [[unlikely]]
      grow(size + words);
    std::uint64_t* place = data() + size;
    size += words;
    return place;
  }
  void push(std::uint64_t word) { *room(1) = word; }
  void append(const std::uint64_t* words, std::uint32_t count) { copy(room(count), words, count); }
  void append(const word_buffer& other) { append(other.data(), other.size); }
  /// A handful of words as a rule, just written one by one: the checks of a vectorized loop cost more than the loop,
  /// and wider reads would wait for the writes.
  static void copy(std::uint64_t* to, const std::uint64_t* from, std::uint32_t count) noexcept {
#ifdef __clang__
#pragma clang loop vectorize(disable) unroll(disable)
#endif
    for (std::uint32_t i = 0; i < count; ++i) to[i] = from[i];
  }
  void push_bytes(const void* bytes, std::size_t count);
  void push_text(std::string_view text) { push_bytes(text.data(), text.size()); }
};

/// Reads one length-prefixed value and moves the cursor behind it.
inline std::string_view take_bytes(const std::uint64_t*& cursor) noexcept {
  std::uint64_t count = *cursor++;
  std::string_view bytes(reinterpret_cast<const char*>(cursor), count);
  cursor += (count + 7) / 8;
  return bytes;
}

template <std::uint32_t N>
struct inline_word_buffer : word_buffer {
  std::uint64_t words[N];

  inline_word_buffer() noexcept : word_buffer(N) {}
  explicit inline_word_buffer(std::uint64_t first) noexcept : word_buffer(N) {
    words[0] = first;
    size = 1;
  }
  inline_word_buffer(inline_word_buffer&& other) noexcept : word_buffer(N) { take(other); }
  inline_word_buffer(const inline_word_buffer& other) : word_buffer(N) { append(other); }
  inline_word_buffer& operator=(inline_word_buffer&& other) noexcept {
    if (this != &other) {
      drop();
      take(other);
    }
    return *this;
  }
  inline_word_buffer& operator=(const inline_word_buffer& other) {
    if (this != &other) *this = inline_word_buffer(other);
    return *this;
  }
  ~inline_word_buffer() { drop(); }

  void drop() noexcept {
    if (heap) [[unlikely]] {
      delete[] heap;
      heap = nullptr;
      capacity = N;
    }
    size = 0;
  }
  void take(inline_word_buffer& other) noexcept {
    size = other.size;
    if (other.heap) [[unlikely]] {
      heap = other.heap;
      capacity = other.capacity;
      other.heap = nullptr;
      other.capacity = N;
    } else {
      copy(words, other.words, size);
    }
    other.size = 0;
  }
};

}  // namespace tupelo
