// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include "frontend_messages.hpp"
#include "oid.hpp"
#include "protocol_violation.hpp"
#include "script_splitter.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

server_statement* statement_of(const request& r) noexcept {
  return r.prepared != nullptr ? reinterpret_cast<server_statement*>(*r.prepared) : nullptr;
}

/// Portals live no longer than their statement, and one statement has one portal at most.
std::string_view portal_of(const request& r, const server_statement& statement) noexcept {
  return r.fetch != 0 && !r.end_after_fetch ? std::string_view(statement.portal) : std::string_view();
}

}  // namespace

// ---- the shell's side

request* conversation::take_completed() noexcept {
  last_completed_ = nullptr;
  return std::exchange(completed_, nullptr);
}

bool conversation::is_awaited() const noexcept {
  return !held_.empty() ||
         std::any_of(flights_.begin(), flights_.end(), [](const flight& f) { return f.of != nullptr; });
}

request* conversation::current() const noexcept {
  for (const flight& f : flights_) {
    if (f.of != nullptr) return f.of;
  }
  return nullptr;
}

void conversation::blame(interruption cause) noexcept {
  for (flight& f : flights_) {
    if (f.of == nullptr) continue;
    f.cause = cause;
    return;
  }
}

void conversation::complete(request& done) noexcept {
  done.next = nullptr;
  (last_completed_ != nullptr ? last_completed_->next : completed_) = &done;
  last_completed_ = &done;
}

void conversation::fail_all(const std::exception_ptr& failure) noexcept {
  for (flight& f : flights_) {
    if (f.of == nullptr) continue;
    f.of->more = false;
    if (f.group) {
      abandon_group(f, failure);
    } else {
      note(f, failure);
    }
    complete(*f.of);
  }
  for (const waiting& held : held_) {
    held.of->failure = failure;
    refuse(*held.of);
  }
  flights_.clear();
  held_.clear();
  blocked_ = false;
  if (copy_ != nullptr) copy_failure_ = failure;
  copy_.reset();
  if (server_statement* const copied = std::exchange(copying_out_, nullptr)) copied->copy.reset();
  forget_portals();
}

void conversation::forget_portals() noexcept {
  for (server_statement* statement : portals_) statement->portal_open = false;
  portals_.clear();
  streaming_ = nullptr;
}

// ---- requests

void conversation::submit(request& submitted) noexcept {
  submitted.row_count = 0;
  submitted.affected = 0;
  submitted.last_insert_id = 0;
  submitted.failure = nullptr;
  if (submitted.copy > copy_step::open) return submit_copy(submitted);
  if (!must_wait(submitted)) return start(submitted, false);
  try {
    held_.push_back({&submitted, false});
  } catch (const std::exception&) {  // no memory
    submitted.failure = std::current_exception();
    refuse(submitted);
  }
}

void conversation::start_held() noexcept {
  while (!held_.empty() && !must_wait(*held_.front().of)) {
    const waiting next = held_.front();
    held_.pop_front();
    start(*next.of, next.again);
  }
}

void conversation::start(request& submitted, bool again) noexcept {
  flight f;
  f.of = f.due = &submitted;
  f.again = again;
  std::size_t mark = out_.mark();
  try {
    const server_statement* const read = submitted.more ? statement_of(submitted) : nullptr;
    if (streaming_ != nullptr && read != streaming_ && !(read != nullptr && read->drained)) {
      drain_stream();
      mark = out_.mark();  // the drain is sent whatever becomes of this request
    }
    if (copying_out_ != nullptr && read != copying_out_) {
      drain_copy();
      mark = out_.mark();
    }
    if (submitted.members != nullptr) {
      start_group(f);
    } else if (submitted.plan != nullptr) {
      if (!start_plan(f)) return complete(submitted);
    } else {
      f.at = stage::scripting;
      f.rest = submitted.script;
      if (!next_of_script(f)) return complete(submitted);
      blocked_ = true;
    }
    flights_.push_back(std::move(f));
  } catch (...) {
    out_.truncate(mark);
    submitted.more = false;
    note(f, std::current_exception());
    if (f.group) fail_rest(f);
    complete(submitted);
  }
}

