// SPDX-License-Identifier: Apache-2.0
// `db verify` and `db repair`: the database held against its migrations, and what it remembers of them put right.
#include "command.hpp"
#include "schema_text.hpp"

#include <nlohmann/json.hpp>

namespace tupelo::cli {

int run_verify(command& c) {
  const migrate::verification found = c.wait(migrate::verify(c.open_existing(), c.migrate_options()));
  const int code = found.holds() ? exit_ok : exit_differences;
  console& out = c.out();
  if (c.args().json) {
    out.json({{"holds", found.holds()},
              {"operations", json_of(found.drift)},
              {"objects_recorded", found.objects_recorded},
              {"objects", found.objects},
              {"broken", found.broken}});
    return code;
  }
  if (found.holds()) out.line("The database is what its migrations have built and promise.");
  if (!found.drift.empty()) out.line("To be what its migrations have built, the database would need:");
  for (const schema_operation& operation : found.drift) out.line("  " + operation.describe());
  if (!found.objects.empty())
    out.line("Beside its tables, the database has changed since its migrations were applied:");
  for (const std::string& what : found.objects) out.line("  " + what);
  if (!found.broken.empty()) out.line("What its migrations promise does not hold:");
  for (const std::string& what : found.broken) out.line("  " + what);
  if (!found.objects_recorded) c.err().line(std::string(no_record_of_objects));
  return code;
}

int run_repair(command& c) {
  const arguments& args = c.args();
  console& out = c.out();
  migrate::repair_options what;
  what.step_done = args.step_done;
  what.half_done = args.forget_half;
  database& db = c.open_existing();
  const std::vector<std::string> planned = c.wait(migrate::plan_repair(db, what, c.migrate_options()));
  const migrate::status_report now = c.wait(migrate::status(db, c.migrate_options()));
  const bool unlocks = args.take_over_lock && now.locked;
  if (!now.halves.empty() && !args.step_done && !args.forget_half) {
    c.warn(
        now.halves.front().revision +
        " stays half-way: `db upgrade` or `db downgrade` goes on with it; --step-done says that the step under way was "
        "done, --forget-half that you have taken back what was");
  }
  const bool nothing = planned.empty() && !unlocks;
  if (!args.json) {
    for (const std::string& line : planned) out.line("would " + line);
    if (unlocks) out.line("would remove the lock");
    if (nothing) out.line("Nothing to repair.");
  }
  if (!nothing && !args.dry_run) {
    if (!c.confirmed("This changes what the database remembers, not its tables.")) return exit_error;
    (void)c.wait(migrate::repair(db, what, c.migrate_options()));
    if (!args.json) out.line("Done. `db status` and `db verify` say how it is now.");
  }
  if (args.json)
    out.json({{"dry_run", args.dry_run}, {"changes", planned}, {"lock_removed", unlocks && !args.dry_run}});
  return exit_ok;
}

}  // namespace tupelo::cli
