// SPDX-License-Identifier: Apache-2.0
#include "sqlite_connection.hpp"

#include "row_decoder.hpp"
#include "sqlite_failure.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <cassert>
#include <climits>
#include <cstdint>
#include <utility>

namespace tupelo::driver {

namespace {

/// Statements stop when their deadline passes, and not those after them.
class deadline_guard {
public:
  deadline_guard(busy_wait& wait, sqlite3* database, std::int64_t deadline_us)
      : wait_(deadline_us != INT64_MAX ? &wait : nullptr), database_(database) {
    if (wait_ != nullptr) [[unlikely]]
      wait.set_deadline(database, deadline_us);
  }
  deadline_guard(const deadline_guard&) = delete;
  deadline_guard& operator=(const deadline_guard&) = delete;
  ~deadline_guard() {
    if (wait_ != nullptr) [[unlikely]]
      wait_->clear_deadline(database_);
  }

private:
  busy_wait* wait_;
  sqlite3* database_;
};

/// A statement that leaves a scope by an exception must not keep its locks.
class reset_on_failure {
public:
  explicit reset_on_failure(sqlite3_stmt* statement) noexcept : statement_(statement) {}
  reset_on_failure(const reset_on_failure&) = delete;
  reset_on_failure& operator=(const reset_on_failure&) = delete;
  ~reset_on_failure() {
    if (statement_ != nullptr) [[unlikely]]
      sqlite3_reset(statement_);
  }
  void dismiss() noexcept { statement_ = nullptr; }

private:
  sqlite3_stmt* statement_;
};

constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The statement at the front of a script, of which SQLite has read up to `tail`: to its end, or to where it stopped
/// making sense.
std::string_view failed_statement(const char* first, const char* tail, const char* end) noexcept {
  const char* stop = tail > first && tail[-1] == ';' ? tail - 1 : std::find(tail, end, ';');
  while (first != stop && is_space(*first)) ++first;
  while (first != stop && is_space(stop[-1])) --stop;
  return {first, static_cast<std::size_t>(stop - first)};
}

}  // namespace

sqlite_connection::sqlite_connection(sqlite_settings settings, bool inline_execution)
    : settings_(std::move(settings)), wait_(interrupts_, settings_.busy_timeout_us), inline_(inline_execution) {
  if (!inline_) worker_ = std::make_unique<sqlite_worker>(this, &run_on_worker, interrupts_);
}

sqlite_connection::~sqlite_connection() {
  worker_.reset();
  if (database_ == nullptr) return;
  // A database with statements cannot be closed; their handles end with the connection. Others are not ours: those of
  // virtual tables (full text search) end with their tables.
  for (sqlite3_stmt* statement : handles_) sqlite3_finalize(statement);
}

// ---- the contract

bool sqlite_connection::run(request& r) noexcept {
  assert(inline_);
  if (r.cancellable) {
    interrupts_.begin();
    if (r.cancellation != nullptr && r.cancellation->cancel_requested()) interrupts_.trigger();
  }
  return run_begun(r);
}

void sqlite_connection::start(request& r) noexcept {
  assert(!inline_);
  worker_->start(r);
}

void sqlite_connection::interrupt() noexcept {
  if (worker_ != nullptr) {
    worker_->interrupt();
  } else {
    interrupts_.trigger();
  }
}

void sqlite_connection::finish(prepared_statement* handle) noexcept {
  sqlite3_stmt* statement = statement_of(handle);
  if (sqlite3_stmt_busy(statement) == 0) return;
  sqlite3_reset(statement);
  --open_results_;
}

void sqlite_connection::release(prepared_statement* handle) noexcept {
  finish(handle);
  std::erase(handles_, statement_of(handle));
  sqlite3_finalize(statement_of(handle));
}

bool sqlite_connection::in_transaction() const noexcept {
  return database_ != nullptr && sqlite3_get_autocommit(database()) == 0;
}

// ---- running

void sqlite_connection::run_on_worker(void* self, request& r) noexcept {
  static_cast<sqlite_connection*>(self)->run_begun(r);
}

bool sqlite_connection::run_begun(request& r) noexcept {
  r.row_count = 0;
  r.affected = 0;
  r.ended_transaction = false;
  if (r.failure) [[unlikely]]
    r.failure = nullptr;
  bool done = true;
  try {
    execute(r);
  } catch (...) {
    note_failure(r);
    done = false;
  }
  // SQLite keeps an interrupt for all statements while any is open, so the open ones end here lest later ones be
  // stopped too.
  if (r.cancellable && interrupts_.end() && open_results_ != 0) end_open_results();
  return done;
}

void sqlite_connection::note_failure(request& r) noexcept {
  r.more = false;
  r.failure = std::current_exception();
  try {
    throw;
  } catch (const error& e) {
    usable_ = usable_ && e.connection_usable();
  } catch (...) {  // NOLINT(bugprone-empty-catch): std::bad_alloc and the like: the request has it
  }
}

void sqlite_connection::begin_result(sqlite3_stmt* statement, request& r) {
  if (r.more) [[unlikely]] {
    r.more = false;
    if (sqlite3_stmt_busy(statement) == 0) {
      throw cancelled("the rest of the result is gone, because the connection was interrupted or the result was ended");
    }
    --open_results_;
    return;
  }
  if (open_results_ != 0 && sqlite3_stmt_busy(statement) != 0) [[unlikely]] {
    throw transaction_error(
        errc::concurrent_use,
        "the statement is still being read by an open result; read that to its end or finish it first");
  }
  if (r.plan->binds.empty()) return;
  scratch_.clear();
  value_binder(statement, scratch_, r.fetch != 0 && !r.end_after_fetch).bind(*r.plan, r.values, r.objects);
}

int sqlite_connection::read_rows(sqlite3_stmt* statement, request& r) {
  const statement_plan& plan = *r.plan;
  const std::uint64_t limit = r.fetch != 0 ? r.fetch : plan.single_row ? 1 : UINT64_MAX;
  int code = sqlite3_step(statement);
  if (code != SQLITE_ROW) return code;
  // SQLite prepares again by itself when the schema has changed; `SELECT *` may then have other columns.
  if (plan.dynamic_row) check_columns(statement, plan);
  const int count = static_cast<int>(plan.reads.size());
  if (r.rows.add == nullptr || count == 0) {
    while (code == SQLITE_ROW && ++r.row_count != limit) code = sqlite3_step(statement);
    return code;
  }
  const field_slot* const slots = plan.reads.data();
  while (code == SQLITE_ROW) {
    decode_row(statement, slots, count, r.rows.add(r.rows.rows));
    if (++r.row_count == limit) break;
    code = sqlite3_step(statement);
  }
  return code;
}

void sqlite_connection::run_plan(request& r) {
  const statement_plan& plan = *r.plan;
  statement_ptr temporary;
  sqlite3_stmt* statement = r.prepared != nullptr ? statement_of(*r.prepared) : nullptr;
  if (statement == nullptr) [[unlikely]]
    statement = prepare_for(r, temporary);
  begin_result(statement, r);
  reset_on_failure guard(statement);
  const sqlite3_int64 changes = plan.read_only ? 0 : sqlite3_total_changes64(database());
  const int code = read_rows(statement, r);
  if (code == SQLITE_ROW && r.fetch != 0 && !r.end_after_fetch) {
    guard.dismiss();
    r.more = true;
    ++open_results_;
    return;
  }
  if (code != SQLITE_DONE && code != SQLITE_ROW) [[unlikely]]
    fail(database(), statement, code, plan.text);
  guard.dismiss();
  if (const int ended = sqlite3_reset(statement); ended != SQLITE_OK) [[unlikely]] {
    fail(database(), statement, ended, plan.text);
  }
  if (plan.read_only) return;
  // sqlite3_changes keeps the count of an earlier statement where this one is no INSERT, UPDATE or DELETE.
  if (sqlite3_total_changes64(database()) != changes) r.affected = sqlite3_changes64(database());
  r.last_insert_id = sqlite3_last_insert_rowid(database());
}

void sqlite_connection::run_member(request& r) { run_plan(r); }

void sqlite_connection::execute(request& r) {
  if (database_ == nullptr) [[unlikely]] {
    const deadline_guard guard(wait_, nullptr, r.deadline_us);
    open();
  }
  const deadline_guard guard(wait_, database(), r.deadline_us);
  if (traced_ != r.cancellable) [[unlikely]]
    trace(r.cancellable);
  if (r.plan != nullptr) {
    run_plan(r);
  } else if (r.members != nullptr) {
    run_group(r);
  } else {
    run_script(r);
  }
}

void sqlite_connection::run_script(request& r) {
  check_text(r.script, "the SQL script");
  if (r.script.size() > INT_MAX) throw query_error("the SQL script is longer than SQLite takes; run it in parts");
  const sqlite3_int64 changes = sqlite3_total_changes64(database());
  const char* rest = r.script.data();
  const char* const end = rest + r.script.size();
  while (rest != end) {
    if (r.cancellable && interrupts_.triggered()) throw cancelled();
    // Statements too short to be interrupted add up.
    if (r.deadline_us != INT64_MAX && wait_.deadline_passed())
      throw timed_out("the deadline passed while the script ran, between two of its statements");
    const bool in_transaction_before = in_transaction();
    sqlite3_stmt* prepared = nullptr;
    const char* tail = end;
    int code = sqlite3_prepare_v3(database(), rest, static_cast<int>(end - rest), 0, &prepared, &tail);
    const statement_ptr statement(prepared);
    if (code == SQLITE_OK && prepared != nullptr) {
      do {
        code = sqlite3_step(prepared);
      } while (code == SQLITE_ROW);
    }
    if (code != SQLITE_OK && code != SQLITE_DONE) {
      fail(database(), prepared, code, failed_statement(rest, tail, end));
    }
    r.ended_transaction |= in_transaction_before && !in_transaction();
    rest = tail;
  }
  r.affected = sqlite3_total_changes64(database()) - changes;
  r.last_insert_id = sqlite3_last_insert_rowid(database());
}

void sqlite_connection::end_open_results() noexcept {
  for (sqlite3_stmt* statement : handles_) {
    if (sqlite3_stmt_busy(statement) != 0) sqlite3_reset(statement);
  }
  open_results_ = 0;
}

// ---- preparing

sqlite3_stmt* sqlite_connection::prepare_for(request& r, statement_ptr& temporary) {
  sqlite3_stmt* statement = prepare(*r.plan, r.prepared != nullptr ? SQLITE_PREPARE_PERSISTENT : 0);
  if (r.prepared != nullptr) {
    statement_ptr owned(statement);
    handles_.push_back(statement);
    *r.prepared = reinterpret_cast<prepared_statement*>(owned.release());
  } else {
    assert(r.fetch == 0 || r.end_after_fetch);
    temporary.reset(statement);
  }
  return statement;
}

sqlite3_stmt* sqlite_connection::prepare(const statement_plan& plan, unsigned flags) {
  check_text(plan.text, "the SQL text");
  if (plan.text.size() > INT_MAX) throw query_error("the SQL text is longer than SQLite takes");
  sqlite3_stmt* prepared = nullptr;
  const char* tail = nullptr;
  const int code =
      sqlite3_prepare_v3(database(), plan.text.data(), static_cast<int>(plan.text.size()), flags, &prepared, &tail);
  if (code != SQLITE_OK) fail(database(), nullptr, code, plan.text);
  statement_ptr statement(prepared);
  try {
    if (prepared == nullptr) throw query_error("the SQL text holds no statement");
    check_single(tail, plan.text);
    check_parameters(prepared, plan);
    check_columns(prepared, plan);
  } catch (error& e) {
    e.set_statement(plan.text);
    throw;
  }
  return statement.release();
}

void sqlite_connection::check_single(const char* tail, std::string_view text) {
  const std::string_view rest = text.substr(static_cast<std::size_t>(tail - text.data()));
  if (rest.empty()) return;
  sqlite3_stmt* second = nullptr;
  const int code = sqlite3_prepare_v3(database(), rest.data(), static_cast<int>(rest.size()), 0, &second, nullptr);
  sqlite3_finalize(second);
  // Blanks and comments prepare to nothing.
  if (code == SQLITE_OK && second == nullptr) return;
  throw query_error("the SQL text holds more than one statement; run them one by one, or all with execute()");
}

void sqlite_connection::check_parameters(sqlite3_stmt* statement, const statement_plan& plan) {
  std::uint64_t given = 0;
  for (const bind_step& step : plan.binds)
    given = std::max<std::uint64_t>(given, std::uint64_t{step.first} + step.places - 1);
  if (plan.rows_per_statement > 1) given = std::uint64_t{plan.binds.size()} * plan.rows_per_statement;
  const auto wanted = static_cast<std::uint64_t>(sqlite3_bind_parameter_count(statement));
  if (wanted == given) return;
  throw query_error("the statement has " + std::to_string(wanted) + " placeholders but is given " +
                    std::to_string(given) + " parameters; give one for each ?");
}

void sqlite_connection::check_columns(sqlite3_stmt* statement, const statement_plan& plan) {
  const auto count = static_cast<std::size_t>(sqlite3_column_count(statement));
  if (plan.reads.empty() || count == plan.reads.size()) return;
  throw query_error("the statement gives " + std::to_string(count) + " columns but " +
                    (plan.row_type.empty() ? "the row type" : std::string(plan.row_type)) + " takes " +
                    std::to_string(plan.reads.size()) + "; name one column for each field");
}

// ---- failing

void sqlite_connection::fail(sqlite3* database, sqlite3_stmt* statement, int code, std::string_view text) {
  sqlite_failure failure = sqlite_failure::of(database, code);
  failure.while_running = statement != nullptr;
  if (statement != nullptr) sqlite3_reset(statement);
  const int primary = code & 0xff;
  if ((primary == SQLITE_INTERRUPT || primary == SQLITE_BUSY) && interrupts_.triggered()) {
    cancelled given_up("the statement was cancelled while it ran");
    given_up.set_statement(std::string(text));
    throw given_up;
  }
  if (primary == SQLITE_INTERRUPT && wait_.deadline_passed()) {
    timed_out given_up("the deadline passed while the statement ran; give it more time or less to do");
    given_up.set_statement(std::string(text));
    throw given_up;
  }
  throw_sqlite_failure(database, failure, text, settings_.name());
}

}  // namespace tupelo::driver
