// SPDX-License-Identifier: Apache-2.0
#include "connection_pool.hpp"

#include "tupelo/core/deadline.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/sync_wait.hpp"

#include <algorithm>
#include <new>

namespace tupelo::detail {

// ---- waiting for a connection

void pool_waiter::drop() noexcept {
  if (owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

bool pool_waiter::settle(state to) noexcept {
  int from = waiting;
  return outcome.compare_exchange_strong(from, to, std::memory_order_acq_rel);
}

void pool_waiter::fired(timer_node& timer) noexcept {
  auto& self = static_cast<pool_waiter&>(timer);
  if (self.settle(expired)) self.resumed.resume_on_scheduler();
  self.drop();
}

class acquire_awaiter {
public:
  explicit acquire_awaiter(connection_pool& pool) : pool_(pool), waiter_(new pool_waiter), watch_(*waiter_) {}
  acquire_awaiter(const acquire_awaiter&) = delete;
  acquire_awaiter& operator=(const acquire_awaiter&) = delete;
  ~acquire_awaiter() {
    watch_.detach();
    waiter_->drop();
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(awaiting, context_of(awaiting.promise()));
  }
  pooled_connection* await_resume() {
    watch_.detach();
    if (scheduler_ && scheduler_->cancel_timer(*waiter_)) waiter_->drop();
    switch (waiter_->outcome.load(std::memory_order_acquire)) {
      case pool_waiter::granted:
        if (waiter_->failure) std::rethrow_exception(waiter_->failure);
        return waiter_->connection;
      case pool_waiter::cancelled: throw cancelled("waiting for a connection was cancelled");
      default: break;
    }
    if (by_deadline_) throw timed_out("the deadline passed while waiting for a connection");
    const pool_statistics now = pool_.statistics();
    throw connection_error(
        errc::pool_exhausted,
        "no connection became free in time: " + std::to_string(now.in_use) + " of " + std::to_string(now.connections) +
            " are in use, " + std::to_string(now.waiting) +
            " wait; raise pool_size or acquire_timeout_us, or hold leases and sessions for a shorter time");
  }

private:
  struct watch final : cancel_registration {
    explicit watch(pool_waiter& of) noexcept : cancel_registration(&requested), waiter(of) {}
    static void requested(cancel_registration& self) noexcept {
      pool_waiter& w = static_cast<watch&>(self).waiter;
      if (w.settle(pool_waiter::cancelled)) w.resumed.post();
    }
    pool_waiter& waiter;
  };

  bool suspend(std::coroutine_handle<> awaiting, const task_context& context) {
    waiter_->resumed.prepare(awaiting, context);
    if (context.cancellation.cancel_requested()) {
      waiter_->settle(pool_waiter::cancelled);
      return false;
    }
    pooled_connection* found = nullptr;
    if (!pool_.enqueue(*waiter_, found)) {
      waiter_->connection = found;
      waiter_->settle(pool_waiter::granted);
      return false;
    }
    scheduler_ = &context.scheduler;
    const deadline patience = deadline::after_us(pool_.options_.acquire_timeout_us, context.scheduler.now_us());
    by_deadline_ = context.deadline.at_us < patience.at_us;
    waiter_->due_us = earlier(patience, context.deadline).at_us;
    waiter_->owners.fetch_add(1, std::memory_order_relaxed);
    context.scheduler.start_timer(*waiter_);
    if (context.cancellation.cancel_possible() && !watch_.attach(context.cancellation)) watch::requested(watch_);
    return waiter_->resumed.arm();
  }

  connection_pool& pool_;
  pool_waiter* waiter_;
  watch watch_;
  scheduler* scheduler_ = nullptr;
  bool by_deadline_ = false;
};

// ---- the pool

connection_pool::connection_pool(driver::url url, const backend& kind, const database_options& options)
    : url_(std::move(url)), dialect_(kind.make_dialect()), connector_(kind.make_connector(url_)), options_(options) {
  inline_ = options.run == execution::inline_ || (options.run == execution::automatic && connector_->wants_inline());
  limit_ = std::max(options.pool_size, 1u);
  opens_at_once_ = inline_ || connector_->connects_at_once();
  if (const std::uint32_t most = connector_->max_connections()) limit_ = std::min(limit_, most);
}

connection_pool::~connection_pool() {
  closing_.request_cancel();
  // What nobody awaits calls here at its end: rollbacks of connections that were given back in a transaction, and
  // connections that are being opened.
  std::unique_lock lock(mutex_);
  background_ended_.wait(lock, [&] { return background_ == 0; });
}

pooled_connection* connection_pool::pop_idle() {
  if (idle_.empty()) return nullptr;
  pooled_connection* found = idle_.back();
  idle_.pop_back();
  return found;
}

// ---- opening

/// Room for one connection that is being opened.
class opening_slot {
public:
  explicit opening_slot(connection_pool& pool) noexcept : pool_(&pool) {}
  opening_slot(const opening_slot&) = delete;
  opening_slot& operator=(const opening_slot&) = delete;
  ~opening_slot() {
    if (pool_ != nullptr) pool_->give_up_slot();
  }
  pooled_connection* fill(std::unique_ptr<driver::connection> opened) {
    pooled_connection* const added = pool_->add(std::move(opened));
    pool_ = nullptr;
    return added;
  }

private:
  connection_pool* pool_;
};

/// A connection that is opened for whoever waits, on the background scheduler.
struct background_opening final : task_completion {
  explicit background_opening(connection_pool& of) noexcept
      : task_completion{&task_done}, pool(of), context{background_scheduler(), of.closing_.token(), {}} {}

  static std::coroutine_handle<> task_done(task_completion& completion, task_promise_base& ended) noexcept {
    const std::unique_ptr<background_opening> self(static_cast<background_opening*>(&completion));
    connection_pool& pool = self->pool;
    std::exception_ptr failure = ended.take_error();
    self->opening = {};
    pool.end_background_opening(std::move(failure));
    return std::noop_coroutine();
  }

  static task<void> run(connection_pool& pool) {
    // The slot was counted when this was started, and is given up in the end where opening fails.
    std::unique_ptr<driver::connection> opened = co_await pool.connector_->connect(pool.inline_);
    pool.offer(pool.add(std::move(opened)));
  }

  connection_pool& pool;
  task_context context;
  task<void> opening;
};

bool connection_pool::reserve() {
  const std::lock_guard lock(mutex_);
  if (!waiters_.empty() || connections_.size() + opening_ >= limit_) return false;
  ++opening_;
  return true;
}

pooled_connection* connection_pool::add(std::unique_ptr<driver::connection> opened) {
  auto made = std::make_unique<pooled_connection>(*this, std::move(opened), options_.statement_cache_size);
  const std::lock_guard lock(mutex_);
  connections_.push_back(std::move(made));
  --opening_;
  return connections_.back().get();
}

void connection_pool::give_up_slot() noexcept {
  const std::lock_guard lock(mutex_);
  --opening_;
  open_for_waiters();
}

pooled_connection* connection_pool::open_blocking() {
  opening_slot slot(*this);
  return slot.fill(sync_wait(connector_->connect(inline_)));
}

task<pooled_connection*> connection_pool::open() {
  opening_slot slot(*this);
  const task_context& context = co_await current_context();
  const deadline patience = deadline::after_us(options_.acquire_timeout_us, context.scheduler.now_us());
  std::unique_ptr<driver::connection> opened;
  try {
    opened = co_await with_deadline(connector_->connect(inline_), patience);
  } catch (const timed_out&) {
    if (context.deadline.at_us <= patience.at_us) throw;
    throw connection_error(errc::connection_failed,
                           "the database did not let a connection be opened within acquire_timeout_us");
  }
  co_return slot.fill(std::move(opened));
}

void connection_pool::open_for_waiters() noexcept {
  std::size_t wanted = waiters_.size();
  while (wanted > opening_ && connections_.size() + opening_ < limit_) {
    background_opening* started = nullptr;
    try {
      started = new background_opening(*this);
      started->opening = background_opening::run(*this);
    } catch (...) {
      delete started;
      while (connections_.empty() && hand_over(nullptr, std::current_exception())) {}
      return;
    }
    ++opening_;
    ++background_;
    // Its end takes the mutex, and may come before `start` returns: so it starts on its own thread.
    struct launch final : scheduled_work {
      explicit launch(background_opening& of) noexcept : scheduled_work(&go), target(of) {}
      static void go(scheduled_work& work) noexcept {
        const std::unique_ptr<launch> self(static_cast<launch*>(&work));
        task_access::start(self->target.opening, self->target.context, self->target);
      }
      background_opening& target;
    };
    background_scheduler().post(*new launch(*started));
  }
}

void connection_pool::end_background_opening(std::exception_ptr failure) noexcept {
  const std::lock_guard lock(mutex_);
  if (failure) {
    --opening_;
    // Who waits while others have connections gets one of those.
    while (connections_.empty() && opening_ == 0 && hand_over(nullptr, failure)) {}
  }
  --background_;
  background_ended_.notify_all();  // under the lock: the pool may be gone as soon as it is released
}

// ---- acquiring and giving back

pooled_connection* connection_pool::try_acquire() {
  if (pooled_connection* found = hot_.exchange(nullptr, std::memory_order_acq_rel)) [[likely]]
    return found;
  {
    const std::lock_guard lock(mutex_);
    if (!waiters_.empty()) return nullptr;
    if (pooled_connection* found = pop_idle()) return found;
  }
  return opens_at_once_ && reserve() ? open_blocking() : nullptr;
}

bool connection_pool::enqueue(pool_waiter& waiter, pooled_connection*& found) {
  std::lock_guard lock(mutex_);
  waiting_.fetch_add(1, std::memory_order_seq_cst);
  found = hot_.exchange(nullptr, std::memory_order_seq_cst);
  if (!found) found = pop_idle();
  if (found) {
    waiting_.fetch_sub(1, std::memory_order_seq_cst);
    return false;
  }
  waiter.owners.fetch_add(1, std::memory_order_relaxed);
  waiters_.push_back(&waiter);
  open_for_waiters();
  return true;
}

task<pooled_connection*> connection_pool::acquire() {
  if (pooled_connection* found = try_acquire()) co_return found;
  if (reserve()) co_return co_await open();
  co_return co_await acquire_awaiter(*this);
}

bool connection_pool::hand_over(pooled_connection* connection, std::exception_ptr failure) noexcept {
  while (!waiters_.empty()) {
    pool_waiter* first = waiters_.front();
    waiters_.pop_front();
    waiting_.fetch_sub(1, std::memory_order_seq_cst);
    first->connection = connection;
    first->failure = failure;
    const bool taken = first->settle(pool_waiter::granted);
    if (taken) first->resumed.post();
    first->drop();
    if (taken) return true;
  }
  return false;
}

void connection_pool::offer(pooled_connection* connection) noexcept {
  std::lock_guard lock(mutex_);
  if (!hand_over(connection, nullptr)) idle_.push_back(connection);
}

void connection_pool::retire(pooled_connection* connection) noexcept {
  std::unique_ptr<pooled_connection> closing;  // destroyed after the lock is released
  std::lock_guard lock(mutex_);
  for (auto& owned : connections_) {
    if (owned.get() != connection) continue;
    closing = std::move(owned);
    owned = std::move(connections_.back());
    connections_.pop_back();
    break;
  }
  open_for_waiters();
}

void connection_pool::end_rollback(pooled_connection* connection) noexcept {
  if (connection->usable() && !connection->driver().in_transaction()) {
    offer(connection);
  } else {
    retire(connection);  // a connection whose transaction cannot be ended is not used again
  }
  std::lock_guard lock(mutex_);
  --background_;
  background_ended_.notify_all();  // under the lock: the pool may be gone as soon as it is released
}

void connection_pool::give_back(pooled_connection* connection) noexcept {
  connection->depth = 0;
  if (!connection->usable()) [[unlikely]] {
    retire(connection);
    return;
  }
  if (connection->driver().in_transaction()) [[unlikely]] {
    if (connection->runs_inline()) {
      try {
        connection->execute_now("ROLLBACK");
      } catch (const std::exception&) {
        retire(connection);  // a connection whose transaction cannot be ended is not used again
        return;
      }
      if (!connection->usable()) {
        retire(connection);
        return;
      }
    } else {
      struct rollback : driver::request {
        connection_pool* pool;
        pooled_connection* connection;
      };
      auto* request = new (std::nothrow) rollback;
      if (!request) {
        retire(connection);  // closing it rolls back as well
        return;
      }
      request->pool = this;
      request->connection = connection;
      request->script = "ROLLBACK";
      request->cancellable = false;
      request->done = [](driver::request& done) noexcept {
        const std::unique_ptr<rollback> mine(static_cast<rollback*>(&done));
        mine->pool->end_rollback(mine->connection);
      };
      {
        std::lock_guard lock(mutex_);
        ++background_;
      }
      connection->driver().start(*request);
      return;
    }
  }
  if (inline_ && waiting_.load(std::memory_order_relaxed) == 0) {
    pooled_connection* none = nullptr;
    if (hot_.compare_exchange_strong(none, connection, std::memory_order_seq_cst)) {
      // Somebody may have queued up in between: then take it out again and hand it over.
      if (waiting_.load(std::memory_order_seq_cst) == 0) [[likely]]
        return;
      connection = hot_.exchange(nullptr, std::memory_order_seq_cst);
      if (!connection) return;
    }
  }
  offer(connection);
}

std::shared_ptr<const statement_plan> connection_pool::plan(std::uint64_t, const std::uint64_t* words,
                                                            std::uint32_t count) {
  std::string key(reinterpret_cast<const char*>(words), count * sizeof *words);
  {
    std::lock_guard lock(plans_mutex_);
    if (const auto found = plans_.find(key); found != plans_.end()) return found->second;
  }
  auto made = std::make_shared<const statement_plan>(dialect_.render(words, count));
  std::lock_guard lock(plans_mutex_);
  // A program that makes shapes without end (texts of raw SQL) must not grow without end.
  if (plans_.size() >= std::size_t{4} * options_.statement_cache_size) plans_.clear();
  return plans_.emplace(std::move(key), std::move(made)).first->second;
}

pool_statistics connection_pool::statistics() const {
  std::lock_guard lock(mutex_);
  pool_statistics now;
  now.connections = static_cast<std::uint32_t>(connections_.size());
  now.idle = static_cast<std::uint32_t>(idle_.size()) + (hot_.load(std::memory_order_acquire) ? 1u : 0u);
  now.in_use = now.connections - now.idle;
  now.waiting = static_cast<std::uint32_t>(std::count_if(waiters_.begin(), waiters_.end(), [](const pool_waiter* w) {
    return w->outcome.load(std::memory_order_acquire) == pool_waiter::waiting;
  }));
  return now;
}

// ---- observers

void connection_pool::observe(statement_observer& observer) {
  std::lock_guard lock(observers_mutex_);
  observers_.push_back(&observer);
  observed_.store(true, std::memory_order_release);
}

void connection_pool::statement_started(const statement_event& event) const noexcept {
  std::lock_guard lock(observers_mutex_);
  for (statement_observer* observer : observers_) observer->statement_started(event);
}

void connection_pool::statement_finished(const statement_event& event) const noexcept {
  std::lock_guard lock(observers_mutex_);
  for (statement_observer* observer : observers_) observer->statement_finished(event);
}

namespace {

std::string_view text_of(const driver::request& request) {
  return request.plan ? std::string_view(request.plan->text) : request.script;
}

}  // namespace

observed_statement::observed_statement(const connection_pool& pool, const driver::request& request) noexcept
    : pool_(pool.is_observed() ? &pool : nullptr) {
  if (!pool_) return;
  started_us_ = steady_now_us();
  statement_event event;
  event.statement = text_of(request);
  event.started_us = started_us_;
  pool_->statement_started(event);
}

void observed_statement::finish(const driver::request& request) const noexcept {
  if (!pool_) return;
  statement_event event;
  event.statement = text_of(request);
  event.started_us = started_us_;
  event.duration_us = steady_now_us() - started_us_;
  event.rows = request.row_count;
  event.affected = request.affected;
  event.failure = request.failure;
  pool_->statement_finished(event);
}

}  // namespace tupelo::detail
