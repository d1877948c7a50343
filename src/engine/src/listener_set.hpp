// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/cancellation.hpp"

#include <atomic>
#include <cstdint>

namespace tupelo::detail {

/// The listeners of one database: how many there are, and their common end.
///
/// Threads: any.
class listener_set {
public:
  void add() noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
  void remove() noexcept { count_.fetch_sub(1, std::memory_order_relaxed); }
  std::uint32_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

  void close() noexcept { closing_.request_cancel(); }
  bool is_closed() const noexcept { return closing_.cancel_requested(); }
  /// Cancelled by close().
  cancel_token closing() const noexcept { return closing_.token(); }

private:
  std::atomic<std::uint32_t> count_{0};
  cancel_source closing_;
};

}  // namespace tupelo::detail
