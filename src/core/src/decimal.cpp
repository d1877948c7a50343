// SPDX-License-Identifier: Apache-2.0
#include "civil.hpp"

#include <tupelo/core/decimal.hpp>
#include <tupelo/core/micros.hpp>

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>

namespace tupelo {

namespace {

using big_int = boost::multiprecision::cpp_int;
__extension__ using wide_int = __int128;

constexpr const char* no_decimal =
    "expected a decimal number: digits with an optional sign, point and exponent, NaN or Infinity";
constexpr const char* beyond_limits =
    "expected a decimal number of at most 131072 digits before the point and 16383 behind it";

bool equals_ignoring_case(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

/// The parts of a number's text; digits are a view each, so that nothing is copied before it is known to be a number.
struct number_text {
  bool negative = false;
  std::string_view whole;  // without leading zeros
  std::string_view fraction;
  std::int64_t exponent = 0;  // held within ±10^9, beyond all limits
};

std::string_view take_digits(std::string_view& text) noexcept {
  std::size_t count = 0;
  while (count < text.size() && detail::is_digit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool split(std::string_view text, number_text& out) noexcept {
  out.whole = take_digits(text);
  bool any = !out.whole.empty();
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    out.fraction = take_digits(text);
    any = any || !out.fraction.empty();
  }
  if (!any) return false;
  while (!out.whole.empty() && out.whole.front() == '0') out.whole.remove_prefix(1);
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  bool down = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    down = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::string_view digits = take_digits(text);
  if (digits.empty() || !text.empty()) return false;
  for (const char c : digits) {
    if (out.exponent < 100'000'000) out.exponent = out.exponent * 10 + (c - '0');
  }
  if (down) out.exponent = -out.exponent;
  return true;
}

constexpr auto powers_of_ten = [] {
  struct {
    std::int64_t of[19];
  } table{};
  table.of[0] = 1;
  for (int i = 1; i < 19; ++i) table.of[i] = table.of[i - 1] * 10;
  return table;
}();

/// Whether a quotient moves one away from zero; `order` compares twice the remainder with the divisor, without signs.
bool rounds_away(int order, bool odd, rounding mode) noexcept {
  switch (mode) {
    case rounding::half_even: return order > 0 || (order == 0 && odd);
    case rounding::half_up: return order >= 0;
    case rounding::down: break;
  }
  return false;
}

big_int power_of_ten(std::int64_t exponent) {
  return boost::multiprecision::pow(big_int(10), static_cast<unsigned>(exponent));
}

big_int rounded_quotient(const big_int& dividend, const big_int& divisor, rounding mode) {
  big_int quotient;
  big_int remainder;
  boost::multiprecision::divide_qr(dividend, divisor, quotient, remainder);
  const big_int twice = 2 * boost::multiprecision::abs(remainder);
  const int order = twice.compare(boost::multiprecision::abs(divisor));
  if (rounds_away(order, boost::multiprecision::bit_test(boost::multiprecision::abs(quotient), 0), mode)) {
    quotient += (dividend < 0) != (divisor < 0) ? -1 : 1;
  }
  return quotient;
}

void check_scale(std::int64_t scale, std::int64_t smallest = 0) {
  if (scale < smallest || scale > decimal::max_scale) {
    detail::throw_value_out_of_range(
        "expected a decimal scale within its limits: at most 16383 digits behind the point");
  }
}

}  // namespace

/// Between the stored form and the integers that compute.
struct decimal::arithmetic {
  static bool is_small(const decimal& d) noexcept { return d.magnitude_.empty(); }

  static big_int big(const decimal& d) {
    if (is_small(d)) return big_int(d.coefficient_);
    big_int value;
    boost::multiprecision::import_bits(value, d.magnitude_.begin(), d.magnitude_.end(), 64, false);
    return d.negative_ ? big_int(-value) : value;
  }
  static big_int big(const decimal& d, std::int64_t scale) {
    return scale == d.scale_ ? big(d) : big_int(big(d) * power_of_ten(scale - d.scale_));
  }

  static decimal make(wide_int coefficient, std::int64_t scale) {
    decimal result;
    result.scale_ = static_cast<std::int32_t>(scale);
    if (coefficient >= std::numeric_limits<std::int64_t>::min() &&
        coefficient <= std::numeric_limits<std::int64_t>::max()) {
      result.coefficient_ = static_cast<std::int64_t>(coefficient);
      return result;
    }
    __extension__ using wide_unsigned = unsigned __int128;
    result.negative_ = coefficient < 0;
    const wide_unsigned size =
        coefficient < 0 ? -static_cast<wide_unsigned>(coefficient) : static_cast<wide_unsigned>(coefficient);
    result.magnitude_.push_back(static_cast<std::uint64_t>(size));
    if (size >> 64 != 0) result.magnitude_.push_back(static_cast<std::uint64_t>(size >> 64));
    return result;
  }

  static decimal make(const big_int& coefficient, std::int64_t scale) {
    if (coefficient >= std::numeric_limits<std::int64_t>::min() &&
        coefficient <= std::numeric_limits<std::int64_t>::max()) {
      return make(static_cast<wide_int>(static_cast<std::int64_t>(coefficient)), scale);
    }
    const big_int size = boost::multiprecision::abs(coefficient);
    // log2(10) > 3.3219: what has fewer bits than that per digit needs no exact look.
    const std::int64_t digits = std::int64_t{max_integer_digits} + scale;
    if (static_cast<std::int64_t>(boost::multiprecision::msb(size)) >= digits * 33'219 / 10'000 &&
        size >= power_of_ten(digits)) {
      detail::throw_value_out_of_range(beyond_limits);
    }
    decimal result;
    result.scale_ = static_cast<std::int32_t>(scale);
    result.negative_ = coefficient < 0;
    boost::multiprecision::export_bits(size, std::back_inserter(result.magnitude_), 64, false);
    return result;
  }

  /// whole and fraction without leading zeros, then `zeros` more zeros, as one integer.
  static decimal from_digits(bool negative, std::string_view whole, std::string_view fraction, std::size_t zeros,
                             std::int64_t scale) {
    if (whole.size() + fraction.size() + zeros <= 18) {
      std::int64_t coefficient = 0;
      for (const char c : whole) coefficient = coefficient * 10 + (c - '0');
      for (const char c : fraction) coefficient = coefficient * 10 + (c - '0');
      coefficient *= powers_of_ten.of[zeros];
      return make(static_cast<wide_int>(negative ? -coefficient : coefficient), scale);
    }
    std::string digits;
    digits.reserve(whole.size() + fraction.size() + zeros);
    digits.append(whole).append(fraction).append(zeros, '0');
    big_int coefficient(digits);
    if (negative) coefficient = -coefficient;
    return make(coefficient, scale);
  }

  /// The coefficient's digits without sign.
  static std::string digits(const decimal& d) {
    if (!is_small(d)) return big_int(boost::multiprecision::abs(big(d))).str();
    const auto unsigned_value = static_cast<std::uint64_t>(d.coefficient_);
    char text[20];
    const auto end =
        std::to_chars(text, text + sizeof text, d.coefficient_ < 0 ? 0 - unsigned_value : unsigned_value).ptr;
    return std::string(text, end);
  }

  /// Both coefficients at the greater scale in 128 bits, where they are sure to fit.
  static bool align(const decimal& a, const decimal& b, wide_int& left, wide_int& right) noexcept {
    const std::int32_t difference = a.scale_ - b.scale_;
    if (!is_small(a) || !is_small(b) || difference > 18 || difference < -18) return false;
    left = static_cast<wide_int>(a.coefficient_) * (difference < 0 ? powers_of_ten.of[-difference] : 1);
    right = static_cast<wide_int>(b.coefficient_) * (difference > 0 ? powers_of_ten.of[difference] : 1);
    return true;
  }

  /// The order of what is not finite; 0 for everything finite.
  static int rank(const decimal& d) noexcept {
    switch (d.form_) {
      case form::nan: return 2;
      case form::infinity: return 1;
      case form::negative_infinity: return -1;
      case form::finite: break;
    }
    return 0;
  }

  static decimal infinity_of(int sign) noexcept { return sign < 0 ? negative_infinity() : infinity(); }

  /// Why a text is no decimal, or nullptr.
  static const char* read(std::string_view text, decimal& out) {
    number_text number;
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
      number.negative = text.front() == '-';
      text.remove_prefix(1);
    }
    if (equals_ignoring_case(text, "nan")) {
      out = decimal::nan();
      return nullptr;
    }
    if (equals_ignoring_case(text, "inf") || equals_ignoring_case(text, "infinity")) {
      out = number.negative ? decimal::negative_infinity() : decimal::infinity();
      return nullptr;
    }
    if (!split(text, number)) return no_decimal;

    std::string_view fraction = number.fraction;
    if (number.whole.empty()) {
      while (!fraction.empty() && fraction.front() == '0') fraction.remove_prefix(1);
    }
    const bool zero = number.whole.empty() && fraction.empty();
    const auto digits = static_cast<std::int64_t>(number.whole.size() + fraction.size());
    std::int64_t scale = static_cast<std::int64_t>(number.fraction.size()) - number.exponent;
    // Checked before any power of ten is computed: a short text must not be able to ask for a long computation.
    if (scale > decimal::max_scale || (!zero && digits - scale > decimal::max_integer_digits)) return beyond_limits;
    const auto zeros = static_cast<std::size_t>(scale < 0 && !zero ? -scale : 0);
    if (scale < 0) scale = 0;
    out = from_digits(number.negative, number.whole, fraction, zeros, scale);
    return nullptr;
  }
};

decimal decimal::nan() noexcept {
  decimal result;
  result.form_ = form::nan;
  return result;
}

decimal decimal::infinity() noexcept {
  decimal result;
  result.form_ = form::infinity;
  return result;
}

decimal decimal::negative_infinity() noexcept {
  decimal result;
  result.form_ = form::negative_infinity;
  return result;
}

void decimal::set_magnitude(std::uint64_t word) { magnitude_.push_back(word); }

decimal decimal::from_unscaled(std::int64_t coefficient, std::int32_t scale) {
  check_scale(scale);
  return arithmetic::make(static_cast<wide_int>(coefficient), scale);
}

decimal decimal::from_double(double value) {
  if (std::isnan(value)) return nan();
  if (std::isinf(value)) return arithmetic::infinity_of(value < 0 ? -1 : 1);
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return parse(std::string_view(text, static_cast<std::size_t>(end - text)));
}

decimal decimal::parse(std::string_view text) {
  decimal result;
  if (const char* problem = arithmetic::read(text, result)) {
    if (problem == beyond_limits) detail::throw_value_out_of_range(problem);
    detail::throw_invalid_value(problem);
  }
  return result;
}

std::optional<decimal> decimal::try_parse(std::string_view text) {
  std::optional<decimal> result(std::in_place);
  if (arithmetic::read(text, *result) != nullptr) result.reset();
  return result;
}

std::string decimal::to_string() const {
  switch (form_) {
    case form::nan: return "NaN";
    case form::infinity: return "Infinity";
    case form::negative_infinity: return "-Infinity";
    case form::finite: break;
  }
  std::string text = arithmetic::digits(*this);
  const auto scale = static_cast<std::size_t>(scale_);
  if (scale > 0) {
    if (text.size() <= scale) text.insert(0, scale + 1 - text.size(), '0');
    text.insert(text.size() - scale, 1, '.');
  }
  if (sign() < 0) text.insert(0, 1, '-');
  return text;
}

double decimal::to_double() const {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  switch (form_) {
    case form::nan: return std::numeric_limits<double>::quiet_NaN();
    case form::infinity: return infinite;
    case form::negative_infinity: return -infinite;
    case form::finite: break;
  }
  // Both operands are exact doubles here, so that the one division rounds correctly.
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (arithmetic::is_small(*this) && coefficient_ >= -exact && coefficient_ <= exact && scale_ <= 18) {
    return static_cast<double>(coefficient_) / static_cast<double>(powers_of_ten.of[scale_]);
  }
  const std::string text = to_string();
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc::result_out_of_range) {
    const bool tiny = abs() < decimal(1);
    value = tiny ? 0 : infinite;
    if (sign() < 0) value = -value;
  }
  return value;
}

std::int64_t decimal::to_int64() const {
  if (!is_finite()) detail::throw_invalid_value("expected a whole number, not NaN or an infinity");
  const decimal whole = round(0, rounding::down);
  if (whole != *this) detail::throw_invalid_value("expected a decimal that is a whole number: round it first");
  if (!arithmetic::is_small(whole))
    detail::throw_value_out_of_range("expected a whole number that fits a 64-bit integer");
  return whole.coefficient_;
}

int decimal::sign() const noexcept {
  if (!is_finite()) return form_ == form::nan ? 0 : form_ == form::infinity ? 1 : -1;
  if (!magnitude_.empty()) return negative_ ? -1 : 1;
  return coefficient_ < 0 ? -1 : coefficient_ > 0 ? 1 : 0;
}

std::int32_t decimal::precision() const {
  return is_finite() ? static_cast<std::int32_t>(arithmetic::digits(*this).size()) : 0;
}

std::weak_ordering operator<=>(const decimal& a, const decimal& b) {
  using arithmetic = decimal::arithmetic;
  const int left_rank = arithmetic::rank(a);
  const int right_rank = arithmetic::rank(b);
  if (left_rank != 0 || right_rank != 0) return left_rank <=> right_rank;
  if (const auto order = a.sign() <=> b.sign(); order != 0) return order;
  wide_int left = 0;
  wide_int right = 0;
  if (arithmetic::align(a, b, left, right)) {
    return left < right   ? std::weak_ordering::less
           : left > right ? std::weak_ordering::greater
                          : std::weak_ordering::equivalent;
  }
  const std::int64_t scale = std::max(a.scale_, b.scale_);
  return arithmetic::big(a, scale).compare(arithmetic::big(b, scale)) <=> 0;
}

decimal decimal::operator-() const {
  switch (form_) {
    case form::infinity: return negative_infinity();
    case form::negative_infinity: return infinity();
    case form::nan: return *this;
    case form::finite: break;
  }
  if (arithmetic::is_small(*this)) return arithmetic::make(-static_cast<wide_int>(coefficient_), scale_);
  return arithmetic::make(big_int(-arithmetic::big(*this)), scale_);
}

decimal operator+(const decimal& a, const decimal& b) {
  using arithmetic = decimal::arithmetic;
  if (a.is_nan() || b.is_nan()) return decimal::nan();
  if (a.is_infinite()) return b.is_infinite() && a.form_ != b.form_ ? decimal::nan() : a;
  if (b.is_infinite()) return b;
  const std::int32_t scale = std::max(a.scale_, b.scale_);
  wide_int left = 0;
  wide_int right = 0;
  if (arithmetic::align(a, b, left, right)) return arithmetic::make(left + right, scale);
  return arithmetic::make(big_int(arithmetic::big(a, scale) + arithmetic::big(b, scale)), scale);
}

decimal operator-(const decimal& a, const decimal& b) { return a + -b; }

decimal operator*(const decimal& a, const decimal& b) {
  using arithmetic = decimal::arithmetic;
  if (a.is_nan() || b.is_nan()) return decimal::nan();
  if (a.is_infinite() || b.is_infinite()) {
    const int sign = a.sign() * b.sign();
    return sign == 0 ? decimal::nan() : arithmetic::infinity_of(sign);
  }
  const std::int64_t scale = std::int64_t{a.scale_} + b.scale_;
  check_scale(scale);
  if (arithmetic::is_small(a) && arithmetic::is_small(b)) {
    return arithmetic::make(static_cast<wide_int>(a.coefficient_) * b.coefficient_, scale);
  }
  return arithmetic::make(big_int(arithmetic::big(a) * arithmetic::big(b)), scale);
}

decimal decimal::divide(const decimal& by, std::int32_t scale, rounding mode) const {
  check_scale(scale);
  if (is_nan() || by.is_nan()) return nan();
  if (by.is_zero()) detail::throw_invalid_value("expected a divisor other than zero");
  if (is_infinite()) return by.is_infinite() ? nan() : arithmetic::infinity_of(sign() * by.sign());
  if (by.is_infinite()) return from_unscaled(0, scale);
  big_int dividend = arithmetic::big(*this);
  big_int divisor = arithmetic::big(by);
  const std::int64_t shift = std::int64_t{scale} + by.scale_ - scale_;
  (shift >= 0 ? dividend : divisor) *= power_of_ten(shift >= 0 ? shift : -shift);
  return arithmetic::make(rounded_quotient(dividend, divisor, mode), scale);
}

decimal decimal::round(std::int32_t scale, rounding mode) const {
  check_scale(scale, -max_integer_digits);
  if (!is_finite()) return *this;
  if (scale >= scale_) {
    const std::int32_t added = scale - scale_;
    if (arithmetic::is_small(*this) && added <= 18) {
      return arithmetic::make(static_cast<wide_int>(coefficient_) * powers_of_ten.of[added], scale);
    }
    return arithmetic::make(arithmetic::big(*this, scale), scale);
  }
  const std::int32_t cut = scale_ - scale;
  if (scale >= 0 && arithmetic::is_small(*this) && cut <= 18) {
    const std::int64_t divisor = powers_of_ten.of[cut];
    std::int64_t quotient = coefficient_ / divisor;
    const std::int64_t remainder = coefficient_ % divisor;
    const std::int64_t twice = remainder < 0 ? -2 * remainder : 2 * remainder;
    const int order = twice < divisor ? -1 : twice > divisor ? 1 : 0;
    if (rounds_away(order, quotient % 2 != 0, mode)) quotient += coefficient_ < 0 ? -1 : 1;
    return arithmetic::make(static_cast<wide_int>(quotient), scale);
  }
  big_int quotient = rounded_quotient(arithmetic::big(*this), power_of_ten(cut), mode);
  if (scale < 0) quotient *= power_of_ten(-std::int64_t{scale});
  return arithmetic::make(quotient, scale < 0 ? 0 : scale);
}

decimal decimal::normalized() const {
  if (!is_finite() || scale_ == 0) return *this;
  if (is_zero()) return decimal();
  const std::string digits = arithmetic::digits(*this);
  const std::size_t zeros = digits.size() - 1 - digits.find_last_not_of('0');
  return round(scale_ - std::min(static_cast<std::int32_t>(zeros), scale_), rounding::down);
}

}  // namespace tupelo
