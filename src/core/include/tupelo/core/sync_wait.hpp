// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/awaitable.hpp>
#include <tupelo/core/task.hpp>

#include <type_traits>
#include <utility>

namespace tupelo {

/// Under which conditions `sync_wait` runs its task.
struct wait_options {
  wait_options() noexcept = default;
  wait_options(cancel_token asked_by, tupelo::deadline until = {}) noexcept  // NOLINT(*-explicit-*)
      : cancellation(std::move(asked_by)), deadline(until) {}
  wait_options(tupelo::deadline until) noexcept : deadline(until) {}  // NOLINT(*-explicit-*)

  cancel_token cancellation;
  tupelo::deadline deadline;
};

namespace detail {

/// Runs an event loop on this thread until the task has ended.
void run_to_end(std::coroutine_handle<> handle, task_promise_base& promise, const wait_options& options);

template <class T>
struct is_task : std::false_type {};
template <class T>
struct is_task<task<T>> : std::true_type {};

template <class Awaitable>
task<await_result_t<Awaitable>> as_task(Awaitable&& awaited) {
  co_return co_await std::forward<Awaitable>(awaited);
}

}  // namespace detail

/// Runs a task to its end on this thread, for programs without an event loop, and returns its result.
///
/// The thread becomes the task's scheduler meanwhile: operations that complete on other threads resume the task here.
/// Inside a running event loop it blocks that loop: use `co_await` there.
///
/// Errors: what the task throws; `errc::concurrent_use` for an empty task.
/// Cancel: by the token in `options`; the call still returns only when the task has ended.
template <class T>
T sync_wait(task<T> waited, const wait_options& options = {}) {
  detail::run_to_end(detail::task_access::handle(waited), detail::task_access::promise(waited), options);
  return detail::task_access::take(waited);
}

/// The same for any other awaitable.
template <awaitable Awaitable>
  requires(!detail::is_task<std::remove_cvref_t<Awaitable>>::value)
await_result_t<Awaitable> sync_wait(Awaitable&& waited, const wait_options& options = {}) {
  return sync_wait(detail::as_task(std::forward<Awaitable>(waited)), options);
}

}  // namespace tupelo
