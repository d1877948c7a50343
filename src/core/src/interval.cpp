// SPDX-License-Identifier: Apache-2.0
#include "civil.hpp"

#include <tupelo/core/interval.hpp>

#include <array>
#include <charconv>
#include <limits>

namespace tupelo {

namespace {

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A number as it is written: its whole part, and millionths of the same sign.
struct amount {
  std::int64_t whole = 0;
  std::int64_t millionths = 0;
  bool negative = false;
  bool has_point = false;
};

/// Adds up the parts. Every sum is checked: no text may wrap around.
class parts {
public:
  bool add_months(std::int64_t count, std::int64_t each) noexcept { return add(months_, count, each); }
  bool add_days(std::int64_t count, std::int64_t each) noexcept { return add(days_, count, each); }
  bool add_time(const amount& value, std::int64_t each) noexcept {
    return add(time_, value.whole, each) && add(time_, value.millionths, 1);
  }
  bool negate() noexcept {
    return !__builtin_sub_overflow(std::int64_t{0}, months_, &months_) &&
           !__builtin_sub_overflow(std::int64_t{0}, days_, &days_) &&
           !__builtin_sub_overflow(std::int64_t{0}, time_, &time_);
  }
  bool give(interval& out) const noexcept {
    if (!std::in_range<std::int32_t>(months_) || !std::in_range<std::int32_t>(days_)) return false;
    out = {static_cast<std::int32_t>(months_), static_cast<std::int32_t>(days_), time_};
    return true;
  }

private:
  static bool add(std::int64_t& sum, std::int64_t count, std::int64_t each) noexcept {
    std::int64_t product = 0;
    return !__builtin_mul_overflow(count, each, &product) && !__builtin_add_overflow(sum, product, &sum);
  }

  std::int64_t months_ = 0;
  std::int64_t days_ = 0;
  std::int64_t time_ = 0;
};

class interval_reader {
public:
  interval_reader(const char* text, std::size_t size) noexcept : at_(text), end_(text + size) {}

