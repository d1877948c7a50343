// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/deadline.hpp>
#include <tupelo/core/resumption.hpp>
#include <tupelo/core/task_context.hpp>

#include <coroutine>
#include <cstdint>

namespace tupelo {
namespace detail {

class [[nodiscard]] sleep_awaiter {
public:
  enum class measured_from : bool { zero, now };

  sleep_awaiter(std::int64_t us, measured_from from) noexcept : us_(us), from_(from) {}
  sleep_awaiter(const sleep_awaiter&) = delete;
  sleep_awaiter& operator=(const sleep_awaiter&) = delete;
  ~sleep_awaiter() {
    if (scheduler_ != nullptr) abandon();
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    return suspend(awaiting, context_of(awaiting.promise()));
  }
  void await_resume();

private:
  enum class outcome : unsigned char { slept, deadline_passed, cancelled };

  // The parts find the whole by their own address, so each carries it.
  struct timer final : timer_node {
    explicit timer(sleep_awaiter& of) noexcept : timer_node(&fired), whole(of) {}
    static void fired(timer_node& self) noexcept;
    sleep_awaiter& whole;
  };
  struct watch final : cancel_registration {
    explicit watch(sleep_awaiter& of) noexcept : cancel_registration(&requested), whole(of) {}
    static void requested(cancel_registration& self) noexcept;
    sleep_awaiter& whole;
  };

  bool suspend(std::coroutine_handle<> awaiting, const task_context& context) noexcept;
  void abandon() noexcept;

  std::int64_t us_;
  measured_from from_;
  outcome outcome_ = outcome::slept;
  scheduler* scheduler_ = nullptr;  // while suspended
  resumption resumption_;
  timer timer_{*this};
  watch watch_{*this};
};

struct [[nodiscard]] sleep_operation {
  std::int64_t us;
  sleep_awaiter::measured_from from;
  sleep_awaiter operator co_await() const noexcept { return {us, from}; }
};

}  // namespace detail

/// Suspends until the scheduler's clock shows `until`; at `deadline::never()`, until cancelled or the task's own
/// deadline.
///
/// Errors: `cancelled`; `timed_out` where the task's deadline comes first, at that time.
/// Threads: resumes on the scheduler. A sleeping task may be destroyed there, as long as it has not been asked to stop.
/// Cancel: at once. Units: microseconds of the scheduler's clock.
[[nodiscard]] inline detail::sleep_operation sleep_until(deadline until) noexcept {
  return {until.at_us, detail::sleep_awaiter::measured_from::zero};
}

/// Suspends for `duration` (like `std::chrono::duration`) by the scheduler's clock; see `sleep_until`.
template <duration_like Duration>
[[nodiscard]] detail::sleep_operation sleep_for(const Duration& duration) noexcept {
  return {to_micros(duration), detail::sleep_awaiter::measured_from::now};
}

}  // namespace tupelo
