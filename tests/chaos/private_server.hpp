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
  /// A standby: the primary, which must outlive it, streams what it writes.
  struct follower_of {
    const private_server& primary;
  };
  explicit private_server(follower_of of);
  private_server(const private_server&) = delete;
  private_server& operator=(const private_server&) = delete;
  ~private_server();

  std::string url() const;
  /// Stops it as if it had crashed, and starts it again. Returns when it takes connections.
  void crash();
  /// From here on it takes no connections, and goes down when those that it has are closed.
  void begin_to_end() const;
  void go_down() { must("down"); }
  void come_up() { must("up"); }
  /// Of its socket: what `host=` of a URL takes.
  std::string host() const;

private:
  void make_folder();
  int servers(const std::string& verb, const std::string& before = {}, const std::string& primary = {}) const;
  void must(const std::string& verb) const;

  std::string folder_;
};

}  // namespace tupelo::chaos
