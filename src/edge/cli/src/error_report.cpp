// SPDX-License-Identifier: Apache-2.0
#include "error_report.hpp"

#include <tupelo/cli.hpp>
#include <tupelo/core/error.hpp>

#include <nlohmann/json.hpp>

#include <exception>
#include <string_view>

namespace tupelo::cli {
namespace {

/// What this tool offers beside what the message says.
std::string remedy_of(errc code) {
  switch (code) {
    case errc::migration_heads: return "`db migrate --merge \"message\"` writes the migration that joins the heads";
    case errc::migration_edited:
      return "`db status` lists what was edited; `db diff --recorded` holds the database against the files as they are";
    case errc::migration_missing:
      return "build this program again with the file, or run a newer one; `db status` lists what the database has "
             "applied";
    case errc::migration_irreversible: return "`db downgrade <revision>` with a later revision stops before it";
    case errc::unknown_revision: return "`db history` lists the revisions";
    case errc::migration_destructive:
      return "`db lint --pending` explains each step; `db backup FILE` copies the database first";
    case errc::invalid_model: return "correct the model, rebuild this program and try again";
    case errc::unknown_driver:
      return "name its component in find_package(tupelo COMPONENTS …) and link it, then build this program again";
    case errc::unknown_database: return "`createdb` makes an empty database on the server";
    case errc::busy:
      return "another program holds a lock; try again, or raise busy_timeout (SQLite) or lock_timeout (PostgreSQL) in "
             "the URL";
    case errc::unknown_table: return "`db status` says whether migrations are pending";
    default: return {};
  }
}

void print_field(console& to, std::string_view name, const std::string& value) {
  if (value.empty()) return;
  std::string indented;
  for (char c : value) {
    indented += c;
    if (c == '\n') indented.append(13, ' ');
  }
  std::string label(name);
  label.resize(11, ' ');
  to.line("  " + to.painted(ink::dim, label) + indented);
}

}  // namespace

error_report error_report::of_current() {
  error_report report;
  try {
    throw;
  } catch (const usage_error& wrong) {
    report.message = wrong.what();
    report.code = "usage";
    report.exit_code = exit_usage;
  } catch (const unconfirmed& unasked) {
    report.message = unasked.what();
    report.code = "unconfirmed";
    report.remedy = "say --yes where this is meant";
  } catch (const error& known) {
    report.message = known.what();
    report.code = known.code_name();
    report.remedy = remedy_of(known.code());
    report.statement = known.statement();
    // The message of a failed migration quotes the statement already.
    if (report.message.find(report.statement) != std::string::npos) report.statement.clear();
    if (const auto* failed = dynamic_cast<const migration_error*>(&known)) report.revision = failed->revision();
    if (const auto* failed = dynamic_cast<const database_error*>(&known)) report.constraint = failed->constraint();
    report.exit_code = known.code() == errc::cancelled ? exit_interrupted : exit_error;
  } catch (const std::exception& other) {
    report.message = other.what();
    report.code = "internal";
  } catch (...) {
    report.message = "something was thrown that is no exception";
    report.code = "internal";
  }
  return report;
}

void error_report::print(console& to, const std::string& where) const {
  to.line(to.painted(ink::red, "error: ") + message);
  print_field(to, "code", code);
  print_field(to, "where", where);
  print_field(to, "revision", revision);
  print_field(to, "constraint", constraint);
  print_field(to, "statement", statement);
  print_field(to, "remedy", remedy);
}

void error_report::print_json(console& to, const std::string& where) const {
  nlohmann::ordered_json said{{"code", code}, {"message", message}};
  if (!where.empty()) said["where"] = where;
  if (!revision.empty()) said["revision"] = revision;
  if (!constraint.empty()) said["constraint"] = constraint;
  if (!statement.empty()) said["statement"] = statement;
  if (!remedy.empty()) said["remedy"] = remedy;
  to.json({{"error", said}});
}

}  // namespace tupelo::cli
