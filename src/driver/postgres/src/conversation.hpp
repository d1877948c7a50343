// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend_messages.hpp"
#include "copy_reader.hpp"
#include "copy_writer.hpp"
#include "group_flight.hpp"
#include "postgres_failure.hpp"
#include "receive_buffer.hpp"
#include "row_decoder.hpp"
#include "send_buffer.hpp"
#include "session_target.hpp"
#include "type_catalog.hpp"
#include "value_binder.hpp"

#include <tupelo/driver/connection.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo::driver::postgres {

/// A statement as the server knows it: its name there, and how values and rows look.
struct server_statement {
  std::string name;    ///< empty: the unnamed statement, which is parsed at every run
  std::string portal;  ///< of results that are read in parts
  std::vector<std::uint32_t> parameter_types;
  /// The numbers of those that nothing in the statement tells the type of: they are taken for texts.
  std::vector<std::uint16_t> untyped;
  parameter_layout parameters;
  row_layout rows;
  std::vector<std::uint32_t> result_types;  ///< that `rows` was made for
  bool queued = false;                      ///< it is among those that a group has described
  bool parsed = false;                      ///< the server has it
  bool described = false;                   ///< and the layouts are those of what it has
  std::uint64_t described_after = 0;        ///< as many times that the server was told to forget statements
  /// A pooler has the text under one name for all, as it was before a table changed: it goes on without a name.
  bool outdated = false;
  bool has_rows = false;
  bool forgets = false;             ///< it is DEALLOCATE or DISCARD, after which the server may know no names
  std::uint64_t joined_stream = 0;  ///< the last whose transaction it was described in
  /// The rest of a result whose connection was needed for something else: rows as they were received, each with its
  /// length in front.
  std::string rest;
  std::size_t rest_at = 0;
  std::exception_ptr rest_failure;
  bool drained = false;    ///< the result is in `rest`
  bool draining = false;   ///< or will be
  bool rest_lost = false;  ///< it was too large to be kept

  void forget_rest() noexcept {
    lose_rest();
    drained = draining = rest_lost = false;
  }
  void lose_rest() noexcept {
    rest = {};
    rest_at = 0;
    rest_lost = true;
  }
  bool portal_open = false;           ///< a result that was read in part
  std::unique_ptr<copy_reader> copy;  ///< of a result that comes by COPY and is not at its end
};

/// What is said between one client and one server once the connection is ready: requests in, bytes out; bytes in,
/// completed requests out. No socket, no clock, no thread.
///
/// A result that is read in parts outside of a transaction keeps Sync from being sent. When something else is submitted
/// meanwhile, the rest of the result is read into memory first, unless it joins (join_result).
///
/// Requests are answered in the order in which they were submitted. A request whose statement is new holds those behind
/// it until the server has described the statement, and has told what types it needs to know are made of. A script and
/// a group hold what is behind them to their end; a group is sent when everything before it is answered. It is one
/// round trip where its statements are known, one more where they are to be described, and others where that takes
/// them.
///
/// COPY … FROM STDIN is several requests (copy_step), between which its flight stays the first; others are refused. A
/// result by COPY … TO STDOUT has no portal that could stop it: nothing is received while nobody asks for its rows.
///
/// Errors: `receive` throws connection_error where the server breaks the protocol or ends the connection; then call
/// `fail_all`. Everything else goes into the request's failure.
/// Source: PostgreSQL documentation, "Frontend/Backend Protocol", extended query.
class conversation {
public:
  explicit conversation(bool named_statements) noexcept : conversation(named_statements, !named_statements) {}
  conversation(bool named_statements, bool behind_pooler) noexcept : named_(named_statements), pooled_(behind_pooler) {}

  /// As `server_version_num`; 0, which is not said, is older than every other.
  void knows_server(std::uint32_t version) noexcept { server_version_ = version; }
  /// What the session is now, and what it is to stay.
  void expects(const session_target& session, target_session wanted) noexcept {
    session_ = session;
    session_.want(wanted);
  }
  /// Whether the session is not any more what is expected of it.
  bool is_unfit() const noexcept { return session_.is_missed(); }

