// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include "frontend_messages.hpp"
#include "oid.hpp"
#include "script_splitter.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <cassert>
#include <charconv>
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
  if (flights_.empty()) return !held_.empty();
  return flights_.front().of != nullptr || !held_.empty() ||
         std::any_of(flights_.begin(), flights_.end(), [](const flight& f) { return f.of != nullptr; });
}

request* conversation::current() const noexcept {
  for (const flight& f : flights_) {
    if (f.of != nullptr) return f.of;
  }
  return held_.empty() ? nullptr : held_.front().of;
}

void conversation::blame(interruption cause) noexcept {
  for (flight& f : flights_) {
    if (f.of == nullptr) continue;
    f.cause = cause;
    return;
  }
  if (!held_.empty()) held_.front().cause = cause;
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
    if (!held.of->failure) held.of->failure = failure;
    refuse(*held.of);
  }
  flights_.clear();
  held_.clear();
  blocked_ = false;
  if (copy_ != nullptr) copy_failure_ = failure;
  copy_.reset();
  after_copy_.clear();
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
  submitted.abandoned = false;
  submitted.ended_transaction = false;
  submitted.failure = nullptr;
  if (submitted.copy > copy_step::open) return submit_copy(submitted);
  if (copy_ != nullptr) return refuse_beside_copy(submitted);
  if (!must_wait(submitted)) return start({&submitted});
  try {
    held_.push_back({&submitted});
  } catch (const std::exception&) {  // no memory
    submitted.failure = std::current_exception();
    refuse(submitted);
  }
}

// ---- those who do not wait for their answer

void conversation::abandon(request& given_up, const std::exception_ptr& failure, bool is_sent) noexcept {
  given_up.abandoned = is_sent;
  if (!given_up.failure) given_up.failure = failure;
  complete(given_up);
}

void conversation::abandon(flight& f, const std::exception_ptr& failure) noexcept {
  assert(!f.group && f.synced && (f.at == stage::describing || f.at == stage::asking || f.at == stage::running));
  // Its statement may be dropped before the answer comes. To close one that the server has not is no error.
  if (f.at == stage::describing) f.statement->parsed = true;
  f.statement = nullptr;
  // The server asked for the statement anew, which is no outcome.
  if ((f.stale && !f.again) || f.lacks_types) f.of->failure = nullptr;
  abandon(let_go(f), failure, true);
}

bool conversation::abandon(request& given_up, const std::exception_ptr& failure) noexcept {
  for (flight& f : flights_) {
    if (f.of != &given_up) continue;
    abandon(f, failure);
    return true;
  }
  const auto held = std::find_if(held_.begin(), held_.end(), [&](const waiting& each) { return each.of == &given_up; });
  if (held == held_.end()) return false;
  held_.erase(held);
  abandon(given_up, failure, false);
  return true;
}

const request* conversation::abandon_waiting(const std::exception_ptr& failure) noexcept {
  for (flight& f : flights_) {
    if (&f != &flights_.front() && f.of != nullptr) abandon(f, failure);
  }
  for (const waiting& held : std::exchange(held_, {})) abandon(*held.of, failure, false);
  return flights_.empty() ? nullptr : flights_.front().of;
}

void conversation::start_held() noexcept {
  while (!held_.empty() && !must_wait(*held_.front().of)) {
    const waiting next = held_.front();
    held_.pop_front();
    start(next);
  }
}

