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

/// Sees every statement of a database; for logs, metrics and traces. A database without observers pays one branch.
///
/// Threads: called on the thread that runs the statement's caller; several callers may call at once.
class statement_observer {
public:
  virtual ~statement_observer() = default;
  virtual void statement_started(const statement_event&) noexcept {}
  virtual void statement_finished(const statement_event&) noexcept {}
};

}  // namespace tupelo
