// SPDX-License-Identifier: Apache-2.0
// What the pool does by itself: cleaning what comes back, looking after what is idle, reporting leases, draining.
#include "connection_pool.hpp"

#include "tupelo/core/deadline.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <utility>

namespace tupelo::detail {

// ---- chores: scripts that nobody awaits

struct connection_chore final : driver::request {
  connection_pool* pool = nullptr;
  pooled_connection* connection = nullptr;
  std::string text;
  std::optional<std::int64_t> idle_since_us;
  bool prepares = false;

  static void ended(driver::request& request) noexcept {
    const std::unique_ptr<connection_chore> self(static_cast<connection_chore*>(&request));
    connection_pool& pool = *self->pool;
    if (self->prepares) {
      const std::lock_guard lock(pool.mutex_);
      pool.preparing_ = false;
    }
    pool.end_chore(self->connection, !self->failure, self->idle_since_us);
    pool.end_background();
  }
};

void connection_pool::start_chore(pooled_connection* connection, std::string script, chore_times times) {
  auto chore = std::make_unique<connection_chore>();
  chore->pool = this;
  chore->connection = connection;
  chore->idle_since_us = times.idle_since_us;
  chore->prepares = times.prepares;
  chore->text = std::move(script);
  chore->script = chore->text;
  chore->cancellable = false;
  chore->loop = &upkeep_;
  chore->done = &connection_chore::ended;
  if (ages_) chore->deadline_us = deadline::after_us(times.timeout_us, now_us()).at_us;
  {
    const std::lock_guard lock(mutex_);
    ++background_;
  }
  connection->driver().start(*chore.release());
}

void connection_pool::settle(pooled_connection* connection) noexcept {
  constexpr std::int64_t patience_us = 100'000;
  try {
    if (!inline_) return start_chore(connection, "SELECT 1", {.timeout_us = patience_us});
    driver::request request;
    request.script = "SELECT 1";
    request.cancellable = false;
    request.deadline_us = deadline::after_us(patience_us, steady_now_us()).at_us;
    end_chore(connection, connection->driver().run(request));
  } catch (const std::exception&) {
    retire(connection);
  }
}

void connection_pool::end_chore(pooled_connection* connection, bool well,
                                std::optional<std::int64_t> idle_since_us) noexcept {
  const driver::connection& driver = connection->driver();
  if (!well || !driver.usable() || driver.in_transaction() || driver.is_unfit()) return retire(connection);
  connection->set_clean();
  connection->owes = false;
  if (ages_) connection->used_us = now_us();
  offer(connection, idle_since_us);
}

void connection_pool::background_has_ended() noexcept {
  --background_;
  background_ended_.notify_all();  // under the lock: the pool may be gone as soon as it is released
}

// ---- the clock

void connection_pool::arm_upkeep(std::int64_t due_us) noexcept {
  if (ending_ || due_us == INT64_MAX) return;
  if (timer_started_) {
    if (timer_.due_us <= due_us || !upkeep_.cancel_timer(timer_)) return;  // one that is just ringing sets itself again
    --background_;
  }
  timer_started_ = true;
  ++background_;
  timer_.due_us = due_us;
  upkeep_.start_timer(timer_);
}

void connection_pool::look_after() noexcept {
  {
    const std::lock_guard lock(mutex_);
    timer_started_ = false;
    flush_hot();
    serve();
  }
  while (close_one() || keep_one_alive() || report_one_lease()) {}
  const change_lock lock(*this);
  refresh();
  std::int64_t due = std::min(core_.next_due_us(), next_lease_due_us());
  if (core_.connections() != 0) due = std::min(due, deadline::after_us(upkeep_period_us_, now_us()).at_us);
  arm_upkeep(due);
  background_has_ended();
}

bool connection_pool::close_one() noexcept {
  closing_connection closing(*this);
  const std::lock_guard lock(mutex_);
  const std::int64_t now = now_us();
  pool_slot* const slot = core_.next_to_close(now);
  if (slot == nullptr) return false;
  closing.reason = reason_to_close(*slot, now, close_reason::idle_too_long);
  closing.take(take_out(static_cast<pooled_connection*>(slot)));
  return true;
}

bool connection_pool::keep_one_alive() noexcept {
  pooled_connection* connection = nullptr;
  {
    const std::lock_guard lock(mutex_);
    connection = static_cast<pooled_connection*>(core_.next_to_keep_alive(now_us()));
  }
  if (connection == nullptr) return false;
  try {
    start_chore(connection, "SELECT 1",
                {.idle_since_us = connection->idle_since_us});  // keeping it alive is no use of it
  } catch (const std::exception&) {
    retire(connection);
  }
  return true;
}

// ---- leases

void connection_pool::note_lease(pooled_connection& connection, const std::source_location& from) noexcept {
  if (!watches_leases_) [[likely]]
    return;
  const std::lock_guard lock(mutex_);
  connection.leased_from = from;
  connection.leased_us = now_us();
  arm_upkeep(deadline::after_us(options_.leak_threshold_us, connection.leased_us).at_us);
}

std::int64_t connection_pool::next_lease_due_us() const noexcept {
  std::int64_t due = INT64_MAX;
  if (!watches_leases_) return due;
  for (const auto& connection : connections_)
    due = std::min(due, deadline::after_us(options_.leak_threshold_us, connection->leased_us).at_us);
  return due;
}

bool connection_pool::report_one_lease() noexcept {
  if (!watches_leases_) return false;
  lease_event event;
  {
    const std::lock_guard lock(mutex_);
    const std::int64_t now = now_us();
    const auto found = std::find_if(connections_.begin(), connections_.end(), [&](const auto& connection) {
      return connection->leased_us != INT64_MAX && now - connection->leased_us >= options_.leak_threshold_us;
    });
    if (found == connections_.end()) return false;
    const std::source_location& from = (*found)->leased_from;
    event.file = from.file_name();
    event.function = from.function_name();
    event.line = from.line();
    event.held_us = now - (*found)->leased_us;
    (*found)->leased_us = INT64_MAX;  // once
  }
  if (!observers_.empty()) observers_.lease_overdue(event);
  return true;
}

// ---- suspending and closing

void connection_pool::begin_warm_up(std::uint32_t count) noexcept {
  const std::lock_guard lock(mutex_);
  core_.begin_warm_up(count);
}

void connection_pool::end_warm_up(std::uint32_t count) noexcept {
  const change_lock lock(*this);
  core_.end_warm_up(count);
  flush_hot();  // it is one of those that are idle
  refresh();
}

void connection_pool::suspend() noexcept {
  const std::lock_guard lock(mutex_);
  core_.suspend();
  press();
  flush_hot();
}

void connection_pool::resume() noexcept {
  const change_lock lock(*this);
  core_.resume();
  serve();
  refresh();
}

void connection_pool::begin_close() noexcept {
  {
    const std::lock_guard lock(mutex_);
    core_.close();
    press();
    flush_hot();
    refuse_all(std::make_exception_ptr(
        connection_error(errc::pool_closed, "the database was closed by close() while this waited for a connection")));
  }
  stopping_.request_cancel();
  while (close_one()) {}
  const change_lock lock(*this);
  refresh();
}

bool connection_pool::enqueue_drain(pool_waiter& waiter) {
  const std::lock_guard lock(mutex_);
  if (is_empty()) return false;
  drainers_.push_back(&waiter);
  waiter.owners.fetch_add(1, std::memory_order_relaxed);
  return true;
}

task<void> connection_pool::wait_until_empty() { co_await pool_awaiter(*this, pool_awaiter::for_what::emptiness); }

std::string connection_pool::still_open_message() const {
  return "the deadline passed before all connections came back: " + describe() + "; each is closed when it comes back";
}

}  // namespace tupelo::detail
