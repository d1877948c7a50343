// SPDX-License-Identifier: Apache-2.0
#include "migration_run.hpp"

#include "linter.hpp"
#include "patience.hpp"
#include "recorded_version.hpp"
#include "replay.hpp"
#include "shielded.hpp"

#include <tupelo/dialect/missing_right.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace tupelo {
namespace {

using revision_list = std::vector<std::string_view>;

std::string listed(const std::vector<std::string>& revisions) {
  std::string out;
  for (const std::string& revision : revisions) out += (out.empty() ? "`" : ", `") + revision + '`';
  return out.empty() ? "none" : out;
}

recorded_revision row_of(const migration& m, const std::string& checksum, const std::string& version) {
  recorded_revision row;
  row.revision = m.revision;
  row.checksum = checksum;
  row.version = recorded_version(version);
  row.parents = joined_names(m.parents);
  return row;
}

std::string checksum_in(const std::vector<revision_checksum>& sums, std::string_view revision) {
  for (const revision_checksum& sum : sums) {
    if (sum.revision == revision) return sum.checksum;
  }
  return {};
}

std::int64_t steady_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Where it failed, in words.
std::string place(const run_position& position) {
  if (position.outside && position.step != 0 && !position.code && !position.statement.empty()) {
    return "at step " + std::to_string(position.step) + ": " + position.statement;
  }
  if (position.code) return "in its C++ code (step " + std::to_string(position.step) + ")";
  if (position.statement.empty()) return position.step == 0 ? "before its first statement" : "after its last statement";
  return "at: " + position.statement;
}

/// What the user sees: what failed, where, and what the database looks like now.
migration_error failed(const prepared_migration& m, const run_position& position, const std::string& cause,
                       const std::vector<std::string>& applied) {
  std::string revision(m.of->revision);
  std::string verb = m.way == migrate::direction::up ? "upgrade" : "downgrade";
  // Nothing takes back what was done outside of a transaction; but it need not be done again.
  const std::string now =
      position.outside ? "stopped half-way; run it again and it goes on from there" : "failed and was rolled back";
  migration_error error(errc::migration_failed,
                        "migration `" + revision + "` " + now + " (" + verb + "): " + cause + "\n  " + place(position) +
                            "\n  applied now: " + listed(applied),
                        revision);
  error.set_statement(position.statement);
  return error;
}

task<void> run_texts(lease& connection, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) co_await connection.execute(text);
}

/// One migration inside its transaction, up to and including the commit.
task<void> run_inside(lease& connection, const prepared_migration& m, const std::string& verify,
                      const recorded_lock& mine, const migrate::options& opts, std::int64_t started,
                      run_position& position) {
  const std::vector<std::string> lock_timeout =
      lock_timeout_texts(connection.sql_dialect().schema(), opts.lock_timeout_us);
  const bool outside = runs_outside(connection.sql_dialect(), m.steps, m.outside);
  if (outside) {
    co_await require_lock(connection, mine);
    outside_run by{mine, opts.lock_timeout_us, opts.watch, m.of->revision, m.way == migrate::direction::up};
    co_await run_steps_outside(connection, m.steps, m.before, std::move(by), position);
  }
  co_await begin_alone(connection);
  co_await require_lock(connection, mine);
  co_await run_texts(connection, lock_timeout);
  if (!outside) co_await run_steps(connection, m.steps, m.before, position);
  position.step = m.steps.size();
  if (!verify.empty()) {
    std::vector<std::string> broken = co_await connection.raw_sql<std::string>(verify).all();
    std::string all;
    for (const std::string& what : broken) all += (all.empty() ? "" : "; ") + what;
    if (!all.empty()) throw migration_error(errc::migration_failed, all);
  }
  if (m.way == migrate::direction::up) {
    recorded_revision row = m.row;
    row.applied_at = timestamp::now();
    row.duration_us = steady_us() - started;
    co_await record_revision(connection, row);
  } else {
    co_await forget_revision(connection, std::string(m.of->revision));
  }
  if (outside) co_await forget_progress(connection);
  co_await connection.commit();
}

/// One migration with its frame: settings are brought back whatever happens.
task<std::int64_t> run_one(lease& connection, const prepared_migration& m, const recorded_lock& mine,
                           const migrate::options& opts, run_position& position) {
  const std::int64_t started = steady_us();
  ddl_frame frame = connection.sql_dialect().schema().frame(operations_of(m.steps), m.before);
  if (m.outside && frame.restore_query.empty()) {
    // Its own statements may set what such a frame sets, and the connection goes back to others.
    frame.restore_query =
        connection.sql_dialect().schema().frame({ddl::drop_table{revisions_table_definition()}}, {}).restore_query;
  }
  std::vector<std::string> restore;
  if (!frame.restore_query.empty()) restore = co_await connection.raw_sql<std::string>(frame.restore_query).all();
  std::exception_ptr failure;
  try {
    co_await run_texts(connection, frame.before);
    co_await run_inside(connection, m, frame.verify, mine, opts, started, position);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure && connection.in_transaction()) co_await detail::shielded(connection.rollback());
  co_await detail::shielded(run_texts(connection, restore));
  if (failure) std::rethrow_exception(failure);
  co_return steady_us() - started;
}