  bool at_end() const noexcept { return at_ == end_; }
  char peek() const noexcept { return at_ == end_ ? '\0' : *at_; }
  bool skip(char c) noexcept {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() noexcept {
    while (skip(' ')) {}
  }
  bool sign(bool& negative) noexcept {
    negative = skip('-');
    return negative || skip('+');
  }

  /// The digits take the sign: the smallest number of 64 bits has no positive counterpart.
  bool digits(bool negative, std::int64_t& value) noexcept {
    if (!detail::is_digit(peek())) return false;
    value = 0;
    for (; detail::is_digit(peek()); ++at_) {
      const int digit = *at_ - '0';
      if (__builtin_mul_overflow(value, std::int64_t{10}, &value) ||
          __builtin_add_overflow(value, std::int64_t{negative ? -digit : digit}, &value)) {
        return false;
      }
    }
    return true;
  }

  /// `[.ffffff]`; more than six digits would be cut.
  bool fraction(amount& value) noexcept {
    value.has_point = skip('.');
    if (!value.has_point) return true;
    int count = 0;
    for (; detail::is_digit(peek()); ++at_, ++count) {
      if (count == 6) return false;
      value.millionths = value.millionths * 10 + (*at_ - '0');
    }
    if (count == 0) return false;
    for (; count < 6; ++count) value.millionths *= 10;
    if (value.negative) value.millionths = -value.millionths;
    return true;
  }

  bool number(amount& value) noexcept {
    value = {};
    (void)sign(value.negative);
    return digits(value.negative, value.whole) && fraction(value);
  }

  std::string_view word() noexcept {
    const char* const first = at_;
    while (is_letter(peek())) ++at_;
    return {first, static_cast<std::size_t>(at_ - first)};
  }

private:
  const char* at_;
  const char* end_;
};

/// Source: ISO 8601-1, 5.5.2.
bool parse_iso(interval_reader in, parts& sum) noexcept {
  static constexpr std::string_view date_units = "YMWD";
  static constexpr std::string_view time_units = "HMS";
  bool time = false;
  std::size_t next = 0;  // units come in their order, each once
  bool any = false;
  while (!in.at_end()) {
    if (!time && in.skip('T')) {
      time = true;
      next = 0;
      any = false;  // something must follow
      continue;
    }
    amount value;
    if (!in.number(value)) return false;
    const std::string_view units = time ? time_units : date_units;
    const std::size_t unit = in.at_end() ? std::string_view::npos : units.find(in.peek(), next);
    if (unit == std::string_view::npos) return false;
    const char name = units[unit];
    next = unit + 1;
    if (value.has_point && name != 'S') return false;
    in.skip(name);
    const bool fits = time          ? sum.add_time(value, name == 'H'   ? detail::hour_us
                                                          : name == 'M' ? detail::minute_us
                                                                        : detail::second_us)
                      : name == 'Y' ? sum.add_months(value.whole, 12)
                      : name == 'M' ? sum.add_months(value.whole, 1)
                                    : sum.add_days(value.whole, name == 'W' ? 7 : 1);
    if (!fits) return false;
    any = true;
  }
  return any;
}

enum class unit : std::uint8_t { none, month, day, time };
struct unit_name {
  std::string_view name;
  unit of;
  std::int64_t each;
};
constexpr std::array units = std::to_array<unit_name>({
    {"year", unit::month, 12},
    {"years", unit::month, 12},
    {"mon", unit::month, 1},
    {"mons", unit::month, 1},
    {"month", unit::month, 1},
    {"months", unit::month, 1},
    {"week", unit::day, 7},
    {"weeks", unit::day, 7},
    {"day", unit::day, 1},
    {"days", unit::day, 1},
    {"hour", unit::time, detail::hour_us},
    {"hours", unit::time, detail::hour_us},
    {"min", unit::time, detail::minute_us},
    {"mins", unit::time, detail::minute_us},
    {"minute", unit::time, detail::minute_us},
    {"minutes", unit::time, detail::minute_us},
    {"sec", unit::time, detail::second_us},
    {"secs", unit::time, detail::second_us},
    {"second", unit::time, detail::second_us},
    {"seconds", unit::time, detail::second_us},
});

/// Behind `H+`, which was read: `:MM[:SS[.ffffff]]`, all of the hours' sign.
bool parse_clock(interval_reader& in, const amount& hours, parts& sum) noexcept {
  std::int64_t minutes = 0;
  amount seconds;
  seconds.negative = hours.negative;
  if (hours.has_point || !in.skip(':') || !in.digits(hours.negative, minutes)) return false;
  if (in.skip(':') && (!in.digits(hours.negative, seconds.whole) || !in.fraction(seconds))) return false;
  const auto outside = [](std::int64_t value) { return value > 59 || value < -59; };
  if (outside(minutes) || outside(seconds.whole)) return false;
  return sum.add_time({hours.whole}, detail::hour_us) && sum.add_time({minutes}, detail::minute_us) &&
         sum.add_time(seconds, detail::second_us);
}

/// Source: https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-OUTPUT
bool parse_words(interval_reader in, parts& sum) noexcept {
  in.skip_blanks();
  if (in.skip('@')) in.skip_blanks();
  bool any = false;
  while (!in.at_end()) {
    if (is_letter(in.peek())) {
      if (!any || in.word() != "ago" || !sum.negate()) return false;
      in.skip_blanks();
      return in.at_end();
    }
    amount value;
    if (!in.number(value)) return false;
    if (in.peek() == ':') {
      if (!parse_clock(in, value, sum)) return false;
    } else {
      in.skip_blanks();
      const std::string_view name = in.word();
      const unit_name* found = nullptr;
      for (const unit_name& known : units) {
        if (known.name == name) found = &known;
      }
      if (found == nullptr) {
        if (!name.empty() || !in.at_end() || any || value.whole != 0 || value.has_point) return false;
        return true;  // "@ 0"
      }
      if (value.has_point && found->each != detail::second_us) return false;
      const bool fits = found->of == unit::month ? sum.add_months(value.whole, found->each)
                        : found->of == unit::day ? sum.add_days(value.whole, found->each)
                                                 : sum.add_time(value, found->each);
      if (!fits) return false;
    }
    any = true;
    in.skip_blanks();
  }
  return any;
}

char* write_part(char* out, std::int64_t value, char unit) noexcept {
  if (value == 0) return out;
  out = std::to_chars(out, out + 20, value).ptr;
  *out++ = unit;
  return out;
}

}  // namespace

bool interval::parse_to(const char* text, std::size_t size, interval& out) noexcept {
  if (size == 0) return false;
  constexpr std::string_view endless = "-infinity";
  const std::string_view whole(text, size);
  if (whole == endless || whole == endless.substr(1)) {
    out = text[0] == '-' ? minus_infinity() : infinity();
    return true;
  }
  parts sum;
  const bool read = text[0] == 'P' ? parse_iso({text + 1, size - 1}, sum) : parse_words({text, size}, sum);
  return read && sum.give(out);
}

std::optional<interval> interval::try_parse(std::string_view text) noexcept {
  interval result;
  if (!parse_to(text.data(), text.size(), result)) return std::nullopt;
  return result;
}

interval interval::parse(std::string_view text) {
  interval result;
  if (!parse_to(text.data(), text.size(), result)) {
    detail::throw_invalid_value("expected an interval as P1Y2M3DT4H5M6.5S or as 1 year 2 mons 3 days 04:05:06.5");
  }
  return result;
}

char* interval::format_to(char* out) const noexcept {
  if (is_infinite()) [[unlikely]] {
    for (const char c : std::string_view(months < 0 ? "-infinity" : "infinity")) *out++ = c;
    return out;
  }
  char* const first = out;
  *out++ = 'P';
  out = write_part(out, months / 12, 'Y');
  out = write_part(out, months % 12, 'M');
  out = write_part(out, days, 'D');
  const std::int64_t seconds = microseconds % detail::minute_us;
  if (microseconds != 0) {
    *out++ = 'T';
    out = write_part(out, microseconds / detail::hour_us, 'H');
    out = write_part(out, microseconds / detail::minute_us % 60, 'M');
    if (seconds != 0) {
      if (seconds < 0) *out++ = '-';
      const std::int64_t magnitude = seconds < 0 ? -seconds : seconds;
      out = std::to_chars(out, out + 20, magnitude / detail::second_us).ptr;
      if (std::int64_t rest = magnitude % detail::second_us; rest != 0) {
        *out++ = '.';
        for (std::int64_t place = detail::second_us / 10; rest != 0; rest %= place, place /= 10) {
          *out++ = static_cast<char>('0' + rest / place);
        }
      }
      *out++ = 'S';
    }
  } else if (out == first + 1) {
    for (const char c : {'T', '0', 'S'}) *out++ = c;
  }
  return out;
}

std::string interval::to_string() const {
  char text[max_text_size];
  return std::string(text, static_cast<std::size_t>(format_to(text) - text));
}

micros interval::length() const {
  std::int64_t total = 0;
  if (months != 0 || __builtin_mul_overflow(std::int64_t{days}, detail::day_us, &total) ||
      __builtin_add_overflow(total, microseconds, &total)) {
    detail::throw_value_out_of_range("expected an interval without months: they have no length of their own");
  }
  return micros(total);
}

}  // namespace tupelo