  // the shell's side
  send_buffer& output() noexcept { return out_; }
  const send_buffer& output() const noexcept { return out_; }
  receive_buffer& input() noexcept { return in_; }
  /// Handles every complete message in `input`.
  void receive();
  /// To be called when `output` has been sent: more of the rows that are copied. False: there is nothing more to send.
  bool go_on_copying();
  /// Whether something may be sent before the answer to what has a Sync behind it. A pooler of transactions takes the
  /// server away at the end of the first.
  bool may_send_ahead() const noexcept { return !pooled_; }
  /// Bytes that are kept of a result whose connection is needed for something else.
  static constexpr std::size_t most_read_ahead = std::size_t{64} << 20;
  /// Whether the server may object to rows any time.
  bool is_copying_in() const noexcept { return copy_ != nullptr; }
  /// What is left of a result that nobody wants is so much that the connection is better ended.
  bool is_stuck() const noexcept { return stuck_; }
  /// The requests that are finished, in order, chained by `next`.
  request* take_completed() noexcept;
  bool has_completed() const noexcept { return completed_ != nullptr; }
  /// Whether somebody waits for an answer.
  bool is_awaited() const noexcept;
  /// Whether nothing is asked: what the server says now it says of itself.
  bool is_idle() const noexcept { return flights_.empty() && held_.empty() && copying_out_ == nullptr; }
  /// The request that the server works on now, or would next, be it one that is held behind what nobody waits for;
  /// null: none.
  request* current() const noexcept;
  /// What is to blame when the current request is cancelled by the server.
  void blame(interruption cause) noexcept;
  /// Whether a cancel request has met what is read ahead instead of the current request; asked once.
  bool take_missed_cancel() noexcept { return std::exchange(cancel_missed_, false); }
  /// The connection is gone: completes every request with this failure.
  void fail_all(const std::exception_ptr& failure) noexcept;

  // requests
  void submit(request& submitted) noexcept;
  /// Completes a request that has failed before it was submitted.
  void refuse(request& refused) noexcept;
  /// Completes the request; what comes for it is dropped. False: it is complete already. Before: it is no group, no
  /// COPY and no result that is read in parts.
  bool abandon(request& given_up, const std::exception_ptr& failure) noexcept;
  /// The same for all behind the first, which is returned where somebody waits for it.
  const request* abandon_waiting(const std::exception_ptr& failure) noexcept;
  /// See driver::connection. A statement that joins is followed by Flush, because Sync would end the transaction.
  bool join_result(const server_statement* read) noexcept {
    joined_ = read;
    return read != nullptr && read == streaming_;
  }
  void finish(server_statement& statement) noexcept;
  void release(std::unique_ptr<server_statement> statement) noexcept;

  transaction_status status() const noexcept { return status_; }

  /// Where notices go; null: nowhere.
  void report_to(connection_events* events) noexcept { events_ = events; }
  connection_events* events() const noexcept { return events_; }
  bool has_notices() const noexcept { return !notices_.empty(); }
  std::vector<error_fields> take_notices() noexcept {
    notice_bytes_ = notices_left_out_ = 0;
    return std::exchange(notices_, {});
  }

  /// Of notices that nobody has taken yet. The last of them tells of those that are left out.
  static constexpr std::size_t most_notices = 4096;
  static constexpr std::size_t most_notice_bytes = std::size_t{1} << 20;

private:
  enum class stage : std::uint8_t {
    describing,  ///< Parse and Describe are on their way
    asking,      ///< what types are made of: of its parameters, or those that a message is to name
    running,     ///< Bind and Execute
    draining,    ///< the rest of a result is read into memory; nobody waits
    resting,     ///< waits for that
    scripting,   ///< one statement of a script
    undoing,     ///< a group's transaction is rolled back, before it is run anew
    closing,     ///< the client ends a partly read result; nobody waits
    copying_in,  ///< COPY … FROM STDIN; nobody waits between two steps
    copying_out,
  };
  struct flight {
    request* of = nullptr;   ///< null: nobody waits
    request* due = nullptr;  ///< whose answer comes next: a member of a group, else `of`
    server_statement* statement = nullptr;
    std::shared_ptr<server_statement> temporary;  ///< of a request that keeps none
    std::unique_ptr<group_flight> group;
    stage at = stage::running;
    interruption cause = interruption::none;
    std::size_t dropped = 0;          ///< bytes of a COPY that nobody wants
    bool synced = true;               ///< Sync was sent behind it: its end is ReadyForQuery
    bool answered = false;            ///< what it does now came to its end, or to an error; of a group: to an error
    bool suspended = false;           ///< the portal has more rows
    bool stale = false;               ///< the server's plan is out of date
    bool lacks_types = false;         ///< the server could not tell the type of a parameter that is a text from now on
    bool guarded = false;             ///< it is described behind a savepoint, which a failure leaves the transaction
    bool again = false;               ///< it was started anew once, being stale
    bool asked = false;               ///< it has been `asking`
    bool parsed = false;              ///< while it is described: the server has taken what is described now
    bool joins = false;               ///< it is part of the transaction of `streaming_`
    std::string_view statement_text;  ///< of a script: the statement on its way
    std::string_view rest;            ///< of a script: what comes after it
  };
  struct waiting {
    request* of = nullptr;
    bool again = false;
    interruption cause = interruption::none;
  };

