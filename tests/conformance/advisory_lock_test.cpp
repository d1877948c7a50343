// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

namespace tupelo::conformance {
namespace {

class advisory_locks : public conformance_test {
protected:
  /// A key is the whole database's, so each test has its own.
  std::string key = "key_" + uuid::v4().to_string();

  task<bool> others_may_have(advisory_key wanted, advisory_mode mode = advisory_mode::exclusive) {
    co_return co_await db.transaction(
        [&](session& s) -> task<bool> { co_return co_await s.try_advisory_lock(wanted, mode); });
  }
};
TUPELO_CONFORMANCE_SUITE(advisory_locks);

TEST_P(advisory_locks, are_refused_by_name_where_the_database_has_none) {
  TUPELO_NEEDS_NO(&feature_table::advisory_locks);
  const auto refused = failure_of<query_error>(
      [&] { sync_wait(db.transaction([](session& s) -> task<void> { co_await s.advisory_lock("nightly"); })); });
  EXPECT_EQ(refused.code(), errc::unsupported_feature);
  EXPECT_NE(std::string(refused.what()).find(db.sql_dialect().name()), std::string::npos) << refused.what();
}
TEST_P(advisory_locks, hold_until_the_transaction_ends) {
  TUPELO_NEEDS(&feature_table::advisory_locks);
  run([&]() -> task<void> {
    co_await db.transaction([&](session& s) -> task<void> {
      co_await s.advisory_lock(key);
      EXPECT_FALSE(co_await others_may_have(key));
      EXPECT_TRUE(co_await others_may_have(key + "_other"));
    });
    EXPECT_TRUE(co_await others_may_have(key));
  });
}
TEST_P(advisory_locks, end_with_a_transaction_that_is_rolled_back) {
  TUPELO_NEEDS(&feature_table::advisory_locks);
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    EXPECT_TRUE(co_await held.try_advisory_lock(key));
    EXPECT_FALSE(co_await others_may_have(key));
    co_await held.rollback();
    EXPECT_TRUE(co_await others_may_have(key));
  });
}
TEST_P(advisory_locks, are_refused_outside_of_a_transaction) {
  TUPELO_NEEDS(&feature_table::advisory_locks);
  EXPECT_EQ(failure_of<transaction_error>([&] { sync_wait(db.advisory_lock(key)); }).code(), errc::invalid_transaction);
  EXPECT_EQ(failure_of<transaction_error>([&] { sync_wait(db.try_advisory_lock(7)); }).code(),
            errc::invalid_transaction);
}
TEST_P(advisory_locks, may_be_shared) {
  TUPELO_NEEDS(&feature_table::advisory_locks);
  run([&]() -> task<void> {
    co_await db.transaction([&](session& s) -> task<void> {
      co_await s.advisory_lock(key, advisory_mode::shared);
      EXPECT_TRUE(co_await others_may_have(key, advisory_mode::shared));
      EXPECT_FALSE(co_await others_may_have(key));
    });
  });
}
TEST_P(advisory_locks, on_numbers_are_those_that_sql_takes) {
  TUPELO_NEEDS(&feature_table::advisory_locks);
  const auto number = static_cast<std::int64_t>(std::hash<std::string>()(key));
  run([&]() -> task<void> {
    co_await db.transaction([&](session& s) -> task<void> {
      co_await s.advisory_lock(number);
      EXPECT_FALSE(co_await db.raw_sql<bool>("SELECT pg_try_advisory_xact_lock(?)", number).one());
    });
  });
}
TEST_P(advisory_locks, are_waited_for_until_the_deadline) {
  TUPELO_NEEDS(&feature_table::advisory_locks);
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    co_await held.advisory_lock(key);
    lease other = co_await db.acquire();
    co_await other.begin();
    EXPECT_THROW(co_await with_deadline(other.advisory_lock(key), deadline{steady_now_us() + 50'000}), timed_out);
    co_await other.rollback();
    co_await held.rollback();
  });
}
TEST_P(advisory_locks, of_a_session_outlive_its_transactions) {
  TUPELO_NEEDS(&feature_table::advisory_locks);
  TUPELO_NEEDS(trait::own_connection);
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    co_await held.session_advisory_lock(key);
    co_await held.rollback();
    EXPECT_FALSE(co_await others_may_have(key));
    EXPECT_TRUE(co_await held.session_advisory_unlock(key));
    EXPECT_FALSE(co_await held.session_advisory_unlock(key));
    EXPECT_TRUE(co_await others_may_have(key));
  });
}
TEST_P(advisory_locks, of_a_session_end_when_the_connection_goes_back_to_the_pool) {
  TUPELO_NEEDS(&feature_table::advisory_locks);
  TUPELO_NEEDS(trait::own_connection);
  run([&]() -> task<void> {
    {
      lease held = co_await db.acquire();
      EXPECT_TRUE(co_await held.try_session_advisory_lock(key));
      EXPECT_TRUE(co_await held.try_session_advisory_lock(key + "_shared", advisory_mode::shared));
    }
    // Cleaning runs behind the lease's end: who waits for the lock has it when that is done.
    co_await db.transaction([&](session& s) -> task<void> {
      co_await s.advisory_lock(key);
      co_await s.advisory_lock(key + "_shared");
    });
  });
}
TEST_P(advisory_locks, of_a_session_are_refused_behind_a_pooler_of_transactions) {
  TUPELO_NEEDS(&feature_table::advisory_locks);
  TUPELO_NEEDS_NO(trait::own_connection);
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    try {
      co_await held.session_advisory_lock(key);
      ADD_FAILURE() << "not refused";
    } catch (const query_error& refused) {
      EXPECT_EQ(refused.code(), errc::unsupported_feature);
    }
  });
}

}  // namespace
}  // namespace tupelo::conformance