std::unique_ptr<server_statement> conversation::make_statement(bool named) {
  auto made = std::make_unique<server_statement>();
  const std::string number = std::to_string(++last_number_);
  if (named) made->name = "t" + number;
  made->portal = "p" + number;
  return made;
}

bool conversation::start_plan(flight& f) {
  request& r = *f.of;
  if (r.copy == copy_step::open) {
    describe_copy(f);
    return true;
  }
  if (r.more) return fetch_on(f);
  f.statement = &statement_for(r, f.temporary);
  // What is copied is read as the table is now: nobody would tell of a change.
  if (!f.statement->described || r.in_bulk) {
    describe(f);
  } else {
    run(f);
  }
  return true;
}

server_statement& conversation::statement_for(request& r, std::shared_ptr<server_statement>& temporary) {
  if (server_statement* const known = statement_of(r); known != nullptr) return *known;
  // A pooler that gives every transaction another server connection knows no names.
  std::unique_ptr<server_statement> made = make_statement(named_ && r.prepared != nullptr);
  server_statement& statement = *made;
  if (r.prepared != nullptr) {
    *r.prepared = reinterpret_cast<prepared_statement*>(made.release());
  } else {
    temporary = std::move(made);
  }
  return statement;
}

void conversation::describe(flight& f) {
  f.at = stage::describing;
  write_description(*f.statement, *f.of->plan, f.lacks_types);
  f.synced = !is_copied(f);
  if (f.synced) {
    write_sync(out_);
  } else {
    write_flush(out_);  // the tables stay as they are described
  }
  blocked_ = true;
}

void conversation::write_description(server_statement& statement, const statement_plan& plan, bool lacks_types) {
  if (statement.parsed) write_close_statement(out_, statement.name);
  statement.parsed = false;
  statement.has_rows = false;
  std::vector<std::uint32_t> types = wanted_parameter_types(plan);
  if (lacks_types) {
    types.resize(std::max(types.size(), plan.binds.size()));
    std::replace(types.begin(), types.end(), std::uint32_t{0}, static_cast<std::uint32_t>(oid::text));
  }
  write_parse(out_, statement.name, plan.text, types);
  write_describe_statement(out_, statement.name);
}

void conversation::run(flight& f) {
  request& r = *f.of;
  server_statement& statement = *f.statement;
  f.at = stage::running;
  f.stale = false;
  if (r.in_bulk && copy_out(f)) return;
  const std::string_view portal = portal_of(r, statement);
  write_run(r, statement, portal);
  f.synced = portal.empty() || status_ == transaction_status::open;
  if (f.synced) {
    if (r.fetch != 0 && r.end_after_fetch) write_close_portal(out_, portal);
    write_sync(out_);
  } else {
    write_flush(out_);
  }
  if (!portal.empty()) {
    portals_.push_back(&statement);
    statement.portal_open = true;
    if (!f.synced) streaming_ = &statement;
  }
}

void conversation::write_run(const request& r, const server_statement& statement, std::string_view portal) {
  if (statement.portal_open || statement.drained || statement.copy != nullptr) {
    throw transaction_error(
        errc::concurrent_use,
        "the statement is still being read by an open result; read that to its end or finish it first");
  }
  if (statement.name.empty()) write_parse(out_, {}, r.plan->text, statement.parameter_types);
  begin_bind(out_, portal, statement.name);
  write_parameters(out_, statement.parameters, *r.plan, r.values, r.objects);
  write_result_formats(out_, statement.rows);
  out_.end();
  write_execute(out_, portal, r.fetch);
}

bool conversation::stopped_in_script(flight& f) noexcept {
  std::string_view rest = f.rest;
  return f.cause != interruption::none && !take_statement(rest).empty() && stopped_between(f);
}

bool conversation::next_of_script(flight& f) {
  f.statement_text = take_statement(f.rest);
  if (f.statement_text.empty()) return false;
  write_query(out_, f.statement_text);
  return true;
}

