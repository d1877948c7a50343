// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "error_report.hpp"
#include "lint_text.hpp"
#include "migration_folder.hpp"
#include "rename_option.hpp"
#include "schema_text.hpp"
#include "text_file.hpp"

#include <tupelo/schema/generator.hpp>
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
std::string next_revision(command& c, const std::vector<std::string>& parents) {
  constexpr std::int64_t second = 1'000'000;
  for (std::int64_t now = c.around().now_us();; now += second) {
    std::string revision = make_revision(now, c.args().message);
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
  const std::vector<std::string> parents = parents_of_next(c);
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

  std::vector<std::string> statements;
  if (args.sql && !operations.empty())
    statements = texts_of(c.open().sql_dialect().schema().render(operations, migrate::recorded_schema(c.migrations())));
  const migration_source source = generate_migration(next_revision(c, parents), parents, operations);
  std::vector<lint_finding> findings;
  if (!operations.empty()) findings = lint(operations, migrate::recorded_schema(c.migrations()), c.rules());
  for (lint_finding& found : findings) found.file = in.shown(in.migrations / source.file_name);
  const std::filesystem::path file = in.migrations / source.file_name;
  const bool written = !args.dry_run && !args.sql;
  if (written) write_new_text(file, source.text);

  if (args.json) {
    nlohmann::ordered_json said{{"written", written},
                                {"revision", source.revision},
                                {"file", in.shown(file)},
                                {"parents", parents},
                                {"operations", json_of(operations)},
                                {"findings", json_of(findings, finding_places(project{}))}};
    if (args.sql) said["statements"] = statements;
    if (args.dry_run) said["text"] = source.text;
    out.json(said);
    return exit_ok;
  }
  if (args.sql) {
    out.script(statements);
    return exit_ok;
  }
  for (const schema_operation& operation : operations) out.line("  " + operation.describe());
  if (args.dry_run) {
    out.line();
    out.line(out.painted(ink::dim, "// " + in.shown(file)));
    out.line(source.text);
    return exit_ok;
  }
  out.line(out.painted(ink::green, "wrote ") + in.shown(file));
  for (const lint_finding& found : findings) c.warn(finding_text(found));
  out.line("Next: review the file, build this program again so that the migration is part of it, then `db upgrade`.");
  return exit_ok;
}

}  // namespace tupelo::cli
