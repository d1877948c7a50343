// SPDX-License-Identifier: Apache-2.0
#include "fault_proxy.hpp"

#include "framed_flow.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tupelo::chaos {

namespace {

[[noreturn]] void fail(const char* doing) { throw std::system_error(errno, std::generic_category(), doing); }

sockaddr_in loopback(std::uint16_t port) noexcept {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

constexpr std::size_t index(sender from) noexcept { return from == sender::server ? 1 : 0; }

struct link {
  std::array<int, 2> sockets{-1, -1};  ///< of the client, of the server
  std::array<framed_flow, 2> flows{framed_flow(true), framed_flow(false)};

  void close() noexcept {
    for (int& socket : sockets) {
      if (socket >= 0) ::close(socket);
      socket = -1;
    }
  }
};

}  // namespace

struct fault_proxy::gate::state {
  int listener = -1;
  std::uint16_t port = 0;
  fault_plan plan;
  pace speed = pace::plain;
  bool stalled = false;
  std::vector<link> links;
  std::array<std::string, 2> types;
  sender hook_from = sender::client;
  std::size_t hook_message = 0;
  std::function<void()> hook;

  /// A message of the first connection has arrived whole; says what to do with it.
  fault arrived(sender from, char type) {
    const std::size_t number = types[index(from)].size();
    types[index(from)] += type;
    if (hook && hook_from == from && hook_message == number) hook();
    return plan.from == from && plan.message == number ? plan.what : fault::none;
  }
};

struct fault_proxy::engine {
  std::mutex mutex;
  std::uint16_t server_port = 0;
  int wake = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  bool ending = false;
  std::vector<std::shared_ptr<gate::state>> gates;
  std::thread thread;

  void notify() const noexcept { ::eventfd_write(wake, 1); }

  void run() {
    std::vector<pollfd> polled;
    for (;;) {
      polled.clear();
      polled.push_back({wake, POLLIN, 0});
      bool delayed = false;
      {
        const std::lock_guard lock(mutex);
        if (ending) return;
        for (const auto& each : gates) delayed = add_to(polled, *each) || delayed;
      }
      const int ready = ::poll(polled.data(), polled.size(), delayed ? 1 : -1);
      if (ready < 0 && errno != EINTR) fail("poll");
      eventfd_t ignored = 0;
      ::eventfd_read(wake, &ignored);
      const std::lock_guard lock(mutex);
      for (const auto& each : gates) serve(*each, ready == 0);
    }
  }

  /// True: something waits for a millisecond to pass.
  static bool add_to(std::vector<pollfd>& polled, const gate::state& g) {
    polled.push_back({g.listener, POLLIN, 0});
    if (g.stalled) return false;
    bool delayed = false;
    for (const link& l : g.links) {
      if (l.sockets[0] < 0) continue;
      std::array<short, 2> events{0, 0};
      for (std::size_t i = 0; i < 2; ++i) {
        const framed_flow& flow = l.flows[i];
        if (flow.reads()) events[i] = static_cast<short>(events[i] | POLLIN);
        if (!flow.has_output()) continue;
        if (g.speed == pace::slow) {
          delayed = true;
        } else {
          events[1 - i] = static_cast<short>(events[1 - i] | POLLOUT);
        }
      }
      for (std::size_t i = 0; i < 2; ++i) {
        if (events[i] != 0) polled.push_back({l.sockets[i], events[i], 0});
      }
    }
    return delayed;
  }

  void serve(gate::state& g, bool time_passed) {
    for (;;) {
      const int accepted = ::accept4(g.listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted < 0) break;
      connect(g, accepted);
    }
    if (g.stalled) return;
    for (std::size_t i = 0; i < g.links.size(); ++i) move_bytes(g, g.links[i], i == 0, time_passed);
  }

  void connect(gate::state& g, int client) const {
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(server_port);
    link& added = g.links.emplace_back();
    if (server < 0 || ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      // The server is away; so is what stands for it.
      if (server >= 0) ::close(server);
      ::close(client);
      return;
    }
    const int on = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    added.sockets = {client, server};
  }

