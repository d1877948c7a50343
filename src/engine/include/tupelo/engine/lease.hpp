// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/verbs.hpp"

#include <string>
#include <string_view>

namespace tupelo {

namespace detail {
class pooled_connection;
class connection_pool;
}  // namespace detail

/// One connection of the pool for exclusive use. Goes back at destruction; a transaction that is still open is rolled
/// back.
///
/// Threads: used by one coroutine at a time. It must not outlive its database.
class lease final : public query_source, public query_verbs<lease> {
public:
  lease() noexcept;
  lease(detail::connection_pool& pool, detail::pooled_connection* connection) noexcept;
  lease(lease&& other) noexcept;
  lease& operator=(lease&& other) noexcept;
  ~lease();

  bool holds_connection() const noexcept { return connection_ != nullptr; }
  /// Gives the connection back early.
  void release() noexcept;

  /// Runs one or several statements without parameters.
  task<void> execute(std::string script);

  /// Begins a transaction; inside of one, a savepoint. `commit` and `rollback` end the innermost.
  /// Errors: transaction_error (invalid_transaction) for commit and rollback outside of one.
  task<void> begin(transaction_mode mode = transaction_mode::immediate);
  task<void> commit();
  task<void> rollback();
  bool in_transaction() const noexcept;
  /// 0 outside a transaction, 1 in one, more in savepoints.
  int transaction_depth() const noexcept;

  bool try_run(statement_run& run, const task_context& context) override;
  task<void> run(statement_run& run) override;
  const dialect& sql_dialect() const override;
  /// A lease of the same connection, for streams; it gives nothing back.
  task<lease> acquire() override;

private:
  friend class detail::row_stream_core;
  detail::pooled_connection& connection() const;
  task<void> end(std::string_view verb);

  detail::connection_pool* pool_ = nullptr;
  detail::pooled_connection* connection_ = nullptr;
  bool owns_ = false;
};

}  // namespace tupelo
