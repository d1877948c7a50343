// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "held_streams.hpp"
#include "listener_set.hpp"
#include "observer_list.hpp"
#include "plan_store.hpp"
#include "pool_changes.hpp"
#include "pool_core.hpp"
#include "pool_waiter.hpp"
#include "pooled_connection.hpp"
#include "rough_clock.hpp"
#include "shared_reads.hpp"

#include "tupelo/engine/backend.hpp"
#include "tupelo/engine/database.hpp"
#include "tupelo/core/cancellation.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

namespace tupelo::detail {

/// Of a script that nobody awaits: since when the connection is idle that it runs on, where that is no use of it, and
/// how long the server may take to clean up, or to show that it is there.
struct chore_times {
  std::optional<std::int64_t> idle_since_us{};
  std::int64_t timeout_us = 5'000'000;
  bool prepares = false;  ///< for prepare_another()
};

/// The connections of one database: opens, hands out, checks, cleans and closes them as its core decides.
///
/// Threads: any.
class connection_pool {
public:
  /// `upkeep` is where connections are opened for those who wait and where idle ones are looked after; its clock is the
  /// pool's.
  connection_pool(driver::url url, const backend& kind, const database_options& options,
                  scheduler& upkeep = background_scheduler());
  ~connection_pool();
  connection_pool(const connection_pool&) = delete;
  connection_pool& operator=(const connection_pool&) = delete;

  /// The connection that was given back last, if it can be used as it is: without a lock, a coroutine or an allocation.
  pooled_connection* take_hot() noexcept {
    pooled_connection* const hot = hot_.exchange(nullptr, std::memory_order_acq_rel);
    if (hot != nullptr) [[likely]] {
      if (ages_ && needs_check(*hot)) [[unlikely]]
        return put_aside(hot);
      hot->count_use();
    }
    return hot;
  }
  /// A connection on this thread, opened or checked if need be; null where one has to be waited for. Before:
  /// runs_inline().
  pooled_connection* try_acquire(const task_context& context) {
    if (pooled_connection* const hot = take_hot()) [[likely]]
      return hot;
    return try_acquire_slowly(context);
  }
  /// Errors: connection_error: of opening; pool_exhausted, pool_closed; cancelled, timed_out.
  task<pooled_connection*> acquire();
  /// Takes a connection back; a transaction that is open on it is rolled back first, and changed session state is
  /// reset.
  void give_back(pooled_connection* connection) noexcept;
  /// Reports the connection to observers if it is held too long.
  void note_lease(pooled_connection& connection, const std::source_location& from) noexcept;

  /// A connection that is free and needs no check; null where there is none, or somebody waits for it.
  pooled_connection* take_ready() noexcept;
  /// Sees to it that another connection is free soon: checks one, or opens one; one at a time.
  void prepare_another() noexcept;
  /// A stream that for_each() reads has a connection, until it has it no more.
  void add_stream(held_streams::reader& entered) noexcept {
    const std::lock_guard lock(mutex_);
    streams_.add(entered);
  }
  void remove_stream(const held_streams::reader& left) noexcept {
    const std::lock_guard lock(mutex_);
    streams_.remove(left);
  }
  /// Who is told of what is written on its connections; null: nobody.
  const event_registry* events() const noexcept { return events_; }
  void use_events(const event_registry& events) noexcept { events_ = &events; }
  shared_reads& shared() noexcept { return shared_; }

  /// Nobody gets a connection until resume(); those who hold one keep it.
  /// Around the asking for connections that are only to be there: they count as idle ones meanwhile.
  void begin_warm_up(std::uint32_t count) noexcept;
  void end_warm_up(std::uint32_t count) noexcept;
  void suspend() noexcept;
  void resume() noexcept;
  /// Refuses who waits and who comes, closes what is idle and, as it comes back, what is in use.
  void begin_close() noexcept;
  /// Returns when begin_close() has nothing left to wait for. Errors: timed_out at the task's deadline; cancelled.
  task<void> wait_until_empty();

