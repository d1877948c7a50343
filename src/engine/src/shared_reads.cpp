// SPDX-License-Identifier: Apache-2.0
#include "shared_reads.hpp"

#include "connection_pool.hpp"
#include "shared_request.hpp"

#include "tupelo/core/deadline.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/reactor.hpp"

#include <algorithm>
#include <exception>

namespace tupelo::detail {

namespace {

/// Behind so many others nobody is answered soon.
constexpr std::uint32_t most_readers = 64;
/// For how long statements like one that was slow have connections of their own.
constexpr std::int64_t slow_for_us = 10'000'000;
constexpr std::size_t most_slow_statements = 64;

bool was_moved(const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const error& e) {
    return e.code() == errc::not_run;
  } catch (...) {
    return false;
  }
}

}  // namespace

shared_reads::shared_reads(connection_pool& pool, std::uint32_t most, std::int64_t slow_us)
    : pool_(pool), most_(most), slow_us_(slow_us) {}

task<bool> shared_reads::run(statement_run& run) {
  const task_context& context = co_await current_context();
  const void* const domain = context.scheduler.reactor().domain();
  driver::request request;
  bool taken = false;
  place at = join(domain, taken);
  if (taken) pool_.tell_acquired(at.on());
  if (!at) at = share(*co_await pool_.acquire(), domain);
  context.cancellation.throw_if_cancelled();
  if (!at.fill(request, run)) co_return false;
  const observed_statement observed(pool_.observers(), request);
  co_await shared_request(at.on().driver(), request, at.on().shared.answered);
  at.owes = request.abandoned;
  pooled_connection::take_results(run, request);
  observed.finish(request);
  if (!request.failure) co_return true;
  if (was_moved(request.failure)) {
    if (!pool_.observers().empty()) pool_.observers().read_retried({request.plan->text, 2, 0, request.failure});
    co_return false;
  }
  std::rethrow_exception(request.failure);
}

// ---- coming and going

shared_reads::place shared_reads::join(const void* domain, bool& taken) {
  const std::lock_guard lock(mutex_);
  const bool pressed = pool_.is_pressed();
  if (pressed) {
    if (pool_.is_halted()) return {};  // acquire() waits, or says why not
    empty_one();
  }
  pooled_connection* chosen = emptiest(domain);
  if (!pressed && open_.size() < most_ && (chosen == nullptr || chosen->shared.readers != 0)) {
    if (pooled_connection* const free = pool_.take_ready()) {
      add(*free, domain);
      taken = true;
      return {*this, *free};
    }
    if (chosen != nullptr) pool_.prepare_another();
  }
  if (chosen == nullptr) return {};
  ++chosen->shared.readers;
  chosen->count_use();
  watch();
  return {*this, *chosen};
}

shared_reads::place shared_reads::share(pooled_connection& acquired, const void* domain) {
  const std::lock_guard lock(mutex_);
  const bool is_one_more = open_.size() >= most_;
  add(acquired, domain);
  if (!acquired.driver().can_be_shared()) unable_.store(true, std::memory_order_relaxed);
  // One reader's only.
  acquired.shared.drains = is_one_more || !enabled();
  return {*this, acquired};
}

void shared_reads::add(pooled_connection& shared, const void* domain) {
  try {
    open_.push_back(&shared);
  } catch (...) {
    pool_.give_back(&shared);
    throw;
  }
  shared.shared.domain = domain;
  shared.shared.readers = 1;
  shared.shared.drains = false;
  shared.shared.seen = shared.shared.answered.load(std::memory_order_relaxed) - 1;
}

pooled_connection* shared_reads::emptiest(const void* domain) noexcept {
  const auto load = [](const pooled_connection& each) noexcept {
    return each.shared.readers + (each.owes ? most_readers : 0);
  };
  const std::int64_t now = open_.empty() ? 0 : pool_.now_us();
  for (;;) {
    pooled_connection* found = nullptr;
    for (pooled_connection* const each : open_) {
      pooled_connection::sharing& shared = each->shared;
      shared.drains |= now >= each->expires_us;
      if (shared.drains || shared.domain != domain || shared.readers >= most_readers) continue;
      if (found == nullptr || load(*each) < load(*found)) found = each;
    }
    if (found == nullptr || found->usable()) return found;
    found->shared.drains = true;
  }
}

void shared_reads::empty_one() noexcept {
  pooled_connection* chosen = nullptr;
  for (pooled_connection* const each : open_) {
    if (each->shared.drains) return;
    if (chosen == nullptr || each->shared.readers < chosen->shared.readers) chosen = each;
  }
  if (chosen != nullptr) chosen->shared.drains = true;
}

void shared_reads::leave(pooled_connection& from, cached_statement* held, bool owes) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (held != nullptr) from.unpin(*held);
    from.owes |= owes;
    if (--from.shared.readers != 0) return;
    std::erase(open_, &from);
  }
  pool_.give_back(&from);
}

bool shared_reads::fill(pooled_connection& on, cached_statement*& held, driver::request& request, statement_run& run) {
  const std::lock_guard lock(mutex_);
  if (!enabled()) return false;
  cached_statement& cached = on.statement(run.core);
  if (!surely_only_reads(*cached.plan) || is_slow(*cached.plan)) return false;
  on.fill(request, cached, run);
  ++cached.pins;
  held = &cached;
  return true;
}

// ---- those that keep others waiting

bool shared_reads::is_slow(const statement_plan& plan) noexcept {
  if (slow_.empty()) [[likely]]
    return false;
  const std::int64_t now = pool_.now_us();
  std::erase_if(slow_, [now](const slow_statement& each) { return each.until_us <= now; });
  return std::any_of(slow_.begin(), slow_.end(), [&](const slow_statement& each) { return each.plan == &plan; });
}

void shared_reads::watch() noexcept {
  if (watching_ || slow_us_ <= 0) return;
  watching_ = true;
  pool_.begin_background();
  timer_.due_us = deadline::after_us(slow_us_, pool_.now_us()).at_us;
  pool_.upkeep().start_timer(timer_);
}

void shared_reads::look_after() noexcept {
  const std::exception_ptr moved = driver::make_not_run();
  std::unique_lock lock(mutex_);
  watching_ = false;
  bool crowded = false;
  const bool halted = pool_.is_halted();  // who leaves a connection then gets no other
  const std::int64_t now = pool_.now_us();
  for (pooled_connection* const each : open_) {
    pooled_connection::sharing& shared = each->shared;
    const std::uint64_t answered = shared.answered.load(std::memory_order_relaxed);
    const bool stands_still = std::exchange(shared.seen, answered) == answered;
    if (stands_still) shared.drains = true;
    // A single reader, too, may be behind a statement that nobody waits for.
    if (shared.readers < 2 && !each->owes) continue;
    crowded = true;
    if (!stands_still || halted) continue;
    const driver::request* const slow = each->driver().abandon_waiting(moved);
    if (slow == nullptr || slow_.size() >= most_slow_statements) continue;
    try {
      slow_.push_back({slow->plan, deadline::after_us(slow_for_us, now).at_us});
    } catch (const std::exception&) {  // no memory: others will find it slow as well
    }
  }
  if (crowded) watch();
  lock.unlock();
  pool_.end_background();
}

bool shared_reads::stop() noexcept {
  const std::lock_guard lock(mutex_);
  if (!watching_ || !pool_.upkeep().cancel_timer(timer_)) return false;
  watching_ = false;
  return true;
}

}  // namespace tupelo::detail
