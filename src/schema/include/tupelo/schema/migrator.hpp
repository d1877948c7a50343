// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/history.hpp>
#include <tupelo/schema/lint.hpp>
#include <tupelo/query/schema_operation.hpp>
#include <tupelo/core/task.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

class database;
class dialect;
struct model_schema;

namespace migrate {

enum class direction : std::uint8_t { up, down };

/// Follows an upgrade or downgrade, for a progress line. Called between statements, on the thread that runs them.
class observer {
public:
  virtual ~observer() = default;
  /// `index` counts from 0.
  virtual void started(std::string_view revision, direction way, std::size_t index, std::size_t count);
  virtual void finished(std::string_view revision, direction way, std::size_t index, std::size_t count,
                        std::int64_t duration_us);
  /// A backfill has written so many rows by now.
  virtual void filled(std::string_view revision, std::int64_t rows);
  /// Another run holds the lock; it is looked again until that one is done, or options::lock_wait_us have passed.
  virtual void locked_out(std::string_view owner, std::int64_t waited_us);
  /// The database, a file, was copied to this one, because what comes loses data.
  virtual void copied(std::string_view file);
  /// The run has failed and changed nothing, so that the copy was removed again.
  virtual void copy_removed(std::string_view file);
  /// It got no lock and was rolled back; after this time it is tried again, for the `attempt`-th time in all. Without a
  /// revision: what the database has is read, or dropped, around the migrations.
  virtual void waiting(std::string_view revision, std::uint32_t attempt, std::int64_t backoff_us);
};

struct options {
  options() = default;
  explicit options(const history& of) : migrations(&of) {}

  const history* migrations = nullptr;  ///< null: every migration linked into the program
  migrate::observer* watch = nullptr;
  bool take_over_lock = false;  ///< removes the lock that a run which died has left behind
  /// How long another run is waited for that comes no further: of many that begin at once one runs, and the others then
  /// see it done. A migration that is applied, a step outside of a transaction and a backfill's batch are further. One
  /// whose process is gone from this host is not waited for.
  /// Units: microseconds.
  std::int64_t lock_wait_us = 60'000'000;
  /// Upgrades may lose rows and values where no migration allows it by itself.
  bool allow_destructive = false;
  /// Before an upgrade loses what it may lose, a database that is a file (SQLite) is copied beside it.
  bool backup = true;
  std::string owner;    ///< who holds the lock; empty: its process and host
  std::string version;  ///< of the program, recorded beside each revision; empty: Tupelo's
  /// On PostgreSQL, how long a statement of a migration, or one that reads the schema around them, may wait for the
  /// lock of a table; 0: as long as the server lets it. While it waits, everybody who wants the table queues up behind
  /// it. A migration that does not get its locks is rolled back and tried again from its beginning, its C++ code
  /// included. Units: microseconds.
  std::int64_t lock_timeout_us = 5'000'000;
  std::uint32_t lock_retries = 10;               ///< how often it is tried again before it fails
  std::int64_t first_lock_backoff_us = 500'000;  ///< before the second attempt; doubles from one to the next
  std::int64_t longest_lock_backoff_us = 10'000'000;
  /// Plans and scripts: each migration looks whether it has been applied, so that the whole may be run twice.
  bool idempotent = false;
};

/// One migration that was run, or that would be.
struct step {
  std::string revision;
  direction way = direction::up;
  std::int64_t duration_us = 0;         ///< of one that was run
  std::vector<std::string> statements;  ///< SQL, of a plan; C++ code and what only the database knows are comments
};

struct report {
  std::vector<step> steps;           ///< in the order they ran
  std::vector<std::string> applied;  ///< every revision that is applied now, in order
  std::string backup;                ///< the copy that was made before data was lost; empty: none was
};

enum class state : std::uint8_t {
  pending,  ///< not applied
  applied,
  edited,   ///< applied, and its file does something else now
  missing,  ///< applied, and there is no such file
};
std::string_view name_of(state s) noexcept;

struct revision_status {
  std::string revision;
  std::vector<std::string> parents;
  std::vector<std::string> labels;
  state now = state::pending;
  bool head = false;            ///< no other migration comes after it
  std::int64_t applied_us = 0;  ///< UTC, microseconds since the epoch; 0: not applied
  std::int64_t duration_us = 0;
  std::string version;
  std::string file;
};

struct lock_status {
  std::string owner;
  std::int64_t acquired_us = 0;  ///< UTC, microseconds since the epoch
  bool gone = false;             ///< its process, of this host, is known to be no more
};

/// A migration that runs outside of a transaction and has not come to its end.
struct half_done {
  std::string revision;
  direction way = direction::up;
  std::int64_t done = 0;      ///< so many of its steps
  std::int64_t count = 0;     ///< of so many
  std::string next;           ///< what the next step does
  bool begun = false;         ///< the next one was begun outside of any transaction: nobody knows whether it was done
  std::int64_t since_us = 0;  ///< UTC, microseconds since the epoch

  /// "2 of 5 steps of its way up are done; next: …"
  std::string describe() const;
};

struct status_report {
  std::vector<revision_status> revisions;  ///< in order; missing ones first
  std::vector<std::string> current;        ///< applied revisions that no applied one comes after; usually one
  std::vector<half_done> halves;           ///< at most one
  bool locked = false;
  lock_status lock;

