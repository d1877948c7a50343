// SPDX-License-Identifier: Apache-2.0
// What asks a server to stop a statement, and who may read it on its way.
#include "cancel_request.hpp"
#include "message_bytes.hpp"

#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <future>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace tupelo::driver::postgres::testing {
namespace {

/// One connection at a time, on the test's own thread.
class test_server {
public:
  test_server() {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto& address = reinterpret_cast<sockaddr_in&>(place.address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    place.size = sizeof address;
    EXPECT_EQ(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), place.size), 0);
    EXPECT_EQ(::listen(listening_, 1), 0);
    EXPECT_EQ(::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &place.size), 0);
  }
  test_server(const test_server&) = delete;
  test_server& operator=(const test_server&) = delete;
  ~test_server() {
    hang_up();
    ::close(listening_);
  }

  void take() {
    connected_ = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    ASSERT_GE(connected_, 0);
    const timeval patience{60, 0};
    ::setsockopt(connected_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  void hang_up() {
    tls_.reset();
    if (connected_ >= 0) ::close(connected_);
    connected_ = -1;
  }
  /// In clear text; shorter where the client has hung up.
  std::string hear(std::size_t count, int flags = MSG_WAITALL) const {
    std::string bytes(count, '\0');
    const auto got = ::recv(connected_, bytes.data(), count, flags);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  void say(char answer) const { EXPECT_EQ(::send(connected_, &answer, 1, MSG_NOSIGNAL), 1); }
  /// Whether the client goes along with it.
  bool begin_tls() {
    tls_.reset(SSL_new(context().get()));
    SSL_set_fd(tls_.get(), connected_);
    return SSL_accept(tls_.get()) == 1;
  }
  std::string hear_secretly(std::size_t count) const {
    std::string bytes(count, '\0');
    std::size_t got = 0;
    for (std::size_t more = 0; got != count && SSL_read_ex(tls_.get(), bytes.data() + got, count - got, &more) == 1;)
      got += more;
    bytes.resize(got);
    return bytes;
  }

  endpoint place;

private:
  using certificate = std::unique_ptr<X509, decltype(&X509_free)>;

  /// Of a certificate that nobody has signed but itself.
  static const std::shared_ptr<SSL_CTX>& context() {
    static const std::shared_ptr<SSL_CTX> made = [] {
      const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
      const certificate own(X509_new(), &X509_free);
      X509_set_version(own.get(), 2);
      X509_gmtime_adj(X509_getm_notBefore(own.get()), -60);
      X509_gmtime_adj(X509_getm_notAfter(own.get()), 3600);
      X509_set_pubkey(own.get(), key.get());
      X509_sign(own.get(), key.get(), EVP_sha256());
      std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
      EXPECT_EQ(SSL_CTX_use_certificate(context.get(), own.get()), 1);
      EXPECT_EQ(SSL_CTX_use_PrivateKey(context.get(), key.get()), 1);
      return context;
    }();
    return made;
  }

  struct free_tls {
    void operator()(SSL* tls) const noexcept { SSL_free(tls); }
  };
  int listening_ = -1;
  int connected_ = -1;
  std::unique_ptr<SSL, free_tls> tls_;
};

struct cancelling : ::testing::Test, cancel_listener {
  test_server server;
  tls_terms tls{std::shared_ptr<SSL_CTX>(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free), "db.example.com", false,
                false};
  std::shared_ptr<cancel_request> sent;
  std::promise<bool> ended;

  void cancel_ended(bool in_time) noexcept override { ended.set_value(in_time); }
  void begin() {
    constexpr std::int64_t patience_us = 60'000'000;
    sent = cancel_request::start(server.place, tls, 7, "abcd", *this, patience_us);
    ASSERT_NE(sent, nullptr);
    server.take();
  }
  /// The server has acted on it, or never will.
  void expect_end() {
    server.hang_up();
    EXPECT_TRUE(ended.get_future().get());
  }
  static constexpr std::size_t size = 16;
  const std::string told = int32_bytes(16) + int32_bytes(80877102) + int32_bytes(7) + "abcd";
  const std::string asks_for_tls = int32_bytes(8) + int32_bytes(80877103);
};

TEST(cancel_timeout, follows_the_time_that_opening_the_connection_took) {
  EXPECT_EQ(usual_cancel_timeout_us(120'000), 480'000);
}

TEST(cancel_timeout, is_never_so_short_that_a_server_which_is_near_cannot_answer) {
  EXPECT_EQ(usual_cancel_timeout_us(0), 200'000);
  EXPECT_EQ(usual_cancel_timeout_us(3'000), 200'000);
}

TEST(cancel_timeout, never_keeps_a_caller_long_after_its_deadline) {
  EXPECT_EQ(usual_cancel_timeout_us(30'000'000), 2'000'000);
  EXPECT_EQ(usual_cancel_timeout_us(INT64_MAX), 2'000'000);
}

TEST_F(cancelling, is_in_clear_text_where_the_connection_is) {
  tls = {};
  begin();
  EXPECT_EQ(server.hear(size), told);
  expect_end();
}
TEST_F(cancelling, is_encrypted_where_the_connection_is) {
  begin();
  EXPECT_EQ(server.hear(8), asks_for_tls);
  server.say('S');
  ASSERT_TRUE(server.begin_tls());
  EXPECT_EQ(server.hear_secretly(size), told);
  expect_end();
}
TEST_F(cancelling, is_encrypted_from_the_first_byte_where_the_connection_is) {
  tls.direct = true;
  begin();
  EXPECT_EQ(server.hear(1, MSG_PEEK), "\x16") << "a handshake";
  ASSERT_TRUE(server.begin_tls());
  EXPECT_EQ(server.hear_secretly(size), told);
  expect_end();
}
TEST_F(cancelling, tells_nothing_to_a_server_that_has_no_tls_any_more) {
  begin();
  EXPECT_EQ(server.hear(8), asks_for_tls);
  server.say('N');
  EXPECT_TRUE(ended.get_future().get());
  sent.reset();
  EXPECT_EQ(server.hear(1), "");
}
TEST_F(cancelling, tells_nothing_to_a_server_that_is_not_believed) {
  SSL_CTX_set_verify(tls.context.get(), SSL_VERIFY_PEER, nullptr);
  begin();
  EXPECT_EQ(server.hear(8), asks_for_tls);
  server.say('S');
  EXPECT_FALSE(server.begin_tls());
  expect_end();
}

}  // namespace
}  // namespace tupelo::driver::postgres::testing
