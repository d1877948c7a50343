// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/lease.hpp"

#include "connection_pool.hpp"

#include "tupelo/core/error.hpp"

#include <utility>

namespace tupelo {

lease::lease() noexcept = default;
lease::lease(detail::connection_pool& pool, detail::pooled_connection* connection) noexcept
    : pool_(&pool), connection_(connection), owns_(true) {}
lease::lease(lease&& other) noexcept
    : pool_(other.pool_),
      connection_(std::exchange(other.connection_, nullptr)),
      owns_(std::exchange(other.owns_, false)) {}
lease& lease::operator=(lease&& other) noexcept {
  release();
  pool_ = other.pool_;
  connection_ = std::exchange(other.connection_, nullptr);
  owns_ = std::exchange(other.owns_, false);
  return *this;
}
lease::~lease() { release(); }

void lease::release() noexcept {
  if (connection_ && owns_) pool_->give_back(connection_);
  connection_ = nullptr;
  owns_ = false;
}

detail::pooled_connection& lease::connection() const {
  if (!connection_)
    throw transaction_error(errc::invalid_transaction, "this lease has no connection: it was released or moved from");
  return *connection_;
}

task<void> lease::execute(std::string script) { return connection().execute(std::move(script)); }

namespace {

std::string savepoint(int depth) { return "tupelo_" + std::to_string(depth); }

}  // namespace

task<void> lease::begin(transaction_mode mode) {
  detail::pooled_connection& c = connection();
  co_await c.execute(c.depth == 0 ? sql_dialect().begin(mode) : "SAVEPOINT " + savepoint(c.depth));
  ++c.depth;
}

task<void> lease::commit() {
  detail::pooled_connection& c = connection();
  if (c.depth == 0)
    throw transaction_error(errc::invalid_transaction, "commit() outside of a transaction: begin() one first");
  co_await c.execute(c.depth == 1 ? std::string("COMMIT") : "RELEASE " + savepoint(c.depth - 1));
  --c.depth;
}

task<void> lease::rollback() {
  detail::pooled_connection& c = connection();
  if (c.depth == 0)
    throw transaction_error(errc::invalid_transaction, "rollback() outside of a transaction: begin() one first");
  const int depth = c.depth--;
  // Some failures (a full disk, a deadlock) make the database end the whole transaction by itself.
  if (!c.driver().in_transaction()) {
    c.depth = 0;
    co_return;
  }
  if (depth == 1) {
    co_await c.execute_regardless("ROLLBACK");
  } else {
    co_await c.execute_regardless("ROLLBACK TO " + savepoint(depth - 1) + "; RELEASE " + savepoint(depth - 1));
  }
}

bool lease::in_transaction() const noexcept { return transaction_depth() > 0; }
int lease::transaction_depth() const noexcept { return connection_ ? connection_->depth : 0; }

bool lease::try_run(statement_run& run, const task_context& context) {
  detail::pooled_connection& c = connection();
  if (!c.runs_inline()) return false;
  c.run_now(run, context);
  return true;
}

task<void> lease::run(statement_run& run) { return connection().run(run); }

const dialect& lease::sql_dialect() const {
  connection();
  return pool_->sql_dialect();
}

task<lease> lease::acquire() {
  lease same(*pool_, &connection());
  same.owns_ = false;
  co_return same;
}

}  // namespace tupelo
