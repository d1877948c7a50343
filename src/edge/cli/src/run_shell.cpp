// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "shell_program.hpp"

#include <tupelo/engine/url_options.hpp>
#include <tupelo/driver/url.hpp>
#include <tupelo/core/error.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace tupelo::cli {

int run_shell(command& c) {
  const database_address& found = c.address();
  driver::url url = driver::url::parse(found.url);
  database_options of_the_pool;
  take_url_options(url, of_the_pool);  // nothing for the shell
  std::filesystem::current_path(found.from_file ? c.in_project().root : c.around().directory);
  shell_program shell = shell_program::of(url);
  shell.words.insert(shell.words.end(), c.args().rest.begin(), c.args().rest.end());
  c.around().out->flush();
  for (const auto& [name, value] : shell.variables) c.around().export_variable(name, value);
  const int why = c.around().replace_process(shell.words);
  if (why == 0) return exit_ok;
  const std::string program = shell.words.front();
  if (why == ENOENT) {
    throw configuration_error(errc::invalid_configuration,
                              "the program `" + program +
                                  "` is not installed, or not on PATH; install it (Debian: apt install " +
                                  shell.package + ") and try again");
  }
  throw configuration_error(errc::invalid_configuration,
                            "cannot run `" + program + "`: " + std::system_category().message(why));
}

}  // namespace tupelo::cli
