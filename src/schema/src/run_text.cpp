// SPDX-License-Identifier: Apache-2.0
// Upgrades and downgrades as scripts, for those who run them by other means.
#include "migration_run.hpp"
#include "replay.hpp"

#include <tupelo/dialect/conditional_script.hpp>
#include <tupelo/dialect/dialect.hpp>
#include <tupelo/query/sql_text.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <utility>

namespace tupelo {
namespace {

using texts = std::vector<std::string>;

void append(texts& to, texts more) {
  for (std::string& text : more) to.push_back(std::move(text));
}

/// The texts of one script.
class script {
public:
  script(const dialect& sql, const migrate::options& opts) : sql_(&sql), opts_(&opts) {
    if (!opts.idempotent) return;
    guard_ = dynamic_cast<const conditional_script*>(&sql.schema());
    if (guard_ != nullptr) return;
    throw query_error(errc::unsupported_feature,
                      std::string(sql.name()) +
                          " has no statements that run on a condition, so no script for it can be run twice; leave out "
                          "--idempotent, or let `db upgrade` itself do what is left to do");
  }

  texts state_tables() const {
    if (guard_ == nullptr) return state_tables_texts(rules());
    texts out;
    for (const table_definition& table : {revisions_table_definition(), lock_table_definition()}) {
      out.push_back(
          guard_->guarded(texts_of(rules().render({ddl::create_table{table}}, {})), guard_->no_table(table.name)));
    }
    return out;
  }

  /// One that stands for others, where those were applied.
  std::string adoption(const recorded_revision& row) const {
    std::string record = record_revision_text(row);
    return guard_ == nullptr ? record : guard_->guarded({record}, pending(row.revision));
  }

  texts of(const prepared_migration& m, const ddl_frame& frame, const texts& restored) const {
    texts out;
    if (!frame.restore_query.empty() && restored.empty()) {
      out.push_back("-- each row is a statement to run at the end\n" + frame.restore_query);
    }
    append(out, frame.before);
    texts changes = steps_text(rules(), m.steps, m.before);
    const bool outside = runs_outside(*sql_, m.steps, m.outside);
    if (guard_ != nullptr && !outside) refuse_readers(changes, m.of->revision);
    const bool up = m.way == migrate::direction::up;
    const std::string revision(m.of->revision);
    const std::string due = up ? pending(revision) : "NOT " + pending(revision);
    if (outside) append(out, guarded_each(std::exchange(changes, {}), due));
    append(out, begin_alone_texts(*sql_));
    append(out, lock_timeout_texts(rules(), opts_->lock_timeout_us));
    changes.push_back(up ? record_revision_text(m.row) : forget_revision_text(revision));
    append(out, guard_ == nullptr ? std::move(changes) : texts{guard_->guarded(changes, due)});
    if (!frame.verify.empty()) out.push_back("-- a row here means: do not commit\n" + frame.verify);
    out.emplace_back("COMMIT");
    append(out, restored);
    return out;
  }

private:
  const schema_dialect& rules() const { return sql_->schema(); }

  static std::string pending(std::string_view revision) {
    return "NOT EXISTS (SELECT 1 FROM tupelo_migrations WHERE revision = " + sql_text_literal(std::string(revision)) +
           ")";
  }

  /// What a reader is to look at goes nowhere in a statement that runs on a condition.
  static void refuse_readers(const texts& changes, std::string_view revision) {
    const bool reads = std::any_of(changes.begin(), changes.end(), [](const std::string& text) {
      return text.starts_with("--") && text.find('\n') != std::string::npos;
    });
    if (!reads) return;
    throw migration_error(errc::unsupported_feature,
                          "migration `" + std::string(revision) +
                              "` looks at the database before it goes on (db.require, or a change that checks rows or "
                              "what depends on them), and a script that may be run twice has nobody who looks; leave "
                              "out --idempotent, or let `db upgrade` run it",
                          std::string(revision));
  }

  /// Statements that no transaction surrounds; notes of one line stay as they are.
  texts guarded_each(texts statements, const std::string& due) const {
    if (guard_ == nullptr) return statements;
    for (std::string& statement : statements) {
      const bool note = statement.starts_with("--") && statement.find('\n') == std::string::npos;
      if (!note) statement = guard_->guarded_outside(statement, due);
    }
    return statements;
  }

