// SPDX-License-Identifier: Apache-2.0
// What only looks: current, history, status, check, diff.
#include "command.hpp"
#include "history_graph.hpp"
#include "lint_text.hpp"
#include "migration_folder.hpp"
#include "schema_text.hpp"

#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/generator.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/core/timestamp.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace tupelo::cli {
namespace {

using json = nlohmann::ordered_json;
using migrate::state;

std::string time_text(std::int64_t us) { return us == 0 ? "" : timestamp::from_micros(us).to_string().substr(0, 19); }

std::string joined(const std::vector<std::string>& names, std::string_view by = ", ") {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : std::string(by)) + name;
  return out;
}

ink ink_of(state now) {
  switch (now) {
    case state::applied: return ink::green;
    case state::pending: return ink::yellow;
    case state::edited:
    case state::missing: return ink::red;
  }
  return ink::plain;
}

json json_of(const migrate::revision_status& one) {
  json said{{"revision", one.revision}, {"parents", one.parents},
            {"labels", one.labels},     {"state", migrate::name_of(one.now)},
            {"head", one.head},         {"applied_at", nullptr},
            {"file", one.file}};
  if (one.applied_us != 0) {
    said["applied_at"] = time_text(one.applied_us);
    said["duration_us"] = one.duration_us;
    said["version"] = one.version;
  }
  return said;
}

migrate::status_report ask(command& c) {
  database& db = c.open_existing();
  return c.wait(migrate::status(db, c.migrate_options()));
}

/// The same report of the files alone: nothing is said to be applied.
migrate::status_report without_database(const history& all) {
  migrate::status_report report;
  const std::vector<std::string_view> heads = all.heads();
  for (const migration& m : all.ordered()) {
    migrate::revision_status one;
    one.revision = m.revision;
    one.parents.assign(m.parents.begin(), m.parents.end());
    one.labels.assign(m.labels.begin(), m.labels.end());
    one.head = std::find(heads.begin(), heads.end(), m.revision) != heads.end();
    one.file = m.file;
    report.revisions.push_back(std::move(one));
  }
  return report;
}

void print_graph(console& out, const history& all, const migrate::status_report& report, bool asked) {
  for (const graph_line& line : history_graph(all)) {
    std::string text = line.drawing;
    for (const migrate::revision_status& one : report.revisions) {
      if (line.revision.empty() || one.revision != line.revision) continue;
      std::vector<std::string> names = one.labels;
      if (one.head) names.emplace_back("head");
      text += " " + one.revision;
      if (!names.empty()) text += " (" + joined(names) + ")";
      if (asked) text += " " + out.painted(ink_of(one.now), migrate::name_of(one.now));
    }
    out.line(text);
  }
}

std::vector<std::string> head_names(const history& all) {
  std::vector<std::string> names;
  for (std::string_view head : all.heads()) names.emplace_back(head);
  return names;
}

/// "2 pending, 1 edited"
std::string findings_text(const migrate::status_report& report) {
  std::string text;
  for (state kind : {state::pending, state::edited, state::missing}) {
    const std::size_t count = report.count(kind);
    if (count != 0)
      text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(migrate::name_of(kind));
  }
  return text;
}

void print_findings(console& out, const migrate::status_report& report) {
  for (const migrate::revision_status& one : report.revisions) {
    if (one.now == state::applied) continue;
    out.line("  " + out.painted(ink_of(one.now), migrate::name_of(one.now)) + "  " + one.revision);
  }
}

void print_operations(console& out, const std::vector<schema_operation>& operations) {
  for (const schema_operation& operation : operations) out.line("  " + operation.describe());
}

std::vector<schema_operation> live_difference(const schema_dialect& rules, const schema_definition& live,
                                              const model_schema& wanted) {
  diff_options options;
  options.renames = wanted.renames;
  options.live = &rules;
  return diff(live, wanted.schema, options);
}

}  // namespace

int run_current(command& c) {
  const migrate::status_report report = ask(c);
  if (c.args().json) {
    c.out().json({{"current", report.current},
                  {"heads", head_names(c.migrations())},
                  {"pending", report.count(state::pending)},
                  {"up_to_date", report.up_to_date()}});
    return exit_ok;
  }
  for (const std::string& revision : report.current) c.out().line(revision);
  if (report.current.empty()) c.out().line("base (nothing is applied)");
  if (!report.up_to_date()) c.err().line(findings_text(report) + "; `db status` says more");
  return exit_ok;
}

int run_history(command& c) {
  const bool asks = !c.args().offline && c.has_address();
  const migrate::status_report report = asks ? ask(c) : without_database(c.migrations());
  if (c.args().json) {
    json list = json::array();
    for (const migrate::revision_status& one : report.revisions) {
      json said = json_of(one);
      if (!asks) said.erase("state");
      list.push_back(std::move(said));
    }
    c.out().json({{"migrations", list}});
    return exit_ok;
  }
  if (report.revisions.empty()) {
    c.out().line("There are no migrations; `db migrate \"Initial\"` writes the first one.");
    return exit_ok;
  }
  if (c.args().graph) {
    print_graph(c.out(), c.migrations(), report, asks);
    return exit_ok;
  }
  std::vector<std::vector<std::string>> rows;
  rows.push_back(asks ? std::vector<std::string>{"revision", "state", "applied (UTC)", "took", "after"}
                      : std::vector<std::string>{"revision", "after"});
  for (const migrate::revision_status& one : report.revisions) {
    std::vector<std::string> row{one.revision};
    if (asks) {
      row.emplace_back(migrate::name_of(one.now));
      row.push_back(time_text(one.applied_us));
      row.push_back(one.applied_us == 0 ? "" : duration_text(one.duration_us));
    }
    row.push_back(joined(one.parents));
    rows.push_back(std::move(row));
  }
  c.out().table(rows);
  if (const std::size_t heads = head_names(c.migrations()).size(); heads > 1)
    c.warn("there are " + std::to_string(heads) + " heads; `db migrate --merge \"message\"` joins them");
  return exit_ok;
}

