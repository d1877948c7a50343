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
  std::string_view file;  ///< where it was acquired; empty, and line 0, where that is not known
  std::string_view function;
  std::uint32_t line = 0;
  std::int64_t held_us = 0;
};

/// A text that may repeat values of rows and parameters, so it is in no message and no log by itself.
class text_with_values {
public:
  explicit text_with_values(std::string_view text) noexcept : text_(text) {}
  /// Who asks for it decides where it may be shown.
  std::string_view reveal() const noexcept { return text_; }

private:
  std::string_view text_;
};

/// What a server says beside the result of a statement: RAISE NOTICE, a warning. Views are valid during the call only.
struct notice_event {
  std::string_view severity;  ///< WARNING, NOTICE, INFO, LOG or DEBUG, whatever the server's language
  std::string_view sqlstate;
  text_with_values message;
};

/// A read outside of a transaction that is tried again, because the server could not be reached or went away before the
/// first row. Views are valid during the call only.
struct retry_event {
  std::string_view statement;  ///< of several that are sent together the first
  std::uint32_t attempt = 2;   ///< the one that comes next
  std::int64_t pause_us = 0;   ///< before it
  std::exception_ptr failure;  ///< of the last one
};

/// A session that reads by key what could be read at once: the same statement again and again. Views are valid during
/// the call only.
struct repeated_read_event {
  std::string_view statement;    ///< the one that is repeated
  std::uint32_t times = 0;       ///< so far
  std::string_view read_before;  ///< the statement whose rows are most likely gone through; may be empty
  std::string_view relation;     ///< what `with` should name, as "User::posts"; several joined by " or "; may be empty
  std::string_view file;         ///< of the call that repeats it; where the session was made, if that is not known
  std::string_view function;
  std::uint32_t line = 0;
  std::string_view file_before;  ///< of the call that ran `read_before`; else where the session was made
  std::string_view function_before;
  std::uint32_t line_before = 0;
};

/// Why the pool has closed a connection.
enum class close_reason : std::uint8_t {
  broken,         ///< it was lost, is silent, could not be made clean, or its server is not what was asked for
  idle_too_long,  ///< `idle_timeout_us`
  too_old,        ///< `max_lifetime_us`
  not_needed,     ///< one of `max_overflow`, and nobody waits any more
  pool_closed,
};

/// What happens to a connection of the pool, or to somebody who wants one.
struct connection_event {
  std::uint64_t number = 0;      ///< of the connection, from 1 on, in the order of their opening; 0: there is none
  std::int64_t duration_us = 0;  ///< opened, failed: of opening; waited: of waiting; returned: in use; closed: its life
  close_reason reason = close_reason::broken;  ///< closed only
  std::exception_ptr failure;                  ///< failed, and waited in vain
};

/// What a pool says of its ability to serve.
enum class pool_change : std::uint8_t {
  server_down,     ///< there is no connection and none can be opened: who wants one is refused at once
  server_back,     ///< one was opened again
  circuit_opened,  ///< a host has failed so often in a row that it is left alone
  circuit_closed,  ///< it was reached again
  shedding_began,  ///< the queue has been standing for so long that some are refused
  shedding_ended,
};
/// `server_down`, `server_back` …
std::string_view name_of(pool_change change) noexcept;

/// One such change. Views are valid during the call only.
struct pool_event {
  pool_change change{};
  std::string_view host{};       ///< of a circuit, as messages name it: `db.example.com:5432`
  std::uint32_t waiting = 0;     ///< how many waited for a connection
  std::int64_t lasted_us = 0;    ///< of what has ended
  std::exception_ptr failure{};  ///< why the server is down; of a circuit, unless another host could be reached
};

/// Sees every statement of a database, and what becomes of its connections; for logs, metrics and traces. A database
/// without observers pays one branch per statement and nothing per connection; with one, each acquire takes the pool's
/// lock.
///
/// The statements of a pipeline, or of a flush, start one after the other and then finish one after the other; the
/// duration of each is that of all.
///
/// Threads: called on the thread that runs the statement's caller; several callers may call at once.
class statement_observer {
public:
  virtual ~statement_observer() = default;
  virtual void statement_started(const statement_event&) noexcept {}
  virtual void statement_finished(const statement_event&) noexcept {}
  /// Each attempt is a statement of its own that starts and finishes too.
  virtual void read_retried(const retry_event&) noexcept {}
  /// Called once per statement and unit of work, where `detect_n_plus_one` is on; the statement is running. A database
  /// without observers writes a line to stderr instead, once for each place in the program.
  virtual void read_repeated(const repeated_read_event&) noexcept {}
  /// Called once per lease, on a thread of the pool's own: it must be quick.
  virtual void lease_overdue(const lease_event&) noexcept {}
  /// Called on the threads that open, use and close connections, outside of the pool's lock: who returns one has not
  /// yet gone on, so it must be quick. A connection that several reads share is acquired and returned once for all of
  /// them; those of listeners are not the pool's. What the end of the database closes is not told: close() it before.
  virtual void connection_opened(const connection_event&) noexcept {}
  virtual void connection_failed(const connection_event&) noexcept {}  ///< an attempt to open one
  virtual void connection_waited(const connection_event&) noexcept {}  ///< somebody had to wait, and does no more
  virtual void connection_acquired(const connection_event&) noexcept {}
  virtual void connection_returned(const connection_event&) noexcept {}
  virtual void connection_closed(const connection_event&) noexcept {}
  /// Called on the thread that reads the connection, before the statement is finished: it must be quick.
  virtual void noticed(const notice_event&) noexcept {}
  /// Called in the order of the changes, one at a time, on whatever thread met the change: it must be quick.
  virtual void pool_changed(const pool_event&) noexcept {}
};

}  // namespace tupelo
