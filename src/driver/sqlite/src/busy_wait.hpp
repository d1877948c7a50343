// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interruption.hpp"

#include <cstdint>

namespace tupelo::driver {

/// How long a connection waits when somebody else holds a lock, and how long a statement may run.
///
/// SQLite asks here again and again while it is locked out; the wait ends at the run's deadline, after the busy
/// timeout, or when the run is interrupted.
class busy_wait {
public:
  busy_wait(const interruption& watched, std::int64_t timeout_us) noexcept
      : watched_(watched), timeout_us_(timeout_us) {}

  /// Installs itself as the busy handler; it must outlive the database.
  void attach(sqlite3* database) noexcept { sqlite3_busy_handler(database, &busy_wait::on_busy, this); }

  /// Until `clear_deadline` statements stop when the deadline passes and waits end by then.
  /// Without a database only waits end. Errors: timed_out when it has passed already.
  void set_deadline(sqlite3* database, std::int64_t deadline_us);
  void clear_deadline(sqlite3* database) noexcept;
  bool deadline_passed() const noexcept;

  /// For waits of our own: the time for them begins now, and their attempts count from 1.
  void restart() noexcept;
  /// Sleeps a little, longer with each `attempt` from 0. False when there is no time left, or the run was interrupted.
  bool pause(int attempt) noexcept;

private:
  static int on_busy(void* self, int attempt) noexcept { return static_cast<busy_wait*>(self)->pause(attempt) ? 1 : 0; }
  static int on_progress(void* self) noexcept;

  const interruption& watched_;
  std::int64_t timeout_us_;
  std::int64_t deadline_us_ = INT64_MAX;
  std::int64_t give_up_us_ = 0;
};

}  // namespace tupelo::driver
