// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/driver/connection.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace tupelo::driver {

class interruption;

/// The thread on which one connection's statements run, started by the first of them, and the requests that wait for
/// it.
class sqlite_worker {
public:
  /// Runs one request on the worker's thread. `interruption::begin` has been called where it is cancellable.
  using run_function = void (*)(void* connection, request&) noexcept;

  sqlite_worker(void* connection, run_function run, interruption& interrupts) noexcept
      : connection_(connection), run_(run), interrupts_(interrupts) {}
  sqlite_worker(const sqlite_worker&) = delete;
  sqlite_worker& operator=(const sqlite_worker&) = delete;
  /// Waits for the running request; those that wait behind it complete with `cancelled`. May be called by a request's
  /// `done`: the thread then ends by itself, touching nothing of what is gone.
  ~sqlite_worker();

  void start(request&) noexcept;
  void interrupt() noexcept;

private:
  /// Starts it where it is missing; false when the system has none left.
  bool has_thread() noexcept;
  void work() noexcept;
  request* take(std::unique_lock<std::mutex>& lock);
  static void complete_cancelled(request&) noexcept;

  void* connection_;
  run_function run_;
  interruption& interrupts_;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::thread thread_;
  request* first_ = nullptr;
  request* last_ = nullptr;
  bool running_ = false;          ///< a request has been taken and is not done
  bool interrupt_first_ = false;  ///< the waiting `first_` was interrupted before it was taken
  bool stopping_ = false;
  bool* gone_ = nullptr;  ///< on the thread's stack: set when the worker is destroyed by `done`
};

}  // namespace tupelo::driver
