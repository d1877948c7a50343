// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "receive_buffer.hpp"
#include "support/failure_of.hpp"

#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace tupelo::driver::postgres::testing {

inline std::string int16_bytes(unsigned v) { return {static_cast<char>(v >> 8), static_cast<char>(v)}; }
inline std::string int32_bytes(std::uint32_t v) { return int16_bytes(v >> 16) + int16_bytes(v & 0xFFFF); }
/// With the NUL behind it.
inline std::string text_bytes(std::string_view text) { return std::string(text) + '\0'; }
/// A whole message of the server.
inline std::string message_bytes(char type, const std::string& body) {
  return type + int32_bytes(static_cast<std::uint32_t>(body.size() + 4)) + body;
}

/// A message whose body lives as long as this.
struct held_message {
  held_message(char type, std::string body) : body_(std::move(body)) {
    message = {type, static_cast<std::uint32_t>(body_.size()), body_.data()};
  }
  held_message(const held_message&) = delete;
  held_message& operator=(const held_message&) = delete;
  operator const backend_message&() const noexcept { return message; }

  backend_message message;

private:
  std::string body_;
};

inline void feed(receive_buffer& buffer, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto room = buffer.prepare(1);
    const std::size_t count = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), count);
    buffer.commit(count);
    bytes.remove_prefix(count);
  }
}

using test_support::failure_of;

template <class Run>
void expect_violation(Run&& run) {
  EXPECT_EQ(failure_of<connection_error>(run).code(), errc::connection_lost);
}

}  // namespace tupelo::driver::postgres::testing
