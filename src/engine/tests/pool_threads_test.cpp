// SPDX-License-Identifier: Apache-2.0
// The pool as several threads use it; for ThreadSanitizer above all.
#include "fake_server.hpp"

#include "tupelo/core/sync_wait.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace tupelo::detail {
namespace {

/// Answers nothing, and is usable from any thread.
class silent_connection final : public driver::connection {
public:
  bool runs_inline() const noexcept override { return false; }
  bool run(driver::request&) noexcept override { return false; }
  void start(driver::request& request) noexcept override { request.done(request); }
  void interrupt() noexcept override {}
  void finish(driver::prepared_statement*) noexcept override {}
  void release(driver::prepared_statement*) noexcept override {}
  bool usable() const noexcept override { return true; }
  bool in_transaction() const noexcept override { return false; }
  std::atomic<int> users{0};
};

class silent_connector final : public connector {
public:
  task<std::unique_ptr<driver::connection>> connect(bool) override { co_return std::make_unique<silent_connection>(); }
  std::uint32_t max_connections() const noexcept override { return 0; }
  bool wants_inline() const noexcept override { return false; }
};

backend silent_backend() {
  return {"silent", fake_backend().make_dialect,
          [](const driver::url&) -> std::unique_ptr<connector> { return std::make_unique<silent_connector>(); }};
}

task<void> borrow(connection_pool& pool, int times) {
  for (int i = 0; i < times; ++i) {
    pooled_connection* const held = co_await pool.acquire();
    auto& connection = static_cast<silent_connection&>(held->driver());
    EXPECT_EQ(connection.users.fetch_add(1), 0) << "one at a time";
    connection.users.fetch_sub(1);
    pool.give_back(held);
  }
}

TEST(pool_threads, share_connections_one_at_a_time_and_lose_none) {
  connection_pool pool(driver::url::parse("silent://host/x"), silent_backend(),
                       {.pool_size = 2, .max_overflow = 1, .validate_after_us = 0, .leak_threshold_us = 50});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&] { sync_wait(borrow(pool, 300)); });
  threads.emplace_back([&] {
    for (int i = 0; i < 50; ++i) {
      pool.suspend();
      static_cast<void>(pool.statistics());
      pool.resume();
    }
  });
  for (std::thread& thread : threads) thread.join();
  const pool_statistics after = pool.statistics();
  EXPECT_EQ(after.in_use, 0U);
  EXPECT_EQ(after.waiting, 0U);
  EXPECT_LE(after.connections, 3U);
  EXPECT_EQ(after.acquired, 1'200U);
}
/// How many connections were opened and closed.
class life_count final : public statement_observer {
public:
  void connection_opened(const connection_event&) noexcept override { ++opened; }
  void connection_closed(const connection_event&) noexcept override { ++closed; }
  std::atomic<int> opened{0};
  std::atomic<int> closed{0};
};

TEST(pool_threads, that_wait_for_the_end_have_heard_of_every_closing) {
  for (int round = 0; round < 50; ++round) {
    life_count lives;
    connection_pool pool(driver::url::parse("silent://host/x"), silent_backend(), {.pool_size = 3});
    pool.observe(lives);
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        try {
          sync_wait(borrow(pool, 20));
        } catch (const connection_error&) {}  // it was closed meanwhile
      });
    }
    sync_wait(borrow(pool, 1));
    pool.begin_close();
    sync_wait(pool.wait_until_empty());
    EXPECT_EQ(lives.opened.load(), lives.closed.load());
    for (std::thread& thread : threads) thread.join();
  }
}
TEST(pool_threads, that_give_up_lose_no_connection) {
  connection_pool pool(driver::url::parse("silent://host/x"), silent_backend(), {.pool_size = 1});
  for (int round = 0; round < 50; ++round) {
    cancel_source stop;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        try {
          sync_wait(borrow(pool, 20), {stop.token()});
        } catch (const cancelled&) {}
      });
    }
    stop.request_cancel();
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(pool.statistics().in_use, 0U);
  EXPECT_EQ(pool.statistics().waiting, 0U);
}

}  // namespace
}  // namespace tupelo::detail
