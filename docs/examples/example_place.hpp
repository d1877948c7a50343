// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/tupelo.hpp>

#include <tupelo/create_tables.hpp>

#include <string>
#include <string_view>

namespace example {

namespace tp = tupelo;

/// Where an example's tables live: SQLite in memory, or a schema of its own on the PostgreSQL server whose URL
/// TUPELO_EXAMPLES_ON has. Dropped with the object, which must outlive the databases that are opened there.
class place {
public:
  place();
  ~place();
  place(const place&) = delete;
  place& operator=(const place&) = delete;

  static bool on_postgres();
  /// Its address with further options, spelled "name=value&name=value".
  std::string url(std::string_view options = {}) const;

private:
  std::string schema_;  // empty on SQLite
};

}  // namespace example
