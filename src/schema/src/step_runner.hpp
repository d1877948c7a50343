// SPDX-License-Identifier: Apache-2.0
#pragma once

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
/// Runs such steps; those that a former attempt has done are passed over.
task<void> run_steps_outside(lease& connection, const std::vector<recorded_step>& steps, schema_definition before,
                             run_position& position);

/// The same as SQL to read; code is a comment.
std::vector<std::string> steps_text(const schema_dialect& rules, const std::vector<recorded_step>& steps,
                                    schema_definition before);

}  // namespace tupelo
