// SPDX-License-Identifier: Apache-2.0
#include "run_loop.hpp"

#include <tupelo/core/deadline.hpp>

#include <chrono>
#include <utility>

namespace tupelo::detail {

// Every notification is sent under the lock: the loop may be destroyed as soon as its thread gets hold of it.

void run_loop::post(scheduled_work& work) noexcept {
  const std::lock_guard lock(mutex_);
  work.next = nullptr;
  *last_ = &work;
  last_ = &work.next;
  if (waiting_) changed_.notify_one();
}

void run_loop::start_timer(timer_node& timer) noexcept {
  const std::lock_guard lock(mutex_);
  timers_.insert(timer);
  if (waiting_ && timers_.front() == &timer) changed_.notify_one();
}

bool run_loop::cancel_timer(timer_node& timer) noexcept {
  const std::lock_guard lock(mutex_);
  return timers_.erase(timer);
}

std::int64_t run_loop::now_us() const noexcept { return steady_now_us(); }

void run_loop::stop() noexcept {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  if (waiting_) changed_.notify_one();
}

void run_loop::run() noexcept {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (first_ != nullptr) {
      scheduled_work* work = std::exchange(first_, nullptr);
      last_ = &first_;
      lock.unlock();
      while (work != nullptr) {
        scheduled_work* const next = work->next;  // *work may be gone after it ran
        work->run(*work);
        work = next;
      }
      lock.lock();
    }
    if (stopped_ && first_ == nullptr) return;
    if (!timers_.empty()) {
      if (timer_node* const due = timers_.pop_due(steady_now_us())) {
        lock.unlock();
        due->fire(*due);
        lock.lock();
        continue;
      }
    }
    if (first_ == nullptr) wait(lock);
  }
}

void run_loop::wait(std::unique_lock<std::mutex>& lock) noexcept {
  // A timer further away than this is waited for in several steps: the sum with the clock must not overflow.
  constexpr std::int64_t longest_wait_us = 3'600'000'000;
  waiting_ = true;
  if (const timer_node* const next = timers_.front()) {
    const std::int64_t left = deadline{next->due_us}.remaining_us(steady_now_us());
    changed_.wait_for(lock, std::chrono::microseconds(left < longest_wait_us ? left : longest_wait_us));
  } else {
    changed_.wait(lock);
  }
  waiting_ = false;
}

}  // namespace tupelo::detail
