// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "state_tables.hpp"

#include <tupelo/schema/migration_record.hpp>
#include <tupelo/engine/lease.hpp>
#include <tupelo/core/task.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace tupelo {

/// What a migration was doing when it failed.
struct run_position {
  std::string statement;  ///< empty: C++ code, or the transaction itself
  std::size_t step = 0;   ///< counts from 1; 0: before the first
  bool code = false;
  bool outside = false;       ///< of any transaction: what was done before stays
  bool begun_before = false;  ///< a former attempt had begun this step, and nobody knows whether it was done
};

/// The schema changes among the steps; what the frame of their transaction depends on.
std::vector<schema_operation> operations_of(const std::vector<recorded_step>& steps);

/// Runs the steps inside the transaction that is open. Neighbouring schema changes are rendered together.
task<void> run_steps(lease& connection, const std::vector<recorded_step>& steps, schema_definition before,
                     run_position& position);

/// Runs what a change of the schema is made of.
task<void> run_changes(lease& connection, const std::vector<ddl_statement>& statements, run_position& position);
/// Runs a migration's code, in the transaction that is open. Errors: migration_error (invalid_migration) where it ended
/// that one or left its own.
task<void> run_code(lease& connection, detail::migration_code& code, run_position& position);
/// Errors: migration_error (migration_failed) with the message of what does not hold.
task<void> check_state(lease& connection, const required_state& required);

/// Whether the migration's steps are done outside of a transaction: all of them, or none. `asked`: the migration says
/// so.
bool runs_outside(const dialect& of, const std::vector<recorded_step>& steps, bool asked);
/// Who runs them, and who is told.
struct outside_run {
  recorded_lock mine;
  std::int64_t lock_timeout_us = 0;  ///< of each transaction
  migrate::observer* watch = nullptr;
  std::string_view revision{};
  bool up = true;
};
/// Errors: migration_error: migration_failed where another migration has stopped half-way, migration_edited where this
/// one has, and its first steps were other ones then.
void require_resumable(const recorded_progress& former, std::string_view revision, bool up,
                       const std::vector<recorded_step>& steps);
/// Runs such steps, and records which are done; those that a former attempt has done are passed over.
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
