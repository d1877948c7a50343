// SPDX-License-Identifier: Apache-2.0
#include "people.hpp"

#include <malloc.h>

#include <algorithm>

namespace tupelo::conformance {
namespace {

constexpr auto name = col<&Person::name>;

class streams : public people_test {
protected:
  void SetUp() override {
    std::vector<Pet> more;
    for (int i = 0; i < 1000; ++i) more.push_back({.owner_id = dan, .name = "ant", .weight = i});
    sync_wait(db.insert(more));
  }
  static task<std::int64_t> total(row_stream<Pet>& pets) {
    std::int64_t sum = 0;
    while (const Pet* pet = co_await pets.next()) sum += pet->weight;
    co_return sum;
  }
};
TUPELO_CONFORMANCE_SUITE(streams);

TEST_P(streams, give_every_row_once) {
  auto pets = db.query<Pet>().where(col<&Pet::name> == "ant").stream();
  EXPECT_EQ(sync_wait(total(pets)), 999 * 1000 / 2);
}
TEST_P(streams, of_an_empty_result_end_at_once) {
  auto pets = db.query<Pet>().where(col<&Pet::name> == "unicorn").stream();
  EXPECT_EQ(sync_wait(pets.next()), nullptr);
  EXPECT_EQ(sync_wait(pets.next()), nullptr) << "and stay ended";
}
TEST_P(streams, hold_a_connection_until_the_end) {
  auto pets = db.query<Pet>().stream();
  EXPECT_EQ(db.statistics().in_use, 0U) << "not before the first row is asked for";
  sync_wait(pets.next());
  EXPECT_EQ(db.statistics().in_use, 1U);
  sync_wait(total(pets));
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(streams, destroyed_early_return_their_connection) {
  {
    auto pets = db.query<Pet>().stream();
    sync_wait(pets.next());
  }
  EXPECT_EQ(db.statistics().in_use, 0U);
  EXPECT_EQ(sync_wait(db.query<Pet>().count()), 1003) << "and it can be used";
  auto again = db.query<Pet>().where(col<&Pet::name> == "ant").stream();
  EXPECT_EQ(sync_wait(total(again)), 999 * 1000 / 2) << "also for the same statement";
}
TEST_P(streams, left_early_one_after_the_other_give_each_its_rows) {
  const auto first_of = [](database& of) -> task<int> {
    auto pets = of.query<Pet>().where(col<&Pet::name> == "ant").order_by(col<&Pet::weight>).stream();
    co_return (co_await pets.next())->weight;
  };
  // A pooler that takes the answer of one for another's does it in one of some ten rounds.
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(sync_wait(with_deadline(first_of(db), deadline::after(std::chrono::seconds(20)))), 0);
}
TEST_P(streams, that_fail_behind_rows_give_those_before) {
  auto numbers = db.raw_sql<std::int64_t>(
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
                       "SELECT CASE WHEN i < 1500 THEN i ELSE abs(-9223372036854775807 - (i - 1499)) END FROM n")
                     .stream();
  std::vector<std::int64_t> seen;
  const auto read = [&]() -> task<void> {
    while (const std::int64_t* number = co_await numbers.next()) seen.push_back(*number);
  };
  EXPECT_THROW(sync_wait(read()), error);
  ASSERT_EQ(seen.size(), 1499U);
  EXPECT_EQ(seen.back(), 1499);
  EXPECT_THROW(sync_wait(read()), error) << "and fail again";
  EXPECT_EQ(seen.size(), 1499U);
  EXPECT_EQ(db.statistics().in_use, 0U);
}
TEST_P(streams, may_be_moved_while_open) {
  auto pets = db.query<Pet>().where(col<&Pet::name> == "ant").order_by(col<&Pet::weight>).stream();
  EXPECT_EQ(sync_wait(pets.next())->weight, 0);
  auto moved = std::move(pets);
  EXPECT_EQ(sync_wait(moved.next())->weight, 1);
  EXPECT_EQ(sync_wait(total(moved)), 999 * 1000 / 2 - 1);
}
TEST_P(streams, two_of_one_query_on_one_connection_do_not_disturb_each_other) {
  EXPECT_EQ(run([&]() -> task<int> {
              lease held = co_await db.acquire();
              auto query = held.query<Pet>().where(col<&Pet::name> == "ant").order_by(col<&Pet::weight>);
              auto first = query.stream();
              auto second = query.stream();
              int pairs = 0;
              for (;;) {
                const Pet* a = co_await first.next();
                const Pet* b = co_await second.next();
                if (!a || !b) co_return !a && !b ? pairs : -1;
                if (a->weight != b->weight) co_return -2;
                ++pairs;
              }
            }),
            1000);
}
TEST_P(streams, leave_the_connection_to_other_statements_meanwhile) {
  EXPECT_TRUE(run([&]() -> task<bool> {
    lease held = co_await db.acquire();
    auto pets = held.query<Pet>().stream();
    co_await pets.next();
    const bool other = co_await held.query<Person>().where(name == "ada").exists();
    co_return other&& co_await pets.next() != nullptr;
  }));
}
TEST_P(streams, need_no_more_memory_for_more_rows) {
  auto numbers =
      db.raw_sql<std::int64_t>("WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50000) "
                               "SELECT x FROM n")
          .stream();
  std::size_t early = 0, most = 0;
  while (const std::int64_t* x = sync_wait(numbers.next())) {
    if (*x == 5'000) early = mallinfo2().uordblks;
    if (*x % 5'000 == 0) most = std::max(most, mallinfo2().uordblks);
  }
  EXPECT_LT(most, early + 100'000);  // 45,000 numbers are 360,000 bytes
}
TEST_P(streams, of_booleans) {
  EXPECT_EQ(run([&]() -> task<int> {
              auto flags = db.query<Person>().select<bool>(col<&Person::active>).stream();
              int set = 0;
              while (const bool* flag = co_await flags.next()) set += *flag ? 1 : 0;
              co_return set;
            }),
            2);
}
TEST_P(streams, report_a_wrong_statement_at_the_first_row_and_each_time_after) {
  auto rows = db.raw_sql<std::string>("SELECT nothing FROM nowhere").stream();
  EXPECT_THROW(sync_wait(rows.next()), statement_error);
  EXPECT_THROW(sync_wait(rows.next()), statement_error) << "no rows would be another answer";
  EXPECT_EQ(db.statistics().in_use, 0U);
}

TEST_P(streams, give_no_row_of_a_batch_that_could_not_be_read) {
  auto ages = db.raw_sql<int>("SELECT 1 UNION ALL SELECT NULL").stream();
  EXPECT_THROW(sync_wait(ages.next()), decode_error);
  EXPECT_THROW(sync_wait(ages.next()), decode_error);
}

// ---- the end of a stream's transaction

TEST_P(streams, that_outlive_the_commit_of_their_transaction_are_refused) {
  EXPECT_THROW(run([&]() -> task<void> {
                 lease held = co_await db.acquire();
                 co_await held.begin();
                 auto pets = held.query<Pet>().stream();
                 co_await pets.next();
                 co_await held.commit();
                 while (co_await pets.next()) {}
               }),
               transaction_error);
}
TEST_P(streams, that_outlive_the_rollback_of_their_transaction_are_refused) {
  EXPECT_THROW(run([&]() -> task<void> {
                 lease held = co_await db.acquire();
                 co_await held.begin();
                 auto pets = held.query<Pet>().stream();
                 co_await pets.next();
                 co_await held.rollback();
                 while (co_await pets.next()) {}
               }),
               transaction_error);
}
TEST_P(streams, of_a_session_end_with_its_commit) {
  auto session = db.session();
  session.add(Pet{.owner_id = dan, .name = "owl"});
  sync_wait(session.flush());
  auto pets = session.query<Pet>().stream();
  EXPECT_NE(sync_wait(pets.next()), nullptr);
  sync_wait(session.commit());
  EXPECT_THROW(run([&]() -> task<void> {
                 while (co_await pets.next()) {}
               }),
               transaction_error);
}
TEST_P(streams, of_a_lease_that_is_released_are_refused) {
  EXPECT_THROW(run([&]() -> task<void> {
                 lease held = co_await db.acquire();
                 auto pets = held.query<Pet>().stream();
                 co_await pets.next();
                 held.release();
                 while (co_await pets.next()) {}
               }),
               transaction_error);
}
TEST_P(streams, that_were_cut_off_leave_their_statement_to_others) {
  EXPECT_EQ(run([&]() -> task<std::int64_t> {
              lease held = co_await db.acquire();
              auto query = held.query<Pet>().where(col<&Pet::name> == "ant");
              co_await held.begin();
              auto cut = query.stream();
              co_await cut.next();
              co_await held.commit();
              auto whole = query.stream();
              co_return co_await total(whole);
            }),
            999 * 1000 / 2);
}
TEST_P(streams, of_a_savepoint_that_is_kept_go_on) {
  EXPECT_EQ(run([&]() -> task<std::int64_t> {
              lease held = co_await db.acquire();
              co_await held.begin();
              co_await held.begin();
              auto pets = held.query<Pet>().where(col<&Pet::name> == "ant").order_by(col<&Pet::weight>).stream();
              co_await pets.next();
              co_await held.commit();
              co_await held.begin();
              co_await held.rollback();
              co_return co_await total(pets);
            }),
            999 * 1000 / 2);
}
TEST_P(streams, opened_before_a_savepoint_survive_its_rollback) {
  EXPECT_EQ(run([&]() -> task<std::int64_t> {
              lease held = co_await db.acquire();
              co_await held.begin();
              auto pets = held.query<Pet>().where(col<&Pet::name> == "ant").order_by(col<&Pet::weight>).stream();
              co_await pets.next();
              co_await held.begin();
              co_await held.rollback();
              co_return co_await total(pets);
            }),
            999 * 1000 / 2);
}

}  // namespace
}  // namespace tupelo::conformance
