// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "send_buffer.hpp"

#include <tupelo/core/decimal.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace tupelo::driver::postgres {

/// The server's `numeric` in its binary form: base-10000 digits, most significant first.
///
/// Owns: nothing; ends with the bytes it was read from. Source: numeric_send and numeric_recv of the server.
class numeric_view {
public:
  /// False for bytes that are no numeric; `out` is then not to be used.
  static bool read(const char* bytes, std::size_t size, numeric_view& out) noexcept;

  bool is_finite() const noexcept { return sign_ == positive || sign_ == negative; }
  bool is_negative() const noexcept { return sign_ == negative; }

  /// Without loss, with the scale that the server displays; NaN and infinities too.
  decimal to_decimal() const;
  /// The nearest double; NaN and infinities too.
  double to_double() const;
  /// The value without its sign. False when it has a fraction, is not finite or does not fit.
  bool to_magnitude(std::uint64_t& out) const noexcept;
  /// Whether the digits behind the point are all zero. Before: is_finite().
  bool is_whole() const noexcept;

private:
  friend class numeric_writer;
  enum sign : std::uint16_t {
    positive = 0x0000,
    negative = 0x4000,
    not_a_number = 0xC000,
    infinite = 0xD000,
    negative_infinite = 0xF000,
  };

  int digit(int at) const noexcept;
  /// The value times 10^scale without its sign, when that fits 18 digits.
  bool to_coefficient(std::int64_t& out) const noexcept;
  std::string to_text() const;

  const char* digits_ = nullptr;
  int count_ = 0;
  int weight_ = 0;  ///< the first digit counts 10000^weight
  int scale_ = 0;
  std::uint16_t sign_ = 0;
};

// Each writes the value's bytes without the length in front.

/// ±magnitude / 10^scale.
void write_numeric(send_buffer& out, bool negative, std::uint64_t magnitude, std::int32_t scale);
void write_numeric(send_buffer& out, const decimal& value);

}  // namespace tupelo::driver::postgres
