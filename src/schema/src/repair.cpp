// SPDX-License-Identifier: Apache-2.0
// What holds the database against its migrations, and what puts the state tables right.
#include "locked_run.hpp"
#include "migration_run.hpp"
#include "replay.hpp"
#include "schema_recorder.hpp"

#include "tupelo/schema/migrator.hpp"
#include "tupelo/schema/object_drift.hpp"
#include <tupelo/core/error.hpp>

#include <algorithm>

namespace tupelo::migrate {
namespace {

/// Applied revisions that no applied one comes after.
std::vector<const migration*> tops(const history& all, const recorded_state& state) {
  std::vector<const migration*> out;
  for (const migration& m : all.ordered()) {
    const bool covered = std::any_of(all.ordered().begin(), all.ordered().end(), [&](const migration& other) {
      return state.find(other.revision) != nullptr &&
             std::find(other.parents.begin(), other.parents.end(), m.revision) != other.parents.end();
    });
    if (state.find(m.revision) != nullptr && !covered) out.push_back(&m);
  }
  return out;
}

/// What the migration requires behind its last change.
std::vector<required_state> promises_of(const history& all, const migration& m) {
  const migration_record up = record_up(m, schema_before(all, m));
  std::vector<required_state> out;
  for (auto step = up.steps.rbegin(); step != up.steps.rend(); ++step) {
    const auto* required = std::get_if<required_state>(&*step);
    if (required == nullptr) break;
    out.insert(out.begin(), *required);
  }
  return out;
}

struct planned_repair {
  std::vector<std::string> said;
  std::vector<revision_checksum> checksums;
  std::vector<std::string> forgotten;
  bool step_done = false;
  bool forgets_half = false;
};

planned_repair prepare(const history& all, const recorded_state& state, const repair_options& what) {
  planned_repair planned;
  for (const recorded_revision& row : state.revisions) {
    if (!what.missing || all.find(row.revision) != nullptr) continue;
    planned.forgotten.push_back(row.revision);
    planned.said.push_back("forget " + row.revision + ", which this program does not have");
  }
  for (const revision_checksum& sum : all_checksums(all)) {
    const recorded_revision* const row = state.find(sum.revision);
    if (!what.checksums || row == nullptr || row->checksum == sum.checksum) continue;
    planned.checksums.push_back(sum);
    planned.said.push_back("record " + row->revision + " as its file is now");
  }
  if (!state.progress) return planned;
  const recorded_progress& half = *state.progress;
  const std::string steps = std::to_string(half.done) + " of " + std::to_string(half.count) + " steps";
  if (what.step_done) {
    planned.step_done = true;
    planned.said.push_back("record of " + half.revision + ", of which " + steps +
                           " are done, that the next one is, too: " + half.next);
  } else if (what.half_done) {
    planned.forgets_half = true;
    planned.said.push_back("forget that " + steps + " of " + half.revision + " on its way " +
                           (half.up ? "up" : "down") + " are done: the next run begins with the first one");
  }
  return planned;
}

task<void> write_step_done(lease& connection, const history& all, recorded_progress half) {
  const migration& m = all.at(half.revision);
  const migration_record up = record_up(m, schema_before(all, m));
  const migration_record record = half.up ? up : record_down(m, up.after);
  require_resumable(half, half.revision, half.up, record.steps);
  if (half.done < half.count) ++half.done;
  half.begun = false;
  half.next.clear();
  half.checksum = checksum_of_text(canonical_text(record.steps, static_cast<std::size_t>(half.done)));
  co_await write_progress(connection, half);
}

task<void> write_repair(lease& connection, const history& all, const recorded_state& state,
                        const planned_repair& planned) {
  for (const std::string& revision : planned.forgotten) co_await forget_revision(connection, revision);
  for (const revision_checksum& sum : planned.checksums) {
    co_await connection
        .raw_sql("UPDATE tupelo_migrations SET checksum = ? WHERE revision = ?", sum.checksum, sum.revision)
        .run();
  }
  if (planned.step_done) co_await write_step_done(connection, all, *state.progress);
  if (planned.forgets_half) co_await forget_progress(connection);
}

}  // namespace

task<verification> verify(database& db, options opts) {
  verification found;
  found.drift = co_await drift(db, opts);
  const object_drift beside = co_await drift_of_objects(db, opts);
  found.objects_recorded = beside.recorded;
  for (const changed_object& one : beside.changes) {
    found.objects.push_back(std::string(name_of(one.what)) + " " + one.object);
  }
  const chosen_history all(db, opts);
  lease connection = co_await db.acquire();
  recorded_state state = co_await read_state(connection);
  adopt_replacements(*all, state, false);
  for (const migration* m : tops(*all, state)) {
    for (const required_state& required : promises_of(*all, *m)) {
      try {
        co_await check_state(connection, required);
      } catch (const migration_error& e) {
        found.broken.push_back("`" + std::string(m->revision) + "`: " + e.what());
      }
    }
  }
  co_return found;
}

task<std::vector<std::string>> plan_repair(database& db, repair_options what, options opts) {
  const chosen_history all(db, opts);
  lease connection = co_await db.acquire();
  recorded_state state = co_await read_state(connection);
  adopt_replacements(*all, state, false);
  co_return prepare(*all, state, what).said;
}

task<std::vector<std::string>> repair(database& db, repair_options what, options opts) {
  const chosen_history all(db, opts);
  lease connection = co_await db.acquire();
  const recorded_state before = co_await read_state(connection);
  std::vector<std::string> said;
  if (!before.tables_exist) co_return said;
  (void)co_await under_lock(connection, opts, true, [&](const recorded_lock&) -> task<report> {
    recorded_state state = co_await read_state(connection);
    adopt_replacements(*all, state, false);
    planned_repair planned = prepare(*all, state, what);
    co_await in_transaction(connection, [&]() -> task<void> {
      co_await record_replacements(connection, state);
      co_await write_repair(connection, *all, state, planned);
    });
    said = std::move(planned.said);
    co_return report{};
  });
  co_return said;
}

}  // namespace tupelo::migrate