bool is_depended_on(const std::exception& failure) {
  constexpr std::string_view dependent_objects = "2BP01";
  const auto* known = dynamic_cast<const database_error*>(&failure);
  return known != nullptr && known->sqlstate() == dependent_objects;
}

/// Which right was missing, where that was it.
std::string missing_right(const dialect& sql, const std::exception& failure, const run_position& position) {
  const auto* known = dynamic_cast<const database_error*>(&failure);
  const auto* finder = dynamic_cast<const right_finder*>(&sql.schema());
  if (known == nullptr || known->code() != errc::permission_denied || finder == nullptr) return {};
  return finder->missing_right(known->what(), position.statement.empty() ? known->statement() : position.statement);
}

schema_definition schema_of(const history& all, const recorded_state& state) {
  revision_list applied;
  for (const recorded_revision& row : state.revisions) applied.push_back(row.revision);
  return replay(all, applied);
}

/// What a way back would not restore is said before the first step is taken.
void require_reversible(const migration& m, const migration_record& down) {
  if (down.irreversible.empty()) return;
  throw migration_error(errc::migration_irreversible,
                        "migration `" + std::string(m.revision) + "` cannot be taken back: " + down.irreversible +
                            "; nothing was changed. Downgrade to `" + std::string(m.revision) +
                            "` at most, or restore a backup",
                        std::string(m.revision));
}

/// Whether it runs step by step: as it says, or as it was begun.
bool goes_outside(const migration& m, const migration_record& record, const recorded_state& state) {
  return record.outside_transaction || (state.progress && state.progress->revision == m.revision);
}

/// What stopped half-way goes on before anything else is run.
void require_no_other_half(const prepared_run& run, const recorded_state& state, bool up) {
  if (!state.progress) return;
  const recorded_progress& half = *state.progress;
  if (run.migrations.empty()) {
    if (half.up != up) require_resumable(half, half.revision, up, {});  // says what goes on with it
    return;
  }
  const prepared_migration* goes_on = &run.migrations.front();
  for (const prepared_migration& m : run.migrations) {
    if (m.of->revision == half.revision && (m.way == migrate::direction::up) == half.up) goes_on = &m;
  }
  require_resumable(half, goes_on->of->revision, goes_on->way == migrate::direction::up, goes_on->steps);
}

std::vector<lint_finding> findings_of(linter& rules, const migration& m, const schema_definition& before,
                                      const migration_record& record) {
  std::vector<lint_finding> found =
      rules.judged(rules.walk(record.steps, before, record.after, {m.scripts != nullptr, record.outside_transaction}),
                   record.allowed);
  for (lint_finding& one : found) {
    one.revision = m.revision;
    one.file = m.file;
  }
  return found;
}

}  // namespace

std::string joined_names(const std::vector<std::string_view>& revisions) {
  std::string out;
  for (std::string_view revision : revisions) out += (out.empty() ? "" : ", ") + std::string(revision);
  return out;
}

std::vector<recorded_revision> rows_of(const history& all, const std::vector<std::string_view>& path,
                                       const std::string& version) {
  std::vector<recorded_revision> rows;
  for (const revision_checksum& sum : all_checksums(all)) {
    if (std::find(path.begin(), path.end(), sum.revision) == path.end()) continue;
    rows.push_back(row_of(all.at(sum.revision), sum.checksum, version));
  }
  return rows;
}

void require_harmless(const prepared_run& run) {
  std::string losses;
  std::string first;
  for (const prepared_migration& m : run.migrations) {
    for (const lint_finding& found : m.findings) {
      if (found.rule->kind != hazard::destructive || found.is_allowed()) continue;
      losses += "\n  `" + found.revision + "`: " + found.what + " (" + std::string(found.rule->code) + ")";
      if (first.empty()) first = found.revision;
    }
  }
  if (losses.empty()) return;
  throw migration_error(errc::migration_destructive,
                        "this upgrade loses data, and nobody has said that it may:" + losses +
                            "\nNothing was changed. Where it is meant, write db.allow(\"<rule>\", \"<why>\") into the "
                            "migration's up, or allow all of it (--allow-destructive, options::allow_destructive)",
                        first);
}

std::vector<std::string> in_order(const history& all, const std::vector<std::string>& applied) {
  std::vector<std::string> out;
  for (const std::string& revision : applied) {
    if (all.find(revision) == nullptr) out.push_back(revision);
  }
  for (const migration& m : all.ordered()) {
    if (std::find(applied.begin(), applied.end(), m.revision) != applied.end()) out.emplace_back(m.revision);
  }
  return out;
}

