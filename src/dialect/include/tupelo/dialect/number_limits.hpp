// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/field.hpp"

#include <string_view>

namespace tupelo {

/// What an integer type holds, as SQL.
struct integer_range {
  std::string_view lowest, highest;
};

constexpr integer_range range_of(kind k) noexcept {
  switch (k) {
    case kind::i8: return {"-128", "127"};
    case kind::u8: return {"0", "255"};
    case kind::i16: return {"-32768", "32767"};
    case kind::u16: return {"0", "65535"};
    case kind::i32: return {"-2147483648", "2147483647"};
    case kind::u32: return {"0", "4294967295"};
    default: return {"-9223372036854775808", "9223372036854775807"};
  }
}

/// Up to what a number is rounded to one that the type holds.
constexpr std::string_view largest_of(kind k) noexcept {
  return k == kind::f32 ? "3.4028235677973362e38" : "1.7976931348623157e308";
}

}  // namespace tupelo
