// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pooled_connection.hpp"

#include "tupelo/engine/backend.hpp"
#include "tupelo/engine/database.hpp"
#include "tupelo/core/cancellation.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace tupelo::detail {

/// A coroutine that waits for a connection. Shared by the pool's queue, its timer and its awaiter: whoever moves the
/// state away from `waiting` decides the outcome.
struct pool_waiter final : timer_node {
  enum state : int { waiting, granted, expired, cancelled };

  pool_waiter() noexcept : timer_node(&fired) {}
  static void fired(timer_node& timer) noexcept;
  bool settle(state outcome) noexcept;
  void drop() noexcept;

  resumption resumed;
  std::atomic<int> outcome{waiting};
  std::atomic<int> owners{1};
  pooled_connection* connection = nullptr;
  std::exception_ptr failure;  ///< of opening the connection; instead of it
};

/// The connections of one database. First come, first served.
///
/// Threads: any.
class connection_pool {
public:
  connection_pool(driver::url url, const backend& kind, const database_options& options);
  ~connection_pool();

  /// A free connection, or a new one that can be opened without waiting; else null.
  pooled_connection* try_acquire();
  task<pooled_connection*> acquire();
  /// Takes a connection back; a transaction that is open on it is rolled back first.
  void give_back(pooled_connection* connection) noexcept;

  /// The plan of a shape, rendered once for all connections.
  std::shared_ptr<const statement_plan> plan(std::uint64_t hash, const std::uint64_t* words, std::uint32_t count);

  bool runs_inline() const noexcept { return inline_; }
  const dialect& sql_dialect() const noexcept { return dialect_; }
  const driver::url& url() const noexcept { return url_; }
  pool_statistics statistics() const;

  void observe(statement_observer& observer);
  bool is_observed() const noexcept { return observed_.load(std::memory_order_acquire); }
  void statement_started(const statement_event& event) const noexcept;
  void statement_finished(const statement_event& event) const noexcept;

private:
  friend class acquire_awaiter;
  friend class opening_slot;
  friend struct background_opening;
  pooled_connection* pop_idle();
  /// Whether one more connection may be opened; counts it, until `add` or `give_up_slot`.
  bool reserve();
  pooled_connection* add(std::unique_ptr<driver::connection> opened);
  void give_up_slot() noexcept;
  pooled_connection* open_blocking();
  task<pooled_connection*> open();
  /// Opens connections for those who wait, as far as there is room. Before: the mutex is held.
  void open_for_waiters() noexcept;
  void end_background_opening(std::exception_ptr failure) noexcept;
  void offer(pooled_connection* connection) noexcept;
  void retire(pooled_connection* connection) noexcept;
  void end_rollback(pooled_connection* connection) noexcept;
  /// To the first who waits, if anyone does. Before: the mutex is held.
  bool hand_over(pooled_connection* connection, std::exception_ptr failure) noexcept;
  bool enqueue(pool_waiter& waiter, pooled_connection*& found);

  driver::url url_;
  const dialect& dialect_;
  std::unique_ptr<connector> connector_;
  database_options options_;
  bool inline_ = false;
  bool opens_at_once_ = false;  ///< or blocking
  std::uint32_t limit_;

  // One connection changes hands without the mutex: what a single-threaded program uses all the time.
  std::atomic<pooled_connection*> hot_{nullptr};
  std::atomic<std::uint32_t> waiting_{0};
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<pooled_connection>> connections_;
  std::vector<pooled_connection*> idle_;
  std::deque<pool_waiter*> waiters_;
  std::uint32_t opening_ = 0;     ///< connections that are not open yet
  std::uint32_t background_ = 0;  ///< rollbacks and openings that nobody awaits
  std::condition_variable background_ended_;
  cancel_source closing_;

  std::mutex plans_mutex_;
  std::unordered_map<std::string, std::shared_ptr<const statement_plan>> plans_;

  std::atomic<bool> observed_{false};
  mutable std::mutex observers_mutex_;
  std::vector<statement_observer*> observers_;
};

/// Tells the observers of one statement, if there are any.
class observed_statement {
public:
  observed_statement(const connection_pool& pool, const driver::request& request) noexcept;
  void finish(const driver::request& request) const noexcept;

private:
  const connection_pool* pool_;
  std::int64_t started_us_ = 0;
};

}  // namespace tupelo::detail
