// SPDX-License-Identifier: Apache-2.0
// COPY in both directions. The statement whose columns are described and the COPY itself are one implicit transaction,
// with Sync at its end only: so the table cannot change in between.
#include "conversation.hpp"
#include "frontend_messages.hpp"
#include "protocol_violation.hpp"

#include <tupelo/core/error.hpp>

#include <cassert>
#include <string>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

std::exception_ptr no_copy() {
  return std::make_exception_ptr(transaction_error(
      errc::invalid_transaction, "no COPY is open on the connection: it has failed, or was ended before"));
}

std::exception_ptr is_no_statement() {
  return std::make_exception_ptr(query_error("COPY … FROM STDIN cannot be run as a statement: use copy_in()"));
}

std::exception_ptr is_copying() {
  return std::make_exception_ptr(transaction_error(
      errc::concurrent_use,
      "a COPY is open on the connection, which takes nothing but its rows until it has ended: run the statement on "
      "another one, or before"));
}

}  // namespace

// ---- both

void conversation::copy_described(flight& f) {
  if (stopped_between(f)) {
  } else if (f.of->copy == copy_step::open) {
    const std::size_t mark = out_.mark();
    try {
      open_copy(f);
      return;
    } catch (...) {
      out_.truncate(mark);
      copy_.reset();
      note(f, std::current_exception());
    }
  } else {
    blocked_ = false;
    if (described(f)) return start_held();
    blocked_ = true;  // until the failure is told: those who wait go before those who come
  }
  if (f.joins) lose_stream();
  write_sync(out_);
  f.synced = true;
}

// ---- in

void conversation::describe_copy(flight& f) {
  f.temporary = make_statement(false);
  f.statement = f.temporary.get();
  f.at = stage::describing;
  f.synced = false;
  write_parse(out_, {}, f.of->script);
  write_describe_statement(out_, {});
  write_flush(out_);
  blocked_ = true;
}

void conversation::open_copy(flight& f) {
  std::vector<std::uint32_t> types;
  types.reserve(result_columns_.size());
  for (const result_column& column : result_columns_) types.push_back(column.type);
  // As the types are now: the server would find out in the midst of the rows that one has changed.
  if (!f.asked) {
    if (const auto made = types_to_ask_for(*f.of->plan, types, {}, true); !made.empty()) return ask_for(f, made, false);
  }
  copy_ = std::make_unique<copy_writer>(*f.of->plan, types, server_version_, types_);
  copy_failure_ = nullptr;
  write_command(out_, copy_->statement());
  write_flush(out_);
  f.at = stage::copying_in;
  f.answered = false;
}

void conversation::copy_accepted(flight& f, const backend_message& message) {
  if (f.at != stage::copying_in || f.of == nullptr || f.of->copy != copy_step::open) {
    note(f, is_no_statement());  // the server only answers that it was cancelled
    write_copy_fail(out_, "COPY FROM STDIN cannot be run as a statement: use copy_in()");
    // The server takes the Sync behind the statement for data that it may ignore.
    if (f.at == stage::running && (!f.group || f.group->next + 1 >= f.group->end)) write_sync(out_);
    return;
  }
  copy_->check(parse_copy_response(message));
  copy_->begin(out_);
  complete(let_go(f));
  for (const waiting& held : std::exchange(held_, {})) refuse_beside_copy(*held.of);
}

/// Nobody who waits for the statement could end the wait: the COPY may be waiting for him.
void conversation::refuse_beside_copy(request& refused) noexcept {
  refused.failure = is_copying();
  refuse(refused);
}

void conversation::end_copy_in() {
  copy_.reset();
  out_.put_bytes(after_copy_.data(), after_copy_.size());
  after_copy_.clear();
}

