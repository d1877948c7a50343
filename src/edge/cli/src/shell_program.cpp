// SPDX-License-Identifier: Apache-2.0
#include "shell_program.hpp"

#include <tupelo/core/error.hpp>

#if __has_include(<tupelo/driver/sqlite/sqlite_settings.hpp>)
#include <tupelo/driver/sqlite/sqlite_settings.hpp>
#define TUPELO_CLI_HAS_SQLITE 1
#endif

namespace tupelo::cli {
namespace {

#ifdef TUPELO_CLI_HAS_SQLITE
std::vector<std::string> sqlite_shell(const driver::url& url) {
  const driver::sqlite_settings settings = driver::sqlite_settings::parse(url);
  if (settings.in_memory()) {
    throw configuration_error(
        errc::invalid_configuration,
        "a memory database ends with its connection, so a shell would see an empty one; give --url a file");
  }
  std::vector<std::string> words{"sqlite3"};
  if (settings.mode == driver::sqlite_mode::read_only) words.emplace_back("-readonly");
  // The shell leaves foreign keys unchecked unless it is told; programs with Tupelo check them.
  words.insert(words.end(), {"-cmd", "PRAGMA foreign_keys = ON;"});
  // A leading `-` would be an option, `file:` a URI.
  words.push_back(settings.path.starts_with('/') ? settings.path : "./" + settings.path);
  return words;
}
#endif

}  // namespace

std::vector<std::string> shell_program(const driver::url& url) {
#ifdef TUPELO_CLI_HAS_SQLITE
  if (url.scheme() == "sqlite") return sqlite_shell(url);
#endif
  throw configuration_error(errc::unknown_driver,
                            "there is no shell for `" + url.scheme() + ":` databases in this program");
}

}  // namespace tupelo::cli
