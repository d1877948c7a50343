// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pool_core.hpp"

#include "tupelo/engine/commit_hooks.hpp"
#include "tupelo/engine/query_source.hpp"
#include "tupelo/engine/statement_cache.hpp"
#include "tupelo/driver/connection.hpp"
#include "tupelo/core/resumption.hpp"
#include "tupelo/core/task.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::detail {

class connection_pool;

/// What ends a transaction runs though its task has been cancelled, but not for ever: a server that does not answer
/// loses the connection, which ends the transaction too. It has what is left of the caller's time, 2 seconds at most
/// and no less than the connection's patience.
deadline rollback_deadline(const scheduler& clock, const driver::connection& connection,
                           std::int64_t left_us = INT64_MAX) noexcept;

/// How much of the task's time is left, in microseconds.
std::int64_t time_left_us(const task_context& of) noexcept;

/// What a lost connection makes of a COMMIT.
[[noreturn]] void throw_commit_unknown();

class group_requests;
class pooled_connection;

/// Waits for an asynchronous request of a driver; interrupts it when the awaiting task is cancelled.
class request_awaiter {
public:
  /// `must_run`: neither the awaiting task's cancellation nor its deadline stops the request.
  request_awaiter(pooled_connection& connection, driver::request& request, bool must_run = false) noexcept;
  request_awaiter(const request_awaiter&) = delete;
  request_awaiter& operator=(const request_awaiter&) = delete;

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    return suspend(awaiting, context_of(awaiting.promise()));
  }
  /// Errors: the request's failure.
  void await_resume();

private:
  struct watch final : cancel_registration {
    explicit watch(driver::connection& of) noexcept : cancel_registration(&requested), connection(of) {}
    static void requested(cancel_registration& self) noexcept { static_cast<watch&>(self).connection.interrupt(); }
    driver::connection& connection;
  };

  bool suspend(std::coroutine_handle<> awaiting, const task_context& context) noexcept;

  pooled_connection& connection_;
  driver::request& request_;
  bool must_run_;
  resumption resumption_;
  watch watch_;
};

/// A result that is read in parts on a connection. It ends with the transaction that it was opened in, and with the
/// connection's way back to the pool.
class open_result {
public:
  open_result() = default;
  open_result(const open_result&) = delete;
  open_result& operator=(const open_result&) = delete;

  /// Ends it from the connection's side; the connection has dropped it already.
  virtual void cut_off(pooled_connection& connection) noexcept = 0;

protected:
  ~open_result() = default;

private:
  friend class pooled_connection;
  open_result* next_ = nullptr;
  int depth_ = 0;  ///< of the transaction
};

/// A connection with what the engine keeps beside it: prepared statements, the depth of its transaction, and its place
/// in the pool.
class pooled_connection final : public pool_slot {
public:
  /// What shared_reads keeps of a connection that several readers have; under its lock.
  struct sharing {
    const void* domain = nullptr;  ///< of the readers' event loop
    std::uint32_t readers = 0;
    bool drains = false;                     ///< takes no more of them
    std::uint64_t seen = 0;                  ///< `answered` when it was looked at last
    std::atomic<std::uint64_t> answered{0};  ///< requests so far
  };

  pooled_connection(connection_pool& pool, std::unique_ptr<driver::connection> driver, std::uint32_t cache_size);
  ~pooled_connection();

  connection_pool& pool() noexcept { return pool_; }
  driver::connection& driver() noexcept { return *driver_; }
  bool runs_inline() const noexcept { return driver_->runs_inline(); }
  bool usable() const noexcept { return driver_->usable(); }

  /// Runs on this thread. Before: runs_inline(). Errors: those of the statement.
  void run_now(statement_run& run, const task_context& context);
  task<void> run(statement_run& run);
  /// Runs the statements as one unit, with `ending` (COMMIT) behind them unless it is empty. Errors: those of the
  /// statement that failed; commit_unknown where the connection is lost and `ending` may have been run.
  task<void> run_group(statement_group& group, std::string_view ending = {});
  task<void> execute(std::string script);

  /// The text, which begins a transaction or savepoint, is run before the next statement, in one unit with it.
  void postpone(std::string text);
  /// Takes the last postponed text back; false: there is none.
  bool take_back() noexcept;
  bool postpones() const noexcept { return !postponed_.empty(); }
  void forget_postponed() noexcept { postponed_.clear(); }
  /// Runs what is postponed now.
  task<void> catch_up();
  /// What ends a transaction: it runs though the task has been cancelled or its deadline has passed.
  task<void> execute_regardless(std::string script);
  /// The same on this thread. Before: runs_inline().
  void execute_now(std::string_view script, std::int64_t left_us = INT64_MAX);
  /// Runs the request on this thread, stopped by the context's cancellation and deadline. Before: runs_inline().
  void run_inline(driver::request& request, const task_context& context);

  /// The shape's statement, rendered and cached if it is new.
  cached_statement& statement(const query_core& core);
  /// Errors: transaction_error where rows cannot be locked until the transaction ends.
  void require_locks() const;
  /// Errors: those of require_locks for a query that locks rows.
  void fill(driver::request& request, cached_statement& cached, statement_run& run);

