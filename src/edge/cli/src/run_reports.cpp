// SPDX-License-Identifier: Apache-2.0
// What only looks: current, history, status, check, diff.
#include "command.hpp"
#include "error_report.hpp"
#include "history_graph.hpp"
#include "lint_text.hpp"
#include "migration_folder.hpp"
#include "output_file.hpp"
#include "schema_text.hpp"

#include <tupelo/schema/generator.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/live_diff.hpp>

#include <nlohmann/json.hpp>
#include <tupelo/change_page.hpp>

#include <algorithm>
#include <optional>

namespace tupelo::cli {
namespace {

using json = nlohmann::ordered_json;
using migrate::state;

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
  if (!report.halves.empty()) text += (text.empty() ? "" : ", ") + std::to_string(report.halves.size()) + " half-way";
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

void annotate(console& out, const finding_places& places, std::string_view revision, std::string_view title,
              const std::string& message) {
  const finding_places::place at = places.of_registration(revision);
  out.line(annotation("error", at.file, at.line, title, message));
}

/// What keeps a program from running these migrations at all.
void annotate_files(command& c, const finding_places& places, const std::vector<migration_file>& uncompiled) {
  for (const migration_file& file : uncompiled) {
    annotate(c.out(), places, file.revision, "not part of the program",
             "The program was built without this migration; build it again so that it is seen.");
  }
  const std::vector<std::string> heads = head_names(c.migrations());
  if (heads.size() < 2) return;
  for (const std::string& head : heads) {
    annotate(c.out(), places, head, "several heads",
             "The migrations end in " + joined(heads) + "; `db migrate --merge \"message\"` joins them.");
  }
}

std::string text_of(state now) {
  switch (now) {
    case state::pending: return "The database has not applied it.";
    case state::edited: return "The migration has been edited since the database has applied it.";
    case state::missing: return "The database has applied a migration that the program does not know.";
    case state::applied: break;
  }
  return {};
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
  rows.push_back(asks ? std::vector<std::string>{"revision", "state", "applied (UTC)", "took", "by", "after"}
                      : std::vector<std::string>{"revision", "after"});
  for (const migrate::revision_status& one : report.revisions) {
    std::vector<std::string> row{one.revision};
    if (asks) {
      row.emplace_back(migrate::name_of(one.now));
      row.push_back(time_text(one.applied_us));
      row.push_back(one.applied_us == 0 ? "" : duration_text(one.duration_us));
      row.push_back(one.version);
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
  const std::optional<std::vector<schema_object>> others = c.beside_models();
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
              {"beside_tables", others ? json_of(*others) : json()},
              {"lock", json_of_lock(report)},
              {"half_done", json_of_halves(report)}};
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
  print_obstacles(out, report);
  if (others) print_others(out, *others);
  c.warn_of_uncompiled();
  return exit_ok;
}

int run_check(command& c) {
  const std::vector<migration_file> uncompiled = c.warn_of_uncompiled();
  const bool annotates = !c.args().json && c.args().format == "github";
  const finding_places places(c.in_project());
  if (annotates) annotate_files(c, places, uncompiled);  // several heads are an error behind this
  const std::vector<schema_operation> missing = migrate::check(c.models(), c.migrations());
  std::optional<migrate::status_report> applied;
  if (c.args().database_too) applied = ask(c);
  const bool in_step = missing.empty() && uncompiled.empty();
  const bool up_to_date = !applied || applied->up_to_date();
  const int code = in_step && up_to_date ? exit_ok : exit_differences;
  if (c.args().json) {
    json files = json::array();
    for (const migration_file& file : uncompiled) files.push_back(c.in_project().shown(file.path));
    json said{{"in_step", in_step}, {"operations", json_of(missing)}, {"not_compiled_in", files}};
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
  if (annotates) {
    std::string wanted;
    for (const schema_operation& operation : missing) wanted += "\n" + operation.describe();
    if (!wanted.empty()) {
      c.out().line(annotation("error", "", 0, "models and migrations differ",
                              "The models want what no migration builds; `db migrate` writes it:" + wanted));
    }
    if (!applied) return code;
    for (const migrate::revision_status& one : applied->revisions) {
      if (one.now == state::applied) continue;
      annotate(c.out(), places, one.revision, std::string(migrate::name_of(one.now)) + " " + one.revision,
               text_of(one.now));
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
  const bool as_page = c.args().picture == "html" || !c.args().output.empty();
  if (as_page && (c.args().json || c.args().sql || c.args().picture == "text")) {
    throw usage_error("--output is for the page that --format html makes; leave out --json, --sql and --format text");
  }
  const output_file to(c);
  std::optional<model_schema> models;
  if (!c.args().recorded) models = c.models();  // before the database is asked
  database& db = c.open_existing();
  const schema_definition live = c.wait(introspect(db));
  const std::vector<schema_operation> operations = models ? c.wait(diff_live(db, live, models->schema, models->renames))
                                                          : c.wait(migrate::drift(db, c.migrate_options()));
  migrate::object_drift objects;
  if (!models) objects = c.wait(migrate::drift_of_objects(db, c.migrate_options()));
  const bool same = operations.empty() && objects.changes.empty();
  const int code = same ? exit_ok : exit_differences;
  if (c.args().json) {
    json said{{"against", models ? "models" : "recorded"}, {"operations", json_of(operations)}};
    if (c.args().sql) said["statements"] = texts_of(db.sql_dialect().schema().render(operations, live));
    if (!models) {
      said["objects_recorded"] = objects.recorded;
      said["objects"] = json_of(objects.changes);
    }
    said["not_compared"] = json_of(objects.recorded ? numbered_columns(live) : beside_models(live));
    c.out().json(said);
  } else if (as_page) {
    change_page_options page{.title = "Schema of " + c.address().redacted(), .before = "the database now"};
    page.after = models ? "as the models want it" : "as its migrations have built it";
    page.statements = texts_of(db.sql_dialect().schema().render(operations, live));
    to.write(change_page(live, operations, page));
    if (to.is_file()) c.out().line(c.out().painted(ink::green, "wrote ") + to.shown());
  } else if (c.args().sql) {
    c.out().script(texts_of(db.sql_dialect().schema().render(operations, live)));
  } else if (same) {
    c.out().line(models ? "The database is what the models want." : "The database is what its migrations have built.");
  } else if (!operations.empty()) {
    c.out().line(std::string("To be what ") + (models ? "the models want" : "its migrations have built") +
                 ", the database would need:");
    print_operations(c.out(), operations);
  }
  if (c.args().json) return code;
  if (!objects.changes.empty()) {
    console& said = c.args().sql || as_page ? c.err() : c.out();
    said.line("Beside its tables, the database has changed since its migrations were applied:");
    for (const migrate::changed_object& one : objects.changes) {
      said.line("  " + std::string(migrate::name_of(one.what)) + "  " + one.object);
    }
    said.line("Change it back, or write a migration; `db stamp` takes it as it is.");
  }
  if (models) {
    print_others(c.err(), beside_models(live));
  } else if (!objects.recorded) {
    c.err().line(std::string(no_record_of_objects));
    print_others(c.err(), beside_models(live));
  } else {
    print_others(c.err(), numbered_columns(live));
  }
  return code;
}

}  // namespace tupelo::cli