  void start(const waiting& next) noexcept;
  /// A pooler without names gives the server connection to others with the ReadyForQuery of what comes before, whatever
  /// was sent since without a Sync: PgBouncer 1.18 loses the answer then.
  bool must_begin_alone(const request& next) const noexcept {
    return !named_ && next.plan != nullptr && !next.more && status_ != transaction_status::open &&
           (next.fetch != 0 || next.in_bulk || next.copy == copy_step::open);
  }
  bool must_wait(const request& next) const noexcept {
    // What waits for a row without a Sync behind it is answered first: the Sync that comes next would count for it.
    const auto lacks_sync = [](const flight& f) { return f.of != nullptr && !f.synced; };
    return blocked_ || (!flights_.empty() && (next.members != nullptr || must_begin_alone(next))) ||
           std::any_of(flights_.begin(), flights_.end(), lacks_sync);
  }
  std::unique_ptr<server_statement> make_statement(bool named);
  /// Whether preparing it anew under a name would only give back what is out of date.
  bool is_outdated_in_pooler(const server_statement* statement) const noexcept {
    return pooled_ && statement != nullptr && !statement->name.empty();
  }
  server_statement& statement_for(request& r, std::shared_ptr<server_statement>& temporary);
  /// Whether it can be run as it is. A name counts no more after SQL of the user's own has taken it from the server:
  /// that would refuse it, which ends an open transaction, and PgBouncer closes the connection.
  bool is_prepared(const server_statement& statement) const noexcept {
    return statement.described && (statement.name.empty() || statement.described_after == forgotten_);
  }
  bool start_plan(flight& f);
  void describe(flight& f);
  void write_description(server_statement& statement, const statement_plan& plan);
  void write_anew(server_statement& statement, const statement_plan& plan);
  void begin_guard(flight& f, bool wanted);
  void end_guard(const flight& f);
  /// Whether what failed while it was described can be described again.
  bool may_describe_again(const flight& f) const noexcept { return status_ != transaction_status::failed || f.guarded; }
  static bool takes_for_text(server_statement& statement, const error_fields& fields);
  void run(flight& f);
  void write_run(const request& r, const server_statement& statement, std::string_view portal);
  bool fetch_on(flight& f);
  static void keep_rest(server_statement& statement, const backend_message& row);
  static void fetch_from_rest(request& r, server_statement& statement);
  void drain_stream();
  /// Its transaction has ended.
  void lose_stream() noexcept;
  bool may_join(const request& r) const noexcept;
  bool next_of_script(flight& f);
  void start_held() noexcept;
  void end_front() noexcept;
  void complete(request& done) noexcept;
  void forget_portals() noexcept;

  void handle(const backend_message& message);
  void statement_described(flight& f);
  void keep_columns();
  void columns_told(flight& f);
  /// Whether nobody would say that it gives other types than it was described with: it is parsed with every run, or
  /// by a pooler whenever another server connection runs it.
  bool tells_columns(const request& r, const server_statement& statement) const noexcept {
    return (pooled_ || statement.name.empty()) && statement.has_rows && !r.plan->reads.empty();
  }
  void row(flight& f, const backend_message& message);
  void command_complete(flight& f, const backend_message& message);
  void suspended(flight& f);
  void failed(flight& f, const backend_message& message);
  void ready(const backend_message& message);
  bool described(flight& f);
  void keep_notice(const backend_message& message);
  flight& front(const backend_message& message);
  [[noreturn]] static void throw_unasked(char type);
  static void require_unasked(char type);
  static bool is_answered(const flight& f) noexcept;
  void keep_description(server_statement& statement, const statement_plan& plan) const;
  void keep_layout(server_statement& statement, row_layout&& layout) const;
  void plan_values(server_statement& statement, const statement_plan& plan) const;
  std::vector<std::uint32_t> types_for(const server_statement& statement, const statement_plan& plan) const {
    return types_to_ask_for(plan, statement.parameter_types, types_);
  }
  bool forget_types(const error_fields& fields) noexcept;
  static bool is_forgotten(const error_fields& fields, std::string_view text) noexcept;
  static bool loses_plan(const error_fields& fields) noexcept;
  static bool misfits_types(const error_fields& fields) noexcept;
  static bool misfits_tables(const server_statement& statement, const error_fields& fields) noexcept;
  bool was_parsed_otherwise(const flight& f, const error_fields& fields) const noexcept;
  std::vector<std::uint32_t> types_to_name() const;
  void ask_for(flight& f, const std::vector<std::uint32_t>& types, bool synced);

