// SPDX-License-Identifier: Apache-2.0
#include "database_copy.hpp"

#include "plain_url.hpp"

#include <tupelo/engine/backend.hpp>
#include <tupelo/dialect/dialect.hpp>
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
#include <cstdlib>
#include <fstream>
#include <ostream>
#include <system_error>
#include <utility>

namespace tupelo::cli {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const std::string& what) { throw configuration_error(errc::invalid_configuration, what); }

std::string what_failed(const std::string& program, int code) {
  return "`" + program + "` failed with exit code " + std::to_string(code) + "; what it said stands below";
}

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

/// A folder that nobody else can read, gone with what is in it.
class private_folder {
public:
  private_folder() {
    std::string pattern = (fs::temp_directory_path() / "tupelo_restore_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      refuse("cannot make the folder " + pattern + ": " + std::system_category().message(errno) +
             "; name one that can be written to by TMPDIR");
    }
    path_ = pattern;
  }
  private_folder(const private_folder&) = delete;
  private_folder& operator=(const private_folder&) = delete;
  ~private_folder() {
    std::error_code ignored;  // nothing is lost with it
    fs::remove_all(path_, ignored);
  }
  std::string file(const char* name) const { return (path_ / name).string(); }

private:
  fs::path path_;
};

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
    run_on_database("pg_dump", {"--format=custom", "--no-password", "--file=" + unfinished.string()});
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
  // The archive names what was there when it was made. What came after has to go as well, or it is in the way of the
  // migrations that make it; and nothing may go before the archive has been read to its end.
  const private_folder folder;
  const std::string rows = folder.file("restore.sql");
  const std::string wipe = folder.file("wipe.sql");
  run_program<failed_program>("pg_restore",
                              {"--clean", "--if-exists", "--no-owner", "--file=" + rows, fs::absolute(file).string()});
  std::ofstream script(wipe);
  script << "SET LOCAL client_min_messages = warning;\n"
         << find_backend(url_).make_dialect().schema().wipe_query() << " \\gexec\n";
  script.close();
  if (!script) refuse("cannot write the file " + wipe + "; name another folder by TMPDIR");
  run_on_database("psql", {"--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--output=/dev/null",
                           "--single-transaction", "--file=" + wipe, "--file=" + rows});
}

void database_copy::run_on_database(const std::string& program, std::vector<std::string> words) {
  words.insert(words.begin(), "--dbname=" + libpq_url(url_));
  if (const std::string password = password_of(url_); !password.empty()) {
    around_->export_variable("PGPASSWORD", password);
  }
  run_program<failed_on_database>(program, std::move(words));
}

template <class Failure>
void database_copy::run_program(const std::string& program, std::vector<std::string> words) {
  words.insert(words.begin(), program);
  around_->out->flush();
  around_->err->flush();
  std::string said;
  const int code = around_->hear_process(words, said);
  if (code == -ENOENT) {
    refuse("the program `" + program +
           "` is not installed, or not on PATH; install it (Debian: apt install postgresql-client) and try again");
  }
  if (code < 0) refuse("cannot run `" + program + "`: " + std::system_category().message(-code));
  if (code != 0) throw Failure(what_failed(program, code), std::move(said));
  *around_->err << said;  // warnings
}

}  // namespace tupelo::cli
