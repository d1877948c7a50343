// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/scheduler.hpp>
#include <tupelo/core/timer_queue.hpp>

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace tupelo::detail {

/// The scheduler of real time behind `sync_wait` and `background_scheduler`: runs on the thread that calls `run`.
///
/// Owns: nothing that it runs. Threads: `run` on one thread, everything else on any.
class run_loop final : public scheduler {
public:
  run_loop() = default;

  void post(scheduled_work& work) noexcept override;
  void start_timer(timer_node& timer) noexcept override;
  bool cancel_timer(timer_node& timer) noexcept override;
  [[nodiscard]] std::int64_t now_us() const noexcept override;

  /// Runs work and timers until `stop` has been called and the posted work is done.
  void run() noexcept;
  void stop() noexcept;

private:
  void wait(std::unique_lock<std::mutex>& lock) noexcept;

  std::mutex mutex_;
  std::condition_variable changed_;
  scheduled_work* first_ = nullptr;
  scheduled_work** last_ = &first_;
  timer_queue timers_;
  bool waiting_ = false;
  bool stopped_ = false;
};

}  // namespace tupelo::detail
