// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo {

/// What happens to digits that are cut off.
enum class rounding : std::uint8_t {
  half_even,  ///< to the nearest, ties to the even neighbour (banker's rounding)
  half_up,    ///< to the nearest, ties away from zero (as in school and in SQL)
  down,       ///< towards zero
};

namespace detail {
/// Integers that are numbers, not truth values or characters.
template <class Type>
concept whole_number = std::integral<Type> && sizeof(Type) <= 8 && !std::same_as<Type, bool> &&
                       !std::same_as<Type, char> && !std::same_as<Type, wchar_t> && !std::same_as<Type, char8_t> &&
                       !std::same_as<Type, char16_t> && !std::same_as<Type, char32_t>;
}  // namespace detail

/// A decimal number without loss: as many digits as it takes, the scale it was written with, NaN and both infinities.
///
/// "1.10" stays "1.10" in text but equals "1.1". As in PostgreSQL, NaN equals itself and is greater than everything
/// else, so that decimals can be sorted. There is no negative zero. Coefficients of up to 18 digits need no heap.
/// Limits are PostgreSQL's: 131072 digits before the point and 16383 behind it.
/// Errors: value_error, invalid_value for text that is no decimal and for operations without a result,
/// value_out_of_range beyond those limits.
class decimal {
public:
  static constexpr std::int32_t max_scale = 16'383;
  static constexpr std::int32_t max_integer_digits = 131'072;

  // ---- create

  /// Zero with scale 0.
  decimal() noexcept = default;
  template <detail::whole_number Integer>
  decimal(Integer value) {
    if (std::in_range<std::int64_t>(value)) {
      coefficient_ = static_cast<std::int64_t>(value);
    } else {
      set_magnitude(static_cast<std::uint64_t>(value));
    }
  }
  /// coefficient / 10^scale: `from_unscaled(110, 2)` is 1.10. Errors: value_error for a scale outside 0 to `max_scale`.
  static decimal from_unscaled(std::int64_t coefficient, std::int32_t scale);
  /// The shortest decimal that reads back as the same double: 0.1 gives 0.1. NaN and infinities are kept.
  static decimal from_double(double value);
  static decimal nan() noexcept;
  static decimal infinity() noexcept;
  static decimal negative_infinity() noexcept;

  /// Reads `[+-]digits[.digits][e[+-]digits]`, where digits may stand on one side of the point only, or `NaN`,
  /// `Infinity`, `inf` with a sign, in any case. The scale is what is written behind the point less the exponent, at
  /// least 0. Errors: value_error; its message does not repeat the text.
  static decimal parse(std::string_view text);
  static std::optional<decimal> try_parse(std::string_view text);

  // ---- read

  /// Plain digits with exactly `scale()` decimals, never an exponent; `NaN`, `Infinity`, `-Infinity`.
  std::string to_string() const;
  /// The nearest double; ±infinity beyond its range.
  double to_double() const;
  /// Errors: value_error when it is not a whole number (1.00 is) or does not fit.
  std::int64_t to_int64() const;

  bool is_finite() const noexcept { return form_ == form::finite; }
  bool is_nan() const noexcept { return form_ == form::nan; }
  bool is_infinite() const noexcept { return form_ == form::infinity || form_ == form::negative_infinity; }
  bool is_zero() const noexcept { return is_finite() && magnitude_.empty() && coefficient_ == 0; }
  /// -1, 0 or 1; NaN has 0.
  int sign() const noexcept;
  /// Digits behind the point; 0 for NaN and infinities.
  std::int32_t scale() const noexcept { return scale_; }
  /// Digits of the coefficient without leading zeros, at least 1: 1.10 has 3, 0.001 has 1. 0 for NaN and infinities.
  std::int32_t precision() const;
  /// The coefficient, 110 of 1.10, where the value is finite and 64 bits hold it; else false, and `out` is untouched.
  bool unscaled_to(std::int64_t& out) const noexcept {
    if (!is_finite() || !magnitude_.empty()) return false;
    out = coefficient_;
    return true;
  }

  // ---- compare: by number, whatever the scale

  friend bool operator==(const decimal& a, const decimal& b) { return (a <=> b) == 0; }
  friend std::weak_ordering operator<=>(const decimal& a, const decimal& b);

  // ---- compute: exact; NaN, and infinities as in IEEE 754

  decimal operator-() const;
  /// The scale is the greater of both.
  friend decimal operator+(const decimal& a, const decimal& b);
  friend decimal operator-(const decimal& a, const decimal& b);
  /// The scale is the sum of both. Errors: value_error when that is beyond `max_scale`.
  friend decimal operator*(const decimal& a, const decimal& b);
  decimal& operator+=(const decimal& b) { return *this = *this + b; }
  decimal& operator-=(const decimal& b) { return *this = *this - b; }
  decimal& operator*=(const decimal& b) { return *this = *this * b; }

  /// The quotient with exactly `scale` decimals, rounded once. There is no operator/, because it would have to choose
  /// them. Errors: value_error for division by zero and for a scale outside 0 to `max_scale`.
  decimal divide(const decimal& by, std::int32_t scale, rounding mode = rounding::half_even) const;
  /// Exactly `scale` decimals: more digits are rounded away, fewer are filled with zeros. A negative scale rounds to
  /// tens, hundreds … and gives scale 0. Errors: value_error for a scale outside -`max_integer_digits` to `max_scale`.
  decimal round(std::int32_t scale, rounding mode = rounding::half_even) const;
  /// The same number with the smallest scale: 1.10 gives 1.1, 100 stays 100.
  decimal normalized() const;
  decimal abs() const { return sign() < 0 ? -*this : *this; }

private:
  enum class form : std::uint8_t { finite, nan, infinity, negative_infinity };
  struct arithmetic;
  void set_magnitude(std::uint64_t word);  ///< Before: no coefficient holds it.

  // A finite value is coefficient_ / 10^scale_ while magnitude_ is empty, and that is always so when the coefficient
  // fits; else ±magnitude_ / 10^scale_, lowest limb first, no zero limb at the end, with the sign in negative_.
  std::int64_t coefficient_ = 0;
  std::vector<std::uint64_t> magnitude_;
  std::int32_t scale_ = 0;
  form form_ = form::finite;
  bool negative_ = false;
};

}  // namespace tupelo
