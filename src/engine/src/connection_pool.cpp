// SPDX-License-Identifier: Apache-2.0
#include "connection_pool.hpp"

#include "tupelo/core/deadline.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <utility>

namespace tupelo::detail {

namespace {

/// How long a connection may take to show that it works.
constexpr std::int64_t check_timeout_us = 5'000'000;
/// Without a pause a program that waits for a server would keep a processor busy.
constexpr std::int64_t shortest_backoff_us = 1'000;
constexpr std::string_view check_statement = "SELECT 1";

pool_limits limits_of(const database_options& options, const connector& connects, bool runs_inline, bool ages) {
  pool_limits limits;
  limits.size = std::max(options.pool_size, 1u);
  limits.overflow = options.max_overflow;
  if (const std::uint32_t most = connects.max_connections()) {
    limits.size = std::min(limits.size, most);
    limits.overflow = std::min(limits.overflow, most - limits.size);
  }
  limits.shed_target_us = options.queue_target_us;
  limits.shed_interval_us = options.queue_interval_us;
  if (!ages) return limits;
  limits.checks = true;
  limits.trust_us = options.validate_after_us;
  limits.max_lifetime_us = options.max_lifetime_us;
  limits.first_backoff_us = std::max(options.first_backoff_us, shortest_backoff_us);
  limits.longest_backoff_us = options.longest_backoff_us;
  // A program that runs its statements itself has no thread that could look after idle connections.
  if (runs_inline) return limits;
  limits.min_idle = std::min(options.min_idle, limits.size);
  limits.idle_timeout_us = options.idle_timeout_us;
  limits.keepalive_us = options.keepalive_interval_us;
  return limits;
}

bool runs_inline(const database_options& options, const connector& connects) {
  return options.run == execution::inline_ || connects.wants_inline();
}

}  // namespace

connection_pool::connection_pool(driver::url url, const backend& kind, const database_options& options,
                                 scheduler& upkeep)
    : url_(std::move(url)),
      dialect_(kind.make_dialect()),
      connector_(kind.make_connector(url_)),
      upkeep_(upkeep),
      use_clock_(upkeep, options.validate_after_us),
      options_(options),
      inline_(detail::runs_inline(options, *connector_)),
      opens_at_once_(inline_ || connector_->connects_at_once()),
      ages_(!connector_->connects_at_once()),
      watches_leases_(options.leak_threshold_us > 0),
      keeps_times_(ages_ || watches_leases_),
      core_(limits_of(options, *connector_, inline_, ages_),
            reinterpret_cast<std::uintptr_t>(this) ^ static_cast<std::uint64_t>(upkeep.now_us())),
      plans_(dialect_, std::size_t{4} * options.statement_cache_size),
      shared_(*this, inline_ ? 0 : std::min(options.shared_reads, core_.limits().size), options.shared_patience_us) {
  const pool_limits& limits = core_.limits();
  for (const std::int64_t period : {limits.idle_timeout_us, limits.keepalive_us, limits.max_lifetime_us}) {
    if (period != 0 && !inline_) upkeep_period_us_ = std::min(upkeep_period_us_, period);
  }
}

connection_pool::~connection_pool() {
  observers_.end();  // they may be gone already
  stopping_.request_cancel();
  const bool shared_ended = shared_.stop();
  std::unique_lock lock(mutex_);
  ending_ = true;
  core_.close();
  if (shared_ended) background_has_ended();
  if (timer_started_ && upkeep_.cancel_timer(timer_)) background_has_ended();
  // What nobody awaits calls here at its end.
  background_ended_.wait(lock, [&] { return background_ == 0; });
}

// ---- acquiring

bool connection_pool::needs_check(const pooled_connection& connection) const noexcept {
  return ages_ && core_.needs_check(connection, use_clock_.now_us());
}

pooled_connection* connection_pool::put_aside(pooled_connection* hot) noexcept {
  const change_lock lock(*this);
  core_.put_idle(*hot, hot->used_us);
  serve();  // to one who has come since
  refresh();
  return nullptr;
}

pooled_connection* connection_pool::take_idle() noexcept {
  const std::lock_guard lock(mutex_);
  return static_cast<pooled_connection*>(core_.take());
}

pooled_connection* connection_pool::take_ready() noexcept {
  if (pooled_connection* const hot = take_hot()) return hot;
  const std::lock_guard lock(mutex_);
  auto* const found = static_cast<pooled_connection*>(core_.take());
  if (found == nullptr) return nullptr;
  if (needs_check(*found)) {
    core_.put_idle(*found, found->idle_since_us);
    return nullptr;
  }
  found->count_use();
  return found;
}

void connection_pool::prepare_another() noexcept {
  pooled_connection* aged = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (preparing_) return;
    aged = static_cast<pooled_connection*>(core_.take());
    preparing_ = aged != nullptr;
    const bool wanted = aged == nullptr && core_.opening() == 0 && core_.connections() < core_.limits().size;
    if (wanted && core_.may_open(now_us())) open_in_background();
  }
  if (aged == nullptr) return;
  try {
    start_chore(aged, std::string(check_statement), {.prepares = true});
  } catch (const std::exception&) {
    offer(aged);  // not checked: its next user will
    const std::lock_guard lock(mutex_);
    preparing_ = false;
  }
}

