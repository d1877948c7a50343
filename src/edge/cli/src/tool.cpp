// SPDX-License-Identifier: Apache-2.0
#include "tool.hpp"

#include "command.hpp"
#include "console.hpp"
#include "error_report.hpp"
#include "run_recorded.hpp"
#include "scaffold.hpp"
#include "version.hpp"

#include <tupelo/cli.hpp>
#include <tupelo/core/error.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <sstream>
#include <system_error>

namespace tupelo::cli {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail(std::string message) {
  throw configuration_error(errc::invalid_configuration, std::move(message));
}

bool can_be_built(const project& in) { return in.configured && fs::exists(in.build_folder / "CMakeCache.txt"); }

void build_manage(const project& in, surroundings& around) {
  if (!can_be_built(in)) {
    fail(in.shown(in.build_folder) + " is not configured yet, so there is no " + in.manage_target + " to run; in " +
         in.root.string() + " run `cmake --preset dev` (or `cmake -S . -B " + in.shown(in.build_folder) +
         "` with options of your own) and try again");
  }
  // The build's own words go where errors go: standard output is the command's. That there was nothing to do is not
  // said.
  constexpr const char* build = "{ cmake --build \"$1\" --target \"$2\" 2>&1; echo \"exit code $?\"; } | {\n"
                                "  code=1\n"
                                "  while IFS= read -r line; do\n"
                                "    case $line in\n"
                                "      'exit code '*) code=${line#exit code } ;;\n"
                                "      '[100%] Built target '*|'ninja: no work to do.') ;;\n"
                                "      *) printf '%s\\n' \"$line\" >&2 ;;\n"
                                "    esac\n"
                                "  done\n"
                                "  exit \"$code\"\n"
                                "}";
  const int code = around.run_process({"sh", "-c", build, "sh", in.build_folder.string(), in.manage_target});
  if (code < 0) fail("cannot run cmake: " + std::system_category().message(-code));
  if (code != 0) {
    fail("the project does not build; what the compiler says is above. `cmake --build " + in.shown(in.build_folder) +
         " --target " + in.manage_target + "` was run in " + in.root.string());
  }
}

/// What a command line of `db` needs of the project.
enum class need : std::uint8_t { nothing, record, program };

need need_of(const parsed_arguments& parsed, const project& in) {
  // Help is the same everywhere. Options that this program does not know, another release's may.
  if (parsed.exit_code) return *parsed.exit_code == exit_ok || !can_be_built(in) ? need::nothing : need::program;
  const arguments& args = parsed.command;
  switch (args.what) {
    case verb::init:
    case verb::introspect:
    case verb::backup:
    case verb::restore:
    case verb::shell: return need::nothing;
    case verb::diagram: return args.live ? need::nothing : need::program;
    case verb::lint: return args.rules ? need::nothing : need::program;
    case verb::current:
    case verb::history:
    case verb::status: return can_be_built(in) ? need::program : need::record;
    default: return need::program;
  }
}

parsed_arguments quietly_parsed(const std::vector<std::string>& words, surroundings around) {
  std::ostringstream unread;
  around.out = around.err = &unread;
  return parse_arguments(words, around);
}

int run_db(const std::vector<std::string>& words, surroundings& around) {
  const project in = find_project(around.directory);
  const parsed_arguments parsed = quietly_parsed(words, around);
  const need needs = need_of(parsed, in);
  if (needs == need::nothing) return run(words, {}, around);
  if (needs == need::record) {
    const cli_options none;
    command c(parsed.command, none, around);
    return run(c, run_recorded);
  }
  if (!in.configured) {
    fail("there is no tupelo.toml in " + around.directory.string() +
         " or above it; `tupelo new myapp` makes a project, and `tupelo db init` of an existing one writes that file");
  }
  build_manage(in, around);
  std::vector<std::string> command{in.manage_program.string()};
  command.insert(command.end(), words.begin() + 1, words.end());
  const int why = around.replace_process(command);
  if (why == 0) return exit_ok;
  fail("cannot run " + in.manage_program.string() + ": " + std::system_category().message(why) +
       "; [manage] program in tupelo.toml says where it is built");
}

int run_new(const std::string& where, const std::string& url, surroundings& around) {
  console out(*around.out, around.colours_out());
  const fs::path root = (around.directory / where).lexically_normal();
  const scaffold made = make_project(root, url);
  for (const std::string& file : made.files) out.line(out.painted(ink::green, "made ") + where + "/" + file);
  out.line();
  out.line("Next, as README.md says:");
  for (const std::string& step : made.first_steps) out.line("  " + step);
  return exit_ok;
}

int understand(const std::vector<std::string>& words, surroundings& around) {
  if (words.size() > 1 && words[1] == "db") return run_db(words, around);  // its words are the manage program's to read
  CLI::App app("Tupelo: an async-first data layer for C++20.", "tupelo");
  app.set_version_flag("--version", std::string("tupelo ") + version_text);
  app.require_subcommand(1);
  app.footer(
      "What needs the project's models is done by its own program, which `tupelo db` builds first where it is out "
      "of date.\nExit codes: 0 done; 1 error; 2 wrong usage; of `db` also 3 and 130: tupelo db --help.");
  std::string where;
  CLI::App* create =
      app.add_subcommand("new", "Make a project: models, migrations, seeds, a test, and a README that is true");
  create->add_option("name", where, "The project, and the folder to make for it")->required();
  std::string url;
  create->add_option("--url", url, "Its database: postgresql://user@host/name, or a SQLite file (unless given, one)")
      ->type_name("URL");
  app.add_subcommand("db", "Migrations, seeds and a look at the database: tupelo db --help");
  std::vector<std::string> arguments(words.begin() + (words.empty() ? 0 : 1), words.end());
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& stop) {
    return app.exit(stop, *around.out, *around.err) == 0 ? exit_ok : exit_usage;
  }
  return run_new(where, url, around);
}

}  // namespace

int run_tool(const std::vector<std::string>& words, surroundings& around) {
  int code = exit_error;
  try {
    code = understand(words, around);
  } catch (...) {
    const error_report report = error_report::of_current();
    around.out->flush();
    console err(*around.err, around.colours_err());
    report.print(err, {});
    code = report.exit_code;
  }
  around.out->flush();
  around.err->flush();
  return code;
}

int run_tool(int argc, char** argv) {
  try {
    surroundings process = surroundings::of_process();
    return run_tool(std::vector<std::string>(argv, argv + argc), process);
  } catch (...) {
    std::fprintf(stderr, "error: %s\n", error_report::of_current().message.c_str());
    return exit_error;
  }
}

}  // namespace tupelo::cli
