// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace tupelo::driver::postgres {

/// One message of the server, seen in the buffer that received it: ends with the buffer's next `prepare`.
struct backend_message {
  char type = '\0';
  std::uint32_t size = 0;  ///< of the body, without type and length
  const char* body = nullptr;
};

/// The bytes that arrived, cut into messages without copying them.
///
/// It grows only as bytes really arrive, at most to twice what is there: a server that announces a message of 1 GiB
/// gets no memory for announcing it. A large message's memory is given back when it has been read.
class receive_buffer {
public:
  /// The server's own limit for a message.
  static constexpr std::uint32_t largest_message = std::uint32_t{1} << 30;

  explicit receive_buffer(std::uint32_t largest = largest_message) noexcept { limit(largest); }

  /// Room for at least `least` bytes; ends every message that `next` gave out.
  std::span<char> prepare(std::size_t least = 4096);
  /// The first `count` bytes of the room were filled. Before: prepare gave out that many.
  void commit(std::size_t count) noexcept {
    end_ += count;
    filled_ = end_ == capacity_;
  }

  /// The next message, where it is complete.
  /// Errors: connection_error (connection_lost) when the length cannot be one, or not one of this type.
  bool next(backend_message& message) {
    const std::size_t waiting = end_ - begin_;
    if (waiting < header) return false;
    const char* at = bytes_.get() + begin_;
    std::uint32_t length = 0;
    std::memcpy(&length, at + 1, sizeof length);
    length = __builtin_bswap32(length);
    if (length - 4 > unchecked_) [[unlikely]]
      check_length(*at, length);
    if (waiting - 1 < length) return false;
    message = {*at, length - 4, at + header};
    begin_ += length + std::size_t{1};
    return true;
  }
  /// One byte that is no message: the answer to a request for TLS.
  bool next_byte(char& byte) noexcept {
    if (begin_ == end_) return false;
    byte = bytes_[begin_++];
    return true;
  }

  /// Bytes that arrived and were not given out yet.
  std::size_t waiting() const noexcept { return end_ - begin_; }
  bool empty() const noexcept { return begin_ == end_; }
  /// The type of the message that has not arrived whole. Before: !empty().
  char next_type() const noexcept { return bytes_[begin_]; }
  std::size_t capacity() const noexcept { return capacity_; }
  /// Until somebody has proved who he is, he may not send much.
  void limit(std::uint32_t largest) noexcept {
    largest_ = largest;
    unchecked_ = largest < short_message ? largest : short_message;
  }
  void clear() noexcept { begin_ = end_ = 0; }

private:
  void resize(std::size_t capacity);
  void check_length(char type, std::uint32_t length) const;

  static constexpr std::size_t header = 5;
  /// Only messages with data or texts in them are longer.
  static constexpr std::uint32_t short_message = 30'000;

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint32_t largest_ = 0;  ///< body
  /// Bodies up to this need no further look; lengths of 0 to 3 wrap around to more.
  std::uint32_t unchecked_ = 0;
  bool filled_ = false;  ///< the last read took all the room that there was, so more is waiting
};

}  // namespace tupelo::driver::postgres
