// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "state_tables.hpp"
#include "step_runner.hpp"

#include <tupelo/schema/history.hpp>
#include <tupelo/schema/lint.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/core/task.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// One migration about to be run up or down, recorded against the schema as it will be then.
struct prepared_migration {
  const migration* of = nullptr;
  migrate::direction way = migrate::direction::up;
  std::vector<recorded_step> steps;
  schema_definition before;
  bool outside = false;   ///< it says that it runs outside of a transaction, or has stopped half-way there
  recorded_revision row;  ///< to be written, of one that goes up
  std::vector<lint_finding> findings;
};

/// An upgrade or downgrade with everything that can be known beforehand: which migrations, what each does.
/// Errors of making one: see migrate::upgrade and migrate::downgrade, "before anything was changed".
struct prepared_run {
  std::vector<prepared_migration> migrations;
};
prepared_run prepare_upgrade(const history& all, std::string_view target, const recorded_state& state,
                             const std::string& version, const lint_options& rules);
prepared_run prepare_downgrade(const history& all, std::string_view target, const recorded_state& state,
                               const lint_options& rules);

/// As a row keeps the parents of its revision: "a, b".
std::string joined_names(const std::vector<std::string_view>& revisions);
/// What is remembered of these revisions, once they are applied; not when that was.
std::vector<recorded_revision> rows_of(const history& all, const std::vector<std::string_view>& path,
                                       const std::string& version);

/// Takes a migration for applied where the last of those that it replaces is; the rows of those go. `strictly`: where
/// only others of them are applied, that is an error: migration_missing.
void adopt_replacements(const history& all, recorded_state& state, bool strictly);
/// Writes what was adopted, in the transaction that is open.
task<void> record_replacements(lease& connection, recorded_state state);

/// Errors: migration_error (migration_destructive) naming every step that loses data and is not allowed.
void require_harmless(const prepared_run& run);

/// Errors: migration_error (migration_edited) naming every applied revision whose checksum is another now.
void require_unedited(const history& all, const recorded_state& state);

/// Applied revisions in the order of the history; those that are not in it first.
std::vector<std::string> in_order(const history& all, const std::vector<std::string>& applied);

/// Runs them one after the other, each in a transaction of its own; again where it could not get its locks.
/// Errors: migration_error (migration_failed, migration_locked); cancelled and timed_out as they are.
task<migrate::report> execute_run(lease& connection, const history& all, prepared_run run, recorded_lock mine,
                                  migrate::options opts);

/// What limits how long a statement of a transaction waits; nothing where there is no limit, or where the database
/// knows none.
std::vector<std::string> lock_timeout_texts(const schema_dialect& rules, std::int64_t lock_timeout_us);

/// The whole run as SQL to read or to run elsewhere; `state` decides whether the state tables have to be made.
/// Errors: migration_error (migration_failed) where a migration has stopped half-way; query_error (unsupported_feature)
/// where the script is to be one that can be run twice, and the database has none.
migrate::report run_text(const dialect& sql, const history& all, const prepared_run& run, const recorded_state& state,
                         const migrate::options& opts);
/// The same with settings as they are on this connection. Writes nothing.
task<migrate::report> run_text(lease& connection, const history& all, prepared_run run, recorded_state state,
                               migrate::options opts);

}  // namespace tupelo
