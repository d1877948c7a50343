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
  group_requests(pooled_connection& on, statement_group& group, std::string_view ending)
      : on_(on),
        group_(group),
        postponed_(on.postponed_.size()),
        requests_(postponed_ + group.count + !ending.empty()) {
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
    if (on.pool_.observers().empty()) return;
    observed_.reserve(requests_.size());
    for (const driver::request& request : requests_) observed_.emplace_back(on.pool_.observers(), request);
  }
  group_requests(const group_requests&) = delete;
  group_requests& operator=(const group_requests&) = delete;
  ~group_requests() { unpin(); }

  bool empty() const noexcept { return requests_.empty(); }

  /// Notes what came of it.
  void take_results() noexcept {
    for (std::size_t i = 0; i != observed_.size(); ++i) observed_[i].finish(requests_[i]);
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

  void throw_failure() const {
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
  for (;;) {
    context.cancellation.throw_if_cancelled();
    {
      group_requests requests(*this, group, ending);
      if (requests.empty()) co_return;
      if (runs_inline()) {
        run_inline(requests.head, context);
      } else {
        try {
          co_await request_awaiter(*this, requests.head);
        } catch (...) {  // it is in the request
        }
      }
      requests.take_results();
      if (!requests.must_begin_first()) {
        requests.throw_failure();
        co_return;
      }
    }
    co_await catch_up();
  }
}

task<void> pooled_connection::catch_up() {
  statement_group nothing;
  co_await run_group(nothing);
}

void pooled_connection::run_postponed(statement_run& run, const task_context& context) {
  context.cancellation.throw_if_cancelled();
  statement_run* const only = &run;
  statement_group group{&only, 1};
  {
    group_requests requests(*this, group, {});
    run_inline(requests.head, context);
    requests.take_results();
    if (!requests.must_begin_first()) return requests.throw_failure();
  }
  statement_group nothing;
  {
    group_requests begin(*this, nothing, {});
    run_inline(begin.head, context);
    begin.take_results();
    begin.throw_failure();
  }
  run_now(run, context);
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
