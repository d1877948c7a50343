// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/statement.hpp"
#include "tupelo/core/task.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <source_location>

namespace tupelo {

/// One statement on its way to a connection, and what came of it.
struct statement_run {
  statement_run() noexcept = default;
  explicit statement_run(query_core&& made) noexcept : core(static_cast<query_core&&>(made)) {}
  explicit statement_run(const query_core& made) noexcept : core(made) {}
  statement_run(op statement, const model_spec& model) noexcept : core(statement, model) {}

  query_core core;  ///< finished: query_core::finish was called
  row_sink sink;
  const void* const* objects = nullptr;  ///< whose fields are bound
  std::uint32_t fetch = 0;               ///< rows at most; 0: all
  std::uint32_t owners = 0;              ///< of a relation that is loaded: of how many keys
  std::source_location from{};           ///< the call in the program that runs it, where it is known; else line 0

  std::uint64_t row_count = 0;
  std::int64_t affected = 0;
  std::int64_t last_insert_id = 0;
  bool done = false;        ///< of a group: it was run to its end
  std::exception_ptr lost;  ///< try_run met a failure after which `run` is to try again
};

/// Statements on their way to one connection as one unit, and where it ended. Each is of use until its group is over.
struct statement_group {
  statement_run* const* runs = nullptr;
  std::size_t count = 0;
  std::size_t failed = 0;  ///< the first that failed; `count`: none of them
};

/// Who runs queries: a database (any connection), a lease (its own connection), a session (its transaction, if one is
/// open).
class query_source {
public:
  query_source() = default;
  query_source(const query_source&) = delete;
  query_source& operator=(const query_source&) = delete;

  /// Runs the statement before it returns when that needs no waiting: the database executes inline and a connection is
  /// free. False: nothing happened, await `run`. Errors: those of the statement.
  virtual bool try_run(statement_run& run, const task_context& context) = 0;
  /// Runs the statement. `run` must outlive the task. Errors: those of the statement; pool_exhausted, cancelled,
  /// timed_out.
  virtual task<void> run(statement_run& run) = 0;
  /// Runs the statements in order, in as few round trips as the database allows, and stops at the first that fails.
  /// Outside a transaction all of them or none. What the group points to must outlive the task. Errors: those of the
  /// statement that failed; as run.
  virtual task<void> run_group(statement_group& group) = 0;
  virtual bool in_transaction() const noexcept = 0;
  /// What is run from here on belongs to a unit of work: a session begins its transaction if none is open, all others
  /// do nothing. Errors: as run.
  virtual task<void> begin_unit();
  virtual const dialect& sql_dialect() const = 0;
  /// Who is told of what is written here; null: nobody.
  virtual const class event_registry* listening() const noexcept = 0;
  /// A connection that stays the same from the first statement of a stream to its last. `from` is who is told of when
  /// it is held too long.
  virtual task<class lease> acquire(std::source_location from = std::source_location::current()) = 0;

protected:
  ~query_source() = default;
};

namespace detail {

/// Who runs what a verb does, and which call in the program that is, where it is known; else line 0.
struct verb_call {
  verb_call(query_source* runs, std::source_location calls = {}) noexcept  // NOLINT(*-explicit-*)
      : source(runs), from(calls) {}

  query_source* source;
  std::source_location from;
};

}  // namespace detail

}  // namespace tupelo