  /// Whether somebody waits, or connections go a special way for another reason.
  bool is_pressed() const noexcept { return pressed_.load(std::memory_order_relaxed); }
  /// From here on connections change hands where observers are told of it.
  void observe(statement_observer& observer);
  /// Whether nobody gets one.
  bool is_halted() const noexcept {
    const std::lock_guard lock(mutex_);
    return core_.is_suspended() || core_.is_closing();
  }
  bool runs_inline() const noexcept { return inline_; }
  const dialect& sql_dialect() const noexcept { return dialect_; }
  const driver::url& url() const noexcept { return url_; }
  pool_statistics statistics() const;
  /// When somebody may have a connection again, while there is none because an attempt to reach the server has failed.
  std::int64_t next_attempt_us() const noexcept {
    const std::lock_guard lock(mutex_);
    return core_.is_down(now_us()) ? core_.retry_at_us() : INT64_MIN;
  }
  /// Connections that are kept.
  std::uint32_t size() const noexcept { return core_.limits().size; }
  plan_store& plans() noexcept { return plans_; }
  observer_list& observers() noexcept { return observers_; }
  // What observers are told, if there are any. Before: the mutex is not held.
  void tell_acquired(pooled_connection& connection) noexcept;
  void tell_waited(std::int64_t since_us, const pooled_connection* got, const std::exception_ptr& failure) noexcept;
  listener_set& listeners() noexcept { return listeners_; }
  connector& connects() noexcept { return *connector_; }
  /// After an attempt to reach a server, which failed for this reason, or null.
  void note_hosts(const std::exception_ptr& failure) noexcept;
  const database_options& options() const noexcept { return options_; }
  scheduler& upkeep() const noexcept { return upkeep_; }
  std::int64_t now_us() const noexcept { return upkeep_.now_us(); }
  /// Something that will call the pool, which waits for its end before it goes.
  void begin_background() noexcept {
    const std::lock_guard lock(mutex_);
    ++background_;
  }
  /// The last thing that it does.
  void end_background() noexcept {
    const std::lock_guard lock(mutex_);
    background_has_ended();
  }

private:
  friend class change_lock;
  friend class pool_awaiter;
  friend struct pool_waiter;
  friend class opening_slot;
  friend struct background_opening;
  friend struct connection_chore;

  // ---- for those who wait

  /// INT64_MAX: the rule is off.
  std::int64_t acquire_timeout_us() const noexcept {
    return options_.acquire_timeout_us > 0 ? options_.acquire_timeout_us : INT64_MAX;
  }
  /// Errors: why there will be no connection.
  void enqueue(pool_waiter& waiter, const task_context& asking);
  void refuse_own_reader(const task_context& asking) const;
  /// False: there is nothing to wait for.
  bool enqueue_drain(pool_waiter& waiter);
  void withdraw(pool_waiter& waiter) noexcept;
  /// `4 of 4 connections are in use, 0 idle, 3 wait …`
  std::string describe() const;
  /// What is to be said who has waited for a connection where there is none at all; empty: there are some.
  std::string silent_server() const;
  /// What is said where the deadline passes before there is a connection.
  std::string too_late_message() const;
  /// What is said where an attempt to connect has no answer.
  std::string unanswered() const;
  std::string still_open_message() const;

  // ---- acquiring

  pooled_connection* try_acquire_slowly(const task_context& context);
  /// An idle connection, in use from here on.
  pooled_connection* take_idle() noexcept;
  bool needs_check(const pooled_connection& connection) const noexcept;
  pooled_connection* put_aside(pooled_connection* hot) noexcept;
  bool check_now(pooled_connection& connection) noexcept;
  task<bool> check(pooled_connection& connection);
  pooled_connection* open_blocking(const task_context& context);

  void tell_returned(pooled_connection& connection) noexcept;
  void tell_opened(const pooled_connection& connection, std::int64_t began_us) noexcept;
  void tell_failed(std::int64_t began_us, const std::exception_ptr& failure) noexcept;

  /// A connection that has left the pool, which is closed where this ends. Before: made before the mutex is taken.
  class closing_connection {
  public:
    explicit closing_connection(connection_pool& of) noexcept : pool_(of) {}
    closing_connection(const closing_connection&) = delete;
    closing_connection& operator=(const closing_connection&) = delete;
    ~closing_connection();

    /// The pool's end, and who waits for it to be empty, wait until the connection is closed and observers know.
    /// Before: the lock is held.
    void take(std::unique_ptr<pooled_connection> taken) noexcept;
    close_reason reason = close_reason::broken;

  private:
    connection_pool& pool_;
    std::unique_ptr<pooled_connection> connection_{};
  };

  // ---- with the mutex held

  /// Where neither the pool's end nor the connection's age is what closes it, it is `otherwise`.
  close_reason reason_to_close(const pool_slot& slot, std::int64_t now_us, close_reason otherwise) const noexcept;
  /// Nothing goes past the core until refresh() finds that it may.
  void press() noexcept {
    pressed_.store(true, std::memory_order_seq_cst);
    hot_closed_.store(true, std::memory_order_seq_cst);
  }

