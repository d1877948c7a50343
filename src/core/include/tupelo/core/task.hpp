// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/task_context.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <type_traits>
#include <utility>

namespace tupelo {

template <class T>
class task;

namespace detail {

class task_promise_base;
struct task_access;
struct narrowing;

/// Told when a task ends that no coroutine awaits; how event loops and `when_all` start tasks without a coroutine.
struct task_completion {
  /// The task is suspended at its end, and may be destroyed in here. Returns whom to resume next.
  using done_function = std::coroutine_handle<> (*)(task_completion&, task_promise_base&) noexcept;
  done_function done;
};

/// Frames of coroutines are recycled per thread. Sanitized builds go to the heap, so that misuse is seen.
[[nodiscard]] void* allocate_frame(std::size_t size);
void free_frame(void* frame, std::size_t size) noexcept;

[[noreturn]] void throw_empty_task();

/// Everything about a task that does not depend on its result, so that little is instantiated for each result type.
class task_promise_base {
public:
  task_promise_base() noexcept = default;
  task_promise_base(const task_promise_base&) = delete;
  task_promise_base& operator=(const task_promise_base&) = delete;

  static void* operator new(std::size_t size) { return allocate_frame(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { free_frame(frame, size); }

  struct final_awaiter {
    task_promise_base& self;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const noexcept {
      task_promise_base& promise = self;
      if (promise.completion_ != nullptr) return promise.completion_->done(*promise.completion_, promise);
      return promise.continuation_;
    }
    void await_resume() const noexcept {}
  };

  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] final_awaiter final_suspend() noexcept { return {*this}; }
  void unhandled_exception() noexcept { error_ = std::current_exception(); }

  [[nodiscard]] const task_context& tupelo_context() const noexcept { return *context_; }

  /// Before the first resumption: the context comes from `parent` (which outlives the task), the end goes to
  /// `continuation`.
  void start_under(const task_context& parent, std::coroutine_handle<> continuation) noexcept {
    inherit(parent);
    continuation_ = continuation;
  }
  void start_under(const task_context& parent, task_completion& completion) noexcept {
    inherit(parent);
    completion_ = &completion;
  }

  void narrow_deadline(deadline until);
  void narrow_cancellation(cancel_token token);

  [[nodiscard]] bool failed() const noexcept { return error_ != nullptr; }
  [[nodiscard]] std::exception_ptr take_error() noexcept { return std::exchange(error_, nullptr); }

protected:
  ~task_promise_base() {
    if (narrowing_ != nullptr) drop_narrowing();
  }

  void rethrow_if_failed() {
    if (error_) [[unlikely]]
      std::rethrow_exception(take_error());
  }

private:
  void inherit(const task_context& parent) noexcept {
    if (narrowing_ == nullptr) {
      context_ = &parent;
    } else {
      apply_narrowing(parent);
    }
  }
  void apply_narrowing(const task_context& parent) noexcept;
  void drop_narrowing() noexcept;

  const task_context* context_ = nullptr;
  std::coroutine_handle<> continuation_;
  task_completion* completion_ = nullptr;
  std::exception_ptr error_;
  narrowing* narrowing_ = nullptr;
};

template <class T>
class task_promise final : public task_promise_base {
public:
  task_promise() noexcept : nothing_() {}
  ~task_promise() {
    if (has_value_) value_.~T();
  }

  task<T> get_return_object() noexcept;

  template <class U = T>
    requires std::is_constructible_v<T, U&&>
  void return_value(U&& value) {
    ::new (static_cast<void*>(__builtin_addressof(value_))) T(std::forward<U>(value));
    has_value_ = true;
  }

  [[nodiscard]] T take() {
    rethrow_if_failed();
    return std::move(value_);
  }

private:
  union {
    char nothing_;
    T value_;
  };
  bool has_value_ = false;
};

template <class T>
class task_promise<T&> final : public task_promise_base {
public:
  task<T&> get_return_object() noexcept;
  void return_value(T& value) noexcept { value_ = __builtin_addressof(value); }
  [[nodiscard]] T& take() {
    rethrow_if_failed();
    return *value_;
  }

private:
  T* value_ = nullptr;
};

template <>
class task_promise<void> final : public task_promise_base {
public:
  task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() { rethrow_if_failed(); }
};

/// Owns the frame from `co_await` on, and frees it at the end of the full expression.
template <class T>
class [[nodiscard]] task_awaiter {
public:
  using handle_type = std::coroutine_handle<task_promise<T>>;

