// SPDX-License-Identifier: Apache-2.0
#include "postgres_connection.hpp"

#include "frontend_messages.hpp"

#include <tupelo/core/deadline.hpp>
#include <tupelo/core/error.hpp>

#include <poll.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

server_statement* statement_of(prepared_statement* handle) noexcept {
  return reinterpret_cast<server_statement*>(handle);
}

std::exception_ptr lost(const std::string& server) {
  return std::make_exception_ptr(
      connection_error(errc::connection_lost, "the server " + server + " closed the connection"));
}

std::exception_ptr cancel_underway(const std::string& server) {
  return std::make_exception_ptr(connection_error(
      errc::connection_lost, "the connection to the server " + server +
                                 " was closed: a cancel request did not reach it within cancel_timeout, and would stop "
                                 "whatever statement comes next"));
}

template <class Failure>
std::exception_ptr closing(Failure failure) {
  failure.set_connection_closed();
  return std::make_exception_ptr(std::move(failure));
}

std::exception_ptr stopped(interruption cause) {
  if (cause == interruption::deadline) {
    return closing(timed_out("the deadline passed while the statement ran, and the server did not stop it in time; the "
                             "connection is closed, and what became of the statement is not known"));
  }
  return closing(cancelled("the statement was cancelled while it ran, and the server did not stop it in time; the "
                           "connection is closed, and what became of the statement is not known"));
}

}  // namespace

postgres_connection::postgres_connection(transport&& socket, session_facts facts, conversation&& talk,
                                         bool inline_execution)
    : socket_(std::move(socket)), talk_(std::move(talk)), facts_(std::move(facts)), inline_(inline_execution) {}

postgres_connection::~postgres_connection() {
  {
    const std::lock_guard lock(present_->mutex);
    present_->connection = nullptr;
  }
  assert(!reading_.started && !writing_.started && !alarm_.started);
  if (cancelling_) cancelling_->drop_listener();
  watch_.reset();
  if (failure_ || !socket_.is_open()) return;
  try {
    write_terminate(talk_.output());
    flush();
  } catch (const std::exception&) {  // the server sees the end of the connection instead
    socket_.shut_down();
  }
}

// ---- requests

bool postgres_connection::run(request& r) noexcept {
  assert(inline_);
  std::unique_lock lock(mutex_);
  begin(r);
  interruptible_.store(r.cancellable, std::memory_order_seq_cst);
  while (!talk_.has_completed()) {
    try {
      if (cause_ == interruption::none && r.cancellation != nullptr && r.cancellable &&
          r.cancellation->cancel_requested()) {
        cancel_current(interruption::cancelled);
      }
      const bool sent = flush();
      if (talk_.is_copying_in()) receive(false);  // what the server objects to
      if (talk_.has_completed()) break;
      if (!sent || r.cancellable || r.deadline_us != INT64_MAX || cause_ != interruption::none) [[unlikely]] {
        wait_inline(lock, r);
        check_deadline();
        if (talk_.has_completed()) break;
        receive(false);
      } else {
        receive(true);
      }
      if (talk_.has_notices()) [[unlikely]] {
        const std::vector<error_fields> notices = talk_.take_notices();
        lock.unlock();
        report(talk_.events(), notices);
        lock.lock();
      }
    } catch (...) {
      give_up(std::current_exception());
    }
  }
  interruptible_.store(false, std::memory_order_relaxed);
  // Until then the cancel request could hit the next statement.
  cancel_dealt_with_.wait(lock, [&] { return cancelling_ == nullptr; });
  cause_ = interruption::none;
  talk_.take_completed();
  const std::vector<error_fields> notices = talk_.take_notices();
  lock.unlock();
  if (!notices.empty()) report(talk_.events(), notices);
  return !r.failure;
}

void postgres_connection::start(request& r) noexcept {
  assert(!inline_);
  request* done = nullptr;
  connection_events* events = nullptr;
  std::vector<error_fields> notices;
  {
    const std::lock_guard lock(mutex_);
    scheduler& loop = r.loop != nullptr ? *r.loop : background_scheduler();
    if (!talk_.is_awaited()) loop_ = &loop;
    begin(r);
    try {
      if (!failure_ && talk_.is_awaited()) {
        take_watch(loop);
        if (!r.gathered || !gather(loop)) flush();
        if (talk_.is_copying_in()) receive(false);  // what the server objects to
      }
    } catch (...) {
      give_up(std::current_exception());
    }
    go_on();
    done = take_done();
    notices = talk_.take_notices();
    events = talk_.events();
  }
  // Whoever hears of the last completion, here or on the thread of a cancel request, may destroy the connection.
  if (!notices.empty()) report(events, notices);
  announce(done);
}

