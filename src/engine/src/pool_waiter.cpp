// SPDX-License-Identifier: Apache-2.0
#include "pool_waiter.hpp"

#include "connection_pool.hpp"

#include "tupelo/core/deadline.hpp"
#include "tupelo/core/error.hpp"

namespace tupelo::detail {

void pool_waiter::fired(timer_node& timer) noexcept {
  auto& self = static_cast<pool_waiter&>(timer);
  if (self.settle(expired)) {
    self.pool.withdraw(self);
    self.resumed.resume_on_scheduler();
  }
  self.drop();
}

void pool_awaiter::watch::requested(cancel_registration& self) noexcept {
  pool_waiter& waiter = *static_cast<watch&>(self).waiter;
  if (!waiter.settle(pool_waiter::cancelled)) return;
  waiter.pool.withdraw(waiter);
  waiter.resumed.post();
}

bool pool_awaiter::suspend(std::coroutine_handle<> awaiting, const task_context& context) {
  context.cancellation.throw_if_cancelled();
  waiter_ = new pool_waiter(pool_);
  waiter_->resumed.prepare(awaiting, context);
  std::int64_t patience_us = INT64_MAX;
  if (wanted_ == for_what::connection) {
    patience_us = pool_.acquire_timeout_us();
    pool_.enqueue(*waiter_, context);
  } else if (!pool_.enqueue_drain(*waiter_)) {
    return false;
  }
  scheduler_ = &context.scheduler;
  const deadline patience = deadline::after_us(patience_us, context.scheduler.now_us());
  by_deadline_ = context.deadline.at_us < patience.at_us;
  waiter_->due_us = earlier(patience, context.deadline).at_us;
  waiter_->owners.fetch_add(1, std::memory_order_relaxed);
  context.scheduler.start_timer(*waiter_);
  watch_.waiter = waiter_;
  if (context.cancellation.cancel_possible() && !watch_.attach(context.cancellation)) watch::requested(watch_);
  return waiter_->resumed.arm();
}

pooled_connection* pool_awaiter::await_resume() {
  if (scheduler_ == nullptr) return nullptr;
  if (wanted_ != for_what::connection || pool_.observers().empty()) return outcome();
  try {
    pooled_connection* const got = outcome();
    pool_.tell_waited(waiter_->queued_us, got, {});
    return got;
  } catch (...) {
    pool_.tell_waited(waiter_->queued_us, nullptr, std::current_exception());
    throw;
  }
}

pooled_connection* pool_awaiter::outcome() {
  watch_.detach();
  if (scheduler_->cancel_timer(*waiter_)) waiter_->drop();
  switch (waiter_->outcome.load(std::memory_order_acquire)) {
    case pool_waiter::granted: return waiter_->connection;
    case pool_waiter::refused: std::rethrow_exception(waiter_->failure);
    case pool_waiter::cancelled: throw tupelo::cancelled("waiting for a connection was cancelled");
    default: break;
  }
  if (wanted_ == for_what::emptiness) throw timed_out(pool_.still_open_message());
  if (by_deadline_) throw timed_out(pool_.too_late_message());
  if (const std::string silent = pool_.silent_server(); !silent.empty())
    throw connection_error(errc::connection_failed, silent);
  throw connection_error(errc::pool_exhausted, "no connection became free in time: " + pool_.describe() +
                                                   "; raise pool_size or acquire_timeout_us, or hold leases, "
                                                   "streams and sessions for a shorter time");
}

}  // namespace tupelo::detail