  void flush_hot() noexcept;
  /// After every change: pressure, refusals, openings, drains.
  void refresh() noexcept;
  /// No connection is open, being opened or being closed.
  bool is_empty() const noexcept { return core_.connections() == 0 && core_.opening() == 0 && closing_ == 0; }
  void wake_drainers() noexcept;
  /// Idle connections to those who wait.
  void serve() noexcept;
  /// To the first who waits; false: nobody does.
  bool grant(pooled_connection* connection, std::int64_t now_us) noexcept;
  void shed(std::int64_t now_us) noexcept;
  void start_openings(std::int64_t now_us) noexcept;
  void refuse_all(const std::exception_ptr& failure) noexcept;
  static void refuse(pool_queue_link& link, const std::exception_ptr& failure) noexcept;
  void throw_if_refused() const;
  void arm_upkeep(std::int64_t due_us) noexcept;
  void background_has_ended() noexcept;
  bool open_in_background() noexcept;
  /// Out of the list of all; what is returned is to be destroyed without the mutex.
  std::unique_ptr<pooled_connection> take_out(pooled_connection* connection) noexcept;
  void fill(pool_statistics& now) const noexcept;
  std::string describe_now() const;

  // ---- opening

  /// It is in use from here on. Before: whoever calls this refreshes next, when the connection has found its user.
  pooled_connection* adopt(std::unique_ptr<driver::connection> opened, std::int64_t began_us);
  pooled_connection* keep(std::unique_ptr<pooled_connection> made);
  void opening_failed(const std::exception_ptr& failure, bool backs_off, std::int64_t began_us) noexcept;

  // ---- coming back

  /// False: it is too old to be kept.
  bool note_return(pooled_connection& connection) noexcept;
  void clean(pooled_connection* connection) noexcept;
  /// Answers that nobody waits for get a little time to come; then the server is asked to stop.
  void settle(pooled_connection* connection) noexcept;
  void start_chore(pooled_connection* connection, std::string script, chore_times times = {});
  void end_chore(pooled_connection* connection, bool well, std::optional<std::int64_t> idle_since_us = {}) noexcept;
  /// Clean and usable: to the first who waits, else idle, since now unless something else is said.
  void offer(pooled_connection* connection, std::optional<std::int64_t> idle_since_us = {}) noexcept;
  void retire(pooled_connection* connection) noexcept;

  // ---- what time brings

  struct upkeep_timer final : timer_node {
    explicit upkeep_timer(connection_pool& of) noexcept : timer_node(&fired), pool(of) {}
    static void fired(timer_node& timer) noexcept { static_cast<upkeep_timer&>(timer).pool.look_after(); }
    connection_pool& pool;
  };
  void look_after() noexcept;
  bool close_one() noexcept;
  bool keep_one_alive() noexcept;
  bool report_one_lease() noexcept;
  std::int64_t next_lease_due_us() const noexcept;

  driver::url url_;
  const dialect& dialect_;
  std::unique_ptr<connector> connector_;
  scheduler& upkeep_;
  rough_clock use_clock_;  ///< of the time at which connections are used
  database_options options_;
  const event_registry* events_ = nullptr;
  bool inline_ = false;
  bool opens_at_once_ = false;  ///< or blocking
  bool ages_ = false;           ///< connections can be lost, and live for a limited time
  bool watches_leases_ = false;
  bool keeps_times_ = false;
  bool ending_ = false;                        ///< the destructor runs
  std::int64_t upkeep_period_us_ = INT64_MAX;  ///< the longest time without a look at the idle connections

  // One connection changes hands without the mutex: what a program that does one thing at a time uses always. The core
  // takes it for one in use. While `hot_closed_` it stays empty: the core is pressed, or observers are to be told.
  std::atomic<pooled_connection*> hot_{nullptr};
  std::atomic<bool> hot_closed_{false};
  std::atomic<bool> pressed_{false};

  mutable std::mutex mutex_;
  pool_core core_;
  pool_changes changes_;
  std::vector<std::unique_ptr<pooled_connection>> connections_;
  std::vector<pool_waiter*> drainers_;
  std::uint32_t closing_ = 0;  ///< connections that are not the core's any more
  held_streams streams_;
  pool_statistics counts_;           ///< only what has been counted so far
  std::exception_ptr last_failure_;  ///< of opening
  upkeep_timer timer_{*this};
  bool timer_started_ = false;
  std::uint64_t last_number_ = 0;  ///< of a connection
  bool preparing_ = false;         ///< prepare_another() has one checked
  std::uint32_t background_ = 0;   ///< chores, openings and timers that will call the pool
  std::condition_variable background_ended_;
  cancel_source stopping_;

  plan_store plans_;
  observer_list observers_;
  listener_set listeners_;
  shared_reads shared_;
};

/// Holds a pool's mutex; when it is released, observers hear of what has changed meanwhile. For whatever may change
/// whether the pool can serve.
class change_lock {
public:
  explicit change_lock(connection_pool& pool) noexcept : pool_(pool), lock_(pool.mutex_) {}
  change_lock(const change_lock&) = delete;
  change_lock& operator=(const change_lock&) = delete;
  ~change_lock() {
    if (pool_.changes_.to_tell()) [[unlikely]]
      tell();
  }

private:
  void tell() noexcept;
  connection_pool& pool_;
  std::unique_lock<std::mutex> lock_;
};

}  // namespace tupelo::detail
