// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/notification.hpp"
#include "tupelo/core/owned.hpp"
#include "tupelo/core/task.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

class query_source;

namespace detail {
class connection_pool;

/// Errors: query_error (unsupported_feature); value_error for a name or payload that cannot be sent.
task<void> notify(query_source* source, std::string channel, std::string payload);
}  // namespace detail

/// What is sent to channels of the database, one notification after the other; made by `database::listen`.
///
/// Has a connection of its own beside the pool's. Where that is lost, it is made again, as often and as slowly as the
/// pool makes its own; the next notification is then a gap. What arrives while nobody awaits `next` waits in the
/// connection.
///
/// Threads: used by one coroutine at a time. It must not outlive its database.
class listener {
public:
  listener(listener&& other) noexcept;
  listener& operator=(listener&& other) noexcept;
  ~listener();

  /// The next notification.
  /// Errors: timed_out, cancelled: nothing is lost, it can be called again; connection_error (pool_closed) when the
  /// database is closed, (authentication_failed, unknown_database) when the server does not take it back.
  task<notification> next();
  const std::vector<std::string>& channels() const noexcept;

private:
  friend class database;
  struct state;
  explicit listener(state* made) noexcept;
  static task<listener> open(detail::connection_pool& pool, std::vector<std::string> channels);

  owned<state> state_;
};

}  // namespace tupelo
