// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>
#include <tupelo/core/sleep.hpp>

namespace tupelo::detail {

bool sleep_awaiter::suspend(std::coroutine_handle<> awaiting, const task_context& context) noexcept {
  const deadline until =
      from_ == measured_from::now ? deadline::after_us(us_, context.scheduler.now_us()) : deadline{us_};
  if (context.cancellation.cancel_requested()) {
    outcome_ = outcome::cancelled;
    return false;
  }
  if (context.deadline.at_us < until.at_us) outcome_ = outcome::deadline_passed;
  scheduler_ = &context.scheduler;
  timer_.due_us = earlier(until, context.deadline).at_us;
  resumption_.prepare(awaiting, context);
  scheduler_->start_timer(timer_);
  // Nobody resumes before arm(), so the timer may already have fired here without harm.
  if (!watch_.attach(context.cancellation) && scheduler_->cancel_timer(timer_)) {
    outcome_ = outcome::cancelled;
    return false;
  }
  return resumption_.arm();
}

// The coroutine is destroyed while it sleeps.
void sleep_awaiter::abandon() noexcept {
  watch_.detach();
  scheduler_->cancel_timer(timer_);
}

void sleep_awaiter::await_resume() {
  watch_.detach();  // first: a request on another thread may still be using the members
  scheduler_ = nullptr;
  if (outcome_ == outcome::cancelled) throw cancelled();
  if (outcome_ == outcome::deadline_passed) throw timed_out();
}

void sleep_awaiter::timer::fired(timer_node& self) noexcept {
  static_cast<timer&>(self).whole.resumption_.resume_on_scheduler();
}

void sleep_awaiter::watch::requested(cancel_registration& self) noexcept {
  sleep_awaiter& sleeper = static_cast<watch&>(self).whole;
  // Taken back: the timer will not complete the sleep, so this does.
  if (sleeper.scheduler_->cancel_timer(sleeper.timer_)) {
    sleeper.outcome_ = outcome::cancelled;
    sleeper.resumption_.post();
  }
}

}  // namespace tupelo::detail
