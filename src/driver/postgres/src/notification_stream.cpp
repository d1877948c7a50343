// SPDX-License-Identifier: Apache-2.0
#include "notification_stream.hpp"

#include "backend_messages.hpp"
#include "frontend_messages.hpp"
#include "postgres_failure.hpp"
#include "protocol_violation.hpp"
#include "socket_wait.hpp"

#include <tupelo/core/deadline.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/scheduler.hpp>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

/// How long a server may take to answer a question; less would take a slow one for lost.
constexpr std::int64_t shortest_patience_us = 2'000'000;

std::string listen_script(const std::vector<std::string>& channels) {
  std::string script;
  for (const std::string& channel : channels) {
    script += "LISTEN \"";
    for (const char c : channel) {
      if (c == '"') script += c;
      script += c;
    }
    script += "\";";
  }
  return script;
}

}  // namespace

// ---- without a socket

void notification_reader::receive(receive_buffer& in) {
  backend_message message;
  const bool waits = !answered_;
  while ((waits ? !answered_ : heard_.empty()) && in.next(message)) handle(message);
}

tupelo::notification notification_reader::take() {
  tupelo::notification first = std::move(heard_.front());
  heard_.pop_front();
  return first;
}

void notification_reader::throw_if_refused() {
  if (refusal_) std::rethrow_exception(std::exchange(refusal_, nullptr));
}

void notification_reader::handle(const backend_message& message) {
  switch (message.type) {
    case 'A': {
      const notification heard = parse_notification(message);
      heard_.push_back({notification_kind::message, std::string(heard.channel), std::string(heard.payload),
                        static_cast<std::int32_t>(heard.process)});
      return;
    }
    case 'E': {
      const error_fields fields = parse_error(message);
      if (answered_ || loses_connection(fields)) throw_postgres_failure(fields, {});
      refusal_ = make_postgres_failure(fields, "LISTEN");
      return;
    }
    case 'Z':
      parse_ready_for_query(message);
      answered_ = true;
      return;
    case 'C':
    case 'D':
    case 'I':
    case 'N':
    case 'S':
    case 'T': return;
    default: throw_protocol_violation(name_of_backend_message(message.type) + " where only notifications are due");
  }
}

// ---- with one

notification_stream::notification_stream(transport&& socket, session_facts facts, conversation&& talk)
    : socket_(std::move(socket)), facts_(std::move(facts)), talk_(std::move(talk)) {}

notification_stream::~notification_stream() {
  watch_.reset();
  if (!socket_.is_open()) return;
  try {
    send_buffer& out = talk_.output();
    write_terminate(out);
    std::size_t sent = 0;
    socket_.send(out.data(), out.size(), sent);
  } catch (const std::exception&) {  // the server sees the end of the connection instead
    socket_.shut_down();
  }
}

task<void> notification_stream::listen(const std::vector<std::string>& channels) {
  write_query(talk_.output(), listen_script(channels));
  reader_.ask();
  const task_context& context = co_await current_context();
  const std::int64_t patience_us = std::max(facts_.cancel_timeout_us, shortest_patience_us);
  const std::int64_t due_us = deadline::after_us(patience_us, context.scheduler.now_us()).at_us;
  bool in_time = co_await flush(due_us);
  while (in_time) {
    reader_.receive(talk_.input());
    if (reader_.is_answered()) break;
    in_time = co_await receive(due_us);
  }
  if (!in_time) throw connection_error(errc::connection_lost, "the server " + facts_.name + " does not answer LISTEN");
  reader_.throw_if_refused();
}

task<tupelo::notification> notification_stream::next(std::int64_t quiet_us) {
  const task_context& context = co_await current_context();
  const scheduler& loop = context.scheduler;
  const std::int64_t patience_us = std::max(facts_.cancel_timeout_us, shortest_patience_us);
  bool asked = false;
  for (;;) {
    reader_.receive(talk_.input());
    if (reader_.has_heard()) co_return reader_.take();
    context.cancellation.throw_if_cancelled();
    std::int64_t due_us = INT64_MAX;
    if (asked) {
      due_us = deadline::after_us(patience_us, loop.now_us()).at_us;
    } else if (quiet_us != 0) {
      due_us = deadline::after_us(quiet_us, loop.now_us()).at_us;
    }
    const bool arrived = co_await flush(due_us) && co_await receive(due_us);
    if (arrived) {
      asked = false;
    } else if (asked) {
      throw connection_error(errc::connection_lost, "the server " + facts_.name + " does not answer any more");
    } else {
      // Only its answer shows that it is still there.
      write_query(talk_.output(), "");
      asked = true;
    }
  }
}

task<bool> notification_stream::flush(std::int64_t due_us) {
  send_buffer& out = talk_.output();
  while (!out.empty()) {
    std::size_t count = 0;
    const transfer outcome = socket_.send(out.data(), out.size(), count);
    out.consume(count);
    if (outcome == transfer::ended) out.clear();  // its last words may say why
    if (outcome != transfer::wants_read && outcome != transfer::wants_write) continue;
    if (!co_await wait(outcome, due_us)) co_return false;
  }
  co_return true;
}

task<bool> notification_stream::receive(std::int64_t due_us) {
  for (;;) {
    const std::span<char> room = talk_.input().prepare();
    std::size_t count = 0;
    const transfer outcome = socket_.receive(room.data(), room.size(), count, false);
    talk_.input().commit(count);
    if (outcome == transfer::done) co_return true;
    if (outcome == transfer::ended)
      throw connection_error(errc::connection_lost, "the server " + facts_.name + " closed the connection");
    if (!co_await wait(outcome, due_us)) co_return false;
  }
}

task<bool> notification_stream::wait(transfer wanted, std::int64_t due_us) {
  const task_context& context = co_await current_context();
  reactor& events = context.scheduler.reactor();
  if (!watch_ || domain_ != events.domain() || !watch_->usable()) {
    watch_.reset();
    watch_ = events.watch(socket_.descriptor());
    domain_ = events.domain();
  }
  try {
    co_await wait_for(*watch_, wanted == transfer::wants_read ? io_readiness::readable : io_readiness::writable,
                      due_us);
  } catch (const timed_out&) {
    if (context.deadline.expired(context.scheduler.now_us()))
      throw timed_out("the deadline passed before there was a notification");
    co_return false;
  }
  co_return true;
}

}  // namespace tupelo::driver::postgres
