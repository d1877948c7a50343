// SPDX-License-Identifier: Apache-2.0
// What the server says.
#include "conversation.hpp"
#include "frontend_messages.hpp"
#include "oid.hpp"
#include "protocol_violation.hpp"
#include "script_splitter.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace tupelo::driver::postgres {

void conversation::receive() {
  backend_message message;
  while (copying_out_ == nullptr && in_.next(message)) handle(message);
  if (is_idle() && !in_.empty()) [[unlikely]]
    require_unasked(in_.next_type());
}

/// The rest of a message may come when something has been asked for, and would be taken for the answer to that.
void conversation::require_unasked(char type) {
  constexpr std::string_view of_itself = "SNAE3";  // CloseComplete, of what is closed for nobody
  if (of_itself.find(type) == std::string_view::npos) throw_unasked(type);
}

void conversation::throw_unasked(char type) {
  throw_protocol_violation(name_of_backend_message(type) + " though nothing was asked for");
}

conversation::flight& conversation::front(const backend_message& message) {
  if (flights_.empty()) throw_unasked(message.type);
  return flights_.front();
}

void conversation::handle(const backend_message& message) {
  switch (message.type) {
    case 'D': return row(front(message), message);
    case 'C': return command_complete(front(message), message);
    case 'Z': return ready(message);
    case '1':  // ParseComplete
      if (flight& f = front(message); f.statement != nullptr) {
        f.statement->parsed |= f.at == stage::describing;
        f.parsed = f.at == stage::describing;
        if (f.group && f.at == stage::running) f.statement->described_after = forgotten_;
      }
      return;
    case '2':  // BindComplete
      front(message);
      return;
    case '3':  // CloseComplete: also of what was closed for nobody
      return;
    case 'n':  // NoData
      if (flight& f = front(message); f.at == stage::describing) statement_described(f);
      return;
    case 'I':  // EmptyQueryResponse
      if (flight& f = front(message); f.group && f.at == stage::running) {
        aim(f, f.group->next + 1);
      } else {
        f.answered |= f.at == stage::running || f.at == stage::scripting;
      }
      return;
    case 't': front(message); return parse_parameter_description(message, parameter_types_);
    case 'T':
      parse_row_description(message, columns_);
      if (flight& f = front(message); f.at == stage::describing) {
        if (f.statement != nullptr) f.statement->has_rows = true;
        keep_columns();
        statement_described(f);
      } else if (f.at == stage::running) {
        columns_told(f);
      }
      return;
    case 's': return suspended(front(message));
    case 'E':
      if (flights_.empty()) {
        const error_fields fields = parse_error(message);
        if (loses_connection(fields)) throw_postgres_failure(fields, {});
      }
      return failed(front(message), message);
    case 'S': {
      const parameter_status changed = parse_parameter_status(message);
      session_.reports(changed);
      if (changed.name == "client_encoding" && changed.value != "UTF8") {
        throw connection_error(errc::connection_lost,
                               "a statement changed client_encoding; Tupelo speaks UTF8 only: do not set it");
      }
      return;
    }
    case 'N':  // NoticeResponse
      if (events_ != nullptr && events_->wants_notices()) keep_notice(message);
      return;
    case 'A':  // NotificationResponse
      return;
    case 'G': return copy_accepted(front(message), message);
    case 'H':  // CopyOutResponse: its data is read and dropped
    case 'd':
    case 'c': {
      flight& f = front(message);
      if (f.statement != nullptr && f.statement->copy != nullptr) return copied_row(f, message);
      // A new connection costs less than to read much more, and there is no transaction that would be lost with this
      // one.
      constexpr std::size_t most_dropped = std::size_t{1} << 20;
      if (f.at == stage::closing && status_ == transaction_status::idle)
        stuck_ |= (f.dropped += message.size) > most_dropped;
      if (f.due != nullptr && !f.due->failure) {
        note(f, std::make_exception_ptr(query_error("COPY … TO STDOUT cannot be run as a statement: use "
                                                    "copy_out(), or COPY … TO a file on the server")));
      }
      return;
    }
    default: throw_protocol_violation(name_of_backend_message(message.type) + " where it has no meaning");
  }
}

void conversation::statement_described(flight& f) {
  if (f.group) return group_described(f);
  f.answered = true;
  if (is_copied(f) || f.joins) copy_described(f);
}

