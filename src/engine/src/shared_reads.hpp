// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/engine/statement_cache.hpp"
#include "tupelo/driver/connection.hpp"
#include "tupelo/core/scheduler.hpp"
#include "tupelo/core/task.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace tupelo::detail {

class connection_pool;
class pooled_connection;

/// Reads outside of a transaction that share connections: each is sent behind those that are under way, and answered in
/// its turn.
///
/// A connection is shared from the first reader that is given it until the last has left it, and is in use for the pool
/// meanwhile. Readers choose the emptiest of their own event loop, one that owes answers to those who have left last.
/// It takes no new readers when it is too old, when somebody waits for a connection of his own and it is the one to be
/// emptied for him, or when it was found slow: when nothing was answered on it for a while, those behind the statement
/// in front are sent again on connections of their own, and statements like that one have such connections from then
/// on, for a time.
///
/// A reader that is cancelled, or whose deadline passes, leaves at once; its answer is read and dropped. A connection
/// whose readers have gone before all answers came gets a little time for them; then the server is asked to stop.
///
/// Threads: any. Locks: its own before the pool's and the drivers'.
class shared_reads {
public:
  /// `most`: connections at once; 0: nothing is shared. `slow_us`: how long one statement may keep others waiting.
  shared_reads(connection_pool& pool, std::uint32_t most, std::int64_t slow_us);
  shared_reads(const shared_reads&) = delete;
  shared_reads& operator=(const shared_reads&) = delete;

  bool enabled() const noexcept { return most_ != 0 && !unable_.load(std::memory_order_relaxed); }
  /// False: the statement is to be run on a connection of its own, and nothing has come of it here. Before: enabled();
  /// it is a query. Errors: those of the statement; as connection_pool::acquire.
  task<bool> run(statement_run& run);
  /// True: the pool has one thing less in the background. Before: nobody reads.
  bool stop() noexcept;

private:
  /// A reader on a connection, until it is destroyed.
  class place {
  public:
    place() noexcept = default;
    place(shared_reads& of, pooled_connection& on) noexcept : of_(&of), on_(&on) {}
    place(place&& other) noexcept
        : of_(other.of_),
          on_(std::exchange(other.on_, nullptr)),
          statement_(std::exchange(other.statement_, nullptr)) {}
    place& operator=(place&& other) noexcept {
      std::swap(of_, other.of_);
      std::swap(on_, other.on_);
      std::swap(statement_, other.statement_);
      return *this;
    }
    ~place() {
      if (on_ != nullptr) of_->leave(*on_, statement_, owes);
    }
    explicit operator bool() const noexcept { return on_ != nullptr; }
    pooled_connection& on() const noexcept { return *on_; }
    /// Finds the statement, and holds it. False: it is not one to be shared.
    bool fill(driver::request& request, statement_run& run) { return of_->fill(*on_, statement_, request, run); }

    bool owes = false;  ///< an answer is still to come

  private:
    shared_reads* of_ = nullptr;
    pooled_connection* on_ = nullptr;
    cached_statement* statement_ = nullptr;
  };

  /// Without waiting; empty where that needs a connection from the pool's queue.
  /// `taken`: it is a connection that has just left the pool.
  place join(const void* domain, bool& taken);
  /// On a connection that the caller has acquired.
  place share(pooled_connection& acquired, const void* domain);
  bool fill(pooled_connection& on, cached_statement*& held, driver::request& request, statement_run& run);
  void leave(pooled_connection& from, cached_statement* held, bool owes) noexcept;

  // With the mutex held.
  pooled_connection* emptiest(const void* domain) noexcept;
  void add(pooled_connection& shared, const void* domain);
  void empty_one() noexcept;
  void watch() noexcept;
  bool is_slow(const statement_plan& plan) noexcept;

  struct slow_timer final : timer_node {
    explicit slow_timer(shared_reads& of) noexcept : timer_node(&fired), owner(of) {}
    static void fired(timer_node& timer) noexcept { static_cast<slow_timer&>(timer).owner.look_after(); }
    shared_reads& owner;
  };
  void look_after() noexcept;

  struct slow_statement {
    const statement_plan* plan = nullptr;  ///< compared, never followed
    std::int64_t until_us = 0;
  };

  connection_pool& pool_;
  std::uint32_t most_;
  std::int64_t slow_us_;
  std::atomic<bool> unable_{false};  ///< this database's connections cannot be shared
  std::mutex mutex_;
  std::vector<pooled_connection*> open_;
  std::vector<slow_statement> slow_;
  slow_timer timer_{*this};
  bool watching_ = false;
};

}  // namespace tupelo::detail
