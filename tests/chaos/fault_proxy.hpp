// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tupelo::chaos {

/// Whose bytes: what the client sends, or what the server sends.
enum class sender : std::uint8_t { client, server };

enum class fault : std::uint8_t {
  none,
  cut,            ///< both directions end before the message
  cut_inside,     ///< and in the middle of it
  close_one_way,  ///< nobody gets more from this sender, and sees its end; the other direction goes on
  stall,          ///< nothing more of this sender comes through, and the connections stay open
  bad_type,       ///< the message's first byte is changed
  huge_length,    ///< it says that it is 2 GiB long
  longer_by_one,  ///< it says that it is one byte longer than it is
  bad_body,       ///< the first bytes of its body are changed
};
const char* name_of(fault) noexcept;

/// What becomes of one message, which is counted from 0 per connection and sender.
struct fault_plan {
  fault what = fault::none;
  sender from = sender::client;
  std::size_t message = 0;
};

/// How all bytes are passed on.
enum class pace : std::uint8_t {
  plain,
  single_bytes,  ///< one byte at a time
  slow,          ///< every message waits a millisecond
};

/// Stands between clients and one PostgreSQL server on 127.0.0.1, reads the messages of both sides, and does what it is
/// told to some of them. Of TLS it reads the records.
///
/// Owns: one thread. Threads: any.
class fault_proxy {
public:
  /// One place to connect to. Its plan is for its first connection; those that follow pass unharmed.
  ///
  /// Ends with its connections at destruction.
  class gate {
  public:
    explicit gate(fault_proxy& proxy, fault_plan plan = {}, pace speed = pace::plain);
    gate(const gate&) = delete;
    gate& operator=(const gate&) = delete;
    ~gate();

    std::uint16_t port() const noexcept;
    /// Messages that the first connection was given to pass on.
    std::size_t messages(sender) const;
    /// Their types, for messages of tests: `RRSK…`.
    std::string types(sender) const;
    /// Connections so far.
    std::size_t connections() const;
    /// Calls `hook` when message `message` of the first connection has come and is not passed on yet, on the proxy's
    /// thread. It must not call the proxy.
    void at_message(sender from, std::size_t message, std::function<void()> hook);
    /// Passes nothing on any more, of any connection, until `go_on`.
    void stall();
    void go_on();
    /// Ends every connection.
    void cut();

    struct state;

  private:
    fault_proxy& proxy_;
    std::shared_ptr<state> state_;
  };

  explicit fault_proxy(std::uint16_t server_port);
  fault_proxy(const fault_proxy&) = delete;
  fault_proxy& operator=(const fault_proxy&) = delete;
  /// Before: its gates are gone.
  ~fault_proxy();

private:
  struct engine;
  std::unique_ptr<engine> engine_;
};

}  // namespace tupelo::chaos
