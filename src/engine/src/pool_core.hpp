// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace tupelo::detail {

/// How many connections there may be, and for how long. Times are microseconds; 0 turns a rule off.
struct pool_limits {
  std::uint32_t size = 1;      ///< kept open when they are given back
  std::uint32_t overflow = 0;  ///< more than that while somebody waits; closed when they are given back
  std::uint32_t min_idle = 0;
  std::int64_t idle_timeout_us = 0;
  std::int64_t max_lifetime_us = 0;
  std::int64_t keepalive_us = 0;
  std::int64_t trust_us = 0;  ///< a connection that was used within this time needs no check before its next use
  bool checks = false;        ///< whether a connection can be lost while nobody uses it
  std::int64_t shed_target_us = 0;
  std::int64_t shed_interval_us = 0;
  std::int64_t first_backoff_us = 0;  ///< between two attempts to open; doubles up to the longest
  std::int64_t longest_backoff_us = 0;
};

/// What the core knows of one connection. Owns nothing.
struct pool_slot {
  enum class place : std::uint8_t { nowhere, in_use, idle };

  place where = place::nowhere;
  pool_slot* older = nullptr;
  pool_slot* newer = nullptr;
  std::int64_t used_us = 0;  ///< when it was last known to work; the user of the connection may set it
  std::int64_t idle_since_us = 0;
  std::int64_t expires_us = INT64_MAX;
};

/// One who waits for a connection, in the order of the queue.
struct pool_queue_link {
  pool_queue_link* previous = nullptr;
  pool_queue_link* next = nullptr;
  std::int64_t queued_us = 0;
  bool queued = false;
};

/// Who gets a connection, who waits, when one is opened, checked or closed: the pool without connections, threads and
/// clocks. Every function takes the time it is.
///
/// Invariants: connections() + opening() never exceeds size + overflow; those who wait are served in the order in which
/// they came; a slot is in use, idle, or not known here.
/// Threads: one at a time, whoever holds the lock; needs_check and suspect_all by any.
class pool_core {
public:
  explicit pool_core(const pool_limits& limits, std::uint64_t seed = 1) noexcept;
  pool_core(const pool_core&) = delete;
  pool_core& operator=(const pool_core&) = delete;

  // ---- taking

  /// The idle connection that was used last; null where there is none, others wait, or the pool is suspended or closed.
  pool_slot* take() noexcept;
  /// The same for the one who is served next: it is taken though somebody waits.
  pool_slot* take_for_queue() noexcept;
  /// Whether the connection is to be checked before it is used.
  bool needs_check(const pool_slot& slot, std::int64_t now_us) const noexcept {
    return limits_.checks && (slot.used_us < suspect_before_us_.load(std::memory_order_relaxed) ||
                              now_us - slot.used_us > limits_.trust_us);
  }
  /// A connection was found broken: what was last used before now is checked before its next use.
  void suspect_all(std::int64_t now_us) noexcept { suspect_before_us_.store(now_us, std::memory_order_relaxed); }

  // ---- waiting

  void join(pool_queue_link& link, std::int64_t now_us) noexcept;
  /// False: it is not in the queue any more.
  bool leave(pool_queue_link& link) noexcept;
  /// Takes out the one who has waited longest and is to be served; null: nobody, or the pool is suspended.
  pool_queue_link* next_to_serve(std::int64_t now_us) noexcept;
  /// Takes out one who has waited for so long that the pool is overloaded; call until null before serving.
  pool_queue_link* next_to_shed(std::int64_t now_us) noexcept;
  /// Takes out the first, to refuse it. Null: nobody waits.
  pool_queue_link* next_to_refuse() noexcept;

  // ---- coming back

  /// Whether a connection that comes back now is closed: the pool closes, it is too old, or there are too many.
  bool must_close(const pool_slot& slot, std::int64_t now_us) const noexcept;
  /// Before: in use.
  void put_idle(pool_slot& slot, std::int64_t since_us) noexcept;
  /// Forgets a connection that is not idle. Before: in use.
  void remove(pool_slot& slot) noexcept;

  // ---- opening

