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
};

/// What the database remembers about migrations.
struct recorded_state {
  bool tables_exist = false;
  std::vector<recorded_revision> revisions;  ///< in the order they were applied
  std::optional<recorded_lock> lock;

  std::vector<std::string> applied() const;
  const recorded_revision* find(std::string_view revision) const noexcept;
};

table_definition revisions_table_definition();
table_definition lock_table_definition();

/// Every table, also those that migrations keep for themselves.
task<schema_definition> introspect_all(lease& connection);

/// Begins a transaction that only one migration run at a time is in; it waits for the others.
task<void> begin_alone(lease& connection);
/// The statements that begin it, to read.
std::vector<std::string> begin_alone_texts(const dialect& sql);
/// What makes both tables.
std::vector<std::string> state_tables_texts(const schema_dialect& rules);

/// Writes nothing. Errors: database_error.
task<recorded_state> read_state(lease& connection);
task<void> create_state_tables(lease& connection);

/// Errors: migration_error (migration_locked) saying who holds it since when and what to do.
task<void> take_lock(lease& connection, recorded_lock mine, bool take_over);
task<void> give_up_lock(lease& connection, recorded_lock mine);
/// Keeps it for the transaction that is open. Errors: migration_error (migration_locked) when somebody else has taken
/// it over.
task<void> require_lock(lease& connection, recorded_lock mine);

task<void> record_revision(lease& connection, recorded_revision row);
task<void> forget_revision(lease& connection, std::string revision);

/// The same as SQL to read: `INSERT INTO …;`
std::string record_revision_text(const recorded_revision& row);
std::string forget_revision_text(std::string_view revision);

}  // namespace tupelo
