// SPDX-License-Identifier: Apache-2.0
#include "any_connection.hpp"

#include "connection_pool.hpp"
#include "read_retry.hpp"

#include "tupelo/core/error.hpp"

#include <exception>
#include <optional>
#include <utility>

namespace tupelo::detail {

namespace {

struct returned {
  connection_pool& pool;
  pooled_connection* connection;
  ~returned() { pool.give_back(connection); }
};

bool is_query(const query_core& core) noexcept { return op_of(core.shape.data()[0]) == op::select_from; }

}  // namespace

bool try_run_on_any(connection_pool& pool, statement_run& run, const task_context& context) {
  if (!pool.runs_inline()) return false;
  try {
    pooled_connection* connection = pool.try_acquire(context);
    if (!connection) return false;
    const returned back{pool, connection};
    connection->run_now(run, context);
    return true;
  } catch (const connection_error&) {
    statement_run* const only = &run;
    if (!may_be_retried(pool, {&only, 1}, std::current_exception())) throw;
    run.lost = std::current_exception();
    return false;
  }
}

task<void> run_on_any(connection_pool& pool, statement_run& run) {
  std::optional<read_retry> retry;
  for (;;) {
    std::exception_ptr failure = std::exchange(run.lost, nullptr);
    if (!failure) {
      try {
        if (pool.shared().enabled() && is_query(run.core) && co_await pool.shared().run(run)) co_return;
        pooled_connection* connection = pool.take_hot();
        if (!connection) connection = co_await pool.acquire();
        const returned back{pool, connection};
        co_await back.connection->run(run);
        co_return;
      } catch (const connection_error&) {
        failure = std::current_exception();
      }
    }
    statement_run* const only = &run;
    co_await before_next_attempt(pool, {&only, 1}, std::move(failure), retry);
  }
}

task<void> run_group_on_any(connection_pool& pool, statement_group& group) {
  std::optional<read_retry> retry;
  for (;;) {
    std::exception_ptr failure;
    for (std::size_t i = 0; i != group.count; ++i) {
      if (std::exception_ptr lost = std::exchange(group.runs[i]->lost, nullptr)) failure = std::move(lost);
    }
    if (!failure) {
      try {
        pooled_connection* connection = pool.take_hot();
        if (!connection) connection = co_await pool.acquire();
        const returned back{pool, connection};
        co_await back.connection->run_group(group);
        co_return;
      } catch (const connection_error&) {
        failure = std::current_exception();
      }
    }
    co_await before_next_attempt(pool, group, std::move(failure), retry);
  }
}

}  // namespace tupelo::detail
