// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "error_report.hpp"
#include "lint_text.hpp"
#include "migration_folder.hpp"
#include "rename_questions.hpp"
#include "schema_text.hpp"
#include "text_file.hpp"

#include <tupelo/schema/generator.hpp>
#include <tupelo/schema/safe_split.hpp>
#include <tupelo/dialect/dialect.hpp>
#include <tupelo/core/error.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
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
  wanted.renames = settled_renames(c, recorded, wanted);
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
                 std::filesystem::exists(c.in_project().migrations / (revision + ".cpp")) ||
                 std::filesystem::exists(c.in_project().migrations / (revision + ".up.sql"));
    for (const std::string& parent : parents) {
      // Only parents from the same minute: a clock that was wrong for long is not followed.
      taken = taken || (parent.compare(0, 13, revision, 0, 13) == 0 &&
                        parent.compare(0, revision_time_length, revision, 0, revision_time_length) >= 0);
    }
    if (!taken) return revision;
  }
}

/// A file that is about to be written.
struct planned_file {
  std::vector<std::string> parents;
  std::vector<schema_operation> operations;
  std::vector<backfill_step> rows;
  migration_source source;
  std::filesystem::path path;
  std::vector<lint_finding> findings;
};

/// The files of one change, each behind the one before.
class file_plan {
public:
  file_plan(command& c, const schema_definition& before) : c_(&c), state_(before), parents_(parents_of_next(c)) {}

  void add(const std::string& suffix, std::vector<schema_operation> operations) {
    planned_file& file = begin(suffix);
    if (!operations.empty()) file.findings = lint(operations, state_, c_->rules());
    const std::vector<allowed_rule> allowed = permissions_of(file.findings);
    file.source =
        generate_migration(file.source.revision, file.parents, operations, moved_columns(operations, state_), allowed);
    for (lint_finding& found : file.findings) found.file = c_->in_project().shown(file.path);
    apply_all(operations, state_);
    file.operations = std::move(operations);
  }
  void add(const std::string& suffix, std::vector<backfill_step> rows) {
    planned_file& file = begin(suffix);
    file.source = generate_backfill(file.source.revision, file.parents, rows);
    file.rows = std::move(rows);
  }
  std::vector<planned_file> take() { return std::move(files_); }

private:
  planned_file& begin(const std::string& suffix) {
    const std::string& message = c_->args().message;
    planned_file& file = files_.emplace_back();
    file.parents = std::move(parents_);
    file.source.revision = next_revision(*c_, files_.size() == 1 ? message : message + " " + suffix, file.parents);
    file.path = c_->in_project().migrations / (file.source.revision + ".cpp");
    parents_ = {file.source.revision};
    return file;
  }

  command* c_;
  schema_definition state_;
  std::vector<std::string> parents_;
  std::vector<planned_file> files_;
};

/// One file, or several: where the database can build indexes and look at rows while others read and write, or is not
/// known, that follows in files of its own.
std::vector<planned_file> plan_files(command& c, std::vector<schema_operation> operations,
                                     const schema_definition& before) {
  const feature_table* of = c.rules().database;
  safe_split parts{std::move(operations), {}, {}, {}};
  if (!c.args().one_file && (of == nullptr || of->concurrent_indexes)) parts = safe_split::of(parts.changes, before);
  file_plan plan(c, before);
  const bool more = !parts.indexes.empty() || !parts.fills.empty() || !parts.validations.empty();
  if (!parts.changes.empty() || !more) plan.add({}, std::move(parts.changes));
  if (!parts.indexes.empty()) plan.add("indexes", std::move(parts.indexes));
  if (!parts.fills.empty()) plan.add("backfill", std::move(parts.fills));
  if (!parts.validations.empty()) plan.add("validated", std::move(parts.validations));
  return plan.take();
}

/// A migration in SQL, to be filled in: one file for each way.
int write_sql_files(command& c) {
  const arguments& args = c.args();
  const project& in = c.in_project();
  const std::vector<std::string> parents = parents_of_next(c);
  const std::string revision = next_revision(c, args.message, parents);
  std::string after;
  for (const std::string& parent : parents) after += (after.empty() ? "" : ", ") + parent;
  const std::filesystem::path up = in.migrations / (revision + ".up.sql");
  const std::filesystem::path down = in.migrations / (revision + ".down.sql");
  if (!args.dry_run) {
    write_new_text(up, "-- tupelo: after=" + (after.empty() ? std::string("base") : after) + "\n\n");
    write_new_text(down, "-- What takes it back; without this file there is no way back.\n\n");
  }
  if (args.json) {
    c.out().json({{"written", !args.dry_run},
                  {"revision", revision},
                  {"file", in.shown(up)},
                  {"down", in.shown(down)},
                  {"parents", parents},
                  {"operations", nlohmann::ordered_json::array()}});
    return exit_ok;
  }
  for (const std::filesystem::path& file : {up, down}) {
    c.out().line(args.dry_run ? "would write " + in.shown(file)
                              : c.out().painted(ink::green, "wrote ") + in.shown(file));
  }
  if (!args.dry_run) c.out().line("Next: write the SQL, then `db upgrade`; nothing has to be built for it.");
  return exit_ok;
}

nlohmann::ordered_json changes_of(const planned_file& planned) {
  if (planned.rows.empty()) return json_of(planned.operations);
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const backfill_step& step : planned.rows) {
    list.push_back({{"table", step.table}, {"change", step.describe()}, {"code", backfill_source(step)}});
  }
  return list;
}

/// The file with those that follow it.
nlohmann::ordered_json document_of(const std::vector<planned_file>& files, std::size_t at, const project& in,
                                   bool with_text) {
  const planned_file& planned = files[at];
  nlohmann::ordered_json said{{"revision", planned.source.revision},
                              {"file", in.shown(planned.path)},
                              {"parents", planned.parents},
                              {"operations", changes_of(planned)},
                              {"findings", json_of(planned.findings, finding_places(project{}))}};
  if (with_text) said["text"] = planned.source.text;
  said["followed_by"] = nullptr;
  if (at + 1 < files.size()) said["followed_by"] = document_of(files, at + 1, in, with_text);
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
  if (args.sql_files) return write_sql_files(c);
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
    said.update(document_of(files, 0, in, args.dry_run));
    if (args.sql) said["statements"] = statements;
    for (const moved_column& moved : moved_columns(operations, before)) {
      said["moved"].push_back({{"column", moved.column}, {"from", moved.from}, {"to", moved.to}, {"fill", moved.fill}});
    }
    out.json(said);
    return exit_ok;
  }
  if (args.sql) {
    out.script(statements);
    return exit_ok;
  }
  for (const planned_file& planned : files) {
    for (const schema_operation& operation : planned.operations) out.line("  " + operation.describe());
    for (const backfill_step& step : planned.rows) out.line("  " + step.describe());
    if (args.dry_run) {
      out.line();
      out.line(out.painted(ink::dim, "// " + in.shown(planned.path)));
      out.line(planned.source.text);
      continue;
    }
    out.line(out.painted(ink::green, "wrote ") + in.shown(planned.path));
    for (const lint_finding& found : planned.findings) c.warn(finding_text(found));
  }
  for (const moved_column& moved : moved_columns(operations, before)) {
    c.warn(moved.describe() + ": its values are lost unless they are carried over first; the file says how");
  }
  if (args.dry_run) return exit_ok;
  out.line("Next: review what was written, build this program again so that it is part of it, then `db upgrade`.");
  return exit_ok;
}

}  // namespace tupelo::cli