void postgres_connection::begin(request& r) noexcept {
  // The deadline first: what it ended may have cost the connection.
  if (r.deadline_us != INT64_MAX && r.deadline_us <= now_us()) {
    r.failure = std::make_exception_ptr(timed_out("the deadline passed before the statement was sent"));
    return talk_.refuse(r);
  }
  take_unasked();
  if (failure_) {
    r.failure = failure_;
    return talk_.refuse(r);
  }
  talk_.submit(r);
  if (talk_.input().empty()) return;
  // Rows of a copy that were received before somebody asked for them.
  try {
    take_received();
    end_if_stuck();
  } catch (...) {
    give_up(std::current_exception());
  }
}

/// What has come while nothing was asked, or behind the end of opening, would be taken for the answer to what is asked
/// now. To look at the socket costs a call of the system, so where requests follow each other that is done once in a
/// while only.
void postgres_connection::take_unasked() noexcept {
  constexpr std::int64_t period_us = 1'000;
  if (failure_ || !talk_.is_idle()) return;
  try {
    if (!talk_.input().empty()) take_received();
    const std::int64_t now = now_us();
    if (now - looked_us_ < period_us) [[likely]]
      return;
    looked_us_ = now;
    receive(false);
  } catch (...) {
    give_up(std::current_exception());
  }
}

void postgres_connection::report_to(connection_events* events) noexcept {
  std::vector<error_fields> of_opening;
  {
    const std::lock_guard lock(mutex_);
    talk_.report_to(events);
    of_opening = std::exchange(facts_.notices, {});
  }
  if (events != nullptr && events->wants_notices()) report(events, of_opening);
}

void postgres_connection::report(connection_events* events, const std::vector<error_fields>& notices) noexcept {
  for (const error_fields& notice : notices)
    events->noticed({notice.severity, notice.sqlstate, text_with_values(notice.message)});
}

bool postgres_connection::join_result(prepared_statement* read) noexcept {
  const std::lock_guard lock(mutex_);
  return talk_.join_result(read != nullptr ? statement_of(read) : nullptr);
}

void postgres_connection::finish(prepared_statement* handle) noexcept {
  const std::lock_guard lock(mutex_);
  if (failure_) return;
  talk_.finish(*statement_of(handle));
  try {
    end_if_stuck();
    flush();
  } catch (...) {
    give_up(std::current_exception());
  }
}

void postgres_connection::release(prepared_statement* handle) noexcept {
  std::unique_ptr<server_statement> statement(statement_of(handle));
  const std::lock_guard lock(mutex_);
  if (!failure_) talk_.release(std::move(statement));
}

bool postgres_connection::usable() const noexcept {
  const std::lock_guard lock(mutex_);
  return !failure_;
}

bool postgres_connection::in_transaction() const noexcept {
  const std::lock_guard lock(mutex_);
  return !failure_ && talk_.status() != transaction_status::idle;
}

bool postgres_connection::transaction_failed() const noexcept {
  const std::lock_guard lock(mutex_);
  return !failure_ && talk_.status() == transaction_status::failed;
}

void postgres_connection::interrupt() noexcept {
  if (inline_ && !interruptible_.load(std::memory_order_seq_cst)) return;
  const std::lock_guard lock(mutex_);
  const request* const current = talk_.current();
  if (failure_ || current == nullptr || !current->cancellable || cause_ != interruption::none) return;
  cancel_current(interruption::cancelled);
  if (!inline_) wait_for_deadline();
}

void postgres_connection::abandon(request& r, const std::exception_ptr& failure) noexcept {
  request* done = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (failure_ || !talk_.abandon(r, failure)) return;
    done = take_done();
  }
  announce(done);
}

/// Whether it is the client that has to send or to read.
bool postgres_connection::client_is_behind() const noexcept {
  if (!talk_.output().empty() || socket_.has_pending()) return true;
  pollfd polled{socket_.descriptor(), POLLIN, 0};
  return ::poll(&polled, 1, 0) > 0;
}

const request* postgres_connection::abandon_waiting(const std::exception_ptr& failure) noexcept {
  request* done = nullptr;
  const request* first = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (failure_ || client_is_behind()) return nullptr;
    first = talk_.abandon_waiting(failure);
    done = take_done();
  }
  announce(done);
  return first;
}

// ---- moving bytes

bool postgres_connection::gather(scheduler& loop) noexcept {
  // Another loop may not come around before this one has its answer.
  if (sending_ != nullptr) return sending_->loop == &loop;
  try {
    if (!spare_sending_) spare_sending_ = std::make_unique<sending_work>(present_);
  } catch (const std::exception&) {  // no memory: it is sent alone
    return false;
  }
  sending_work& work = *spare_sending_.release();
  work.loop = &loop;
  sending_ = &work;
  loop.post(work);
  return true;
}

