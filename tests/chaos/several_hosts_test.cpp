// SPDX-License-Identifier: Apache-2.0
// One of several hosts is down.
#include "scene.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>
#include <sys/socket.h>
#include <unistd.h>

namespace tupelo::chaos {
namespace {

/// A port of 127.0.0.1 that refuses everybody: it is taken, and nobody listens.
class silent_port {
public:
  silent_port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::system_error(errno, std::generic_category(), "no port on 127.0.0.1");
    }
    port_ = ntohs(address.sin_port);
  }
  silent_port(const silent_port&) = delete;
  silent_port& operator=(const silent_port&) = delete;
  ~silent_port() { ::close(socket_); }

  std::uint16_t port() const noexcept { return port_; }

private:
  int socket_;
  std::uint16_t port_ = 0;
};

class several_hosts : public scene, public ::testing::WithParamInterface<way> {
protected:
  /// The first is down from the start: nobody listens there.
  std::string url_of(std::uint16_t first, const fault_proxy::gate& second) const {
    std::string url = url_through(second);
    const std::string host = "127.0.0.1:";
    return url.insert(url.find(host), host + std::to_string(first) + ",") +
           "&circuit_failures=" + std::to_string(circuit_failures) + "&circuit_pause=1h";
  }
  int circuit_failures = 2;
  std::uint16_t dead_port() const noexcept { return silent_.port(); }
  database_options options() const {
    return {.pool_size = 2, .run = execution_of(GetParam()), .first_backoff_us = 1'000};
  }

private:
  silent_port silent_;
};
INSTANTIATE_TEST_SUITE_P(ways, several_hosts, ::testing::Values(way::worker, way::blocking),
                         [](const auto& tested) { return name_of(tested.param); });

TEST_P(several_hosts, of_which_one_is_down_leave_it_alone_after_some_failures) {
  fault_proxy::gate second(*proxy);
  database db(url_of(dead_port(), second), options());
  for (int i = 0; i < 5; ++i) {
    sync_wait(db.ping());
    second.cut();  // the next statement needs another connection
    EXPECT_EQ(sync_wait(db.query<Entry>().count()), 0);
  }
  const std::vector<driver::host_statistics> hosts = db.statistics().hosts;
  ASSERT_EQ(hosts.size(), 2U);
  EXPECT_EQ(hosts[0].state, driver::circuit::open);
  EXPECT_LE(hosts[0].failed, 3U) << "it was tried on";
  EXPECT_EQ(hosts[1].state, driver::circuit::closed);
  EXPECT_GE(hosts[1].opened, 5U);
  EXPECT_EQ(sync_wait(db.health()).hosts[0].state, driver::circuit::open);
}
TEST_P(several_hosts, of_which_one_swallows_everything_leave_time_for_the_next) {
  fault_proxy::gate first(*proxy, {fault::stall, sender::client, 0});
  fault_proxy::gate second(*proxy);
  database_options patient = options();
  patient.acquire_timeout_us = 3'000'000;
  circuit_failures = 1;
  database db(url_of(first.port(), second), patient);
  EXPECT_EQ(sync_wait(db.query<Entry>().count()), 0);
  EXPECT_EQ(db.statistics().hosts.at(0).state, driver::circuit::open);
}
TEST_P(several_hosts, of_which_one_swallows_everything_leave_time_of_a_short_deadline) {
  fault_proxy::gate first(*proxy, {fault::stall, sender::client, 0});
  fault_proxy::gate second(*proxy);
  database db(url_of(first.port(), second), options());
  EXPECT_EQ(sync_wait(with_deadline(db.query<Entry>().count(), deadline::after(std::chrono::milliseconds(2'500)))), 0);
}
TEST_P(several_hosts, of_which_the_only_one_swallows_everything_count_it_as_a_failure) {
  fault_proxy::gate first(*proxy, {fault::stall, sender::client, 0});
  database_options patient = options();
  patient.acquire_timeout_us = 1'200'000;
  patient.read_attempts = 1;
  database db(url_through(first), patient);
  EXPECT_THROW(sync_wait(db.query<Entry>().count()), connection_error);
  const watchdog::entry runs(*guard, "the attempt ends on a thread of the pool's");
  while (db.statistics().hosts.at(0).failed == 0) std::this_thread::yield();
}
TEST_P(several_hosts, of_which_the_standby_is_down_leave_it_alone_where_it_is_preferred) {
  fault_proxy::gate second(*proxy);
  database db(url_of(dead_port(), second) + "&target_session_attrs=prefer-standby", options());
  for (int i = 0; i < 5; ++i) {
    sync_wait(db.ping());
    second.cut();
    EXPECT_EQ(sync_wait(db.query<Entry>().count()), 0);
  }
  EXPECT_LE(db.statistics().hosts.at(0).failed, 3U) << "it was tried on";
}
TEST_P(several_hosts, that_are_all_left_alone_are_tried_all_the_same) {
  std::optional<fault_proxy::gate> second(std::in_place, *proxy);
  database db(url_of(dead_port(), *second), options());
  second.reset();
  for (int i = 0; i < 4; ++i) EXPECT_THROW(sync_wait(db.query<Entry>().count()), connection_error);
  for (const driver::host_statistics& host : db.statistics().hosts) EXPECT_EQ(host.state, driver::circuit::open);
  EXPECT_FALSE(sync_wait(db.health()).up);
}
TEST_P(several_hosts, of_which_one_refuses_the_password_are_not_left_alone) {
  fault_proxy::gate only(*proxy);
  std::string url = url_through(only, true);
  url.replace(url.find("hunter2"), 7, "wrong");
  database db(url, options());
  for (int i = 0; i < 5; ++i) EXPECT_THROW(sync_wait(db.ping()), connection_error);
  EXPECT_EQ(db.statistics().hosts.at(0).state, driver::circuit::closed);
}

}  // namespace
}  // namespace tupelo::chaos
