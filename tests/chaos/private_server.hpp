// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tupelo::chaos {

/// A PostgreSQL server that a test may do to what it likes; it ends with this object.
class private_server {
public:
  /// `options`: as for the server's program, `-c max_connections=10`. `before`: for the shell that starts it, `ulimit
  /// -f 1000;`. Errors: std::runtime_error where it cannot be started.
  explicit private_server(const std::string& options = {}, const std::string& before = {});
  private_server(const private_server&) = delete;
  private_server& operator=(const private_server&) = delete;
  ~private_server();

  std::string url() const;
  /// Stops it as if it had crashed, and starts it again. Returns when it takes connections.
  void crash();
  void go_down() { must("down"); }
  void come_up() { must("up"); }
  /// From here on it only reads, as one does that follows a primary.
  void become_standby() { must("standby"); }

private:
  int servers(const std::string& verb, const std::string& before = {}) const;
  void must(const std::string& verb) const;

  std::string folder_;
};

}  // namespace tupelo::chaos
