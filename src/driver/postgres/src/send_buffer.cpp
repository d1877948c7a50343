// SPDX-License-Identifier: Apache-2.0
#include "send_buffer.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>

namespace tupelo::driver::postgres {

void send_buffer::grow(std::size_t count) {
  // What was sent is left behind; the offset of an unfinished message moves with it. A writer that the network never
  // quite catches up with must not make the buffer grow by what was sent long ago.
  const std::size_t waiting = size();
  message_ -= std::min(message_, sent_);
  if (waiting + count <= capacity_ / 2) {
    std::memmove(bytes_.get(), data(), waiting);
  } else {
    const std::size_t capacity = std::max<std::size_t>({4096, 2 * capacity_, waiting + count});
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
    if (waiting != 0) std::memcpy(bytes.get(), data(), waiting);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }
  size_ = waiting;
  sent_ = 0;
}

void send_buffer::refuse_length() {
  throw query_error(
      "a statement with its parameters, or one of its parameters, is 1 GiB or larger, which PostgreSQL does not take: "
      "split it, or keep large values in files");
}

}  // namespace tupelo::driver::postgres
