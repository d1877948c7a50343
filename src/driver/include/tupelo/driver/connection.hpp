// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/cancellation.hpp"
#include "tupelo/core/observer.hpp"
#include "tupelo/core/scheduler.hpp"
#include "tupelo/core/statement.hpp"

#include <cstdint>
#include <exception>
#include <string_view>

namespace tupelo::driver {

/// A statement prepared on one connection: a handle that only its connection understands. Owned by that connection's
/// statement cache; released through the connection.
class prepared_statement;

/// One step of writing rows by COPY. Between two steps the connection belongs to the COPY: other requests are refused
/// (transaction_error, concurrent_use), because who makes the rows could wait for them.
enum class copy_step : std::uint8_t {
  none,  ///< no COPY
  /// Begins: `plan` is the COPY, its binds say what the rows' columns are made of, and `script` is a query with the
  /// same columns, which tells their types. A failure ends it.
  open,
  rows,   ///< sends the rows of `objects`, `object_count` of them, when there are enough to be worth it
  close,  ///< ends: `affected` are the rows written
  abort,  ///< gives up: nothing is written. Also after a failure of `rows` or `close`, which may have ended it already
};

/// One run of one planned statement, of a script, or of a group. The caller keeps everything it points to alive until
/// the run is finished.
///
/// A group is a request with `members`: requests that are run in order as one unit. The first that fails fails the
/// group with its failure, and those behind it fail with `not_run` and are not run; the connection stays usable.
/// Outside a transaction the group is all or nothing, also where its end (a deferred constraint) is what fails: then
/// `failure` of the group is set and that of no member. Inside a transaction, what came before the failure is as it
/// would be had the requests been run one by one. Deadline, cancellation and `done` are those of the group. Members
/// have a plan, and no `fetch` without `end_after_fetch`. They may be prepared before the first of them is run, so none
/// may need what another one creates. One whose rows cannot be decoded has run all the same, and a database that
/// answers the group as a whole has run those behind it and keeps what they wrote.
///
/// A failure leaves the connection ready for the next request unless `usable()` says otherwise. Rows that were decoded
/// before it stay in the sink, the last of them possibly half filled.
struct request {
  const statement_plan* plan = nullptr;  ///< null: `script` is run
  /// In/out: where the connection keeps its handle; filled at the first run. Null: prepared for this run only. Not null
  /// with `fetch`.
  prepared_statement** prepared = nullptr;
  /// One or several statements without parameters, run in order; their rows are dropped. Stops at the first that fails,
  /// which `error::statement()` then names; what came before it stays done unless the script itself opened a
  /// transaction.
  std::string_view script;
  request* members = nullptr;  ///< not null: the first of a group, chained by `next`; plan and script are not looked at
  const std::uint64_t* values = nullptr;  ///< the query's values, in the order of the plan's value and list steps
  const void* const* objects = nullptr;   ///< the objects whose fields are bound: `plan->rows_per_statement` of them
  row_sink rows;                          ///< where rows are decoded; no `add`: rows are counted and dropped
  std::uint32_t fetch = 0;  ///< stop after this many rows with `more` set; 0: read all. Run again to go on
  copy_step copy = copy_step::none;
  std::uint32_t object_count = 0;  ///< of copy_step::rows
  /// With `fetch` and without values: the whole result is wanted, so that it may come by COPY … TO STDOUT. The rows are
  /// the same.
  bool in_bulk = false;
  bool end_after_fetch = false;  ///< with `fetch`: the result is ended there instead, and `more` stays false
  bool cancellable = true;       ///< false: `interrupt` leaves this run alone, which makes it a little cheaper
  /// Asynchronous runs: it may wait for those that are started before the event loop comes around, to be sent with
  /// them.
  bool gathered = false;
  /// Inline runs: asked once when `interrupt` can reach the run, so that a request made before is not lost. May be
  /// null.
  const cancel_token* cancellation = nullptr;
  std::int64_t deadline_us = INT64_MAX;  ///< clock of `loop`; the run is interrupted when it passes
  /// Asynchronous runs: whose reactor and clock a socket is used with. Null: those of background_scheduler().
  scheduler* loop = nullptr;

  // results
  std::uint64_t row_count = 0;  ///< rows decoded by this run
  std::int64_t affected = 0;    ///< rows inserted, updated or deleted
  std::int64_t last_insert_id = 0;
  bool more = false;       ///< `fetch` rows were read and there may be others; set when run: goes on with them
  bool on_loop = false;    ///< `done` is called by the event loop with nothing held: whoever waits may go on at once
  bool abandoned = false;  ///< the answer is still on its way, and nobody waits for it
  /// Of scripts, also of those that failed: one of its statements has ended a transaction that was open.
  bool ended_transaction = false;
  std::exception_ptr failure;  ///< set instead of a result

