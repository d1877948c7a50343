// SPDX-License-Identifier: Apache-2.0
#include "message_bytes.hpp"
#include "startup.hpp"

namespace tupelo::driver::postgres {
namespace {

using testing::expect_violation;
using testing::failure_of;
using testing::held_message;
using testing::int32_bytes;
using testing::message_bytes;
using testing::text_bytes;

using input = startup::input;

std::string fixed_nonce() { return "rOprNGfwEbeRWgbNEkqO"; }

// RFC 7677's password, nonces and salt with the empty user of PostgreSQL; proofs computed by an independent program.
constexpr auto server_first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
struct exchange {
  const char* first;
  const char* final;
  const char* signature;
};
constexpr exchange unbound{"n,,n=,r=rOprNGfwEbeRWgbNEkqO",
                           "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                           "p=qvT2SWdEH5Q06albL+hjSYuUhCG7VndFyzIb7CK4n9k=",
                           "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg="};
constexpr exchange not_offered{"y,,n=,r=rOprNGfwEbeRWgbNEkqO",
                               "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                               "p=VpuC5DGQa5ro9tXE9MnKs69NH1nxnuregZZcclqIGfM=",
                               "v=FOmOj9BpTGwvnzwBtWQjBaPmVxT9I8IeHBOhcIPu3us="};
constexpr exchange with_binding{"p=tls-server-end-point,,n=,r=rOprNGfwEbeRWgbNEkqO",
                                "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsQ0VSVA==,"
                                "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                "p=Ebtfcq5eYkVtrkyfxg+71Y7KmV8ZriK6SlKXaJIfw5Y=",
                                "v=Ww6eMWMBdKYlfOWPC+UrE6I0z3n18q2mJwmcX2ny9AA="};

struct startup_test : ::testing::Test {
  postgres_settings settings;
  postgres_host host;
  send_buffer out;
  std::unique_ptr<startup> start;

  startup_test() {
    settings.user = "ada";
    settings.database = "shop";
    host.name = "db.example.com";
    host.password = "pencil";
  }

