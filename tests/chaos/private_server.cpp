// SPDX-License-Identifier: Apache-2.0
#include "private_server.hpp"

#include <cstdlib>
#include <stdexcept>
#include <stdlib.h>

namespace tupelo::chaos {

namespace {

constexpr const char* name = "pg15";

}  // namespace

private_server::private_server() {
  std::string folder = "/tmp/tupelo-chaos-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = folder;
  if (servers("start") != 0) throw std::runtime_error("the server cannot be started");
}

private_server::~private_server() { servers("stop"); }

int private_server::servers(const std::string& verb) const {
  const std::string command = std::string(TUPELO_SERVERS_SCRIPT) + " " + verb + " " + folder_ + " " + name + " >&2";
  return std::system(command.c_str());  // NOLINT(cert-env33-c): our own script
}

std::string private_server::url() const {
  return "postgresql://tupelo@/postgres?host=" + folder_ + "/" + name +
         "&cancel_timeout=100ms&options=-csynchronous_commit%3Don";
}

void private_server::crash() {
  if (servers("crash") != 0) throw std::runtime_error("the server does not come back");
}

}  // namespace tupelo::chaos
