// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace tupelo::driver::postgres {

/// The bytes that wait to be sent: messages are written at its end, sent bytes are taken from its front.
///
/// Integers are written in network byte order. `begin` and `end` frame a message, `begin_value` and `end_value` a
/// parameter: the length in front is filled in when the end is known.
class send_buffer {
public:
  // what waits to be sent
  const char* data() const noexcept { return bytes_.get() + sent_; }
  std::size_t size() const noexcept { return size_ - sent_; }
  bool empty() const noexcept { return size_ == sent_; }
  /// The first `count` bytes of data() are on their way.
  void consume(std::size_t count) noexcept {
    sent_ += count;
    if (sent_ == size_) clear();
  }
  /// One large parameter does not keep its memory for the life of the connection.
  void clear() noexcept {
    sent_ = size_ = 0;
    if (capacity_ > kept) [[unlikely]] {
      bytes_.reset();
      capacity_ = 0;
    }
  }

  // messages
  void begin(char type) {
    char* place = room(5);
    *place = type;
    message_ = size_ - 4;
  }
  /// The start-up packet and its like have no type.
  void begin_untyped() {
    room(4);
    message_ = size_ - 4;
  }
  /// Errors: query_error for a message of 1 GiB or more, which no server takes.
  void end() { patch(message_, size_ - message_); }
  /// Takes everything back that was written since `mark() == at`.
  void truncate(std::size_t at) noexcept { size_ = sent_ + at; }
  std::size_t mark() const noexcept { return size_ - sent_; }

  // values
  void put8(std::uint8_t v) { *room(1) = static_cast<char>(v); }
  void put16(std::uint16_t v) { put_swapped(__builtin_bswap16(v)); }
  void put32(std::uint32_t v) { put_swapped(__builtin_bswap32(v)); }
  void put64(std::uint64_t v) { put_swapped(__builtin_bswap64(v)); }
  void put_bytes(const void* from, std::size_t count) {
    if (count != 0) std::memcpy(room(count), from, count);
  }
  /// With the NUL behind it. Before: none inside.
  void put_text(std::string_view text) {
    char* place = room(text.size() + 1);
    if (!text.empty()) std::memcpy(place, text.data(), text.size());
    place[text.size()] = '\0';
  }
  void put_null() { put32(0xffffffffu); }
  /// Where the value's length stands, for `end_value`; values may be nested.
  std::size_t begin_value() {
    room(4);
    return size_ - 4 - sent_;
  }
  void end_value(std::size_t at) { patch(sent_ + at, size_ - (sent_ + at) - 4); }
  /// Room for `count` bytes at the end, to be written before the next call.
  char* room(std::size_t count) {
    if (capacity_ - size_ < count) [[unlikely]]
      grow(count);
    char* place = bytes_.get() + size_;
    size_ += count;
    return place;
  }

  /// The same without taking it: `take_until` says how much of it was written. Gives how much there is in `available`.
  char* reserve(std::size_t count, std::size_t& available) {
    if (capacity_ - size_ < count) [[unlikely]]
      grow(count);
    available = capacity_ - size_;
    return bytes_.get() + size_;
  }
  void take_until(const char* end) noexcept { size_ = static_cast<std::size_t>(end - bytes_.get()); }

private:
  template <class Swapped>
  void put_swapped(Swapped v) {
    std::memcpy(room(sizeof v), &v, sizeof v);
  }
  void patch(std::size_t at, std::size_t length) {
    if (length >= largest) [[unlikely]]
      refuse_length();
    const std::uint32_t swapped = __builtin_bswap32(static_cast<std::uint32_t>(length));
    std::memcpy(bytes_.get() + at, &swapped, sizeof swapped);
  }
  void grow(std::size_t count);
  [[noreturn]] static void refuse_length();

  static constexpr std::size_t largest = std::size_t{1} << 30;
  static constexpr std::size_t kept = std::size_t{1} << 20;

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::size_t sent_ = 0;
  std::size_t message_ = 0;  ///< where the length of the message stands that was begun
};

}  // namespace tupelo::driver::postgres
