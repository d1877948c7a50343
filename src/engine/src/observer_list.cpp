// SPDX-License-Identifier: Apache-2.0
#include "observer_list.hpp"

#include "tupelo/driver/connection.hpp"
#include "tupelo/core/deadline.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace tupelo::detail {

void observer_list::add(statement_observer& observer) {
  const std::lock_guard lock(mutex_);
  auto more = std::make_shared<list>(*observers_);
  more->push_back(&observer);
  observers_ = std::move(more);
  used_.store(true, std::memory_order_release);
}

std::shared_ptr<const observer_list::list> observer_list::current() const noexcept {
  const std::lock_guard lock(mutex_);
  return observers_;
}

void observer_list::statement_started(const statement_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->statement_started(event);
}

void observer_list::statement_finished(const statement_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->statement_finished(event);
}

void observer_list::read_retried(const retry_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->read_retried(event);
}

void observer_list::read_repeated(const repeated_read_event& event) noexcept {
  if (empty()) {
    try {
      write_line(event);
    } catch (const std::exception&) {  // a hint is not worth a failure
    }
    return;
  }
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->read_repeated(event);
}

void observer_list::write_line(const repeated_read_event& event) {
  const auto place = [](std::string_view file, std::uint32_t line) {
    return std::string(file) + ":" + std::to_string(line);
  };
  std::string repeats = place(event.file, event.line);
  std::string line = "tupelo: " + repeats + " has repeated a read by key " + std::to_string(event.times) +
                     " times in one session: load what it reads at once";
  if (!event.relation.empty()) {
    line.append(", with .with(&").append(event.relation).append(") at ");
    line += place(event.file_before, event.line_before);
  }
  line += '\n';
  const std::lock_guard lock(mutex_);
  if (std::find(written_.begin(), written_.end(), repeats) != written_.end()) return;
  written_.push_back(std::move(repeats));
  std::fputs(line.c_str(), stderr);
}

void observer_list::lease_overdue(const lease_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->lease_overdue(event);
}

void observer_list::connection_opened(const connection_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->connection_opened(event);
}

void observer_list::connection_failed(const connection_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->connection_failed(event);
}

void observer_list::connection_waited(const connection_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->connection_waited(event);
}

void observer_list::connection_acquired(const connection_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->connection_acquired(event);
}

void observer_list::connection_returned(const connection_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->connection_returned(event);
}

void observer_list::connection_closed(const connection_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->connection_closed(event);
}

void observer_list::noticed(const notice_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->noticed(event);
}

void observer_list::pool_changed(const pool_event& event) noexcept {
  const auto observers = current();
  for (statement_observer* observer : *observers) observer->pool_changed(event);
}

namespace {

std::string_view text_of(const driver::request& request) {
  return request.plan ? std::string_view(request.plan->text) : request.script;
}

}  // namespace

observed_statement::observed_statement(observer_list& observers, const driver::request& request) noexcept
    : observers_(observers.empty() ? nullptr : &observers) {
  if (!observers_) return;
  started_us_ = steady_now_us();
  statement_event event;
  event.statement = text_of(request);
  event.started_us = started_us_;
  observers_->statement_started(event);
}

void observed_statement::finish(const driver::request& request) const noexcept {
  if (!observers_) return;
  statement_event event;
  event.statement = text_of(request);
  event.started_us = started_us_;
  event.duration_us = steady_now_us() - started_us_;
  event.rows = request.row_count;
  event.affected = request.affected;
  event.failure = request.failure;
  observers_->statement_finished(event);
}

}  // namespace tupelo::detail
