// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/row_stream.hpp"

#include "connection_pool.hpp"
#include "relation_loader.hpp"

#include "tupelo/engine/lease.hpp"
#include "tupelo/core/error.hpp"

#include <exception>
#include <memory>
#include <optional>

namespace tupelo::detail {

namespace {

constexpr std::uint32_t batch_rows = 64;

/// A lease, whose statements are run in a way of their own.
class leased_source : public query_source {
public:
  bool in_transaction() const noexcept override { return of_.in_transaction(); }
  const dialect& sql_dialect() const override { return of_.sql_dialect(); }
  const event_registry* listening() const noexcept override { return of_.listening(); }
  task<lease> acquire(std::source_location from) override { return of_.acquire(from); }

protected:
  explicit leased_source(lease& of) noexcept : of_(of) {}
  lease& of_;
};

/// Statements between the rows of a result. While it lives, they leave the result open.
class between_rows final : public leased_source {
public:
  between_rows(lease& of, driver::connection& on, driver::prepared_statement* read) noexcept
      : leased_source(of), on_(on), one_by_one_(on.join_result(read)) {}
  between_rows(const between_rows&) = delete;
  between_rows& operator=(const between_rows&) = delete;
  ~between_rows() { on_.join_result(nullptr); }

  bool try_run(statement_run& run, const task_context& context) override { return of_.try_run(run, context); }
  task<void> run(statement_run& run) override { return of_.run(run); }
  task<void> run_group(statement_group& group) override {
    if (!one_by_one_) {
      co_await of_.run_group(group);
      co_return;
    }
    for (std::size_t i = 0; i != group.count; ++i) co_await of_.run(*group.runs[i]);
  }

private:
  driver::connection& on_;
  bool one_by_one_;
};

/// Runs what the connection has not prepared yet, and nothing else.
class unprepared_only final : public leased_source {
public:
  unprepared_only(lease& of, pooled_connection& on) noexcept : leased_source(of), on_(on) {}

  bool try_run(statement_run&, const task_context&) override { return false; }
  task<void> run(statement_run& run) override {
    if (on_.statement(run.core).prepared == nullptr) co_await of_.run(run);
  }
  task<void> run_group(statement_group& group) override {
    for (std::size_t i = 0; i != group.count; ++i) co_await run(*group.runs[i]);
  }

private:
  pooled_connection& on_;
};

}  // namespace

struct row_stream_core::state final : open_result {
  query_source* source;
  statement_run run;
  lease held;
  driver::request request;
  std::shared_ptr<const statement_plan> plan;      // the cache may drop the statement meanwhile
  cached_statement* statement = nullptr;           // ours, if no other stream had it
  driver::prepared_statement* prepared = nullptr;  // else this one
  std::optional<observed_statement> observed;      // from the first row to the last: one statement to observers
  std::uint64_t rows = 0;
  bool running = false;
  bool ended = false;
  bool cut = false;                      // the transaction that it was opened in is over
  const task_context* around = nullptr;  // of for_each(), which reads it
  held_streams::reader reader{};         // known to the pool while `own` is set
  std::exception_ptr failure;            // what ended it

  void open(pooled_connection& connection) {
    cached_statement& cached = connection.statement(run.core);
    plan = cached.plan;
    connection.fill(request, cached, run);
    if (cached.in_use) {
      request.prepared = &prepared;
    } else {
      cached.in_use = true;
      statement = &cached;
    }
    request.fetch = batch_rows;
    observed.emplace(connection.pool().observers(), request);
    connection.add_result(*this);
  }

  void cut_off(pooled_connection& connection) noexcept override {
    cut = ended = true;
    close(connection);
  }

  /// Ends the result and lets go of the statement and the connection.
  void close(pooled_connection& connection) noexcept {
    end(connection);
    let_go();
  }

  void note_reader(const task_context& own) noexcept {
    if (around == nullptr || !held.owns_) return;
    reader.own = &own;
    reader.around = around;
    held.pool_->add_stream(reader);
  }
  void let_go() noexcept {
    if (reader.own != nullptr) held.pool_->remove_stream(reader);
    reader.own = nullptr;
    held.release();
  }

  /// Whether the database has failed the statement behind rows that are whole. A task that is to stop has no use for
  /// them, and what cannot be read is told at once.
  bool fails_behind_rows(const row_sink& sink, pooled_connection& connection) const noexcept {
    if (!request.failure || request.row_count == 0 || request.rows.rows != sink.rows || !connection.usable())
      return false;
    try {
      std::rethrow_exception(failure);
    } catch (const database_error&) {
      return true;
    } catch (...) {
      return false;
    }
  }

