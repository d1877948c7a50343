// SPDX-License-Identifier: Apache-2.0
#include "connection_pool.hpp"
#include "pooled_connection.hpp"

#include "tupelo/core/error.hpp"

#include <algorithm>
#include <utility>

namespace tupelo::detail {

namespace {

errc code_of(const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const error& e) {
    return e.code();
  } catch (...) {
    return errc{};
  }
}

bool was_not_run(const driver::request& request) noexcept {
  return request.failure && code_of(request.failure) == errc::not_run;
}

}  // namespace

void throw_commit_unknown() {
  throw commit_unknown(
      "the connection was lost during COMMIT: whether the transaction is in the database is not known; look for what "
      "it wrote before it is run again");
}

/// The requests of a group: what was postponed, the statements, and what ends the transaction.
class group_requests {
public:
  /// `told`: what observers have been told of these requests already.
  group_requests(pooled_connection& on, statement_group& group, std::string_view ending,
                 std::vector<observed_statement> told = {})
      : on_(on),
        group_(group),
        postponed_(on.postponed_.size()),
        requests_(postponed_ + group.count + !ending.empty()),
        observed_(std::move(told)) {
    try {
      for (std::size_t i = 0; i != postponed_; ++i) fill(requests_[i], *on.postponed_[i]);
      for (std::size_t i = 0; i != group.count; ++i) fill(requests_[postponed_ + i], *group.runs[i]);
      if (!ending.empty()) fill(*(ending_ = &requests_.back()), on.control(ending));
    } catch (...) {
      unpin();
      throw;
    }
    for (std::size_t i = 1; i < requests_.size(); ++i) requests_[i - 1].next = &requests_[i];
    head.members = requests_.data();
    if (on.pool_.observers().empty() || !observed_.empty()) return;
    observed_.reserve(requests_.size());
    for (const driver::request& request : requests_) observed_.emplace_back(on.pool_.observers(), request);
  }
  group_requests(const group_requests&) = delete;
  group_requests& operator=(const group_requests&) = delete;
  ~group_requests() { unpin(); }

  bool empty() const noexcept { return requests_.empty(); }

  /// On this thread.
  void run_inline(const task_context& context) noexcept {
    try {
      on_.run_inline(head, context);
    } catch (...) {  // it was not begun
      head.failure = std::current_exception();
      for (driver::request& request : requests_) request.failure = head.failure;
    }
  }

  /// Notes what came of it.
  void take_results() noexcept {
    group_.failed = group_.count;
    for (std::size_t i = group_.count; i-- != 0;) {
      const driver::request& request = requests_[postponed_ + i];
      statement_run& run = *group_.runs[i];
      pooled_connection::take_results(run, request);
      run.done = !request.failure;
      if (request.failure && !was_not_run(request)) group_.failed = i;
    }
    std::size_t begun = 0;
    while (begun != postponed_ && !requests_[begun].failure) ++begun;
    begun = std::min(begun, on_.postponed_.size());  // a lease that was released meanwhile has forgotten them
    on_.postponed_.erase(on_.postponed_.begin(), on_.postponed_.begin() + static_cast<std::ptrdiff_t>(begun));
  }

  /// Whether a statement failed before the transaction was begun: where a failure ends a transaction, it must do so
  /// whether or not BEGIN has been sent before.
  bool must_begin_first() const noexcept {
    if (postponed_ == 0 || group_.count == 0 || !head.failure || !was_not_run(requests_[0]) || !on_.usable())
      return false;
    const errc code = code_of(head.failure);
    return code != errc::cancelled && code != errc::timed_out;
  }

  /// Tells observers what came of it.
  void tell() noexcept {
    const std::size_t first = requests_.size() - observed_.size();
    for (std::size_t i = 0; i != observed_.size(); ++i) observed_[i].finish(requests_[first + i]);
    observed_.clear();
  }
  /// What observers were told of the requests that were postponed. It is another attempt that tells them the rest, and
  /// of the others the one after that.
  std::vector<observed_statement> hand_on_beginning() {
    const auto behind = observed_.begin() + static_cast<std::ptrdiff_t>(std::min(postponed_, observed_.size()));
    std::vector<observed_statement> handed(observed_.begin(), behind);
    observed_.erase(observed_.begin(), behind);
    return handed;
  }
  std::vector<observed_statement> hand_on() noexcept { return std::move(observed_); }

