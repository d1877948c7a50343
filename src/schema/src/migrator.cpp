// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/migrator.hpp"

#include "locked_run.hpp"
#include "migration_run.hpp"
#include "object_record.hpp"
#include "patience.hpp"
#include "replay.hpp"
#include "shielded.hpp"

#include "tupelo/schema/file_copy.hpp"
#include "tupelo/schema/introspect.hpp"
#include "tupelo/schema/live_diff.hpp"
#include "tupelo/schema/models.hpp"
#include <tupelo/engine/database.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

namespace tupelo::migrate {
namespace {

/// Whether rows or values go, be it allowed.
bool loses_data(const prepared_run& run) {
  return std::any_of(run.migrations.begin(), run.migrations.end(), [](const prepared_migration& m) {
    return m.way == direction::up && std::any_of(m.findings.begin(), m.findings.end(), [](const lint_finding& found) {
             return found.rule->kind == hazard::destructive;
           });
  });
}

/// Whether a run that failed has left everything as it was. False where that cannot be asked.
task<bool> is_still_at(lease& connection, const std::vector<std::string>& applied) {
  try {
    const recorded_state now = co_await read_state(connection);
    const std::vector<std::string> names = now.applied();
    co_return !now.progress && std::is_permutation(names.begin(), names.end(), applied.begin(), applied.end());
  } catch (...) {
    co_return false;  // the run's own failure is told
  }
}

bool remove_copy(const std::string& file) {
  std::error_code kept;
  return std::filesystem::remove(file, kept);
}

/// Everything that is going to be refused is refused here, before the first write.
template <class Prepare>
task<report> run(database& db, options opts, Prepare prepare) {
  const chosen_history all(db, opts);
  lease connection = co_await db.acquire();
  const lint_options rules(connection.sql_dialect().features());
  recorded_state state = co_await read_state(connection);
  adopt_replacements(*all, state, true);
  prepared_run planned = prepare(*all, state, rules);
  if (planned.migrations.empty() && state.replaced.empty()) {
    report nothing;
    nothing.applied = in_order(*all, state.applied());
    co_return nothing;
  }
  report result =
      co_await under_lock(connection, opts, state.tables_exist, [&](const recorded_lock& mine) -> task<report> {
        // Another run may have ended between the first look and the lock.
        recorded_state now = co_await read_state(connection);
        const std::vector<std::string> as_recorded = now.applied();
        adopt_replacements(*all, now, true);
        if (!now.replaced.empty()) {
          co_await in_transaction(connection, [&]() -> task<void> { co_await record_replacements(connection, now); });
        }
        const std::vector<std::string> before = now.applied();
        prepared_run certain = prepare(*all, now, rules);
        const live_objects objects = co_await patiently_around(
            opts, "what the database has beside its tables could not be read", "nothing was changed",
            [&] { return read_live_objects(connection, opts.lock_timeout_us); });
        std::string copy;
        if (opts.backup && loses_data(certain)) copy = co_await copy_beside(connection);
        if (!copy.empty() && opts.watch != nullptr) opts.watch->copied(copy);
        report done;
        std::exception_ptr failure;
        try {
          done = co_await execute_run(connection, *all, std::move(certain), mine, opts);
        } catch (...) {
          failure = std::current_exception();
        }
        if (failure) {
          if (!copy.empty() && co_await is_still_at(connection, before) && remove_copy(copy) && opts.watch != nullptr)
            opts.watch->copy_removed(copy);
          std::rethrow_exception(failure);
        }
        done.backup = std::move(copy);
        co_await patiently_around(
            opts, "what the database has beside its tables could not be recorded",
            "the migrations are applied; until the next one, or `db stamp`, nobody can say what has changed there",
            [&] {
              return in_transaction(connection, [&]() -> task<void> {
                co_await record_objects(connection, objects, as_recorded, done.applied, opts.lock_timeout_us);
              });
            });
        co_return done;
      });
  co_return result;
}

template <class Prepare>
task<report> plan(database& db, options opts, Prepare prepare) {
  const chosen_history all(db, opts);
  lease connection = co_await db.acquire();
  recorded_state state = co_await read_state(connection);
  adopt_replacements(*all, state, true);
  prepared_run planned = prepare(*all, state, lint_options(connection.sql_dialect().features()));
  report text = co_await run_text(connection, *all, std::move(planned), std::move(state), opts);
  co_return text;
}

template <class Prepare>
task<std::vector<lint_finding>> lint_run(database& db, options opts, Prepare prepare) {
  const chosen_history all(db, opts);
  lease connection = co_await db.acquire();
  recorded_state state = co_await read_state(connection);
  adopt_replacements(*all, state, true);
  const prepared_run planned = prepare(*all, state, lint_options(connection.sql_dialect().features()));
  std::vector<lint_finding> found;
  for (const prepared_migration& m : planned.migrations) {
    found.insert(found.end(), m.findings.begin(), m.findings.end());
  }
  co_return found;
}

state state_of(const recorded_revision* row, const std::string& checksum) {
  if (row == nullptr) return state::pending;
  return row->checksum == checksum ? state::applied : state::edited;
}

std::vector<std::string> split_names(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    std::size_t comma = list.find(", ");
    out.emplace_back(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 2);
  }
  return out;
}

void take_record(revision_status& status, const recorded_revision& row) {
  status.applied_us = row.applied_at.us;
  status.duration_us = row.duration_us;
  status.version = row.version;
}

/// Applied revisions that no applied one comes after.
std::vector<std::string> tops(const std::vector<revision_status>& revisions) {
  std::vector<std::string> current;
  for (const revision_status& one : revisions) {
    bool covered = std::any_of(revisions.begin(), revisions.end(), [&](const revision_status& other) {
      return other.now != state::pending &&
             std::find(other.parents.begin(), other.parents.end(), one.revision) != other.parents.end();
    });
    if (one.now != state::pending && !covered) current.push_back(one.revision);
  }
  return current;
}

constexpr const char* forget_all = "DELETE FROM tupelo_migrations";

/// The revisions up to and with the target.
std::vector<std::string_view> stamped_path(const history& all, std::string_view target) {
  const std::string_view revision = all.resolve(target);
  return revision.empty() ? std::vector<std::string_view>() : all.ancestors(revision);
}

std::vector<recorded_revision> stamped_rows(const history& all, const std::vector<std::string_view>& path,
                                            const std::string& version) {
  std::vector<recorded_revision> rows = rows_of(all, path, version);
  for (recorded_revision& row : rows) row.applied_at = timestamp::now();
  return rows;
}

task<void> write_stamp(lease& connection, std::vector<recorded_revision> rows) {
  co_await connection.raw_sql(forget_all).run();
  for (const recorded_revision& row : rows) co_await record_revision(connection, row);
}

task<std::vector<std::string>> wipe_statements(lease& connection) {
  std::vector<std::string> statements =
      co_await connection.raw_sql<std::string>(connection.sql_dialect().schema().wipe_query()).all();
  co_return statements;
}

/// What surrounds the dropping of everything: that of dropping a table.
ddl_frame wipe_frame(const dialect& sql) {
  return sql.schema().frame({ddl::drop_table{revisions_table_definition()}}, {});
}

task<void> execute_all(lease& connection, std::vector<std::string> statements) {
  for (const std::string& statement : statements) co_await connection.execute(statement);
}

/// Drops everything, with foreign keys out of the way.
task<void> wipe_database(lease& connection, const options& opts) {
  const ddl_frame frame = wipe_frame(connection.sql_dialect());
  std::vector<std::string> restore;
  if (!frame.restore_query.empty()) restore = co_await connection.raw_sql<std::string>(frame.restore_query).all();
  std::exception_ptr failure;
  try {
    co_await execute_all(connection, frame.before);
    co_await patiently_around(opts, "what the database has could not be dropped", "nothing was changed", [&] {
      return in_transaction(connection, [&]() -> task<void> {
        co_await execute_all(connection, lock_timeout_texts(connection.sql_dialect().schema(), opts.lock_timeout_us));
        co_await execute_all(connection, co_await wipe_statements(connection));
      });
    });
  } catch (...) {
    failure = std::current_exception();
  }
  co_await detail::shielded(execute_all(connection, std::move(restore)));
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

void observer::started(std::string_view, direction, std::size_t, std::size_t) {}
void observer::finished(std::string_view, direction, std::size_t, std::size_t, std::int64_t) {}
void observer::filled(std::string_view, std::int64_t) {}
void observer::locked_out(std::string_view, std::int64_t) {}
void observer::copied(std::string_view) {}
void observer::copy_removed(std::string_view) {}
void observer::waiting(std::string_view, std::uint32_t, std::int64_t) {}

std::string_view name_of(state s) noexcept {
  switch (s) {
    case state::pending: return "pending";
    case state::applied: return "applied";
    case state::edited: return "edited";
    case state::missing: return "missing";
  }
  return "unknown";
}

std::string half_done::describe() const {
  std::string said = std::to_string(done) + " of " + std::to_string(count) + " steps of its way " +
                     (way == direction::up ? "up" : "down") + " are done";
  if (!next.empty()) said += "; next: " + next;
  if (begun) said += " (begun, and it is not known whether it was done)";
  return said;
}

bool status_report::up_to_date() const noexcept { return halves.empty() && count(state::applied) == revisions.size(); }

std::size_t status_report::count(state s) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(revisions.begin(), revisions.end(), [&](const revision_status& r) { return r.now == s; }));
}

