// SPDX-License-Identifier: Apache-2.0
#include "message_bytes.hpp"
#include "notification_stream.hpp"

namespace tupelo::driver::postgres::testing {
namespace {

std::string notification_bytes(std::uint32_t process, std::string_view channel, std::string_view payload) {
  return message_bytes('A', int32_bytes(process) + text_bytes(channel) + text_bytes(payload));
}
std::string error_bytes(std::string_view severity, std::string_view sqlstate) {
  return message_bytes('E', text_bytes("S" + std::string(severity)) + text_bytes("V" + std::string(severity)) +
                                text_bytes("C" + std::string(sqlstate)) + text_bytes("Mno") + '\0');
}

struct listening : ::testing::Test {
  receive_buffer in;
  notification_reader reader;

  void receive(std::string_view bytes) {
    feed(in, bytes);
    reader.receive(in);
  }
};

TEST_F(listening, takes_one_notification_at_a_time) {
  receive(notification_bytes(7, "orders", "1") + notification_bytes(8, "orders", "2"));
  ASSERT_TRUE(reader.has_heard());
  const tupelo::notification first = reader.take();
  EXPECT_EQ(first.channel, "orders");
  EXPECT_EQ(first.payload, "1");
  EXPECT_EQ(first.server_process, 7);
  EXPECT_FALSE(reader.has_heard()) << "what is not asked for is left where it was received";
  reader.receive(in);
  EXPECT_EQ(reader.take().payload, "2");
}
TEST_F(listening, passes_over_notices_and_the_answers_to_its_questions) {
  receive(message_bytes('N', text_bytes("SNOTICE") + '\0') +
          message_bytes('S', text_bytes("TimeZone") + text_bytes("UTC")) + message_bytes('I', "") +
          message_bytes('Z', "I"));
  EXPECT_FALSE(reader.has_heard());
  receive(notification_bytes(7, "orders", ""));
  EXPECT_TRUE(reader.has_heard());
}
TEST_F(listening, keeps_what_arrives_before_listen_is_answered) {
  reader.ask();
  receive(message_bytes('C', text_bytes("LISTEN")) + notification_bytes(7, "orders", "1"));
  EXPECT_FALSE(reader.is_answered());
  receive(message_bytes('Z', "I"));
  EXPECT_TRUE(reader.is_answered());
  reader.throw_if_refused();
  EXPECT_EQ(reader.take().payload, "1");
}
TEST_F(listening, tells_what_the_server_objects_to) {
  reader.ask();
  receive(error_bytes("ERROR", "25006") + message_bytes('Z', "I"));
  EXPECT_TRUE(reader.is_answered());
  EXPECT_EQ(failure_of<database_error>([&] { reader.throw_if_refused(); }).code(), errc::read_only);
}
TEST_F(listening, ends_with_the_server) {
  expect_violation([&] { receive(error_bytes("FATAL", "57P01")); });
}
TEST_F(listening, ends_where_the_server_says_what_was_not_asked) {
  expect_violation([&] { receive(message_bytes('G', std::string(3, '\0'))); });
}
TEST_F(listening, ends_where_a_notification_is_cut) {
  expect_violation([&] { receive(message_bytes('A', int32_bytes(7) + text_bytes("orders") + "no end")); });
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
