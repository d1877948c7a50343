// SPDX-License-Identifier: Apache-2.0
#include "private_server.hpp"

#include <cstdlib>
#include <stdexcept>
#include <stdlib.h>

namespace tupelo::chaos {

namespace {

constexpr const char* name = "pg15";

/// Its socket is all that is used of it; a port might be somebody else's when it comes up again.
std::string without_tcp(const std::string& options) {
  return " TUPELO_SERVER_OPTIONS='-c listen_addresses= " + options + "' ";
}

}  // namespace

void private_server::make_folder() {
  std::string folder = "/tmp/tupelo-chaos-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = folder;
}

private_server::private_server(const std::string& options, const std::string& before) {
  make_folder();
  if (servers("start", before + without_tcp(options)) != 0) throw std::runtime_error("the server cannot be started");
}

private_server::private_server(follower_of of) {
  make_folder();
  if (servers("follow", without_tcp({}), of.primary.folder_) != 0)
    throw std::runtime_error("the standby cannot be started");
}

private_server::~private_server() { servers("stop"); }

int private_server::servers(const std::string& verb, const std::string& before, const std::string& primary) const {
  const std::string command =
      before + std::string(TUPELO_SERVERS_SCRIPT) + " " + verb + " " + folder_ + " " + name + " " + primary + " >&2";
  return std::system(command.c_str());  // NOLINT(cert-env33-c): our own script
}

std::string private_server::host() const { return folder_ + "/" + name; }

std::string private_server::url() const {
  return "postgresql://tupelo@/postgres?host=" + host() + "&cancel_timeout=100ms&options=-csynchronous_commit%3Don";
}

void private_server::crash() { must("crash"); }

void private_server::begin_to_end() const {
  const std::string command = "kill -TERM $(head -1 " + host() + "/data/postmaster.pid)";
  if (std::system(command.c_str()) != 0)  // NOLINT(cert-env33-c): our own server
    throw std::runtime_error("the server does not run");
}

void private_server::must(const std::string& verb) const {
  if (servers(verb) != 0) throw std::runtime_error("the server does not do it: " + verb);
}

}  // namespace tupelo::chaos