task<report> upgrade(database& db, std::string target, options opts) {
  report done = co_await run(db, opts, [&](const history& all, const recorded_state& state, const lint_options& rules) {
    prepared_run prepared = prepare_upgrade(all, target, state, opts.version, rules);
    if (!opts.allow_destructive) require_harmless(prepared);
    return prepared;
  });
  co_return done;
}

task<report> downgrade(database& db, std::string target, options opts) {
  report done = co_await run(db, opts, [&](const history& all, const recorded_state& state, const lint_options& rules) {
    return prepare_downgrade(all, target, state, rules);
  });
  co_return done;
}

task<report> plan_upgrade(database& db, std::string target, options opts) {
  report planned =
      co_await plan(db, opts, [&](const history& all, const recorded_state& state, const lint_options& rules) {
        return prepare_upgrade(all, target, state, opts.version, rules);
      });
  co_return planned;
}

task<report> plan_downgrade(database& db, std::string target, options opts) {
  report planned =
      co_await plan(db, opts, [&](const history& all, const recorded_state& state, const lint_options& rules) {
        return prepare_downgrade(all, target, state, rules);
      });
  co_return planned;
}

task<std::vector<lint_finding>> lint_upgrade(database& db, std::string target, options opts) {
  std::vector<lint_finding> found =
      co_await lint_run(db, opts, [&](const history& all, const recorded_state& state, const lint_options& rules) {
        return prepare_upgrade(all, target, state, opts.version, rules);
      });
  co_return found;
}

