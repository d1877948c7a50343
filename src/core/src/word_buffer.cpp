// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/word_buffer.hpp>

#include <cstring>
#include <new>

namespace tupelo {

void word_buffer::grow(std::uint32_t words) {
  // `room` adds two 32-bit numbers; a sum that wrapped is smaller than what is already used.
  if (words < size) throw std::bad_array_new_length();
  std::uint64_t doubled = std::uint64_t{capacity} * 2;
  if (doubled > UINT32_MAX) doubled = UINT32_MAX;
  const std::uint32_t wanted = words > doubled ? words : static_cast<std::uint32_t>(doubled);
  auto* place = new std::uint64_t[wanted];
  std::memcpy(place, data(), std::size_t{size} * sizeof(std::uint64_t));
  delete[] heap;
  heap = place;
  capacity = wanted;
}

void word_buffer::push_bytes(const void* bytes, std::size_t count) {
  const std::size_t words = (count + 7) / 8;
  if (words >= UINT32_MAX - size) throw std::bad_array_new_length();
  std::uint64_t* place = room(static_cast<std::uint32_t>(words) + 1);
  *place = count;
  if (words == 0) return;
  // The padding is part of what is compared and hashed, so it must not be left as it was.
  place[words] = 0;
  std::memcpy(place + 1, bytes, count);
}

}  // namespace tupelo
