// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/task_context.hpp"

#include <cstdint>

namespace tupelo::detail {

/// Streams that for_each() reads, and copies that a coroutine makes the rows of, each with a connection that the
/// function cannot have. Owns nothing.
///
/// Threads: one at a time, whoever holds the pool's lock.
class held_streams {
public:
  struct reader {
    const task_context* own = nullptr;  ///< of the function, and of all that it awaits one after the other
    const task_context* around = nullptr;
    reader* next = nullptr;
    bool copies = false;
  };

  void add(reader& entered) noexcept {
    entered.next = first_;
    first_ = &entered;
  }
  void remove(const reader& left) noexcept {
    for (reader** at = &first_; *at != nullptr; at = &(*at)->next) {
      if (*at != &left) continue;
      *at = left.next;
      return;
    }
  }
  /// How many connections come back only when what runs in this context has ended.
  std::uint32_t waiting_for(const task_context& asking) const noexcept {
    std::uint32_t count = 0;
    const task_context* context = &asking;
    for (const reader* at = first_; at != nullptr;) {
      if (at->own != context) {
        at = at->next;
        continue;
      }
      ++count;
      context = at->around;
      at = first_;
    }
    return count;
  }

  /// The innermost of them. Before: waiting_for() is not 0.
  const reader& innermost(const task_context& asking) const noexcept {
    const reader* at = first_;
    while (at->own != &asking) at = at->next;
    return *at;
  }

private:
  reader* first_ = nullptr;
};

}  // namespace tupelo::detail
