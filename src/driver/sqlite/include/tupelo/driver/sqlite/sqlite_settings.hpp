// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/driver/url.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace tupelo::driver {

enum class sqlite_mode : std::uint8_t {
  create,      ///< `rwc`: read and write, make the file where it is missing
  read_write,  ///< `rw`: the file must exist
  read_only,   ///< `ro`
  memory,      ///< no file; the database ends with its connection
};

/// How a SQLite database is opened, read from its URL once, so that a wrong option is refused before any connection is
/// made.
///
/// `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite::memory:`, `sqlite:file:relative.db`,
/// `sqlite:file:///absolute.db`, each with `?option=value&…`. Options are the open options (mode, immutable, inline,
/// busy_timeout) and pragmas by their names. Unless the URL says otherwise: journal_mode=wal for files that are
/// written, synchronous=normal, foreign_keys=on, trusted_schema=off, cell_size_check=on, busy_timeout=5000
/// (milliseconds).
struct sqlite_settings {
  /// Errors: configuration_error (unknown_driver, invalid_url, invalid_configuration).
  static sqlite_settings parse(const url& from);

  bool in_memory() const noexcept { return mode == sqlite_mode::memory; }
  /// How many connections may be open at once, 0 for as many as one likes: a memory database is seen by its one
  /// connection only.
  std::uint32_t max_connections() const noexcept { return in_memory() ? 1 : 0; }
  /// What messages call the database: its path, or `:memory:`.
  std::string name() const { return in_memory() ? ":memory:" : path; }

  std::string path;                          ///< as the operating system takes it; empty for memory
  std::vector<std::string> pragmas;          ///< complete statements, in the order in which they must run
  std::string journal_mode;                  ///< empty: left as it is
  std::int64_t busy_timeout_us = 5'000'000;  ///< how long to wait for a lock where a request has no earlier deadline
  sqlite_mode mode = sqlite_mode::create;
  bool journal_mode_asked = false;  ///< by the URL: what the file system cannot do is then an error
  bool immutable = false;           ///< nobody writes the file while it is open: no locks are taken
  bool inline_execution = false;    ///< `inline=on`
};

}  // namespace tupelo::driver
