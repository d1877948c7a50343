// SPDX-License-Identifier: Apache-2.0
#include <tupelo/testkit/manual_scheduler.hpp>

#include <condition_variable>
#include <mutex>

namespace tupelo::testkit {

struct manual_scheduler::state {
  mutable std::mutex mutex;
  std::condition_variable posted;
  scheduled_work* first = nullptr;
  scheduled_work** last = &first;
  timer_queue timers;
  std::int64_t now_us = 0;

  scheduled_work* take_posted() noexcept {
    const std::lock_guard lock(mutex);
    scheduled_work* const taken = std::exchange(first, nullptr);
    last = &first;
    return taken;
  }

  // The earliest timer up to `until_us`, with the time moved to when it is due.
  timer_node* take_due(std::int64_t until_us) noexcept {
    const std::lock_guard lock(mutex);
    timer_node* const due = timers.pop_due(until_us);
    if (due != nullptr && due->due_us > now_us) now_us = due->due_us;
    return due;
  }
};

manual_scheduler::manual_scheduler() : state_(std::make_unique<state>()) {}
manual_scheduler::~manual_scheduler() = default;

void manual_scheduler::post(scheduled_work& work) noexcept {
  const std::lock_guard lock(state_->mutex);
  work.next = nullptr;
  *state_->last = &work;
  state_->last = &work.next;
  state_->posted.notify_one();
}

void manual_scheduler::start_timer(timer_node& timer) noexcept {
  const std::lock_guard lock(state_->mutex);
  state_->timers.insert(timer);
}

bool manual_scheduler::cancel_timer(timer_node& timer) noexcept {
  const std::lock_guard lock(state_->mutex);
  return state_->timers.erase(timer);
}

std::int64_t manual_scheduler::now_us() const noexcept {
  const std::lock_guard lock(state_->mutex);
  return state_->now_us;
}

std::size_t manual_scheduler::run_ready() noexcept {
  std::size_t count = 0;
  while (scheduled_work* work = state_->take_posted()) {
    while (work != nullptr) {
      scheduled_work* const next = work->next;  // *work may be gone after it ran
      work->run(*work);
      work = next;
      ++count;
    }
  }
  return count;
}

void manual_scheduler::advance_us(std::int64_t us) noexcept {
  const std::int64_t until_us = deadline::after_us(us, now_us()).at_us;
  run_ready();
  while (timer_node* const due = state_->take_due(until_us)) {
    due->fire(*due);
    run_ready();
  }
  const std::lock_guard lock(state_->mutex);
  if (state_->now_us < until_us) state_->now_us = until_us;
}

std::optional<std::int64_t> manual_scheduler::next_due_us() const noexcept {
  const std::lock_guard lock(state_->mutex);
  if (const timer_node* const next = state_->timers.front()) return next->due_us;
  return std::nullopt;
}

bool manual_scheduler::idle() const noexcept {
  const std::lock_guard lock(state_->mutex);
  return state_->first == nullptr && state_->timers.empty();
}

void manual_scheduler::step() noexcept {
  if (run_ready() != 0) return;
  if (timer_node* const due = state_->take_due(deadline::never().at_us)) {
    due->fire(*due);
    return;
  }
  std::unique_lock lock(state_->mutex);
  state_->posted.wait(lock, [this] { return state_->first != nullptr; });
}

}  // namespace tupelo::testkit