  /// Errors: what went wrong.
  void end() {
    tell();
    if (!head.failure || (ending_ != nullptr && !ending_->failure)) return;
    if (ending_ != nullptr && !was_not_run(*ending_) && !on_.usable()) throw_commit_unknown();
    std::rethrow_exception(head.failure);
  }

  driver::request head;

private:
  static void fill(driver::request& request, pooled_connection::control_statement& control) noexcept {
    request.plan = &control.plan;
    request.prepared = &control.prepared;
  }
  void fill(driver::request& request, statement_run& run) {
    run.done = false;
    cached_statement& cached = on_.statement(run.core);
    on_.fill(request, cached, run);
    pinned_.push_back(&cached);
    ++cached.pins;
  }
  void unpin() noexcept {
    for (cached_statement* const cached : pinned_) --cached->pins;
    pinned_.clear();
    on_.cache_.trim(*on_.driver_);
  }

  pooled_connection& on_;
  statement_group& group_;
  std::size_t postponed_;
  std::vector<driver::request> requests_;
  std::vector<observed_statement> observed_;
  std::vector<cached_statement*> pinned_;
  driver::request* ending_ = nullptr;
};

task<void> pooled_connection::run_group(statement_group& group, std::string_view ending) {
  const task_context& context = co_await current_context();
  require_unused();
  context.cancellation.throw_if_cancelled();
  std::vector<observed_statement> told;
  for (;;) {
    group_requests requests(*this, group, ending, std::move(told));
    if (requests.empty()) co_return;
    if (runs_inline()) {
      requests.run_inline(context);
    } else {
      try {
        co_await request_awaiter(*this, requests.head);
      } catch (...) {  // it is in the request
      }
    }
    requests.take_results();
    if (!requests.must_begin_first()) {
      requests.end();
      co_return;
    }
    co_await begin_first(requests);
    told = requests.hand_on();
  }
}

task<void> pooled_connection::begin_first(group_requests& failed) {
  const task_context& context = co_await current_context();
  statement_group nothing;
  group_requests begin(*this, nothing, {}, failed.hand_on_beginning());
  if (runs_inline()) {
    begin.run_inline(context);
  } else {
    try {
      co_await request_awaiter(*this, begin.head);
    } catch (...) {  // it is in the request
    }
  }
  begin.take_results();
  if (begin.head.failure) failed.tell();
  begin.end();
}

task<void> pooled_connection::catch_up() {
  statement_group nothing;
  co_await run_group(nothing);
}

void pooled_connection::run_postponed(statement_run& run, const task_context& context) {
  context.cancellation.throw_if_cancelled();
  statement_run* const only = &run;
  statement_group group{&only, 1};
  group_requests requests(*this, group, {});
  requests.run_inline(context);
  requests.take_results();
  if (!requests.must_begin_first()) return requests.end();
  statement_group nothing;
  {
    group_requests begin(*this, nothing, {}, requests.hand_on_beginning());
    begin.run_inline(context);
    begin.take_results();
    if (begin.head.failure) requests.tell();
    begin.end();
  }
  group_requests again(*this, group, {}, requests.hand_on());
  again.run_inline(context);
  again.take_results();
  again.end();
}

// ---- statements that begin and end transactions

pooled_connection::control_statement& pooled_connection::control(std::string_view text) {
  const auto found =
      std::find_if(controls_.begin(), controls_.end(), [text](const auto& known) { return known->plan.text == text; });
  if (found != controls_.end()) return **found;
  auto& made = *controls_.emplace_back(std::make_unique<control_statement>());
  made.plan.text = text;
  made.plan.controls_transaction = true;
  return made;
}

void pooled_connection::postpone(std::string text) { postponed_.push_back(&control(text)); }

bool pooled_connection::take_back() noexcept {
  if (postponed_.empty()) return false;
  postponed_.pop_back();
  return true;
}

void pooled_connection::forget_statements() noexcept {
  cache_.clear(*driver_);
  for (const auto& known : controls_) {
    if (known->prepared != nullptr) driver_->release(std::exchange(known->prepared, nullptr));
  }
}

}  // namespace tupelo::detail