void postgres_connection::sending_work::run_now(scheduled_work& self) noexcept {
  std::unique_ptr<sending_work> work(static_cast<sending_work*>(&self));
  const std::shared_ptr<presence> of = work->of;
  request* done = nullptr;
  {
    const std::lock_guard lock(of->mutex);
    if (of->connection != nullptr) done = of->connection->send_gathered(std::move(work));
  }
  announce(done);
}

request* postgres_connection::send_gathered(std::unique_ptr<sending_work> work) noexcept {
  const std::lock_guard lock(mutex_);
  if (sending_ != work.get()) return nullptr;  // what it was posted for is over
  sending_ = nullptr;
  spare_sending_ = std::move(work);
  if (failure_ || talk_.output().empty()) return nullptr;
  try {
    flush();
  } catch (...) {
    give_up(std::current_exception());
  }
  go_on();
  return take_done();
}

bool postgres_connection::flush() {
  send_buffer& out = talk_.output();
  while (!out.empty() || talk_.go_on_copying()) {
    std::size_t count = 0;
    const transfer outcome = socket_.send(out.data(), out.size(), count);
    out.consume(count);
    if (outcome == transfer::wants_read || outcome == transfer::wants_write) {
      wants_write_ = outcome == transfer::wants_write;
      return false;
    }
    if (outcome == transfer::ended) {
      // Why, the server may have said before it went.
      out.clear();
      break;
    }
  }
  wants_write_ = false;
  return true;
}

void postgres_connection::take_received() {
  talk_.receive();
  unfit_.store(talk_.is_unfit(), std::memory_order_relaxed);
}

void postgres_connection::receive(bool wait) {
  receive_buffer& in = talk_.input();
  for (std::size_t received = 0;;) {
    const std::span<char> room = in.prepare();
    std::size_t count = 0;
    const transfer outcome = socket_.receive(room.data(), room.size(), count, wait);
    if (outcome == transfer::ended) {
      give_up(lost(facts_.name));
      return;
    }
    if (outcome != transfer::done) return;
    in.commit(count);
    take_received();
    if (talk_.take_missed_cancel() && cause_ != interruption::none && talk_.current() != nullptr) {
      cancel_again_ = true;
      if (cancelling_ == nullptr) send_cancel();
    }
    end_if_stuck();
    if (!talk_.output().empty()) flush();
    received += count;
    // What TLS has decrypted the socket would not tell of.
    if ((count < room.size() || received >= facts_.received_at_once) && !socket_.has_pending()) return;
    if (!talk_.is_awaited()) return;
    wait = false;
  }
}

void postgres_connection::end_if_stuck() {
  if (!talk_.is_stuck()) [[likely]]
    return;
  throw connection_error(errc::connection_lost,
                         "the rest of a COPY was not wanted, and the connection is closed to spare reading it");
}

void postgres_connection::give_up(const std::exception_ptr& failure) noexcept {
  if (failure_) return;
  failure_ = failure;
  if (request* const current = talk_.current(); current != nullptr && !current->failure && cause_ != interruption::none)
    current->failure = stopped(cause_);
  talk_.fail_all(failure);
  talk_.output().clear();
  wants_write_ = false;
  socket_.shut_down();
}

void postgres_connection::go_on() noexcept {
  if (failure_) return;
  wait_for_socket();
  wait_for_deadline();
}

request* postgres_connection::take_done() noexcept {
  if (!talk_.has_completed() || cancelling_ != nullptr) return nullptr;
  if (!talk_.is_awaited()) {
    // Whoever hears of the last completion may destroy the connection, so nothing may be on its way to it.
    if (reading_.started && watch_->cancel_wait(reading_)) reading_.started = false;
    if (writing_.started && watch_->cancel_wait(writing_)) writing_.started = false;
    if (alarm_.started && loop_->cancel_timer(alarm_)) alarm_.started = false;
    if (reading_.started || writing_.started || alarm_.started) return nullptr;
    sending_ = nullptr;
  }
  cause_ = interruption::none;
  cancel_again_ = false;
  return talk_.take_completed();
}

void postgres_connection::announce(request* done, bool on_loop) noexcept {
  while (done != nullptr) {
    request* const next = std::exchange(done->next, nullptr);
    done->on_loop = on_loop;
    done->done(*done);
    done = next;
  }
}

// ---- waiting, inline

