// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace tupelo::chaos {

/// Ends the process, naming what was under way, when a test takes longer than it ever may: it hangs.
class watchdog {
public:
  explicit watchdog(int seconds);
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;
  ~watchdog();

  /// What runs while this lives.
  class [[nodiscard]] entry {
  public:
    entry(watchdog& of, const std::string& name);
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    ~entry();

  private:
    watchdog& of_;
    std::multiset<std::string>::iterator place_;
  };

private:
  void watch(int seconds);

  std::mutex mutex_;
  std::condition_variable ended_;
  std::multiset<std::string> running_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace tupelo::chaos
