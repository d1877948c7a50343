// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/cancellation.hpp>

#include <atomic>
#include <thread>
#include <signal.h>

namespace tupelo::cli {

/// Turns Ctrl-C and SIGTERM into a cancel request while it lives, so that a running migration is rolled back and its
/// lock given back. Programs that are started meanwhile would inherit the blocked signals: destroy it first.
///
/// Before: made before any other thread, which would otherwise still be ended by the signal.
class interruption {
public:
  explicit interruption(bool watches);
  interruption(const interruption&) = delete;
  interruption& operator=(const interruption&) = delete;
  ~interruption();

  cancel_token token() const { return source_.token(); }

private:
  void wait_for_signal();

  cancel_source source_;
  sigset_t signals_{};
  sigset_t former_{};
  std::atomic<bool> ended_{false};
  std::thread waiting_;
};

}  // namespace tupelo::cli