  explicit task_awaiter(handle_type handle) noexcept : handle_(handle) {}
  task_awaiter(const task_awaiter&) = delete;
  task_awaiter& operator=(const task_awaiter&) = delete;
  ~task_awaiter() { handle_.destroy(); }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    handle_.promise().start_under(context_of(awaiting.promise()), awaiting);
    return handle_;
  }
  T await_resume() { return handle_.promise().take(); }

  /// What the task threw, or null; for adapters that do not want it thrown again.
  [[nodiscard]] std::exception_ptr take_error() noexcept { return handle_.promise().take_error(); }

private:
  handle_type handle_;
};

}  // namespace detail

/// A coroutine that starts when it is awaited and hands its result, or its exception, to the awaiting coroutine.
///
///     tp::task<int> answer() { co_return 42; }
///     tp::task<void> ask() { int a = co_await answer(); }
///
/// It can be awaited once: that empties it, as moving does. Arguments taken by reference must outlive the await; those
/// taken by value are kept.
///
/// Errors: awaiting an empty task throws `error` with `errc::concurrent_use`.
/// Owns: its frame; destroying a task that was never awaited frees it. Destroying one that is suspended destroys
/// everything it awaits, and is undefined while an operation at the leaf is in flight on another thread. Threads: runs
/// on its scheduler's thread; a task object is used by one thread at a time. Cancel: by the token it inherits; what has
/// been asked to stop still is to be awaited.
template <class T = void>
class [[nodiscard]] task {
public:
  using promise_type = detail::task_promise<T>;
  using value_type = T;

  /// An empty task.
  task() noexcept = default;
  task(task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    task(std::move(other)).swap(*this);
    return *this;
  }
  ~task() {
    if (handle_) handle_.destroy();
  }

  void swap(task& other) noexcept { std::swap(handle_, other.handle_); }

  [[nodiscard]] bool empty() const noexcept { return handle_ == nullptr; }

  /// Takes the frame out of this task: it is empty from here on.
  [[nodiscard]] detail::task_awaiter<T> operator co_await() {
    require_not_empty();
    return detail::task_awaiter<T>(std::exchange(handle_, nullptr));
  }

private:
  friend promise_type;
  friend detail::task_access;
  explicit task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}

  void require_not_empty() const {
    if (!handle_) detail::throw_empty_task();
  }

  std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
  return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
}
template <class T>
task<T&> task_promise<T&>::get_return_object() noexcept {
  return task<T&>(std::coroutine_handle<task_promise>::from_promise(*this));
}
inline task<void> task_promise<void>::get_return_object() noexcept {
  return task<void>(std::coroutine_handle<task_promise>::from_promise(*this));
}

/// The inside of a task, for adapters that start it themselves.
struct task_access {
  /// Errors: as `co_await` on an empty task.
  template <class T>
  [[nodiscard]] static task_promise<T>& promise(task<T>& of) {
    of.require_not_empty();
    return of.handle_.promise();
  }

  /// Errors: as `co_await` on an empty task.
  template <class T>
  [[nodiscard]] static std::coroutine_handle<> handle(task<T>& of) {
    of.require_not_empty();
    return of.handle_;
  }

  /// Runs the task on this thread until it first suspends; `completion` hears of its end, perhaps before this returns.
  template <class T>
  static void start(task<T>& of, const task_context& parent, task_completion& completion) {
    promise(of).start_under(parent, completion);
    of.handle_.resume();
  }

  /// The result of a task that has ended, or its exception thrown.
  template <class T>
  static T take(task<T>& of) {
    return promise(of).take();
  }
};

}  // namespace detail

/// The same task, with the earlier of `until` and the deadline that it inherits.
template <class T>
[[nodiscard]] task<T> with_deadline(task<T> narrowed, deadline until) {
  detail::task_access::promise(narrowed).narrow_deadline(until);
  return narrowed;
}

/// The same task, which is asked to stop by `token` as well as by the token that it inherits.
template <class T>
[[nodiscard]] task<T> with_cancellation(task<T> narrowed, cancel_token token) {
  detail::task_access::promise(narrowed).narrow_cancellation(std::move(token));
  return narrowed;
}

}  // namespace tupelo