void conversation::keep_columns() {
  result_columns_.clear();
  names_.clear();
  for (const column_description& column : columns_) names_.emplace_back(column.name);
  for (std::size_t i = 0; i < columns_.size(); ++i)
    result_columns_.push_back({names_[i], columns_[i].type, columns_[i].modifier});
}

/// Rows are read as what they are now. What was asked for in another format, or is of a type that is not known, is
/// asked for again where that does no harm.
void conversation::columns_told(flight& f) {
  if (f.due == nullptr || f.statement == nullptr || f.due->failure || !tells_columns(*f.due, *f.statement)) return;
  server_statement& statement = *f.statement;
  const auto other =
      std::mismatch(statement.result_types.begin(), statement.result_types.end(), columns_.begin(), columns_.end(),
                    [](std::uint32_t type, const column_description& column) { return type == column.type; })
          .second;
  if (other == columns_.end() && columns_.size() == statement.result_types.size()) return;
  keep_columns();
  const statement_plan& plan = *f.due->plan;
  std::exception_ptr failure;
  try {
    row_layout changed = plan_row(plan, result_columns_, types_);
    if (changed.formats == statement.rows.formats) return keep_layout(statement, std::move(changed));
    const std::string name(other->name);  // as many as there are fields, so it is one of them
    decode_error lost(errc::type_mismatch,
                      "the statement was run, but its rows cannot be read: column \"" + name +
                          "\" is of another type than when it was prepared; what comes next is prepared anew",
                      name);
    lost.set_statement(plan.text);
    failure = std::make_exception_ptr(std::move(lost));
  } catch (const error&) {
    failure = std::current_exception();
  }
  statement.described = false;
  statement.parsed = !statement.name.empty();
  f.stale = plan.read_only && !plan.has_fragments && !f.group && !f.again && f.due->fetch == 0;
  note(f, f.stale ? make_stale_failure({}, plan.text) : failure);
}

void conversation::row(flight& f, const backend_message& message) {
  if (f.at == stage::asking) return types_.take(message);
  if (f.at == stage::draining && f.statement != nullptr) keep_rest(*f.statement, message);
  if (f.due == nullptr || f.statement == nullptr || f.at == stage::scripting) return;
  request& r = *f.due;
  if (r.failure) [[unlikely]]
    return;
  if (r.rows.add == nullptr || r.plan->reads.empty()) {
    ++r.row_count;
    return;
  }
  try {
    decode_row(f.statement->rows, message.body, message.size, r.rows.add(r.rows.rows));
    ++r.row_count;
  } catch (const connection_error&) {
    ++r.row_count;  // half filled, but handed out: who asks again when there is no row must not get it twice
    throw;          // the server does not keep to the protocol
  } catch (...) {
    note(f, std::current_exception());
  }
}

namespace {

/// Whether a statement of the user's own has made the server forget statements by name. Which one DEALLOCATE meant it
/// does not say.
bool forgets_statements(std::string_view tag) noexcept {
  return tag == "DEALLOCATE" || tag == "DEALLOCATE ALL" || tag == "DISCARD ALL";
}

}  // namespace

void conversation::command_complete(flight& f, const backend_message& message) {
  const command_result result = parse_command_complete(message);
  if (forgets_statements(result.tag)) [[unlikely]]
    ++forgotten_;
  if (f.at == stage::describing) return;  // of the savepoint around it
  if (!f.group || f.at != stage::running) f.answered = true;
  if (f.at == stage::asking) {
    if (!f.synced) copy_described(f);
    return;
  }
  if (f.at == stage::copying_in && !result.tag.starts_with("COPY "))
    throw_protocol_violation("CommandComplete of a COPY does not say how many rows were copied");
  if (f.due != nullptr && !result.reads && f.at != stage::copying_out)
    f.due->affected += static_cast<std::int64_t>(result.count);
  if (f.due != nullptr && f.due->plan != nullptr && f.due->plan->checked_rows != 0)
    f.due->affected = f.due->plan->checked_rows;
  if (f.group) {
    if (f.at != stage::running) return;
    f.group->ended_transaction |= result.tag == "COMMIT" || result.tag == "ROLLBACK";
    return aim(f, f.group->next + 1);
  }
  if (f.statement != nullptr && f.statement->portal_open && f.at == stage::running) {
    f.statement->portal_open = false;
    std::erase(portals_, f.statement);
    if (!f.synced) {
      streaming_ = nullptr;
      write_sync(out_);
      f.synced = true;
    }
  }
  if (f.joins && f.at == stage::running && !f.synced) end_front();
}

