// SPDX-License-Identifier: Apache-2.0
#include "frontend_messages.hpp"
#include "message_bytes.hpp"

#include <vector>

namespace tupelo::driver::postgres {
namespace {

using testing::failure_of;
using testing::int16_bytes;
using testing::int32_bytes;
using testing::message_bytes;
using testing::text_bytes;

template <class Write>
std::string written(Write&& write) {
  send_buffer out;
  write(out);
  return {out.data(), out.size()};
}

std::string untyped(const std::string& body) { return int32_bytes(static_cast<std::uint32_t>(body.size() + 4)) + body; }

TEST(frontend_messages, startup_holds_the_version_and_the_parameters) {
  const std::vector<startup_parameter> parameters{{"user", "ada"}, {"database", "shop"}};
  EXPECT_EQ(written([&](send_buffer& out) { write_startup(out, parameters); }),
            untyped(int32_bytes(196608) + text_bytes("user") + text_bytes("ada") + text_bytes("database") +
                    text_bytes("shop") + '\0'));
}

TEST(frontend_messages, requests_before_startup_have_codes_for_versions) {
  EXPECT_EQ(written([](send_buffer& out) { write_ssl_request(out); }), untyped(int32_bytes(80877103)));
  EXPECT_EQ(written([](send_buffer& out) { write_cancel_request(out, 42, "a longer key"); }),
            untyped(int32_bytes(80877102) + int32_bytes(42) + "a longer key"));
}

TEST(frontend_messages, passwords_and_sasl_share_a_type) {
  EXPECT_EQ(written([](send_buffer& out) { write_password(out, "s"); }), message_bytes('p', text_bytes("s")));
  EXPECT_EQ(written([](send_buffer& out) { write_sasl_initial(out, "SCRAM-SHA-256", "n,,"); }),
            message_bytes('p', text_bytes("SCRAM-SHA-256") + int32_bytes(3) + "n,,"));
  EXPECT_EQ(written([](send_buffer& out) { write_sasl_response(out, "c="); }), message_bytes('p', "c="));
}

TEST(frontend_messages, parse_holds_name_text_and_types) {
  const std::uint32_t types[] = {23, 0};
  EXPECT_EQ(written([&](send_buffer& out) { write_parse(out, "s1", "SELECT $1", types); }),
            message_bytes('P', text_bytes("s1") + text_bytes("SELECT $1") + int16_bytes(2) + int32_bytes(23) +
                                   int32_bytes(0)));
}

TEST(frontend_messages, bind_is_begun_up_to_the_formats_of_its_parameters) {
  EXPECT_EQ(written([](send_buffer& out) {
              begin_bind(out, "", "s1");
              out.put16(0);
              out.end();
            }),
            message_bytes('B', text_bytes("") + text_bytes("s1") + int16_bytes(0)));
}

TEST(frontend_messages, statements_and_portals_are_told_apart) {
  EXPECT_EQ(written([](send_buffer& out) { write_describe_statement(out, "s"); }),
            message_bytes('D', "S" + text_bytes("s")));
  EXPECT_EQ(written([](send_buffer& out) { write_describe_portal(out, ""); }),
            message_bytes('D', "P" + text_bytes("")));
  EXPECT_EQ(written([](send_buffer& out) { write_close_statement(out, "s"); }),
            message_bytes('C', "S" + text_bytes("s")));
  EXPECT_EQ(written([](send_buffer& out) { write_close_portal(out, "p"); }), message_bytes('C', "P" + text_bytes("p")));
}

TEST(frontend_messages, the_rest_is_as_the_protocol_says) {
  EXPECT_EQ(written([](send_buffer& out) { write_execute(out, "", 7); }),
            message_bytes('E', text_bytes("") + int32_bytes(7)));
  EXPECT_EQ(written([](send_buffer& out) { write_sync(out); }), message_bytes('S', ""));
  EXPECT_EQ(written([](send_buffer& out) { write_flush(out); }), message_bytes('H', ""));
  EXPECT_EQ(written([](send_buffer& out) { write_query(out, "BEGIN"); }), message_bytes('Q', text_bytes("BEGIN")));
  EXPECT_EQ(written([](send_buffer& out) { write_copy_data(out, "ab"); }), message_bytes('d', "ab"));
  EXPECT_EQ(written([](send_buffer& out) { write_copy_done(out); }), message_bytes('c', ""));
  EXPECT_EQ(written([](send_buffer& out) { write_copy_fail(out, "no"); }), message_bytes('f', text_bytes("no")));
  EXPECT_EQ(written([](send_buffer& out) { write_terminate(out); }), message_bytes('X', ""));
}

TEST(frontend_messages, a_text_with_a_nul_is_refused_and_leaves_nothing_behind) {
  const std::string_view text("SELECT 1\0; DROP", 15);
  send_buffer out;
  EXPECT_EQ(failure_of([&] { write_parse(out, "", text); }).code(), errc::invalid_text);
  EXPECT_EQ(failure_of([&] { write_query(out, text); }).code(), errc::invalid_text);
  EXPECT_EQ(failure_of([&] { write_password(out, text); }).code(), errc::invalid_text);
  const startup_parameter parameter{"user", text};
  EXPECT_EQ(failure_of([&] { write_startup(out, {&parameter, 1}); }).code(), errc::invalid_text);
  EXPECT_TRUE(out.empty());
}

}  // namespace
}  // namespace tupelo::driver::postgres
