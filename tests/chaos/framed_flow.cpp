// SPDX-License-Identifier: Apache-2.0
#include "framed_flow.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>

namespace tupelo::chaos {

void framed_flow::read(int socket) {
  std::array<char, 16384> bytes;
  while (reads()) {
    const auto got = ::recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0) {
      input_.append(bytes.data(), static_cast<std::size_t>(got));
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    ended_ = true;
  }
}

bool framed_flow::asks_for_tls() const noexcept {
  return next_ == framing::untyped && size_ == 8 && input_.compare(4, 4, "\x04\xd2\x16\x2f") == 0;
}

std::size_t framed_flow::length_offset() const noexcept {
  return next_ == framing::untyped ? 0 : next_ == framing::typed ? 1 : 3;
}

char framed_flow::type() const noexcept {
  switch (next_) {
    case framing::untyped: return asks_for_tls() ? 'T' : '0';
    case framing::tls_record: return 'R';
    default: return input_[0];
  }
}

bool framed_flow::next_message() {
  if (held_ != fault::none) return false;
  if (next_ == framing::tls_answer) {
    size_ = 1;
    return !input_.empty();
  }
  const std::size_t at = length_offset();
  const std::size_t header = next_ == framing::untyped ? 4 : 5;
  if (input_.size() < header) return false;
  std::uint32_t length = 0;
  for (std::size_t i = at; i < header; ++i) length = length << 8 | static_cast<unsigned char>(input_[i]);
  size_ = length + (next_ == framing::tls_record ? header : at);
  return input_.size() >= size_;
}

void framed_flow::pass(fault what) {
  if (what == fault::close_one_way || what == fault::stall) {
    held_ = what;
    return;
  }
  std::string message = input_.substr(0, size_);
  const std::size_t length = length_offset();
  const std::size_t body = next_ == framing::untyped ? 4 : 5;
  switch (what) {
    case fault::bad_type: message[0] = static_cast<char>(message[0] ^ 0x80); break;
    case fault::huge_length:
      if (length < message.size()) message[length] = 0x7f;
      break;
    case fault::longer_by_one:
      if (body <= message.size()) message[body - 1] = static_cast<char>(message[body - 1] + 1);
      break;
    case fault::bad_body:
      for (std::size_t i = body; i < message.size() && i < body + 2; ++i) message[i] = static_cast<char>(0xff);
      break;
    default: break;
  }
  const bool tls = asks_for_tls();
  input_.erase(0, size_);
  output_ += message;
  if (tls || next_ == framing::tls_answer) {
    next_ = framing::tls_record;
  } else if (next_ == framing::untyped) {
    next_ = framing::typed;
  }
}

void framed_flow::pass_half() {
  output_ += input_.substr(0, size_ / 2);
  held_ = fault::cut_inside;
}

bool framed_flow::write(int socket, bool one_byte) {
  while (has_output()) {
    const std::size_t left = output_.size() - written_;
    const auto sent = ::send(socket, output_.data() + written_, one_byte ? 1 : left, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    written_ += static_cast<std::size_t>(sent);
    if (one_byte) break;
  }
  if (!has_output()) {
    output_.clear();
    written_ = 0;
  }
  return true;
}

}  // namespace tupelo::chaos