void conversation::suspended(flight& f) {
  if (!f.group) f.answered = true;
  if (f.of == nullptr || f.at != stage::running) return;
  if (f.group) return aim(f, f.group->next + 1);
  f.suspended = true;
  if (f.synced) return;  // ReadyForQuery follows
  f.of->more = true;
  end_front();
}

void conversation::failed(flight& f, const backend_message& message) {
  const error_fields fields = parse_error(message);
  session_.failed(fields);
  f.answered = true;
  if (f.at == stage::asking) types_.clear();  // those that were asked about stand there as if they were known
  if (f.of == nullptr) {
    if (loses_connection(fields)) throw_postgres_failure(fields, {});
    if (f.at == stage::copying_in) copy_failed(f, fields);
    // More that nobody waits for may follow.
    const bool runs_on = f.at == stage::running && flights_.size() > 1 && flights_[1].of == nullptr;
    if (fields.sqlstate == "57014" && (f.at == stage::draining || runs_on)) cancel_missed_ = true;
    if (f.at != stage::draining) return;
    if (f.statement != nullptr) f.statement->rest_failure = make_postgres_failure(fields, {});
    return;
  }
  if (f.group) return group_failed(f, fields);
  if (f.of->copy == copy_step::abort && !loses_connection(fields)) return;  // as was asked for
  f.lacks_types = f.at == stage::describing && f.statement != nullptr && takes_for_text(*f.statement, fields);
  if (f.statement != nullptr && f.statement->portal_open) {
    f.statement->portal_open = false;
    std::erase(portals_, f.statement);
    if (streaming_ == f.statement) streaming_ = nullptr;
  }
  const bool changed =
      loses_plan(fields) || was_parsed_otherwise(f, fields) ||
      (f.at == stage::running && !f.again && f.statement != nullptr && misfits_tables(*f.statement, fields));
  const bool forgotten = forget_types(fields);
  const bool stale = is_forgotten(fields, text_of(f)) || changed || forgotten;
  const bool outdated = changed && is_outdated_in_pooler(f.statement);
  if (stale && (f.at == stage::running || (outdated && f.at == stage::describing)) && f.statement != nullptr &&
      f.of->row_count == 0) {
    f.stale = true;
    f.statement->outdated = outdated;
    f.statement->described = false;
    f.statement->parsed = (pooled_ || fields.sqlstate != "26000") && !f.statement->name.empty();
  }
  note(f,
       f.stale ? make_stale_failure(fields.sqlstate, text_of(f)) : make_postgres_failure(fields, text_of(f), f.cause));
  // Those behind it are lost with the connection, but their statements are others.
  if (loses_connection(fields)) throw_postgres_failure(fields, {});
  if (f.joins) lose_stream();
  if (!f.synced) {
    write_sync(out_);
    f.synced = true;
  }
}

bool conversation::described(flight& f) {
  try {
    try {
      keep_description(*f.statement, *f.of->plan);
      plan_values(*f.statement, *f.of->plan);
    } catch (const decode_error&) {
      const std::vector<std::uint32_t> unnamed = types_to_name();
      if (f.asked || unnamed.empty()) throw;
      ask_for(f, unnamed, !f.joins);  // and is refused by what is known then
      return true;
    } catch (const query_error&) {
      // What is known of a type may be out of date.
      if (f.asked) throw;
      types_.clear();
      if (types_for(*f.statement, *f.of->plan).empty()) throw;
    }
    if (const std::vector<std::uint32_t> types = types_for(*f.statement, *f.of->plan); !types.empty()) {
      f.statement->described = false;
      ask_for(f, types, !f.joins);  // and is planned again by what is known then
      return true;
    }
    const std::size_t mark = out_.mark();
    try {
      run(f);
    } catch (...) {
      out_.truncate(mark);
      throw;
    }
    return true;
  } catch (...) {
    note(f, std::current_exception());
    return false;
  }
}

/// What is known from the last description alone: values may have to be planned again, when others have been read.
void conversation::keep_description(server_statement& statement, const statement_plan& plan) const {
  statement.parameter_types = parameter_types_;
  keep_layout(statement, plan_row(plan,
                                  statement.has_rows ? std::span<const result_column>(result_columns_)
                                                     : std::span<const result_column>(),
                                  types_));
}

