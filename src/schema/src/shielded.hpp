// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/task.hpp>
#include <tupelo/core/task_context.hpp>

#include <coroutine>
#include <optional>
#include <utility>

namespace tupelo::detail {

/// `co_await shielded(task)`: runs it where the awaiting task runs, but whatever asks that one to stop does not stop
/// this. For what must happen after a failure: rolling back, bringing settings back, giving up a lock.
class [[nodiscard]] shielded {
public:
  explicit shielded(task<void> protected_task) noexcept : task_(std::move(protected_task)) {}
  shielded(const shielded&) = delete;
  shielded& operator=(const shielded&) = delete;

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) {
    context_.emplace(task_context{context_of(awaiting.promise()).scheduler, {}, {}});
    task_access::promise(task_).start_under(*context_, awaiting);
    return task_access::handle(task_);
  }
  void await_resume() { task_access::take(task_); }

private:
  task<void> task_;
  std::optional<task_context> context_;
};

}  // namespace tupelo::detail
