// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/driver/connection.hpp"
#include "tupelo/core/observer.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tupelo::detail {

/// Who watches a database. Without anybody it costs one branch per statement.
///
/// Threads: any.
class observer_list final : public statement_observer, public driver::connection_events {
public:
  void add(statement_observer& observer);
  /// Nobody is told anything any more.
  void end() noexcept { used_.store(false, std::memory_order_release); }
  bool empty() const noexcept { return !used_.load(std::memory_order_acquire); }

  void statement_started(const statement_event& event) noexcept override;
  void statement_finished(const statement_event& event) noexcept override;
  void read_retried(const retry_event& event) noexcept override;
  void read_repeated(const repeated_read_event& event) noexcept override;
  void lease_overdue(const lease_event& event) noexcept override;
  void connection_opened(const connection_event& event) noexcept override;
  void connection_failed(const connection_event& event) noexcept override;
  void connection_waited(const connection_event& event) noexcept override;
  void connection_acquired(const connection_event& event) noexcept override;
  void connection_returned(const connection_event& event) noexcept override;
  void connection_closed(const connection_event& event) noexcept override;
  void noticed(const notice_event& event) noexcept override;
  void pool_changed(const pool_event& event) noexcept override;
  bool wants_notices() const noexcept override { return !empty(); }

private:
  void write_line(const repeated_read_event& event);

  std::atomic<bool> used_{false};
  using list = std::vector<statement_observer*>;
  /// Observers are called without the lock: they may run statements of their own.
  std::shared_ptr<const list> current() const noexcept;

  mutable std::mutex mutex_;
  std::shared_ptr<const list> observers_ = std::make_shared<list>();
  std::vector<std::string> written_;  ///< places of repeated reads
};

/// Tells the observers of one statement, if there are any.
class observed_statement {
public:
  observed_statement(observer_list& observers, const driver::request& request) noexcept;
  void finish(const driver::request& request) const noexcept;

private:
  observer_list* observers_;
  std::int64_t started_us_ = 0;
};

}  // namespace tupelo::detail