  const dialect* sql_;
  const migrate::options* opts_;
  const conditional_script* guard_ = nullptr;
};

void require_whole(const prepared_run& run, const recorded_state& state) {
  if (!state.progress || run.migrations.empty()) return;
  throw migration_error(errc::migration_failed,
                        "migration `" + state.progress->revision +
                            "` has stopped half-way, and a script would run again what is done of it; let `db " +
                            (state.progress->up ? "upgrade" : "downgrade") + "` go on with it first",
                        state.progress->revision);
}

ddl_frame frame_of(const dialect& sql, const prepared_migration& m) {
  return sql.schema().frame(operations_of(m.steps), m.before);
}

/// `restored` has a list for each migration.
migrate::report text_of(const dialect& sql, const history& all, const prepared_run& run, const recorded_state& state,
                        const migrate::options& opts, const std::vector<texts>& restored) {
  require_whole(run, state);
  const script as(sql, opts);
  texts first;
  if ((!state.tables_exist || opts.idempotent) && !run.migrations.empty()) first = as.state_tables();
  // No transaction surrounds these: whatever is the last one done, the work counts as applied.
  for (const recorded_revision& row : state.adopted) first.push_back(as.adoption(row));
  for (const std::string& revision : state.replaced) first.push_back(forget_revision_text(revision));
  migrate::report report;
  for (std::size_t i = 0; i < run.migrations.size(); ++i) {
    const prepared_migration& m = run.migrations[i];
    migrate::step& step = report.steps.emplace_back();
    step.revision = m.of->revision;
    step.way = m.way;
    step.statements = std::exchange(first, {});
    append(step.statements, as.of(m, frame_of(sql, m), restored[i]));
  }
  report.applied = in_order(all, state.applied());
  return report;
}

}  // namespace

std::vector<std::string> lock_timeout_texts(const schema_dialect& rules, std::int64_t lock_timeout_us) {
  std::string limit = lock_timeout_us > 0 ? rules.lock_timeout_statement(lock_timeout_us) : std::string();
  return limit.empty() ? std::vector<std::string>() : std::vector<std::string>{std::move(limit)};
}

migrate::report run_text(const dialect& sql, const history& all, const prepared_run& run, const recorded_state& state,
                         const migrate::options& opts) {
  return text_of(sql, all, run, state, opts, std::vector<texts>(run.migrations.size()));
}

task<migrate::report> run_text(lease& connection, const history& all, prepared_run run, recorded_state state,
                               migrate::options opts) {
  const dialect& sql = connection.sql_dialect();
  std::vector<texts> restored;
  for (const prepared_migration& m : run.migrations) {
    texts& statements = restored.emplace_back();
    const ddl_frame frame = frame_of(sql, m);
    if (!frame.restore_query.empty()) statements = co_await connection.raw_sql<std::string>(frame.restore_query).all();
  }
  co_return text_of(sql, all, run, state, opts, restored);
}

// ---- without a database

namespace migrate {
namespace {

/// What a database remembers that is at this revision.
recorded_state state_at(const history& all, std::string_view from, const std::string& version) {
  recorded_state state;
  const std::string_view revision = all.resolve(from);
  if (revision.empty()) return state;
  state.tables_exist = true;
  state.revisions = rows_of(all, all.ancestors(revision), version);
  return state;
}

history history_of(const options& opts, const dialect& of) {
  return (opts.migrations != nullptr ? *opts.migrations : history()).of_database(of.name());
}

}  // namespace

report upgrade_script(const dialect& of, std::string_view from, std::string_view target, const options& opts) {
  const history all = history_of(opts, of);
  const recorded_state state = state_at(all, from, opts.version);
  return run_text(of, all, prepare_upgrade(all, target, state, opts.version, lint_options(of.features())), state, opts);
}

report downgrade_script(const dialect& of, std::string_view from, std::string_view target, const options& opts) {
  const history all = history_of(opts, of);
  const recorded_state state = state_at(all, from, opts.version);
  return run_text(of, all, prepare_downgrade(all, target, state, lint_options(of.features())), state, opts);
}

}  // namespace migrate
}  // namespace tupelo