pooled_connection* connection_pool::try_acquire_slowly(const task_context& context) {
  for (;;) {
    pooled_connection* found = take_idle();
    if (found == nullptr) found = open_blocking(context);
    if (found == nullptr) return nullptr;
    if (!needs_check(*found) || check_now(*found)) {
      found->count_use();
      tell_acquired(*found);
      return found;
    }
  }
}

task<pooled_connection*> connection_pool::acquire() {
  for (;;) {
    if (pooled_connection* const hot = take_hot()) co_return hot;
    pooled_connection* found = take_idle();
    if (found == nullptr && opens_at_once_) found = open_blocking(co_await current_context());
    if (found == nullptr) found = co_await pool_awaiter(*this, pool_awaiter::for_what::connection);
    if (needs_check(*found)) {
      std::optional<task<bool>> checking;
      try {
        checking.emplace(check(*found));
      } catch (...) {  // no memory for the coroutine
        offer(found);
        throw;
      }
      if (!co_await std::move(*checking)) continue;
    }
    found->count_use();
    tell_acquired(*found);
    co_return found;
  }
}

bool connection_pool::check_now(pooled_connection& connection) noexcept {
  driver::request request;
  request.script = check_statement;
  request.cancellable = false;
  request.deadline_us = deadline::after_us(check_timeout_us, steady_now_us()).at_us;
  if (connection.driver().run(request) && !connection.driver().is_unfit()) {
    connection.used_us = now_us();
    return true;
  }
  retire(&connection);
  return false;
}

task<bool> connection_pool::check(pooled_connection& connection) {
  if (inline_) co_return check_now(connection);
  const task_context& context = co_await current_context();
  driver::request request;
  request.script = check_statement;
  const deadline patience = deadline::after_us(check_timeout_us, context.scheduler.now_us());
  request.deadline_us = patience.at_us;
  bool given_up = false;
  try {
    co_await request_awaiter(connection, request);
  } catch (const cancelled&) {
    given_up = true;
  } catch (const timed_out&) {
    given_up = context.deadline.at_us <= patience.at_us;
  } catch (const std::exception&) {  // it is broken, which is what was to be found out
  }
  if (!request.failure && !connection.driver().is_unfit()) {
    connection.used_us = now_us();
    co_return true;
  }
  if (given_up && connection.usable()) {
    offer(&connection);  // not checked: its next user will
  } else {
    retire(&connection);
  }
  if (given_up) std::rethrow_exception(request.failure);
  co_return false;
}

// ---- those who wait

