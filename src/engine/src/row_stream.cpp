// SPDX-License-Identifier: Apache-2.0
#include "tupelo/engine/row_stream.hpp"

#include "connection_pool.hpp"
#include "tupelo/engine/lease.hpp"

namespace tupelo::detail {

namespace {

constexpr std::uint32_t batch_rows = 64;

}  // namespace

struct row_stream_core::state {
  query_source* source;
  statement_run run;
  lease held;
  driver::request request;
  cached_statement* statement = nullptr;           // ours, if no other stream had it
  driver::prepared_statement* prepared = nullptr;  // else this one
  bool running = false;
  bool ended = false;

  /// Ends the result and lets go of the statement and the connection.
  void close(pooled_connection& connection) noexcept {
    if (running) connection.driver().finish(*request.prepared);
    running = false;
    if (statement) statement->in_use = false;
    statement = nullptr;
    if (prepared) connection.driver().release(prepared);
    prepared = nullptr;
    held.release();
  }
};

row_stream_core::row_stream_core(query_source* source, query_core core) : state_(std::make_unique<state>()) {
  state_->source = source;
  state_->run.core = std::move(core);
}
row_stream_core::row_stream_core(row_stream_core&&) noexcept = default;
row_stream_core::~row_stream_core() {
  if (state_ && state_->held.holds_connection()) state_->close(state_->held.connection());
}

task<std::uint64_t> row_stream_core::fetch(row_sink sink) {
  state& s = *state_;
  if (s.ended) co_return std::uint64_t{0};
  if (!s.held.holds_connection()) {
    s.run.core.finish();
    s.held = co_await s.source->acquire();
    pooled_connection& connection = s.held.connection();
    cached_statement& cached = connection.statement(s.run.core);
    connection.fill(s.request, cached, s.run);
    if (cached.in_use) {
      s.request.prepared = &s.prepared;
    } else {
      cached.in_use = true;
      s.statement = &cached;
    }
    s.request.fetch = batch_rows;
  }
  pooled_connection& connection = s.held.connection();
  s.request.rows = sink;
  const task_context& context = co_await current_context();
  s.request.deadline_us = context.deadline.at_us;
  std::exception_ptr failure;
  try {
    if (connection.runs_inline()) {
      context.cancellation.throw_if_cancelled();
      s.request.cancellable = false;
      connection.driver().run(s.request);
      if (s.request.failure) std::rethrow_exception(s.request.failure);
    } else {
      co_await request_awaiter(connection.driver(), s.request);
    }
  } catch (...) {
    failure = std::current_exception();
  }
  s.running = !failure && s.request.more;
  s.ended = !s.running;
  if (s.ended) s.close(connection);
  if (failure) std::rethrow_exception(failure);
  co_return s.request.row_count;
}

}  // namespace tupelo::detail
