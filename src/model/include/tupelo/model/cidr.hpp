// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/inet.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace tupelo {

/// An IP network: cidr of PostgreSQL, elsewhere text. Unlike tp::inet it has no bits behind its prefix, and is always
/// written with it: `10.0.0.0/8`, `2001:db8::/32`, `10.0.0.1/32`.
///
/// Order is that of tp::inet. Errors: value_error (invalid_value) for text that is no network.
class cidr {
public:
  /// 0.0.0.0/32, which has no host in it.
  constexpr cidr() noexcept = default;
  /// The network that the address is in.
  constexpr explicit cidr(const inet& address) noexcept : network_(address.network()) {}

  /// Reads a network; without a prefix it is that of one host.
  static cidr parse(std::string_view text);
  /// The same without exceptions or allocation. `out` is untouched on false.
  static bool parse_to(std::string_view text, cidr& out) noexcept;

  /// Its first address, with the prefix.
  constexpr const inet& first() const noexcept { return network_; }
  constexpr int prefix() const noexcept { return network_.prefix(); }
  constexpr bool is_v6() const noexcept { return network_.is_v6(); }
  /// Whether the address, or all of its network, is in this one.
  constexpr bool contains(const inet& address) const noexcept { return network_.contains(address); }
  constexpr bool contains(const cidr& other) const noexcept { return network_.contains(other.network_); }

  std::string to_string() const;

  friend constexpr bool operator==(const cidr&, const cidr&) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(const cidr&, const cidr&) noexcept = default;

private:
  inet network_;
};

template <>
struct field_traits<cidr> {
  static constexpr std::string_view column_type = "cidr";
  static void to_text(const cidr& value, std::string& out) { out = value.to_string(); }
  static bool from_text(cidr& value, std::string_view text) { return cidr::parse_to(text, value); }
  static void to_binary(const cidr& value, std::string& out);
  static bool from_binary(cidr& value, std::string_view bytes);
};

}  // namespace tupelo
