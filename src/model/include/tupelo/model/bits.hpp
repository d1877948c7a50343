// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/field_type.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace tupelo {

/// A string of bits of any length: varbit of PostgreSQL, and bit(n) with `.native_type("bit(8)")`. Elsewhere text of
/// zeros and ones.
///
/// Bits are counted from the left, from 0. Errors: value_error (invalid_value) for text with other characters; its
/// message does not repeat the text.
class bits {
public:
  // ---- create

  bits() = default;
  explicit bits(std::size_t size, bool value = false);
  /// Reads zeros and ones.
  static bits parse(std::string_view text);
  /// The same without exceptions. `out` is untouched on false.
  static bool parse_to(std::string_view text, bits& out);
  /// Eight bits to a byte, the first one the highest; what is left of the last byte is ignored. False where there are
  /// more or fewer bytes than so many bits take.
  static bool unpack_to(std::size_t size, std::string_view packed, bits& out);

  // ---- change

  void push_back(bool value);
  /// Before: position < size().
  void set(std::size_t position, bool value = true);

  // ---- read

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  /// Before: position < size().
  bool operator[](std::size_t position) const noexcept {
    return (static_cast<unsigned char>(packed_[position / 8]) >> (7 - position % 8) & 1) != 0;
  }
  std::string to_string() const;
  /// As `unpack_to` takes them, with zeros at the end.
  std::string_view packed() const noexcept { return packed_; }

  friend bool operator==(const bits&, const bits&) = default;

private:
  std::string packed_;
  std::size_t size_ = 0;
};

template <>
struct field_traits<bits> {
  static constexpr std::string_view column_type = "varbit";
  static constexpr std::string_view binary_types = "bit varbit";
  static void to_text(const bits& value, std::string& out) { out = value.to_string(); }
  static bool from_text(bits& value, std::string_view text) { return bits::parse_to(text, value); }
  static void to_binary(const bits& value, std::string& out);
  static bool from_binary(bits& value, std::string_view bytes);
};

}  // namespace tupelo
