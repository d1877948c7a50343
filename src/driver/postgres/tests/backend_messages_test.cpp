// SPDX-License-Identifier: Apache-2.0
#include "backend_messages.hpp"
#include "message_bytes.hpp"
#include "message_reader.hpp"

namespace tupelo::driver::postgres {
namespace {

using testing::expect_violation;
using testing::failure_of;
using testing::held_message;
using testing::int16_bytes;
using testing::int32_bytes;
using testing::text_bytes;

TEST(message_reader, running_over_the_end_names_the_message) {
  const held_message m('D', "abc");
  message_reader reader(m);
  EXPECT_EQ(reader.get16(), 0x6162u);
  const auto e = failure_of<connection_error>([&] { reader.get16(); });
  EXPECT_EQ(e.code(), errc::connection_lost);
  EXPECT_FALSE(e.connection_usable());
  EXPECT_NE(std::string(e.what()).find("DataRow"), std::string::npos);
}

TEST(message_reader, a_text_without_end_is_refused) {
  const held_message m('S', "name");
  expect_violation([&] { message_reader(m).cstring(); });
  const held_message empty('S', "");
  expect_violation([&] { message_reader(empty).cstring(); });
}

TEST(message_reader, bytes_behind_the_last_field_are_refused) {
  const held_message m('Z', "I ");
  expect_violation([&] { parse_ready_for_query(m); });
}

TEST(backend_messages, an_error_is_read_with_all_its_fields) {
  const held_message m('E', "S" + text_bytes("FEHLER") + "V" + text_bytes("ERROR") + "C" + text_bytes("23505") + "M" +
                                text_bytes("duplicate") + "D" + text_bytes("detail") + "H" + text_bytes("hint") + "P" +
                                text_bytes("17") + "p" + text_bytes("3") + "q" + text_bytes("inner") + "W" +
                                text_bytes("context") + "s" + text_bytes("public") + "t" + text_bytes("users") + "c" +
                                text_bytes("email") + "d" + text_bytes("mood") + "n" + text_bytes("users_email_key") +
                                "F" + text_bytes("nbtinsert.c") + "L" + text_bytes("666") + "R" +
                                text_bytes("_bt_check_unique") + "?" + text_bytes("later") + '\0');
  const error_fields e = parse_error(m);
  EXPECT_EQ(e.severity, "ERROR");
  EXPECT_EQ(e.sqlstate, "23505");
  EXPECT_EQ(e.message, "duplicate");
  EXPECT_EQ(e.detail, "detail");
  EXPECT_EQ(e.hint, "hint");
  EXPECT_EQ(e.position, 17u);
  EXPECT_EQ(e.internal_position, 3u);
  EXPECT_EQ(e.internal_query, "inner");
  EXPECT_EQ(e.where, "context");
  EXPECT_EQ(e.schema, "public");
  EXPECT_EQ(e.table, "users");
  EXPECT_EQ(e.column, "email");
  EXPECT_EQ(e.data_type, "mood");
  EXPECT_EQ(e.constraint, "users_email_key");
  EXPECT_EQ(e.routine, "_bt_check_unique");
  EXPECT_FALSE(e.ends_connection());
}

TEST(backend_messages, an_error_without_end_is_refused) {
  const held_message m('E', "S" + text_bytes("ERROR"));
  expect_violation([&] { parse_error(m); });
}

TEST(backend_messages, a_row_description_tells_names_and_types) {
  const held_message m('T', int16_bytes(2) + text_bytes("id") + int32_bytes(16384) + int16_bytes(1) + int32_bytes(23) +
                                int16_bytes(4) + int32_bytes(0xFFFFFFFF) + int16_bytes(1) + text_bytes("?column?") +
                                int32_bytes(0) + int16_bytes(0) + int32_bytes(25) + int16_bytes(0xFFFF) +
                                int32_bytes(20) + int16_bytes(0));
  std::vector<column_description> columns(7);
  parse_row_description(m, columns);
  ASSERT_EQ(columns.size(), 2u);
  EXPECT_EQ(columns[0].name, "id");
  EXPECT_EQ(columns[0].table, 16384u);
  EXPECT_EQ(columns[0].attribute, 1);
  EXPECT_EQ(columns[0].type, 23u);
  EXPECT_EQ(columns[0].type_size, 4);
  EXPECT_EQ(columns[0].modifier, -1);
  EXPECT_EQ(columns[0].format, 1);
  EXPECT_EQ(columns[1].name, "?column?");
  EXPECT_EQ(columns[1].type_size, -1);
  EXPECT_EQ(columns[1].modifier, 20);
}

TEST(backend_messages, counts_of_what_is_not_there_are_refused) {
  std::vector<column_description> columns;
  const held_message row('T', int16_bytes(65535) + text_bytes("id"));
  expect_violation([&] { parse_row_description(row, columns); });
  EXPECT_EQ(columns.capacity(), 0u);
  std::vector<std::uint32_t> types;
  const held_message parameters('t', int16_bytes(2) + int32_bytes(23));
  expect_violation([&] { parse_parameter_description(parameters, types); });
  const held_message options('v', int32_bytes(196608) + int32_bytes(0xFFFFFFFF));
  expect_violation([&] { parse_negotiate_protocol_version(options); });
  const held_message copy('G', "\1" + int16_bytes(2) + int16_bytes(1));
  expect_violation([&] { parse_copy_response(copy); });
}

TEST(backend_messages, a_parameter_description_lists_types) {
  const held_message m('t', int16_bytes(2) + int32_bytes(23) + int32_bytes(25));
  std::vector<std::uint32_t> types;
  parse_parameter_description(m, types);
  EXPECT_EQ(types, (std::vector<std::uint32_t>{23, 25}));
}

TEST(backend_messages, a_command_tag_tells_how_many_rows_changed) {
  const auto result = [](std::string_view tag) {
    const held_message m('C', text_bytes(tag));
    const command_result r = parse_command_complete(m);
    return std::pair(r.count, r.reads);
  };
  EXPECT_EQ(result("INSERT 0 3"), std::pair(std::uint64_t{3}, false));
  EXPECT_EQ(result("UPDATE 0"), std::pair(std::uint64_t{0}, false));
  EXPECT_EQ(result("DELETE 18446744073709551615"), std::pair(UINT64_MAX, false));
  EXPECT_EQ(result("MERGE 2"), std::pair(std::uint64_t{2}, false));
  EXPECT_EQ(result("COPY 9"), std::pair(std::uint64_t{9}, false));
  EXPECT_EQ(result("SELECT 5"), std::pair(std::uint64_t{5}, true));
  EXPECT_EQ(result("CREATE TABLE"), std::pair(std::uint64_t{0}, false));
  EXPECT_EQ(result("BEGIN"), std::pair(std::uint64_t{0}, false));
  EXPECT_EQ(result("UPDATE 99999999999999999999"), std::pair(std::uint64_t{0}, false));
}

TEST(backend_messages, ready_for_query_tells_the_state_of_the_transaction) {
  const held_message idle('Z', "I");
  const held_message open('Z', "T");
  const held_message failed('Z', "E");
  const held_message unknown('Z', "x");
  EXPECT_EQ(parse_ready_for_query(idle), transaction_status::idle);
  EXPECT_EQ(parse_ready_for_query(open), transaction_status::open);
  EXPECT_EQ(parse_ready_for_query(failed), transaction_status::failed);
  expect_violation([&] { parse_ready_for_query(unknown); });
}

TEST(backend_messages, keys_of_any_version_are_kept_whole) {
  const held_message m('K', int32_bytes(4711) + std::string(32, 'k'));
  const backend_key key = parse_backend_key(m);
  EXPECT_EQ(key.process, 4711u);
  EXPECT_EQ(key.key, std::string(32, 'k'));
  const held_message longer('K', int32_bytes(1) + std::string(257, 'k'));
  expect_violation([&] { parse_backend_key(longer); });
}

TEST(backend_messages, a_notification_has_channel_and_payload) {
  const held_message m('A', int32_bytes(7) + text_bytes("orders") + text_bytes("42"));
  const notification n = parse_notification(m);
  EXPECT_EQ(n.process, 7u);
  EXPECT_EQ(n.channel, "orders");
  EXPECT_EQ(n.payload, "42");
}

TEST(backend_messages, a_copy_response_has_format_and_columns) {
  const held_message m('G', "\1" + int16_bytes(2) + int16_bytes(1) + int16_bytes(1));
  const copy_response copy = parse_copy_response(m);
  EXPECT_TRUE(copy.binary);
  EXPECT_EQ(copy.columns, 2);
  const held_message unknown('H', "\2" + int16_bytes(0));
  expect_violation([&] { parse_copy_response(unknown); });
}

TEST(backend_messages, an_authentication_request_has_its_methods_data) {
  const held_message md5('R', int32_bytes(5) + "salt");
  EXPECT_EQ(parse_authentication(md5).data, "salt");
  const held_message sasl('R', int32_bytes(10) + text_bytes("SCRAM-SHA-256-PLUS") + text_bytes("SCRAM-SHA-256") + '\0');
  EXPECT_EQ(parse_authentication(sasl).mechanisms,
            (std::vector<std::string_view>{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}));
  const held_message short_salt('R', int32_bytes(5) + "sal");
  expect_violation([&] { parse_authentication(short_salt); });
  const held_message endless('R', int32_bytes(10) + text_bytes("SCRAM-SHA-256"));
  expect_violation([&] { parse_authentication(endless); });
}

}  // namespace
}  // namespace tupelo::driver::postgres
