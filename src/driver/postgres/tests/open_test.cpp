// SPDX-License-Identifier: Apache-2.0
// What is said of a connection that cannot be opened.
#include <tupelo/driver/postgres/open.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <string>
#include <string_view>
#include <thread>
#include <sys/socket.h>
#include <unistd.h>

namespace tupelo::driver::postgres {
namespace {

/// Where clients come in vain: the system takes them, and nobody talks to them.
class silent_server {
public:
  silent_server() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listening_, 1), 0);
    EXPECT_EQ(::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  silent_server(const silent_server&) = delete;
  silent_server& operator=(const silent_server&) = delete;
  ~silent_server() { ::close(listening_); }

  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

protected:
  int listening_;

private:
  std::uint16_t port_ = 0;
};

/// Takes one client, says this whatever he wants, and hangs up.
class blunt_server : public silent_server {
public:
  explicit blunt_server(std::string_view answer) {
    thread_ = std::thread([this, answer] {
      const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      ::shutdown(client, SHUT_WR);
      char ignored[256];
      while (::recv(client, ignored, sizeof ignored, 0) > 0) continue;
      ::close(client);
    });
  }
  blunt_server(const blunt_server&) = delete;
  blunt_server& operator=(const blunt_server&) = delete;
  ~blunt_server() { thread_.join(); }

private:
  std::thread thread_;
};

postgres_server server_at(const std::string& address) {
  const auto no_variable = [](const char*) -> const char* { return nullptr; };
  return postgres_server(postgres_settings::parse(url::parse(address), {no_variable, "nobody"}));
}

connection_error refusal(const std::string& address) {
  const postgres_server server = server_at(address);
  try {
    sync_wait(server.connect(true));
  } catch (const connection_error& e) {
    return e;
  }
  return {errc::connection_failed, "it was opened"};
}

TEST(open, a_server_that_is_no_postgresql_is_named_and_not_tried_again) {
  const blunt_server server("HTTP/1.1 400 Bad Request\r\n\r\n");
  const connection_error e = refusal("postgresql://tupelo@" + server.host() + "/shop?sslmode=disable");
  EXPECT_EQ(e.code(), errc::connection_failed);
  EXPECT_FALSE(e.retryable());
  EXPECT_NE(std::string(e.what()).find(server.host()), std::string::npos) << e.what();
}

TEST(open, a_deadline_that_passes_meanwhile_names_the_server_and_no_password) {
  const silent_server silent;
  const postgres_server server = server_at("postgresql://tupelo:hunter2@" + silent.host() + "/shop?sslmode=disable");
  std::string said;
  try {
    sync_wait(with_deadline(server.connect(true), deadline::after_us(20'000, steady_now_us())));
  } catch (const timed_out& e) {
    said = e.what();
  }
  EXPECT_NE(said.find("the server " + silent.host() + " answered"), std::string::npos) << said;
  EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
}

TEST(open, a_host_that_is_slow_is_asked_again_where_the_others_are_of_no_use) {
  const silent_server slow;
  const blunt_server other("");
  const postgres_server server =
      server_at("postgresql://tupelo@" + slow.host() + "," + other.host() + "/shop?sslmode=disable");
  std::string said;
  try {
    sync_wait(with_deadline(server.connect(true), deadline::after_us(2'200'000, steady_now_us())));
  } catch (const timed_out& e) {
    said = e.what();
  }
  EXPECT_NE(said.find("the server " + slow.host() + " answered; before it: "), std::string::npos) << said;
  EXPECT_NE(said.find(other.host()), std::string::npos) << said;
}

TEST(open, each_of_several_hosts_that_hang_up_is_named) {
  const blunt_server first(""), second("");
  const connection_error e =
      refusal("postgresql://tupelo@" + first.host() + "," + second.host() + "/shop?sslmode=disable");
  EXPECT_EQ(e.code(), errc::connection_failed);
  EXPECT_NE(std::string(e.what()).find(first.host()), std::string::npos) << e.what();
  EXPECT_NE(std::string(e.what()).find(second.host()), std::string::npos) << e.what();
}

}  // namespace
}  // namespace tupelo::driver::postgres
