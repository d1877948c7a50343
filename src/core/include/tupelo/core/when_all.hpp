// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/task.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace tupelo {

/// What `when_all` puts in the place of a `task<void>` beside tasks that have results.
struct no_result {
  friend constexpr bool operator==(no_result, no_result) noexcept { return true; }
};

namespace detail {

/// Runs tasks side by side and resumes one coroutine when all of them have ended.
///
/// Threads: the tasks may end on any threads of their scheduler.
class when_all_scope final : task_completion {
public:
  explicit when_all_scope(const task_context& parent);

  /// Starts a task, which must outlive the scope's `finished()`; unless another one has failed already.
  void start(std::coroutine_handle<> handle, task_promise_base& promise) noexcept;

  /// Awaits the end of all started tasks. Errors: what the first task to fail threw.
  class finished_awaiter {
  public:
    explicit finished_awaiter(when_all_scope& scope) noexcept : scope_(scope) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) noexcept;
    void await_resume() const;

  private:
    when_all_scope& scope_;
  };
  [[nodiscard]] finished_awaiter finished() noexcept { return finished_awaiter(*this); }

private:
  struct forward_cancel {
    const cancel_source* to;
    void operator()() const noexcept { to->request_cancel(); }
  };

  static std::coroutine_handle<> task_done(task_completion& self, task_promise_base& ended) noexcept;

  cancel_source siblings_;
  task_context context_;
  std::coroutine_handle<> awaiting_;
  std::exception_ptr error_;    // of the first that failed
  unsigned failed_ = 0;         // accessed atomically
  std::size_t unfinished_ = 1;  // accessed atomically; the one is the scope's own, until finished() is awaited
  std::optional<cancel_callback<forward_cancel>> from_parent_;
};

template <class T>
using all_element_t = std::conditional_t<std::is_void_v<T>, no_result, T>;

template <class T>
all_element_t<T> take_element(task<T>& ended) {
  if constexpr (std::is_void_v<T>) {
    task_access::take(ended);
    return {};
  } else {
    return task_access::take(ended);
  }
}

template <class... T>
using all_result_t = std::conditional_t<(std::is_void_v<T> && ...), void, std::tuple<all_element_t<T>...>>;

}  // namespace detail

/// Runs the tasks side by side and returns their results in order: a tuple, with `no_result` for a `task<void>`;
/// nothing where all are `task<void>`.
///
/// Side by side is not in parallel: each one runs on the scheduler's thread while the others wait for their operations.
///
/// Errors: what the first task to fail threw, once all have ended; the others are asked to stop, and their errors are
/// dropped. A task that has not been started by then is not started.
template <class... T>
task<detail::all_result_t<T...>> when_all(task<T>... tasks) {
  detail::when_all_scope scope(co_await current_context());
  (static_cast<void>(detail::task_access::handle(tasks)), ...);  // an empty task throws before any has been started
  (scope.start(detail::task_access::handle(tasks), detail::task_access::promise(tasks)), ...);
  co_await scope.finished();
  if constexpr (!(std::is_void_v<T> && ...)) {
    co_return std::tuple<detail::all_element_t<T>...>{detail::take_element(tasks)...};
  }
}

/// The same for as many tasks as there are: a vector of results in the order of the tasks.
template <class T>
  requires std::is_object_v<T>
task<std::vector<T>> when_all(std::vector<task<T>> tasks) {
  detail::when_all_scope scope(co_await current_context());
  for (auto& each : tasks) static_cast<void>(detail::task_access::handle(each));  // throws before any has been started
  for (auto& each : tasks) scope.start(detail::task_access::handle(each), detail::task_access::promise(each));
  co_await scope.finished();
  std::vector<T> results;
  results.reserve(tasks.size());
  for (auto& each : tasks) results.push_back(detail::task_access::take(each));
  co_return results;
}

/// The same for tasks without results.
task<void> when_all(std::vector<task<void>> tasks);

}  // namespace tupelo
