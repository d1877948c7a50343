// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/scheduler.hpp>

#include <cstdint>

namespace tupelo {

/// Timers ordered by due time, for those who write a scheduler; timers due at the same time stay in the order they
/// came.
///
/// Owns: nothing. Threads: none of its business; the scheduler guards it.
class timer_queue {
public:
  timer_queue() noexcept;
  timer_queue(const timer_queue&) = delete;
  timer_queue& operator=(const timer_queue&) = delete;

  void insert(timer_node& timer) noexcept;

  /// Removes `timer`; false where it is not in a queue.
  bool erase(timer_node& timer) noexcept;

  /// Removes and returns the earliest timer if it is due at `now_us`, else null.
  [[nodiscard]] timer_node* pop_due(std::int64_t now_us) noexcept;

  /// The earliest timer, or null.
  [[nodiscard]] timer_node* front() const noexcept;

  [[nodiscard]] bool empty() const noexcept { return front() == nullptr; }

private:
  timer_links header_;  // parent: root, left: earliest, right: latest
};

}  // namespace tupelo
