// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/commit_hooks.hpp"
#include "tupelo/engine/verbs.hpp"

#include <exception>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace tupelo {

class lease;

namespace detail {
class pooled_connection;
class connection_pool;
class bulk_writer;
struct two_step_commit;

/// Before: transaction_failed(). Errors: transaction_error, always, which says why it can only be rolled back.
[[noreturn]] void throw_failed_transaction(const lease& of);
}  // namespace detail

/// One connection of the pool for exclusive use. Goes back at destruction; a transaction that is still open is rolled
/// back.
///
/// Threads: used by one coroutine at a time. It must not outlive its database.
class lease final : public query_source, public query_verbs<lease> {
public:
  lease() noexcept = default;
  lease(detail::connection_pool& pool, detail::pooled_connection* connection) noexcept
      : pool_(&pool), connection_(connection), owns_(true) {}
  lease(lease&& other) noexcept : pool_(other.pool_) { take_from(other); }
  lease& operator=(lease&& other) noexcept {
    release();
    pool_ = other.pool_;
    take_from(other);
    return *this;
  }
  ~lease() {
    if (connection_ != nullptr) release();
  }

  bool holds_connection() const noexcept { return connection_ != nullptr; }
  /// Gives the connection back early.
  void release() noexcept;

  /// Runs one or several statements without parameters.
  task<void> execute(std::string script);
  /// Nobody is told of events of what runs on it from here on.
  void mute() noexcept { muted_ = true; }

  /// Begins a transaction; inside of one, a savepoint. `commit` and `rollback` end the innermost. Where a round trip
  /// can be saved, BEGIN is sent with the statement that comes next, and never where none comes. Errors:
  /// transaction_error (invalid_transaction) for commit and rollback outside of one.
  task<void> begin(transaction_start start = {});
  /// Errors: commit_unknown where the connection is lost meanwhile; transaction_error where the transaction has failed
  /// before: it is rolled back, but for a savepoint, which is left open for that. Those of hooks change nothing.
  task<void> commit();
  task<void> rollback();
  /// Rolls back what is open, where another failure is to be told: one of its own, which costs the connection, is not
  /// thrown.
  task<void> rollback_after_failure();
  /// Runs the statements and COMMIT behind them as one unit: one round trip where all of them are known. Before: the
  /// innermost transaction is no savepoint. Hooks wait for two_step_commit::run_hooks. Errors: as commit; those of the
  /// statements, and then nothing is committed.
  task<void> commit(statement_group& last);
  /// Whether `commit(last)` saves a round trip.
  bool gains_by_joined_commit() const noexcept;
  bool in_transaction() const noexcept override;
  /// Runs `hook`, a function or a coroutine without parameters, when the open transaction has been committed, whichever
  /// lease of the connection does that; never where it, or the savepoint it was given in, is rolled back. All hooks are
  /// run; then `commit` throws the first failure, but the transaction stays committed.
  /// Errors: transaction_error (invalid_transaction) outside of a transaction.
  template <class Hook>
  void after_commit(Hook hook) {
    require_transaction("after_commit");
    hooks().add(static_cast<Hook&&>(hook), transaction_depth());
  }
  /// 0 outside a transaction, 1 in one, more in savepoints.
  int transaction_depth() const noexcept;
  /// Whether the open transaction can only be rolled back, or back to a savepoint from before: a statement of it has
  /// failed and the database refuses all that follow, the database has ended it by itself, SQL of the program's own
  /// has (COMMIT, ROLLBACK), or fail_transaction().
  bool transaction_failed() const noexcept;
  /// Whether it is SQL of the program's own that has ended the open transaction: what was done in it may be committed.
  bool ended_by_program() const noexcept;
  /// What was done in the open transaction, or in its innermost savepoint, is not to be kept: it can only be rolled
  /// back from here on, and everything else throws transaction_error. Does nothing outside of a transaction.
  void fail_transaction() noexcept;

  /// Waits for the lock, which ends by `session_advisory_unlock`, or where the connection goes back to the pool,
  /// whatever becomes of transactions. Taken twice it is to be unlocked twice. Coming back costs the connection its
  /// prepared statements.
  /// Errors: lock_timeout, deadlock; query_error (unsupported_feature) naming the database, and behind a pooler of
  /// transactions.
  task<void> session_advisory_lock(advisory_key key, advisory_mode mode = advisory_mode::exclusive);
  /// Takes the lock if that needs no waiting. Errors: as session_advisory_lock.
  task<bool> try_session_advisory_lock(advisory_key key, advisory_mode mode = advisory_mode::exclusive);
  /// False: this connection has no such lock.
  task<bool> session_advisory_unlock(advisory_key key, advisory_mode mode = advisory_mode::exclusive);

  bool try_run(statement_run& run, const task_context& context) override;
  task<void> run(statement_run& run) override;
  task<void> run_group(statement_group& group) override;
  const dialect& sql_dialect() const override;
  const event_registry* listening() const noexcept override;
  /// A lease of the same connection, for streams; it gives nothing back.
  task<lease> acquire(std::source_location from = std::source_location::current()) override;

private:
  friend class detail::row_stream_core;
  friend class detail::bulk_writer;
  friend struct detail::two_step_commit;
  friend void detail::throw_failed_transaction(const lease& of);
  detail::pooled_connection& connection() const;
  /// For work of its own. Errors: transaction_error (concurrent_use) while copy_in() waits for a row.
  detail::pooled_connection& free_connection() const;
  /// The same, to run something on. Errors: transaction_error where the open transaction has failed by another word
  /// than the server's own, which refuses by itself.
  detail::pooled_connection& ready() const;
  detail::commit_hooks& hooks() const;
  void require_transaction(std::string_view verb) const;
  void require_session() const;
  task<void> require_committable();
  [[noreturn]] void refused_commit(const std::exception_ptr& failure);
  void take_from(lease& other) noexcept {
    connection_ = std::exchange(other.connection_, nullptr);
    owns_ = std::exchange(other.owns_, false);
    muted_ = std::exchange(other.muted_, false);
  }

  detail::connection_pool* pool_ = nullptr;
  detail::pooled_connection* connection_ = nullptr;
  bool owns_ = false;
  bool muted_ = false;
};

namespace detail {

/// A commit whose hooks run when what is committed has been noted, because their failure changes nothing of it.
struct two_step_commit {
  /// Errors: those of lease::commit, but not of hooks.
  static task<void> commit(lease& on);
  /// Where more are added, in their order. Before: it holds a connection.
  static commit_hooks& hooks_of(lease& on);
  /// After it; nothing happens where that was a savepoint's. Errors: the hooks'.
  static task<void> run_hooks(lease& on);
  /// For somebody else who runs them.
  static commit_hooks take_hooks(lease& on) noexcept;
};

}  // namespace detail

}  // namespace tupelo
