// SPDX-License-Identifier: Apache-2.0
#include "sqlite_connection.hpp"
#include "sqlite_failure.hpp"

#include <tupelo/core/error.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <fcntl.h>
#include <unistd.h>

namespace tupelo::driver {

namespace {

// Between steps other connections may write; a step of this size takes a few milliseconds.
constexpr int pages_per_step = 512;

/// Never taken for a URI or a memory database.
std::string plain_name(const std::string& path) {
  return path.starts_with("file:") || path.starts_with(":") || path.empty() ? "./" + path : path;
}

/// What a pragma answers about the file at `path`, which errors name.
std::string ask(sqlite3* file, const std::string& path, std::string_view pragma) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(file, pragma.data(), static_cast<int>(pragma.size()), &raw, nullptr);
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(raw, &sqlite3_finalize);
  if (code == SQLITE_OK) code = sqlite3_step(raw);
  if (code != SQLITE_ROW) throw_sqlite_failure(file, sqlite_failure::of(file, code), {}, path);
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
  return text != nullptr ? text : "";
}

/// A file under a name for what is not finished, gone with its journals unless it gets its final name.
class unfinished_file {
public:
  explicit unfinished_file(std::string path) : path_(std::move(path)) { remove(); }  // one may be left of a crash
  unfinished_file(const unfinished_file&) = delete;
  unfinished_file& operator=(const unfinished_file&) = delete;
  ~unfinished_file() { remove(); }

  const std::string& path() const noexcept { return path_; }
  void rename_to(const std::string& name) {
    std::error_code failure;
    std::filesystem::rename(path_, name, failure);
    if (failure) {
      throw configuration_error(errc::invalid_configuration,
                                "the finished backup cannot be given the name \"" + name + "\": " + failure.message());
    }
    // Without this the name may be lost with the power, though the pages are safe.
    const std::filesystem::path folder = std::filesystem::path(name).parent_path();
    const int handle = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return;  // a folder that cannot be read may be written to all the same
    ::fsync(handle);
    ::close(handle);
  }

private:
  void remove() noexcept {
    std::error_code ignored;  // what stays is not taken for a backup
    for (const char* end : {"", "-journal", "-wal", "-shm"}) std::filesystem::remove(path_ + end, ignored);
  }
  std::string path_;
};

[[noreturn]] void throw_exists(const std::string& path) {
  throw configuration_error(errc::invalid_configuration,
                            "the file \"" + path +
                                "\" exists already and is not overwritten; give the backup a new name");
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
  if (std::filesystem::exists(path, ignored)) throw_exists(path);
  const std::string name = plain_name(path);
  unfinished_file copy(name + ".part");
  sqlite3* raw = nullptr;
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int code = sqlite3_open_v2(copy.path().c_str(), &raw, flags, nullptr);
  database_ptr target(raw);
  if (code == SQLITE_OK) code = copy_pages(raw, database(), progress);
  if (code != SQLITE_OK) throw_sqlite_failure(raw, sqlite_failure::of(raw, code), {}, path);
  // A copy in WAL mode could not be read without files beside it. Both commits are synced, as is SQLite's default.
  ask(raw, path, "PRAGMA journal_mode = delete");
  target.reset();
  if (std::filesystem::exists(path, ignored)) throw_exists(path);
  copy.rename_to(name);
}

void sqlite_connection::restore_from(const std::string& path, const backup_progress& progress) {
  if (database_ == nullptr) open();
  sqlite3* raw = nullptr;
  constexpr int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int code = sqlite3_open_v2(plain_name(path).c_str(), &raw, flags, nullptr);
  const database_ptr source(raw);
  if (code != SQLITE_OK) throw_sqlite_failure(raw, sqlite_failure::of(raw, code), {}, path);
  // SQLite takes an empty file for a database without tables.
  if (ask(raw, path, "PRAGMA page_count") == "0" || ask(raw, path, "PRAGMA schema_version") == "0") {
    throw_database_error(errc::corrupt_database,
                         "the file \"" + path +
                             "\" holds no tables and never held one: it is empty, or its backup did not come to its "
                             "end, and nothing was changed; restore from another backup",
                         {}, {});
  }
  if (const std::string verdict = ask(raw, path, "PRAGMA quick_check(1)"); verdict != "ok") {
    throw_database_error(errc::corrupt_database, "the file \"" + path + "\" is damaged: " + verdict, {}, {});
  }
  std::string size, mode;
  run_pragma(database(), "PRAGMA page_size", &size);
  run_pragma(database(), "PRAGMA journal_mode", &mode);
  // Pages of another size cannot be written through a WAL.
  const bool leaves_wal = mode == "wal" && size != ask(raw, path, "PRAGMA page_size");
  if (leaves_wal) run_pragma(database(), "PRAGMA journal_mode = delete");
  try {
    code = copy_pages(database(), raw, progress);
    if (code != SQLITE_OK) fail(database(), nullptr, code, {});
  } catch (...) {
    if (leaves_wal) sqlite3_exec(database(), "PRAGMA journal_mode = wal", nullptr, nullptr, nullptr);
    throw;
  }
  if (leaves_wal) run_pragma(database(), "PRAGMA journal_mode = wal");
  set_journal_mode(database());
}

}  // namespace tupelo::driver
