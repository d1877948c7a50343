// SPDX-License-Identifier: Apache-2.0
// What changes the database: upgrade, downgrade, stamp, fresh.
#include "command.hpp"
#include "error_report.hpp"
#include "lint_text.hpp"
#include "schema_text.hpp"

#include <tupelo/engine/backend.hpp>
#include <tupelo/driver/url.hpp>
#include <tupelo/dialect/dialect.hpp>
#include <tupelo/core/error.hpp>

#include <nlohmann/json.hpp>

#include <ostream>

namespace tupelo::cli {
namespace {

std::string_view name_of(migrate::direction way) { return way == migrate::direction::up ? "up" : "down"; }

nlohmann::ordered_json json_of(const migrate::report& report, bool planned) {
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const migrate::step& step : report.steps) {
    nlohmann::ordered_json one{{"revision", step.revision}, {"direction", name_of(step.way)}};
    if (planned) {
      one["statements"] = step.statements;
    } else {
      one["duration_us"] = step.duration_us;
    }
    steps.push_back(std::move(one));
  }
  nlohmann::ordered_json said{{"dry_run", planned}, {"steps", steps}, {"applied", report.applied}};
  if (!report.backup.empty()) said["backup"] = report.backup;
  return said;
}

void print_script(console& out, const migrate::report& plan) {
  for (const migrate::step& step : plan.steps) {
    out.line("-- " + step.revision + " " + std::string(name_of(step.way)));
    out.script(step.statements);
    out.line();
  }
}

void print_plan(console& out, const migrate::report& plan) {
  for (const migrate::step& step : plan.steps) {
    out.line((step.way == migrate::direction::up ? "would apply " : "would take back ") + step.revision);
  }
}

void print_done(console& out, const migrate::report& done) {
  for (const migrate::step& step : done.steps) {
    const std::string verb = step.way == migrate::direction::up ? "applied " : "took back ";
    out.line(out.painted(ink::green, verb) + step.revision +
             out.painted(ink::dim, " (" + duration_text(step.duration_us) + ")"));
  }
}

std::string current_text(const migrate::report& report) {
  return report.applied.empty() ? "Nothing is applied." : "The database is at " + report.applied.back() + ".";
}

using asked_way = task<migrate::report> (*)(database&, std::string, migrate::options);
using offline_way = migrate::report (*)(const dialect&, std::string_view, std::string_view, const migrate::options&);

void print_sql(command& c, const migrate::report& planned) {
  if (c.args().json) {
    c.out().json(json_of(planned, true));
  } else {
    print_script(c.out(), planned);
  }
}

/// upgrade and downgrade differ in their functions only.
int move(command& c, offline_way write, asked_way plan, asked_way run, std::string target,
         const std::vector<lint_finding>& problems = {}) {
  const arguments& args = c.args();
  if (!args.from.empty()) {
    const dialect& of = find_backend(driver::url::parse(c.address().url)).make_dialect();
    print_sql(c, write(of, args.from, target, c.migrate_options()));
    return exit_ok;
  }
  database& db = c.open();
  if (args.sql || args.dry_run) {
    const migrate::report planned = c.wait(plan(db, std::move(target), c.migrate_options()));
    if (args.json || args.sql) {
      print_sql(c, planned);
    } else if (planned.steps.empty()) {
      c.out().line("Nothing to do. " + current_text(planned));
    } else {
      print_plan(c.out(), planned);
    }
    return exit_ok;
  }
  progress_line progress(c.err(), c.around().err_is_terminal && !args.json);
  const migrate::report done = c.wait(run(db, std::move(target), c.migrate_options(&progress)));
  progress.clear();
  if (args.json) {
    nlohmann::ordered_json said = json_of(done, false);
    if (!problems.empty()) said["findings"] = json_of(problems, finding_places(c.in_project()));
    c.out().json(said);
    return exit_ok;
  }
  print_done(c.out(), done);
  c.out().line((done.steps.empty() ? "Nothing to do. " : "") + current_text(done));
  return exit_ok;
}

/// What is to be read before an upgrade: the problems, which are said at once unless a document will hold them.
std::vector<lint_finding> look_before_upgrade(command& c, const std::string& target) {
  std::vector<lint_finding> problems = c.wait(migrate::lint_upgrade(c.open(), target, c.migrate_options()));
  std::erase_if(problems, [](const lint_finding& found) { return !found.is_problem(); });
  for (const lint_finding& found : problems) {
    if (!c.args().json) c.warn(found.revision + ": " + found.what + " (" + std::string(found.rule->code) + ")");
  }
  return problems;
}

/// Whether what a downgrade loses may be lost.
bool may_downgrade(command& c, const std::string& target) {
  std::string losses;
  for (const lint_finding& found : c.wait(migrate::lint_downgrade(c.open(), target, c.migrate_options()))) {
    if (found.rule->kind == hazard::destructive && !found.is_allowed())
      losses += "\n  " + found.revision + ": " + found.what;
  }
  return losses.empty() || c.confirmed("Taking this back loses data:" + losses + "\n");
}

bool seeds_follow(const command& c) { return c.args().then_seed || c.args().what == verb::reset; }

int plan_fresh(command& c) {
  const migrate::fresh_plan planned = c.wait(migrate::plan_fresh(c.open(), c.migrate_options()));
  const std::vector<std::string> seeds = seeds_follow(c) ? names_of_seeds(c, {}) : std::vector<std::string>();
  if (c.args().json) {
    nlohmann::ordered_json said = json_of(planned.upgrade, true);
    said.erase("applied");
    said["dropped"] = planned.drops;
    said["seeds"] = seeds;
    if (c.args().sql) said["script"] = planned.script;
    c.out().json(said);
  } else if (c.args().sql) {
    c.out().line("-- drops everything");
    c.out().script(planned.script);
    c.out().line();
    print_script(c.out(), planned.upgrade);
    for (const std::string& name : seeds) c.out().line("-- then the seed " + name + ", which is code");
  } else {
    c.out().line("would drop " + counted(planned.drops.size(), "thing") + ":");
    c.out().script(planned.drops);
    print_plan(c.out(), planned.upgrade);
    for (const std::string& name : seeds) c.out().line("would seed " + name);
  }
  return exit_ok;
}

}  // namespace

