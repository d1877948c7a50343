// SPDX-License-Identifier: Apache-2.0
// Whom TLS lets in, and whom it believes: a handshake with a real server for each.
#include "oracle.hpp"

#include <tupelo/tupelo.hpp>
#include <tupelo/driver/url.hpp>
#include <tupelo/core/deadline.hpp>
#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace tupelo::driver::postgres::testing {
namespace {

struct tls : oracle_test {
  void SetUp() override {
    oracle_test::SetUp();
    if (!server) return;
    folder = *url::parse(oracle::url()).option("host");
    port = server->texts("SHOW port").front();
  }
  std::string certificate(const std::string& name) const { return folder + "/../certificates/" + name; }
  std::string root() const { return "&sslrootcert=" + certificate("root.crt"); }
  /// The server's certificate is localhost's, whatever it is called here.
  std::string url_of(const std::string& host, const std::string& options) const {
    return "postgresql://tupelo@" + host + ":" + port + "/postgres?hostaddr=127.0.0.1&" + options;
  }
  /// The version of TLS. Errors: those of connecting.
  static std::string version(const std::string& text) {
    database db(text, {.pool_size = 1, .run = execution::inline_, .read_attempts = 1});
    return sync_wait(
        db.raw_sql<std::string>("SELECT coalesce(version, 'none') FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            .one());
  }
  static std::string refusal(const std::string& text) {
    try {
      version(text);
    } catch (const connection_error& e) {
      EXPECT_EQ(e.code(), errc::connection_failed) << e.what();
      return e.what();
    }
    ADD_FAILURE() << "not refused: " << text;
    return {};
  }
  static bool says(const std::string& message, std::string_view text) {
    return message.find(text) != std::string::npos;
  }

  std::string folder;
  std::string port;
};

TEST_F(tls, a_server_of_another_name_is_refused_where_the_name_is_verified) {
  const std::string message = refusal(url_of("elsewhere.example.com", "sslmode=verify-full" + root()));
  EXPECT_TRUE(says(message, "elsewhere.example.com")) << message;
  EXPECT_TRUE(says(version(url_of("localhost", "sslmode=verify-full" + root())), "TLS"));
}
TEST_F(tls, a_server_of_another_name_is_believed_where_only_its_authority_is_verified) {
  EXPECT_TRUE(says(version(url_of("elsewhere.example.com", "sslmode=verify-ca" + root())), "TLS"));
}
TEST_F(tls, a_server_of_another_authority_is_refused) {
  for (const char* mode : {"verify-ca", "verify-full"}) {
    const std::string message =
        refusal(url_of("localhost", std::string("sslmode=") + mode + "&sslrootcert=" + certificate("other.crt")));
    EXPECT_TRUE(says(message, "certificate")) << message;
  }
}
TEST_F(tls, a_root_certificate_is_used_in_modes_that_do_not_ask_for_it) {
  const std::string other = "&sslrootcert=" + certificate("other.crt");
  for (const std::string mode : {"sslmode=prefer", "sslmode=require"}) {
    EXPECT_TRUE(says(version(url_of("elsewhere.example.com", mode + root())), "TLS")) << mode;
    const std::string message = refusal(url_of("localhost", mode + other));
    EXPECT_TRUE(says(message, "certificate is refused")) << message;
  }
}
TEST_F(tls, prefer_does_not_go_on_without_it_where_the_certificate_is_refused) {
  const std::string message = refusal(url_of("localhost", "sslmode=prefer&sslrootcert=" + certificate("other.crt")));
  EXPECT_TRUE(says(message, "other.crt")) << message;
  EXPECT_TRUE(says(message, "sslmode=disable")) << message;
}
TEST_F(tls, a_root_certificate_does_not_keep_allow_from_going_without) {
  EXPECT_EQ(version(url_of("localhost", "sslmode=allow&sslrootcert=" + certificate("other.crt"))), "none");
}
TEST_F(tls, allow_believes_no_other_authority_where_the_server_wants_tls) {
  const std::string message = refusal("postgresql://in_tls@localhost:" + port + "/postgres?hostaddr=127.0.0.1&" +
                                      "sslmode=allow&sslrootcert=" + certificate("other.crt"));
  EXPECT_TRUE(says(message, "certificate is refused")) << message;
}
TEST_F(tls, a_certificate_that_was_taken_back_is_refused) {
  const std::string settings = "sslmode=verify-ca" + root() + "&sslcrl=";
  EXPECT_TRUE(says(version(url_of("localhost", settings + certificate("nothing.crl"))), "TLS"));
  const std::string message = refusal(url_of("localhost", settings + certificate("server.crl")));
  EXPECT_TRUE(says(message, "revoked")) << message;
}
TEST_F(tls, the_key_of_a_client_may_be_encrypted) {
  const std::string settings = "sslmode=verify-full" + root() + "&sslcert=" + certificate("client.crt") +
                               "&sslkey=" + certificate("client.locked.key") + "&sslpassword=";
  EXPECT_TRUE(says(version(url_of("localhost", settings + "hunter2")), "TLS"));
  try {
    version(url_of("localhost", settings + "hunter3"));
    ADD_FAILURE() << "the wrong password opened the key";
  } catch (const error& e) {
    EXPECT_TRUE(says(e.what(), "key")) << e.what();
    EXPECT_FALSE(says(e.what(), "hunter")) << e.what();
  }
}
TEST_F(tls, versions_are_limited_from_both_sides) {
  EXPECT_EQ(version(url_of("localhost", "sslmode=require&ssl_max_protocol_version=TLSv1.2")), "TLSv1.2");
  EXPECT_EQ(version(url_of("localhost", "sslmode=require&ssl_min_protocol_version=TLSv1.3")), "TLSv1.3");
  refusal(url_of("localhost", "sslmode=require&ssl_min_protocol_version=TLSv1&ssl_max_protocol_version=TLSv1.1"));
}
TEST_F(tls, stops_statements_of_a_server_whose_name_is_verified) {
  database db(url_of("localhost", "sslmode=verify-full" + root()), {.pool_size = 1});
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT 1").one()), 1);
  try {
    sync_wait(with_deadline(db.execute("SELECT pg_sleep(600)"), deadline{steady_now_us() + 50'000}));
    ADD_FAILURE() << "it was not stopped";
  } catch (const timed_out& e) {
    EXPECT_FALSE(says(e.what(), "connection is closed")) << e.what();
  }
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT 7").one()), 7);
}
TEST_F(tls, begins_at_once_where_the_server_can) {
  std::string text = oracle::url();
  const std::size_t name = text.rfind("/pg15");
  if (name != std::string::npos) text.replace(name, 5, "/pg18");
  database newest(text, {.pool_size = 1, .run = execution::inline_, .read_attempts = 1});
  if (!sync_wait(newest.health()).up) GTEST_SKIP() << "there is no PostgreSQL 18 beside the server";
  const auto its_port = sync_wait(newest.raw_sql<std::string>("SELECT current_setting('port')").one());
  const std::string direct = "postgresql://tupelo@localhost:" + its_port +
                             "/postgres?hostaddr=127.0.0.1&sslmode=verify-full" + root() + "&sslnegotiation=direct";
  EXPECT_TRUE(says(version(direct), "TLS"));
}

// ---- types of extensions

struct extensions : oracle_test {};

struct Nick {
  std::int64_t id{};
  std::string name;
  native<"citext"> other{};
  static void model(tupelo::model<Nick>& m) {
    m.table("citext_nicks");
    m.column(&Nick::name).native_type("citext");
  }
};

TEST_F(extensions, citext_is_written_and_found_whatever_its_case) {
  if (server->texts("SELECT 1 FROM pg_available_extensions WHERE name = 'citext'").empty())
    GTEST_SKIP() << "the server has no extension citext: its package of contributed modules is not installed";
  server->run("SELECT pg_advisory_lock(4712)");
  server->run("CREATE EXTENSION IF NOT EXISTS citext");
  server->run("SELECT pg_advisory_unlock(4712)");
  database db(oracle::url(), {.pool_size = 1, .run = execution::inline_});
  sync_wait([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.execute(
        "CREATE TEMP TABLE citext_nicks (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name citext NOT NULL, "
        "other citext NOT NULL)");
    co_await held.insert(Nick{.name = "Ada", .other = {"Lovelace"}});
    const Nick found = co_await held.query<Nick>().where(col<&Nick::name> == "aDA").one();
    EXPECT_EQ(found.name, "Ada");
    EXPECT_EQ(found.other.text, "Lovelace");
    EXPECT_EQ(co_await held.query<Nick>().where(col<&Nick::other> == "LOVELACE").count(), 1);
    std::vector<Nick> more{{.name = "Grace", .other = {"Hopper"}}};
    co_await held.copy_in(more);
    EXPECT_EQ(co_await held.query<Nick>().where(col<&Nick::name>.in("GRACE", "ada")).count(), 2);
    const auto names =
        co_await held.raw_sql<std::vector<std::string>>("SELECT array_agg(name ORDER BY id) FROM citext_nicks").one();
    EXPECT_EQ(names, (std::vector<std::string>{"Ada", "Grace"}));
  }());
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
