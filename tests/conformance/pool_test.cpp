// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <tupelo/testkit/manual_scheduler.hpp>
#include <tupelo/core/when_all.hpp>

#include <latch>
#include <optional>
#include <thread>

namespace tupelo::conformance {
namespace {

using testkit::manual_scheduler;

constexpr std::string_view endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n";

/// A database of one connection, and time that stands still.
class pool : public conformance_test {
protected:
  pool() : single(url(), {.pool_size = 1, .acquire_timeout_us = 1'000'000, .run = GetParam().run}) {}

  lease hold() { return sync_wait(single.acquire()); }
  static task<lease> taken(database& from) { co_return co_await from.acquire(); }

  database single;
  manual_scheduler scheduler;
};
TUPELO_CONFORMANCE_SUITE(pool);

TEST_P(pool, opens_nothing_before_the_first_statement) {
  EXPECT_EQ(single.statistics().connections, 0U);
  sync_wait(single.ping());
  EXPECT_EQ(single.statistics().connections, 1U);
  EXPECT_EQ(single.statistics().idle, 1U);
}
TEST_P(pool, acquire_fails_when_the_deadline_passes_while_all_are_busy) {
  const lease held = hold();
  auto waiting = scheduler.start(taken(single), {}, deadline::after_us(500, scheduler.now_us()));
  scheduler.advance_us(499);
  EXPECT_FALSE(waiting.done());
  scheduler.advance_us(1);
  ASSERT_TRUE(waiting.done());
  EXPECT_THROW(waiting.result(), timed_out);
}
TEST_P(pool, acquire_fails_when_its_own_patience_ends) {
  const lease held = hold();
  auto waiting = scheduler.start(taken(single));
  scheduler.advance_us(1'000'000);
  ASSERT_TRUE(waiting.done());
  const auto e = failure_of<connection_error>([&] { waiting.result(); });
  EXPECT_EQ(e.code(), errc::pool_exhausted);
  EXPECT_NE(std::string(e.what()).find("1 of 1 are in use"), std::string::npos) << e.what();
}
TEST_P(pool, acquire_fails_at_once_when_cancelled) {
  const lease held = hold();
  cancel_source source;
  auto waiting = scheduler.start(taken(single), source.token());
  EXPECT_FALSE(waiting.done());
  source.request_cancel();
  scheduler.run_ready();
  ASSERT_TRUE(waiting.done());
  EXPECT_THROW(waiting.result(), cancelled);
}
TEST_P(pool, serves_those_who_wait_in_their_order) {
  std::optional<lease> held(hold());
  std::vector<int> order;
  const auto user = [&](int number) -> task<void> {
    const lease mine = co_await single.acquire();
    order.push_back(number);
  };
  auto first = scheduler.start(user(1));
  auto second = scheduler.start(user(2));
  auto third = scheduler.start(user(3));
  EXPECT_EQ(single.statistics().waiting, 3U);
  held.reset();
  scheduler.run_ready();
  EXPECT_TRUE(first.done() && second.done() && third.done());
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}
TEST_P(pool, passes_over_those_who_gave_up) {
  std::optional<lease> held(hold());
  cancel_source source;
  auto gave_up = scheduler.start(taken(single), source.token());
  auto patient = scheduler.start(taken(single));
  source.request_cancel();
  scheduler.run_ready();
  EXPECT_TRUE(gave_up.done());
  held.reset();
  scheduler.run_ready();
  ASSERT_TRUE(patient.done());
  EXPECT_TRUE(patient.result().holds_connection());
  EXPECT_THROW(gave_up.result(), cancelled);
}
TEST_P(pool, loses_no_connection_when_a_grant_and_a_cancellation_meet) {
  for (int i = 0; i < 50; ++i) {
    std::optional<lease> held(hold());
    cancel_source source;
    auto waiting = scheduler.start(taken(single), source.token());
    std::latch both(2);
    std::thread canceller([&] {
      both.arrive_and_wait();
      source.request_cancel();
    });
    both.arrive_and_wait();
    held.reset();
    canceller.join();
    scheduler.run_ready();
    ASSERT_TRUE(waiting.done());
    try {
      waiting.result();
    } catch (const cancelled&) {}
    ASSERT_EQ(single.statistics().in_use, 0U) << "round " << i;
  }
}
TEST_P(pool, gives_leases_back_once) {
  lease held = hold();
  lease moved = std::move(held);
  held.release();
  EXPECT_EQ(single.statistics().in_use, 1U);
  moved.release();
  moved.release();
  EXPECT_EQ(single.statistics().in_use, 0U);
  EXPECT_THROW(sync_wait(moved.execute("SELECT 1")), transaction_error);
}
TEST_P(pool, of_a_database_that_ends_waits_for_its_rollbacks) {
  create<Account>();
  for (int i = 0; i < 50; ++i) {
    database short_lived(url(), {.run = GetParam().run});
    sync_wait([](database& used) -> task<void> {
      lease held = co_await used.acquire();
      co_await held.begin();
      co_await held.raw_sql("CREATE TABLE unfinished (id INTEGER)").run();
    }(short_lived));
  }
  EXPECT_EQ(sync_wait(db.query<Account>().count()), 0);
}
TEST_P(pool, is_used_by_many_threads_at_once) {
  TUPELO_NEEDS(trait::several_connections);
  create<Account>();
  database shared(url(), {.pool_size = 3, .run = GetParam().run});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i)
        sync_wait(shared.insert(Account{.owner = std::to_string(t) + "/" + std::to_string(i)}));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sync_wait(shared.query<Account>().count()), 100);
  EXPECT_LE(shared.statistics().connections, 3U);
  EXPECT_EQ(shared.statistics().in_use, 0U);
}

