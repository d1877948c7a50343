// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/migrator.hpp"

#include "migration_run.hpp"
#include "replay.hpp"
#include "shielded.hpp"

#include "tupelo/schema/introspect.hpp"
#include "tupelo/schema/models.hpp"
#include <tupelo/engine/database.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>
#include <unistd.h>

namespace tupelo::migrate {
namespace {

/// The caller's history, or that of the program; made once per run.
class chosen_history {
public:
  explicit chosen_history(const options& opts) {
    if (opts.migrations == nullptr) own_.emplace();
    all_ = opts.migrations != nullptr ? opts.migrations : &*own_;
  }
  chosen_history(const chosen_history&) = delete;
  chosen_history& operator=(const chosen_history&) = delete;
  const history& operator*() const noexcept { return *all_; }

private:
  std::optional<history> own_;
  const history* all_ = nullptr;
};

recorded_lock lock_of(const options& opts) {
  recorded_lock lock;
  lock.acquired_at = timestamp::now();
  lock.owner = opts.owner;
  if (lock.owner.empty()) {
    char host[256] = "";
    if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
    lock.owner = "process " + std::to_string(getpid()) + " on " + (host[0] != '\0' ? host : "an unnamed host");
  }
  return lock;
}

/// Runs `work` while this run holds the lock.
template <class Work>
task<report> under_lock(lease& connection, const options& opts, bool tables_exist, Work work) {
  if (!tables_exist) co_await create_state_tables(connection);
  const recorded_lock mine = lock_of(opts);
  co_await take_lock(connection, mine, opts.take_over_lock);
  report result;
  std::exception_ptr failure;
  try {
    result = co_await work(mine);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await detail::shielded(give_up_lock(connection, mine));
  if (failure) std::rethrow_exception(failure);
  co_return result;
}

/// Everything that is going to be refused is refused here, before the first write.
template <class Prepare>
task<report> run(database& db, options opts, Prepare prepare) {
  const chosen_history all(opts);
  lease connection = co_await db.acquire();
  const lint_options rules(connection.sql_dialect().features());
  recorded_state state = co_await read_state(connection);
  prepared_run planned = prepare(*all, state, rules);
  if (planned.migrations.empty()) {
    report nothing;
    nothing.applied = in_order(*all, state.applied());
    co_return nothing;
  }
  report result =
      co_await under_lock(connection, opts, state.tables_exist, [&](const recorded_lock& mine) -> task<report> {
        // Another run may have ended between the first look and the lock.
        recorded_state now = co_await read_state(connection);
        prepared_run certain = prepare(*all, now, rules);
        report done = co_await execute_run(connection, *all, std::move(certain), mine, opts);
        co_return done;
      });
  co_return result;
}

template <class Prepare>
task<report> plan(database& db, options opts, Prepare prepare) {
  const chosen_history all(opts);
  lease connection = co_await db.acquire();
  recorded_state state = co_await read_state(connection);
  prepared_run planned = prepare(*all, state, lint_options(connection.sql_dialect().features()));
  report text = co_await run_text(connection, *all, std::move(planned), std::move(state), opts.lock_timeout_us);
  co_return text;
}

template <class Prepare>
task<std::vector<lint_finding>> lint_run(database& db, options opts, Prepare prepare) {
  const chosen_history all(opts);
  lease connection = co_await db.acquire();
  const recorded_state state = co_await read_state(connection);
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
  std::vector<recorded_revision> rows;
  for (const revision_checksum& sum : all_checksums(all)) {
    if (std::find(path.begin(), path.end(), sum.revision) == path.end()) continue;
    recorded_revision& row = rows.emplace_back();
    row.revision = sum.revision;
    row.checksum = sum.checksum;
    row.applied_at = timestamp::now();
    row.version = version;
    for (std::string_view parent : all.at(sum.revision).parents) {
      row.parents += (row.parents.empty() ? "" : ", ") + std::string(parent);
    }
  }
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

/// Runs `work` in a transaction of its own.
template <class Work>
task<void> in_transaction(lease& connection, Work work) {
  co_await begin_alone(connection);
  std::exception_ptr failure;
  try {
    co_await work();
    co_await connection.commit();
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  if (connection.in_transaction()) co_await detail::shielded(connection.rollback());
  std::rethrow_exception(failure);
}

task<void> execute_all(lease& connection, std::vector<std::string> statements) {
  for (const std::string& statement : statements) co_await connection.execute(statement);
}

/// Drops everything, with foreign keys out of the way.
task<void> wipe_database(lease& connection) {
  const ddl_frame frame = wipe_frame(connection.sql_dialect());
  std::vector<std::string> restore;
  if (!frame.restore_query.empty()) restore = co_await connection.raw_sql<std::string>(frame.restore_query).all();
  std::exception_ptr failure;
  try {
    co_await execute_all(connection, frame.before);
    co_await in_transaction(
        connection, [&]() -> task<void> { co_await execute_all(connection, co_await wipe_statements(connection)); });
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

bool status_report::up_to_date() const noexcept { return count(state::applied) == revisions.size(); }

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
  const chosen_history all(opts);
  lease connection = co_await db.acquire();
  const recorded_state recorded = co_await read_state(connection);
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
  if (recorded.lock) {
    report.locked = true;
    report.lock = {recorded.lock->owner, recorded.lock->acquired_at.us};
  }
  co_return report;
}

task<report> stamp(database& db, std::string target, options opts) {
  const chosen_history all(opts);
  const std::vector<std::string_view> path = stamped_path(*all, target);
  lease connection = co_await db.acquire();
  const recorded_state state = co_await read_state(connection);
  report done = co_await under_lock(connection, opts, state.tables_exist, [&](const recorded_lock&) -> task<report> {
    co_await in_transaction(
        connection, [&]() -> task<void> { co_await write_stamp(connection, stamped_rows(*all, path, opts.version)); });
    report stamped;
    stamped.applied.assign(path.begin(), path.end());
    co_return stamped;
  });
  co_return done;
}

task<std::vector<std::string>> stamp_text(database& db, std::string target, options opts) {
  const chosen_history all(opts);
  const std::vector<recorded_revision> rows = stamped_rows(*all, stamped_path(*all, target), opts.version);
  lease connection = co_await db.acquire();
  const recorded_state state = co_await read_state(connection);
  std::vector<std::string> script;
  if (!state.tables_exist) script = state_tables_texts(connection.sql_dialect().schema());
  for (std::string& text : begin_alone_texts(connection.sql_dialect())) script.push_back(std::move(text));
  script.emplace_back(forget_all);
  for (const recorded_revision& row : rows) script.push_back(record_revision_text(row));
  script.emplace_back("COMMIT");
  co_return script;
}

task<fresh_plan> plan_fresh(database& db, options opts) {
  const chosen_history all(opts);
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
      opts.lock_timeout_us);
  co_return planned;
}

task<report> fresh(database& db, options opts) {
  const chosen_history all(opts);
  // A history that cannot be applied is refused while there still is a database.
  (void)recorded_schema(*all);
  {
    lease connection = co_await db.acquire();
    const recorded_state state = co_await read_state(connection);
    // Whoever runs migrations now is to end first; the lock itself goes with everything else.
    if (state.lock && !opts.take_over_lock) co_await take_lock(connection, lock_of(opts), false);
    co_await wipe_database(connection);
  }
  opts.allow_destructive = true;  // there is nothing left to lose
  report done = co_await upgrade(db, "head", opts);
  co_return done;
}

task<std::vector<schema_operation>> drift(database& db, options opts) {
  const chosen_history all(opts);
  lease connection = co_await db.acquire();
  const recorded_state state = co_await read_state(connection);
  const std::vector<std::string> applied = state.applied();
  (*all).require_known(applied);
  const schema_definition wanted = replay(*all, std::vector<std::string_view>(applied.begin(), applied.end()));
  const schema_definition live = co_await introspect(connection);
  diff_options loosely;
  loosely.live = &connection.sql_dialect().schema();
  co_return diff(live, wanted, loosely);
}

task<std::vector<schema_operation>> compare(database& db, model_schema models) {
  lease connection = co_await db.acquire();
  const schema_definition live = co_await introspect(connection);
  diff_options loosely;
  loosely.live = &connection.sql_dialect().schema();
  loosely.renames = std::move(models.renames);
  co_return diff(live, models.schema, loosely);
}

}  // namespace tupelo::migrate
