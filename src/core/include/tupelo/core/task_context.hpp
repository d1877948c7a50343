// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/cancellation.hpp>
#include <tupelo/core/deadline.hpp>
#include <tupelo/core/scheduler.hpp>

#include <coroutine>

namespace tupelo {

/// What a task inherits from the one that awaits it: where it is resumed, who may stop it, and until when.
///
/// Nothing enforces it by itself: the operations at the leaves (a statement, a sleep, waiting for a connection) read
/// it.
struct task_context {
  tupelo::scheduler& scheduler;
  cancel_token cancellation;
  tupelo::deadline deadline;
};

/// The context of coroutines that have none: `background_scheduler()`, never cancelled, no deadline.
[[nodiscard]] const task_context& default_task_context() noexcept;

/// A promise that carries a context, as the promise of every `task` does. A foreign coroutine type joins by having this
/// function.
template <class Promise>
concept promise_with_context = requires(const Promise& promise) {
  { promise.tupelo_context() } noexcept -> std::same_as<const task_context&>;
};

/// The context under which an awaiter suspends; the first thing that `await_suspend` of a leaf operation asks.
///
/// It outlives the suspension. Foreign promises without a context get `default_task_context()`: their coroutine is then
/// resumed on the background thread.
template <class Promise>
[[nodiscard]] const task_context& context_of(const Promise& promise) noexcept {
  if constexpr (promise_with_context<Promise>) {
    return promise.tupelo_context();
  } else {
    return default_task_context();
  }
}

namespace detail {

class context_awaiter_base {
public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    context_ = &context_of(awaiting.promise());
    return false;
  }

protected:
  const task_context* context_ = nullptr;
};

struct context_awaiter : context_awaiter_base {
  [[nodiscard]] const task_context& await_resume() const noexcept { return *context_; }
};
struct scheduler_awaiter : context_awaiter_base {
  [[nodiscard]] scheduler& await_resume() const noexcept { return context_->scheduler; }
};
struct cancellation_awaiter : context_awaiter_base {
  [[nodiscard]] cancel_token await_resume() const noexcept { return context_->cancellation; }
};
struct deadline_awaiter : context_awaiter_base {
  [[nodiscard]] deadline await_resume() const noexcept { return context_->deadline; }
};

}  // namespace detail

/// `co_await current_context()`: the awaiting task's context; the reference is good until that task ends. Never
/// suspends.
[[nodiscard]] inline detail::context_awaiter current_context() noexcept { return {}; }

/// `co_await current_scheduler()`: where the awaiting task runs. Never suspends.
[[nodiscard]] inline detail::scheduler_awaiter current_scheduler() noexcept { return {}; }

/// `co_await current_cancellation()`: the token to watch in long computations. Never suspends.
[[nodiscard]] inline detail::cancellation_awaiter current_cancellation() noexcept { return {}; }

/// `co_await current_deadline()`: by when the awaiting task must be done. Never suspends.
[[nodiscard]] inline detail::deadline_awaiter current_deadline() noexcept { return {}; }

}  // namespace tupelo
