// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conversation.hpp"
#include "postgres_connection.hpp"
#include "receive_buffer.hpp"
#include "transport.hpp"

#include <tupelo/driver/notification_source.hpp>
#include <tupelo/core/notification.hpp>
#include <tupelo/core/reactor.hpp>

#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace tupelo::driver::postgres {

/// What a server says to one who only listens, without a socket.
class notification_reader {
public:
  /// Takes messages out of `in` until a notification is among them or the script that was asked for has ended.
  /// Errors: connection_error (connection_lost) where the server ends the connection or breaks the protocol.
  void receive(receive_buffer& in);

  bool has_heard() const noexcept { return !heard_.empty(); }
  tupelo::notification take();

  void ask() noexcept { answered_ = false; }
  bool is_answered() const noexcept { return answered_; }
  /// Of the script. Errors: what the server objects to.
  void throw_if_refused();

private:
  void handle(const backend_message& message);

  std::deque<tupelo::notification> heard_;
  std::exception_ptr refusal_;
  bool answered_ = true;
};

/// A connection that listens to channels.
class notification_stream final : public notification_source {
public:
  notification_stream(transport&& socket, session_facts facts, conversation&& talk);
  ~notification_stream() override;

  /// Errors: those of LISTEN; connection_error; timed_out, cancelled.
  task<void> listen(const std::vector<std::string>& channels);
  task<tupelo::notification> next(std::int64_t quiet_us) override;

private:
  // False: the time has passed, but not the task's.
  task<bool> flush(std::int64_t due_us);
  task<bool> receive(std::int64_t due_us);
  task<bool> wait(transfer wanted, std::int64_t due_us);

  transport socket_;
  session_facts facts_;
  conversation talk_;  ///< for its buffers
  notification_reader reader_;
  std::unique_ptr<descriptor_watch> watch_;
  const void* domain_ = nullptr;
};

}  // namespace tupelo::driver::postgres
