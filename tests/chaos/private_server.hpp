// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tupelo::chaos {

/// A PostgreSQL server that a test may do to what it likes; it ends with this object.
class private_server {
public:
  /// Errors: std::runtime_error where it cannot be started.
  private_server();
  private_server(const private_server&) = delete;
  private_server& operator=(const private_server&) = delete;
  ~private_server();

  std::string url() const;
  /// Stops it as if it had crashed, and starts it again. Returns when it takes connections.
  void crash();

private:
  int servers(const std::string& verb) const;

  std::string folder_;
};

}  // namespace tupelo::chaos