// ---- connections that are held

/// Stops what holds a connection for too long, and knows where that was taken.
class lease_alarm final : public statement_observer {
public:
  void lease_overdue(const lease_event& event) noexcept override {
    file = event.file;
    line = event.line;
    stop.request_cancel();
  }
  cancel_source stop;
  std::string file;
  std::uint_least32_t line = 0;
};

TEST_P(pool, a_script_that_holds_its_connection_is_told_with_its_place_in_the_program) {
  lease_alarm alarm;
  database watched(url(), {.pool_size = 1, .run = GetParam().run, .leak_threshold_us = 1});
  watched.observe(alarm);
  const std::uint_least32_t line = __LINE__ + 1;
  EXPECT_THROW(sync_wait(watched.execute(std::string(endless)), alarm.stop.token()), cancelled);
  EXPECT_NE(alarm.file.find("pool_test.cpp"), std::string::npos) << alarm.file;
  EXPECT_EQ(alarm.line, line);
}

// ---- cancellation of what runs

class cancellation : public conformance_test {
protected:
  /// Cancels once the statement is handed over, from another thread.
  template <class Work>
  void cancel_while_running(Work work) {
    cancel_source source;
    std::thread other([&] {
      running_.wait();
      source.request_cancel();
    });
    EXPECT_THROW(sync_wait(work(), source.token()), cancelled);
    other.join();
  }
  std::latch running_{1};
};
TUPELO_CONFORMANCE_SUITE(cancellation);

/// Tells when the statement was handed to the database.
class start_watch final : public statement_observer {
public:
  explicit start_watch(std::latch& running) : running_(running) {}
  void statement_started(const statement_event&) noexcept override {
    if (!running_.try_wait()) running_.count_down();
  }

private:
  std::latch& running_;
};