  /// How many connections to open now: for those who wait, and to keep enough idle ones.
  std::uint32_t openings_wanted(std::int64_t now_us) const noexcept;
  /// Whether one more may be opened for somebody who asks now and does not wait.
  bool may_open(std::int64_t now_us) const noexcept;
  /// So many connections are asked for by who gives them back at once, so that they are as good as idle.
  void begin_warm_up(std::uint32_t count) noexcept { warming_ += count; }
  void end_warm_up(std::uint32_t count) noexcept { warming_ -= count; }
  void begin_opening() noexcept { ++opening_; }
  /// The connection is in use from here on.
  void opened(pool_slot& slot, std::int64_t now_us) noexcept;
  /// `backs_off`: the database could not be reached, so the next attempt waits.
  void opening_failed(std::int64_t now_us, bool backs_off) noexcept;
  /// Whether those who want a connection are refused at once: there is none and none can be opened for now.
  bool is_down(std::int64_t now_us) const noexcept {
    return connections_ == 0 && opening_ == 0 && now_us < retry_at_us_;
  }

  // ---- what time brings

  /// Takes out an idle connection that is to be closed: too long idle, too old, or the pool closes. Null: none.
  pool_slot* next_to_close(std::int64_t now_us) noexcept;
  /// Takes an idle connection, which is in use then, that was not used for so long that it is to be kept alive.
  pool_slot* next_to_keep_alive(std::int64_t now_us) noexcept;
  /// When time will next bring something to an idle connection, and to the pool; INT64_MAX: never.
  std::int64_t due_us(const pool_slot& idle) const noexcept;
  std::int64_t next_due_us() const noexcept;

  // ---- states

  void suspend() noexcept { suspended_ = true; }
  void resume() noexcept {
    suspended_ = false;
    measure_anew();
  }
  /// Nobody gets a connection any more.
  void close() noexcept { closing_ = true; }
  bool is_suspended() const noexcept { return suspended_; }
  bool is_closing() const noexcept { return closing_; }
  bool is_overloaded() const noexcept { return overloaded_; }
  /// Whether connections must come back through give_back and not past the core.
  bool is_pressed() const noexcept {
    return waiting_ != 0 || suspended_ || closing_ || connections_ > limits_.size || overloaded_;
  }

  /// When the next attempt to open may begin.
  std::int64_t retry_at_us() const noexcept { return retry_at_us_; }

  std::uint32_t connections() const noexcept { return connections_; }
  std::uint32_t idle() const noexcept { return idle_; }
  std::uint32_t waiting() const noexcept { return waiting_; }
  std::uint32_t opening() const noexcept { return opening_; }
  std::uint32_t failures_in_a_row() const noexcept { return failures_; }
  const pool_limits& limits() const noexcept { return limits_; }

private:
  void unlink_idle(pool_slot& slot) noexcept;
  void take_out(pool_queue_link& link) noexcept;
  void measure(std::int64_t waited_us, std::int64_t now_us) noexcept;
  void measure_anew() noexcept;
  std::int64_t jitter(std::int64_t most) noexcept;
  std::uint32_t limit() const noexcept { return limits_.size + limits_.overflow; }
  bool expires_idle(const pool_slot& slot, std::int64_t now_us) const noexcept;

  pool_limits limits_;
  std::uint64_t random_;

  pool_slot* oldest_ = nullptr;  // idle connections; the newest is used first, so that the others can go
  pool_slot* newest_ = nullptr;
  pool_queue_link* first_ = nullptr;
  pool_queue_link* last_ = nullptr;
  std::uint32_t connections_ = 0;
  std::uint32_t idle_ = 0;
  std::uint32_t waiting_ = 0;
  std::uint32_t opening_ = 0;
  std::uint32_t warming_ = 0;

  std::atomic<std::int64_t> suspect_before_us_{INT64_MIN};
  std::uint32_t failures_ = 0;
  std::int64_t retry_at_us_ = INT64_MIN;
  bool suspended_ = false;
  bool closing_ = false;

  // Load shedding: the shortest wait of the current interval, which ends with the queue: who is served at once has not
  // waited, and that there is nobody else to wait is known without measuring him.
  bool overloaded_ = false;
  std::int64_t interval_ends_us_ = INT64_MIN;
  std::int64_t shortest_wait_us_ = INT64_MAX;
};

}  // namespace tupelo::detail