  void begin(encryption attempt = encryption::none) {
    start = std::make_unique<startup>(settings, host, attempt, out, fixed_nonce);
  }
  void begin_with_tls(std::string_view end_point = "CERT") {
    begin(encryption::required);
    start->take_tls_answer('S', false);
    start->take_tls(end_point);
    out.clear();
  }
  std::string sent() {
    std::string bytes(out.data(), out.size());
    out.clear();
    return bytes;
  }
  void take(char type, const std::string& body) {
    const held_message m(type, body);
    start->take_message(m);
  }
  void authentication(std::uint32_t kind, const std::string& data = {}) { take('R', int32_bytes(kind) + data); }
  void offer(std::initializer_list<std::string_view> mechanisms) {
    std::string list;
    for (const std::string_view name : mechanisms) list += text_bytes(name);
    authentication(10, list + '\0');
  }
  void parameter(std::string_view name, std::string_view value) { take('S', text_bytes(name) + text_bytes(value)); }
  template <class Run>
  std::string refusal(Run&& run, errc code = errc::authentication_failed) {
    const auto e = failure_of<connection_error>(run);
    EXPECT_EQ(e.code(), code) << e.what();
    EXPECT_EQ(std::string(e.what()).find("pencil"), std::string::npos);
    return e.what();
  }
  void expect_exchange(const exchange& expected, const char* mechanism) {
    EXPECT_EQ(sent(),
              message_bytes('p', text_bytes(mechanism) +
                                     int32_bytes(static_cast<std::uint32_t>(strlen(expected.first))) + expected.first));
    authentication(11, server_first);
    EXPECT_EQ(sent(), message_bytes('p', expected.final));
    authentication(12, expected.signature);
    authentication(0);
    take('Z', "I");
    EXPECT_EQ(start->wants(), input::nothing);
  }
};

TEST_F(startup_test, trust_leads_straight_to_ready_with_the_servers_parameters) {
  begin();
  const std::string packet = sent();
  EXPECT_NE(packet.find(text_bytes("user") + text_bytes("ada") + text_bytes("database") + text_bytes("shop") +
                        text_bytes("client_encoding") + text_bytes("UTF8")),
            std::string::npos);
  EXPECT_EQ(packet.find("pencil"), std::string::npos);
  authentication(0);
  parameter("server_version", "15.4 (Debian)");
  parameter("TimeZone", "UTC");
  parameter("TimeZone", "Europe/Berlin");
  take('K', int32_bytes(4711) + "key!");
  EXPECT_EQ(start->wants(), input::message);
  take('Z', "I");
  EXPECT_EQ(start->wants(), input::nothing);
  EXPECT_EQ(start->key().process, 4711u);
  EXPECT_EQ(start->key().key, "key!");
  EXPECT_EQ(*start->parameter("TimeZone"), "Europe/Berlin");
  EXPECT_EQ(start->parameter("unknown"), nullptr);
  EXPECT_EQ(start->server_version(), 150004u);
  EXPECT_TRUE(out.empty());
}

TEST_F(startup_test, settings_are_told_as_parameters) {
  settings.application_name = "blog";
  settings.options = "-c geqo=off";
  settings.date_style = "ISO, dmy";
  settings.geqo = "on";
  settings.statement_timeout_us = 2'500'000;
  settings.lock_timeout_us = 1;
  begin();
  const std::string packet = sent();
  for (const auto& [name, value] :
       {std::pair("application_name", "blog"), std::pair("options", "-c geqo=off"), std::pair("DateStyle", "ISO, dmy"),
        std::pair("geqo", "on"), std::pair("statement_timeout", "2500"), std::pair("lock_timeout", "1")}) {
    EXPECT_NE(packet.find(text_bytes(name) + text_bytes(value)), std::string::npos) << name;
  }
  EXPECT_EQ(packet.find("idle_in_transaction_session_timeout"), std::string::npos);
}

TEST_F(startup_test, versions_become_numbers) {
  for (const auto& [text, number] : {std::pair("17beta1", 170000u), std::pair("9.6.24", 90600u),
                                     std::pair("18.1", 180001u), std::pair("none", 0u), std::pair("99999999.1", 0u)}) {
    begin();
    authentication(0);
    parameter("server_version", text);
    EXPECT_EQ(start->server_version(), number) << text;
  }
}

// TLS

TEST_F(startup_test, tls_is_asked_for_first_and_begun_when_the_server_agrees) {
  begin(encryption::required);
  EXPECT_EQ(start->wants(), input::tls_answer);
  EXPECT_EQ(sent(), int32_bytes(8) + int32_bytes(80877103));
  start->take_tls_answer('S', false);
  EXPECT_EQ(start->wants(), input::tls_handshake);
  EXPECT_EQ(sent(), "") << "nothing goes out in clear text";
  start->take_tls("CERT");
  EXPECT_EQ(start->wants(), input::message);
  EXPECT_TRUE(start->uses_tls());
  EXPECT_NE(sent().find("ada"), std::string::npos);
}

TEST_F(startup_test, a_server_without_tls_is_refused_where_it_is_required_only) {
  begin(encryption::required);
  EXPECT_NE(refusal([&] { start->take_tls_answer('N', false); }, errc::connection_failed).find("sslmode"),
            std::string::npos);
  begin(encryption::if_offered);
  start->take_tls_answer('N', false);
  EXPECT_EQ(start->wants(), input::message);
  EXPECT_FALSE(start->uses_tls());
}

TEST_F(startup_test, bytes_in_clear_text_behind_the_consent_to_tls_are_refused) {
  begin(encryption::if_offered);
  expect_violation([&] { start->take_tls_answer('S', true); });
}

TEST_F(startup_test, an_error_or_nonsense_in_place_of_the_answer_is_refused) {
  begin(encryption::if_offered);
  refusal([&] { start->take_tls_answer('E', true); }, errc::connection_failed);
  expect_violation([&] { start->take_tls_answer('H', true); });
}

TEST_F(startup_test, direct_tls_begins_at_once) {
  settings.tls_direct = true;
  begin(encryption::required);
  EXPECT_EQ(start->wants(), input::tls_handshake);
  EXPECT_TRUE(out.empty());
}

TEST_F(startup_test, attempts_follow_sslmode) {
  using enum encryption;
  const auto attempts = [&](tls_mode mode, bool with_tls) {
    settings.tls = mode;
    const encryption first = first_encryption(settings, host);
    return std::pair(first, next_encryption(settings, host, first, with_tls));
  };
  EXPECT_EQ(attempts(tls_mode::disable, false), std::pair(none, std::optional<encryption>()));
  EXPECT_EQ(attempts(tls_mode::allow, false), std::pair(none, std::optional(required)));
  EXPECT_EQ(attempts(tls_mode::prefer, true), std::pair(if_offered, std::optional(none)));
  EXPECT_EQ(attempts(tls_mode::prefer, false), std::pair(if_offered, std::optional<encryption>()));
  EXPECT_EQ(attempts(tls_mode::require, true), std::pair(required, std::optional<encryption>()));
  EXPECT_EQ(attempts(tls_mode::verify_full, true), std::pair(required, std::optional<encryption>()));
  host.name = "/run/postgresql";
  EXPECT_EQ(attempts(tls_mode::prefer, false), std::pair(none, std::optional<encryption>()));
}

// passwords

TEST_F(startup_test, a_clear_text_password_goes_through_tls_and_sockets_only) {
  begin_with_tls();
  authentication(3);
  EXPECT_EQ(sent(), message_bytes('p', text_bytes("pencil")));
  begin();
  sent();
  EXPECT_NE(refusal([&] { authentication(3); }).find("allow_cleartext_password"), std::string::npos);
  EXPECT_EQ(sent(), "");
  settings.allow_cleartext_password = true;
  begin();
  sent();
  authentication(3);
  EXPECT_EQ(sent(), message_bytes('p', text_bytes("pencil")));
  settings.allow_cleartext_password = false;
  host.name = "/run/postgresql";
  begin();
  sent();
  authentication(3);
  EXPECT_EQ(sent(), message_bytes('p', text_bytes("pencil")));
}

TEST_F(startup_test, md5_sends_a_digest) {
  begin();
  sent();
  authentication(5, "abcd");
  EXPECT_EQ(sent(), message_bytes('p', text_bytes(md5_answer("ada", "pencil", "abcd"))));
  authentication(0);
  take('Z', "I");
  EXPECT_EQ(start->wants(), input::nothing);
}

TEST_F(startup_test, a_missing_password_is_named) {
  host.password.clear();
  begin();
  const std::string message = refusal([&] { authentication(5, "abcd"); });
  EXPECT_NE(message.find("user ada"), std::string::npos);
  EXPECT_NE(message.find("PGPASSWORD"), std::string::npos);
  begin();
  refusal([&] { offer({"SCRAM-SHA-256"}); });
}

TEST_F(startup_test, a_missing_password_is_named_with_why_the_password_file_was_left_aside) {
  host.password.clear();
  settings.notices = {"password file ignored: /home/ada/.pgpass can be read by others"};
  begin();
  const std::string message = refusal([&] { authentication(5, "abcd"); });
  EXPECT_NE(message.find("/home/ada/.pgpass can be read by others"), std::string::npos) << message;
}

TEST_F(startup_test, methods_that_are_not_supported_are_refused_by_name) {
  for (const auto& [kind, name] : {std::pair(2u, "Kerberos"), std::pair(7u, "gss"), std::pair(9u, "sspi"),
                                   std::pair(6u, "SCM"), std::pair(4711u, "4711")}) {
    begin();
    EXPECT_NE(refusal([&, kind = kind] { authentication(kind); }).find(name), std::string::npos) << name;
  }
  begin();
  EXPECT_NE(refusal([&] { offer({"OAUTHBEARER"}); }).find("OAUTHBEARER"), std::string::npos);
}

TEST_F(startup_test, require_auth_rules_methods_out_before_anything_is_sent) {
  settings.accepted_auth = auth_methods::scram_sha_256;
  begin();
  sent();
  EXPECT_NE(refusal([&] { authentication(5, "abcd"); }).find("require_auth"), std::string::npos);
  begin();
  sent();
  refusal([&] { authentication(3); });
  begin();
  sent();
  refusal([&] { authentication(0); });
  EXPECT_EQ(sent(), "");
  begin();
  sent();
  offer({"SCRAM-SHA-256"});
  expect_exchange(unbound, "SCRAM-SHA-256");
}

TEST_F(startup_test, a_second_authentication_is_refused) {
  begin();
  authentication(5, "abcd");
  expect_violation([&] { authentication(5, "efgh"); });
  begin();
  authentication(0);
  expect_violation([&] { authentication(0); });
}

// SCRAM

TEST_F(startup_test, scram_proves_both_sides) {
  begin();
  sent();
  offer({"SCRAM-SHA-256"});
  expect_exchange(unbound, "SCRAM-SHA-256");
}

TEST_F(startup_test, scram_is_bound_to_the_tls_channel_where_the_server_can) {
  begin_with_tls();
  offer({"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"});
  expect_exchange(with_binding, "SCRAM-SHA-256-PLUS");
}

TEST_F(startup_test, scram_tells_the_server_that_it_could_have_been_bound) {
  begin_with_tls();
  offer({"SCRAM-SHA-256"});
  expect_exchange(not_offered, "SCRAM-SHA-256");
}

TEST_F(startup_test, channel_binding_disable_and_certificates_without_a_hash_leave_it_out) {
  settings.channel_binding = channel_binding_mode::disable;
  begin_with_tls();
  offer({"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"});
  expect_exchange(unbound, "SCRAM-SHA-256");
  settings.channel_binding = channel_binding_mode::prefer;
  begin_with_tls("");
  offer({"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"});
  expect_exchange(unbound, "SCRAM-SHA-256");
}

TEST_F(startup_test, channel_binding_require_takes_nothing_else) {
  settings.channel_binding = channel_binding_mode::require;
  begin_with_tls();
  offer({"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"});
  expect_exchange(with_binding, "SCRAM-SHA-256-PLUS");
  begin_with_tls();
  refusal([&] { offer({"SCRAM-SHA-256"}); });
  begin();
  EXPECT_NE(refusal([&] { offer({"SCRAM-SHA-256"}); }).find("TLS"), std::string::npos);
  begin_with_tls();
  refusal([&] { authentication(0); });
  for (const std::uint32_t method : {3u, 5u}) {
    begin_with_tls();
    sent();
    EXPECT_NE(refusal([&] { authentication(method, method == 5 ? "salt" : ""); }).find("channel_binding"),
              std::string::npos);
    EXPECT_EQ(sent(), "") << "nothing of the password has left";
  }
}

TEST_F(startup_test, channel_binding_that_is_offered_without_tls_is_refused) {
  begin();
  expect_violation([&] { offer({"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}); });
}

TEST_F(startup_test, a_server_that_skips_its_own_proof_is_refused) {
  begin();
  offer({"SCRAM-SHA-256"});
  expect_violation([&] { authentication(0); });
  begin();
  offer({"SCRAM-SHA-256"});
  authentication(11, server_first);
  expect_violation([&] { authentication(0); });
  begin();
  offer({"SCRAM-SHA-256"});
  authentication(11, server_first);
  refusal([&] { authentication(12, not_offered.signature); });
}

TEST_F(startup_test, scram_messages_out_of_turn_are_refused) {
  begin();
  expect_violation([&] { authentication(11, server_first); });
  begin();
  expect_violation([&] { authentication(12, unbound.signature); });
  begin();
  offer({"SCRAM-SHA-256"});
  expect_violation([&] { authentication(12, unbound.signature); });
  begin();
  offer({"SCRAM-SHA-256"});
  expect_violation([&] { offer({"SCRAM-SHA-256"}); });
}

// the rest

TEST_F(startup_test, the_servers_refusal_is_reported_with_what_was_tried) {
  begin();
  const std::string fields = "S" + text_bytes("FATAL") + "V" + text_bytes("FATAL") + "C" + text_bytes("3D000") + "M" +
                             text_bytes("database \"shop\" does not exist") + '\0';
  EXPECT_NE(refusal([&] { take('E', fields); }, errc::unknown_database).find("shop on db.example.com:5432 as ada"),
            std::string::npos);
}

TEST_F(startup_test, messages_that_do_not_belong_here_are_refused) {
  for (const char type : {'S', 'K', 'Z', 'D', 'T', '?'}) {
    begin();
    expect_violation([&] { take(type, "I"); });
  }
  begin();
  authentication(0);
  expect_violation([&] { take('D', ""); });
  begin();
  authentication(0);
  expect_violation([&] { take('Z', "T"); });
}

TEST_F(startup_test, a_start_without_end_is_refused) {
  begin();
  authentication(0);
  expect_violation([&] {
    for (int i = 0; i < 10'000; ++i) parameter("p" + std::to_string(i), "v");
  });
}

TEST_F(startup_test, notices_are_kept_for_the_owner) {
  begin();
  take('N', "S" + text_bytes("WARNING") + "C" + text_bytes("01000") + "M" + text_bytes("collation") + '\0');
  ASSERT_EQ(start->notices().size(), 1u);
  EXPECT_EQ(start->notices()[0].message, "collation");
}

TEST_F(startup_test, a_server_that_cannot_speak_utf8_is_refused) {
  begin();
  authentication(0);
  parameter("client_encoding", "LATIN1");
  EXPECT_NE(refusal([&] { take('Z', "I"); }, errc::connection_failed).find("LATIN1"), std::string::npos);
}

TEST_F(startup_test, a_newer_protocol_is_not_needed) {
  begin();
  take('v', int32_bytes(3 << 16) + int32_bytes(0));
  EXPECT_EQ(start->wants(), input::message);
  refusal([&] { take('v', int32_bytes(2 << 16) + int32_bytes(0)); }, errc::connection_failed);
}

TEST_F(startup_test, whether_a_session_fits_is_read_from_its_parameters) {
  begin();
  authentication(0);
  EXPECT_EQ(start->session().fits(target_session::any), true);
  EXPECT_EQ(start->session().fits(target_session::primary), std::nullopt);
  parameter("in_hot_standby", "off");
  EXPECT_EQ(start->session().fits(target_session::read_write), std::nullopt);
  parameter("default_transaction_read_only", "off");
  EXPECT_EQ(start->session().fits(target_session::primary), true);
  EXPECT_EQ(start->session().fits(target_session::standby), false);
  EXPECT_EQ(start->session().fits(target_session::read_write), true);
  EXPECT_EQ(start->session().fits(target_session::read_only), false);
  parameter("default_transaction_read_only", "on");
  EXPECT_EQ(start->session().fits(target_session::read_write), false);
  EXPECT_EQ(start->session().fits(target_session::read_only), true);
  parameter("in_hot_standby", "on");
  EXPECT_EQ(start->session().fits(target_session::prefer_standby), true);
}

}  // namespace
}  // namespace tupelo::driver::postgres
