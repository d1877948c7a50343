// SPDX-License-Identifier: Apache-2.0
#include "database_copy.hpp"

#include "plain_url.hpp"

#include <tupelo/core/error.hpp>

#if __has_include(<tupelo/driver/sqlite/open.hpp>)
#include <tupelo/driver/sqlite/open.hpp>
#define TUPELO_CLI_HAS_SQLITE 1
#endif
#if __has_include(<tupelo/driver/postgres/postgres_settings.hpp>)
#include <tupelo/driver/postgres/postgres_settings.hpp>
#define TUPELO_CLI_HAS_POSTGRES 1
#endif

#include <cerrno>
#include <ostream>
#include <system_error>
#include <utility>

namespace tupelo::cli {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const std::string& what) { throw configuration_error(errc::invalid_configuration, what); }

void require_new(const fs::path& file) {
  std::error_code ignored;  // what cannot be looked at cannot be written either, which says more
  if (fs::exists(file, ignored)) refuse("the file " + file.string() + " exists already and is not overwritten");
}
void require_there(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) refuse("there is no file " + file.string() + " to restore");
}

#ifdef TUPELO_CLI_HAS_SQLITE
driver::sqlite_settings settings_of(const driver::url& url, bool may_make) {
  driver::sqlite_settings settings = driver::sqlite_settings::parse(url);
  if (settings.in_memory()) refuse("a memory database ends with its connection, so there is nothing to copy");
  if (!may_make && settings.mode == driver::sqlite_mode::create) settings.mode = driver::sqlite_mode::read_write;
  return settings;
}
#endif

}  // namespace

database_copy::database_copy(driver::url url, surroundings& around) : url_(std::move(url)), around_(&around) {
#ifdef TUPELO_CLI_HAS_SQLITE
  if (url_.scheme() == "sqlite") {
    is_file_ = true;
    return;
  }
#endif
#ifdef TUPELO_CLI_HAS_POSTGRES
  if (url_.scheme() == "postgresql" || url_.scheme() == "postgres") {
    (void)driver::postgres::postgres_settings::parse(url_);  // refuses what is wrong in words better than pg_dump's
    return;
  }
#endif
  throw configuration_error(errc::unknown_driver,
                            "`" + url_.scheme() + ":` databases cannot be copied by this program");
}

fs::path database_copy::own_file() const {
#ifdef TUPELO_CLI_HAS_SQLITE
  if (is_file_) {
    const driver::sqlite_settings settings = driver::sqlite_settings::parse(url_);
    if (!settings.in_memory()) return settings.path;
  }
#endif
  return {};
}

void database_copy::write(const fs::path& file) {
  require_new(file);
#ifdef TUPELO_CLI_HAS_SQLITE
  if (is_file_) {
    const auto connection = driver::open_sqlite(settings_of(url_, false), true);
    driver::backup_to(*connection, file.string());
    return;
  }
#endif
  // What pg_dump has written half is no backup under the name of one.
  const fs::path unfinished = file.string() + ".part";
  try {
    run_program("pg_dump", {"--format=custom", "--no-password", "--file=" + unfinished.string()});
    fs::rename(unfinished, file);
  } catch (...) {
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    throw;
  }
}

void database_copy::read(const fs::path& file) {
  require_there(file);
#ifdef TUPELO_CLI_HAS_SQLITE
  if (is_file_) {
    const auto connection = driver::open_sqlite(settings_of(url_, true), true);
    driver::restore_from(*connection, file.string());
    return;
  }
#endif
  run_program("pg_restore", {"--clean", "--if-exists", "--no-owner", "--no-password", "--exit-on-error",
                             "--single-transaction", fs::absolute(file).string()});
}

void database_copy::run_program(const std::string& program, std::vector<std::string> words) {
  words.insert(words.begin(), {program, "--dbname=" + libpq_url(url_)});
  if (const std::string password = password_of(url_); !password.empty()) {
    around_->export_variable("PGPASSWORD", password);
  }
  around_->out->flush();
  around_->err->flush();
  const int code = around_->run_process(words);
  if (code == 0) return;
  if (code == -ENOENT) {
    refuse("the program `" + program +
           "` is not installed, or not on PATH; install it (Debian: apt install postgresql-client) and try again");
  }
  if (code < 0) refuse("cannot run `" + program + "`: " + std::system_category().message(-code));
  refuse("`" + program + "` failed with exit code " + std::to_string(code) + "; what it said stands above");
}

}  // namespace tupelo::cli
