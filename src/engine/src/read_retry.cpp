// SPDX-License-Identifier: Apache-2.0
#include "read_retry.hpp"

#include "connection_pool.hpp"

#include "tupelo/core/sleep.hpp"

#include <algorithm>
#include <string_view>

namespace tupelo::detail {

namespace {

/// Null where it is no failure of a connection that may be gone soon.
std::optional<errc> transient_code(const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const connection_error& e) {
    switch (e.code()) {
      case errc::connection_lost:
      case errc::connection_failed:
      case errc::too_many_connections: return e.code();
      default: return std::nullopt;
    }
  } catch (...) {
    return std::nullopt;
  }
}

std::shared_ptr<const statement_plan> plan_of(connection_pool& pool, const statement_run& run) {
  return pool.plans().plan(run.core.shape.data(), run.core.shape.size);
}

}  // namespace

std::optional<std::int64_t> read_retry::next(errc failure, std::int64_t not_before_us, std::int64_t now_us,
                                             deadline until) noexcept {
  if (attempt_ >= options_.read_attempts) return std::nullopt;
  const bool is_first = attempt_++ == 1;
  if (is_first) first_failure_us_ = now_us;
  std::int64_t pause = 0;
  if (!is_first || failure != errc::connection_lost) {
    const std::int64_t first = std::max<std::int64_t>(options_.first_backoff_us, 1'000);
    const std::int64_t longest =
        std::min(first << std::min(pauses_++, 20u), std::max(first, options_.longest_backoff_us));
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    pause = longest - static_cast<std::int64_t>(random_ % static_cast<std::uint64_t>(longest / 2 + 1));
  }
  // Sooner, the pool would only repeat its last failure.
  if (not_before_us > now_us) pause = std::max(pause, not_before_us - now_us);
  const deadline limit =
      options_.retry_limit_us > 0 ? deadline::after_us(options_.retry_limit_us, first_failure_us_) : deadline::never();
  if (pause >= earlier(limit, until).remaining_us(now_us)) return std::nullopt;
  return pause;
}

bool may_be_retried(connection_pool& pool, const statement_group& reads, const std::exception_ptr& failure) noexcept {
  if (pool.options().read_attempts < 2 || !transient_code(failure)) return false;
  try {
    for (std::size_t i = 0; i != reads.count; ++i) {
      if (reads.runs[i]->row_count != 0 || !surely_only_reads(*plan_of(pool, *reads.runs[i]))) return false;
    }
    return true;
  } catch (const std::exception&) {  // it cannot be rendered: that was its failure, or will be
    return false;
  }
}

task<void> before_next_attempt(connection_pool& pool, const statement_group& reads, std::exception_ptr failure,
                               std::optional<read_retry>& retry) {
  if (!may_be_retried(pool, reads, failure)) std::rethrow_exception(failure);
  const task_context& context = co_await current_context();
  const std::int64_t now = context.scheduler.now_us();
  if (!retry) retry.emplace(pool.options(), reinterpret_cast<std::uintptr_t>(&retry) ^ static_cast<std::uint64_t>(now));
  const auto pause = retry->next(*transient_code(failure), pool.next_attempt_us(), now, context.deadline);
  if (!pause) std::rethrow_exception(failure);
  if (!pool.observers().empty()) {
    const auto plan = plan_of(pool, *reads.runs[0]);
    pool.observers().read_retried({plan->text, retry->attempt(), *pause, failure});
  }
  if (*pause != 0) co_await sleep_for(micros(*pause));
}

}  // namespace tupelo::detail