void postgres_connection::wait_inline(std::unique_lock<std::mutex>& lock, const request& r) {
  // An interrupt from another thread changes the time that is left.
  const std::int64_t look_up_us = std::clamp<std::int64_t>(facts_.cancel_timeout_us, 10'000, 1'000'000);
  if (socket_.has_pending()) return;
  pollfd polled{socket_.descriptor(), POLLIN, 0};
  if (wants_write_) polled.events = POLLIN | POLLOUT;
  std::int64_t left = due_us() == INT64_MAX ? -1 : std::max<std::int64_t>(due_us() - now_us(), 0);
  if (r.cancellable && (left < 0 || left > look_up_us)) left = look_up_us;
  const int timeout_ms = left < 0 ? -1 : static_cast<int>(std::min<std::int64_t>((left + 999) / 1000, 1'000'000));
  lock.unlock();
  const int ready = ::poll(&polled, 1, timeout_ms);
  const int code = errno;
  lock.lock();
  if (ready < 0 && code != EINTR)
    throw connection_error(errc::connection_lost, "the connection to the server cannot be waited for");
}

// ---- waiting, on an event loop

void postgres_connection::woken(bool& started) noexcept {
  request* done = nullptr;
  connection_events* events = nullptr;
  std::vector<error_fields> notices;
  {
    const std::lock_guard lock(mutex_);
    started = false;
    if (!failure_) {
      try {
        check_deadline();
        flush();
        receive(false);
      } catch (...) {
        give_up(std::current_exception());
      }
    }
    go_on();
    done = take_done();
    notices = talk_.take_notices();
    events = talk_.events();
  }
  // Whoever hears of the last completion, here or on the thread of a cancel request, may destroy the connection.
  if (!notices.empty()) report(events, notices);
  announce(done, true);
}

void postgres_connection::take_watch(scheduler& loop) {
  reactor& events = loop.reactor();
  if (watch_ && domain_ == events.domain() && watch_->usable()) return;
  if (reading_.started || writing_.started) return;  // requests of another loop are under way there
  watch_.reset();
  watch_ = events.watch(socket_.descriptor());
  domain_ = events.domain();
}

void postgres_connection::wait_for_socket() noexcept {
  if (!watch_ || !talk_.is_awaited()) return;
  if (!reading_.started) {
    reading_.started = true;
    watch_->start_wait(reading_, io_readiness::readable);
  }
  if (wants_write_ && !writing_.started) {
    writing_.started = true;
    watch_->start_wait(writing_, io_readiness::writable);
  }
}

std::int64_t postgres_connection::now_us() const noexcept {
  return loop_ != nullptr ? loop_->now_us() : steady_now_us();
}

std::int64_t postgres_connection::due_us() const noexcept {
  if (cause_ != interruption::none) return std::min(cancel_again_at_us_, give_up_at_us_);
  const request* const current = talk_.current();
  return current != nullptr ? current->deadline_us : INT64_MAX;
}

void postgres_connection::wait_for_deadline() noexcept {
  const std::int64_t due = due_us();
  if (alarm_.started) {
    if (alarm_.due_us == due || !loop_->cancel_timer(alarm_)) return;  // one that is just ringing sets itself again
    alarm_.started = false;
  }
  if (due == INT64_MAX || !talk_.is_awaited()) return;
  alarm_.started = true;
  alarm_.due_us = due;
  loop_->start_timer(alarm_);
}

// ---- stopping

void postgres_connection::check_deadline() noexcept {
  const std::int64_t due = due_us();
  if (due == INT64_MAX || talk_.current() == nullptr || now_us() < due) return;
  if (cause_ == interruption::none) return cancel_current(interruption::deadline);
  if (now_us() >= give_up_at_us_) return give_up(lost(facts_.name));
  cancel_again_at_us_ = next_cancel_us();
  if (cancelling_ == nullptr) send_cancel();
}

// A server that has not begun with a statement takes no notice of the request to stop it, so it is asked more than
// once.
std::int64_t postgres_connection::next_cancel_us() const noexcept {
  constexpr std::int64_t requests = 4;
  return deadline::after_us(facts_.cancel_timeout_us / requests, now_us()).at_us;
}

void postgres_connection::cancel_current(interruption cause) noexcept {
  cause_ = cause;
  give_up_at_us_ = deadline::after_us(facts_.cancel_timeout_us, now_us()).at_us;
  cancel_again_at_us_ = next_cancel_us();
  talk_.blame(cause);
  send_cancel();
}

void postgres_connection::send_cancel() noexcept {
  cancel_again_ = false;
  if (facts_.key.key.empty()) return;
  const std::int64_t left_us = std::max<std::int64_t>(give_up_at_us_ - now_us(), 1);
  cancelling_ = cancel_request::start(facts_.server, facts_.tls, facts_.key.process, facts_.key.key, *this, left_us);
}

void postgres_connection::cancel_ended(bool in_time) noexcept {
  request* done = nullptr;
  {
    const std::lock_guard lock(mutex_);
    cancelling_.reset();
    if (!in_time) give_up(cancel_underway(facts_.name));
    if (cancel_again_ && !failure_ && talk_.current() != nullptr) send_cancel();
    cancel_dealt_with_.notify_all();
    if (!inline_) done = take_done();
  }
  announce(done);
}

}  // namespace tupelo::driver::postgres