void conversation::keep_layout(server_statement& statement, row_layout&& layout) const {
  statement.rows = std::move(layout);
  statement.result_types.clear();
  for (const result_column& column : result_columns_) statement.result_types.push_back(column.type);
}

void conversation::plan_values(server_statement& statement, const statement_plan& plan) const {
  statement.parameters = plan_parameters(plan, statement.parameter_types, server_version_, types_);
  statement.described = true;
}

void conversation::keep_notice(const backend_message& message) {
  if (notices_left_out_ == 0 && notices_.size() < most_notices && message.size <= most_notice_bytes - notice_bytes_) {
    notice_bytes_ += message.size;
    notices_.push_back(parse_error(message));
    return;
  }
  if (notices_left_out_++ == 0) {
    error_fields last;
    last.severity = "WARNING";
    last.sqlstate = "01000";
    notices_.push_back(std::move(last));
  }
  notices_.back().message =
      "the server said more at once than is kept: " + std::to_string(notices_left_out_) + " notices are left out here";
}

// ---- types that users made

namespace {

/// A type was dropped, and maybe another one made under its name. The message is never translated.
bool is_type_gone(const error_fields& fields) noexcept {
  return fields.sqlstate == "XX000" && fields.message.starts_with("cache lookup failed for type ");
}

}  // namespace

/// Whether the server refused a value because its type has changed since it was asked for.
bool conversation::forget_types(const error_fields& fields) noexcept {
  const bool changed = fields.sqlstate == "42804" && fields.routine == "record_recv";
  if (!changed && !is_type_gone(fields)) return false;
  types_.clear();
  return true;
}

/// Whether the server does not know the statement any more. SQL that runs one by its name means another one.
bool conversation::is_forgotten(const error_fields& fields, std::string_view text) noexcept {
  return fields.sqlstate == "26000" && !begins_with_word(text, "execute") && !begins_with_word(text, "deallocate");
}

/// Whether what the server made of the statement counts no more.
bool conversation::loses_plan(const error_fields& fields) noexcept {
  return (fields.sqlstate == "0A000" && fields.routine == "RevalidateCachedQuery") || misses_columns(fields) ||
         is_type_gone(fields);
}

/// Whether values of these types do not go with the statement: no such function, another type, no array any more (of
/// one whose elements' type is gone), no cast, more than one function.
bool conversation::misfits_types(const error_fields& fields) noexcept {
  constexpr std::array<std::string_view, 5> misfits = {"42883", "42804", "42809", "42846", "42725"};
  return std::find(misfits.begin(), misfits.end(), fields.sqlstate) != misfits.end();
}

/// Whether the statement, which the server analyses anew after a change of its tables, does not go with the types that
/// its parameters had before.
bool conversation::misfits_tables(const server_statement& statement, const error_fields& fields) noexcept {
  // Elsewhere, or in a function, it is an error of what is run.
  return misfits_types(fields) && fields.position != 0 && fields.where.empty() && !statement.parameter_types.empty();
}

/// Whether a statement that is described for the first time on this connection was parsed for another one, before its
/// tables changed: a pooler gives all who have the text the same statement. What the server refuses by itself it does
/// not take as parsed first.
bool conversation::was_parsed_otherwise(const flight& f, const error_fields& fields) const noexcept {
  return f.at == stage::describing && f.parsed && is_outdated_in_pooler(f.statement) && misfits_types(fields);
}

/// Those of the columns described last that a message could not name.
std::vector<std::uint32_t> conversation::types_to_name() const {
  std::vector<std::uint32_t> types;
  for (const result_column& column : result_columns_) {
    if (column.type >= first_user_oid && types_.find(column.type) == nullptr) types.push_back(column.type);
  }
  return types;
}

void conversation::ask_for(flight& f, const std::vector<std::uint32_t>& types, bool synced) {
  types_.ask(out_, types);
  f.synced = synced;
  f.asked = true;
  f.answered = false;
  synced ? write_sync(out_) : write_flush(out_);
  f.at = stage::asking;
  blocked_ = true;
}

/// Whether the server has said what became of all that was asked. Nothing is said of what is closed.
bool conversation::is_answered(const flight& f) noexcept {
  if (f.answered || f.at == stage::closing) return true;
  const bool by_members = f.group && (f.at == stage::describing || f.at == stage::running);
  return by_members && f.group->next == f.group->end;
}

