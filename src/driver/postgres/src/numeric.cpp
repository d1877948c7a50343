// SPDX-License-Identifier: Apache-2.0
#include "numeric.hpp"

#include "network_order.hpp"

#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

namespace tupelo::driver::postgres {

namespace {

constexpr int base = 10'000;
constexpr int base_digits = 4;
constexpr std::size_t header_size = 8;

constexpr std::int64_t powers_of_ten[] = {1,
                                          10,
                                          100,
                                          1'000,
                                          10'000,
                                          100'000,
                                          1'000'000,
                                          10'000'000,
                                          100'000'000,
                                          1'000'000'000,
                                          10'000'000'000,
                                          100'000'000'000,
                                          1'000'000'000'000,
                                          10'000'000'000'000,
                                          100'000'000'000'000,
                                          1'000'000'000'000'000,
                                          10'000'000'000'000'000,
                                          100'000'000'000'000'000,
                                          1'000'000'000'000'000'000};

void write_header(send_buffer& out, std::size_t count, int weight, std::uint16_t sign, std::int32_t scale) {
  char* const place = out.room(header_size);
  store16(place, static_cast<std::uint16_t>(count));
  store16(place + 2, static_cast<std::uint16_t>(static_cast<std::int16_t>(weight)));
  store16(place + 4, sign);
  store16(place + 6, static_cast<std::uint16_t>(scale));
}

/// Plain digits with at most one point and no sign: what does not fit 64 bits.
void write_digits(send_buffer& out, std::string_view text, std::uint16_t sign, std::int32_t scale) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);

  // Both sides are filled up with zeros to whole base-10000 digits.
  std::string groups((base_digits - whole.size() % base_digits) % base_digits, '0');
  groups.append(whole);
  const int before_point = static_cast<int>(groups.size() / base_digits);
  groups.append(fraction).append((base_digits - fraction.size() % base_digits) % base_digits, '0');

  const auto digit = [&](std::size_t at) {
    const char* const p = groups.data() + at * base_digits;
    return static_cast<std::uint16_t>((p[0] - '0') * 1000 + (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0'));
  };
  std::size_t first = 0;
  std::size_t last = groups.size() / base_digits;
  while (first < last && digit(first) == 0) ++first;
  while (last > first && digit(last - 1) == 0) --last;
  write_header(out, last - first, before_point - static_cast<int>(first) - 1, sign, scale);
  for (std::size_t i = first; i < last; ++i) out.put16(digit(i));
}

}  // namespace

// ---- reading

bool numeric_view::read(const char* bytes, std::size_t size, numeric_view& out) noexcept {
  if (size < header_size) return false;
  const std::size_t count = load16(bytes);
  out.weight_ = static_cast<std::int16_t>(load16(bytes + 2));
  out.sign_ = load16(bytes + 4);
  out.scale_ = load16(bytes + 6);
  out.count_ = static_cast<int>(count);
  out.digits_ = bytes + header_size;
  if (size != header_size + 2 * count || out.scale_ > decimal::max_scale) return false;
  switch (out.sign_) {
    case positive:
    case negative: break;
    case not_a_number:
    case infinite:
    case negative_infinite: return count == 0;
    default: return false;
  }
  for (int i = 0; i < out.count_; ++i) {
    if (out.digit(i) >= base) return false;
  }
  // Nothing may stand behind the last place of the scale, so that the decimal is all that was sent.
  for (int i = out.count_ - 1; i >= 0; --i) {
    const int digit = out.digit(i);
    const int places = base_digits * (i - out.weight_);  // of the digit's last decimal behind the point
    if (places <= out.scale_) break;
    const int beyond = places - out.scale_;
    if (digit % (beyond >= base_digits ? base : powers_of_ten[beyond]) != 0) return false;
  }
  return true;
}

int numeric_view::digit(int at) const noexcept { return at < count_ ? load16(digits_ + 2 * at) : 0; }

bool numeric_view::to_coefficient(std::int64_t& out) const noexcept {
  if (count_ > 5) return false;
  std::int64_t value = 0;
  for (int i = 0; i < count_; ++i) {
    if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit(i), &value)) return false;
  }
  if (value != 0) {
    // The last digit counts 10000^(weight - count + 1); the coefficient counts 10^-scale.
    const int shift = scale_ + base_digits * (weight_ - count_ + 1);
    if (shift > 18 || shift < -18) return false;
    if (shift < 0) {
      value /= powers_of_ten[-shift];  // only zeros are cut off: `read` has seen to that
    } else if (__builtin_mul_overflow(value, powers_of_ten[shift], &value)) {
      return false;
    }
  }
  out = value;
  return true;
}

