// SPDX-License-Identifier: Apache-2.0
// Every way in that a real server offers, and what comes of a wrong key.
#include "oracle.hpp"
#include "support/temp_directory.hpp"

#include <tupelo/driver/postgres/open.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace tupelo::driver::postgres::testing {
namespace {

const char* no_variable(const char*) { return nullptr; }

struct authentication : ::testing::Test {
  std::string folder;  ///< of the server: its socket, and the certificates beside it
  std::string port;

  void SetUp() override {
    if (oracle::url() == nullptr) GTEST_SKIP() << "TUPELO_TEST_POSTGRES is not set";
    folder = *url::parse(oracle::url()).option("host");
    oracle server;
    port = server.texts("SHOW port").front();
    // The cases run at once, each in a process of its own.
    server.run("SELECT pg_advisory_lock(4711)");
    if (server.texts("SELECT 1 FROM pg_roles WHERE rolname = 'in_md5'").empty()) {
      server.run("SET password_encryption = 'md5'; CREATE ROLE in_md5 LOGIN PASSWORD 'hunter2'; "
                 "SET password_encryption = 'scram-sha-256'");
      for (const char* role : {"in_password", "in_scram", "in_clear"})
        server.run(std::string("CREATE ROLE ") + role + " LOGIN PASSWORD 'hunter2'");
      server.run("CREATE ROLE in_tls LOGIN PASSWORD 'hunter\u2168'; CREATE ROLE in_certificate LOGIN; "
                 "CREATE ROLE crowded LOGIN CONNECTION LIMIT 0");
    }
    server.run("SELECT pg_advisory_unlock(4711)");
  }

