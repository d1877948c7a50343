// SPDX-License-Identifier: Apache-2.0
#include "test_database.hpp"

#include <tupelo/core/deadline.hpp>

#include <deque>
#include <thread>

namespace tupelo::driver::testing {
namespace {

/// The requests of one group, and the statements they run.
class group : public worker_request {
public:
  statement_plan& add(std::string_view sql, bool reads = false) {
    statement_plan& plan = plans_.emplace_back();
    plan.text = sql;
    plan.read_only = reads;
    request& member = requests_.emplace_back();
    member.plan = &plan;
    if (requests_.size() == 1) {
      members = &member;
    } else {
      requests_[requests_.size() - 2].next = &member;
    }
    return plan;
  }
  request& member(std::size_t i) { return requests_[i]; }
  errc failure_at(std::size_t i) {
    return failure_of<error>([&] { raise(requests_[i]); }).code();
  }

private:
  std::deque<statement_plan> plans_;
  std::deque<request> requests_;
};

struct groups : ::testing::Test {
  temp_directory folder;
  test_database db{folder.url("groups.db")};
  std::unique_ptr<connection> worker = open_sqlite(url::parse(folder.url("groups.db")), false);

  groups() { db.script("CREATE TABLE t (a INTEGER UNIQUE, b INTEGER REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)"); }
  std::int64_t rows() { return db.number("SELECT count(*) FROM t"); }
};

TEST_F(groups, run_in_order_in_one_go) {
  group g;
  g.add("INSERT INTO t (a) VALUES (1), (2)");
  g.add("UPDATE t SET a = a + 10");
  g.add("SELECT a FROM t", true);
  run_on_worker(*worker, g);
  raise(g);
  EXPECT_EQ(g.member(0).affected, 2);
  EXPECT_EQ(g.member(0).last_insert_id, 2);
  EXPECT_EQ(g.member(1).affected, 2);
  EXPECT_EQ(g.member(2).row_count, 2U);
  EXPECT_EQ(db.number("SELECT min(a) FROM t"), 11);
  EXPECT_FALSE(worker->in_transaction());
}
TEST_F(groups, are_all_or_nothing_outside_a_transaction) {
  group g;
  g.add("INSERT INTO t (a) VALUES (1)");
  g.add("INSERT INTO t (a) VALUES (1)");
  g.add("INSERT INTO t (a) VALUES (3)");
  EXPECT_FALSE(db.get().run(g));
  EXPECT_THROW(raise(g), unique_violation);
  EXPECT_FALSE(g.member(0).failure);
  EXPECT_EQ(g.failure_at(1), errc::unique_violation);
  EXPECT_EQ(g.failure_at(2), errc::not_run);
  EXPECT_EQ(rows(), 0);
  EXPECT_FALSE(db.get().in_transaction());
  EXPECT_TRUE(db.get().usable());
}
TEST_F(groups, inside_a_transaction_leave_what_came_before_the_failure) {
  db.script("BEGIN");
  group g;
  g.add("INSERT INTO t (a) VALUES (1)");
  g.add("INSERT INTO t (a) VALUES (1)");
  EXPECT_FALSE(db.get().run(g));
  EXPECT_TRUE(db.get().in_transaction());
  db.script("COMMIT");
  EXPECT_EQ(rows(), 1);
}
TEST_F(groups, whose_end_fails_fail_as_a_whole_only) {
  db.script("PRAGMA foreign_keys = ON");
  group g;
  g.add("INSERT INTO t (a, b) VALUES (1, 7)");
  g.add("INSERT INTO t (a) VALUES (2)");
  EXPECT_FALSE(db.get().run(g));
  EXPECT_THROW(raise(g), foreign_key_violation);
  EXPECT_FALSE(g.member(0).failure);
  EXPECT_FALSE(g.member(1).failure);
  EXPECT_EQ(rows(), 0);
}
TEST_F(groups, that_only_read_begin_no_transaction) {
  db.script("BEGIN IMMEDIATE");
  group g;
  g.add("SELECT a FROM t", true);
  g.add("SELECT b FROM t", true);
  run_on_worker(*worker, g);
  EXPECT_EQ(g.failure, nullptr) << "the other connection has the right to write";
  db.script("ROLLBACK");
}
TEST_F(groups, that_control_a_transaction_themselves_are_left_to_it) {
  group g;
  g.add("BEGIN").controls_transaction = true;
  g.add("INSERT INTO t (a) VALUES (1)");
  EXPECT_TRUE(db.get().run(g));
  EXPECT_TRUE(db.get().in_transaction());
  db.script("ROLLBACK");
}
TEST_F(groups, that_are_interrupted_are_undone) {
  endless_rows endless;
  group g;
  g.add("INSERT INTO t (a) VALUES (1)");
  g.add(endless.plan.text, true) = endless.plan;
  g.add("INSERT INTO t (a) VALUES (2)");
  g.member(1).rows = endless.sink();
  worker->start(g);
  endless.running.acquire();
  worker->interrupt();
  g.wait();
  EXPECT_THROW(raise(g), cancelled);
  EXPECT_EQ(g.failure_at(1), errc::cancelled);
  EXPECT_EQ(g.failure_at(2), errc::not_run);
  EXPECT_FALSE(worker->in_transaction());
  EXPECT_TRUE(worker->usable());
  EXPECT_EQ(rows(), 0);
}
TEST_F(groups, whose_deadline_passes_are_undone) {
  endless_rows endless;
  group g;
  g.add("INSERT INTO t (a) VALUES (1)");
  g.add(endless.plan.text, true) = endless.plan;
  g.deadline_us = steady_now_us() + 20'000;
  run_on_worker(*worker, g);
  EXPECT_THROW(raise(g), timed_out);
  EXPECT_FALSE(worker->in_transaction());
  EXPECT_EQ(rows(), 0);
}
TEST_F(groups, that_cannot_begin_have_run_nothing) {
  db.script("BEGIN IMMEDIATE");
  const auto other = open_sqlite(url::parse(folder.url("groups.db", "?busy_timeout=0")), true);
  group g;
  g.add("INSERT INTO t (a) VALUES (1)");
  g.add("INSERT INTO t (a) VALUES (2)");
  EXPECT_FALSE(other->run(g));
  EXPECT_THROW(raise(g), busy_error);
  EXPECT_EQ(g.failure_at(0), errc::not_run);
  EXPECT_EQ(g.failure_at(1), errc::not_run);
  db.script("ROLLBACK");
}

}  // namespace
}  // namespace tupelo::driver::testing