void connection_pool::throw_if_refused() const {
  if (core_.is_closing())
    throw connection_error(errc::pool_closed, "the database was closed by close(): make another tupelo::database");
  if (core_.is_down(now_us()) && !core_.is_suspended()) std::rethrow_exception(last_failure_);
}

void connection_pool::refuse_own_reader(const task_context& asking) const {
  const std::uint32_t held = streams_.waiting_for(asking);
  if (held < core_.limits().size + core_.limits().overflow) return;
  const std::string are = held == 1 ? "the pool's only connection is" : "all connections of the pool are";
  if (streams_.innermost(asking).copies) {
    throw connection_error(
        errc::pool_exhausted,
        are + " held by copy_in() until its last row, and the coroutine that makes the rows asks for another one: read "
              "what they need before, or raise pool_size");
  }
  throw connection_error(
      errc::pool_exhausted,
      are + " held by for_each() until its last row, and the function that it calls for a row asks for another one: "
            "read by chunk(), which holds none meanwhile, or by all(), or raise pool_size");
}

void connection_pool::enqueue(pool_waiter& waiter, const task_context& asking) {
  const change_lock lock(*this);
  throw_if_refused();
  refuse_own_reader(asking);
  waiter.owners.fetch_add(1, std::memory_order_relaxed);
  core_.join(waiter, now_us());
  // First pressed, then empty: whoever puts a connection there in between takes it out again.
  press();
  flush_hot();
  serve();
  refresh();
  if (core_.is_overloaded()) arm_upkeep(core_.next_due_us());
}

void connection_pool::withdraw(pool_waiter& waiter) noexcept {
  const change_lock lock(*this);
  bool was_here = core_.leave(waiter);
  if (!was_here) was_here = std::erase(drainers_, &waiter) != 0;
  if (waiter.outcome.load(std::memory_order_relaxed) == pool_waiter::expired) ++counts_.timed_out;
  if (was_here) waiter.drop();
  refresh();
}

void connection_pool::refuse(pool_queue_link& link, const std::exception_ptr& failure) noexcept {
  auto& waiter = static_cast<pool_waiter&>(link);
  waiter.failure = failure;
  if (waiter.settle(pool_waiter::refused)) waiter.resumed.post();
  waiter.drop();
}

void connection_pool::refuse_all(const std::exception_ptr& failure) noexcept {
  while (pool_queue_link* const link = core_.next_to_refuse()) refuse(*link, failure);
}

void connection_pool::shed(std::int64_t now_us) noexcept {
  while (pool_queue_link* const link = core_.next_to_shed(now_us)) {
    ++counts_.shed;
    refuse(*link,
           std::make_exception_ptr(connection_error(
               errc::pool_exhausted, "the pool is overloaded and refuses whom it could not serve in time: " +
                                         describe_now() + "; raise pool_size, send less, or raise queue_target_us")));
  }
}

bool connection_pool::grant(pooled_connection* connection, std::int64_t now_us) noexcept {
  while (pool_queue_link* const link = core_.next_to_serve(now_us)) {
    auto& waiter = static_cast<pool_waiter&>(*link);
    waiter.connection = connection;
    const std::int64_t waited = now_us - waiter.queued_us;
    const bool taken = waiter.settle(pool_waiter::granted);
    if (taken) {
      ++counts_.waited;
      counts_.wait_us += waited;
      counts_.longest_wait_us = std::max(counts_.longest_wait_us, waited);
      waiter.resumed.post();
    }
    waiter.drop();
    if (taken) return true;
  }
  return false;
}

void connection_pool::serve() noexcept {
  const std::int64_t now = now_us();
  shed(now);
  while (core_.waiting() != 0) {
    pool_slot* const slot = core_.take_for_queue();
    if (slot == nullptr) return;
    if (!grant(static_cast<pooled_connection*>(slot), now)) core_.put_idle(*slot, slot->idle_since_us);
  }
}

