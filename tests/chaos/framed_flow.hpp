// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fault_proxy.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace tupelo::chaos {

/// The bytes of one sender on their way: read from it, cut into messages, kept for the other side.
///
/// The first message of a client has no type and is told as `0`. After a request for TLS, which is told as `T`, and its
/// answer of one byte, told as itself, messages are TLS records, told as `R`.
/// Source: PostgreSQL documentation, "Frontend/Backend Protocol", message formats; RFC 8446, record layer.
class framed_flow {
public:
  explicit framed_flow(bool of_client) noexcept : next_(of_client ? framing::untyped : framing::typed) {}
  /// The client asks for TLS, so what the server sends is framed by that.
  void expect_tls_answer() noexcept { next_ = framing::tls_answer; }

  /// Takes what the sender has sent. Its end is passed on when everything before it has been.
  void read(int socket);
  /// Whether there is a message that is neither passed on nor held back.
  bool next_message();
  char type() const noexcept;
  /// Passes the message on, changed as the fault says.
  void pass(fault what);
  void pass_half();
  /// False: the other side is gone.
  bool write(int socket, bool one_byte);

  bool reads() const noexcept { return !ended_ && held_ == fault::none; }
  bool has_output() const noexcept { return written_ < output_.size(); }
  /// The sender has ended, and everything of it has been passed on.
  bool is_over() const noexcept { return ended_ && held_ == fault::none && !has_output(); }

private:
  enum class framing : std::uint8_t { untyped, typed, tls_answer, tls_record };
  bool asks_for_tls() const noexcept;
  std::size_t length_offset() const noexcept;

  std::string input_;
  std::string output_;
  std::size_t written_ = 0;
  std::size_t size_ = 0;      ///< of the message in front
  fault held_ = fault::none;  ///< why nothing is passed on any more
  framing next_;
  bool ended_ = false;
};

}  // namespace tupelo::chaos