std::string numeric_view::to_text() const {
  std::string text;
  const int whole_digits = weight_ < 0 ? 1 : base_digits * (weight_ + 1);
  text.reserve(static_cast<std::size_t>(whole_digits + scale_) + base_digits + 2);
  if (sign_ == negative) text += '-';
  const auto append = [&](int value) {
    const char four[] = {static_cast<char>('0' + value / 1000), static_cast<char>('0' + value / 100 % 10),
                         static_cast<char>('0' + value / 10 % 10), static_cast<char>('0' + value % 10)};
    text.append(four, sizeof four);
  };
  if (weight_ < 0) text += '0';
  for (int i = 0; i <= weight_; ++i) append(digit(i));
  if (scale_ > 0) {
    text += '.';
    const std::size_t end = text.size() + static_cast<std::size_t>(scale_);
    for (int i = weight_ + 1; text.size() < end; ++i) append(i < 0 ? 0 : digit(i));
    text.resize(end);
  }
  return text;
}

decimal numeric_view::to_decimal() const {
  switch (sign_) {
    case not_a_number: return decimal::nan();
    case infinite: return decimal::infinity();
    case negative_infinite: return decimal::negative_infinity();
    default: break;
  }
  std::int64_t coefficient = 0;
  if (to_coefficient(coefficient)) [[likely]]
    return decimal::from_unscaled(sign_ == negative ? -coefficient : coefficient, scale_);
  return decimal::parse(to_text());
}

double numeric_view::to_double() const {
  switch (sign_) {
    case not_a_number: return std::numeric_limits<double>::quiet_NaN();
    case infinite: return std::numeric_limits<double>::infinity();
    case negative_infinite: return -std::numeric_limits<double>::infinity();
    default: break;
  }
  // Both operands are exact doubles here, so that the one division rounds correctly.
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  std::int64_t coefficient = 0;
  if (to_coefficient(coefficient) && coefficient <= exact && scale_ <= 18) {
    const double size = static_cast<double>(coefficient) / static_cast<double>(powers_of_ten[scale_]);
    return sign_ == negative && coefficient != 0 ? -size : size;
  }
  const std::string text = to_text();
  double value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc::result_out_of_range) {
    value = weight_ < 0 ? 0 : std::numeric_limits<double>::infinity();
    if (sign_ == negative) value = -value;
  }
  return value;
}

bool numeric_view::is_whole() const noexcept {
  for (int i = weight_ < -1 ? 0 : weight_ + 1; i < count_; ++i) {
    if (digit(i) != 0) return false;
  }
  return true;
}

bool numeric_view::to_magnitude(std::uint64_t& out) const noexcept {
  if (!is_finite() || !is_whole()) return false;
  std::uint64_t value = 0;
  for (int i = 0; i <= weight_; ++i) {
    if (__builtin_mul_overflow(value, std::uint64_t{base}, &value) ||
        __builtin_add_overflow(value, static_cast<std::uint64_t>(digit(i)), &value)) {
      return false;
    }
  }
  out = value;
  return true;
}

// ---- writing

class numeric_writer {
public:
  static void write(send_buffer& out, bool negative, std::uint64_t magnitude, std::int32_t scale) {
    // Filled up to whole base-10000 digits behind the point; 20 digits and 3 zeros need 128 bits.
    __extension__ using wide = unsigned __int128;
    wide rest =
        wide{magnitude} * static_cast<std::uint64_t>(powers_of_ten[(base_digits - scale % base_digits) % base_digits]);
    std::uint16_t digits[8];
    int count = 0;
    int weight = -(scale + base_digits - 1) / base_digits;  // of the last digit
    while (rest != 0) {
      const auto digit = static_cast<std::uint16_t>(rest % base);
      rest /= base;
      if (count == 0 && digit == 0) {
        ++weight;  // zeros at the end are not sent
      } else {
        digits[count++] = digit;
      }
    }
    if (count == 0) weight = 1;  // zero is sent with weight 0
    write_header(out, static_cast<std::size_t>(count), weight + count - 1,
                 negative && count != 0 ? numeric_view::negative : numeric_view::positive, scale);
    while (count > 0) out.put16(digits[--count]);
  }

  static void write(send_buffer& out, const decimal& value) {
    if (value.is_nan()) return write_header(out, 0, 0, numeric_view::not_a_number, 0);
    if (!value.is_finite()) {
      return write_header(out, 0, 0, value.sign() < 0 ? numeric_view::negative_infinite : numeric_view::infinite, 0);
    }
    std::int64_t coefficient = 0;
    if (value.unscaled_to(coefficient)) [[likely]] {
      const auto bits = static_cast<std::uint64_t>(coefficient);
      return write(out, coefficient < 0, coefficient < 0 ? 0 - bits : bits, value.scale());
    }
    const std::string text = value.to_string();
    std::string_view digits = text;
    if (value.sign() < 0) digits.remove_prefix(1);
    write_digits(out, digits, value.sign() < 0 ? numeric_view::negative : numeric_view::positive, value.scale());
  }
};

void write_numeric(send_buffer& out, bool negative, std::uint64_t magnitude, std::int32_t scale) {
  numeric_writer::write(out, negative, magnitude, scale);
}

void write_numeric(send_buffer& out, const decimal& value) { numeric_writer::write(out, value); }

}  // namespace tupelo::driver::postgres
