// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/core/observer.hpp"
#include "tupelo/core/owned.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tupelo {

class session;
struct session_options;

/// How statements run.
enum class execution : std::uint8_t {
  automatic,  ///< as the URL says, else worker
  worker,     ///< on a thread of their own: never blocks the caller's event loop
  inline_,    ///< on the caller's thread: fastest; for tools, tests and programs without an event loop
};

struct database_options {
  std::uint32_t pool_size = 4;                   ///< connections at most
  std::int64_t acquire_timeout_us = 30'000'000;  ///< how long a statement waits for a connection
  std::uint32_t statement_cache_size = 256;      ///< prepared statements kept per connection
  execution run = execution::automatic;
};

/// How `transaction` begins and how often it tries.
struct transaction_options {
  transaction_mode mode = transaction_mode::immediate;
  int max_attempts = 5;             ///< the closure is run again after a retryable error, at most so often in all
  std::int64_t backoff_us = 2'000;  ///< before the second attempt; doubles, with jitter
};

struct pool_statistics {
  std::uint32_t connections = 0, in_use = 0, idle = 0, waiting = 0;
};

/// A database by its URL: a pool of connections and the verbs that use any of them.
///
/// Opening connects nothing: the first statement does. `sqlite:///relative.db`, `sqlite:////absolute.db`,
/// `sqlite::memory:`.
///
/// Errors: configuration_error for a URL or option that cannot be used.
/// Threads: any; each coroutine's statements run independently of the others'.
/// Owns: its connections. It must outlive its leases, sessions and running operations.
class database final : public query_source, public query_verbs<database> {
public:
  explicit database(std::string_view url, database_options options = {});
  database(database&&) = delete;
  ~database();

  /// Runs one or several statements without parameters on one connection.
  task<void> execute(std::string script);
  /// A connection for exclusive use. Errors: pool_exhausted, cancelled, timed_out, connection_error.
  task<lease> acquire() override;
  /// Opens a connection if there is none and runs a trivial statement. Errors: connection_error.
  task<void> ping();

  /// A unit of work; include tupelo/tupelo.hpp or tupelo/session/session.hpp.
  template <class Session = tupelo::session, class... Options>
  Session session(Options&&... options) {
    return Session(*this, static_cast<Options&&>(options)...);
  }
  /// Runs `closure(tp::session&)`, a coroutine, in a transaction and commits; an exception rolls back and is thrown
  /// again. After a retryable error (busy, serialization failure, deadlock) the whole closure is run again.
  template <class Closure>
  auto transaction(Closure closure, transaction_options options = {}) {
    return run_transaction(*this, static_cast<Closure&&>(closure), options);
  }

  /// The observer sees every statement from here on; it must outlive the database.
  void observe(statement_observer& observer);

  pool_statistics statistics() const;
  /// The URL without its password.
  std::string url() const;

  bool try_run(statement_run& run, const task_context& context) override;
  task<void> run(statement_run& run) override;
  const dialect& sql_dialect() const override;

private:
  owned<detail::connection_pool> pool_;
};

}  // namespace tupelo
