// SPDX-License-Identifier: Apache-2.0
// When a transaction takes SQLite's one write lock.
#include "support/temp_directory.hpp"

#include <tupelo/tupelo.hpp>

#include <gtest/gtest.h>

namespace tupelo {
namespace {

using test_support::temp_directory;

class transaction_modes : public ::testing::Test {
protected:
  transaction_modes() { sync_wait(db.execute("CREATE TABLE things (id INTEGER PRIMARY KEY)")); }
  task<bool> another_can_write() {
    try {
      co_await other.execute("INSERT INTO things DEFAULT VALUES");
    } catch (const busy_error&) {
      co_return false;
    }
    co_return true;
  }
  task<bool> another_can_write_during(transaction_mode mode) {
    lease held = co_await db.acquire();
    co_await held.begin(mode);
    const bool can = co_await another_can_write();
    co_await held.rollback();
    co_return can;
  }

  temp_directory directory;
  database db{directory.url("x.db")};
  database other{directory.url("x.db", "?busy_timeout=0")};
};

TEST_F(transaction_modes, deferred_takes_the_lock_with_its_first_write) {
  EXPECT_TRUE(sync_wait(another_can_write_during(transaction_mode::deferred)));
  sync_wait([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin(transaction_mode::deferred);
    co_await held.execute("INSERT INTO things DEFAULT VALUES");
    EXPECT_FALSE(co_await another_can_write());
    co_await held.rollback();
  }());
}
TEST_F(transaction_modes, immediate_takes_the_lock_at_once) {
  EXPECT_FALSE(sync_wait(another_can_write_during(transaction_mode::immediate)));
}
TEST_F(transaction_modes, exclusive_takes_the_lock_at_once) {
  EXPECT_FALSE(sync_wait(another_can_write_during(transaction_mode::exclusive)));
}
TEST_F(transaction_modes, of_a_session_are_those_of_its_options) {
  sync_wait([&]() -> task<void> {
    session reads(db, {.mode = transaction_mode::deferred});
    co_await reads.begin();
    EXPECT_TRUE(co_await another_can_write());
    co_await reads.rollback();
    session writes(db);
    co_await writes.begin();
    EXPECT_FALSE(co_await another_can_write());
    co_await writes.rollback();
  }());
}

}  // namespace
}  // namespace tupelo
