// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/database_options.hpp"
#include "tupelo/engine/lease.hpp"
#include "tupelo/engine/verbs.hpp"
#include "tupelo/core/deadline.hpp"
#include "tupelo/core/observer.hpp"
#include "tupelo/core/owned.hpp"

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tupelo {

class session;
struct session_options;
class event_registry;
/// No way to find out what became of a COMMIT.
struct no_verifier {};

namespace detail {

template <class>
inline constexpr bool is_a_task = false;
template <class T>
inline constexpr bool is_a_task<task<T>> = true;

/// What transaction() and the like were given to run; the compiler's messages name it by it.
template <class Closure>
struct closure_given {
  template <class... Given>
  static consteval bool gives_a_task() {
    if constexpr (std::is_invocable_v<Closure&, Given...>) return is_a_task<std::invoke_result_t<Closure&, Given...>>;
    return false;
  }
  /// Its task; one of nothing that is there where it is refused.
  template <class... Given>
  static consteval auto task_made() {
    if constexpr (gives_a_task<Given...>()) {
      return std::type_identity<std::invoke_result_t<Closure&, Given...>>();
    } else {
      return std::type_identity<task<int>>();
    }
  }
  template <class... Given>
  static constexpr bool is_a_coroutine = gives_a_task<Given...>();
  template <class... Given>
  using task_of = typename decltype(task_made<Given...>())::type;
};
#define TUPELO_NO_TRANSACTION \
  "tupelo: transaction() takes a coroutine: [&](tp::session& s) -> tp::task<void> { co_await …; }"

}  // namespace detail

/// How `transaction` begins and how often it tries.
struct transaction_options {
  transaction_mode mode = transaction_mode::immediate;
  int max_attempts = 5;             ///< the closure is run again after a retryable error, at most so often in all
  std::int64_t backoff_us = 2'000;  ///< before the second attempt; doubles, with jitter; never beyond the deadline
  isolation level = isolation::standard;
  bool read_only = false;
  bool deferrable = false;
};

/// A database by its URL: a pool of connections and the verbs that use any of them.
///
/// Opening connects nothing: the first statement does. `sqlite:///relative.db`, `sqlite:////absolute.db`,
/// `sqlite::memory:`, `postgresql://user@host/database`.
///
/// Errors: configuration_error for a URL or option that cannot be used.
/// Threads: any; each coroutine's statements run independently of the others'.
/// Owns: its connections. It must outlive its leases, sessions and running operations.
class database final : public query_source, public query_verbs<database> {
public:
  explicit database(std::string_view url, database_options options = {},
                    detail::build_kind program = detail::this_build);
  database(database&&) = delete;
  ~database();

  /// Runs one or several statements without parameters on one connection.
  task<void> execute(std::string script, std::source_location from = std::source_location::current());
  /// A connection for exclusive use. Errors: pool_exhausted, pool_closed; cancelled, timed_out; connection_error.
  task<lease> acquire(std::source_location from = std::source_location::current()) override;
  /// Opens a connection if there is none and runs a trivial statement. Errors: connection_error.
  task<void> ping(std::source_location from = std::source_location::current());
  /// Whether the database answers, and what its pool does. It tells of failures instead of throwing them; with
  /// `with_deadline` of slow ones too. Errors: cancelled.
  task<database_health> health(std::source_location from = std::source_location::current());

  /// Hears what is sent to these channels from here on, on a connection of its own. Channels are told apart by case.
  /// Errors: query_error (unsupported_feature) naming the database; value_error for names that are empty or longer than
  /// 63 bytes; connection_error.
  task<listener> listen(std::vector<std::string> channels);
  template <class... More>
  task<listener> listen(std::string first, More... more) {
    std::string channels[]{static_cast<std::string&&>(first), std::string(static_cast<More&&>(more))...};
    return listen_to(channels, 1 + sizeof...(More));
  }

  // ---- the pool

  /// Opens connections ahead, until there are so many free ones, or `pool_size`. Errors: as acquire.
  task<void> warm_up(std::uint32_t connections);
  /// Nobody gets a connection until `resume`, but waits for it; who holds one keeps it.
  void suspend() noexcept;
  void resume() noexcept;
  /// Ends the use of the database: who waits for a connection is refused, and everything else runs to its end, until
  /// the deadline. What is in use then is closed when it comes back.
  ///
  /// Errors: timed_out, which says how many connections are in use; cancelled.
  task<void> close(deadline until = {});
  pool_statistics statistics() const;

  /// A unit of work; include tupelo/tupelo.hpp or tupelo/session/session.hpp.
  template <class Session = tupelo::session>
  Session session(std::source_location from = std::source_location::current()) {
    return Session(*this, from);
  }
  template <class Session = tupelo::session, class Options = session_options>
  Session session(Options options, std::source_location from = std::source_location::current()) {
    return Session(*this, options, from);
  }
  /// Runs `closure(tp::session&)`, a coroutine, in a transaction and commits; an exception rolls back and is thrown
  /// again. After a retryable error (busy, serialization failure, deadlock, lost connection) the whole closure is run
  /// again, until its attempts or the deadline are used up.
  ///
  /// Errors: what the closure throws; commit_unknown when the connection is lost during COMMIT: nothing is run again
  /// then, because the transaction may be in the database.
  template <class Closure>
  auto transaction(Closure closure, transaction_options options = {},
                   std::source_location from = std::source_location::current()) {
    constexpr bool runs = detail::closure_given<Closure>::template is_a_coroutine<tupelo::session&>;
    static_assert(runs, TUPELO_NO_TRANSACTION);
    if constexpr (runs) {
      return run_transaction(*this, static_cast<Closure&&>(closure), options, no_verifier(), from);
    } else {
      return task<int>();
    }
  }
  /// The same; where COMMIT's outcome is unknown, `verify()`, a coroutine of bool, says whether the transaction is in
  /// the database, for example by looking for a row that it inserts. If not, the closure is run again.
  template <class Closure, class Verifier>
    requires(!std::is_same_v<Verifier, std::source_location>)
  auto transaction(Closure closure, transaction_options options, Verifier verify,
                   std::source_location from = std::source_location::current()) {
    constexpr bool runs = detail::closure_given<Closure>::template is_a_coroutine<tupelo::session&>;
    static_assert(runs, TUPELO_NO_TRANSACTION);
    if constexpr (runs) {
      return run_transaction(*this, static_cast<Closure&&>(closure), options, static_cast<Verifier&&>(verify), from);
    } else {
      return task<int>();
    }
  }

  /// The observer sees every statement and every connection from here on; it must outlive the database.
  void observe(statement_observer& observer);

  /// How often a session may repeat a read by key before it reports that; 0: it does not watch.
  std::uint32_t reads_repeated_at_most() const noexcept;
  /// Tells the observers; where nobody observes it is a line to stderr, once for each place in the program.
  void report(const repeated_read_event& event) noexcept;
  /// What is told of objects that sessions write; include tupelo/engine/events.hpp.
  event_registry& events();
  /// Runs `closure(tp::lease&)`, a coroutine, and gives what it gives; nobody is told of what runs on that lease, be it
  /// in a transaction that the closure begins there. What runs elsewhere meanwhile is told of. Errors: as acquire; what
  /// the closure throws.
  template <class Closure>
  auto without_events(Closure closure, std::source_location from = std::source_location::current()) ->
      typename detail::closure_given<Closure>::template task_of<lease&> {
    constexpr bool runs = detail::closure_given<Closure>::template is_a_coroutine<lease&>;
    static_assert(runs,
                  "tupelo: without_events() takes a coroutine: [&](tp::lease& db) -> tp::task<void> { co_await …; }");
    lease held = co_await acquire(from);
    held.mute();
    if constexpr (runs) {
      co_return co_await closure(held);
    } else {
      co_return 0;
    }
  }
  /// Null where nothing is.
  const event_registry* listening() const noexcept override;

  /// The URL without its password.
  std::string url() const;

  bool try_run(statement_run& run, const task_context& context) override;
  task<void> run(statement_run& run) override;
  task<void> run_group(statement_group& group) override;
  /// Never: each of its statements has a connection of its own.
  bool in_transaction() const noexcept override { return false; }
  const dialect& sql_dialect() const override;

private:
  task<listener> listen_to(std::string* channels, std::size_t count);

  owned<detail::connection_pool> pool_;
  owned<event_registry> events_;
};

#undef TUPELO_NO_TRANSACTION

}  // namespace tupelo
