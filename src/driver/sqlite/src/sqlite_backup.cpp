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

/// Never taken for a URI or a memory database.
std::string plain_name(const std::string& path) {
  return path.starts_with("file:") || path.starts_with(":") || path.empty() ? "./" + path : path;
}

}  // namespace

int sqlite_connection::copy_pages(sqlite3* to, sqlite3* from, const backup_progress& progress) {
  wait_.restart();
  sqlite3_backup* backup = sqlite3_backup_init(to, "main", from, "main");
  if (backup == nullptr) return sqlite3_extended_errcode(to);
  int code = SQLITE_OK;
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
        throw;
      }
    }
  } while (code == SQLITE_OK);
  const int ended = sqlite3_backup_finish(backup);
  return code == SQLITE_DONE ? ended : code;
}

void sqlite_connection::backup_to(const std::string& path, const backup_progress& progress) {
  if (database_ == nullptr) open();
  std::error_code ignored;  // what cannot be looked at cannot be opened either, which says more
  if (std::filesystem::exists(path, ignored)) {
    throw configuration_error(errc::invalid_configuration,
                              "the file \"" + path +
                                  "\" exists already and is not overwritten; give the backup a new name");
  }
  const std::string name = plain_name(path);
  sqlite3* raw = nullptr;
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int code = sqlite3_open_v2(name.c_str(), &raw, flags, nullptr);
  database_ptr target(raw);
  if (code != SQLITE_OK) throw_sqlite_failure(raw, sqlite_failure::of(raw, code), {}, path);
  try {
    code = copy_pages(raw, database(), progress);
  } catch (...) {
    target.reset();
    std::filesystem::remove(name, ignored);
    throw;
  }
  if (code == SQLITE_OK) return;
  const sqlite_failure failure = sqlite_failure::of(raw, code);
  target.reset();
  std::filesystem::remove(name, ignored);
  throw_sqlite_failure(nullptr, failure, {}, path);
}

void sqlite_connection::restore_from(const std::string& path, const backup_progress& progress) {
  if (database_ == nullptr) open();
  sqlite3* raw = nullptr;
  constexpr int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int code = sqlite3_open_v2(plain_name(path).c_str(), &raw, flags, nullptr);
  const database_ptr source(raw);
  if (code != SQLITE_OK) throw_sqlite_failure(raw, sqlite_failure::of(raw, code), {}, path);
  std::string verdict;
  run_pragma(raw, "PRAGMA quick_check(1)", &verdict);
  if (verdict != "ok") {
    throw_database_error(errc::corrupt_database, "the file \"" + path + "\" is damaged: " + verdict, {}, {});
  }
  code = copy_pages(database(), raw, progress);
  if (code != SQLITE_OK) fail(database(), nullptr, code, {});
  set_journal_mode(database());
}

}  // namespace tupelo::driver
