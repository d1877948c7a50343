// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/migrator.hpp>
#include <tupelo/engine/lease.hpp>
#include <tupelo/query/ddl.hpp>
#include <tupelo/core/task.hpp>
#include <tupelo/core/timestamp.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

inline constexpr std::string_view revisions_table = "tupelo_migrations";
inline constexpr std::string_view lock_table = "tupelo_migration_lock";
inline constexpr std::string_view progress_table = "tupelo_migration_progress";

/// A row of tupelo_migrations: one applied revision.
struct recorded_revision {
  std::string revision;
  std::string checksum;
  timestamp applied_at;
  std::int64_t duration_us = 0;
  std::string version;
  std::string parents;  ///< joined by ", "
};

/// The row of tupelo_migration_lock.
struct recorded_lock {
  std::string owner;
  timestamp acquired_at;
  bool operator==(const recorded_lock&) const = default;
};

/// The row of tupelo_migration_progress: a migration outside of a transaction that is under way, or stopped.
struct recorded_progress {
  std::string revision;
  bool up = true;
  std::int64_t done = 0;   ///< steps
  std::int64_t count = 0;  ///< of so many
  bool begun = false;      ///< the next step was begun outside of any transaction, and cannot be seen in the database
  std::string next;        ///< what it does
  std::string checksum;    ///< of the steps that are done
  timestamp since;
};

/// What the database remembers about migrations.
struct recorded_state {
  bool tables_exist = false;
  std::vector<recorded_revision> revisions;  ///< in the order they were applied
  std::optional<recorded_lock> lock;
  std::optional<recorded_progress> progress;
  /// Revisions whose rows stand for that of another one, which replaces them; `revisions` has that one instead.
  std::vector<std::string> replaced;
  std::vector<recorded_revision> adopted;  ///< the ones that replace them

  std::vector<std::string> applied() const;
  const recorded_revision* find(std::string_view revision) const noexcept;
};

table_definition revisions_table_definition();
table_definition lock_table_definition();
table_definition progress_table_definition();

/// Whether it is a quality of a table that migrations keep for themselves.
bool is_of_migrations(const schema_object& one);

enum class described : std::uint8_t { tables, everything };

/// Every table, also those that migrations keep for themselves; the other objects when they are asked for; of another
/// schema than the current one where it is named. A table that somebody has for himself alone is waited for so long;
/// 0: as long as the server lets it; unless said as introspect() does.
/// Errors: busy_error when it took longer. Units: microseconds.
task<schema_definition> introspect_all(lease& connection, described what = described::tables, std::string of = {},
                                       std::optional<std::int64_t> lock_timeout_us = std::nullopt);
/// Without what migrations keep for themselves.
schema_definition without_own(schema_definition schema);
/// The names of all tables. Waits for nobody.
task<std::vector<std::string>> read_table_names(lease& connection);

/// Begins a transaction that only one migration run at a time is in; it waits for the others.
task<void> begin_alone(lease& connection);
/// The statements that begin it, to read.
std::vector<std::string> begin_alone_texts(const dialect& sql);
/// What makes both tables.
std::vector<std::string> state_tables_texts(const schema_dialect& rules);

/// Writes nothing. Errors: database_error.
task<recorded_state> read_state(lease& connection);
task<void> create_state_tables(lease& connection);

/// How this process signs the locks that it takes: "process 1234 on host (pid:[4026531836])".
std::string owner_of_locks();
/// Errors: migration_error (migration_locked) saying who holds it since when and what to do.
task<void> take_lock(lease& connection, recorded_lock mine, bool take_over);

/// Whether it is known that the holder, "process 1234 on host (pid:[4026531836])", is no more.
bool is_gone(const recorded_lock& lock);
/// The same, and waits until nobody else holds it, as long as the options say; anew whenever the other run has come
/// further in that time.
task<void> wait_for_lock(lease& connection, recorded_lock mine, migrate::options opts);
task<void> give_up_lock(lease& connection, recorded_lock mine);
/// Keeps it for the transaction that is open. Errors: migration_error (migration_locked) when somebody else has taken
/// it over.
task<void> require_lock(lease& connection, recorded_lock mine);

task<void> record_revision(lease& connection, recorded_revision row);
task<void> forget_revision(lease& connection, std::string revision);

/// Makes the table where it is not there: few databases ever need it.
task<void> create_progress_table(lease& connection);
/// Before: the table is there.
task<std::optional<recorded_progress>> read_progress(lease& connection);
/// Before: a transaction is open.
task<void> write_progress(lease& connection, recorded_progress row);
/// How far the step has come that is under way.
task<void> write_next(lease& connection, std::string revision, std::string next);
task<void> forget_progress(lease& connection);

/// The same as SQL to read: `INSERT INTO …;`
std::string record_revision_text(const recorded_revision& row);
std::string forget_revision_text(std::string_view revision);
inline constexpr const char* forget_progress_text = "DELETE FROM tupelo_migration_progress";

}  // namespace tupelo
