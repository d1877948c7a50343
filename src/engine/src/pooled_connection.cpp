// SPDX-License-Identifier: Apache-2.0
#include "pooled_connection.hpp"

#include "connection_pool.hpp"

#include "tupelo/core/error.hpp"

#include <algorithm>
#include <utility>

namespace tupelo::detail {

deadline rollback_deadline(const scheduler& clock, const driver::connection& connection,
                           std::int64_t left_us) noexcept {
  constexpr std::int64_t most_us = 2'000'000;
  return deadline::after_us(std::min(most_us, std::max(left_us, connection.patience_us())), clock.now_us());
}

std::int64_t time_left_us(const task_context& of) noexcept { return of.deadline.remaining_us(of.scheduler.now_us()); }

request_awaiter::request_awaiter(pooled_connection& connection, driver::request& request, bool must_run) noexcept
    : connection_(connection), request_(request), must_run_(must_run), watch_(connection.driver()) {}

bool request_awaiter::suspend(std::coroutine_handle<> awaiting, const task_context& context) noexcept {
  struct completion {
    static void done(driver::request& request) noexcept {
      auto& resumed = *static_cast<resumption*>(request.owner);
      if (request.on_loop) {
        resumed.dispatch();
      } else {
        resumed.post();
      }
    }
  };
  resumption_.prepare(awaiting, context);
  request_.owner = &resumption_;
  request_.done = &completion::done;
  request_.loop = &context.scheduler;
  const deadline until =
      must_run_ ? rollback_deadline(context.scheduler, connection_.driver(), time_left_us(context)) : context.deadline;
  if (request_.deadline_us > until.at_us) request_.deadline_us = until.at_us;
  request_.cancellable = !must_run_ && context.cancellation.cancel_possible();
  ++connection_.awaited;
  connection_.driver().start(request_);
  // Only now: an interrupt that comes before the request has started would find nothing to stop.
  if (request_.cancellable && !watch_.attach(context.cancellation)) connection_.driver().interrupt();
  return resumption_.arm();
}

void request_awaiter::await_resume() {
  watch_.detach();
  --connection_.awaited;
  if (!request_.failure) [[likely]]
    return;
  connection_.note_failure(request_);
  std::rethrow_exception(request_.failure);
}

pooled_connection::pooled_connection(connection_pool& pool, std::unique_ptr<driver::connection> driver,
                                     std::uint32_t cache_size)
    : pool_(pool), driver_(std::move(driver)), cache_(cache_size) {
  driver_->report_to(&pool_.observers());
}

pooled_connection::~pooled_connection() { forget_statements(); }

cached_statement& pooled_connection::statement(const query_core& core) {
  const std::uint64_t* words = core.shape.data();
  const std::uint64_t hash = hash_words(words, core.shape.size);
  if (cached_statement* found = cache_.find(hash, words, core.shape.size)) [[likely]]
    return *found;
  return add_statement(hash, words, core.shape.size);
}

cached_statement& pooled_connection::add_statement(std::uint64_t hash, const std::uint64_t* words,
                                                   std::uint32_t count) {
  return cache_.insert(hash, words, count, pool_.plans().plan(words, count), *driver_);
}

void pooled_connection::require_locks() const {
  if (depth == 0) {
    throw transaction_error(
        errc::invalid_transaction,
        "this query locks its rows, but no transaction is open, with which the locks would end: use "
        "db.transaction(), or begin() one before");
  }
  const dialect& target = pool_.sql_dialect();
  if (!begun_to_read || target.features().row_locks) return;
  throw transaction_error(errc::invalid_transaction,
                          "this query locks its rows, but " + std::string(target.name()) +
                              " has no locks on rows, and the transaction has not taken that on the whole database: "
                              "begin it with transaction_mode::immediate, as it is unless another mode is said");
}

void pooled_connection::fill(driver::request& request, cached_statement& cached, statement_run& run) {
  if (run.core.locks_rows()) [[unlikely]]
    require_locks();
  request.plan = cached.plan.get();
  dirty_ |= request.plan->changes_session;
  // A stream that is open on this statement keeps it: prepare another one for this run only.
  request.prepared = cached.in_use ? nullptr : &cached.prepared;
  request.values = run.core.values.data();
  request.objects = run.objects;
  request.rows = run.sink;
  if (run.fetch) {
    request.fetch = run.fetch;
    request.end_after_fetch = true;
  }
}

void pooled_connection::require_no_copy() const {
  if (!awaits_rows) [[likely]]
    return;
  throw transaction_error(errc::concurrent_use,
                          "copy_in() has this connection until its last row is written, and what makes its rows asks "
                          "for it: read what they need before, or from another connection, which db has and the "
                          "session or lease has not");
}

void pooled_connection::require_unused() const {
  if (awaited == 0) [[likely]]
    return;
  throw transaction_error(errc::concurrent_use,
                          "two coroutines use one lease at the same time: give each its own, await one statement after "
                          "the other, or send them together by pipeline()");
}

void pooled_connection::take_results(statement_run& run, const driver::request& request) noexcept {
  run.row_count = request.row_count;
  run.affected = request.affected;
  run.last_insert_id = request.last_insert_id;
}

void pooled_connection::observed_run(driver::request& request) {
  const observed_statement observed(pool_.observers(), request);
  driver_->run(request);
  if (request.failure) note_failure(request);
  observed.finish(request);
}

void pooled_connection::run_inline(driver::request& request, const task_context& context) {
  struct watch final : cancel_registration {
    explicit watch(driver::connection& of) noexcept
        : cancel_registration(
              [](cancel_registration& self) noexcept { static_cast<watch&>(self).connection.interrupt(); }),
          connection(of) {}
    driver::connection& connection;
  } registration(*driver_);
  request.deadline_us = context.deadline.at_us;
  request.cancellable = context.cancellation.cancel_possible();
  request.cancellation = &context.cancellation;
  if (request.cancellable && !registration.attach(context.cancellation)) throw cancelled();
  driver_->run(request);
  if (request.failure) note_failure(request);
}

void pooled_connection::run_now(statement_run& run, const task_context& context) {
  if (!postponed_.empty()) [[unlikely]]
    return run_postponed(run, context);
  driver::request request;
  fill(request, statement(run.core), run);
  if (context.cancellation.cancel_possible() || !pool_.observers().empty()) [[unlikely]] {
    context.cancellation.throw_if_cancelled();
    const observed_statement observed(pool_.observers(), request);
    run_inline(request, context);
    observed.finish(request);
  } else {
    request.deadline_us = context.deadline.at_us;
    request.cancellable = false;
    driver_->run(request);
  }
  take_results(run, request);
  if (request.failure) [[unlikely]] {
    note_failure(request);
    std::rethrow_exception(request.failure);
  }
}

task<void> pooled_connection::run(statement_run& run) {
  const task_context& context = co_await current_context();
  if (runs_inline()) {
    run_now(run, context);
    co_return;
  }
  require_unused();
  if (!postponed_.empty()) {
    statement_run* const only = &run;
    statement_group group{&only, 1};
    co_await run_group(group);
    co_return;
  }
  context.cancellation.throw_if_cancelled();
  driver::request request;
  fill(request, statement(run.core), run);
  const observed_statement observed(pool_.observers(), request);
  try {
    co_await request_awaiter(*this, request);
  } catch (...) {
    take_results(run, request);
    observed.finish(request);
    throw;
  }
  take_results(run, request);
  observed.finish(request);
}

void pooled_connection::add_result(open_result& opened) noexcept {
  opened.depth_ = depth;
  opened.next_ = std::exchange(results_, &opened);
}

void pooled_connection::drop_result(open_result& ended) noexcept {
  for (open_result** at = &results_; *at; at = &(*at)->next_) {
    if (*at != &ended) continue;
    *at = ended.next_;
    return;
  }
}

void pooled_connection::keep_results() noexcept {
  for (open_result* at = results_; at; at = at->next_) at->depth_ = at->depth_ < depth ? at->depth_ : depth - 1;
}

void pooled_connection::cut_off_results(int from_depth) noexcept {
  for (open_result** at = &results_; *at;) {
    open_result& result = **at;
    if (result.depth_ < from_depth) {
      at = &result.next_;
      continue;
    }
    *at = result.next_;
    result.cut_off(*this);
  }
}

void pooled_connection::note_text(std::string_view text) noexcept {
  if (!dirty_) dirty_ = pool_.sql_dialect().changes_session(text);
}

void pooled_connection::execute_now(std::string_view script, std::int64_t left_us) {
  driver::request request;
  request.script = script;
  request.cancellable = false;
  request.deadline_us = rollback_deadline(background_scheduler(), *driver_, left_us).at_us;
  observed_run(request);
  if (request.failure) std::rethrow_exception(request.failure);
}

task<void> pooled_connection::execute(std::string script) {
  require_unused();
  if (!postponed_.empty()) co_await catch_up();
  driver::request request;
  request.script = script;
  note_text(script);
  const task_context& context = co_await current_context();
  context.cancellation.throw_if_cancelled();
  const observed_statement observed(pool_.observers(), request);
  if (runs_inline()) {
    run_inline(request, context);
    observed.finish(request);
    if (request.failure) std::rethrow_exception(request.failure);
    co_return;
  }
  try {
    co_await request_awaiter(*this, request);
  } catch (...) {
    observed.finish(request);
    throw;
  }
  observed.finish(request);
}

task<void> pooled_connection::execute_regardless(std::string script) {
  if (runs_inline()) {
    execute_now(script, time_left_us(co_await current_context()));
    co_return;
  }
  driver::request request;
  request.script = script;
  const observed_statement observed(pool_.observers(), request);
  try {
    co_await request_awaiter(*this, request, true);
  } catch (...) {
    observed.finish(request);
    throw;
  }
  observed.finish(request);
}

}  // namespace tupelo::detail