void conversation::submit_copy(request& submitted) noexcept {
  if (copy_ == nullptr) {
    std::exception_ptr failure = std::exchange(copy_failure_, nullptr);
    if (submitted.copy != copy_step::abort) submitted.failure = failure ? std::move(failure) : no_copy();
    return complete(submitted);
  }
  if (copy_failure_ && submitted.copy != copy_step::abort) {
    submitted.failure = std::exchange(copy_failure_, nullptr);
    return complete(submitted);
  }
  flight& f = flights_.front();
  assert(f.at == stage::copying_in && f.of == nullptr);
  f.of = f.due = &submitted;
  f.cause = interruption::none;
  const std::size_t mark = out_.mark();
  try {
    switch (submitted.copy) {
      case copy_step::rows: return write_copied(f);
      case copy_step::close: copy_->end(out_); break;
      case copy_step::abort:
        if (f.synced) return;  // it has failed: its end is on its way
        write_copy_fail(out_, "the client gave it up");
        break;
      case copy_step::none:
      case copy_step::open: break;
    }
    write_sync(out_);
    f.synced = true;
  } catch (...) {
    out_.truncate(mark);
    note(f, std::current_exception());
    complete(let_go(f));
  }
}

void conversation::write_copied(flight& f) {
  request& r = *f.of;
  try {
    while (r.row_count != r.object_count && out_.size() < copy_writer::chunk_bytes)
      r.row_count += copy_->write(out_, r.objects + r.row_count, r.object_count - r.row_count);
  } catch (...) {
    note(f, std::current_exception());
  }
  // What is too little to be sent goes with the rows of the next step.
  if (!r.failure && (r.row_count != r.object_count || out_.size() >= copy_writer::chunk_bytes)) return;
  complete(let_go(f));
}

bool conversation::go_on_copying() {
  if (copy_ == nullptr) return false;
  flight& f = flights_.front();
  if (f.of == nullptr || f.of->copy != copy_step::rows || f.of->failure) return false;
  write_copied(f);
  return f.of != nullptr;
}

void conversation::copy_failed(flight& f, const error_fields& fields) {
  if (!copy_failure_) copy_failure_ = make_postgres_failure(fields, copy_->text(), f.cause);
  if (f.synced) return;
  write_sync(out_);
  f.synced = true;
}

// ---- out

bool conversation::copy_out(flight& f) {
  const request& r = *f.of;
  server_statement& statement = *f.statement;
  if (r.fetch == 0 || r.end_after_fetch || !r.plan->binds.empty()) return false;
  if (!copy_reader::can_read(statement.rows, result_columns_)) return false;
  const std::string text = copy_reader::statement(r.plan->text);
  if (text.empty()) return false;
  write_command(out_, text);
  write_sync(out_);
  statement.copy = std::make_unique<copy_reader>(result_columns_);
  f.at = stage::copying_out;
  f.answered = false;
  f.synced = true;
  return true;
}

void conversation::copied_row(flight& f, const backend_message& message) {
  server_statement& statement = *f.statement;
  if (message.type == 'c') return;
  if (message.type == 'H') {
    const copy_response response = parse_copy_response(message);
    if (!response.binary || response.columns != statement.rows.columns.size())
      throw_protocol_violation("CopyOutResponse announces other rows than were described");
    return;
  }
  backend_message data;
  if (!statement.copy->next(message, data)) return;
  row(f, data);
  if (f.at != stage::copying_out || f.of == nullptr) return;
  if (f.of->failure) {
    // The rest is of no use.
    request& failed = let_go(f);
    f.at = stage::closing;
    f.statement = nullptr;
    statement.copy.reset();
    stuck_ |= status_ == transaction_status::idle && !may_send_ahead();
    complete(failed);
  } else if (f.of->row_count == f.of->fetch) {
    pause_copy(f);
  }
}

void conversation::pause_copy(flight& f) noexcept {
  f.of->more = true;
  if (flights_.size() == 1) {
    copying_out_ = f.statement;
    return end_front();
  }
  // Somebody waits behind it.
  f.at = stage::draining;
  f.statement->drained = f.statement->draining = true;
  f.statement->rest_failure = nullptr;
  complete(let_go(f));
}

void conversation::drain_copy() {
  flight f;
  f.at = stage::draining;
  f.statement = copying_out_;
  flights_.push_back(std::move(f));
  copying_out_->drained = copying_out_->draining = true;
  copying_out_->rest_failure = nullptr;
  copying_out_ = nullptr;
}

void conversation::leave_copy(server_statement& statement) noexcept {
  statement.copy.reset();
  copying_out_ = nullptr;
  if (status_ == transaction_status::idle && !may_send_ahead()) {
    stuck_ = true;
    return;
  }
  flight f;
  f.at = stage::closing;
  flights_.push_back(std::move(f));
}

}  // namespace tupelo::driver::postgres
