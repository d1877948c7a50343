// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/driver/connection.hpp>
#include <tupelo/driver/sqlite/sqlite_settings.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace tupelo::driver {

/// A connection to the database of the settings.
///
/// Inline: the database is open when this returns. Otherwise nothing has happened yet: the connection's thread starts
/// and the database is opened with the first request, which reports what went wrong with that. `inline_execution` or
/// the URL's `inline=on` make it inline. Errors: inline only: connection_error, database_error.
std::unique_ptr<connection> open_sqlite(const sqlite_settings& settings, bool inline_execution);
/// Errors: configuration_error too.
std::unique_ptr<connection> open_sqlite(const url& from, bool inline_execution);

/// Told after each step of a backup, so that it can be shown. Units: pages of the database.
struct backup_progress {
  void (*step)(void* context, int remaining, int total) = nullptr;  ///< may be null
  void* context = nullptr;
};

/// Copies the whole database, as it is at one moment, into a new file while others go on using it.
///
/// A file that exists already is not overwritten; what a failed backup has written is removed.
/// Before: `from` was made by open_sqlite and runs no request. Errors: configuration_error (invalid_configuration) when
/// `path` exists; database_error, busy_error. Threads: runs on the caller's, and blocks it.
void backup_to(connection& from, const std::string& path, const backup_progress& progress = {});

/// Puts the content of a database file in the place of everything in a database, which others may have open: they see
/// all of it or nothing. Its journal stays as it was.
/// Before: `into` was made by open_sqlite and runs no request. Errors: connection_error when there is no such file;
/// database_error when it is no database or damaged, before anything is changed; busy_error. Threads: as backup_to.
void restore_from(connection& into, const std::string& path, const backup_progress& progress = {});

}  // namespace tupelo::driver
