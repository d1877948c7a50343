// SPDX-License-Identifier: Apache-2.0
#include "message_bytes.hpp"
#include "receive_buffer.hpp"

namespace tupelo::driver::postgres {
namespace {

using testing::expect_violation;
using testing::feed;
using testing::int32_bytes;
using testing::message_bytes;

std::string_view body_of(const backend_message& m) { return {m.body, m.size}; }

TEST(receive_buffer, gives_messages_out_in_order_and_only_when_they_are_whole) {
  receive_buffer in;
  const std::string bytes = message_bytes('C', "first") + message_bytes('Z', "") + message_bytes('D', "third");
  std::string types;
  std::string bodies;
  for (const char c : bytes) {
    feed(in, {&c, 1});
    for (backend_message m; in.next(m);) {
      types += m.type;
      bodies += body_of(m);
    }
  }
  EXPECT_EQ(types, "CZD");
  EXPECT_EQ(bodies, "firstthird");
  EXPECT_TRUE(in.empty());
}

TEST(receive_buffer, messages_stay_readable_until_the_next_prepare) {
  receive_buffer in;
  feed(in, message_bytes('D', "one") + message_bytes('D', "two"));
  backend_message one;
  backend_message two;
  ASSERT_TRUE(in.next(one));
  ASSERT_TRUE(in.next(two));
  EXPECT_EQ(body_of(one), "one");
  EXPECT_EQ(body_of(two), "two");
}

TEST(receive_buffer, a_length_below_its_own_field_is_refused) {
  for (const std::uint32_t length : {0u, 1u, 2u, 3u}) {
    receive_buffer in;
    feed(in, "D" + int32_bytes(length));
    backend_message m;
    expect_violation([&] { in.next(m); });
  }
}

TEST(receive_buffer, a_length_above_the_limit_is_refused_before_its_bytes_arrive) {
  receive_buffer in(1000);
  feed(in, "D" + int32_bytes(1005));
  backend_message m;
  expect_violation([&] { in.next(m); });
  receive_buffer unlimited;
  feed(unlimited, "D" + int32_bytes(0xFFFFFFFF));
  expect_violation([&] { unlimited.next(m); });
}

TEST(receive_buffer, a_message_as_long_as_the_limit_is_taken) {
  receive_buffer in(1000);
  feed(in, message_bytes('D', std::string(1000, 'x')));
  backend_message m;
  ASSERT_TRUE(in.next(m));
  EXPECT_EQ(m.size, 1000u);
}

TEST(receive_buffer, messages_that_are_never_long_are_refused_when_they_say_so) {
  receive_buffer in;
  feed(in, "Z" + int32_bytes(1'000'000));
  backend_message m;
  expect_violation([&] { in.next(m); });
}

TEST(receive_buffer, an_announced_length_alone_gets_no_memory) {
  receive_buffer in;
  feed(in, "D" + int32_bytes(1u << 30));
  backend_message m;
  EXPECT_FALSE(in.next(m));
  EXPECT_LE(in.prepare().size(), 64u * 1024);
  EXPECT_LE(in.capacity(), 64u * 1024);
}

TEST(receive_buffer, grows_to_twice_what_arrived_at_most) {
  receive_buffer in;
  const std::string bytes = message_bytes('D', std::string(3'000'000, 'x'));
  for (std::size_t at = 0; at < bytes.size(); at += 1000) {
    feed(in, std::string_view(bytes).substr(at, 1000));
    EXPECT_LE(in.capacity(), std::max<std::size_t>(64 * 1024, 2 * (at + 1000)));
  }
  backend_message m;
  ASSERT_TRUE(in.next(m));
  EXPECT_EQ(m.size, 3'000'000u);
}

TEST(receive_buffer, gives_the_memory_of_a_large_message_back) {
  receive_buffer in;
  feed(in, message_bytes('D', std::string(3'000'000, 'x')) + "D");
  backend_message m;
  ASSERT_TRUE(in.next(m));
  in.prepare();
  EXPECT_EQ(in.capacity(), 64u * 1024);
  feed(in, int32_bytes(5) + "y");
  ASSERT_TRUE(in.next(m));
  EXPECT_EQ(body_of(m), "y");
}

TEST(receive_buffer, reads_take_more_at_once_where_more_is_waiting) {
  receive_buffer in;
  const std::size_t first = in.prepare().size();
  in.commit(first - 1);
  EXPECT_LE(in.prepare(1).size(), first);
  in.commit(in.prepare(1).size());
  EXPECT_GT(in.prepare(1).size(), first);
}

TEST(receive_buffer, a_single_byte_is_no_message) {
  receive_buffer in;
  char byte = 0;
  EXPECT_FALSE(in.next_byte(byte));
  feed(in, "S" + message_bytes('Z', "I"));
  ASSERT_TRUE(in.next_byte(byte));
  EXPECT_EQ(byte, 'S');
  EXPECT_EQ(in.waiting(), 6u);
}

}  // namespace
}  // namespace tupelo::driver::postgres
