// SPDX-License-Identifier: Apache-2.0
#include "shell_program.hpp"

#include <tupelo/core/error.hpp>

#if __has_include(<tupelo/driver/sqlite/sqlite_settings.hpp>)
#include <tupelo/driver/sqlite/sqlite_settings.hpp>
#define TUPELO_CLI_HAS_SQLITE 1
#endif
#if __has_include(<tupelo/driver/postgres/postgres_settings.hpp>)
#include "plain_url.hpp"

#include <tupelo/driver/postgres/postgres_settings.hpp>
#define TUPELO_CLI_HAS_POSTGRES 1
#endif

namespace tupelo::cli {
namespace {

#ifdef TUPELO_CLI_HAS_SQLITE
shell_program sqlite_shell(const driver::url& url) {
  const driver::sqlite_settings settings = driver::sqlite_settings::parse(url);
  if (settings.in_memory()) {
    throw configuration_error(
        errc::invalid_configuration,
        "a memory database ends with its connection, so a shell would see an empty one; give --url a file");
  }
  shell_program shell{{"sqlite3"}, {}, "sqlite3"};
  if (settings.mode == driver::sqlite_mode::read_only) shell.words.emplace_back("-readonly");
  // The shell leaves foreign keys unchecked unless it is told; programs with Tupelo check them.
  shell.words.insert(shell.words.end(), {"-cmd", "PRAGMA foreign_keys = ON;"});
  // A leading `-` would be an option, `file:` a URI.
  shell.words.push_back(settings.path.starts_with('/') ? settings.path : "./" + settings.path);
  return shell;
}
#endif

#ifdef TUPELO_CLI_HAS_POSTGRES
shell_program postgres_shell(const driver::url& url) {
  (void)driver::postgres::postgres_settings::parse(url);  // refuses what is wrong in words better than psql's
  shell_program shell{{"psql"}, {}, "postgresql-client"};
  shell.words.push_back("--dbname=" + libpq_url(url));
  if (std::string password = password_of(url); !password.empty()) {
    shell.variables.emplace_back("PGPASSWORD", std::move(password));
  }
  return shell;
}
#endif

}  // namespace

shell_program shell_program::of(const driver::url& url) {
#ifdef TUPELO_CLI_HAS_SQLITE
  if (url.scheme() == "sqlite") return sqlite_shell(url);
#endif
#ifdef TUPELO_CLI_HAS_POSTGRES
  if (url.scheme() == "postgresql" || url.scheme() == "postgres") return postgres_shell(url);
#endif
  throw configuration_error(errc::unknown_driver,
                            "there is no shell for `" + url.scheme() + ":` databases in this program");
}

}  // namespace tupelo::cli
