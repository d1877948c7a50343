// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "error_report.hpp"
#include "lint_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tupelo::cli {
namespace {

std::string_view text_of(lint_scope scope) {
  switch (scope) {
    case lint_scope::everywhere: return "every database";
    case lint_scope::table_locks: return "PostgreSQL";
    case lint_scope::table_rebuilds: return "SQLite";
  }
  return "";
}

int list_rules(command& c) {
  if (c.args().json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const lint_rule& rule : lint_rules()) {
      list.push_back({{"code", rule.code},
                      {"hazard", name_of(rule.kind)},
                      {"databases", text_of(rule.scope)},
                      {"why", rule.why},
                      {"instead", rule.instead}});
    }
    c.out().json({{"rules", list}});
    return exit_ok;
  }
  std::vector<std::vector<std::string>> rows{{"rule", "hazard", "on", "why"}};
  for (const lint_rule& rule : lint_rules()) {
    rows.push_back({std::string(rule.code), std::string(name_of(rule.kind)), std::string(text_of(rule.scope)),
                    std::string(rule.why)});
  }
  c.out().table(rows);
  return exit_ok;
}

/// The revisions that the command line asks for, in order. Where it asks the database, the rules hear what that has.
std::vector<std::string_view> chosen(command& c, lint_options& rules) {
  const history& all = c.migrations();
  std::vector<std::string_view> revisions;
  if (c.args().pending) {
    const migrate::status_report now = c.wait(migrate::status(c.open_existing(), c.migrate_options()));
    for (const migrate::revision_status& one : now.revisions) {
      if (one.now != migrate::state::pending) rules.applied.push_back(one.revision);
    }
    for (const migration& m : all.ordered()) {
      const bool pending =
          std::any_of(now.revisions.begin(), now.revisions.end(), [&](const migrate::revision_status& one) {
            return one.revision == m.revision && one.now == migrate::state::pending;
          });
      if (pending) revisions.push_back(m.revision);
    }
    return revisions;
  }
  for (const migration& m : all.ordered()) revisions.push_back(m.revision);
  if (!c.args().since.empty()) {
    const std::string_view since = all.resolve(c.args().since);
    const std::vector<std::string_view> before = since.empty() ? std::vector<std::string_view>() : all.ancestors(since);
    std::erase_if(revisions, [&](std::string_view revision) {
      return std::find(before.begin(), before.end(), revision) != before.end();
    });
  }
  if (c.args().latest && *c.args().latest < revisions.size()) {
    revisions.erase(revisions.begin(), revisions.end() - static_cast<std::ptrdiff_t>(*c.args().latest));
  }
  return revisions;
}

std::string summary(const finding_counts& counts) {
  std::string text = counted(counts.problems, "problem") + ", " + counted(counts.notes, "note");
  return counts.allowed == 0 ? text : text + ", " + std::to_string(counts.allowed) + " allowed";
}

}  // namespace

int run_lint(command& c) {
  const arguments& args = c.args();
  if (args.rules) return list_rules(c);
  c.warn_of_uncompiled();
  lint_options rules = c.rules();
  const std::vector<std::string_view> revisions = chosen(c, rules);
  const std::vector<lint_finding> found = lint(c.migrations(), revisions, rules);
  const finding_places places(c.in_project());
  const finding_counts counts = count(found);
  if (args.json) {
    c.out().json({{"findings", json_of(found, places)},
                  {"migrations", revisions.size()},
                  {"problems", counts.problems},
                  {"notes", counts.notes},
                  {"allowed", counts.allowed}});
  } else if (args.format == "github") {
    print_annotations(c.out(), found, places);
  } else {
    print_findings(c.out(), found, places);
    c.out().line(counted(revisions.size(), "migration") + ": " + summary(counts) + ".");
  }
  const bool failed = counts.problems != 0 || (args.strict && counts.notes != 0);
  return failed ? exit_differences : exit_ok;
}

}  // namespace tupelo::cli
