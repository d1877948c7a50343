// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/bits.hpp"

#include "wire_number.hpp"

#include "tupelo/core/error.hpp"

#include <cstdint>
#include <limits>

namespace tupelo {

namespace {

constexpr std::size_t bytes_for(std::size_t bits) noexcept { return bits / 8 + (bits % 8 != 0 ? 1 : 0); }

}  // namespace

bits::bits(std::size_t size, bool value) : packed_(bytes_for(size), value ? '\xff' : '\0'), size_(size) {
  if (value && size % 8 != 0) packed_.back() = static_cast<char>(0xff << (8 - size % 8));
}

bits bits::parse(std::string_view text) {
  bits read;
  if (!parse_to(text, read)) throw value_error("expected bits as zeros and ones");
  return read;
}

bool bits::parse_to(std::string_view text, bits& out) {
  bits read(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '0' && text[i] != '1') return false;
    if (text[i] == '1') read.set(i);
  }
  out = static_cast<bits&&>(read);
  return true;
}

bool bits::unpack_to(std::size_t size, std::string_view packed, bits& out) {
  if (packed.size() != bytes_for(size)) return false;
  out.packed_.assign(packed);
  out.size_ = size;
  if (size % 8 != 0) out.packed_.back() = static_cast<char>(out.packed_.back() & (0xff << (8 - size % 8)));
  return true;
}

void bits::push_back(bool value) {
  if (size_ % 8 == 0) packed_ += '\0';
  ++size_;
  set(size_ - 1, value);
}

void bits::set(std::size_t position, bool value) {
  char& byte = packed_[position / 8];
  const int mask = 0x80 >> (position % 8);
  byte = static_cast<char>(value ? byte | mask : byte & ~mask);
}

std::string bits::to_string() const {
  std::string out(size_, '0');
  for (std::size_t i = 0; i < size_; ++i) {
    if ((*this)[i]) out[i] = '1';
  }
  return out;
}

// Source: varbit_send and varbit_recv of the server.
void field_traits<bits>::to_binary(const bits& value, std::string& out) {
  if (value.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    throw value_error(errc::value_out_of_range, "more than 2147483647 bits are no value of a database; split them");
  detail::put_wire32(out, static_cast<std::uint32_t>(value.size()));
  out += value.packed();
}
bool field_traits<bits>::from_binary(bits& value, std::string_view bytes) {
  return bytes.size() >= 4 && bits::unpack_to(detail::wire32(bytes.data()), bytes.substr(4), value);
}

}  // namespace tupelo
