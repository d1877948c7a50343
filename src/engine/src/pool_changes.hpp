// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "observer_list.hpp"

#include "tupelo/driver/host_statistics.hpp"
#include "tupelo/core/observer.hpp"

#include <cstdint>
#include <exception>
#include <mutex>
#include <string>
#include <vector>

namespace tupelo::detail {

/// Notices when the pool begins or ceases to be able to serve, and tells the observers in the order in which it
/// happened.
///
/// Threads: one at a time, whoever holds the pool's mutex.
class pool_changes {
public:
  /// Nobody can have a connection for now, because of this failure.
  void server_is_down(const std::exception_ptr& failure, std::uint32_t waiting, std::int64_t now_us) noexcept;
  /// A connection was opened.
  void server_is_up(std::int64_t now_us) noexcept;
  void sheds(bool now_overloaded, std::uint32_t waiting, std::int64_t now_us) noexcept;
  /// What is known of the hosts after an attempt to reach one; the failure is that of the attempt, if it has failed.
  void hosts_are(const std::vector<driver::host_statistics>& hosts, const std::exception_ptr& failure,
                 std::int64_t now_us) noexcept;

  /// Whether there is something to tell, and nobody does so already.
  bool to_tell() const noexcept { return !untold_.empty() && !telling_; }
  /// Before: to_tell(). The lock is held, and released while observers are called.
  void tell(std::unique_lock<std::mutex>& lock, observer_list& observers) noexcept;

private:
  struct change {
    pool_event event;  ///< without its views
    std::string host;
  };
  struct circuit_state {
    std::string host;
    std::int64_t open_since_us = closed;
  };
  static constexpr std::int64_t closed = INT64_MIN;

  void add(const pool_event& event, const std::string& host = {}) noexcept;

  std::vector<change> untold_;
  std::vector<circuit_state> circuits_;
  std::int64_t down_since_us_ = closed;
  std::int64_t sheds_since_us_ = closed;
  bool telling_ = false;
};

}  // namespace tupelo::detail
