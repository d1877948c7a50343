// SPDX-License-Identifier: Apache-2.0
#include "receive_buffer.hpp"

#include "protocol_violation.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace tupelo::driver::postgres {

namespace {

constexpr std::size_t first_capacity = 16 * 1024;
/// What a read takes at most where many rows arrive: larger ones are no faster.
constexpr std::size_t bulk_capacity = 64 * 1024;
/// A buffer beyond this goes back to bulk_capacity when its message has been read.
constexpr std::size_t kept_capacity = 1024 * 1024;

}  // namespace

std::span<char> receive_buffer::prepare(std::size_t least) {
  const std::size_t waiting = end_ - begin_;
  if (waiting == 0) begin_ = end_ = 0;
  if (capacity_ > kept_capacity && waiting + least <= bulk_capacity) [[unlikely]] {
    resize(bulk_capacity);
  } else if (filled_ && capacity_ < bulk_capacity) {
    resize(std::max(bulk_capacity, waiting + least));
  } else if (capacity_ - end_ < least) {
    // A tail that fills more than half would be moved for little room.
    if (begin_ != 0 && waiting + least <= capacity_ && waiting <= capacity_ / 2) {
      std::memmove(bytes_.get(), bytes_.get() + begin_, waiting);
      begin_ = 0;
      end_ = waiting;
    } else {
      resize(std::max({first_capacity, 2 * waiting, waiting + least}));
    }
  }
  filled_ = false;
  return {bytes_.get() + end_, capacity_ - end_};
}

void receive_buffer::resize(std::size_t capacity) {
  auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
  const std::size_t waiting = end_ - begin_;
  if (waiting != 0) std::memcpy(bytes.get(), bytes_.get() + begin_, waiting);
  bytes_ = std::move(bytes);
  capacity_ = capacity;
  begin_ = 0;
  end_ = waiting;
}

void receive_buffer::check_length(char type, std::uint32_t length) const {
  if (length < 4) {
    throw_protocol_violation(name_of_backend_message(type) + " says it is " + std::to_string(length) +
                             " bytes long, less than its own length field");
  }
  if (length - 4 > largest_) {
    throw_protocol_violation(name_of_backend_message(type) + " says it is " + std::to_string(length) +
                             " bytes long, more than the " + std::to_string(largest_) + " that are allowed here");
  }
  constexpr std::string_view long_ones = "DdTtENAV";
  if (length - 4 > short_message && long_ones.find(type) == std::string_view::npos) {
    throw_protocol_violation(name_of_backend_message(type) + " says it is " + std::to_string(length) +
                             " bytes long, which no such message is");
  }
}

}  // namespace tupelo::driver::postgres
