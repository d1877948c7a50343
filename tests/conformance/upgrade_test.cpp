// SPDX-License-Identifier: Apache-2.0
// Upgrades of a database that several hosts use: also where a pooler stands in between, behind which no lock of a
// session holds.
#include "backend.hpp"

#include <tupelo/schema/migrator.hpp>

#include <cstddef>
#include <exception>
#include <string>
#include <thread>
#include <vector>

namespace tupelo::conformance {
namespace {

void accounts_up(schema_editor& db) {
  db.create_table("accounts", [](table_editor& t) {
    t.id();
    t.text("email");
  });
}
void accounts_down(schema_editor& db) { db.drop_table("accounts"); }

void first_account_up(schema_editor& db) { db.execute("INSERT INTO accounts (email) VALUES ('ada@example.com')"); }
void first_account_down(schema_editor& db) { db.execute("DELETE FROM accounts"); }

void index_up(schema_editor& db) { db.add_index("accounts", {"email"}).unique().concurrently(); }
void index_down(schema_editor& db) { db.drop_index("accounts", "ux_accounts_email", concurrently); }

class upgrades : public conformance_test {
protected:
  migrate::report upgrade(database& on) { return sync_wait(migrate::upgrade(on, "head", options())); }
  migrate::options options() const {
    migrate::options made(all);
    made.allow_destructive = true;
    return made;
  }
  std::int64_t accounts() { return sync_wait(db.raw_sql<std::int64_t>("SELECT count(*) FROM accounts").one()); }
  void expect_unique() {
    EXPECT_THROW(sync_wait(db.execute("INSERT INTO accounts (email) VALUES ('ada@example.com')")), unique_violation);
  }

  history all{{{"1_accounts", {}, &accounts_up, &accounts_down, "1.cpp"},
               {"2_first", {"1_accounts"}, &first_account_up, &first_account_down, "2.cpp"},
               {"3_index", {"2_first"}, &index_up, &index_down, "3.cpp"}}};
};

TEST_P(upgrades, go_to_the_head_and_back_with_an_index_that_is_built_concurrently) {
  EXPECT_EQ(upgrade(db).steps.size(), 3U);
  EXPECT_EQ(accounts(), 1);
  expect_unique();
  EXPECT_TRUE(upgrade(db).steps.empty());
  EXPECT_EQ(sync_wait(migrate::downgrade(db, "base", options())).steps.size(), 3U);
  EXPECT_EQ(upgrade(db).steps.size(), 3U);
}
TEST_P(upgrades, of_several_hosts_at_once_run_each_migration_once) {
  TUPELO_NEEDS(trait::several_connections);
  constexpr std::size_t hosts = 3;
  std::size_t ran[hosts]{};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i != hosts; ++i) {
    threads.emplace_back([&, i] {
      try {
        database host(url(), {.run = GetParam().run});
        ran[i] = upgrade(host).steps.size();
      } catch (const std::exception& e) {
        ADD_FAILURE() << "host " << i << ": " << e.what();
      }
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(ran[0] + ran[1] + ran[2], 3U);
  EXPECT_EQ(accounts(), 1);
  expect_unique();
}

TUPELO_CONFORMANCE_SUITE(upgrades);

}  // namespace
}  // namespace tupelo::conformance
