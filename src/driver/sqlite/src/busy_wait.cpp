// SPDX-License-Identifier: Apache-2.0
#include "busy_wait.hpp"

#include <tupelo/core/deadline.hpp>
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>

namespace tupelo::driver {

namespace {

// Locks of well-behaved writers last for less than a few milliseconds; the longest step bounds how late an interrupt is
// seen.
constexpr std::int64_t steps_us[] = {200, 500, 1000, 2000, 5000, 10'000};

// About 20 microseconds of work: the clock is read often enough to stop in time and too rarely to be noticed.
constexpr int operations_between_checks = 1000;

}  // namespace

void busy_wait::set_deadline(sqlite3* database, std::int64_t deadline_us) {
  if (steady_now_us() >= deadline_us) throw timed_out("the deadline passed before the statement was started");
  deadline_us_ = deadline_us;
  if (database == nullptr) return;
  sqlite3_progress_handler(database, operations_between_checks, &busy_wait::on_progress, this);
}

void busy_wait::clear_deadline(sqlite3* database) noexcept {
  deadline_us_ = INT64_MAX;
  if (database == nullptr) return;
  sqlite3_progress_handler(database, 0, nullptr, nullptr);
}

bool busy_wait::deadline_passed() const noexcept {
  return deadline_us_ != INT64_MAX && steady_now_us() >= deadline_us_;
}

int busy_wait::on_progress(void* self) noexcept { return static_cast<busy_wait*>(self)->deadline_passed() ? 1 : 0; }

void busy_wait::restart() noexcept { give_up_us_ = std::min(deadline_us_, steady_now_us() + timeout_us_); }

bool busy_wait::pause(int attempt) noexcept {
  if (watched_.triggered()) return false;
  if (attempt == 0) restart();
  const std::int64_t now_us = steady_now_us();
  if (now_us >= give_up_us_) return false;
  const std::int64_t step_us =
      steps_us[std::min<std::size_t>(static_cast<std::size_t>(attempt), std::size(steps_us) - 1)];
  std::this_thread::sleep_for(std::chrono::microseconds(std::min(step_us, give_up_us_ - now_us)));
  return true;
}

}  // namespace tupelo::driver