void conversation::finish(server_statement& statement) noexcept {
  if (statement.drained) {
    statement.forget_rest();
    statement.copy.reset();
    for (flight& f : flights_) {
      if (f.at == stage::draining && f.statement == &statement) f.statement = nullptr;
    }
    return;
  }
  if (statement.copy != nullptr) return leave_copy(statement);
  if (!statement.portal_open) return;
  statement.portal_open = false;
  std::erase(portals_, &statement);
  flight f;
  f.at = stage::closing;
  if (streaming_ == &statement) {
    streaming_ = nullptr;  // Sync ends the transaction that the statement was, and its portal with it
  } else {
    write_close_portal(out_, statement.portal);
  }
  write_sync(out_);
  flights_.push_back(std::move(f));
}

void conversation::release(std::unique_ptr<server_statement> statement) noexcept {
  finish(*statement);
  // Sent with the next request: nobody waits for the answer.
  if (statement->parsed && !statement->name.empty()) write_close_statement(out_, statement->name);
}

// ---- answers

void conversation::receive() {
  backend_message message;
  while (copying_out_ == nullptr && in_.next(message)) handle(message);
}

conversation::flight& conversation::front(const backend_message& message) {
  if (flights_.empty())
    throw_protocol_violation(name_of_backend_message(message.type) + " though nothing was asked for");
  return flights_.front();
}

void conversation::handle(const backend_message& message) {
  switch (message.type) {
    case 'D': return row(front(message), message);
    case 'C': return command_complete(front(message), message);
    case 'Z': return ready(message);
    case '1':  // ParseComplete
      if (flight& f = front(message); f.at == stage::describing && f.statement != nullptr) f.statement->parsed = true;
      return;
    case '2':  // BindComplete
    case '3':  // CloseComplete
      return;
    case 'n':  // NoData
      if (flight& f = front(message); f.at == stage::describing) {
        if (f.group) {
          group_described(f);
        } else if (is_copied(f)) {
          copy_described(f);
        }
      }
      return;
    case 'I':  // EmptyQueryResponse
      if (flight& f = front(message); f.group && f.at == stage::running) aim(f, f.group->next + 1);
      return;
    case 't': return parse_parameter_description(message, parameter_types_);
    case 'T':
      parse_row_description(message, columns_);
      if (flight& f = front(message); f.at == stage::describing && f.statement != nullptr) {
        f.statement->has_rows = true;
        result_columns_.clear();
        names_.clear();
        for (const column_description& column : columns_) names_.emplace_back(column.name);
        for (std::size_t i = 0; i < columns_.size(); ++i)
          result_columns_.push_back({names_[i], columns_[i].type, columns_[i].modifier});
        if (f.group) {
          group_described(f);
        } else if (is_copied(f)) {
          copy_described(f);
        }
      }
      return;
    case 's': return suspended(front(message));
    case 'E':
      if (flights_.empty()) throw_postgres_failure(parse_error(message), {});
      return failed(flights_.front(), message);
    case 'S': {
      const parameter_status changed = parse_parameter_status(message);
      if (changed.name == "client_encoding" && changed.value != "UTF8") {
        throw connection_error(errc::connection_lost,
                               "a statement changed client_encoding; Tupelo speaks UTF8 only: do not set it");
      }
      return;
    }
    case 'N':  // NoticeResponse
      if (events_ != nullptr && events_->wants_notices()) notices_.push_back(parse_error(message));
      return;
    case 'A':  // NotificationResponse
      return;
    case 'G': return copy_accepted(front(message), message);
    case 'H':  // CopyOutResponse: its data is read and dropped
    case 'd':
    case 'c': {
      flight& f = front(message);
      if (f.statement != nullptr && f.statement->copy != nullptr) return copied_row(f, message);
      if (f.due != nullptr && !f.due->failure) {
        note(f, std::make_exception_ptr(query_error("COPY … TO STDOUT cannot be run as a statement: use COPY … TO a "
                                                    "file on the server, or select the rows")));
      }
      return;
    }
    default: throw_protocol_violation(name_of_backend_message(message.type) + " where it has no meaning");
  }
}

