// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/notification.hpp"
#include "tupelo/core/task.hpp"

#include <cstdint>

namespace tupelo::driver {

/// A connection that hears notifications and runs no statements.
///
/// Threads: used by one coroutine at a time.
class notification_source {
public:
  notification_source() = default;
  notification_source(const notification_source&) = delete;
  notification_source& operator=(const notification_source&) = delete;
  virtual ~notification_source() = default;

  /// The next one. A server that says nothing for `quiet_us` is asked whether it is still there; 0: it is not.
  ///
  /// Errors: connection_error (connection_lost): it is of no more use; timed_out, cancelled: nothing is lost.
  virtual task<notification> next(std::int64_t quiet_us) = 0;
};

}  // namespace tupelo::driver
