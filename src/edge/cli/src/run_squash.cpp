// SPDX-License-Identifier: Apache-2.0
// `db squash`: one migration file that stands for several.
#include "command.hpp"
#include "error_report.hpp"
#include "lint_text.hpp"
#include "migration_folder.hpp"
#include "schema_text.hpp"
#include "text_file.hpp"

#include <tupelo/schema/generator.hpp>
#include <tupelo/schema/squash.hpp>
#include <tupelo/core/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace tupelo::cli {
namespace {

/// At the time of the last one, so that files of SQL, which follow by name, go on following it.
std::string revision_at(command& c, const std::string& last, const std::string& message) {
  const std::string words = make_revision(0, message).substr(revision_time_length);
  // A name that begins otherwise than ours is kept whole: what is put behind it then still comes right behind it.
  const std::string time = last.substr(0, last.find('_') == revision_time_length ? revision_time_length : last.size());
  std::string revision = time + words;
  for (int i = 2; c.migrations().find(revision) != nullptr; ++i) revision = time + words + "_" + std::to_string(i);
  return revision;
}

/// The files that are to be removed. None is of SQL, which nobody can squash.
std::vector<std::string> files_of(command& c, const std::vector<std::string>& revisions) {
  std::vector<std::string> files;
  for (const migration_file& file : migration_files(c.in_project().migrations)) {
    if (std::find(revisions.begin(), revisions.end(), file.revision) == revisions.end()) continue;
    files.push_back(c.in_project().shown(file.path));
  }
  return files;
}

/// Several may have allowed the same, and what they did may have come to nothing.
void keep_needed_permissions(migrate::squash& made, lint_options rules) {
  rules.database = nullptr;  // the file is for all of them
  const std::vector<lint_finding> findings = lint(made.operations, made.before, rules);
  std::vector<allowed_rule> needed;
  for (allowed_rule& rule : made.allowed) {
    const bool again =
        std::any_of(needed.begin(), needed.end(), [&](const auto& one) { return one.code == rule.code; });
    const bool found = std::any_of(findings.begin(), findings.end(),
                                   [&](const lint_finding& one) { return one.rule->code == rule.code; });
    const bool of_way_back = rule.code == "irreversible" && !made.irreversible.empty();
    if (!again && (found || of_way_back)) needed.push_back(std::move(rule));
  }
  made.allowed = std::move(needed);
}

}  // namespace

int run_squash(command& c) {
  const arguments& args = c.args();
  const project& in = c.in_project();
  migrate::squash made =
      migrate::squash_of(c.migrations(), args.from, args.target.empty() ? std::string("head") : args.target);
  const std::string revision =
      revision_at(c, made.gone.back(), args.message.empty() ? std::string("squashed") : args.message);
  const std::vector<std::string> old = files_of(c, made.gone);
  keep_needed_permissions(made, c.rules());
  std::vector<lint_finding> findings;
  if (!made.before.tables.empty()) findings = lint(made.operations, made.before, c.rules());
  std::erase_if(findings, [&](const lint_finding& found) {
    return std::any_of(made.allowed.begin(), made.allowed.end(),
                       [&](const allowed_rule& rule) { return rule.code == found.rule->code; });
  });
  for (allowed_rule& rule : permissions_of(findings)) made.allowed.push_back(std::move(rule));
  const migration_source source = generate_squash(revision, made);
  const std::filesystem::path path = in.migrations / source.file_name;
  for (lint_finding& found : findings) found.file = in.shown(path);
  if (!args.dry_run) write_new_text(path, source.text);

  if (args.json) {
    nlohmann::ordered_json said{{"written", !args.dry_run},
                                {"revision", revision},
                                {"file", in.shown(path)},
                                {"parents", made.parents},
                                {"replaces", made.replaced},
                                {"remove", old},
                                {"operations", json_of(made.operations)},
                                {"findings", json_of(findings, finding_places(project{}))}};
    if (args.dry_run) said["text"] = source.text;
    c.out().json(said);
    return exit_ok;
  }
  console& out = c.out();
  for (const schema_operation& operation : made.operations) out.line("  " + operation.describe());
  if (args.dry_run) {
    out.line();
    out.line(out.painted(ink::dim, "// " + in.shown(path)));
    out.line(source.text);
  } else {
    out.line(out.painted(ink::green, "wrote ") + in.shown(path) + " in the place of " +
             counted(made.gone.size(), "migration"));
  }
  for (const lint_finding& found : findings) c.warn(finding_text(found));
  for (const std::string& label : made.lost_labels) {
    c.warn("the label " + label + " names a migration in the middle, so it goes");
  }
  if (args.dry_run) return exit_ok;
  out.line("Next: remove these files, and build this program again:");
  for (const std::string& file : old) out.line("  " + file);
  out.line("A database that has applied only some of them needs a release from before this first.");
  return exit_ok;
}

}  // namespace tupelo::cli
