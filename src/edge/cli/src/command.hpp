// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arguments.hpp"
#include "console.hpp"
#include "interruption.hpp"
#include "migration_folder.hpp"
#include "progress_line.hpp"
#include "project.hpp"
#include "surroundings.hpp"

#include <tupelo/cli.hpp>
#include <tupelo/schema/history.hpp>
#include <tupelo/schema/lint.hpp>
#include <tupelo/schema/migrator.hpp>
#include <tupelo/schema/models.hpp>
#include <tupelo/engine/database.hpp>
#include <tupelo/core/sync_wait.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::cli {

/// One command on its way, and what it needs, each made when it is first asked for.
class command {
public:
  command(arguments args, const cli_options& options, surroundings& around);

  const arguments& args() const { return args_; }
  surroundings& around() { return *around_; }
  console& out() { return out_; }
  console& err() { return err_; }

  /// Errors: configuration_error.
  const project& in_project();
  /// Those that are compiled in, and the .sql files of the migrations folder.
  /// Errors: migration_error for a history that contradicts itself, or for a file; configuration_error.
  const history& migrations();
  /// Errors: model_error, migration_error.
  model_schema models() const;

  /// Errors: configuration_error when nothing says where the database is.
  const database_address& address();
  bool has_address();
  /// Not connected yet. May change the current directory, because a relative path in tupelo.toml starts at the project.
  /// Errors: configuration_error.
  database& open();
  /// The same for verbs that only look. Errors: also configuration_error for a file of SQLite that does not exist,
  /// which `open` would make.
  database& open_existing();
  /// The rules of the database's kind, where an address is known; nothing is opened. Errors: configuration_error.
  lint_options rules();
  migrate::options migrate_options(migrate::observer* watch = nullptr);

  /// Errors: what the task throws; cancelled after Ctrl-C.
  template <class T>
  T wait(task<T> work) {
    return sync_wait(std::move(work), wait_options(signals().token()));
  }

  void warn(const std::string& what);
  /// What the database has that models have no words for. Nothing, and a warning, while somebody has a table for
  /// himself alone that has to be opened for it.
  std::optional<std::vector<schema_object>> beside_models();
  /// Another program's words, for stderr: behind the message of the error that they belong to.
  void say_last(std::string words) { last_words_ = std::move(words); }
  const std::string& last_words() const { return last_words_; }
  /// Asks on a terminal, and says where the answer was no; --yes has answered. Errors: unconfirmed elsewhere.
  bool confirmed(const std::string& what);
  /// Warns of migration files that this program was built without. Returns them.
  std::vector<migration_file> warn_of_uncompiled();
  /// The command and the database as far as they are known: "db upgrade, sqlite:///app.db (DATABASE_URL)".
  std::string where() const;

private:
  interruption& signals();

  arguments args_;
  const cli_options* options_;
  surroundings* around_;
  console out_;
  console err_;
  std::string last_words_;
  std::optional<project> project_;
  std::optional<history> own_history_;
  std::optional<database_address> address_;
  std::optional<interruption> signals_;
  std::optional<database> database_;
};

// ---- the verbs; each returns the exit code. Errors: whatever their work throws.

int run_init(command& c);
int run_migrate(command& c);
int run_squash(command& c);
int run_upgrade(command& c);
int run_downgrade(command& c);
int run_stamp(command& c);
int run_fresh(command& c);
int run_current(command& c);
int run_history(command& c);
int run_status(command& c);
int run_check(command& c);
int run_diff(command& c);
int run_introspect(command& c);
int run_diagram(command& c);
int run_seed(command& c);
int run_shell(command& c);
int run_lint(command& c);
int run_backup(command& c);
int run_restore(command& c);
int run_verify(command& c);
int run_repair(command& c);

/// The names of the environment's seeds, those in `only` if there are any, in the order in which they run.
/// Errors: configuration_error for a name that is not there.
std::vector<std::string> names_of_seeds(command& c, const std::vector<std::string>& only);
/// Runs the seeds of the environment, those named in `only` if any are. Returns their names, in order.
/// Errors: configuration_error for a name that is not there; what a seed throws.
std::vector<std::string> run_seeds(command& c, const std::vector<std::string>& only);

/// Everything behind the command line: what run() of the public header does, with other surroundings.
int run(const std::vector<std::string>& words, const cli_options& options, surroundings& around);
/// The same of a command that was understood already: everything that goes wrong in `verb` is printed.
int run(command& c, int (*verb)(command&));

}  // namespace tupelo::cli
