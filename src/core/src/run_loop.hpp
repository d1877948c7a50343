// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "poll_reactor.hpp"

#include <tupelo/core/scheduler.hpp>
#include <tupelo/core/timer_queue.hpp>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace tupelo::detail {

/// The scheduler of real time behind `sync_wait` and `background_scheduler`: runs on the thread that calls `run`.
///
/// Owns: nothing that it runs. Threads: `run` on one thread, everything else on any.
class run_loop final : public scheduler {
public:
  explicit run_loop(std::shared_ptr<poll_reactor> watches) noexcept : reactor_(std::move(watches)) {}

  void post(scheduled_work& work) noexcept override;
  void dispatch(scheduled_work& work) noexcept override;
  void start_timer(timer_node& timer) noexcept override;
  bool cancel_timer(timer_node& timer) noexcept override;
  [[nodiscard]] std::int64_t now_us() const noexcept override;
  [[nodiscard]] tupelo::reactor& reactor() noexcept override { return *reactor_; }

  /// Runs work and timers until `stop` has been called and the posted work is done.
  void run() noexcept;
  void stop() noexcept;
  /// From here on other threads may start waits on its reactor.
  void start_polling() noexcept;

private:
  enum class pause : unsigned char { none, waiting, polling };

  void wait(std::unique_lock<std::mutex>& lock) noexcept;
  void wake() noexcept;

  std::mutex mutex_;
  std::condition_variable changed_;
  scheduled_work* first_ = nullptr;
  scheduled_work** last_ = &first_;
  timer_queue timers_;
  std::shared_ptr<poll_reactor> reactor_;
  pause pause_ = pause::none;
  bool always_polls_ = false;
  bool stopped_ = false;
};

}  // namespace tupelo::detail
