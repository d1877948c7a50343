// SPDX-License-Identifier: Apache-2.0
#include "pool_changes.hpp"

#include <utility>

namespace tupelo::detail {

void pool_changes::add(const pool_event& event, const std::string& host) noexcept {
  try {
    untold_.push_back({event, host});
  } catch (const std::exception&) {  // no memory to tell of it: the pool goes on
  }
}

void pool_changes::server_is_down(const std::exception_ptr& failure, std::uint32_t waiting,
                                  std::int64_t now_us) noexcept {
  if (down_since_us_ != closed) return;
  down_since_us_ = now_us;
  add({.change = pool_change::server_down, .waiting = waiting, .failure = failure});
}

void pool_changes::server_is_up(std::int64_t now_us) noexcept {
  if (down_since_us_ == closed) return;
  add({.change = pool_change::server_back, .lasted_us = now_us - std::exchange(down_since_us_, closed)});
}

void pool_changes::sheds(bool now_overloaded, std::uint32_t waiting, std::int64_t now_us) noexcept {
  if (now_overloaded == (sheds_since_us_ != closed)) return;
  if (now_overloaded) {
    sheds_since_us_ = now_us;
    add({.change = pool_change::shedding_began, .waiting = waiting});
  } else {
    add({.change = pool_change::shedding_ended,
         .waiting = waiting,
         .lasted_us = now_us - std::exchange(sheds_since_us_, closed)});
  }
}

void pool_changes::hosts_are(const std::vector<driver::host_statistics>& hosts, const std::exception_ptr& failure,
                             std::int64_t now_us) noexcept {
  try {
    while (circuits_.size() < hosts.size()) circuits_.push_back({hosts[circuits_.size()].host});
  } catch (const std::exception&) {
    return;
  }
  for (std::size_t i = 0; i != hosts.size(); ++i) {
    circuit_state& known = circuits_[i];
    // Half open is not closed yet: whether the host is back, nobody knows.
    const bool open = hosts[i].state != driver::circuit::closed;
    if (open == (known.open_since_us != closed)) continue;
    if (open) {
      known.open_since_us = now_us;
      add({.change = pool_change::circuit_opened, .failure = failure}, known.host);
    } else {
      add({.change = pool_change::circuit_closed, .lasted_us = now_us - std::exchange(known.open_since_us, closed)},
          known.host);
    }
  }
}

void pool_changes::tell(std::unique_lock<std::mutex>& lock, observer_list& observers) noexcept {
  telling_ = true;
  while (!untold_.empty()) {
    std::vector<change> now;
    now.swap(untold_);
    lock.unlock();
    for (change& each : now) {
      each.event.host = each.host;
      if (!observers.empty()) observers.pool_changed(each.event);
    }
    now.clear();  // failures may hold anything
    lock.lock();
  }
  telling_ = false;
}

}  // namespace tupelo::detail
