// SPDX-License-Identifier: Apache-2.0
#include "private_server.hpp"

#include <cstdlib>
#include <stdexcept>
#include <stdlib.h>

namespace tupelo::chaos {

namespace {

constexpr const char* name = "pg15";

}  // namespace

private_server::private_server(const std::string& options, const std::string& before) {
  std::string folder = "/tmp/tupelo-chaos-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = folder;
  if (servers("start", before + " TUPELO_SERVER_OPTIONS='" + options + "' ") != 0)
    throw std::runtime_error("the server cannot be started");
}

private_server::~private_server() { servers("stop"); }

int private_server::servers(const std::string& verb, const std::string& before) const {
  const std::string command =
      before + std::string(TUPELO_SERVERS_SCRIPT) + " " + verb + " " + folder_ + " " + name + " >&2";
  return std::system(command.c_str());  // NOLINT(cert-env33-c): our own script
}

std::string private_server::url() const {
  return "postgresql://tupelo@/postgres?host=" + folder_ + "/" + name +
         "&cancel_timeout=100ms&options=-csynchronous_commit%3Don";
}

void private_server::crash() { must("crash"); }

void private_server::must(const std::string& verb) const {
  if (servers(verb) != 0) throw std::runtime_error("the server does not do it: " + verb);
}

}  // namespace tupelo::chaos
