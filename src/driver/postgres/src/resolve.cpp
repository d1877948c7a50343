// SPDX-License-Identifier: Apache-2.0
#include "resolve.hpp"

#include "socket_wait.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/reactor.hpp>
#include <tupelo/core/scheduler.hpp>

#include <netdb.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <sys/eventfd.h>
#include <sys/un.h>
#include <unistd.h>

namespace tupelo::driver::postgres {

namespace {

[[noreturn]] void throw_no_room(int code) {
  throw connection_error(errc::connection_failed,
                         "a host name cannot be looked up, because the system has no descriptor or thread left: " +
                             std::generic_category().message(code));
}

/// What the looking-up thread and the waiting task share; the thread may go on when the task has given up.
struct lookup {
  lookup() : done(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (done < 0) throw_no_room(errno);
  }
  lookup(const lookup&) = delete;
  lookup& operator=(const lookup&) = delete;
  ~lookup() { ::close(done); }

  void run(int flags) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* found = nullptr;
    failure = getaddrinfo(name.c_str(), port.c_str(), &hints, &found);
    if (failure != 0) return;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
      endpoint address;
      std::memcpy(&address.address, each->ai_addr, each->ai_addrlen);
      address.size = each->ai_addrlen;
      addresses.push_back(address);
    }
    freeaddrinfo(found);
  }

  std::string name;
  std::string port;
  std::vector<endpoint> addresses;
  int failure = 0;
  int done;
};

endpoint socket_address(const postgres_host& host) {
  const std::string path = host.socket_path();
  endpoint address;
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  if (path.size() >= sizeof local.sun_path) {
    throw connection_error(errc::connection_failed, "the path of the socket " + path + " is longer than the " +
                                                        std::to_string(sizeof local.sun_path - 1) +
                                                        " bytes that the system takes");
  }
  std::memcpy(local.sun_path, path.data(), path.size());
  if (path.front() == '@') local.sun_path[0] = '\0';  // of the abstract namespace
  std::memcpy(&address.address, &local, sizeof local);
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (path.front() != '@' ? 1 : 0));
  return address;
}

}  // namespace

task<std::vector<endpoint>> resolve(const postgres_host& host, std::int64_t due_us) {
  if (host.is_socket()) co_return std::vector<endpoint>{socket_address(host)};
  const auto wanted = std::make_shared<lookup>();
  wanted->name = host.address.empty() ? host.name : host.address;
  wanted->port = std::to_string(host.port);
  wanted->run(AI_NUMERICHOST);
  if (wanted->failure == EAI_NONAME && host.address.empty()) {
    const auto watch = (co_await current_scheduler()).reactor().watch(wanted->done);
    try {
      std::thread([wanted] {
        wanted->run(AI_ADDRCONFIG);
        eventfd_write(wanted->done, 1);
      }).detach();
    } catch (const std::system_error& e) {
      throw_no_room(e.code().value());
    }
    co_await wait_for(*watch, io_readiness::readable, due_us);
  }
  if (wanted->failure != 0) {
    throw connection_error(errc::connection_failed, "the host name \"" + wanted->name +
                                                        "\" cannot be looked up: " + gai_strerror(wanted->failure) +
                                                        "; check its spelling and the network");
  }
  co_return std::move(wanted->addresses);
}

}  // namespace tupelo::driver::postgres
