// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/tupelo.hpp>
#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/models.hpp>
#include <tupelo/dialect/schema_dialect.hpp>

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

/// The tables of the models, as a first migration would make them.
template <class... Models>
void make_tables(tp::database& db) {
  const auto made = [](tp::database& on) -> tp::task<void> {
    tp::lease connection = co_await on.acquire();
    const auto operations = tp::diff({}, tp::schema_of<Models...>().schema);
    for (const auto& statement : connection.sql_dialect().schema().render(operations, {})) {
      co_await connection.execute(statement.sql);
    }
  };
  tp::sync_wait(made(db));
}

}  // namespace example
