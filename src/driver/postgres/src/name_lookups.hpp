// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cancel_request.hpp"

#include <tupelo/core/task.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tupelo::driver::postgres {

/// What the system knows of a name and a port.
struct looked_up {
  std::vector<endpoint> addresses;
  int failure = 0;  ///< of getaddrinfo
};

/// Names that are looked up on threads, because the system's resolver blocks: one thread for each name, whoever asks
/// for it meanwhile. A thread goes on when all who asked have given up, and nothing could stop it: so those who ask
/// again wait for the same one.
///
/// Threads: any.
class name_lookups {
public:
  /// Called on such a thread.
  using function = looked_up (*)(const std::string& name, const std::string& port);

  explicit name_lookups(function look_up);
  name_lookups(const name_lookups&) = delete;
  name_lookups& operator=(const name_lookups&) = delete;
  ~name_lookups();

  /// Errors: connection_error (connection_failed) where the system has no descriptor or thread left; timed_out when
  /// `due_us` or the task's deadline passes before; cancelled.
  task<looked_up> ask(std::string name, std::string port, std::int64_t due_us);

private:
  struct waiter;
  struct state;
  void join(const std::string& name, const std::string& port, const std::shared_ptr<waiter>& who);

  std::shared_ptr<state> state_;  ///< which threads may outlive this with
};

}  // namespace tupelo::driver::postgres
