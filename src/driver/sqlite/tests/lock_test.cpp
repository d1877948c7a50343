// SPDX-License-Identifier: Apache-2.0
#include "test_database.hpp"

#include <tupelo/core/deadline.hpp>

namespace tupelo::driver::testing {
namespace {

/// One connection holds the write lock.
struct lock : ::testing::Test {
  temp_directory directory;
  test_database holder{directory.url("a.db")};

  lock() { holder.script("CREATE TABLE t (n); INSERT INTO t VALUES (1); BEGIN IMMEDIATE; UPDATE t SET n = 2"); }
  std::unique_ptr<connection> worker(std::string_view query = {}) const {
    return open_sqlite(url::parse(directory.url("a.db", query)), false);
  }
};

TEST_F(lock, readers_do_not_wait_for_a_writer) {
  test_database reader(directory.url("a.db", "?busy_timeout=0"));
  EXPECT_EQ(reader.number("SELECT n FROM t"), 1);
}

TEST_F(lock, writer_fails_busy_when_the_busy_timeout_passes) {
  test_database other(directory.url("a.db", "?busy_timeout=0"));
  const auto e = failure_of<busy_error>([&] { other.script("UPDATE t SET n = 3"); });
  EXPECT_EQ(e.code(), errc::busy);
  EXPECT_EQ(e.sqlstate(), "55P03");
  EXPECT_TRUE(e.retryable());
  EXPECT_TRUE(e.connection_usable());
  EXPECT_NE(std::string(e.what()).find("locked by another connection"), std::string::npos);
  holder.script("COMMIT");
  EXPECT_NO_THROW(other.script("UPDATE t SET n = 3"));
}

TEST_F(lock, writer_fails_busy_when_its_deadline_passes_before_the_busy_timeout) {
  test_database other(directory.url("a.db", "?busy_timeout=86400000"));
  // One that has passed before anything waits is another failure.
  for (std::int64_t patience_us = 20'000;; patience_us *= 2) {
    request r;
    r.script = "UPDATE t SET n = 3";
    r.deadline_us = steady_now_us() + patience_us;
    EXPECT_FALSE(other.get().run(r));
    try {
      raise(r);
    } catch (const busy_error&) {
      return;
    } catch (const timed_out&) {}
  }
}

TEST_F(lock, writer_that_waits_goes_on_when_the_lock_is_released) {
  const auto waiting = worker();
  worker_request r;
  r.script = "UPDATE t SET n = n + 10";
  waiting->start(r);
  holder.script("COMMIT");
  r.wait();
  EXPECT_NO_THROW(raise(r));
  EXPECT_EQ(holder.number("SELECT n FROM t"), 12);
}

TEST_F(lock, wait_for_a_lock_ends_when_it_is_interrupted) {
  const auto waiting = worker("?busy_timeout=86400000");
  worker_request r;
  r.script = "UPDATE t SET n = 3";
  waiting->start(r);
  waiting->interrupt();
  r.wait();
  EXPECT_THROW(raise(r), cancelled);
  EXPECT_TRUE(waiting->usable());
}

TEST_F(lock, transaction_that_reads_an_old_snapshot_cannot_write_and_must_start_again) {
  test_database other(directory.url("a.db"));
  other.script("BEGIN; SELECT * FROM t");
  holder.script("COMMIT");
  const auto e = failure_of<database_error>([&] { other.script("UPDATE t SET n = 3"); });
  EXPECT_EQ(e.code(), errc::serialization_failure);
  EXPECT_EQ(e.sqlstate(), "40001");
  EXPECT_TRUE(e.retryable());
  other.script("ROLLBACK; BEGIN IMMEDIATE; UPDATE t SET n = 3; COMMIT");
}

TEST_F(lock, locked_file_cannot_be_opened_within_the_busy_timeout) {
  holder.script("COMMIT");
  test_database exclusive(directory.url("b.db", "?journal_mode=delete"));
  exclusive.script("CREATE TABLE t (n); BEGIN EXCLUSIVE");
  EXPECT_THROW(test_database(directory.url("b.db", "?busy_timeout=0")), busy_error);
  EXPECT_THROW(test_database(directory.url("b.db", "?busy_timeout=1&mode=ro")), busy_error);
}

TEST_F(lock, backup_of_a_database_that_is_written_is_one_moment_of_it) {
  test_database other(directory.url("a.db"));
  backup_to(other.get(), directory.file("copy.db"));
  EXPECT_EQ(test_database(directory.url("copy.db")).number("SELECT n FROM t"), 1);
}

}  // namespace
}  // namespace tupelo::driver::testing
