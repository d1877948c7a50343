// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "surroundings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::cli {

enum class verb : std::uint8_t {
  init,
  migrate,
  squash,
  upgrade,
  downgrade,
  current,
  history,
  status,
  check,
  diff,
  introspect,
  diagram,
  stamp,
  fresh,
  reset,
  seed,
  shell,
  lint,
  backup,
  restore,
  verify,
  repair,
};

/// A command line, understood.
struct arguments {
  verb what = verb::status;
  std::string verb_name;
  std::string url;
  bool json = false;
  bool sql = false;
  bool dry_run = false;
  bool empty = false;         ///< migrate: without operations
  bool sql_files = false;     ///< migrate: a pair of .sql files, to be filled in
  bool one_file = false;      ///< migrate: indexes beside the other changes
  bool rename_all = false;    ///< migrate: what may have been renamed was
  bool no_rename = false;     ///< migrate: what is not said to have been renamed was not
  bool merge = false;         ///< migrate: after every head, without operations
  bool offline = false;       ///< history: without the database
  bool graph = false;         ///< history: drawn
  bool database_too = false;  ///< check: also what is pending, edited or missing
  bool recorded = false;      ///< diff: against what the migrations build
  std::string schema;         ///< introspect: another than the current one
  bool then_seed = false;     ///< fresh; always of reset
  bool yes = false;           ///< fresh, downgrade, restore, repair, seed
  bool allow_destructive = false;
  bool no_backup = false;  ///< upgrade
  bool strict = false;     ///< lint: notes fail, too
  bool rules = false;      ///< lint: list them
  bool pending = false;    ///< lint
  std::string since;       ///< lint: a revision
  std::optional<std::uint32_t> latest{};
  std::string picture;          ///< diagram, diff: a format by its name; empty: by the file's ending
  bool live = false;            ///< diagram: of the database instead of the models
  std::string format = "text";  ///< lint, check: "text" or "github"
  std::string file;             ///< backup, restore
  bool take_over_lock = false;
  std::optional<std::int64_t> lock_timeout_ms{};  ///< as migrate::options has it unless said
  std::optional<std::uint32_t> lock_retries{};
  std::optional<std::int64_t> lock_wait_ms{};
  bool step_done = false;    ///< repair
  bool forget_half = false;  ///< repair
  std::string target;        ///< a revision, "head", "base", "+n", "-n"
  std::string message;
  std::string from;         ///< squash: the first revision; upgrade, downgrade --sql: where the database is
  bool idempotent = false;  ///< upgrade, downgrade --sql
  std::string environment = "development";
  std::vector<std::string> renames;  ///< "old=new"
  std::vector<std::string> tables;   ///< introspect, diagram: only these
  std::string output;                ///< introspect, diagram, diff: the file to write; empty or "-": standard output
  bool force = false;                ///< introspect, diagram, diff: a file that is there already is replaced
  std::vector<std::string> rest;     ///< seeds to run; arguments of the shell
};

/// Either a command to run or, after --help, --version and mistakes, the code to end with.
struct parsed_arguments {
  arguments command;
  std::optional<int> exit_code;
};

/// `words[0]` is the program's name. Help goes to the output, complaints to the error stream.
parsed_arguments parse_arguments(const std::vector<std::string>& words, surroundings& around);

}  // namespace tupelo::cli
