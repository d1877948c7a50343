// SPDX-License-Identifier: Apache-2.0
// What a server says beside its answers, and errors that are about the connection.
#include "conversation.hpp"
#include "message_bytes.hpp"

#include <vector>

namespace tupelo::driver::postgres::testing {
namespace {

struct listening_events final : connection_events {
  bool wanted = true;
  bool wants_notices() const noexcept override { return wanted; }
  void noticed(const notice_event&) noexcept override {}
};

struct conversation_beside : ::testing::Test {
  conversation talk{true};
  listening_events events;
  request asked;

  void receive(std::string_view bytes) {
    feed(talk.input(), bytes);
    talk.receive();
  }
  void ask() {
    asked.script = "SELECT 1";
    talk.submit(asked);
  }
  static std::string said(char type, std::string_view severity, std::string_view sqlstate,
                          std::string_view routine = "here") {
    return message_bytes(type, text_bytes("S" + std::string(severity)) + text_bytes("V" + std::string(severity)) +
                                   text_bytes("C" + std::string(sqlstate)) + text_bytes("Mrow 7 is odd") +
                                   text_bytes("R" + std::string(routine)) + '\0');
  }
};
using notices = conversation_beside;
using broken_streams = conversation_beside;
using targets = conversation_beside;

TEST_F(notices, are_kept_for_who_wants_them) {
  talk.report_to(&events);
  ask();
  receive(said('N', "WARNING", "01000"));
  ASSERT_TRUE(talk.has_notices());
  const std::vector<error_fields> taken = talk.take_notices();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].severity, "WARNING");
  EXPECT_EQ(taken[0].sqlstate, "01000");
  EXPECT_EQ(taken[0].message, "row 7 is odd");
  EXPECT_FALSE(talk.has_notices());
}
TEST_F(notices, beyond_a_number_are_counted_and_left_out) {
  talk.report_to(&events);
  ask();
  for (std::size_t i = 0; i != conversation::most_notices + 70; ++i) receive(said('N', "NOTICE", "00000"));
  const std::vector<error_fields> taken = talk.take_notices();
  ASSERT_EQ(taken.size(), conversation::most_notices + 1);
  EXPECT_EQ(taken.back().severity, "WARNING");
  EXPECT_EQ(taken.back().message.find("row"), std::string::npos);
  EXPECT_NE(taken.back().message.find("70 notices"), std::string::npos) << taken.back().message;
  receive(said('N', "NOTICE", "00000"));
  EXPECT_EQ(talk.take_notices().at(0).message, "row 7 is odd") << "those that come later are kept again";
}
TEST_F(notices, beyond_a_size_are_counted_and_left_out) {
  talk.report_to(&events);
  ask();
  const auto long_one = [](std::size_t size) {
    return message_bytes('N', text_bytes("SNOTICE") + text_bytes("VNOTICE") + text_bytes("C00000") +
                                  text_bytes("M" + std::string(size, 'x')) + '\0');
  };
  receive(long_one(conversation::most_notice_bytes));
  receive(long_one(1));
  const std::vector<error_fields> taken = talk.take_notices();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_NE(taken[0].message.find("2 notices"), std::string::npos) << taken[0].message;
}
TEST_F(notices, are_passed_over_where_nobody_wants_them) {
  receive(said('N', "NOTICE", "00000"));
  talk.report_to(&events);
  events.wanted = false;
  receive(said('N', "NOTICE", "00000"));
  EXPECT_FALSE(talk.has_notices());
}
TEST_F(notices, and_changed_settings_may_come_while_nothing_runs) {
  talk.report_to(&events);
  receive(message_bytes('S', text_bytes("TimeZone") + text_bytes("UTC")) + said('N', "NOTICE", "00000") +
          message_bytes('S', text_bytes("client_encoding") + text_bytes("UTF8")));
  EXPECT_TRUE(talk.has_notices());
  expect_violation([&] { receive(message_bytes('S', text_bytes("client_encoding") + text_bytes("LATIN1"))); });
}
TEST_F(targets, are_missed_when_the_server_reports_something_else) {
  session_target is;
  is.reports({"in_hot_standby", "on"});
  is.reports({"default_transaction_read_only", "off"});
  talk.expects(is, target_session::standby);
  EXPECT_FALSE(talk.is_unfit());
  receive(message_bytes('S', text_bytes("TimeZone") + text_bytes("UTC")));
  EXPECT_FALSE(talk.is_unfit());
  receive(message_bytes('S', text_bytes("in_hot_standby") + text_bytes("off")));
  EXPECT_TRUE(talk.is_unfit()) << "it was promoted";
}
TEST_F(targets, are_met_again_by_a_session_that_was_only_set_to_something_else) {
  session_target is;
  is.reports({"in_hot_standby", "off"});
  is.reports({"default_transaction_read_only", "off"});
  talk.expects(is, target_session::read_write);
  receive(message_bytes('S', text_bytes("default_transaction_read_only") + text_bytes("on")));
  EXPECT_TRUE(talk.is_unfit());
  receive(message_bytes('S', text_bytes("default_transaction_read_only") + text_bytes("off")));
  EXPECT_FALSE(talk.is_unfit());
}
TEST_F(targets, that_write_are_missed_where_a_write_is_refused) {
  for (const auto& [wanted, missed] : {std::pair(target_session::read_write, true),
                                       {target_session::primary, true},
                                       {target_session::any, false},
                                       {target_session::standby, false}}) {
    conversation one(true);
    one.expects({}, wanted);
    request write;
    write.script = "DELETE FROM t";
    one.submit(write);
    feed(one.input(), said('E', "ERROR", "42501") + message_bytes('Z', "I"));
    one.receive();
    EXPECT_FALSE(one.is_unfit());
    one.submit(write);
    feed(one.input(), said('E', "ERROR", "25006") + message_bytes('Z', "I"));
    one.receive();
    EXPECT_EQ(one.is_unfit(), missed);
  }
}
TEST_F(broken_streams, that_the_server_does_not_understand_lose_the_connection) {
  ask();
  const auto lost = failure_of<connection_error>([&] { receive(said('E', "ERROR", "08P01")); });
  EXPECT_EQ(lost.code(), errc::connection_lost);
  EXPECT_FALSE(lost.connection_usable());
  EXPECT_NE(std::string(lost.what()).find("08P01"), std::string::npos);
}
TEST_F(broken_streams, are_those_with_an_error_that_nothing_has_met) {
  expect_violation([&] { receive(said('E', "ERROR", "26000")); });
}
TEST_F(broken_streams, are_none_where_a_function_raises_the_same_code) {
  ask();
  receive(said('E', "ERROR", "08P01", "exec_stmt_raise") + message_bytes('Z', "I"));
  EXPECT_EQ(talk.take_completed(), &asked);
  EXPECT_EQ(failure_of<error>([&] { std::rethrow_exception(asked.failure); }).statement(), "SELECT 1");
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