  bool up_to_date() const noexcept;
  std::size_t count(state s) const noexcept;
};

/// Applies what `target` asks for: "head", a revision or the beginning of one, "+n". Each migration has a transaction
/// of its own; it, its record and nothing else is rolled back when it fails. Errors: migration_error: migration_failed
/// says which revision failed at which statement and which are applied now; migration_locked who is at work;
/// migration_destructive names what would be lost, migration_edited, migration_missing, migration_heads,
/// unknown_revision, invalid_migration before anything was changed. Owns: nothing; the database, `opts.migrations` and
/// `opts.watch` outlive the task. Cancel: the running migration is rolled back; those before it stay applied.
task<report> upgrade(database& db, std::string target = "head", options opts = {});

/// Takes back what lies above `target`: a revision or the beginning of one, "base", "-n".
/// Errors: as upgrade; migration_irreversible before anything was changed.
task<report> downgrade(database& db, std::string target = "-1", options opts = {});

/// What upgrade and downgrade would run, without changing anything: nothing is written, not even the state table.
task<report> plan_upgrade(database& db, std::string target = "head", options opts = {});
task<report> plan_downgrade(database& db, std::string target = "-1", options opts = {});

/// The same for a database that is not asked: of this dialect, and at the revision `from`, or "base". Its state tables
/// are made where it is at base.
/// Errors: as upgrade and downgrade, save those of a database; query_error (unsupported_feature) for
/// options::idempotent where the database has no statements that run on a condition.
report upgrade_script(const dialect& of, std::string_view from, std::string_view target = "head",
                      const options& opts = {});
report downgrade_script(const dialect& of, std::string_view from, std::string_view target = "-1",
                        const options& opts = {});

/// What the rules of `lint` say to what upgrade and downgrade would run. Tables that the same run makes hold nothing.
/// Errors: as upgrade and downgrade, save migration_locked and migration_destructive.
task<std::vector<lint_finding>> lint_upgrade(database& db, std::string target = "head", options opts = {});
task<std::vector<lint_finding>> lint_downgrade(database& db, std::string target = "-1", options opts = {});

/// Every revision and whether it is applied, edited, missing. Writes nothing.
/// Errors: migration_error (invalid_migration) for a history that cannot be replayed; database_error.
task<status_report> status(database& db, options opts = {});

/// Records the revision and all before it as applied, and those after it as not, without running anything; checksums
/// become those of the files as they are. "head", "base", a revision or the beginning of one. Errors: migration_locked,
/// migration_heads, unknown_revision.
task<report> stamp(database& db, std::string target = "head", options opts = {});
/// The SQL that stamp would run, without changing anything. Errors: as stamp, save migration_locked.
task<std::vector<std::string>> stamp_text(database& db, std::string target = "head", options opts = {});

/// Drops everything in the database's schema, then applies all migrations. What belongs to no schema stays, and so do
/// extensions that are another role's or that other schemas use.
/// Errors: as upgrade. Everything in the database is gone, whatever happens after.
task<report> fresh(database& db, options opts = {});

struct fresh_plan {
  std::vector<std::string> drops;   ///< a statement for each thing that goes
  std::vector<std::string> script;  ///< the same with what surrounds them, to be run before the steps
  report upgrade;
};
/// What fresh would run, without changing anything. Errors: as upgrade, save migration_locked.
task<fresh_plan> plan_fresh(database& db, options opts = {});

struct verification {
  std::vector<schema_operation> drift;  ///< what would make the live schema the recorded one
  std::vector<std::string> broken;      ///< what the revisions that the database is at promise, and is not so
  std::vector<std::string> objects;     ///< what changed beside tables since then: "gone policy own_rows on users"
  bool objects_recorded = false;        ///< what to compare those with; false: they were not (`object_drift`)
  bool holds() const noexcept { return drift.empty() && broken.empty() && objects.empty(); }
};
/// Whether the database is what its migrations say: the schema that they record, and what the last of them require
/// behind their last change. Errors: as drift.
task<verification> verify(database& db, options opts = {});

struct repair_options {
  bool checksums = true;  ///< files that were edited after they were applied are right as they are
  bool missing = true;    ///< applied revisions that the program does not have are forgotten
  bool half_done =
      true;  ///< what is done of a migration that stopped half-way is left to you: it counts as not applied
  bool step_done = false;  ///< the step that was under way when it stopped was done; `half_done` is not meant then
};
/// What the state tables need, as it would be said: `record 1_users as its file is now`. Writes nothing.
/// Errors: migration_error (invalid_migration); database_error.
task<std::vector<std::string>> plan_repair(database& db, repair_options what = {}, options opts = {});
/// Does so, under the lock: `opts.take_over_lock` removes a stale one. Changes nothing but the state tables.
/// Errors: as plan_repair; migration_locked.
task<std::vector<std::string>> repair(database& db, repair_options what = {}, options opts = {});

/// What `db diff` says of tables: the operations that turn the live database into what the migrations applied to it
/// have built. `drift_of_objects` has what is no table. Errors: migration_missing, invalid_migration; database_error.
task<std::vector<schema_operation>> drift(database& db, options opts = {});

/// The operations that turn a live database, whoever made it, into what the models ask for; empty: they agree as far as
/// the database can tell. Names that the models do not give, and widths that the database does not keep, are no
/// difference.
task<std::vector<schema_operation>> compare(database& db, model_schema models);

// ---- without a database

/// The schema that the migrations build: all of them, or those up to a revision.
/// Errors: migration_error: invalid_migration naming the revision, migration_heads, unknown_revision.
schema_definition recorded_schema(const history& migrations, std::string_view target = "head");

/// What the models want and the migrations have not built; empty: in step. What `db migrate` writes and `db check`
/// reports.
std::vector<schema_operation> check(const model_schema& models, const history& migrations);

/// The checksum that is recorded when the revision is applied: it changes when `up` or `down` record something else,
/// not with comments, names or layout of the file.
std::string checksum(const history& migrations, std::string_view revision);

}  // namespace migrate
}  // namespace tupelo
