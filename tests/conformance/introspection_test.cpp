// SPDX-License-Identifier: Apache-2.0
// What describing a database costs.
#include "ledger.hpp"

#include <tupelo/schema/introspect.hpp>

#include <cstddef>
#include <string>

namespace tupelo::conformance {
namespace {

class introspection : public conformance_test {
protected:
  /// Tables with keys of every kind, an index and a view, from `first` on.
  void make_tables(int first, int end) {
    for (int i = first; i < end; ++i) {
      const std::string name = "t" + std::to_string(i);
      sync_wait(db.execute(
          "CREATE TABLE " + name + " (id integer PRIMARY KEY, word text NOT NULL DEFAULT 'x' UNIQUE, " +
          "before integer REFERENCES " + (i == 0 ? name : "t" + std::to_string(i - 1)) + ", CHECK (word <> ''))"));
      sync_wait(db.execute("CREATE INDEX ix_" + name + " ON " + name + " (before)"));
      sync_wait(db.execute("CREATE VIEW v" + std::to_string(i) + " AS SELECT word FROM " + name));
    }
  }
  std::size_t statements_of_introspection(std::size_t tables) {
    log_.clear();
    EXPECT_EQ(sync_wait(introspect(db)).tables.size(), tables);
    return log_.started().size();
  }

private:
  statement_log log_{db};
};
TUPELO_CONFORMANCE_SUITE(introspection);

TEST_P(introspection, asks_two_hundred_tables_no_more_than_two) {
  make_tables(0, 2);
  const std::size_t of_two = statements_of_introspection(2);
  EXPECT_GT(of_two, 0U);
  make_tables(2, 200);
  EXPECT_EQ(statements_of_introspection(200), of_two);
}

}  // namespace
}  // namespace tupelo::conformance