void connection_pool::flush_hot() noexcept {
  if (pooled_connection* const hot = hot_.exchange(nullptr, std::memory_order_seq_cst))
    core_.put_idle(*hot, ages_ ? hot->used_us : now_us());
}

void connection_pool::refresh() noexcept {
  const std::int64_t now = now_us();
  const bool down = core_.is_down(now);
  if (down) changes_.server_is_down(last_failure_, core_.waiting(), now);
  changes_.sheds(core_.is_overloaded(), core_.waiting(), now);
  if (down && core_.waiting() != 0 && !core_.is_suspended()) refuse_all(last_failure_);
  start_openings(now);
  pressed_.store(core_.is_pressed(), std::memory_order_seq_cst);
  hot_closed_.store(core_.is_pressed() || !observers_.empty(), std::memory_order_seq_cst);
  wake_drainers();
}

void connection_pool::wake_drainers() noexcept {
  if (!core_.is_closing() || !is_empty()) return;
  for (pool_waiter* const waiter : drainers_) {
    if (waiter->settle(pool_waiter::granted)) waiter->resumed.post();
    waiter->drop();
  }
  drainers_.clear();
}

// ---- coming back

void connection_pool::give_back(pooled_connection* connection) noexcept {
  connection->depth = connection->failed_depth = 0;
  connection->forget_postponed();
  if (!connection->usable()) [[unlikely]] {
    tell_returned(*connection);
    return retire(connection);
  }
  if (connection->is_dirty() || connection->driver().in_transaction()) [[unlikely]] {
    tell_returned(*connection);
    return clean(connection);
  }
  if (connection->owes) [[unlikely]] {
    tell_returned(*connection);
    return settle(connection);
  }
  if (connection->driver().is_unfit()) [[unlikely]] {
    tell_returned(*connection);
    return retire(connection);
  }
  const bool kept = !keeps_times_ || note_return(*connection);
  if (kept && !hot_closed_.load(std::memory_order_relaxed)) [[likely]] {
    pooled_connection* none = nullptr;
    if (hot_.compare_exchange_strong(none, connection, std::memory_order_seq_cst)) {
      // Somebody may have queued up in between: then take it out again and hand it over.
      if (!hot_closed_.load(std::memory_order_seq_cst)) [[likely]]
        return;
      connection = hot_.exchange(nullptr, std::memory_order_seq_cst);
      if (connection == nullptr) return;
    }
  }
  tell_returned(*connection);
  offer(connection);
}

bool connection_pool::note_return(pooled_connection& connection) noexcept {
  if (watches_leases_) {
    const std::lock_guard lock(mutex_);
    connection.leased_us = INT64_MAX;
  }
  if (ages_) connection.used_us = use_clock_.now_us();
  return connection.used_us < connection.expires_us;
}

void connection_pool::offer(pooled_connection* connection, std::optional<std::int64_t> idle_since_us) noexcept {
  closing_connection closing(*this);
  const change_lock lock(*this);
  const std::int64_t now = now_us();
  connection->leased_us = INT64_MAX;
  shed(now);
  if (core_.must_close(*connection, now)) {
    closing.reason = reason_to_close(*connection, now, close_reason::not_needed);
    closing.take(take_out(connection));
  } else if (!grant(connection, now)) {
    core_.put_idle(*connection, idle_since_us.value_or(now));
    // A program that runs its statements itself is to need no other thread.
    if (!inline_) arm_upkeep(core_.due_us(*connection));
  }
  if (core_.is_overloaded()) arm_upkeep(core_.next_due_us());
  refresh();
}

std::unique_ptr<pooled_connection> connection_pool::take_out(pooled_connection* connection) noexcept {
  if (connection->where == pool_slot::place::in_use) core_.remove(*connection);
  const auto found = std::find_if(connections_.begin(), connections_.end(),
                                  [connection](const auto& owned) { return owned.get() == connection; });
  std::unique_ptr<pooled_connection> taken = std::move(*found);
  if (found != connections_.end() - 1) *found = std::move(connections_.back());
  connections_.pop_back();
  ++counts_.closed;
  counts_.acquired += taken->uses();
  return taken;
}