  std::string certificate(const std::string& name) const { return folder + "/../certificates/" + name; }
  std::string url_of(const std::string& user, const std::string& options) const {
    return "postgresql://" + user + "@localhost:" + port + "/postgres?hostaddr=127.0.0.1&" + options;
  }
  /// As the one who runs the program is, with nothing in his home.
  static bool connects(const std::string& text) {
    const postgres_server server(postgres_settings::parse(url::parse(text), {&no_variable, "nobody"}));
    return sync_wait(server.connect(true))->usable();
  }
  static connection_error refusal(const std::string& text) {
    try {
      connects(text);
    } catch (const connection_error& e) {
      EXPECT_EQ(std::string(e.what()).find("hunter"), std::string::npos) << e.what();
      return e;
    }
    ADD_FAILURE() << "not refused: " << text;
    return {errc::connection_failed, ""};
  }
};

TEST_F(authentication, the_socket_trusts) { EXPECT_TRUE(connects(oracle::url())); }

TEST_F(authentication, what_is_left_aside_and_what_the_server_says_meanwhile_are_told_when_it_is_open) {
  struct hearing final : connection_events {
    bool wants_notices() const noexcept override { return true; }
    void noticed(const notice_event& event) noexcept override {
      heard.push_back(std::string(event.severity) + " " + std::string(event.sqlstate) + " " +
                      std::string(event.message.reveal()));
    }
    std::vector<std::string> heard;
  } events;
  const test_support::temp_directory place;
  const std::string exposed = std::string(place.path()) + "/passwords";
  std::ofstream(exposed) << "*:*:*:*:hunter2";
  std::filesystem::permissions(exposed, std::filesystem::perms::all);
  oracle().run("SET client_min_messages = error; DROP ROLE IF EXISTS warned; CREATE ROLE warned LOGIN; "
               "ALTER ROLE warned SET default_tablespace = 'gone'");
  const postgres_server server(postgres_settings::parse(
      url::parse("postgresql://warned@/postgres?host=" + folder + "&passfile=" + exposed), {&no_variable, "nobody"}));
  const auto opened = sync_wait(server.connect(true));
  opened->report_to(&events);
  ASSERT_EQ(events.heard.size(), 2u);
  EXPECT_EQ(events.heard[0].find("WARNING 01000 password file ignored: " + exposed), 0u) << events.heard[0];
  EXPECT_NE(events.heard[1].find("default_tablespace"), std::string::npos) << events.heard[1];
  opened->report_to(&events);
  EXPECT_EQ(events.heard.size(), 2u) << "once";
  oracle().run("DROP ROLE warned");
}

TEST_F(authentication, a_password_in_clear_text_goes_through_tls) {
  EXPECT_TRUE(connects(url_of("in_password:hunter2", "sslmode=require")));
  EXPECT_NE(
      std::string(refusal(url_of("in_password:hunter2", "sslmode=disable")).what()).find("allow_cleartext_password"),
      std::string::npos);
  EXPECT_TRUE(connects(url_of("in_password:hunter2", "sslmode=disable&allow_cleartext_password=on")));
}

TEST_F(authentication, md5_takes_the_right_password_only) {
  EXPECT_TRUE(connects(url_of("in_md5:hunter2", "sslmode=disable")));
  const auto e = refusal(url_of("in_md5:hunter3", "sslmode=disable"));
  EXPECT_EQ(e.code(), errc::authentication_failed);
  EXPECT_EQ(e.sqlstate(), "28P01");
}

TEST_F(authentication, scram_takes_the_right_password_only) {
  EXPECT_TRUE(connects(url_of("in_scram:hunter2", "sslmode=disable&require_auth=scram-sha-256")));
  EXPECT_EQ(refusal(url_of("in_scram:hunter3", "sslmode=disable")).code(), errc::authentication_failed);
  EXPECT_EQ(refusal(url_of("in_scram", "sslmode=disable&passfile=/nowhere")).code(), errc::authentication_failed);
}

TEST_F(authentication, scram_prepares_passwords_as_the_server_does) {
  EXPECT_TRUE(connects(url_of("in_tls:hunter\u2168", "sslmode=require")));
  EXPECT_TRUE(connects(url_of("in_tls:hunter\u00ADIX", "sslmode=require")));
}

TEST_F(authentication, scram_is_bound_to_the_tls_channel) {
  EXPECT_TRUE(connects(url_of("in_tls:hunter\u2168", "sslmode=require&channel_binding=require")));
  EXPECT_TRUE(connects(url_of("in_tls:hunter\u2168", "sslmode=require&channel_binding=disable")));
  EXPECT_EQ(refusal(url_of("in_scram:hunter2", "sslmode=disable&channel_binding=require")).code(),
            errc::authentication_failed);
  EXPECT_EQ(refusal(url_of("in_md5:hunter2", "sslmode=require&channel_binding=require")).code(),
            errc::authentication_failed);
}

TEST_F(authentication, a_client_certificate_stands_for_a_password) {
  EXPECT_TRUE(connects(url_of("in_certificate", "sslmode=verify-full&sslrootcert=" + certificate("root.crt") +
                                                    "&sslcert=" + certificate("client.crt") +
                                                    "&sslkey=" + certificate("client.key"))));
  EXPECT_EQ(refusal(url_of("in_certificate", "sslmode=require")).code(), errc::authentication_failed);
}

TEST_F(authentication, prefer_and_allow_try_it_the_other_way_where_the_server_refuses) {
  EXPECT_TRUE(connects(url_of("in_clear:hunter2", "sslmode=prefer")));
  EXPECT_TRUE(connects(url_of("in_tls:hunter\u2168", "sslmode=allow")));
  EXPECT_EQ(refusal(url_of("in_clear:hunter2", "sslmode=require")).code(), errc::authentication_failed);
  EXPECT_EQ(refusal(url_of("in_tls:hunter\u2168", "sslmode=disable")).code(), errc::authentication_failed);
}

TEST_F(authentication, other_reasons_for_a_refusal_have_codes_of_their_own) {
  EXPECT_EQ(refusal("postgresql://tupelo@/no_such_database?host=" + folder).code(), errc::unknown_database);
  EXPECT_EQ(refusal(url_of("crowded", "sslmode=disable")).code(), errc::too_many_connections);
  const std::string host = "localhost:" + port;
  EXPECT_EQ(
      refusal("postgresql://tupelo@" + host + "," + host + "/no_such_database?hostaddr=127.0.0.1,127.0.0.1").code(),
      errc::unknown_database);
}

TEST_F(authentication, settings_reach_the_session) {
  const std::string text = std::string(oracle::url()) +
                           "&statement_timeout=5s&lock_timeout=250ms&idle_in_transaction_session_timeout=1min&"
                           "application_name=wire%20test&options=-c%20geqo%3Doff";
  const postgres_server server(postgres_settings::parse(url::parse(text), {&no_variable, "nobody"}));
  const auto connection = sync_wait(server.connect(true));
  request r;
  r.script = "DO $$ BEGIN ASSERT current_setting('statement_timeout') = '5s'; ASSERT current_setting('lock_timeout') = "
             "'250ms'; "
             "ASSERT current_setting('idle_in_transaction_session_timeout') = '1min'; "
             "ASSERT current_setting('application_name') = 'wire test'; ASSERT current_setting('geqo') = 'off'; "
             "ASSERT current_setting('client_encoding') = 'UTF8'; END $$";
  EXPECT_TRUE(connection->run(r));
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
