// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>

namespace tupelo::driver {

/// What SQLite said, taken before another call overwrites it.
struct sqlite_failure {
  int code = 0;  ///< extended
  std::string message;
  bool while_running = false;  ///< not of preparing: the message may then quote values

  static sqlite_failure of(sqlite3* database, int code);
};

/// Throws the exception that belongs to the failure, with the constraint, table and column that SQLite's message, the
/// schema and the statement tell. Looks into the schema, so the failed statement must have been reset. `database_name`
/// is for messages.
[[noreturn]] void throw_sqlite_failure(sqlite3* database, const sqlite_failure& failure, std::string_view statement,
                                       std::string_view database_name);

}  // namespace tupelo::driver