TEST_P(cancellation, stops_a_running_statement_and_leaves_the_connection_usable) {
  start_watch watch(running_);
  db.observe(watch);
  cancel_while_running([&]() -> task<void> {
    co_await db
        .raw_sql<std::int64_t>("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n")
        .one();
  });
  EXPECT_EQ(db.statistics().in_use, 0U);
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT 7").one()), 7);
  EXPECT_EQ(db.statistics().connections, 1U) << "the same connection";
}
TEST_P(cancellation, stops_a_script) {
  start_watch watch(running_);
  db.observe(watch);
  cancel_while_running([&]() -> task<void> { co_await db.execute(std::string(endless)); });
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT 7").one()), 7);
}
TEST_P(cancellation, stops_a_stream_between_two_rows) {
  cancel_source source;
  EXPECT_THROW(sync_wait(
                   [&]() -> task<void> {
                     auto rows = db.raw_sql<std::int64_t>(endless).stream();
                     for (;;) {
                       const std::int64_t* row = co_await rows.next();
                       if (*row == 100) source.request_cancel();
                     }
                   }(),
                   source.token()),
               cancelled);
  EXPECT_EQ(db.statistics().in_use, 0U);
  EXPECT_EQ(sync_wait(db.raw_sql<std::int64_t>(endless).first()), 1) << "the statement itself can be used again";
}
TEST_P(cancellation, before_the_start_runs_nothing) {
  statement_log log(db);
  cancel_source source;
  source.request_cancel();
  EXPECT_THROW(sync_wait([&]() -> task<void> { co_await db.ping(); }(), source.token()), cancelled);
  EXPECT_TRUE(log.started().empty());
}
TEST_P(cancellation, a_deadline_stops_a_running_statement) {
  EXPECT_THROW(sync_wait(with_deadline([&]() -> task<void> { co_await db.execute(std::string(endless)); }(),
                                       deadline{steady_now_us() + 20'000})),
               timed_out);
  EXPECT_EQ(sync_wait(db.raw_sql<int>("SELECT 7").one()), 7);
}
TEST_P(cancellation, a_deadline_of_its_own_stops_a_verb) {
  const auto forever =
      db.raw_sql<std::int64_t>("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n");
  EXPECT_THROW(sync_wait(with_deadline(forever.one(), deadline{steady_now_us() + 20'000})), timed_out);
  EXPECT_EQ(sync_wait(with_deadline(db.raw_sql<int>("SELECT 7").one(), deadline::never())), 7);
}
TEST_P(cancellation, a_token_of_its_own_stops_a_verb) {
  cancel_source source;
  EXPECT_EQ(sync_wait(with_cancellation(db.raw_sql<int>("SELECT 7").one(), source.token())), 7);
  source.request_cancel();
  EXPECT_THROW(sync_wait(with_cancellation(db.raw_sql<int>("SELECT 7").one(), source.token())), cancelled);
  EXPECT_THROW(sync_wait(with_cancellation(db.raw_sql("SELECT 7").run(), source.token())), cancelled);
}
TEST_P(cancellation, of_one_task_leaves_the_others_alone) {
  TUPELO_NEEDS(trait::several_connections);
  TUPELO_NEEDS(trait::suspended_statements);
  start_watch watch(running_);
  cancel_source source;
  sync_wait([&]() -> task<void> {
    auto doomed = [&]() -> task<bool> {
      try {
        co_await db.execute(std::string(endless));
      } catch (const cancelled&) {
        co_return true;
      }
      co_return false;
    };
    auto fine = [&]() -> task<int> {
      const int answer = co_await db.raw_sql<int>("SELECT 7").one();
      source.request_cancel();
      co_return answer;
    };
    const auto [stopped, answer] = co_await when_all(with_cancellation(doomed(), source.token()), fine());
    EXPECT_TRUE(stopped);
    EXPECT_EQ(answer, 7);
  }());
}

TEST_P(pool, gives_a_connection_to_one_coroutine_at_a_time) {
  TUPELO_NEEDS(trait::suspended_statements);
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    co_await held.begin();
    const auto one = [&](int n) -> task<errc> {
      try {
        if (n == 2) {
          co_await held.execute("SELECT 1");
        } else {
          (void)co_await held.raw_sql<int>("SELECT 7").one();
        }
      } catch (const transaction_error& e) {
        co_return e.code();
      }
      co_return errc{};
    };
    const auto [first, second, third] = co_await when_all(one(1), one(2), one(3));
    EXPECT_EQ(first, errc{});
    EXPECT_EQ(second, errc::concurrent_use);
    EXPECT_EQ(third, errc::concurrent_use);
    EXPECT_EQ(co_await one(4), errc{}) << "the transaction goes on";
    co_await held.commit();
  });
}
TEST_P(pool, begins_no_transaction_beside_a_statement_of_another_coroutine) {
  TUPELO_NEEDS(trait::suspended_statements);
  run([&]() -> task<void> {
    lease held = co_await db.acquire();
    const auto read = [&](bool begins) -> task<errc> {
      try {
        if (begins) co_await held.begin();
        EXPECT_EQ(co_await held.raw_sql<int>("SELECT 7").one(), 7);
      } catch (const transaction_error& e) {
        co_return e.code();
      }
      co_return errc{};
    };
    for (const bool begins : {false, true}) {
      const auto [first, second] = co_await when_all(read(begins), read(true));
      EXPECT_EQ(first, errc{});
      EXPECT_EQ(second, errc::concurrent_use);
      EXPECT_EQ(held.transaction_depth(), begins ? 1 : 0) << "what was refused has begun nothing";
    }
    co_await held.commit();
  });
}
TEST_P(pool, ends_no_transaction_that_another_coroutine_is_beginning) {
  TUPELO_NEEDS(trait::suspended_statements);
  run([&]() -> task<void> {
    for (const bool keeps : {true, false}) {
      lease held = co_await db.acquire();
      co_await held.begin();
      const auto read = [&]() -> task<int> { co_return co_await held.raw_sql<int>("SELECT 7").one(); };
      const auto end = [&]() -> task<errc> {
        try {
          co_await (keeps ? held.commit() : held.rollback());
        } catch (const transaction_error& e) {
          co_return e.code();
        }
        co_return errc{};
      };
      const auto [answer, ended] = co_await when_all(read(), end());
      EXPECT_EQ(answer, 7);
      if (ended == errc{}) continue;  // a rollback, where BEGIN had been run before
      EXPECT_EQ(ended, errc::concurrent_use);
      co_await held.commit();
    }
  });
}

}  // namespace
}  // namespace tupelo::conformance
