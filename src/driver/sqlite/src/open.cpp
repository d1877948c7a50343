// SPDX-License-Identifier: Apache-2.0
#include "sqlite_connection.hpp"

#include <tupelo/driver/sqlite/open.hpp>

#include <cassert>
#include <utility>

namespace tupelo::driver {

std::unique_ptr<connection> open_sqlite(const sqlite_settings& settings, bool inline_execution) {
  const bool runs_inline = inline_execution || settings.inline_execution;
  auto made = std::make_unique<sqlite_connection>(settings, runs_inline);
  if (runs_inline) made->open();
  return made;
}

std::unique_ptr<connection> open_sqlite(const url& from, bool inline_execution) {
  return open_sqlite(sqlite_settings::parse(from), inline_execution);
}

void backup_to(connection& from, const std::string& path, const backup_progress& progress) {
  auto* source = dynamic_cast<sqlite_connection*>(&from);
  assert(source != nullptr);
  source->backup_to(path, progress);
}

void restore_from(connection& into, const std::string& path, const backup_progress& progress) {
  auto* target = dynamic_cast<sqlite_connection*>(&into);
  assert(target != nullptr);
  target->restore_from(path, progress);
}

}  // namespace tupelo::driver
