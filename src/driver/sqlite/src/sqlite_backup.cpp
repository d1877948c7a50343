// SPDX-License-Identifier: Apache-2.0
#include "sqlite_connection.hpp"
#include "sqlite_failure.hpp"

#include <tupelo/core/error.hpp>

#include <filesystem>
#include <system_error>

namespace tupelo::driver {

namespace {

// Between steps other connections may write; a step of this size takes a few milliseconds.
constexpr int pages_per_step = 512;

}  // namespace

void sqlite_connection::backup_to(const std::string& path, const backup_progress& progress) {
  if (database_ == nullptr) open();
  std::error_code ignored;  // what cannot be looked at cannot be opened either, which says more
  if (std::filesystem::exists(path, ignored)) {
    throw configuration_error(errc::invalid_configuration,
                              "the file \"" + path +
                                  "\" exists already and is not overwritten; give the backup a new name");
  }
  const std::string name = path.starts_with("file:") || path.starts_with(":") || path.empty() ? "./" + path : path;
  sqlite3* raw = nullptr;
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int code = sqlite3_open_v2(name.c_str(), &raw, flags, nullptr);
  database_ptr target(raw);
  if (code != SQLITE_OK) throw_sqlite_failure(raw, sqlite_failure::of(raw, code), {}, path);

  wait_.restart();
  sqlite3_backup* backup = sqlite3_backup_init(raw, "main", database(), "main");
  if (backup == nullptr) {
    code = sqlite3_extended_errcode(raw);
  } else {
    int attempt = 0;
    do {
      code = sqlite3_backup_step(backup, pages_per_step);
      const bool locked = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
      if (locked && wait_.pause(++attempt)) code = SQLITE_OK;
      if (code == SQLITE_OK && !locked) {
        attempt = 0;
        wait_.restart();
      }
      if (progress.step != nullptr && !locked) {
        try {
          progress.step(progress.context, sqlite3_backup_remaining(backup), sqlite3_backup_pagecount(backup));
        } catch (...) {
          sqlite3_backup_finish(backup);
          target.reset();
          std::filesystem::remove(name, ignored);
          throw;
        }
      }
    } while (code == SQLITE_OK);
    const int ended = sqlite3_backup_finish(backup);
    if (code == SQLITE_DONE) code = ended;
  }
  if (code == SQLITE_OK) return;
  const sqlite_failure failure = sqlite_failure::of(raw, code);
  target.reset();
  std::filesystem::remove(name, ignored);
  throw_sqlite_failure(nullptr, failure, {}, path);
}

}  // namespace tupelo::driver
