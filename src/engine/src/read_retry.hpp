// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/database_options.hpp"
#include "tupelo/engine/query_source.hpp"
#include "tupelo/core/deadline.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/task.hpp"

#include <cstdint>
#include <exception>
#include <optional>

namespace tupelo::detail {

class connection_pool;

/// When a read that a failure of its connection has ended is tried again, and how often: data, told the time.
class read_retry {
public:
  /// `seed`: of the chance in the pauses.
  read_retry(const database_options& options, std::uint64_t seed) noexcept : options_(options), random_(seed | 1) {}

  /// The pause before the next attempt; none: the failure stands. A lost connection may be one that the server has
  /// closed long ago, so the first attempt after one follows at once. `not_before_us`: when the pool tries again to
  /// reach the server.
  std::optional<std::int64_t> next(errc failure, std::int64_t not_before_us, std::int64_t now_us,
                                   deadline until) noexcept;
  /// The last attempt that `next` spoke of, from 2.
  std::uint32_t attempt() const noexcept { return attempt_; }

private:
  const database_options& options_;
  std::uint64_t random_;
  std::uint32_t attempt_ = 1;
  std::uint32_t pauses_ = 0;
  std::int64_t first_failure_us_ = 0;
};

/// Whether another attempt may follow: all of it reads, no row has been handed out, and the failure is one of the
/// connection.
bool may_be_retried(connection_pool& pool, const statement_group& reads, const std::exception_ptr& failure) noexcept;

/// Returns when the next attempt may begin, and tells the observers of it. `retry` is empty before the first. Errors:
/// `failure`, where there is no other attempt; cancelled.
task<void> before_next_attempt(connection_pool& pool, const statement_group& reads, std::exception_ptr failure,
                               std::optional<read_retry>& retry);

}  // namespace tupelo::detail