int run_status(command& c) {
  const migrate::status_report report = ask(c);
  const std::vector<migration_file> uncompiled = not_compiled_in(c.in_project().migrations, c.migrations());
  const std::vector<std::string> heads = head_names(c.migrations());
  const std::vector<schema_object> others = c.wait(introspect(c.open_existing())).others;
  if (c.args().json) {
    json list = json::array();
    for (const migrate::revision_status& one : report.revisions) list.push_back(json_of(one));
    json files = json::array();
    for (const migration_file& file : uncompiled) files.push_back(c.in_project().shown(file.path));
    json said{{"database", c.address().redacted()},
              {"source", c.address().source},
              {"up_to_date", report.up_to_date()},
              {"current", report.current},
              {"heads", heads},
              {"migrations", list},
              {"not_compiled_in", files},
              {"beside_tables", json_of(others)},
              {"lock", nullptr}};
    if (report.locked) said["lock"] = {{"owner", report.lock.owner}, {"since", time_text(report.lock.acquired_us)}};
    c.out().json(said);
    return exit_ok;
  }
  console& out = c.out();
  out.line("database  " + c.address().redacted() + out.painted(ink::dim, "  (" + c.address().source + ")"));
  out.line("current   " + (report.current.empty() ? "base (nothing is applied)" : joined(report.current)));
  out.line("head      " + (heads.empty() ? "there are no migrations" : joined(heads)));
  if (report.up_to_date()) {
    out.line("state     " + out.painted(ink::green, "up to date"));
  } else {
    out.line("state     " + out.painted(ink::yellow, findings_text(report)));
    print_findings(out, report);
  }
  if (report.locked) {
    out.line("lock      " + out.painted(ink::red, "held by " + report.lock.owner + " since " +
                                                      time_text(report.lock.acquired_us) + " UTC"));
  }
  print_others(out, others);
  c.warn_of_uncompiled();
  return exit_ok;
}

int run_check(command& c) {
  const std::size_t uncompiled = c.warn_of_uncompiled();
  const std::vector<schema_operation> missing = migrate::check(c.models(), c.migrations());
  std::optional<migrate::status_report> applied;
  if (c.args().database_too) applied = ask(c);
  const bool in_step = missing.empty() && uncompiled == 0;
  const bool up_to_date = !applied || applied->up_to_date();
  const int code = in_step && up_to_date ? exit_ok : exit_differences;
  if (c.args().json) {
    json said{{"in_step", in_step}, {"operations", json_of(missing)}};
    if (applied) {
      json list = json::array();
      for (const migrate::revision_status& one : applied->revisions) {
        if (one.now != state::applied) list.push_back(json_of(one));
      }
      said["up_to_date"] = up_to_date;
      said["migrations"] = list;
    }
    c.out().json(said);
    return code;
  }
  if (c.args().format == "github") {
    std::string wanted;
    for (const schema_operation& operation : missing) wanted += "\n" + operation.describe();
    if (!wanted.empty()) {
      c.out().line(annotation("error", "", 0, "models and migrations differ",
                              "The models want what no migration builds; `db migrate` writes it:" + wanted));
    }
    if (!up_to_date) {
      c.out().line(annotation("error", "", 0, "the database is not up to date", findings_text(*applied)));
    }
    return code;
  }
  if (!missing.empty()) {
    c.out().line(c.out().painted(ink::yellow, "The models want what no migration builds:"));
    print_operations(c.out(), missing);
    c.out().line("`db migrate \"message\"` writes the migration.");
  }
  if (!up_to_date) {
    c.out().line(c.out().painted(ink::yellow, "The database is not up to date: ") + findings_text(*applied));
    print_findings(c.out(), *applied);
  }
  if (code == exit_ok) {
    c.out().line(applied ? "Models, migrations and database are in step." : "Models and migrations are in step.");
  }
  return code;
}

int run_diff(command& c) {
  std::optional<model_schema> models;
  if (!c.args().recorded) models = c.models();  // before the database is asked
  database& db = c.open_existing();
  const schema_definition live = c.wait(introspect(db));
  const std::vector<schema_operation> operations = models ? live_difference(db.sql_dialect().schema(), live, *models)
                                                          : c.wait(migrate::drift(db, c.migrate_options()));
  const int code = operations.empty() ? exit_ok : exit_differences;
  if (c.args().json) {
    json said{{"against", models ? "models" : "recorded"}, {"operations", json_of(operations)}};
    if (c.args().sql) said["statements"] = texts_of(db.sql_dialect().schema().render(operations, live));
    said["not_compared"] = json_of(live.others);
    c.out().json(said);
  } else if (c.args().sql) {
    c.out().script(texts_of(db.sql_dialect().schema().render(operations, live)));
  } else if (operations.empty()) {
    c.out().line(models ? "The database is what the models want." : "The database is what its migrations have built.");
  } else {
    c.out().line(std::string("To be what ") + (models ? "the models want" : "its migrations have built") +
                 ", the database would need:");
    print_operations(c.out(), operations);
  }
  if (!c.args().json) print_others(c.err(), live.others);
  return code;
}

}  // namespace tupelo::cli