task<std::vector<lint_finding>> lint_downgrade(database& db, std::string target, options opts) {
  std::vector<lint_finding> found =
      co_await lint_run(db, opts, [&](const history& all, const recorded_state& state, const lint_options& rules) {
        return prepare_downgrade(all, target, state, rules);
      });
  co_return found;
}

task<status_report> status(database& db, options opts) {
  const chosen_history all(db, opts);
  lease connection = co_await db.acquire();
  recorded_state recorded = co_await read_state(connection);
  adopt_replacements(*all, recorded, false);
  status_report report;
  for (const recorded_revision& row : recorded.revisions) {
    if ((*all).find(row.revision) != nullptr) continue;
    revision_status missing;
    missing.revision = row.revision;
    missing.parents = split_names(row.parents);
    missing.now = state::missing;
    take_record(missing, row);
    report.revisions.push_back(std::move(missing));
  }
  const std::vector<std::string_view> heads = (*all).heads();
  for (const revision_checksum& sum : all_checksums(*all)) {
    const migration& m = (*all).at(sum.revision);
    const recorded_revision* row = recorded.find(m.revision);
    revision_status one;
    one.revision = m.revision;
    one.parents.assign(m.parents.begin(), m.parents.end());
    one.labels.assign(m.labels.begin(), m.labels.end());
    one.now = state_of(row, sum.checksum);
    one.head = std::find(heads.begin(), heads.end(), m.revision) != heads.end();
    one.file = m.file;
    if (row != nullptr) take_record(one, *row);
    report.revisions.push_back(std::move(one));
  }
  report.current = tops(report.revisions);
  if (recorded.progress) {
    const recorded_progress& half = *recorded.progress;
    report.halves.push_back({half.revision, half.up ? direction::up : direction::down, half.done, half.count, half.next,
                             half.begun, half.since.us});
  }
  if (recorded.lock) {
    report.locked = true;
    report.lock = {recorded.lock->owner, recorded.lock->acquired_at.us, is_gone(*recorded.lock)};
  }
  co_return report;
}

