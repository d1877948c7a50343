// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/inet.hpp"

#include "tupelo/model/cidr.hpp"
#include "tupelo/core/error.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>

namespace tupelo {

namespace {

/// The families' numbers on the wire, whatever they are on the machine. Source: PGSQL_AF_INET of the server.
constexpr unsigned char wire_v4 = 2;
constexpr unsigned char wire_v6 = 3;

std::size_t size_of(const inet& value) noexcept { return value.is_v6() ? 16 : 4; }

bool parse_prefix(std::string_view text, int longest, int& out) noexcept {
  if (text.empty() || text.size() > 3 || (text[0] == '0' && text.size() > 1)) return false;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  if (value > longest) return false;
  out = value;
  return true;
}

std::string address_text(const inet& value) {
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(value.is_v6() ? AF_INET6 : AF_INET, value.bytes().data(), text, sizeof text);
}

// Source: network_send and network_recv of the server.
void put_wire(const inet& value, bool is_network, std::string& out) {
  const std::size_t size = size_of(value);
  out += static_cast<char>(value.is_v6() ? wire_v6 : wire_v4);
  out += static_cast<char>(value.prefix());
  out += static_cast<char>(is_network);
  out += static_cast<char>(size);
  out.append(reinterpret_cast<const char*>(value.bytes().data()), size);
}

bool take_wire(std::string_view wire, inet& out) noexcept {
  constexpr std::size_t head = 4;
  if (wire.size() < head) return false;
  const auto byte = [&wire](std::size_t i) { return static_cast<std::uint8_t>(wire[i]); };
  const bool is_v6 = byte(0) == wire_v6;
  const std::size_t size = is_v6 ? 16 : 4;
  if ((!is_v6 && byte(0) != wire_v4) || byte(3) != size || wire.size() != head + size) return false;
  if (byte(1) > size * 8) return false;
  std::array<std::uint8_t, 16> v6{};
  for (std::size_t i = 0; i < size; ++i) v6[i] = byte(head + i);
  out = is_v6 ? inet(v6, byte(1)) : inet(std::array{v6[0], v6[1], v6[2], v6[3]}, byte(1));
  return true;
}

}  // namespace

bool inet::parse_to(std::string_view text, inet& out) noexcept {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  char terminated[INET6_ADDRSTRLEN];
  if (address.size() >= sizeof terminated || address.find('\0') != std::string_view::npos) return false;
  std::copy(address.begin(), address.end(), terminated);
  terminated[address.size()] = '\0';
  inet read;
  read.is_v6_ = address.find(':') != std::string_view::npos;
  if (inet_pton(read.is_v6_ ? AF_INET6 : AF_INET, terminated, read.bytes_.data()) != 1) return false;
  int prefix = read.longest_prefix();
  if (slash != std::string_view::npos && !parse_prefix(text.substr(slash + 1), prefix, prefix)) return false;
  read.prefix_ = static_cast<std::uint8_t>(prefix);
  out = read;
  return true;
}

inet inet::parse(std::string_view text) {
  inet read;
  if (!parse_to(text, read))
    throw value_error("expected an IP address as 10.0.0.1, 10.0.0.1/8 or 2001:db8::1/64, its numbers without zeros in "
                      "front");
  return read;
}

std::string inet::to_string() const {
  std::string out = address_text(*this);
  if (prefix_ != longest_prefix()) out += "/" + std::to_string(prefix_);
  return out;
}

void field_traits<inet>::to_binary(const inet& value, std::string& out) { put_wire(value, false, out); }
bool field_traits<inet>::from_binary(inet& value, std::string_view bytes) { return take_wire(bytes, value); }

bool cidr::parse_to(std::string_view text, cidr& out) noexcept {
  inet read;
  if (!inet::parse_to(text, read) || read != read.network()) return false;
  out = cidr(read);
  return true;
}

cidr cidr::parse(std::string_view text) {
  cidr read;
  if (!parse_to(text, read))
    throw value_error("expected an IP network as 10.0.0.0/8 or 2001:db8::/32, without bits behind its prefix");
  return read;
}

std::string cidr::to_string() const { return address_text(network_) + "/" + std::to_string(network_.prefix()); }

void field_traits<cidr>::to_binary(const cidr& value, std::string& out) { put_wire(value.first(), true, out); }
bool field_traits<cidr>::from_binary(cidr& value, std::string_view bytes) {
  inet read;
  if (!take_wire(bytes, read) || read != read.network()) return false;
  value = cidr(read);
  return true;
}

}  // namespace tupelo
