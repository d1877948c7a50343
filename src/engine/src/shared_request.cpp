// SPDX-License-Identifier: Apache-2.0
#include "shared_request.hpp"

#include "tupelo/core/error.hpp"

#include <exception>
#include <mutex>
#include <utility>

namespace tupelo::detail {

namespace {

/// Whether a failure came from the server, and not from those who gave the request up.
bool is_answer(const driver::request& failed) noexcept {
  if (failed.abandoned) return false;
  try {
    std::rethrow_exception(failed.failure);
  } catch (const error& e) {
    return e.code() != errc::not_run && e.code() != errc::cancelled && e.code() != errc::timed_out;
  } catch (...) {
    return true;
  }
}

}  // namespace

/// The task's deadline. Shared by the awaiter and the timer, which may ring when the awaiter is gone.
struct shared_request::alarm final : timer_node {
  explicit alarm(shared_request& of) noexcept : timer_node(&fired), whole(&of) {}
  static void fired(timer_node& timer) noexcept {
    auto& self = static_cast<alarm&>(timer);
    {
      const std::lock_guard lock(self.mutex);
      if (self.whole != nullptr) {
        self.whole->connection_.abandon(
            self.whole->request_, std::make_exception_ptr(timed_out("the deadline passed while the statement ran")));
      }
    }
    self.drop();
  }
  void drop() noexcept {
    if (owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  std::mutex mutex;
  shared_request* whole;
  std::atomic<int> owners{2};
};

void shared_request::watch::requested(cancel_registration& self) noexcept {
  shared_request& whole = static_cast<watch&>(self).whole;
  whole.connection_.abandon(whole.request_,
                            std::make_exception_ptr(cancelled("the statement was cancelled while it ran")));
}

bool shared_request::suspend(std::coroutine_handle<> awaiting, const task_context& context) {
  struct completion {
    static void done(driver::request& request) noexcept {
      auto& whole = *static_cast<shared_request*>(request.owner);
      if (!request.failure || is_answer(request)) whole.answered_.fetch_add(1, std::memory_order_relaxed);
      whole.resumption_.post();
    }
  };
  if (!context.deadline.is_never()) {
    if (context.deadline.expired(context.scheduler)) {
      request_.failure = std::make_exception_ptr(timed_out("the deadline passed before the statement was sent"));
      return false;
    }
    alarm_ = new alarm(*this);
  }
  resumption_.prepare(awaiting, context);
  scheduler_ = &context.scheduler;
  request_.owner = this;
  request_.done = &completion::done;
  request_.loop = &context.scheduler;
  request_.cancellable = false;
  request_.gathered = true;
  connection_.start(request_);
  if (alarm_ != nullptr) {
    alarm_->due_us = context.deadline.at_us;
    context.scheduler.start_timer(*alarm_);
  }
  if (context.cancellation.cancel_possible() && !watch_.attach(context.cancellation)) watch::requested(watch_);
  return resumption_.arm();
}

void shared_request::await_resume() noexcept {
  watch_.detach();
  if (alarm_ == nullptr) return;
  if (scheduler_->cancel_timer(*alarm_)) {
    alarm_->drop();
  } else {
    const std::lock_guard lock(alarm_->mutex);
    alarm_->whole = nullptr;
  }
  std::exchange(alarm_, nullptr)->drop();
}

}  // namespace tupelo::detail