task<report> stamp(database& db, std::string target, options opts) {
  const chosen_history all(db, opts);
  const std::vector<std::string_view> path = stamped_path(*all, target);
  lease connection = co_await db.acquire();
  const recorded_state state = co_await read_state(connection);
  report done = co_await under_lock(connection, opts, state.tables_exist, [&](const recorded_lock&) -> task<report> {
    report stamped;
    stamped.applied.assign(path.begin(), path.end());
    co_await patiently_around(
        opts, "what the database has beside its tables could not be recorded", "nothing was stamped", [&] {
          return in_transaction(connection, [&]() -> task<void> {
            co_await write_stamp(connection, stamped_rows(*all, path, opts.version));
            if ((co_await read_state(connection)).progress) co_await forget_progress(connection);
            co_await record_objects_as_they_are(connection, stamped.applied, opts.lock_timeout_us);
          });
        });
    co_return stamped;
  });
  co_return done;
}

task<std::vector<std::string>> stamp_text(database& db, std::string target, options opts) {
  const chosen_history all(db, opts);
  const std::vector<recorded_revision> rows = stamped_rows(*all, stamped_path(*all, target), opts.version);
  lease connection = co_await db.acquire();
  const recorded_state state = co_await read_state(connection);
  std::vector<std::string> script;
  if (!state.tables_exist) script = state_tables_texts(connection.sql_dialect().schema());
  for (std::string& text : begin_alone_texts(connection.sql_dialect())) script.push_back(std::move(text));
  script.emplace_back(forget_all);
  for (const recorded_revision& row : rows) script.push_back(record_revision_text(row));
  if (state.progress) script.emplace_back(forget_progress_text);
  script.emplace_back("COMMIT");
  co_return script;
}

task<fresh_plan> plan_fresh(database& db, options opts) {
  const chosen_history all(db, opts);
  lease connection = co_await db.acquire();
  fresh_plan planned;
  planned.drops = co_await wipe_statements(connection);
  const dialect& sql = connection.sql_dialect();
  const ddl_frame frame = wipe_frame(sql);
  planned.script = frame.before;
  planned.script.push_back(sql.begin(transaction_mode::immediate));
  planned.script.insert(planned.script.end(), planned.drops.begin(), planned.drops.end());
  planned.script.emplace_back("COMMIT");
  if (!frame.restore_query.empty()) {
    std::vector<std::string> restore = co_await connection.raw_sql<std::string>(frame.restore_query).all();
    planned.script.insert(planned.script.end(), restore.begin(), restore.end());
  }
  const recorded_state nothing;
  planned.upgrade = co_await run_text(
      connection, *all, prepare_upgrade(*all, "head", nothing, opts.version, lint_options(sql.features())), nothing,
      opts);
  co_return planned;
}

task<report> fresh(database& db, options opts) {
  const chosen_history all(db, opts);
  // A history that cannot be applied is refused while there still is a database.
  (void)recorded_schema(*all);
  {
    lease connection = co_await db.acquire();
    const recorded_state state = co_await read_state(connection);
    // Whoever runs migrations now is to end first; the lock itself goes with everything else.
    if (state.lock && !opts.take_over_lock) co_await wait_for_lock(connection, lock_of(opts), opts);
    co_await wipe_database(connection, opts);
  }
  opts.allow_destructive = true;  // there is nothing left to lose
  opts.backup = false;
  report done = co_await upgrade(db, "head", opts);
  co_return done;
}

task<std::vector<schema_operation>> drift(database& db, options opts) {
  const chosen_history all(db, opts);
  lease connection = co_await db.acquire();
  recorded_state state = co_await read_state(connection);
  adopt_replacements(*all, state, true);
  const std::vector<std::string> applied = state.applied();
  (*all).require_known(applied);
  const schema_definition wanted = replay(*all, std::vector<std::string_view>(applied.begin(), applied.end()));
  schema_definition live = co_await introspect(connection);
  std::vector<schema_operation> operations = co_await diff_live(connection, std::move(live), wanted);
  co_return operations;
}

task<std::vector<schema_operation>> compare(database& db, model_schema models) {
  lease connection = co_await db.acquire();
  schema_definition live = co_await introspect(connection);
  std::vector<schema_operation> operations =
      co_await diff_live(connection, std::move(live), std::move(models.schema), std::move(models.renames));
  co_return operations;
}

}  // namespace tupelo::migrate
