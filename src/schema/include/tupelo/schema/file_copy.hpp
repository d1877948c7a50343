// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/task.hpp>

#include <string>
#include <string_view>

namespace tupelo {

class lease;

namespace migrate {

/// How a component copies a database that is a file.
struct file_copier {
  std::string_view dialect;  ///< as the dialect is called
  /// The file of the connection's database; empty where it is none.
  task<std::string> (*file_of)(lease& connection);
  /// Copies it as it is at one moment into a new file, while others go on using it. Blocks the thread.
  /// Errors: configuration_error (invalid_configuration) when `to` exists; database_error, busy_error.
  void (*copy)(const std::string& from, const std::string& to);
};

/// Called by a component before main().
void register_file_copier(const file_copier& added) noexcept;

/// Copies the connection's database to `<file>.20261121T093000.backup` beside it, a name that nothing has yet. Returns
/// the copy's name; empty where the database is no file. Before: the connection is in no transaction.
/// Errors: as file_copier::copy.
task<std::string> copy_beside(lease& connection);

}  // namespace migrate
}  // namespace tupelo
