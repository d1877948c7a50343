// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/field_type.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tupelo {

/// An IP address and how many of its first bits name its network: inet of PostgreSQL, elsewhere text.
///
/// A lone host has all of them, 32 or 128, and is written without: `10.0.0.1`, `10.0.0.1/8`, `2001:db8::1`. Every
/// address has one spelling, so that equality is the same as text. Order is PostgreSQL's: IPv4 first, then by network,
/// then by how long its prefix is, then by address; a database that keeps text sorts by its letters. An IPv4 address
/// mapped into IPv6 (`::ffff:10.0.0.1`) is an IPv6 address and equals no IPv4 one. Errors: value_error (invalid_value)
/// for text that is no such address; its message does not repeat it.
/// Source: RFC 4291 section 2.2, RFC 4632 section 3.1.
class inet {
public:
  static constexpr int longest_v4 = 32;
  static constexpr int longest_v6 = 128;

  /// 0.0.0.0, which is no host's.
  constexpr inet() noexcept = default;
  /// Bytes in the order in which they are written. Before: 0 <= prefix <= 32.
  constexpr explicit inet(const std::array<std::uint8_t, 4>& v4, int prefix = longest_v4) noexcept
      : bytes_{v4[0], v4[1], v4[2], v4[3]}, prefix_(static_cast<std::uint8_t>(prefix)) {}
  /// Before: 0 <= prefix <= 128.
  constexpr explicit inet(const std::array<std::uint8_t, 16>& v6, int prefix = longest_v6) noexcept
      : bytes_(v6), prefix_(static_cast<std::uint8_t>(prefix)), is_v6_(true) {}

  /// Reads an address, and behind a `/` its prefix. Numbers have no zeros in front, because some read those as octal.
  static inet parse(std::string_view text);
  /// The same without exceptions or allocation. `out` is untouched on false.
  static bool parse_to(std::string_view text, inet& out) noexcept;

  constexpr bool is_v6() const noexcept { return is_v6_; }
  constexpr int prefix() const noexcept { return prefix_; }
  constexpr int longest_prefix() const noexcept { return is_v6_ ? longest_v6 : longest_v4; }
  /// Of an IPv4 address the first four; the others are 0.
  constexpr const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }

  /// The address alone.
  constexpr inet host() const noexcept {
    inet out = *this;
    out.prefix_ = static_cast<std::uint8_t>(longest_prefix());
    return out;
  }
  /// The network's first address, with its prefix.
  constexpr inet network() const noexcept {
    inet out = *this;
    for (int i = 0; i < 16; ++i) {
      const int kept = prefix_ - i * 8;
      std::uint8_t& byte = out.bytes_[static_cast<std::size_t>(i)];
      if (kept < 8) byte = static_cast<std::uint8_t>(kept <= 0 ? 0 : byte & 0xFF00 >> kept);
    }
    return out;
  }
  /// Whether the other's network is this one's or a part of it.
  constexpr bool contains(const inet& other) const noexcept {
    if (is_v6_ != other.is_v6_ || prefix_ > other.prefix_) return false;
    inet same = other;
    same.prefix_ = prefix_;
    return same.network() == network();
  }

  std::string to_string() const;

  friend constexpr bool operator==(const inet&, const inet&) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(const inet& a, const inet& b) noexcept {
    if (a.is_v6_ != b.is_v6_) return a.is_v6_ <=> b.is_v6_;
    const std::uint8_t shorter = a.prefix_ < b.prefix_ ? a.prefix_ : b.prefix_;
    inet of_a = a, of_b = b;
    of_a.prefix_ = of_b.prefix_ = shorter;
    if (const auto order = of_a.network().bytes_ <=> of_b.network().bytes_; order != 0) return order;
    if (const auto order = a.prefix_ <=> b.prefix_; order != 0) return order;
    return a.bytes_ <=> b.bytes_;
  }

private:
  std::array<std::uint8_t, 16> bytes_{};
  std::uint8_t prefix_ = longest_v4;
  bool is_v6_ = false;
};

template <>
struct field_traits<inet> {
  static constexpr std::string_view column_type = "inet";
  static constexpr std::string_view binary_types = "inet cidr";
  static void to_text(const inet& value, std::string& out) { out = value.to_string(); }
  static bool from_text(inet& value, std::string_view text) { return inet::parse_to(text, value); }
  static void to_binary(const inet& value, std::string& out);
  static bool from_binary(inet& value, std::string_view bytes);
};

}  // namespace tupelo
