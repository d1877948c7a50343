// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "error_report.hpp"
#include "lint_text.hpp"
#include "migration_folder.hpp"
#include "rename_option.hpp"
#include "schema_text.hpp"
#include "text_file.hpp"

#include <tupelo/schema/generator.hpp>
#include <tupelo/schema/index_split.hpp>
#include <tupelo/dialect/dialect.hpp>
#include <tupelo/core/error.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>

namespace tupelo::cli {
namespace {

/// A migration that this program does not know would be generated a second time.
void require_all_compiled_in(command& c) {
  const project& in = c.in_project();
  std::string names;
  for (const migration_file& file : not_compiled_in(in.migrations, c.migrations())) {
    names += (names.empty() ? "" : ", ") + in.shown(file.path);
  }
  if (names.empty()) return;
  throw migration_error(errc::invalid_migration,
                        "this program was built without " + names +
                            ", so it cannot tell what is new; build it again (a CMake glob of migrations/*.cpp needs "
                            "CONFIGURE_DEPENDS), or delete the file, then run `db migrate` again");
}

std::vector<schema_operation> planned_operations(command& c) {
  if (c.args().empty || c.args().merge) return {};
  model_schema wanted = c.models();
  const schema_definition recorded = migrate::recorded_schema(c.migrations());
  for (const std::string& rename : c.args().renames) {
    wanted.renames.push_back(parse_rename(rename, recorded, wanted.schema));
  }
  return migrate::check(wanted, c.migrations());
}

std::vector<std::string> parents_of_next(command& c) {
  const history& all = c.migrations();
  std::vector<std::string> parents;
  if (!c.args().merge) {
    if (const std::string_view head = all.head(); !head.empty()) parents.emplace_back(head);
    return parents;
  }
  for (std::string_view head : all.heads()) parents.emplace_back(head);
  if (parents.size() < 2) throw usage_error("--merge: there is only one head, so there is nothing to join");
  return parents;
}

/// A revision that neither a file nor a migration has yet, and that sorts behind its parents.
std::string next_revision(command& c, const std::string& message, const std::vector<std::string>& parents) {
  constexpr std::int64_t second = 1'000'000;
  for (std::int64_t now = c.around().now_us();; now += second) {
    std::string revision = make_revision(now, message);
    bool taken = c.migrations().find(revision) != nullptr ||
                 std::filesystem::exists(c.in_project().migrations / (revision + ".cpp"));
    constexpr std::size_t time_length = 15;
    for (const std::string& parent : parents) {
      // Only parents from the same minute: a clock that was wrong for long is not followed.
      taken = taken || (parent.compare(0, 13, revision, 0, 13) == 0 &&
                        parent.compare(0, time_length, revision, 0, time_length) >= 0);
    }
    if (!taken) return revision;
  }
}

/// A file that is about to be written.
struct planned_file {
  std::vector<std::string> parents;
  std::vector<schema_operation> operations;
  migration_source source;
  std::filesystem::path path;
  std::vector<lint_finding> findings;
};

planned_file plan_file(command& c, const std::string& message, std::vector<std::string> parents,
                       std::vector<schema_operation> operations, const schema_definition& before) {
  planned_file planned;
  planned.source = generate_migration(next_revision(c, message, parents), parents, operations);
  planned.path = c.in_project().migrations / planned.source.file_name;
  if (!operations.empty()) planned.findings = lint(operations, before, c.rules());
  for (lint_finding& found : planned.findings) found.file = c.in_project().shown(planned.path);
  planned.parents = std::move(parents);
  planned.operations = std::move(operations);
  return planned;
}

/// One file, or two: where the database builds indexes beside those who write, or is not known, they follow in a file
/// of their own.
std::vector<planned_file> plan_files(command& c, std::vector<schema_operation> operations,
                                     const schema_definition& before) {
  std::vector<planned_file> files;
  const std::string& message = c.args().message;
  std::vector<std::string> parents = parents_of_next(c);
  const feature_table* of = c.rules().database;
  index_split parts{std::move(operations), {}};
  if (!c.args().one_file && (of == nullptr || of->concurrent_indexes)) parts = index_split::of(parts.changes, before);
  if (!parts.changes.empty() || parts.indexes.empty()) {
    files.push_back(plan_file(c, message, std::move(parents), std::move(parts.changes), before));
    parents = {files.front().source.revision};
  }
  if (!parts.indexes.empty()) {
    schema_definition between = before;
    if (!files.empty()) apply_all(files.front().operations, between);
    const std::string own = files.empty() ? message : message + " indexes";
    files.push_back(plan_file(c, own, std::move(parents), std::move(parts.indexes), between));
  }
  return files;
}

nlohmann::ordered_json document_of(const planned_file& planned, const project& in, bool with_text) {
  nlohmann::ordered_json said{{"revision", planned.source.revision},
                              {"file", in.shown(planned.path)},
                              {"parents", planned.parents},
                              {"operations", json_of(planned.operations)},
                              {"findings", json_of(planned.findings, finding_places(project{}))}};
  if (with_text) said["text"] = planned.source.text;
  return said;
}

}  // namespace

int run_migrate(command& c) {
  const arguments& args = c.args();
  console& out = c.out();
  const project& in = c.in_project();
  if (args.message.empty()) throw usage_error("say what changes: db migrate \"Add users\"");
  if (!std::filesystem::is_directory(in.migrations)) {
    throw configuration_error(errc::invalid_configuration, "there is no folder " + in.migrations.string() +
                                                               "; run `db init` in the project's root first");
  }
  require_all_compiled_in(c);
  (void)parents_of_next(c);  // what is wrong with the heads comes first
  const std::vector<schema_operation> operations = planned_operations(c);

  if (operations.empty() && !args.empty && !args.merge) {
    if (args.json) {
      out.json({{"written", false},
                {"revision", nullptr},
                {"file", nullptr},
                {"operations", nlohmann::ordered_json::array()}});
    } else if (!args.sql) {
      out.line("No changes: the migrations build what the models want. Nothing was written.");
    }
    return exit_ok;
  }

  const schema_definition before = operations.empty() ? schema_definition() : migrate::recorded_schema(c.migrations());
  std::vector<std::string> statements;
  if (args.sql && !operations.empty()) {
    statements = texts_of(c.open().sql_dialect().schema().render(operations, before));
  }
  const std::vector<planned_file> files = plan_files(c, operations, before);
  const bool written = !args.dry_run && !args.sql;
  for (const planned_file& planned : files) {
    if (written) write_new_text(planned.path, planned.source.text);
  }

  if (args.json) {
    nlohmann::ordered_json said{{"written", written}};
    said.update(document_of(files.front(), in, args.dry_run));
    said["followed_by"] = nullptr;
    if (files.size() > 1) said["followed_by"] = document_of(files.back(), in, args.dry_run);
    if (args.sql) said["statements"] = statements;
    out.json(said);
    return exit_ok;
  }
  if (args.sql) {
    out.script(statements);
    return exit_ok;
  }
  for (const planned_file& planned : files) {
    for (const schema_operation& operation : planned.operations) out.line("  " + operation.describe());
    if (args.dry_run) {
      out.line();
      out.line(out.painted(ink::dim, "// " + in.shown(planned.path)));
      out.line(planned.source.text);
      continue;
    }
    out.line(out.painted(ink::green, "wrote ") + in.shown(planned.path));
    for (const lint_finding& found : planned.findings) c.warn(finding_text(found));
  }
  if (args.dry_run) return exit_ok;
  out.line("Next: review what was written, build this program again so that it is part of it, then `db upgrade`.");
  return exit_ok;
}

}  // namespace tupelo::cli
