// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "state_tables.hpp"

#include <tupelo/schema/migration_record.hpp>
#include <tupelo/engine/lease.hpp>
#include <tupelo/core/task.hpp>

#include <string>
#include <vector>

namespace tupelo {

/// What a migration was doing when it failed.
struct run_position {
  std::string statement;  ///< empty: C++ code, or the transaction itself
  std::size_t step = 0;   ///< counts from 1; 0: before the first
  bool code = false;
  bool outside = false;  ///< of any transaction: what was done before stays
};

/// The schema changes among the steps; what the frame of their transaction depends on.
std::vector<schema_operation> operations_of(const std::vector<recorded_step>& steps);

/// Runs the steps inside the transaction that is open. Neighbouring schema changes are rendered together.
task<void> run_steps(lease& connection, const std::vector<recorded_step>& steps, schema_definition before,
                     run_position& position);

/// Whether the migration's steps are done outside of a transaction: all of them, or none.
bool runs_outside(const dialect& of, const std::vector<recorded_step>& steps);
/// Who runs them, and who is told.
struct outside_run {
  recorded_lock mine;
  std::vector<std::string> lock_timeout;  ///< statements at the beginning of each transaction
  migrate::observer* watch = nullptr;
  std::string_view revision{};
};
/// Runs such steps; those that a former attempt has done are passed over.
task<void> run_steps_outside(lease& connection, const std::vector<recorded_step>& steps, schema_definition before,
                             outside_run by, run_position& position);

/// Batch after batch along the key, each in a transaction that holds the lock.
task<void> run_backfill(lease& connection, backfill_step step, outside_run by, run_position& position);
/// The same as one statement to read.
std::string backfill_text(const backfill_step& step);

/// The same as SQL to read; code is a comment.
std::vector<std::string> steps_text(const schema_dialect& rules, const std::vector<recorded_step>& steps,
                                    schema_definition before);

}  // namespace tupelo
