// SPDX-License-Identifier: Apache-2.0
#include "send_buffer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tupelo::driver::postgres {
namespace {

std::string_view bytes_of(const send_buffer& buffer) { return {buffer.data(), buffer.size()}; }

TEST(send_buffer, frames_messages_and_values_with_their_lengths) {
  send_buffer out;
  out.begin('X');
  out.put16(0x0102);
  const auto at = out.begin_value();
  out.put_text("ab");
  out.end_value(at);
  out.put_null();
  out.end();
  EXPECT_EQ(bytes_of(out), std::string_view("X\0\0\0\x11\1\2\0\0\0\3ab\0\xff\xff\xff\xff", 18));
}

TEST(send_buffer, an_unfinished_message_survives_growing_behind_sent_bytes) {
  send_buffer out;
  out.put_bytes(std::string(4000, 'a').data(), 4000);
  out.begin('Q');
  out.consume(3990);
  const std::string text(5000, 'q');
  out.put_text(text);
  out.end();
  out.consume(10);
  ASSERT_EQ(out.size(), 5u + 5001u);
  EXPECT_EQ(bytes_of(out).substr(0, 6), std::string_view("Q\0\0\x13\x8dq", 6));
}

TEST(send_buffer, what_was_sent_long_ago_takes_no_room) {
  send_buffer out;
  const std::string block(1000, 'x');
  out.put_bytes(block.data(), 500);
  for (int i = 0; i < 10'000; ++i) {
    const char* before = out.data();
    out.put_bytes(block.data(), block.size());
    ASSERT_EQ(out.size(), 1500u);
    if (i > 100) {
      ASSERT_LT(out.data() > before ? out.data() - before : before - out.data(), 1 << 16);
    }
    out.consume(1000);
  }
}

TEST(send_buffer, truncate_takes_back_what_was_written_since_the_mark) {
  send_buffer out;
  out.put_text("kept");
  const auto mark = out.mark();
  out.put_bytes(std::string(10'000, 'x').data(), 10'000);
  out.truncate(mark);
  EXPECT_EQ(bytes_of(out), std::string_view("kept\0", 5));
}

}  // namespace
}  // namespace tupelo::driver::postgres
