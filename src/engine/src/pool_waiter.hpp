// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pool_core.hpp"

#include "tupelo/core/cancellation.hpp"
#include "tupelo/core/resumption.hpp"
#include "tupelo/core/scheduler.hpp"

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <exception>

namespace tupelo::detail {

class connection_pool;
class pooled_connection;

/// A coroutine that waits for the pool. Shared by its awaiter and its timer, which may fire late; whoever moves the
/// outcome away from `waiting` decides it. The queue's link is the pool's, under its lock.
struct pool_waiter final : timer_node, pool_queue_link {
  enum outcome_type : int { waiting, granted, refused, expired, cancelled };

  explicit pool_waiter(connection_pool& of) noexcept : timer_node(&fired), pool(of) {}
  static void fired(timer_node& timer) noexcept;
  /// False: it has been decided otherwise.
  bool settle(outcome_type decided) noexcept {
    int from = waiting;
    return outcome.compare_exchange_strong(from, decided, std::memory_order_acq_rel);
  }
  void drop() noexcept {
    if (owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  connection_pool& pool;
  resumption resumed;
  std::atomic<int> outcome{waiting};
  std::atomic<int> owners{1};
  pooled_connection* connection = nullptr;
  std::exception_ptr failure;  ///< why it was refused
};

/// Waits in the pool's queue for a connection, or until the pool that closes has none left.
///
/// Errors: why the pool refused; pool_exhausted when the pool's patience ends, timed_out at the task's deadline,
/// cancelled.
class pool_awaiter {
public:
  enum class for_what : bool { connection, emptiness };

  pool_awaiter(connection_pool& pool, for_what wanted) noexcept : pool_(pool), wanted_(wanted) {}
  pool_awaiter(const pool_awaiter&) = delete;
  pool_awaiter& operator=(const pool_awaiter&) = delete;
  ~pool_awaiter() {
    watch_.detach();
    if (waiter_ != nullptr) waiter_->drop();
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(awaiting, context_of(awaiting.promise()));
  }
  /// A connection in use; null where there is nothing to hand out.
  pooled_connection* await_resume();

private:
  struct watch final : cancel_registration {
    watch() noexcept : cancel_registration(&requested) {}
    static void requested(cancel_registration& self) noexcept;
    pool_waiter* waiter = nullptr;
  };

  bool suspend(std::coroutine_handle<> awaiting, const task_context& context);
  pooled_connection* outcome();

  connection_pool& pool_;
  for_what wanted_;
  bool by_deadline_ = false;
  pool_waiter* waiter_ = nullptr;
  scheduler* scheduler_ = nullptr;
  watch watch_;
};

}  // namespace tupelo::detail
