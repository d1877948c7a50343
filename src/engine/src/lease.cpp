// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/lease.hpp"

#include "connection_pool.hpp"

#include "tupelo/engine/events.hpp"
#include "tupelo/core/error.hpp"

#include <utility>

namespace tupelo {

void lease::release() noexcept {
  if (connection_ && owns_) {
    connection_->cut_off_results(0);
    if (!connection_->hooks.empty()) connection_->hooks.roll_back(0);
    pool_->give_back(connection_);
  }
  connection_ = nullptr;
  owns_ = muted_ = false;
}

detail::pooled_connection& lease::connection() const {
  if (!connection_)
    throw transaction_error(errc::invalid_transaction, "this lease has no connection: it was released or moved from");
  return *connection_;
}

detail::pooled_connection& lease::free_connection() const {
  detail::pooled_connection& c = connection();
  c.require_no_copy();
  return c;
}

detail::pooled_connection& lease::ready() const {
  detail::pooled_connection& c = free_connection();
  if (c.must_roll_back()) [[unlikely]]
    detail::throw_failed_transaction(*this);
  return c;
}

detail::commit_hooks& lease::hooks() const { return connection().hooks; }

namespace {

[[noreturn]] void throw_ended_transaction() {
  throw transaction_error(errc::invalid_transaction,
                          "the transaction is not open any more: SQL of the program's own, COMMIT or ROLLBACK, has "
                          "ended it, and what was done in it before is committed or undone as that said. Leave its end "
                          "to commit() and rollback() of the lease, or to the closure of transaction()");
}

}  // namespace

void detail::throw_failed_transaction(const lease& of) {
  if (of.ended_by_program()) throw_ended_transaction();
  throw transaction_error(errc::invalid_transaction,
                          "a statement or flush of this transaction has failed before, so that nothing more can be "
                          "done in it: it must be rolled back. Let that failure out of the closure, or run what may "
                          "fail in nested(), which is begin() again on a lease");
}

task<void> lease::execute(std::string script) { return ready().execute(std::move(script)); }

namespace {

std::string savepoint(int depth) { return "tupelo_" + std::to_string(depth); }

}  // namespace

task<void> lease::begin(transaction_start start) {
  detail::pooled_connection& c = ready();
  c.require_unused();
  if (c.depth == 0) {
    c.begun_to_read = start.mode == transaction_mode::deferred;
    c.forget_failure();
  }
  std::string text = c.depth == 0 ? sql_dialect().begin(start) : "SAVEPOINT " + savepoint(c.depth);
  if (c.driver().gains_by_groups()) {
    c.postpone(std::move(text));
  } else {
    co_await c.execute(std::move(text));
  }
  ++c.depth;
}

bool lease::gains_by_joined_commit() const noexcept {
  return connection_ && connection_->driver().gains_by_groups() && !connection_->driver().is_near();
}

void lease::require_transaction(std::string_view verb) const {
  if (connection().depth == 0) {
    throw transaction_error(errc::invalid_transaction,
                            std::string(verb) + "() outside of a transaction: begin() one first");
  }
}

task<void> lease::require_committable() {
  detail::pooled_connection& c = connection();
  c.cut_off_results(1);
  if (!c.usable() && ended_by_program()) throw_ended_transaction();
  if (!c.usable()) {
    throw connection_error(errc::connection_lost,
                           "the connection was lost before the transaction was committed: nothing of it is in the "
                           "database; run it again");
  }
  if (!transaction_failed()) co_return;
  const bool ended = ended_by_program();
  co_await rollback();
  if (ended) throw_ended_transaction();
  throw transaction_error(errc::invalid_transaction,
                          "a statement of this transaction has failed, so that it cannot be committed; it was rolled "
                          "back. Run what may fail in a savepoint: begin() again inside");
}

void lease::refused_commit(const std::exception_ptr& failure) {
  detail::pooled_connection& c = connection();
  // PostgreSQL ends the transaction where a deferred constraint fails; SQLite keeps it.
  if (!c.driver().in_transaction() && !c.postpones()) {
    c.depth = 0;
    if (c.usable()) c.hooks.roll_back(0);  // else nobody knows yet whether they are due
  }
  std::rethrow_exception(failure);
}

task<void> detail::two_step_commit::commit(lease& on) {
  on.require_transaction("commit");
  pooled_connection& c = on.free_connection();
  c.require_begun();
  if (c.depth > 1) {
    if (on.transaction_failed()) throw_failed_transaction(on);
    if (!c.take_back()) co_await c.execute("RELEASE " + savepoint(c.depth - 1));
    c.keep_results();
    c.hooks.release(c.depth--);
    co_return;
  }
  co_await on.require_committable();
  if (!c.take_back()) {
    std::exception_ptr failure;
    try {
      co_await c.execute("COMMIT");
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure && !c.usable()) throw_commit_unknown();
    if (failure) on.refused_commit(failure);
  }
  --c.depth;
}

detail::commit_hooks& detail::two_step_commit::hooks_of(lease& on) { return on.hooks(); }

task<void> detail::two_step_commit::run_hooks(lease& on) {
  if (on.in_transaction()) co_return;
  commit_hooks due = take_hooks(on);
  if (!due.empty()) co_await due.run();
}

detail::commit_hooks detail::two_step_commit::take_hooks(lease& on) noexcept {
  return on.holds_connection() ? std::exchange(on.hooks(), {}) : commit_hooks();
}

task<void> lease::commit() {
  co_await detail::two_step_commit::commit(*this);
  co_await detail::two_step_commit::run_hooks(*this);
}

task<void> lease::commit(statement_group& last) {
  require_transaction("commit");
  detail::pooled_connection& c = free_connection();
  co_await require_committable();
  std::exception_ptr failure;
  try {
    co_await c.run_group(last, "COMMIT");
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) refused_commit(failure);
  --c.depth;
}

task<void> lease::rollback() {
  require_transaction("rollback");
  detail::pooled_connection& c = free_connection();
  c.require_begun();
  c.cut_off_results(c.depth);
  const int depth = c.depth--;
  c.hooks.roll_back(depth);
  if (c.failed_depth > c.depth) c.failed_depth = 0;
  if (c.take_back()) co_return;
  // Some failures (a full disk, a deadlock) make the database end the whole transaction by itself. What is around a
  // savepoint has failed with it, as must_roll_back() finds.
  if (!c.driver().in_transaction()) co_return;
  if (depth == 1) {
    co_await c.execute_regardless("ROLLBACK");
    co_return;
  }
  std::exception_ptr failure;
  try {
    co_await c.execute_regardless("ROLLBACK TO " + savepoint(depth - 1) + "; RELEASE " + savepoint(depth - 1));
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  fail_transaction();  // what was to be undone is in what is around
  std::rethrow_exception(failure);
}

task<void> lease::rollback_after_failure() {
  try {
    if (in_transaction()) co_await rollback();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): what came first is what is to be known
  }
}

void lease::require_session() const {
  if (connection().driver().keeps_session()) return;
  throw query_error(errc::unsupported_feature,
                    "session_advisory_lock(): behind a pooler of transactions the next statement may have another "
                    "session; use advisory_lock() in a transaction, or a URL that leads to the server itself");
}

task<void> lease::session_advisory_lock(advisory_key key, advisory_mode mode) {
  require_session();
  return detail::advisory_lock(this, std::move(key), mode, detail::advisory_scope::session);
}

task<bool> lease::try_session_advisory_lock(advisory_key key, advisory_mode mode) {
  require_session();
  return detail::try_advisory_lock(this, std::move(key), mode, detail::advisory_scope::session);
}

task<bool> lease::session_advisory_unlock(advisory_key key, advisory_mode mode) {
  require_session();
  return detail::advisory_unlock(this, std::move(key), mode);
}

bool lease::in_transaction() const noexcept { return transaction_depth() > 0; }
bool lease::transaction_failed() const noexcept {
  return connection_ && (connection_->must_roll_back() || connection_->driver().transaction_failed());
}
bool lease::ended_by_program() const noexcept { return connection_ && connection_->is_ended_by_program(); }
void lease::fail_transaction() noexcept {
  if (ended_by_program()) return;  // a commit says that, and not that it was rolled back
  if (in_transaction() && connection_->failed_depth == 0) connection_->failed_depth = connection_->depth;
}
int lease::transaction_depth() const noexcept { return connection_ ? connection_->depth : 0; }

bool lease::try_run(statement_run& run, const task_context& context) {
  detail::pooled_connection& c = ready();
  if (!c.runs_inline()) return false;
  c.run_now(run, context);
  return true;
}

task<void> lease::run(statement_run& run) { return ready().run(run); }
task<void> lease::run_group(statement_group& group) { return ready().run_group(group); }

const event_registry* lease::listening() const noexcept {
  if (muted_) return nullptr;
  const event_registry* const events = pool_ != nullptr ? pool_->events() : nullptr;
  return events != nullptr && !events->empty() ? events : nullptr;
}
const dialect& lease::sql_dialect() const {
  connection();
  return pool_->sql_dialect();
}

task<lease> lease::acquire(std::source_location) {
  lease same(*pool_, &free_connection());
  same.owns_ = false;
  same.muted_ = muted_;
  co_return same;
}

}  // namespace tupelo
