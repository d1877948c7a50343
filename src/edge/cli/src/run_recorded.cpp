// SPDX-License-Identifier: Apache-2.0
#include "run_recorded.hpp"

#include "error_report.hpp"
#include "migration_folder.hpp"
#include "schema_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tupelo::cli {
namespace {

using json = nlohmann::ordered_json;

std::vector<std::string> pending_files(command& c, const migrate::status_report& recorded) {
  std::vector<std::string> pending;
  for (const migration_file& file : migration_files(c.in_project().migrations)) {
    const bool applied =
        std::any_of(recorded.revisions.begin(), recorded.revisions.end(),
                    [&](const migrate::revision_status& one) { return one.revision == file.revision; });
    const bool known = std::find(pending.begin(), pending.end(), file.revision) != pending.end();  // of several files
    if (!applied && !known) pending.push_back(file.revision);
  }
  return pending;
}

json json_of(command& c, const migrate::status_report& recorded, const std::vector<std::string>& pending) {
  json list = json::array();
  for (const migrate::revision_status& one : recorded.revisions) {
    list.push_back({{"revision", one.revision},
                    {"parents", one.parents},
                    {"state", "applied"},
                    {"applied_at", time_text(one.applied_us)},
                    {"duration_us", one.duration_us},
                    {"version", one.version}});
  }
  for (const std::string& name : pending) list.push_back({{"revision", name}, {"state", "pending"}});
  return {{"database", c.address().redacted()},   {"recorded_only", true},
          {"current", recorded.current},          {"pending", pending.size()},
          {"migrations", std::move(list)},        {"lock", json_of_lock(recorded)},
          {"half_done", json_of_halves(recorded)}};
}

void print_history(console& out, const migrate::status_report& recorded, const std::vector<std::string>& pending) {
  std::vector<std::vector<std::string>> rows{{"revision", "state", "applied (UTC)", "took", "by", "after"}};
  for (const migrate::revision_status& one : recorded.revisions) {
    rows.push_back({one.revision, "applied", time_text(one.applied_us), duration_text(one.duration_us), one.version,
                    joined(one.parents)});
  }
  for (const std::string& name : pending) rows.push_back({name, "pending", "", "", "", ""});
  if (rows.size() == 1) {
    out.line("The database has recorded no migrations, and there are no files of any.");
  } else {
    out.table(rows);
  }
}

void print_status(command& c, const migrate::status_report& recorded, const std::vector<std::string>& pending) {
  console& out = c.out();
  out.line("database  " + c.address().redacted() + out.painted(ink::dim, "  (" + c.address().source + ")"));
  out.line("current   " + (recorded.current.empty() ? "base (nothing is applied)" : joined(recorded.current)));
  out.line("applied   " + counted(recorded.revisions.size(), "migration"));
  if (!pending.empty()) out.line("state     " + out.painted(ink::yellow, std::to_string(pending.size()) + " pending"));
  for (const std::string& name : pending) out.line("  " + out.painted(ink::yellow, "pending") + "  " + name);
  print_obstacles(out, recorded);
  if (const auto others = c.beside_models()) print_others(out, *others);
}

}  // namespace

int run_recorded(command& c) {
  const arguments& args = c.args();
  if (args.graph || args.offline) {
    throw usage_error("--graph and --offline are about the files of migrations, which only the project's program can "
                      "read: configure the project first, for example by `cmake --preset dev`");
  }
  const history none{std::vector<migration>()};  // files of SQL alone are no history: what they follow may be C++
  migrate::status_report recorded = c.wait(migrate::status(c.open_existing(), migrate::options(none)));
  std::sort(recorded.revisions.begin(), recorded.revisions.end(),
            [](const migrate::revision_status& a, const migrate::revision_status& b) {
              return a.applied_us != b.applied_us ? a.applied_us < b.applied_us : a.revision < b.revision;
            });
  const std::vector<std::string> pending = pending_files(c, recorded);
  if (args.json) {
    c.out().json(json_of(c, recorded, pending));
    return exit_ok;
  }
  if (args.what == verb::history) {
    print_history(c.out(), recorded, pending);
  } else if (args.what == verb::status) {
    print_status(c, recorded, pending);
  } else {
    for (const std::string& revision : recorded.current) c.out().line(revision);
    if (recorded.current.empty()) c.out().line("base (nothing is applied)");
    if (!pending.empty()) c.err().line(std::to_string(pending.size()) + " pending; `db status` says more");
  }
  c.err().line("This is what the database has recorded and how the files are called; the project is not built yet, so "
               "what the files do is not known.");
  return exit_ok;
}

}  // namespace tupelo::cli