  static void move_bytes(gate::state& g, link& l, bool first, bool time_passed) {
    for (std::size_t i = 0; i < 2 && l.sockets[0] >= 0; ++i) {
      framed_flow& flow = l.flows[i];
      const sender from = i == 0 ? sender::client : sender::server;
      flow.read(l.sockets[i]);
      while (flow.next_message()) {
        const fault what = first ? g.arrived(from, flow.type()) : fault::none;
        if (what == fault::cut || what == fault::cut_inside) {
          if (what == fault::cut_inside) flow.pass_half();
          flow.write(l.sockets[1 - i], false);
          return l.close();
        }
        if (from == sender::client && flow.type() == 'T') l.flows[1].expect_tls_answer();
        flow.pass(what);
        if (what == fault::close_one_way) ::shutdown(l.sockets[1 - i], SHUT_WR);
      }
      if (g.speed == pace::slow && !time_passed) continue;
      if (!flow.write(l.sockets[1 - i], g.speed == pace::single_bytes) || flow.is_over()) l.close();
    }
  }
};

// ---- gates

fault_proxy::gate::gate(fault_proxy& proxy, fault_plan plan, pace speed)
    : proxy_(proxy), state_(std::make_shared<state>()) {
  state_->plan = plan;
  state_->speed = speed;
  state_->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (state_->listener < 0 || ::bind(state_->listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(state_->listener, 128) != 0 ||
      ::getsockname(state_->listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    fail("listening on 127.0.0.1");
  }
  state_->port = ntohs(address.sin_port);
  const std::lock_guard lock(proxy_.engine_->mutex);
  proxy_.engine_->gates.push_back(state_);
  proxy_.engine_->notify();
}

fault_proxy::gate::~gate() {
  const std::lock_guard lock(proxy_.engine_->mutex);
  std::erase(proxy_.engine_->gates, state_);
  for (link& l : state_->links) l.close();
  ::close(state_->listener);
  proxy_.engine_->notify();
}

std::uint16_t fault_proxy::gate::port() const noexcept { return state_->port; }
std::size_t fault_proxy::gate::messages(sender from) const { return types(from).size(); }
std::string fault_proxy::gate::types(sender from) const {
  const std::lock_guard lock(proxy_.engine_->mutex);
  return state_->types[index(from)];
}
std::size_t fault_proxy::gate::connections() const {
  const std::lock_guard lock(proxy_.engine_->mutex);
  return state_->links.size();
}
void fault_proxy::gate::at_message(sender from, std::size_t message, std::function<void()> hook) {
  const std::lock_guard lock(proxy_.engine_->mutex);
  state_->hook_from = from;
  state_->hook_message = message;
  state_->hook = std::move(hook);
}
void fault_proxy::gate::stall() {
  const std::lock_guard lock(proxy_.engine_->mutex);
  state_->stalled = true;
}
void fault_proxy::gate::go_on() {
  const std::lock_guard lock(proxy_.engine_->mutex);
  state_->stalled = false;
  proxy_.engine_->notify();
}
void fault_proxy::gate::cut() {
  const std::lock_guard lock(proxy_.engine_->mutex);
  for (link& l : state_->links) l.close();
  proxy_.engine_->notify();
}

// ---- the proxy

fault_proxy::fault_proxy(std::uint16_t server_port) : engine_(std::make_unique<engine>()) {
  engine_->server_port = server_port;
  engine_->thread = std::thread([this] { engine_->run(); });
}

fault_proxy::~fault_proxy() {
  {
    const std::lock_guard lock(engine_->mutex);
    engine_->ending = true;
    engine_->notify();
  }
  engine_->thread.join();
  ::close(engine_->wake);
}

const char* name_of(fault what) noexcept {
  switch (what) {
    case fault::none: return "none";
    case fault::cut: return "cut";
    case fault::cut_inside: return "cut inside";
    case fault::close_one_way: return "close one way";
    case fault::stall: return "stall";
    case fault::bad_type: return "bad type";
    case fault::huge_length: return "huge length";
    case fault::longer_by_one: return "longer by one";
    case fault::bad_body: return "bad body";
  }
  return "";
}

}  // namespace tupelo::chaos
