// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol_violation.hpp"
#include "receive_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tupelo::driver::postgres {

/// Reads the fields of a message in order; views it gives end with the message.
/// Errors: connection_error (connection_lost) where the message ends before the field does, or a text has no end.
class message_reader {
public:
  explicit message_reader(const backend_message& message) noexcept
      : at_(message.body), end_(message.body + message.size), type_(message.type) {}

  std::uint8_t get8() { return static_cast<std::uint8_t>(*take(1)); }
  std::uint16_t get16() { return __builtin_bswap16(load<std::uint16_t>()); }
  std::uint32_t get32() { return __builtin_bswap32(load<std::uint32_t>()); }
  std::uint64_t get64() { return __builtin_bswap64(load<std::uint64_t>()); }
  /// Up to the NUL, which is skipped.
  std::string_view cstring() {
    if (at_ == end_) refuse();
    const void* nul = std::memchr(at_, '\0', remaining());
    if (nul == nullptr) refuse();
    const char* begin = at_;
    at_ = static_cast<const char*>(nul) + 1;
    return {begin, static_cast<std::size_t>(at_ - begin - 1)};
  }
  std::string_view bytes(std::size_t count) { return {take(count), count}; }
  std::string_view rest() { return bytes(remaining()); }

  std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  bool empty() const noexcept { return at_ == end_; }
  /// What a message holds beyond its fields would be read by somebody else as something else.
  void finish() const {
    if (at_ != end_) [[unlikely]]
      throw_protocol_violation(name_of_backend_message(type_) + " is longer than its fields");
  }
  [[noreturn]] void refuse() const {
    throw_protocol_violation(name_of_backend_message(type_) + " is shorter than its fields");
  }

private:
  const char* take(std::size_t count) {
    if (remaining() < count) [[unlikely]]
      refuse();
    const char* begin = at_;
    at_ += count;
    return begin;
  }
  template <class Number>
  Number load() {
    Number swapped;
    std::memcpy(&swapped, take(sizeof swapped), sizeof swapped);
    return swapped;
  }

  const char* at_;
  const char* end_;
  char type_;
};

}  // namespace tupelo::driver::postgres
