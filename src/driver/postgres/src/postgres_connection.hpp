// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cancel_request.hpp"
#include "conversation.hpp"
#include "transport.hpp"

#include <tupelo/driver/connection.hpp>
#include <tupelo/core/reactor.hpp>
#include <tupelo/core/scheduler.hpp>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::driver::postgres {

/// What opening a connection found out.
struct session_facts {
  backend_key key;
  endpoint server;
  tls_terms tls;     ///< as the connection uses it, which those that cancel do too
  std::string name;  ///< the server as messages call it, without credentials
  std::int64_t cancel_timeout_us = 0;
  transaction_status status = transaction_status::idle;
  std::vector<error_fields> notices;  ///< what is to be told of it
  /// Bytes that are read before it is looked whether a deadline has passed, and others have their turn.
  std::size_t received_at_once = std::size_t{1} << 20;
};

/// One connection to a server: moves the conversation's bytes, on the event loop of whoever uses it or blocking.
///
/// Deadlines and interrupts ask the server to cancel, and the request completes when it has answered; a server that
/// does not answer loses the connection after `cancel_timeout_us`. A request that was cancelled is completed only when
/// the cancel request is dealt with, so that it cannot hit the next one.
class postgres_connection final : public connection, private cancel_listener {
public:
  postgres_connection(transport&& socket, session_facts facts, conversation&& talk, bool inline_execution);
  ~postgres_connection() override;

  bool runs_inline() const noexcept override { return inline_; }
  bool run(request&) noexcept override;
  void start(request&) noexcept override;
  void interrupt() noexcept override;
  bool can_be_shared() const noexcept override { return !inline_ && talk_.may_send_ahead(); }
  void abandon(request&, const std::exception_ptr& failure) noexcept override;
  const request* abandon_waiting(const std::exception_ptr& failure) noexcept override;
  bool describes_first() const noexcept override { return true; }
  bool keeps_session() const noexcept override { return talk_.may_send_ahead(); }
  bool gains_by_groups() const noexcept override { return true; }
  bool is_near() const noexcept override { return facts_.server.address.ss_family == AF_UNIX; }
  std::int64_t patience_us() const noexcept override { return facts_.cancel_timeout_us; }
  bool join_result(prepared_statement*) noexcept override;
  void finish(prepared_statement*) noexcept override;
  void release(prepared_statement*) noexcept override;
  bool usable() const noexcept override;
  bool in_transaction() const noexcept override;
  bool transaction_failed() const noexcept override;
  bool is_unfit() const noexcept override { return unfit_.load(std::memory_order_relaxed); }
  void report_to(connection_events* events) noexcept override;

private:
  // Both are called once for every start, unless they were taken back.
  struct socket_wait final : io_wait {
    explicit socket_wait(postgres_connection& of) noexcept : io_wait(&ready_now), owner(of) {}
    static void ready_now(io_wait& self) noexcept {
      auto& wait = static_cast<socket_wait&>(self);
      wait.owner.woken(wait.started);
    }
    postgres_connection& owner;
    bool started = false;
  };
  /// What work that is still posted finds when the connection has gone. Locked before the connection.
  struct presence {
    explicit presence(postgres_connection& is) noexcept : connection(&is) {}
    std::mutex mutex;
    postgres_connection* connection;
  };
  /// Sends what was gathered. Nobody waits for it: its loop may not come around before the connection is to go, as
  /// where a blocking call runs a loop inside of it.
  struct sending_work final : scheduled_work {
    explicit sending_work(std::shared_ptr<presence> owner) noexcept : scheduled_work(&run_now), of(std::move(owner)) {}
    static void run_now(scheduled_work& self) noexcept;
    std::shared_ptr<presence> of;
    const scheduler* loop = nullptr;
  };
  struct alarm_clock final : timer_node {
    explicit alarm_clock(postgres_connection& of) noexcept : timer_node(&fired), owner(of) {}
    static void fired(timer_node& self) noexcept {
      auto& alarm = static_cast<alarm_clock&>(self);
      alarm.owner.woken(alarm.started);
    }
    postgres_connection& owner;
    bool started = false;
  };

  // Without the lock.
  void woken(bool& started) noexcept;
  request* send_gathered(std::unique_ptr<sending_work> work) noexcept;
  void cancel_ended(bool in_time) noexcept override;
  static void announce(request* done, bool on_loop = false) noexcept;
  static void report(connection_events* events, const std::vector<error_fields>& notices) noexcept;

  // Under the lock.
  void begin(request& r) noexcept;
  void go_on() noexcept;
  bool flush();
  bool gather(scheduler& loop) noexcept;
  void receive(bool wait);
  void take_unasked() noexcept;
  void take_received();
  void end_if_stuck();
  bool client_is_behind() const noexcept;
  void check_deadline() noexcept;
  void cancel_current(interruption cause) noexcept;
  void send_cancel() noexcept;
  std::int64_t next_cancel_us() const noexcept;
  void give_up(const std::exception_ptr& failure) noexcept;
  void take_watch(scheduler& loop);
  void wait_for_socket() noexcept;
  void wait_for_deadline() noexcept;
  std::int64_t due_us() const noexcept;
  std::int64_t now_us() const noexcept;
  request* take_done() noexcept;
  void wait_inline(std::unique_lock<std::mutex>& lock, const request& r);

  mutable std::mutex mutex_;
  std::condition_variable cancel_dealt_with_;
  transport socket_;
  conversation talk_;
  session_facts facts_;
  std::exception_ptr failure_;  ///< of the connection: it is not usable any more

  // how the current request is stopped
  std::shared_ptr<cancel_request> cancelling_;
  bool cancel_again_ = false;            ///< the last one stopped something else
  std::int64_t cancel_again_at_us_ = 0;  ///< where the statement still runs by then
  interruption cause_ = interruption::none;
  std::int64_t give_up_at_us_ = 0;  ///< where cause_ is set
  std::atomic<bool> interruptible_{false};
  std::atomic<bool> unfit_{false};

  // asynchronous use
  scheduler* loop_ = nullptr;  ///< of the requests that are under way
  const void* domain_ = nullptr;
  std::unique_ptr<descriptor_watch> watch_;
  socket_wait reading_{*this};
  socket_wait writing_{*this};
  alarm_clock alarm_{*this};
  std::shared_ptr<presence> present_{std::make_shared<presence>(*this)};
  std::unique_ptr<sending_work> spare_sending_;
  const sending_work* sending_ = nullptr;  ///< posted, and owned by itself
  std::int64_t looked_us_ = 0;             ///< when it was looked last for what the server says of itself
  bool wants_write_ = false;
  bool inline_;
};

}  // namespace tupelo::driver::postgres