void conversation::row(flight& f, const backend_message& message) {
  if (f.at == stage::draining && f.statement != nullptr) {
    const std::uint32_t size = message.size;
    f.statement->rest.append(reinterpret_cast<const char*>(&size), sizeof size).append(message.body, size);
  }
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

void conversation::command_complete(flight& f, const backend_message& message) {
  const command_result result = parse_command_complete(message);
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
}

void conversation::suspended(flight& f) {
  if (f.of == nullptr || f.at != stage::running) return;
  if (f.group) return aim(f, f.group->next + 1);
  f.suspended = true;
  if (f.synced) return;  // ReadyForQuery follows
  f.of->more = true;
  end_front();
}

void conversation::failed(flight& f, const backend_message& message) {
  const error_fields fields = parse_error(message);
  if (f.of == nullptr) {
    if (loses_connection(fields)) throw_postgres_failure(fields, {});
    if (f.at == stage::copying_in) copy_failed(f, fields);
    if (f.at != stage::draining) return;
    if (fields.sqlstate == "57014") cancel_missed_ = true;
    if (f.statement != nullptr) f.statement->rest_failure = make_postgres_failure(fields, {});
    return;
  }
  if (f.group) return group_failed(f, fields);
  if (f.of->copy == copy_step::abort && !loses_connection(fields)) return;  // as was asked for
  // 42P18: indeterminate datatype. What nothing in the statement tells the type of is taken for a text.
  f.lacks_types = f.at == stage::describing && fields.sqlstate == "42P18";
  if (f.statement != nullptr && f.statement->portal_open) {
    f.statement->portal_open = false;
    std::erase(portals_, f.statement);
    if (streaming_ == f.statement) streaming_ = nullptr;
  }
  const bool stale =
      fields.sqlstate == "26000" || (fields.sqlstate == "0A000" && fields.routine == "RevalidateCachedQuery");
  if (stale && f.at == stage::running && f.statement != nullptr && f.of->row_count == 0) {
    f.stale = true;
    f.statement->described = false;
    f.statement->parsed = fields.sqlstate != "26000" && !f.statement->name.empty();
  }
  note(f,
       f.stale ? make_stale_failure(fields.sqlstate, text_of(f)) : make_postgres_failure(fields, text_of(f), f.cause));
  if (loses_connection(fields)) throw_postgres_failure(fields, text_of(f));
  if (!f.synced) {
    write_sync(out_);
    f.synced = true;
  }
}

bool conversation::described(flight& f) {
  try {
    plan_layouts(*f.statement, *f.of->plan);
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

void conversation::plan_layouts(server_statement& statement, const statement_plan& plan) const {
  statement.parameter_types = parameter_types_;
  statement.parameters = plan_parameters(plan, parameter_types_);
  statement.rows = plan_row(plan, statement.has_rows ? std::span<const result_column>(result_columns_)
                                                     : std::span<const result_column>());
  statement.described = true;
}

void conversation::ready(const backend_message& message) {
  flight& f = front(message);
  status_ = parse_ready_for_query(message);
  if (f.statement != nullptr && f.statement->copy != nullptr) f.statement->copy.reset();
  if (f.at == stage::copying_in) copy_.reset();
  if (status_ == transaction_status::idle && !portals_.empty() && streaming_ == nullptr) forget_portals();
  if (f.of == nullptr) return end_front();
  if (f.group) return group_ready(f);
  const bool well = !f.of->failure;
  switch (f.at) {
    case stage::describing:
      blocked_ = false;
      if (f.lacks_types && !f.again && status_ != transaction_status::failed) {
        f.again = true;
        f.of->failure = nullptr;
        return describe(f);
      }
      if (well && !is_copied(f) && !stopped_between(f) && described(f)) return start_held();
      break;
    case stage::scripting:
      try {
        if (well && !stopped_in_script(f) && next_of_script(f)) return;
      } catch (...) {  // a text that cannot be sent
        note(f, std::current_exception());
      }
      break;
    case stage::running:
      if (f.stale && !f.again && status_ == transaction_status::idle) {
        f.of->failure = nullptr;
        held_.push_front({f.of, true});
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
  if (ended.at == stage::describing || ended.at == stage::scripting || ended.at == stage::copying_in || ended.group)
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
        sqlstate == "0A000"
            ? "the definition of a table changed while the transaction ran, so the statement must be prepared again: "
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
