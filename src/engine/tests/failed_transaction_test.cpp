// SPDX-License-Identifier: Apache-2.0
// What a lease makes of a transaction that cannot go on, whatever the server says.
#include "pool_test_case.hpp"

#include "tupelo/engine/lease.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace tupelo::detail {
namespace {

class failed_transaction : public pool_test {
protected:
  void finish(task<void> work) {
    auto ran = time.start(std::move(work));
    time.run_ready();
    ran.result();
  }
  template <class Work>
  std::string message_of(Work work) {
    try {
      work();
    } catch (const transaction_error& e) {
      return e.what();
    }
    return "nothing was refused";
  }
  bool was_sent(std::string_view script) const {
    return std::find(server.scripts.begin(), server.scripts.end(), script) != server.scripts.end();
  }
};

struct patience {
  const char* name;
  std::int64_t callers_us, rollback_us;
};
class timed_rollback : public failed_transaction, public ::testing::WithParamInterface<patience> {};
TEST_P(timed_rollback, takes_no_longer_than_the_caller_and_the_connection_have_patience) {
  make();
  lease held(*pool, hold());
  finish(held.begin());
  finish(held.execute("INSERT"));
  fake_server::connection& connection = *server.open.front();
  connection.patience = 300'000;
  connection.silent = true;
  auto rolling_back = time.start(held.rollback(), {}, deadline::after_us(GetParam().callers_us, time.now_us()));
  time.run_ready();
  ASSERT_NE(connection.unanswered, nullptr);
  EXPECT_EQ(connection.unanswered->deadline_us - time.now_us(), GetParam().rollback_us);
  connection.silent = false;
  connection.interrupt();
  time.run_ready();
  EXPECT_THROW(rolling_back.result(), cancelled);
}
INSTANTIATE_TEST_SUITE_P(callers, timed_rollback,
                         ::testing::Values(patience{"with_time_left", 1'500'000, 1'500'000},
                                           patience{"without", 1'000, 300'000},
                                           patience{"with_all_the_time", 60'000'000, 2'000'000}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(failed_transaction, is_one_that_the_server_does_not_know_any_more) {
  make();
  pooled_connection* const connection = hold();
  lease held(*pool, connection);
  finish(held.begin());
  EXPECT_FALSE(held.transaction_failed());
  run(connection, "ROLLBACK");  // as a database does by itself
  EXPECT_TRUE(held.transaction_failed());
  EXPECT_THROW(finish(held.execute("INSERT")), transaction_error);
  EXPECT_THROW(finish(held.begin()), transaction_error);
  EXPECT_FALSE(was_sent("INSERT"));
  EXPECT_THROW(finish(held.commit()), transaction_error);
  EXPECT_FALSE(was_sent("COMMIT"));
  EXPECT_FALSE(held.in_transaction());
  finish(held.begin());
  finish(held.commit());
  EXPECT_TRUE(was_sent("COMMIT"));
}
TEST_F(failed_transaction, says_where_no_failure_but_sql_of_the_program_has_ended_it) {
  make();
  lease held(*pool, hold());
  finish(held.begin());
  finish(held.execute("COMMIT"));
  constexpr const char* cause = "SQL of the program's own";
  EXPECT_NE(message_of([&] { finish(held.execute("INSERT")); }).find(cause), std::string::npos);
  const std::string refused = message_of([&] { finish(held.commit()); });
  EXPECT_NE(refused.find(cause), std::string::npos) << refused;
  EXPECT_EQ(refused.find("failed"), std::string::npos) << refused;
  EXPECT_FALSE(held.in_transaction());
  finish(held.begin());
  finish(held.begin());
  finish(held.execute("ROLLBACK"));
  EXPECT_NE(message_of([&] { finish(held.commit()); }).find(cause), std::string::npos) << "in a savepoint too";
}
TEST_F(failed_transaction, says_so_where_a_failure_has_ended_it) {
  make();
  lease held(*pool, hold());
  finish(held.begin());
  EXPECT_THROW(finish(held.execute("FILL THE DISK")), query_error);
  EXPECT_NE(message_of([&] { finish(held.commit()); }).find("has failed"), std::string::npos);
  finish(held.begin());
  finish(held.execute("COMMIT"));
  EXPECT_NE(message_of([&] { finish(held.commit()); }).find("SQL of the program's own"), std::string::npos)
      << "it is another transaction";
}
TEST_F(failed_transaction, says_where_a_script_has_ended_it_and_failed_behind_that) {
  make();
  lease held(*pool, hold());
  constexpr const char* cause = "SQL of the program's own";
  for (const bool begins_another : {false, true}) {
    finish(held.begin());
    EXPECT_THROW(finish(held.execute(begins_another ? "COMMIT; BEGIN; FAIL" : "COMMIT; FAIL")), query_error);
    EXPECT_TRUE(held.ended_by_program());
    held.fail_transaction();  // as a flush does that is refused
    EXPECT_NE(message_of([&] { finish(held.execute("INSERT")); }).find(cause), std::string::npos);
    const std::string refused = message_of([&] { finish(held.commit()); });
    EXPECT_NE(refused.find(cause), std::string::npos) << refused;
    EXPECT_EQ(refused.find("rolled back"), std::string::npos) << refused;
    EXPECT_FALSE(held.in_transaction());
  }
  finish(held.begin());
  EXPECT_FALSE(held.ended_by_program()) << "it is another transaction";
  EXPECT_THROW(finish(held.execute("FILL THE DISK")), query_error);
  EXPECT_FALSE(held.ended_by_program());
}
TEST_F(failed_transaction, that_a_script_has_ended_before_the_connection_was_lost_may_be_committed) {
  make();
  lease held(*pool, hold());
  finish(held.begin());
  EXPECT_THROW(finish(held.execute("COMMIT; LOSE THE CONNECTION")), connection_error);
  const std::string refused = message_of([&] { finish(held.commit()); });
  EXPECT_NE(refused.find("SQL of the program's own"), std::string::npos) << refused;
}
TEST_F(failed_transaction, says_so_where_the_end_of_a_copy_has_ended_it) {
  for (const execution run : {execution::worker, execution::inline_}) {
    options.run = run;
    make();
    pooled_connection* const connection = hold();
    lease held(*pool, connection);
    finish(held.begin());
    server.open.back()->loses_copies = true;
    const auto copy = [&]() -> task<void> { co_await held.copy_in("ages", {"age"}, std::vector<std::tuple<int>>(1)); };
    EXPECT_THROW(finish(copy()), query_error);
    const std::string refused = message_of([&] { finish(held.commit()); });
    EXPECT_NE(refused.find("has failed"), std::string::npos) << refused;
    held = {};
    pool->begin_close();
    time.run_ready();
    pool.reset();
  }
}
TEST_F(failed_transaction, around_savepoints_is_over_with_the_last_of_them) {
  make();
  pooled_connection* const connection = hold();
  lease held(*pool, connection);
  finish(held.begin());
  finish(held.begin());
  run(connection, "ROLLBACK");
  finish(held.rollback());
  EXPECT_EQ(held.transaction_depth(), 1);
  EXPECT_TRUE(held.transaction_failed());
  finish(held.rollback());
  EXPECT_FALSE(held.transaction_failed());
}
TEST_F(failed_transaction, on_a_lost_connection_says_that_it_is_lost) {
  make();
  lease held(*pool, hold());
  finish(held.begin());
  server.break_all();
  EXPECT_THROW(finish(held.execute("INSERT")), connection_error);
  held.fail_transaction();
  EXPECT_THROW(finish(held.execute("INSERT")), connection_error) << "which may be worth another attempt";
  EXPECT_THROW(finish(held.commit()), connection_error);
}
TEST_F(failed_transaction, is_forgotten_when_its_connection_comes_back) {
  options.pool_size = 1;
  make();
  lease held(*pool, hold());
  finish(held.begin());
  held.fail_transaction();
  held.release();
  time.run_ready();
  lease next(*pool, hold());
  finish(next.begin());
  EXPECT_FALSE(next.transaction_failed());
  finish(next.commit());
}

}  // namespace
}  // namespace tupelo::detail
