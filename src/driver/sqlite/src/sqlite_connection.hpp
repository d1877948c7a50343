// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "busy_wait.hpp"
#include "interruption.hpp"
#include "sqlite_worker.hpp"
#include "value_binder.hpp"

#include <tupelo/driver/connection.hpp>
#include <tupelo/driver/sqlite/open.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::driver {

/// One SQLite database handle, used inline or on a thread of its own.
///
/// It is opened without SQLite's mutexes: the contract of `connection` has one user at a time, and only the interrupt,
/// which SQLite makes safe itself, comes from elsewhere.
class sqlite_connection final : public connection {
public:
  sqlite_connection(sqlite_settings settings, bool inline_execution);
  ~sqlite_connection() override;

  /// Errors: connection_error, database_error; then there is no database.
  void open();

  bool runs_inline() const noexcept override { return inline_; }
  bool run(request&) noexcept override;
  void start(request&) noexcept override;
  void interrupt() noexcept override;
  void finish(prepared_statement*) noexcept override;
  void release(prepared_statement*) noexcept override;
  bool usable() const noexcept override { return usable_; }
  bool in_transaction() const noexcept override;

  void backup_to(const std::string& path, const backup_progress& progress);
  void restore_from(const std::string& path, const backup_progress& progress);

private:
  struct close {
    void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
  };
  struct finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  using database_ptr = std::unique_ptr<sqlite3, close>;
  using statement_ptr = std::unique_ptr<sqlite3_stmt, finalize>;

  static sqlite3_stmt* statement_of(prepared_statement* handle) noexcept {
    return reinterpret_cast<sqlite3_stmt*>(handle);
  }

  // Running
  static void run_on_worker(void* self, request&) noexcept;
  bool run_begun(request&) noexcept;
  // Inlined into each other: a key lookup spends as long in calls between them as in decoding its row.
  [[gnu::always_inline]] inline void execute(request&);
  [[gnu::always_inline]] inline void run_plan(request&);
  void run_script(request&);
  void run_member(request&);
  void run_group(request&);
  void control_transaction(std::string_view sql);
  void undo_group() noexcept;
  [[gnu::always_inline]] inline void begin_result(sqlite3_stmt*, request&);
  [[gnu::always_inline]] static inline int read_rows(sqlite3_stmt*, request&);
  sqlite3_stmt* prepare_for(request&, statement_ptr& temporary);
  void end_open_results() noexcept;

  // Preparing
  sqlite3_stmt* prepare(const statement_plan& plan, unsigned flags);
  void check_single(const char* tail, std::string_view text);
  static void check_parameters(sqlite3_stmt*, const statement_plan& plan);
  static void check_columns(sqlite3_stmt*, const statement_plan& plan);

  // Failing
  [[noreturn]] void fail(sqlite3* database, sqlite3_stmt* statement, int code, std::string_view text);
  void note_failure(request&) noexcept;
  sqlite3* database() const noexcept { return database_.get(); }

  /// Returns SQLite's code; errors are in `to`.
  int copy_pages(sqlite3* to, sqlite3* from, const backup_progress& progress);

  // Opening
  void apply_pragmas(sqlite3* database);
  void set_journal_mode(sqlite3* database);
  void run_pragma(sqlite3* database, const std::string& sql, std::string* answer = nullptr);
  void trace(bool wanted) noexcept;

  sqlite_settings settings_;
  interruption interrupts_;
  busy_wait wait_;
  bind_scratch scratch_;
  database_ptr database_;
  std::vector<sqlite3_stmt*> handles_;  ///< prepared and not released
  std::uint32_t open_results_ = 0;      ///< statements that reported `more`
  bool inline_;
  bool usable_ = true;
  bool traced_ = false;
  std::unique_ptr<sqlite_worker> worker_;  ///< null when inline
};

}  // namespace tupelo::driver