void connection_pool::retire(pooled_connection* connection) noexcept {
  closing_connection closing(*this);
  const change_lock lock(*this);
  // What broke it may have broken the others.
  if (ages_) core_.suspect_all(now_us());
  closing.take(take_out(connection));
  refresh();
}

namespace {

/// What is to run on a connection before others may have it.
std::string cleaning_script(bool in_transaction, std::string_view reset) {
  std::string script;
  if (in_transaction) script = "ROLLBACK;";
  return script.append(reset);
}

}  // namespace

void connection_pool::clean(pooled_connection* connection) noexcept {
  try {
    std::string_view reset;
    if (connection->is_dirty()) {
      reset = dialect_.reset_session();
      // The server forgets them as well.
      if (!reset.empty()) connection->forget_statements();
    }
    std::string script = cleaning_script(connection->driver().in_transaction(), reset);
    if (!inline_ && !script.empty()) return start_chore(connection, std::move(script));
    if (!script.empty()) connection->execute_now(script);
    end_chore(connection, true);
  } catch (const std::exception&) {
    retire(connection);  // closing it rolls back as well
  }
}

// ---- what observers hear

void connection_pool::note_hosts(const std::exception_ptr& failure) noexcept {
  try {
    const change_lock lock(*this);  // first: of two attempts the later one tells what is
    changes_.hosts_are(connector_->hosts(), failure, now_us());
  } catch (const std::exception&) {  // no memory to look at them: the next attempt brings another chance
  }
}

void change_lock::tell() noexcept {
  // Observers are called without the lock, and the pool may be given up meanwhile.
  ++pool_.background_;
  pool_.changes_.tell(lock_, pool_.observers_);
  pool_.background_has_ended();
}

// ---- what it does

pool_statistics connection_pool::statistics() const {
  const std::lock_guard lock(mutex_);
  pool_statistics now;
  fill(now);
  now.hosts = connector_->hosts();
  return now;
}

void connection_pool::fill(pool_statistics& now) const noexcept {
  now = counts_;
  now.connections = core_.connections();
  now.idle = core_.idle() + (hot_.load(std::memory_order_acquire) != nullptr ? 1u : 0u);
  now.in_use = now.connections - now.idle;
  now.waiting = core_.waiting();
  now.opening = core_.opening();
  for (const auto& connection : connections_) now.acquired += connection->uses();
}

std::string connection_pool::describe() const {
  const std::lock_guard lock(mutex_);
  return describe_now();
}

std::string connection_pool::silent_server() const {
  const std::lock_guard lock(mutex_);
  pool_statistics now;
  fill(now);
  return now.connections != 0 || core_.is_suspended() ? std::string() : unanswered();
}

std::string connection_pool::too_late_message() const {
  const std::lock_guard lock(mutex_);
  const bool has_none = connections_.empty() && !core_.is_suspended();
  return "the deadline passed while waiting for " +
         (has_none ? "a first connection to " + url_.redacted() : "a connection") + ": " + describe_now();
}

std::string connection_pool::unanswered() const {
  return "no connection to " + url_.redacted() +
         " could be opened within acquire_timeout: the server does not answer; check host, port and firewalls, and set "
         "connect_timeout to be told of it sooner";
}

std::string connection_pool::describe_now() const {
  pool_statistics now;
  fill(now);
  std::string text = std::to_string(now.in_use) + " of " + std::to_string(now.connections) + " are in use, " +
                     std::to_string(now.waiting) + " wait, " + std::to_string(now.opening) + " are being opened";
  if (core_.is_suspended()) text += ", the pool is suspended";
  if (now.waited != 0) {
    text += "; waits so far took " + std::to_string(now.average_wait_us() / 1000) + " ms on average, at most " +
            std::to_string(now.longest_wait_us / 1000) + " ms";
  }
  return text;
}

}  // namespace tupelo::detail
