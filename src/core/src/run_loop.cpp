// SPDX-License-Identifier: Apache-2.0
#include "run_loop.hpp"

#include <tupelo/core/deadline.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace tupelo::detail {

namespace {

/// The one that this thread runs now: a blocking call inside of a task runs one inside of the task's.
thread_local const run_loop* innermost = nullptr;

struct innermost_while_it_runs {
  explicit innermost_while_it_runs(const run_loop& loop) noexcept : outer(std::exchange(innermost, &loop)) {}
  innermost_while_it_runs(const innermost_while_it_runs&) = delete;
  innermost_while_it_runs& operator=(const innermost_while_it_runs&) = delete;
  ~innermost_while_it_runs() { innermost = outer; }
  const run_loop* outer;
};

}  // namespace

// Every notification is sent under the lock: the loop may be destroyed as soon as its thread gets hold of it.

void run_loop::post(scheduled_work& work) noexcept {
  const std::lock_guard lock(mutex_);
  work.next = nullptr;
  *last_ = &work;
  last_ = &work.next;
  wake();
}

void run_loop::dispatch(scheduled_work& work) noexcept {
  // Of a loop that a blocking call holds up, no task goes on before that has returned.
  if (innermost != this) return post(work);
  work.run(work);
}

void run_loop::start_timer(timer_node& timer) noexcept {
  const std::lock_guard lock(mutex_);
  timers_.insert(timer);
  if (timers_.front() == &timer) wake();
}

bool run_loop::cancel_timer(timer_node& timer) noexcept {
  const std::lock_guard lock(mutex_);
  return timers_.erase(timer);
}

std::int64_t run_loop::now_us() const noexcept { return steady_now_us(); }

void run_loop::stop() noexcept {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  wake();
}

void run_loop::run() noexcept {
  const innermost_while_it_runs here(*this);
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

void run_loop::start_polling() noexcept {
  const std::lock_guard lock(mutex_);
  if (always_polls_) return;
  always_polls_ = true;
  wake();
}

void run_loop::wake() noexcept {
  // What a descriptor that is ready calls posts from here, while the loop is still in the reactor: it looks at what was
  // posted before it waits again, and a wake would be two system calls and a wait that ends at once.
  if (innermost == this) return;
  switch (pause_) {
    case pause::waiting: return changed_.notify_one();
    case pause::polling: return reactor_->wake();
    case pause::none: return;
  }
}

void run_loop::wait(std::unique_lock<std::mutex>& lock) noexcept {
  // A timer further away than this is waited for in several steps: the sum with the clock must not overflow.
  constexpr std::int64_t longest_wait_us = 3'600'000'000;
  std::int64_t left = -1;
  if (const timer_node* const next = timers_.front()) {
    left = std::min(deadline{next->due_us}.remaining_us(steady_now_us()), longest_wait_us);
  }
  if (always_polls_ || reactor_->is_watching()) {
    pause_ = pause::polling;
    lock.unlock();
    reactor_->poll(left);
    lock.lock();
  } else {
    pause_ = pause::waiting;
    if (left >= 0) {
      changed_.wait_for(lock, std::chrono::microseconds(left));
    } else {
      changed_.wait(lock);
    }
  }
  pause_ = pause::none;
}

}  // namespace tupelo::detail
