// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/model/model_info.hpp>
#include <tupelo/model/model_spec.hpp>

#include <string_view>
#include <vector>

namespace tupelo {

class history;

/// The command-line tool of a project. A program of a few lines knows the project's models:
///
///     #include <tupelo/cli.hpp>
///     #include "models.hpp"
///     int main(int argc, char** argv) { return tp::cli::main<User, Post>(argc, argv); }
///
/// Compile the files of migrations/ and seeds/ into it: linking registers them.
namespace cli {

/// What the process returns.
enum exit_code : int {
  exit_ok = 0,
  exit_error = 1,        ///< said on the standard error stream, or with --json as an object on standard output
  exit_usage = 2,        ///< the command line itself is wrong
  exit_differences = 3,  ///< `db check`, `db diff` or `db lint` found something
  exit_interrupted = 130,
};

struct cli_options {
  std::vector<const model_info*> (*models)() = nullptr;  ///< null: no models
  const history* migrations = nullptr;                   ///< null: every migration linked into the program
  std::string_view version{};                            ///< of the program; recorded beside each revision it applies
};

/// Runs one command: `manage db upgrade`. Everything that goes wrong is printed; nothing is thrown.
///
/// Ctrl-C and SIGTERM cancel what is running: it is rolled back, and the migration lock is given back.
/// Threads: once per process, before the program starts threads of its own: it blocks these signals and may change the
/// current directory to the project's.
int run(int argc, char** argv, const cli_options& options);

template <class... Models>
int main(int argc, char** argv, std::string_view version = {}) {
  register_models<Models...>();
  cli_options options;
  options.models = [] { return std::vector<const model_info*>{&info_of<Models>()...}; };
  options.version = version;
  return run(argc, argv, options);
}

}  // namespace cli
}  // namespace tupelo

namespace tp = tupelo;
