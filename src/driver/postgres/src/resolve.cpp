// SPDX-License-Identifier: Apache-2.0
#include "resolve.hpp"

#include "name_lookups.hpp"

#include <tupelo/core/error.hpp>

#include <netdb.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <sys/un.h>

namespace tupelo::driver::postgres {

namespace {

looked_up look_up(const std::string& name, const std::string& port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  looked_up result;
  result.failure = getaddrinfo(name.c_str(), port.c_str(), &hints, &found);
  if (result.failure != 0) return result;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    endpoint address;
    std::memcpy(&address.address, each->ai_addr, each->ai_addrlen);
    address.size = each->ai_addrlen;
    result.addresses.push_back(address);
  }
  freeaddrinfo(found);
  return result;
}

name_lookups& lookups_of_process() {
  static name_lookups lookups(
      [](const std::string& name, const std::string& port) { return look_up(name, port, AI_ADDRCONFIG); });
  return lookups;
}

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
  const std::string name = host.address.empty() ? host.name : host.address;
  const std::string port = std::to_string(host.port);
  looked_up found = look_up(name, port, AI_NUMERICHOST);
  if (found.failure == EAI_NONAME && host.address.empty())
    found = co_await lookups_of_process().ask(name, port, due_us);
  if (found.failure != 0) {
    throw connection_error(errc::connection_failed, "the host name \"" + name +
                                                        "\" cannot be looked up: " + gai_strerror(found.failure) +
                                                        "; check its spelling and the network");
  }
  co_return std::move(found.addresses);
}

}  // namespace tupelo::driver::postgres
