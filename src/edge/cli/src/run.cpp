// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"
#include "command.hpp"
#include "error_report.hpp"

#include <tupelo/cli.hpp>

#include <cstdio>
#include <exception>
#include <ostream>

namespace tupelo::cli {
namespace {

int dispatch(command& c) {
  switch (c.args().what) {
    case verb::init: return run_init(c);
    case verb::migrate: return run_migrate(c);
    case verb::squash: return run_squash(c);
    case verb::upgrade: return run_upgrade(c);
    case verb::downgrade: return run_downgrade(c);
    case verb::current: return run_current(c);
    case verb::history: return run_history(c);
    case verb::status: return run_status(c);
    case verb::check: return run_check(c);
    case verb::diff: return run_diff(c);
    case verb::introspect: return run_introspect(c);
    case verb::diagram: return run_diagram(c);
    case verb::stamp: return run_stamp(c);
    case verb::fresh:
    case verb::reset: return run_fresh(c);
    case verb::seed: return run_seed(c);
    case verb::shell: return run_shell(c);
    case verb::lint: return run_lint(c);
    case verb::backup: return run_backup(c);
    case verb::restore: return run_restore(c);
    case verb::verify: return run_verify(c);
    case verb::repair: return run_repair(c);
  }
  return exit_usage;
}

}  // namespace

int run(const std::vector<std::string>& words, const cli_options& options, surroundings& around) {
  parsed_arguments parsed = parse_arguments(words, around);
  if (parsed.exit_code) return *parsed.exit_code;
  command c(std::move(parsed.command), options, around);
  return run(c, dispatch);
}

int run(command& c, int (*verb)(command&)) {
  surroundings& around = c.around();
  int code = exit_error;
  try {
    code = verb(c);
  } catch (...) {
    const error_report report = error_report::of_current();
    if (c.args().json) {
      report.print_json(c.out(), c.where());
    } else {
      around.out->flush();
      report.print(c.err(), c.where());
    }
    *around.err << c.last_words();
    code = report.exit_code;
  }
  around.out->flush();
  around.err->flush();
  if (!*around.out && code == exit_ok) return exit_error;  // what was to be printed got nowhere
  return code;
}

int run(int argc, char** argv, const cli_options& options) {
  try {
    surroundings process = surroundings::of_process();
    return run(std::vector<std::string>(argv, argv + argc), options, process);
  } catch (...) {
    // Before there was a command: the current directory is gone, or memory is short.
    const error_report report = error_report::of_current();
    std::fprintf(stderr, "error: %s\n", report.message.c_str());
    return report.exit_code;
  }
}

}  // namespace tupelo::cli
