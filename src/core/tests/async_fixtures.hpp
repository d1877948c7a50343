// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/resumption.hpp>
#include <tupelo/core/scheduler.hpp>
#include <tupelo/core/task.hpp>
#include <tupelo/core/timer_queue.hpp>

#include <coroutine>
#include <cstdint>
#include <thread>
#include <utility>

namespace tupelo::testing {

/// A leaf operation that completes with `value` on a thread of its own.
class on_other_thread {
public:
  explicit on_other_thread(int value) noexcept : value_(value) {}

  class awaiter {
  public:
    explicit awaiter(int value) noexcept : value_(value) {}
    ~awaiter() {
      if (worker_.joinable()) worker_.join();
    }
    awaiter(const awaiter&) = delete;
    awaiter& operator=(const awaiter&) = delete;

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> awaiting) {
      resumption_.prepare(awaiting, context_of(awaiting.promise()));
      worker_ = std::thread([this] {
        result_ = value_;
        resumption_.post();
      });
      return resumption_.arm();
    }
    int await_resume() const noexcept { return result_; }

  private:
    int value_;
    int result_ = 0;
    resumption resumption_;
    std::thread worker_;
  };

  awaiter operator co_await() const noexcept { return awaiter(value_); }

private:
  int value_;
};

/// Suspends until the test calls `resume`, on the test's thread.
class gate {
public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept { awaiting_ = awaiting; }
  void await_resume() const noexcept {}

  [[nodiscard]] bool waited_for() const noexcept { return awaiting_ != nullptr; }
  void resume() { std::exchange(awaiting_, nullptr).resume(); }

private:
  std::coroutine_handle<> awaiting_;
};

/// A scheduler of one thread whose time the test moves; posted work runs in `advance_to`, too.
class virtual_scheduler final : public scheduler {
public:
  void post(scheduled_work& work) noexcept override {
    work.next = nullptr;
    *last_ = &work;
    last_ = &work.next;
  }
  void start_timer(timer_node& timer) noexcept override { timers_.insert(timer); }
  bool cancel_timer(timer_node& timer) noexcept override { return timers_.erase(timer); }
  [[nodiscard]] std::int64_t now_us() const noexcept override { return now_us_; }

  void advance_to(std::int64_t us) {
    run_posted();
    while (timer_node* const due = timers_.pop_due(us)) {
      now_us_ = due->due_us;
      due->fire(*due);
      run_posted();
    }
    now_us_ = us;
  }
  [[nodiscard]] bool has_timers() const noexcept { return !timers_.empty(); }

private:
  void run_posted() {
    while (first_ != nullptr) {
      scheduled_work* work = std::exchange(first_, nullptr);
      last_ = &first_;
      while (work != nullptr) {
        scheduled_work* const next = work->next;
        work->run(*work);
        work = next;
      }
    }
  }

  scheduled_work* first_ = nullptr;
  scheduled_work** last_ = &first_;
  timer_queue timers_;
  std::int64_t now_us_ = 0;
};

/// Starts a task and notes its end.
template <class T>
class watched_task : detail::task_completion {
public:
  watched_task(task<T> watched, scheduler& on, cancel_token cancellation = {}, deadline until = {})
      : detail::task_completion{&ended}, context_{on, std::move(cancellation), until}, task_(std::move(watched)) {
    detail::task_access::start(task_, context_, *this);
  }
  watched_task(const watched_task&) = delete;
  watched_task& operator=(const watched_task&) = delete;

  [[nodiscard]] bool done() const noexcept { return done_; }
  T result() { return detail::task_access::take(task_); }

private:
  static std::coroutine_handle<> ended(detail::task_completion& self, detail::task_promise_base&) noexcept {
    static_cast<watched_task&>(self).done_ = true;
    return std::noop_coroutine();
  }

  task_context context_;
  bool done_ = false;
  task<T> task_;
};

}  // namespace tupelo::testing