  // groups
  void start_group(flight& f);
  void describe_group(flight& f);
  bool ask_for_group(flight& f);
  void plan_group_member(const flight& f, const group_flight::member& member);
  void plan_group(flight& f);
  void run_group(flight& f);
  static void aim(flight& f, std::size_t member);
  void group_described(flight& f);
  void group_failed(flight& f, const error_fields& fields);
  void group_ready(flight& f);
  bool prepare_redo(flight& f) noexcept;
  void end_group(flight& f, std::exception_ptr failure) noexcept;
  static void clear_failures(flight& f) noexcept;
  static void fail_rest(flight& f) noexcept;
  static void abandon_group(flight& f, const std::exception_ptr& failure) noexcept;

  // COPY
  void submit_copy(request& submitted) noexcept;
  void refuse_beside_copy(request& refused) noexcept;
  void end_copy_in();
  void describe_copy(flight& f);
  /// Whether it may become a COPY, whose tables stay as they are described. A query with values never does.
  static bool is_copied(const flight& f) noexcept {
    return f.of != nullptr && (f.of->copy == copy_step::open || (f.of->in_bulk && f.of->plan->binds.empty()));
  }
  void copy_described(flight& f);
  void open_copy(flight& f);
  bool copy_out(flight& f);
  void copy_accepted(flight& f, const backend_message& message);
  void write_copied(flight& f);
  void copy_failed(flight& f, const error_fields& fields);
  void copied_row(flight& f, const backend_message& message);
  void pause_copy(flight& f) noexcept;
  void drain_copy();
  void leave_copy(server_statement& statement) noexcept;
  /// Nobody waits for the flight any more.
  static request& let_go(flight& f) noexcept {
    f.due = nullptr;
    return *std::exchange(f.of, nullptr);
  }

  void abandon(flight& f, const std::exception_ptr& failure) noexcept;
  void abandon(request& given_up, const std::exception_ptr& failure, bool is_sent) noexcept;

  static bool stopped_between(flight& f) noexcept;
  static bool stopped_in_script(flight& f) noexcept;
  static void note(flight& f, std::exception_ptr failure) noexcept;
  static std::string_view text_of(const flight& f) noexcept;
  static std::exception_ptr make_stale_failure(const std::string& sqlstate, std::string_view text) noexcept;

  send_buffer out_;
  receive_buffer in_;
  std::deque<flight> flights_;
  std::deque<waiting> held_;  ///< behind a statement that is being described, or a script
  request* completed_ = nullptr;
  request* last_completed_ = nullptr;
  std::vector<server_statement*> portals_;    ///< results that were read in part
  server_statement* streaming_ = nullptr;     ///< whose portal is open outside a transaction: no Sync may be sent
  const server_statement* joined_ = nullptr;  ///< `streaming_`, where statements are part of its transaction
  std::vector<std::uint32_t> parameter_types_;
  std::vector<column_description> columns_;
  std::vector<result_column> result_columns_;
  std::vector<std::string> names_;  ///< of the result columns
  type_catalog types_;
  std::unique_ptr<copy_writer> copy_;        ///< COPY … FROM STDIN, whose flight is the first
  std::exception_ptr copy_failure_;          ///< of one that ended while nobody waited
  send_buffer after_copy_;                   ///< what is to be closed, which the server would take for rows
  server_statement* copying_out_ = nullptr;  ///< whose rows come by COPY and are not awaited now
  connection_events* events_ = nullptr;
  std::vector<error_fields> notices_;
  std::size_t notice_bytes_ = 0;
  std::size_t notices_left_out_ = 0;
  std::uint64_t last_number_ = 0;  ///< of statements and portals
  std::uint64_t last_stream_ = 0;
  std::uint64_t forgotten_ = 0;  ///< times that the server was told to forget statements
  transaction_status status_ = transaction_status::idle;
  bool cancel_missed_ = false;
  bool blocked_ = false;  ///< the last flight must end before another may start
  bool stuck_ = false;
  bool named_;
  bool pooled_;  ///< behind a pooler of transactions
  std::uint32_t server_version_ = 0;
  session_target session_;
};

}  // namespace tupelo::driver::postgres
