// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/task_context.hpp>

#include <coroutine>

namespace tupelo {

/// The part that every leaf operation needs: takes a suspended coroutine back to its scheduler, from whatever thread
/// the operation completes on.
///
/// A leaf operation is an awaiter, not a coroutine:
///
///     template <class Promise>
///     bool await_suspend(std::coroutine_handle<Promise> awaiting) {
///       resumption_.prepare(awaiting, context_of(awaiting.promise()));
///       start_the_work(this);       // which ends by resumption_.post(), on any thread
///       return resumption_.arm();   // the last thing: after it, *this may be gone
///     }
///
/// `arm` makes the order safe: even when the work completes before `await_suspend` has returned, the coroutine is
/// resumed only after `arm`, so `await_suspend` may use the awaiter's members until then.
///
/// A leaf operation that has started must be awaited to its completion: destroying the coroutine before is undefined
/// unless the awaiter's destructor says otherwise. Cancellation asks, completion answers.
///
/// Owns: nothing; it lives in the awaiter. Threads: `post`, `dispatch` or `resume_on_scheduler` from any thread, one of
/// them, once.
class resumption : private scheduled_work {
public:
  resumption() noexcept : scheduled_work(&run_posted) {}

  void prepare(std::coroutine_handle<> awaiting, const task_context& context) noexcept {
    awaiting_ = awaiting;
    scheduler_ = &context.scheduler;
    state_ = 0;
  }

  /// Lets the resumption happen. Always true: stay suspended.
  bool arm() noexcept;

  /// The operation has completed: resumes the coroutine on its scheduler. Nothing of the awaiter may be touched
  /// afterwards.
  void post() noexcept { scheduler_->post(*this); }

  /// As `post`, for what an event loop calls with nothing held: may resume the coroutine before it returns.
  void dispatch() noexcept { scheduler_->dispatch(*this); }

  /// As `post`, for callers that already are on the scheduler's thread (a timer): resumes at once if armed.
  void resume_on_scheduler() noexcept;

private:
  static void run_posted(scheduled_work& work) noexcept;

  std::coroutine_handle<> awaiting_;
  scheduler* scheduler_ = nullptr;
  unsigned state_ = 0;  // accessed atomically: bits armed, completed
};

}  // namespace tupelo
