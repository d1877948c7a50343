// SPDX-License-Identifier: Apache-2.0
#include "interruption.hpp"
#include "test_database.hpp"

#include <tupelo/core/deadline.hpp>

#include <thread>

namespace tupelo::driver::testing {
namespace {

struct interrupt : ::testing::Test {
  std::unique_ptr<connection> worker = open_sqlite(url::parse("sqlite::memory:"), false);
  test_database db;
  endless_rows endless;
};

TEST_F(interrupt, running_statement_of_a_worker_completes_with_cancelled) {
  worker_request r;
  r.plan = &endless.plan;
  r.rows = endless.sink();
  worker->start(r);
  endless.running.acquire();
  worker->interrupt();
  r.wait();
  const auto e = failure_of<cancelled>([&] { raise(r); });
  EXPECT_EQ(e.statement(), endless.plan.text);
  EXPECT_FALSE(e.retryable());
  EXPECT_TRUE(worker->usable());
}

TEST_F(interrupt, running_inline_statement_is_stopped_from_another_thread) {
  request r;
  r.plan = &endless.plan;
  r.rows = endless.sink();
  std::thread other([&] {
    endless.running.acquire();
    db.get().interrupt();
  });
  EXPECT_FALSE(db.get().run(r));
  other.join();
  EXPECT_THROW(raise(r), cancelled);
  EXPECT_EQ(db.number("SELECT 1"), 1) << "the next statement runs";
}

TEST_F(interrupt, request_that_has_just_been_started_is_never_missed) {
  // Whichever comes first, the worker or the interrupt: the statement would run for ever if the interrupt were lost.
  for (int i = 0; i < 100; ++i) {
    worker_request r;
    r.plan = &endless.plan;
    worker->start(r);
    worker->interrupt();
    r.wait();
    ASSERT_THROW(raise(r), cancelled);
  }
}

TEST_F(interrupt, does_nothing_when_nothing_runs) {
  db.get().interrupt();
  EXPECT_EQ(db.number("SELECT 1"), 1);
  worker->interrupt();
  worker_request r;
  r.script = "SELECT 1";
  run_on_worker(*worker, r);
  EXPECT_NO_THROW(raise(r));
  worker->interrupt();
  worker_request next;
  next.script = "SELECT 1";
  run_on_worker(*worker, next);
  EXPECT_NO_THROW(raise(next));
}

TEST_F(interrupt, never_reaches_the_request_behind_the_one_it_met) {
  for (int i = 0; i < 100; ++i) {
    worker_request first;
    first.script = "SELECT 1";
    worker->start(first);
    worker->interrupt();
    first.wait();
    worker_request second;
    second.script = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100) SELECT count(*) FROM n";
    run_on_worker(*worker, second);
    ASSERT_NO_THROW(raise(second));
  }
}

TEST_F(interrupt, leaves_a_request_alone_that_is_not_cancellable) {
  statement_plan plan = endless.plan;
  plan.text = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100000) SELECT x FROM n";
  worker_request r;
  r.plan = &plan;
  r.rows = endless.sink();
  r.cancellable = false;
  worker->start(r);
  endless.running.acquire();
  worker->interrupt();
  r.wait();
  EXPECT_NO_THROW(raise(r));
  EXPECT_EQ(r.row_count, 100'000u);
}

TEST_F(interrupt, stops_a_script_between_and_within_statements) {
  worker_request r;
  r.script = "SELECT 1; WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n; SELECT 2";
  worker->start(r);
  worker->interrupt();
  r.wait();
  EXPECT_THROW(raise(r), cancelled);
}

TEST_F(interrupt, ends_results_that_other_statements_left_open) {
  statement_plan plan = endless.plan;
  prepared_statement* prepared = nullptr;
  request stream;
  stream.plan = &plan;
  stream.prepared = &prepared;
  stream.fetch = 1;
  ASSERT_TRUE(db.get().run(stream));
  request r;
  r.plan = &endless.plan;
  r.rows = endless.sink();
  std::thread other([&] {
    endless.running.acquire();
    db.get().interrupt();
  });
  EXPECT_FALSE(db.get().run(r));
  other.join();
  EXPECT_EQ(db.number("SELECT 1"), 1) << "SQLite's flag is gone with the results that kept it";
  EXPECT_FALSE(db.get().run(stream));
  EXPECT_THROW(raise(stream), cancelled);
  db.get().release(prepared);
}

TEST_F(interrupt, flag_that_sqlite_clears_at_the_start_of_a_statement_is_raised_again) {
  sqlite3* raw = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &raw), SQLITE_OK);
  interruption interrupts;
  interrupts.watch(raw);
  interrupts.begin();
  interrupts.trigger();
  EXPECT_TRUE(interrupts.triggered());
  const std::string ten_rows = endless.plan.text + " LIMIT 10";
  EXPECT_EQ(sqlite3_exec(raw, ten_rows.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << "without the trace callback the interrupt is lost";
  sqlite3_trace_v2(
      raw, SQLITE_TRACE_STMT,
      [](unsigned, void* p, void*, void*) {
        static_cast<interruption*>(p)->raise_again();
        return 0;
      },
      &interrupts);
  EXPECT_EQ(sqlite3_exec(raw, ten_rows.c_str(), nullptr, nullptr, nullptr), SQLITE_INTERRUPT);
  EXPECT_TRUE(interrupts.end());
  EXPECT_FALSE(interrupts.triggered());
  sqlite3_close(raw);
}

// ---- deadlines

TEST_F(interrupt, deadline_stops_a_statement_that_runs) {
  // A deadline that has passed before it runs is told without a statement.
  std::string statement;
  for (std::int64_t patience_us = 10'000; statement.empty(); patience_us *= 2) {
    request r;
    r.plan = &endless.plan;
    r.deadline_us = steady_now_us() + patience_us;
    EXPECT_FALSE(db.get().run(r));
    statement = failure_of<timed_out>([&] { raise(r); }).statement();
  }
  EXPECT_EQ(statement, endless.plan.text);
  EXPECT_EQ(db.number("SELECT 1"), 1);
}

TEST_F(interrupt, deadline_that_has_passed_runs_nothing) {
  request r;
  r.script = "CREATE TABLE t (n)";
  r.deadline_us = steady_now_us() - 1;
  EXPECT_FALSE(db.get().run(r));
  EXPECT_THROW(raise(r), timed_out);
  EXPECT_EQ(db.number("SELECT count(*) FROM sqlite_schema"), 0);
}

TEST_F(interrupt, deadline_of_one_request_is_not_that_of_the_next) {
  request r;
  r.script = "SELECT 1";
  r.deadline_us = steady_now_us() + 60'000'000;
  EXPECT_TRUE(db.get().run(r));
  statement_plan plan = endless.plan;
  plan.text += " LIMIT 100000";
  EXPECT_EQ(db.run(plan).row_count, 100'000u);
}

// ---- the worker

TEST_F(interrupt, requests_that_wait_run_in_order) {
  std::vector<std::unique_ptr<worker_request>> requests;
  const std::string scripts[] = {"CREATE TABLE t (n)", "INSERT INTO t VALUES (1)", "UPDATE t SET n = n * 10",
                                 "UPDATE t SET n = n + 1"};
  for (const std::string& script : scripts) {
    requests.push_back(std::make_unique<worker_request>());
    requests.back()->script = script;
  }
  for (auto& r : requests) worker->start(*r);
  for (auto& r : requests) {
    r->wait();
    EXPECT_NO_THROW(raise(*r));
  }
  statement_plan plan = endless.plan;
  plan.text = "SELECT n FROM t";
  worker_request r;
  r.plan = &plan;
  r.rows = endless.sink();
  run_on_worker(*worker, r);
  EXPECT_EQ(endless.row, 11);
}

TEST_F(interrupt, destruction_waits_for_the_running_request_and_cancels_those_behind) {
  statement_plan plan = endless.plan;
  plan.text += " LIMIT 100000";
  worker_request running;
  running.plan = &plan;
  running.rows = endless.sink();
  worker_request waiting;
  waiting.script = "SELECT 1";
  worker->start(running);
  endless.running.acquire();
  worker->start(waiting);
  worker.reset();
  ASSERT_TRUE(running.finished.try_acquire());
  EXPECT_NO_THROW(raise(running));
  EXPECT_EQ(running.row_count, 100'000u);
  ASSERT_TRUE(waiting.finished.try_acquire());
  EXPECT_THROW(raise(waiting), cancelled);
}

TEST_F(interrupt, done_may_start_the_next_request) {
  struct chain : worker_request {
    connection* on = nullptr;
    worker_request* next_request = nullptr;
  };
  worker_request second;
  second.script = "SELECT 2";
  chain first;
  first.script = "SELECT 1";
  first.on = worker.get();
  first.next_request = &second;
  first.done = [](request& r) noexcept {
    auto& self = static_cast<chain&>(r);
    self.on->start(*self.next_request);
    self.finished.release();
  };
  worker->start(first);
  first.wait();
  second.wait();
  EXPECT_NO_THROW(raise(second));
}

TEST_F(interrupt, done_may_destroy_the_connection) {
  struct last_request : worker_request {
    std::unique_ptr<connection>* on = nullptr;
  };
  last_request last;
  last.script = "SELECT 1";
  last.on = &worker;
  last.done = [](request& r) noexcept {
    auto& self = static_cast<last_request&>(r);
    self.on->reset();
    self.finished.release();
  };
  worker->start(last);
  last.wait();
  EXPECT_EQ(worker, nullptr);
}

TEST_F(interrupt, worker_that_never_ran_anything_is_destroyed_without_a_thread) { worker.reset(); }

TEST_F(interrupt, worker_reports_with_its_first_request_that_the_database_cannot_be_opened) {
  const auto broken = open_sqlite(url::parse("sqlite:////nonexistent/directory/a.db"), false);
  EXPECT_TRUE(broken->usable());
  EXPECT_FALSE(broken->in_transaction());
  worker_request r;
  r.script = "SELECT 1";
  run_on_worker(*broken, r);
  EXPECT_THROW(raise(r), connection_error);
  EXPECT_FALSE(broken->usable());
}

TEST_F(interrupt, finish_and_release_are_for_the_caller_between_requests) {
  prepared_statement* prepared = nullptr;
  worker_request r;
  r.plan = &endless.plan;
  r.prepared = &prepared;
  r.fetch = 3;
  run_on_worker(*worker, r);
  EXPECT_NO_THROW(raise(r));
  EXPECT_TRUE(r.more);
  worker->finish(prepared);
  worker->finish(prepared);
  worker->release(prepared);
}

}  // namespace
}  // namespace tupelo::driver::testing
