// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <string_view>

namespace tupelo {

/// One statement as an observer sees it. Views are valid during the call only.
struct statement_event {
  std::string_view statement;    ///< text with placeholders: never a value
  std::int64_t started_us = 0;   ///< steady clock, microseconds
  std::int64_t duration_us = 0;  ///< finished only
  std::uint64_t rows = 0;        ///< rows read, finished only
  std::int64_t affected = 0;     ///< rows written, finished only
  std::exception_ptr failure;    ///< null when it succeeded
};

/// A connection that one lease or session holds for longer than `leak_threshold_us`. Views are valid during the call
/// only.
struct lease_event {
  std::string_view file;  ///< where it was acquired
  std::string_view function;
  std::uint32_t line = 0;
  std::int64_t held_us = 0;
};

/// Sees every statement of a database; for logs, metrics and traces. A database without observers pays one branch.
///
/// Threads: called on the thread that runs the statement's caller; several callers may call at once.
class statement_observer {
public:
  virtual ~statement_observer() = default;
  virtual void statement_started(const statement_event&) noexcept {}
  virtual void statement_finished(const statement_event&) noexcept {}
  /// Called once per lease, on a thread of the pool's own: it must be quick.
  virtual void lease_overdue(const lease_event&) noexcept {}
};

}  // namespace tupelo
