// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/driver/host_statistics.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// How statements run.
enum class execution : std::uint8_t {
  automatic,  ///< as the URL says, else worker
  worker,     ///< on a thread of their own: never blocks the caller's event loop
  inline_,    ///< on the caller's thread: fastest; for tools, tests and programs without an event loop
};

namespace detail {
/// How the file was compiled that includes this, which need not be how the library was. Of each file its own.
enum class build_kind : bool { release, debug };
#ifdef NDEBUG
constexpr build_kind this_build = build_kind::release;
#else
constexpr build_kind this_build = build_kind::debug;
#endif
}  // namespace detail

/// How a database is used. What the URL says about the same thing (`?pool_size=20&idle_timeout=5min`) wins, so that
/// who deploys a program has the last word.
///
/// Units: microseconds; 0 turns a rule off. In the URL: milliseconds, or with a unit (`us`, `ms`, `s`, `min`, `h`).
struct database_options {
  std::uint32_t pool_size = 4;  ///< connections that are kept
  std::int64_t acquire_timeout_us =
      30'000'000;                            ///< how long a statement waits for a connection, and one may take to open
  std::uint32_t statement_cache_size = 256;  ///< prepared statements kept per connection
  execution run = execution::automatic;

  std::uint32_t max_overflow = 0;  ///< connections beyond `pool_size` while somebody waits; closed when they come back

  // What follows is about databases with a server; a file's connections do not break while nobody uses them.
  std::uint32_t min_idle = 0;                    ///< free connections that are opened ahead, from the first use on
  std::int64_t idle_timeout_us = 600'000'000;    ///< a free connection beyond `min_idle` is closed after this
  std::int64_t max_lifetime_us = 1'800'000'000;  ///< a connection is replaced after this, less up to a tenth by chance
  std::int64_t keepalive_interval_us = 120'000'000;  ///< a free connection is made to speak after this
  std::int64_t validate_after_us = 500'000;          ///< a connection unused for longer is checked before it is used
  std::int64_t first_backoff_us = 50'000;  ///< between attempts to reach a server that is down; doubles; 1 ms at least
  std::int64_t longest_backoff_us = 2'000'000;

  /// A read outside of a transaction is tried so often in all, where the server cannot be reached or goes away before
  /// the first row. The pauses in between grow as those above, by chance up to half shorter. 1: the failure is told.
  std::uint32_t read_attempts = 3;
  std::int64_t retry_limit_us = 5'000'000;  ///< no attempt begins later than this after the first failure; 0: no limit

  /// Reads outside of a transaction share up to so many connections, on which they are sent one behind the other
  /// without waiting for answers; 0: each has one of its own. Databases whose statements run on a thread of this
  /// program do not share.
  std::uint32_t shared_reads = 0;
  std::int64_t shared_patience_us = 20'000;  ///< a read that takes longer has its connection for itself; 0: it has not

  /// A session that has run the same read by key, or loaded the same relation of one object, more than so often in one
  /// unit of work tells the observers (`read_repeated`), or stderr where there are none. 0: it does not; unless said,
  /// 10 for a database that is opened in a file compiled without NDEBUG, and off for others.
  static constexpr std::uint32_t as_built = UINT32_MAX;
  std::uint32_t detect_n_plus_one = as_built;

  std::int64_t leak_threshold_us = 0;  ///< the observer hears of leases that are held for longer
  /// Load shedding: when for a whole interval nobody got a connection within the target, who waits for twice as long
  /// is refused at once instead of at its timeout. 0: off.
  std::int64_t queue_target_us = 0;
  std::int64_t queue_interval_us = 1'000'000;
};

/// What a pool does now, and has done since it was made.
struct pool_statistics {
  std::uint32_t connections = 0, in_use = 0, idle = 0, waiting = 0, opening = 0;
  std::uint32_t listening = 0;  ///< listeners, each with a connection beside those of the pool
  std::uint64_t opened = 0, closed = 0, failed_to_open = 0;
  std::uint64_t acquired = 0;   ///< connections handed out
  std::uint64_t waited = 0;     ///< of these, after waiting
  std::uint64_t timed_out = 0;  ///< who gave up waiting
  std::uint64_t shed = 0;       ///< who was refused because the pool was overloaded
  std::int64_t wait_us = 0;     ///< by those who waited, in all
  std::int64_t longest_wait_us = 0;
  std::vector<driver::host_statistics> hosts;  ///< as the URL names them; none where there is no server

  std::int64_t average_wait_us() const noexcept {
    return waited == 0 ? 0 : wait_us / static_cast<std::int64_t>(waited);
  }
};

/// Whether the database answers, and how fast.
struct database_health {
  bool up = false;
  std::uint32_t connections = 0, in_use = 0, idle = 0, waiting = 0;
  std::int64_t latency_us = 0;  ///< of a trivial statement, waiting for a connection included
  std::string failure;          ///< the error's code where it is not up; never its message
  std::vector<driver::host_statistics> hosts;

  /// `{"status":"up","connections":4,"in_use":1,"idle":3,"waiting":0,"latency_ms":0.213}`; where it is down also
  /// `"failure":"connection_failed"`, and where a host is left alone `"hosts":{"db1:5432":"open"}`.
  std::string to_json() const;
};

}  // namespace tupelo
