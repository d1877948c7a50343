// SPDX-License-Identifier: Apache-2.0
// How the pool opens connections: on the thread of whoever asks, or on its own for those who wait.
#include "connection_pool.hpp"

#include "tupelo/core/deadline.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/sync_wait.hpp"

#include <utility>

namespace tupelo::detail {

pooled_connection* connection_pool::adopt(std::unique_ptr<driver::connection> opened, std::int64_t began_us) {
  auto made = std::make_unique<pooled_connection>(*this, std::move(opened), options_.statement_cache_size);
  note_hosts(nullptr);
  pooled_connection* const added = keep(std::move(made));
  tell_opened(*added, began_us);
  return added;
}

pooled_connection* connection_pool::keep(std::unique_ptr<pooled_connection> made) {
  const change_lock lock(*this);
  connections_.push_back(std::move(made));
  pooled_connection* const added = connections_.back().get();
  const std::int64_t now = now_us();
  core_.opened(*added, now);
  added->number = ++last_number_;
  added->opened_us = now;
  ++counts_.opened;
  last_failure_ = nullptr;
  changes_.server_is_up(now);
  arm_upkeep(deadline::after_us(upkeep_period_us_, now).at_us);
  return added;
}

void connection_pool::opening_failed(const std::exception_ptr& failure, bool backs_off,
                                     std::int64_t began_us) noexcept {
  tell_failed(began_us, failure);
  note_hosts(failure);
  const change_lock lock(*this);
  ++counts_.failed_to_open;
  core_.opening_failed(now_us(), backs_off);
  // Who gave up says nothing of the database: others go on waiting, and the next attempt begins at once.
  if (!backs_off) return refresh();
  last_failure_ = failure;
  // Who waits while others have connections gets one of those; where there is no pause before the next attempt, another
  // one would fail as well.
  if ((core_.connections() == 0 && core_.opening() == 0) || !ages_) refuse_all(failure);
  refresh();
  arm_upkeep(core_.next_due_us());
}

pooled_connection* connection_pool::open_blocking(const task_context& context) {
  {
    const std::lock_guard lock(mutex_);
    throw_if_refused();
    if (!core_.may_open(now_us())) return nullptr;
    core_.begin_opening();
  }
  const std::int64_t began_us = now_us();
  // The thread has a loop of its own meanwhile, whose clock is the steady one.
  const std::int64_t left = context.deadline.remaining_us(context.scheduler.now_us());
  const bool by_caller = left <= acquire_timeout_us();
  const deadline until = deadline::after_us(by_caller ? left : acquire_timeout_us(), steady_now_us());
  try {
    pooled_connection* const opened =
        adopt(sync_wait(connector_->connect(inline_), {context.cancellation, until}), began_us);
    const change_lock lock(*this);
    refresh();
    return opened;
  } catch (const cancelled&) {
    opening_failed(std::current_exception(), false, began_us);
    throw;
  } catch (const timed_out&) {
    opening_failed(std::current_exception(), !by_caller, began_us);
    if (by_caller) throw;
    throw connection_error(errc::connection_failed, unanswered());
  } catch (...) {
    opening_failed(std::current_exception(), true, began_us);
    throw;
  }
}

/// A connection that is opened for whoever waits.
struct background_opening final : task_completion, scheduled_work {
  explicit background_opening(connection_pool& of)
      : task_completion{&ended},
        scheduled_work(&begin),
        pool(of),
        began_us(of.now_us()),
        context{of.upkeep_, of.stopping_.token(), {}},
        opening(run(of)) {}

  static void begin(scheduled_work& work) noexcept {
    auto& self = static_cast<background_opening&>(work);
    task_access::start(self.opening, self.context, self);
  }

  static std::coroutine_handle<> ended(task_completion& completion, task_promise_base& promise) noexcept {
    std::unique_ptr<background_opening> self(static_cast<background_opening*>(&completion));
    connection_pool& pool = self->pool;
    const std::exception_ptr failure = promise.take_error();
    const std::int64_t began_us = self->began_us;
    self.reset();
    if (failure) pool.opening_failed(failure, true, began_us);
    pool.end_background();
    return std::noop_coroutine();
  }

  static task<void> run(connection_pool& pool) {
    const std::int64_t began_us = pool.now_us();
    const deadline until = deadline::after_us(pool.acquire_timeout_us(), began_us);
    std::unique_ptr<driver::connection> opened;
    try {
      opened = co_await with_deadline(pool.connector_->connect(pool.inline_), until);
    } catch (const timed_out&) {
      throw connection_error(errc::connection_failed, pool.unanswered());
    }
    pool.offer(pool.adopt(std::move(opened), began_us));
  }

  connection_pool& pool;
  std::int64_t began_us;
  task_context context;
  task<void> opening;
};

bool connection_pool::open_in_background() noexcept {
  if (ending_) return false;
  try {
    auto* const started = new background_opening(*this);
    core_.begin_opening();
    ++background_;
    upkeep_.post(*started);  // its end takes the mutex
    return true;
  } catch (const std::exception&) {
    if (core_.connections() == 0 && core_.opening() == 0) refuse_all(std::current_exception());
    return false;
  }
}

void connection_pool::start_openings(std::int64_t now_us) noexcept {
  for (std::uint32_t left = core_.openings_wanted(now_us); left != 0 && open_in_background(); --left) {}
}

}  // namespace tupelo::detail
