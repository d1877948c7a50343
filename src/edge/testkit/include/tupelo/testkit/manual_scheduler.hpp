// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/deadline.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/scheduler.hpp>
#include <tupelo/core/task.hpp>
#include <tupelo/core/timer_queue.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace tupelo::testkit {

/// A task that a test has started and watches; see `manual_scheduler::start`.
///
/// Owns: the task; destroying it before the end destroys the suspended task.
template <class T>
class started_task : detail::task_completion {
public:
  started_task(task<T> started, const task_context& context)
      : detail::task_completion{&ended}, context_(context), task_(std::move(started)) {
    detail::task_access::start(task_, context_, *this);
  }
  started_task(const started_task&) = delete;
  started_task& operator=(const started_task&) = delete;

  [[nodiscard]] bool done() const noexcept { return done_; }

  /// The result, once; or the task's exception thrown. Before: `done()`.
  /// Errors: `errc::concurrent_use` where the task has not ended.
  T result() {
    if (!done_)
      throw error(errc::concurrent_use, "the task has not ended: run the scheduler before asking for its result");
    return detail::task_access::take(task_);
  }

private:
  static std::coroutine_handle<> ended(detail::task_completion& self, detail::task_promise_base&) noexcept {
    static_cast<started_task&>(self).done_ = true;
    return std::noop_coroutine();
  }

  task_context context_;
  bool done_ = false;
  task<T> task_;
};

/// A scheduler whose time stands still until the test moves it, and which runs nothing until the test says so.
///
/// Threads: `post`, `start_timer` and `cancel_timer` from any; what runs and moves time, from the test's own.
/// Units: microseconds since the scheduler was made.
class manual_scheduler final : public scheduler {
public:
  manual_scheduler();
  ~manual_scheduler();

  void post(scheduled_work& work) noexcept override;
  void start_timer(timer_node& timer) noexcept override;
  bool cancel_timer(timer_node& timer) noexcept override;
  [[nodiscard]] std::int64_t now_us() const noexcept override;

  /// Starts a task here and runs it until it first waits.
  template <class T>
  [[nodiscard]] started_task<T> start(task<T> started, cancel_token cancellation = {}, deadline until = {}) {
    return started_task<T>(std::move(started), task_context{*this, std::move(cancellation), until});
  }

  /// Runs a task to its end, moving time from timer to timer and waiting for other threads where there is none.
  template <class T>
  T run(task<T> run_here, cancel_token cancellation = {}, deadline until = {}) {
    auto started = start(std::move(run_here), std::move(cancellation), until);
    while (!started.done()) step();
    return started.result();
  }

  /// Runs what has been posted and what that posts in turn. Returns how many pieces of work that was.
  std::size_t run_ready() noexcept;

  /// Moves time, fires the timers that become due in their order, each at its own time, and runs what is ready in
  /// between.
  void advance_us(std::int64_t us) noexcept;
  template <duration_like Duration>
  void advance(const Duration& duration) noexcept {
    advance_us(to_micros(duration));
  }

  /// When the earliest timer is due, if there is one.
  [[nodiscard]] std::optional<std::int64_t> next_due_us() const noexcept;
  [[nodiscard]] bool idle() const noexcept;

private:
  /// Runs what is ready, or else fires the next timer at its time, or else waits for a post.
  void step() noexcept;

  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace tupelo::testkit