  /// The owner's callback of an asynchronous run; called once, on the connection's thread.
  void (*done)(request&) noexcept = nullptr;
  void* owner = nullptr;  ///< of `done`: the caller's own
  request* next = nullptr;
};

/// The failure of a group's member that was not run.
std::exception_ptr make_not_run() noexcept;

/// Who hears what a server says beside the answers.
///
/// Threads: called on the thread that runs the connection, not while it is locked.
class connection_events {
public:
  virtual bool wants_notices() const noexcept = 0;
  virtual void noticed(const notice_event&) noexcept = 0;

protected:
  ~connection_events() = default;
};

/// One connection to a database. Runs one request at a time, in order.
///
/// Threads: used by one caller at a time; `interrupt` from any thread. Where `can_be_shared`, several callers may have
/// requests under way at once, from any thread: statements with a plan, without deadline and `cancellable`, and without
/// `fetch` unless with `end_after_fetch`. Their loops must be of one reactor domain.
class connection {
public:
  connection() = default;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  virtual ~connection() = default;

  /// Whether `run` may be called: statements run on the caller's thread.
  virtual bool runs_inline() const noexcept = 0;

  /// Runs now, on this thread. Returns false with `failure` set when it failed. Before: runs_inline().
  virtual bool run(request&) noexcept = 0;

  /// Runs on the connection's own thread or socket and calls `done`, which may start the next request or destroy the
  /// connection. Requests that are started meanwhile wait in order. Before: !runs_inline().
  virtual void start(request&) noexcept = 0;

  /// Asks the running (or started and still waiting) request, if any, to stop; it then completes with `cancelled`,
  /// unless it is already done. Results that other statements of this connection left open may end with it. Does
  /// nothing when none runs: it never stops a later request.
  virtual void interrupt() noexcept = 0;

  /// Whether the requests of several callers may be under way at once: each is answered in its turn, and fails alone.
  virtual bool can_be_shared() const noexcept { return false; }
  /// Completes a request of several callers now, with the failure. The server goes on with it: the answer is read and
  /// dropped, and those behind it wait until then. Does nothing where it is complete already.
  virtual void abandon(request&, const std::exception_ptr&) noexcept {}
  /// The same for all that wait behind the one that the server works on now, which is returned; null: nobody waits for
  /// that one any more, or there is none. What is returned may be complete by then.
  virtual const request* abandon_waiting(const std::exception_ptr&) noexcept { return nullptr; }

  /// Whether a statement may need several attempts to be prepared. One that fails leaves a transaction that was begun
  /// as it was, and ends that of a result which the statement has joined: prepare such statements before.
  virtual bool describes_first() const noexcept { return false; }
  /// Whether a group costs less than its requests one by one, because they share a round trip.
  virtual bool gains_by_groups() const noexcept { return false; }
  /// Whether a round trip costs so little that nothing should be done to save one: no network lies between.
  virtual bool is_near() const noexcept { return false; }

  /// How long, in microseconds, an answer that costs the server nothing may take before the connection is given up
  /// rather than waited for by somebody whose time is up.
  virtual std::int64_t patience_us() const noexcept { return 2'000'000; }

  /// From here on until null is said, a statement leaves this partly read result as it is, where its rest would be read
  /// into memory otherwise: outside of a transaction it becomes part of that of the result, and ends the result where
  /// it fails. Not for groups, scripts and COPY. False: there is nothing to join.
  virtual bool join_result(prepared_statement* /*read*/) noexcept { return false; }
  /// Ends a partly read result (a request that reported `more`).
  virtual void finish(prepared_statement*) noexcept = 0;
  /// Frees a prepared statement. Before: it is not running.
  virtual void release(prepared_statement*) noexcept = 0;

  /// Whether the connection can be used for further work.
  virtual bool usable() const noexcept = 0;
  /// Whether a transaction is open on the connection, as the database itself sees it. Before: no request is running.
  virtual bool in_transaction() const noexcept = 0;
  /// Whether the open transaction can only be rolled back, because a statement in it has failed. Before: as
  /// in_transaction.
  virtual bool transaction_failed() const noexcept { return false; }

  /// Whether another one should take its place as soon as nobody uses it: the server is not any more what was asked
  /// for. Any thread.
  virtual bool is_unfit() const noexcept { return false; }

  /// Whether all statements have the same session of the server, whose state they find again: there is no pooler that
  /// changes it between transactions.
  virtual bool keeps_session() const noexcept { return true; }

  /// Says from here on to whom the server's notices go, and tells them those of its opening; they must outlive the
  /// connection. Before: no request is running.
  virtual void report_to(connection_events*) noexcept {}
};

}  // namespace tupelo::driver
