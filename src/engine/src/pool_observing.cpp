// SPDX-License-Identifier: Apache-2.0
// What the pool tells observers of its connections.
#include "connection_pool.hpp"

#include <utility>

namespace tupelo::detail {

void connection_pool::observe(statement_observer& observer) {
  const change_lock lock(*this);
  // Before it is there: what is told of being acquired is returned by the way that tells of it.
  hot_closed_.store(true, std::memory_order_seq_cst);
  flush_hot();
  observers_.add(observer);
  serve();
  refresh();
}

void connection_pool::tell_acquired(pooled_connection& connection) noexcept {
  if (observers_.empty()) [[likely]]
    return;
  connection.acquired_us = now_us();
  connection_event event;
  event.number = connection.number;
  observers_.connection_acquired(event);
}

void connection_pool::tell_returned(pooled_connection& connection) noexcept {
  const std::int64_t since_us = std::exchange(connection.acquired_us, INT64_MAX);
  if (since_us == INT64_MAX) [[likely]]
    return;
  connection_event event;
  event.number = connection.number;
  event.duration_us = now_us() - since_us;
  observers_.connection_returned(event);
}

void connection_pool::tell_waited(std::int64_t since_us, const pooled_connection* got,
                                  const std::exception_ptr& failure) noexcept {
  connection_event event;
  if (got != nullptr) event.number = got->number;
  event.duration_us = now_us() - since_us;
  event.failure = failure;
  observers_.connection_waited(event);
}

void connection_pool::tell_opened(const pooled_connection& connection, std::int64_t began_us) noexcept {
  if (observers_.empty()) return;
  connection_event event;
  event.number = connection.number;
  event.duration_us = connection.opened_us - began_us;
  observers_.connection_opened(event);
}

void connection_pool::tell_failed(std::int64_t began_us, const std::exception_ptr& failure) noexcept {
  if (observers_.empty()) return;
  connection_event event;
  event.duration_us = now_us() - began_us;
  event.failure = failure;
  observers_.connection_failed(event);
}

void connection_pool::closing_connection::take(std::unique_ptr<pooled_connection> taken) noexcept {
  connection_ = std::move(taken);
  ++pool_.closing_;
  ++pool_.background_;
}

connection_pool::closing_connection::~closing_connection() {
  if (connection_ == nullptr) return;
  connection_event event;
  event.number = connection_->number;
  event.duration_us = pool_.now_us() - connection_->opened_us;
  event.reason = reason;
  connection_.reset();
  if (!pool_.observers_.empty()) pool_.observers_.connection_closed(event);
  const std::lock_guard lock(pool_.mutex_);
  --pool_.closing_;
  pool_.wake_drainers();
  pool_.background_has_ended();
}

close_reason connection_pool::reason_to_close(const pool_slot& slot, std::int64_t now_us,
                                              close_reason otherwise) const noexcept {
  if (core_.is_closing()) return close_reason::pool_closed;
  return now_us >= slot.expires_us ? close_reason::too_old : otherwise;
}

}  // namespace tupelo::detail