  /// Errors: transaction_error (concurrent_use) while copy_in() waits for the row that it is to write next: what is
  /// asked for then may be what it waits for, and a connection that copies answers nothing else.
  void require_no_copy() const;
  /// Errors: transaction_error (concurrent_use) while somebody awaits a request of this connection: it would be sent as
  /// well, and what the one made of the connection's transaction the other would not know.
  void require_unused() const;
  /// Before a transaction or savepoint ends. Errors: as require_unused, while what begins it is on its way with a
  /// statement of another coroutine, so that it can neither be taken back nor ended yet.
  void require_begun() const {
    if (!postponed_.empty()) require_unused();
  }

  /// Lets go of a statement that was pinned.
  void unpin(cached_statement& pinned) noexcept {
    --pinned.pins;
    cache_.trim(*driver_);
  }

  /// Releases the prepared statements, before the server forgets them by itself.
  void forget_statements() noexcept;

  /// Whether a statement has changed what outlives it and its transaction.
  bool is_dirty() const noexcept { return dirty_; }
  void set_clean() noexcept { dirty_ = false; }
  /// SQL of the user's own is about to run here.
  void note_text(std::string_view text) noexcept;

  /// One more who has it; its user only.
  void count_use() noexcept { uses_.store(uses_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }
  std::uint64_t uses() const noexcept { return uses_.load(std::memory_order_relaxed); }

  void add_result(open_result& opened) noexcept;
  void drop_result(open_result& ended) noexcept;
  /// What was opened in the savepoint belongs to what is around it.
  void keep_results() noexcept;
  /// Cuts off what was opened at this depth of transactions or deeper.
  void cut_off_results(int from_depth) noexcept;

  sharing shared;
  bool owes = false;           ///< answers are on their way that nobody waits for
  bool awaits_rows = false;    ///< of a copy_in(), which goes on when it has them
  int awaited = 0;             ///< requests of its user that are not answered yet
  int depth = 0;               ///< of begin()s that are not ended
  int failed_depth = 0;        ///< of that which was said to have failed; 0: none
  bool begun_to_read = false;  ///< the open transaction did not take the right to write when it began
  commit_hooks hooks;          ///< of the open transaction

  /// Whether the open transaction can only be rolled back though the server may not say so: it was said to have failed,
  /// or it is over already, and each statement that follows would be committed: the database has ended it by itself, as
  /// SQLite does where the disk is full or a write is interrupted, or SQL of the program's own has. Not where the
  /// connection is lost, of which others are to be told.
  bool must_roll_back() const noexcept {
    if (depth == 0) return false;
    return (failed_depth != 0 || ended_by_script_ || is_ended_already()) && driver_->usable();
  }
  /// Whether it is no failure but SQL of the program's own that has ended the open transaction, so that what was done
  /// in it may be committed. Known of a connection that is lost only where a script has failed behind that.
  bool is_ended_by_program() const noexcept {
    if (depth == 0) return false;
    return ended_by_script_ || (failed_depth == 0 && !ended_by_failure_ && is_ended_already() && driver_->usable());
  }
  /// Before the outermost begin().
  void forget_failure() noexcept { ended_by_failure_ = ended_by_script_ = false; }
  /// A request has failed; with it the database may have ended the transaction, or before it a part of its script.
  void note_failure(const driver::request& failed) noexcept {
    if (depth == 0) return;
    if (failed.ended_transaction) {
      ended_by_script_ = true;
    } else if (is_ended_already()) {
      ended_by_failure_ = true;
    }
  }

  std::uint64_t number = 0;  ///< in the order in which they were opened
  std::int64_t opened_us = 0;
  /// INT64_MAX: observers know nothing of its user. Its user only.
  std::int64_t acquired_us = INT64_MAX;

  // By whom it is held, where leases are watched; under the pool's lock.
  std::source_location leased_from;
  std::int64_t leased_us = INT64_MAX;

  static void take_results(statement_run& run, const driver::request& request) noexcept;

private:
  friend class group_requests;
  /// The database knows nothing of the open transaction.
  bool is_ended_already() const noexcept { return postponed_.empty() && !driver_->in_transaction(); }
  /// A statement that begins or ends a transaction.
  struct control_statement {
    statement_plan plan;
    driver::prepared_statement* prepared = nullptr;
  };
  control_statement& control(std::string_view text);
  /// Runs what is postponed alone, behind an attempt that has failed before it was begun.
  task<void> begin_first(group_requests& failed);
  [[gnu::noinline]] void run_postponed(statement_run& run, const task_context& context);

  // Out of line, so that finding a statement needs no registers for adding one.
  [[gnu::noinline]] cached_statement& add_statement(std::uint64_t hash, const std::uint64_t* words,
                                                    std::uint32_t count);
  void observed_run(driver::request& request);

  connection_pool& pool_;
  std::unique_ptr<driver::connection> driver_;
  statement_cache cache_;
  open_result* results_ = nullptr;
  std::vector<std::unique_ptr<control_statement>> controls_;
  std::vector<control_statement*> postponed_;
  std::atomic<std::uint64_t> uses_{0};
  bool dirty_ = false;
  bool ended_by_failure_ = false;  ///< the open transaction, by the database itself
  bool ended_by_script_ = false;   ///< the same, by a script of the program that has failed further on
};

}  // namespace tupelo::detail