  void end(pooled_connection& connection) noexcept {
    connection.drop_result(*this);
    if (observed) {
      request.row_count = rows;
      observed->finish(request);
      observed.reset();
    }
    if (running) connection.driver().finish(*request.prepared);
    const bool copies = request.in_bulk && connection.pool().sql_dialect().features().copy;
    connection.owes |= copies && (running || failure);
    running = false;
    if (statement) statement->in_use = false;
    statement = nullptr;
    if (prepared) connection.driver().release(prepared);
    prepared = nullptr;
  }
};

row_stream_core::row_stream_core(query_source* source, query_core core, bool in_bulk, std::source_location from)
    : state_(new state) {
  state_->source = source;
  state_->run.from = from;
  // Relations are read on the same connection meanwhile: COPY would have its rest read into memory for that.
  state_->request.in_bulk = in_bulk && core.loads.empty();
  state_->run.core = std::move(core);
}
row_stream_core::row_stream_core(row_stream_core&&) noexcept = default;
void row_stream_core::read_for(const task_context& around) noexcept { state_->around = &around; }
row_stream_core::~row_stream_core() {
  if (state_ && state_->held.holds_connection()) state_->close(state_->held.connection());
}

task<std::uint64_t> row_stream_core::fetch(row_sink sink) {
  state& s = *state_;
  if (s.cut) {
    throw transaction_error(errc::invalid_transaction,
                            "the transaction that this stream was opened in is over: read a stream to its end before "
                            "commit() or rollback()");
  }
  if (s.failure) std::rethrow_exception(s.failure);
  if (s.ended) co_return std::uint64_t{0};
  if (!s.held.holds_connection()) {
    s.run.core.finish();
    try {
      s.held = co_await s.source->acquire(s.run.from);
      s.note_reader(co_await current_context());
      // A statement that cannot be prepared at the first attempt would end the transaction, and the stream with it.
      if (!s.run.core.loads.empty() && !s.held.in_transaction() && s.held.connection().driver().describes_first()) {
        unprepared_only source(s.held, s.held.connection());
        co_await prepare_relations(source, s.run.core.loads);
      }
      // Relations are read between the rows, on the same connection: in a transaction both can be open, and see the
      // same.
      if (!s.run.core.loads.empty() && s.held.owns_ && !s.held.in_transaction() && !s.run.core.locks_rows()) {
        co_await s.held.begin(transaction_mode::deferred);
      }
    } catch (...) {
      s.failure = std::current_exception();
      throw;
    }
  }
  pooled_connection& connection = s.held.connection();
  connection.require_no_copy();
  connection.require_unused();
  const task_context& context = co_await current_context();
  try {
    if (!s.request.plan) {
      static_cast<void>(s.held.ready());
      co_await connection.catch_up();
      s.open(connection);
    }
    row_recorder recorder(sink);
    // after open(), which fills the request from the run
    const bool tells = tells_loaded(*s.source, s.run.core);
    s.request.rows = s.run.core.loads.empty() && !tells ? sink : recorder.sink();
    context.cancellation.throw_if_cancelled();
    s.request.deadline_us = INT64_MAX;  // the awaiter takes that of this fetch
    if (connection.runs_inline()) {
      connection.run_inline(s.request, context);
      if (s.request.failure) std::rethrow_exception(s.request.failure);
    } else {
      co_await request_awaiter(connection, s.request);
    }
    s.rows += s.request.row_count;
    s.running = s.request.more;
    if (!s.run.core.loads.empty()) {
      between_rows source(s.held, connection.driver(), s.running ? *s.request.prepared : nullptr);
      co_await load_relations(source, s.run.core.loads, recorder.objects_of(s.run.core));
    }
    if (tells) {
      co_await tell_loaded(*s.source, info_of(*find_spec(model_of(s.run.core.shape.data()[0]))),
                           recorder.objects_of(s.run.core));
    }
  } catch (...) {
    // A fetch that never got to the statement leaves the result of the one before it open: close() ends it.
    s.failure = std::current_exception();
  }
  const std::uint64_t fetched = s.request.row_count;
  const bool fails_later = s.failure && s.fails_behind_rows(sink, connection);
  if (fails_later) s.rows += fetched;
  s.ended = s.failure || !s.running;
  if (s.ended) {
    s.end(connection);
    if (s.held.owns_ && s.held.in_transaction()) {  // begun above
      try {
        co_await s.held.rollback();
      } catch (...) {
        if (!s.failure) s.failure = std::current_exception();
      }
    }
    s.let_go();
  }
  if (s.failure && !fails_later) std::rethrow_exception(s.failure);
  co_return fetched;
}

}  // namespace tupelo::detail