void require_unedited(const history& all, const recorded_state& state) {
  std::vector<std::string> edited;
  for (const revision_checksum& sum : all_checksums(all)) {
    const recorded_revision* row = state.find(sum.revision);
    if (row != nullptr && row->checksum != sum.checksum) edited.emplace_back(sum.revision);
  }
  if (edited.empty()) return;
  throw migration_error(
      errc::migration_edited,
      "the database has applied " + listed(edited) +
          " in another form than this program has now; restore the file as it was and put the change into a "
          "new migration, or, when the database is known to be right, record the files as they are with `db repair`",
      edited.front());
}

prepared_run prepare_upgrade(const history& all, std::string_view target, const recorded_state& state,
                             const std::string& version, const lint_options& rules) {
  revision_list path = all.upgrade_path(target, state.applied());
  require_unedited(all, state);
  std::vector<revision_checksum> sums = all_checksums(all);
  schema_definition schema = schema_of(all, state);
  prepared_run run;
  lint_options known = rules;
  known.applied = state.applied();
  linter lint(known);
  for (std::string_view revision : path) {
    const migration& m = all.at(revision);
    lint.order(m);
    migration_record up = record_up(m, schema);
    prepared_migration prepared;
    prepared.of = &m;
    prepared.findings = findings_of(lint, m, schema, up);
    prepared.outside = goes_outside(m, up, state);
    prepared.steps = std::move(up.steps);
    prepared.before = std::exchange(schema, std::move(up.after));
    prepared.row = row_of(m, checksum_in(sums, revision), version);
    run.migrations.push_back(std::move(prepared));
  }
  require_no_other_half(run, state, true);
  return run;
}

prepared_run prepare_downgrade(const history& all, std::string_view target, const recorded_state& state,
                               const lint_options& rules) {
  revision_list path = all.downgrade_path(target, state.applied());
  require_unedited(all, state);
  schema_definition schema = schema_of(all, state);
  prepared_run run;
  linter lint(rules);
  for (std::string_view revision : path) {
    const migration& m = all.at(revision);
    migration_record down = record_down(m, schema);
    require_reversible(m, down);
    prepared_migration prepared;
    prepared.of = &m;
    prepared.findings = findings_of(lint, m, schema, down);
    prepared.way = migrate::direction::down;
    prepared.outside = goes_outside(m, down, state);
    prepared.steps = std::move(down.steps);
    prepared.before = std::exchange(schema, std::move(down.after));
    run.migrations.push_back(std::move(prepared));
  }
  require_no_other_half(run, state, false);
  return run;
}

task<migrate::report> execute_run(lease& connection, const history& all, prepared_run run, recorded_lock mine,
                                  migrate::options opts) {
  migrate::observer* const watch = opts.watch;
  recorded_state state = co_await read_state(connection);
  std::vector<std::string> applied = state.applied();
  migrate::report report;
  const std::size_t count = run.migrations.size();
  for (std::size_t i = 0; i < count; ++i) {
    const prepared_migration& m = run.migrations[i];
    if (watch != nullptr) watch->started(m.of->revision, m.way, i, count);
    run_position position;
    migrate::step done;
    try {
      done.duration_us = co_await migrate::patiently(opts, m.of->revision, [&] {
        position = {};
        return run_one(connection, m, mine, opts, position);
      });
    } catch (const cancelled&) {
      throw;
    } catch (const timed_out&) {
      throw;
    } catch (const std::exception& e) {
      const auto* known = dynamic_cast<const migration_error*>(&e);
      if (known != nullptr && known->code() == errc::migration_locked) throw;
      std::string cause = e.what();
      if (position.begun_before) {
        cause +=
            "; this step had been begun before, and nobody knows whether it was done: when it was, say so (`db repair "
            "--step-done`)";
      }
      if (const std::string right = missing_right(connection.sql_dialect(), e, position); !right.empty()) {
        cause += "; " + right;
      }
      if (is_depended_on(e)) cause += "; in this migration: drop it before the change and make it behind (db.execute)";
      if (migrate::is_locked_out(e)) cause += migrate::tried_in_vain(opts);
      throw failed(m, position, cause, in_order(all, applied));
    }
    done.revision = m.of->revision;
    done.way = m.way;
    if (m.way == migrate::direction::up) {
      applied.push_back(done.revision);
    } else {
      std::erase(applied, done.revision);
    }
    if (watch != nullptr) watch->finished(m.of->revision, m.way, i, count, done.duration_us);
    report.steps.push_back(std::move(done));
  }
  report.applied = in_order(all, applied);
  co_return report;
}

}  // namespace tupelo