void conversation::start(const waiting& next) noexcept {
  request& submitted = *next.of;
  flight f;
  f.of = f.due = &submitted;
  f.again = next.again;
  f.cause = next.cause;
  std::size_t mark = out_.mark();
  try {
    const server_statement* const read = submitted.more ? statement_of(submitted) : nullptr;
    f.joins = may_join(submitted);
    f.again |= f.joins;  // a failure ends the transaction, and what else is read in it
    if (!f.joins && streaming_ != nullptr && read != streaming_ && !(read != nullptr && read->drained)) {
      drain_stream();
      mark = out_.mark();  // the drain is sent whatever becomes of this request
    }
    if (copying_out_ != nullptr && read != copying_out_) {
      drain_copy();
      mark = out_.mark();
    }
    if (!flights_.empty() && must_begin_alone(submitted)) return held_.push_front(next);
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
  // What is copied is read as the table is now: nobody would tell of a change. A plan that is out of date would end the
  // stream that is joined: described in its transaction, the tables are locked as they are.
  if (!is_prepared(*f.statement) || r.in_bulk ||
      (f.joins && f.statement->joined_stream != last_stream_ && !f.statement->portal_open)) {
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
  f.answered = false;
  f.lacks_types = false;
  f.parsed = false;
  begin_guard(f, leaves_types_open(*f.of->plan));
  write_description(*f.statement, *f.of->plan);
  end_guard(f);
  if (f.joins) f.statement->joined_stream = last_stream_;
  f.synced = !is_copied(f) && !f.joins;
  if (f.synced) {
    write_sync(out_);
  } else {
    write_flush(out_);  // the tables stay as they are described
  }
  blocked_ = true;
}

void conversation::write_description(server_statement& statement, const statement_plan& plan) {
  if (statement.parsed) write_close_statement(out_, statement.name);
  if (std::exchange(statement.outdated, false)) statement.name.clear();
  statement.parsed = pooled_ && !statement.name.empty();  // a pooler keeps names of what cannot be prepared, too
  statement.described = false;
  statement.described_after = forgotten_;
  statement.has_rows = false;
  std::string_view text = plan.text;
  text = take_statement(text);
  statement.forgets = begins_with_word(text, "deallocate") || begins_with_word(text, "discard");
  std::vector<std::uint32_t> types = wanted_parameter_types(plan);
  for (const std::uint16_t number : statement.untyped) {
    types.resize(std::max<std::size_t>(types.size(), number));
    types[number - 1u] = static_cast<std::uint32_t>(oid::text);
  }
  write_parse(out_, statement.name, plan.text, types);
  write_describe_statement(out_, statement.name);
}

/// What is behind DEALLOCATE in one unit is prepared again in it: nobody would tell in time that its name is gone. That
/// it may not be is why it is closed before, which is no error then. A pooler forgets names when the answer comes, also
/// those that were given meanwhile: there it goes on without one.
void conversation::write_anew(server_statement& statement, const statement_plan& plan) {
  if (pooled_) {
    statement.name.clear();
    statement.parsed = false;
  }
  if (statement.name.empty()) return;  // it is parsed with every run
  write_close_statement(out_, statement.name);
  write_parse(out_, statement.name, plan.text, statement.parameter_types);
}

/// A statement that may be refused for a type that nothing tells is described behind a savepoint, so that it can be
/// described again by another one in the same transaction. It costs no round trip.
void conversation::begin_guard(flight& f, bool wanted) {
  const bool failed = f.guarded && status_ == transaction_status::failed;
  f.guarded = failed || (wanted && status_ == transaction_status::open);
  if (f.guarded) write_command(out_, failed ? "ROLLBACK TO SAVEPOINT tupelo_types" : "SAVEPOINT tupelo_types");
}

void conversation::end_guard(const flight& f) {
  if (f.guarded) write_command(out_, "RELEASE SAVEPOINT tupelo_types");
}

/// Indeterminate datatype: the parameter that the server names is a text when the statement is described anew. False:
/// that would not help.
bool conversation::takes_for_text(server_statement& statement, const error_fields& fields) {
  if (fields.sqlstate != "42P18") return false;
  // `$2`, in whatever language the message is.
  const std::size_t sign = fields.message.find('$');
  if (sign == std::string::npos) return false;
  const char* const digits = fields.message.data() + sign + 1;
  std::uint16_t number = 0;
  if (std::from_chars(digits, fields.message.data() + fields.message.size(), number).ec != std::errc()) return false;
  std::vector<std::uint16_t>& known = statement.untyped;
  if (number == 0 || std::find(known.begin(), known.end(), number) != known.end()) return false;
  known.push_back(number);
  return true;
}

void conversation::run(flight& f) {
  request& r = *f.of;
  server_statement& statement = *f.statement;
  f.at = stage::running;
  f.stale = false;
  if (r.in_bulk && copy_out(f)) return;
  const std::string_view portal = portal_of(r, statement);
  write_run(r, statement, portal);
  f.answered = false;
  f.synced = !f.joins && (portal.empty() || status_ == transaction_status::open);
  if (f.synced) {
    if (r.fetch != 0 && r.end_after_fetch) write_close_portal(out_, portal);
    write_sync(out_);
  } else {
    write_flush(out_);
  }
  if (!portal.empty()) {
    portals_.push_back(&statement);
    statement.portal_open = true;
    if (!f.synced) {
      streaming_ = &statement;
      ++last_stream_;
    }
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
  if (tells_columns(r, statement)) write_describe_portal(out_, portal);
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
  f.answered = false;
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
  send_buffer& out = copy_ != nullptr ? after_copy_ : out_;
  if (streaming_ == &statement) {
    streaming_ = nullptr;  // Sync ends the transaction that the statement was, and its portal with it
  } else {
    write_close_portal(out, statement.portal);
  }
  write_sync(out);
  flights_.push_back(std::move(f));
}

void conversation::release(std::unique_ptr<server_statement> statement) noexcept {
  finish(*statement);
  // Sent with the next request: nobody waits for the answer.
  if (!statement->parsed || statement->name.empty()) return;
  write_close_statement(copy_ != nullptr ? after_copy_ : out_, statement->name);
}

}  // namespace tupelo::driver::postgres
