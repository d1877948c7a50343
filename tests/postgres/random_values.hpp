// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace tupelo::driver::postgres::testing {

/// Values that are likely to break something: small, at the ends, and anything between.
class random_values {
public:
  explicit random_values(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }
  std::uint64_t below(std::uint64_t end) { return engine_() % end; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least +
           static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least) + 1));
  }

  template <class Integer>
  Integer integer() {
    switch (below(4)) {
      case 0: return static_cast<Integer>(below(200) - 100);
      case 1: return static_cast<Integer>(std::numeric_limits<Integer>::max() - static_cast<Integer>(below(3)));
      case 2: return static_cast<Integer>(std::numeric_limits<Integer>::min() + static_cast<Integer>(below(3)));
      default: return static_cast<Integer>(bits());
    }
  }

  /// Digits, a sign and a point, as a number is written: no leading zero but one before the point, no negative zero.
  std::string decimal_text(std::size_t most_digits) {
    std::string text;
    const auto whole = below(most_digits + 1);
    if (whole == 0) {
      text = "0";
    } else {
      text += static_cast<char>('1' + below(9));
      for (std::size_t i = 1; i < whole; ++i) text += one_in(3) ? '0' : static_cast<char>('0' + below(10));
    }
    if (const auto places = one_in(2) ? below(most_digits + 1) : 0; places > 0) {
      text += '.';
      for (std::size_t i = 0; i < places; ++i) text += one_in(3) ? '0' : static_cast<char>('0' + below(10));
    }
    const bool zero = text.find_first_not_of("0.") == std::string::npos;
    return one_in(2) && !zero ? "-" + text : text;
  }

  /// UTF-8 of one to four bytes a character, without NUL and surrogates.
  std::string text(std::size_t most_characters) {
    std::string out;
    for (auto count = below(most_characters + 1); count > 0; --count) {
      switch (below(4)) {
        case 0: append_utf8(out, static_cast<std::uint32_t>(1 + below(0x7f))); break;
        case 1: append_utf8(out, static_cast<std::uint32_t>(0x80 + below(0x780))); break;
        case 2: append_utf8(out, static_cast<std::uint32_t>(0x800 + below(0xd000))); break;
        default: append_utf8(out, static_cast<std::uint32_t>(0x10000 + below(0x100000))); break;
      }
    }
    return out;
  }

  std::string letters(std::size_t most) {
    std::string out;
    for (auto count = below(most + 1); count > 0; --count) out += static_cast<char>('a' + below(26));
    return out;
  }

private:
  static void append_utf8(std::string& out, std::uint32_t code) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xc0 | code >> 6);
      tail(0);
    } else if (code < 0x10000) {
      out += static_cast<char>(0xe0 | code >> 12);
      tail(6);
      tail(0);
    } else {
      out += static_cast<char>(0xf0 | code >> 18);
      tail(12);
      tail(6);
      tail(0);
    }
  }

  std::mt19937_64 engine_;
};

}  // namespace tupelo::driver::postgres::testing