void conversation::ready(const backend_message& message) {
  flight& f = front(message);
  if (!is_answered(f)) throw_protocol_violation("ReadyForQuery before the answer to what was asked");
  const transaction_status before = std::exchange(status_, parse_ready_for_query(message));
  if (f.statement != nullptr && f.statement->copy != nullptr) f.statement->copy.reset();
  if (f.at == stage::copying_in) end_copy_in();
  if (status_ == transaction_status::idle && !portals_.empty() && streaming_ == nullptr) forget_portals();
  if (f.of == nullptr) return end_front();
  if (f.group) return group_ready(f);
  const bool well = !f.of->failure;
  switch (f.at) {
    case stage::describing:
      blocked_ = false;
      if ((f.lacks_types || (f.stale && !f.again)) && !f.joins && may_describe_again(f)) {
        f.again |= f.stale;
        f.stale = false;
        f.of->failure = nullptr;
        return describe(f);
      }
      if (well && !is_copied(f) && !stopped_between(f) && described(f)) return start_held();
      break;
    case stage::asking:
      blocked_ = false;
      if (well && f.of->copy != copy_step::open && !stopped_between(f) && described(f)) return start_held();
      break;
    case stage::scripting:
      if (well && before != transaction_status::idle && status_ == transaction_status::idle)
        f.of->ended_transaction = true;
      try {
        if (well && !stopped_in_script(f) && next_of_script(f)) return;
      } catch (...) {  // a text that cannot be sent
        note(f, std::current_exception());
      }
      break;
    case stage::running:
      if (f.stale && !f.again && status_ == transaction_status::idle) {
        f.of->failure = nullptr;
        held_.push_front({f.of, true, f.cause});
        flights_.pop_front();
        return start_held();
      }
      f.of->more = well && f.suspended && !f.of->end_after_fetch;
      break;
    case stage::draining:
    case stage::resting:
    case stage::undoing:
    case stage::closing:
    case stage::copying_in:
    case stage::copying_out: break;
  }
  end_front();
}

void conversation::end_front() noexcept {
  const flight ended = std::move(flights_.front());
  flights_.pop_front();
  if (ended.at == stage::describing || ended.at == stage::asking || ended.at == stage::scripting ||
      ended.at == stage::copying_in || ended.group)
    blocked_ = false;
  if (ended.of != nullptr) complete(*ended.of);
  if (ended.at == stage::draining && ended.statement != nullptr) ended.statement->draining = false;
  while (!flights_.empty() && flights_.front().at == stage::resting) {
    flight rested = std::move(flights_.front());
    flights_.pop_front();
    try {
      fetch_from_rest(*rested.of, *rested.statement);
    } catch (...) {
      note(rested, std::current_exception());
    }
    complete(*rested.of);
  }
  start_held();
}

// ---- failing

/// A request to stop that met the server between two steps has stopped nothing: the next step is not to begin.
bool conversation::stopped_between(flight& f) noexcept {
  if (f.cause == interruption::none) return false;
  note(f, f.cause == interruption::deadline
              ? std::make_exception_ptr(timed_out("the deadline passed before the statement was run"))
              : std::make_exception_ptr(cancelled("the statement was cancelled before it was run")));
  return true;
}

std::exception_ptr conversation::make_stale_failure(const std::string& sqlstate, std::string_view text) noexcept {
  try {
    const char* const message =
        sqlstate != "26000"
            ? "the definition of a table or a type changed while the transaction ran, so the statement must be "
              "prepared "
              "again: "
              "run the transaction again"
            : "the server does not know a prepared statement any more, after DEALLOCATE or behind a pooler: run the "
              "transaction again, and set prepare=unnamed behind a pooler of transactions";
    throw_database_error(errc::serialization_failure, message,
                         {.sqlstate = sqlstate, .constraint = {}, .table = {}, .column = {}}, std::string(text));
  } catch (...) {
    return std::current_exception();
  }
}

std::string_view conversation::text_of(const flight& f) noexcept {
  if (f.at == stage::scripting) return f.statement_text;
  return f.due != nullptr && f.due->plan != nullptr ? std::string_view(f.due->plan->text) : std::string_view();
}

void conversation::note(flight& f, std::exception_ptr failure) noexcept {
  if (f.due != nullptr && !f.due->failure) f.due->failure = failure;
  if (f.of != nullptr && !f.of->failure) f.of->failure = std::move(failure);
}

}  // namespace tupelo::driver::postgres
