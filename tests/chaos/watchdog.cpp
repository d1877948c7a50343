// SPDX-License-Identifier: Apache-2.0
#include "watchdog.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace tupelo::chaos {

watchdog::watchdog(int seconds) : thread_([this, seconds] { watch(seconds); }) {}

watchdog::~watchdog() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void watchdog::watch(int seconds) {
  std::unique_lock lock(mutex_);
  if (ended_.wait_for(lock, std::chrono::seconds(seconds), [this] { return done_; })) return;
  std::fprintf(stderr, "hangs after %d s; under way:\n", seconds);
  for (const std::string& name : running_) std::fprintf(stderr, "  %s\n", name.c_str());
  std::abort();
}

watchdog::entry::entry(watchdog& of, const std::string& name) : of_(of) {
  const std::lock_guard lock(of_.mutex_);
  place_ = of_.running_.insert(name);
}
watchdog::entry::~entry() {
  const std::lock_guard lock(of_.mutex_);
  of_.running_.erase(place_);
}

}  // namespace tupelo::chaos