int run_upgrade(command& c) {
  c.warn_of_uncompiled();
  const std::string target = c.args().target.empty() ? "head" : c.args().target;
  std::vector<lint_finding> problems;
  if (!c.args().sql && !c.args().dry_run) problems = look_before_upgrade(c, target);
  return move(c, &migrate::upgrade_script, &migrate::plan_upgrade, &migrate::upgrade, target, problems);
}

int run_downgrade(command& c) {
  const std::string target = c.args().target.empty() ? "-1" : c.args().target;
  if (!c.args().sql && !c.args().dry_run && !may_downgrade(c, target)) return exit_error;
  return move(c, &migrate::downgrade_script, &migrate::plan_downgrade, &migrate::downgrade, target);
}

int run_stamp(command& c) {
  c.warn_of_uncompiled();
  const std::string target = c.args().target.empty() ? "head" : c.args().target;
  database& db = c.open();
  if (c.args().sql) {
    const std::vector<std::string> script = c.wait(migrate::stamp_text(db, target, c.migrate_options()));
    if (c.args().json) {
      c.out().json({{"dry_run", true}, {"statements", script}});
    } else {
      c.out().script(script);
    }
    return exit_ok;
  }
  const bool planned = c.args().dry_run;
  migrate::report report;
  if (planned) {
    const std::string_view revision = c.migrations().resolve(target);
    if (!revision.empty()) {
      for (std::string_view one : c.migrations().ancestors(revision)) report.applied.emplace_back(one);
    }
  } else {
    report = c.wait(migrate::stamp(db, target, c.migrate_options()));
  }
  if (c.args().json) {
    c.out().json({{"dry_run", planned}, {"applied", report.applied}});
  } else if (report.applied.empty()) {
    c.out().line(planned ? "would record that nothing is applied" : "Recorded: nothing is applied.");
  } else {
    c.out().line((planned ? "would record " : "Recorded ") + counted(report.applied.size(), "migration") +
                 " as applied, up to " + report.applied.back() + (planned ? "" : "; nothing was run."));
  }
  return exit_ok;
}

int run_fresh(command& c) {
  c.warn_of_uncompiled();
  if (c.args().sql || c.args().dry_run) return plan_fresh(c);
  database& db = c.open();
  if (!c.confirmed("This drops everything in the schema of " + c.address().redacted() +
                   ": tables with all rows, views, types, functions, extensions that are yours.")) {
    return exit_error;
  }
  progress_line progress(c.err(), c.around().err_is_terminal && !c.args().json);
  const migrate::report done = c.wait(migrate::fresh(db, c.migrate_options(&progress)));
  progress.clear();
  if (!c.args().json) {
    c.out().line("Dropped everything.");
    print_done(c.out(), done);
  }
  std::vector<std::string> seeds;
  if (seeds_follow(c)) {
    seeds = run_seeds(c, {});
    if (seeds.empty()) c.warn("environment " + c.args().environment + " has no seeds, so the tables are empty");
  }
  if (c.args().json) {
    nlohmann::ordered_json said = json_of(done, false);
    said["seeds"] = seeds;
    c.out().json(said);
  } else {
    c.out().line(current_text(done));
  }
  return exit_ok;
}

}  // namespace tupelo::cli
