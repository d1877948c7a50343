// SPDX-License-Identifier: Apache-2.0
#include "text_part.hpp"

#include "tupelo/model/multirange.hpp"
#include "tupelo/core/error.hpp"

#include <charconv>
#include <limits>

namespace tupelo::detail {

namespace {

template <class Integer>
Integer next_integer(Integer value) {
  if (value == std::numeric_limits<Integer>::max())
    throw_value_out_of_range("expected a range whose upper bound has a number behind it");
  return static_cast<Integer>(value + 1);
}

template <class Integer>
bool read_integer(std::string_view text, Integer& out) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failure == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::int32_t next_value(std::int32_t value) { return next_integer(value); }
std::int64_t next_value(std::int64_t value) { return next_integer(value); }
date next_value(date value) { return value.plus_days(1); }

std::string bound_text(std::int64_t value) { return std::to_string(value); }
std::string bound_text(date value) { return value.to_string(); }
std::string bound_text(timestamp value) { return value.to_string() + (value.is_infinite() ? "" : "+00:00"); }
std::string bound_text(const decimal& value) { return value.to_string(); }

bool read_bound(std::string_view text, std::int32_t& out) { return read_integer(text, out); }
bool read_bound(std::string_view text, std::int64_t& out) { return read_integer(text, out); }
bool read_bound(std::string_view text, date& out) { return date::parse_to(text.data(), text.size(), out); }
bool read_bound(std::string_view text, timestamp& out) {
  if (timestamp::parse_to(text.data(), text.size(), out)) return true;
  // The server writes whole hours of an offset without minutes.
  const bool hours_only = text.size() > 3 && (text[text.size() - 3] == '+' || text[text.size() - 3] == '-');
  const std::string whole = hours_only ? std::string(text) + ":00" : std::string();
  return hours_only && timestamp::parse_to(whole.data(), whole.size(), out);
}
bool read_bound(std::string_view text, decimal& out) {
  auto value = decimal::try_parse(text);
  if (value) out = *std::move(value);
  return value.has_value();
}

bool range_text::parse(std::string_view text, range_text& out) {
  out = {};
  if (text == "empty") {
    out.empty = true;
    return true;
  }
  if (text.size() < 3 || (text[0] != '[' && text[0] != '(')) return false;
  std::size_t at = 1;
  if (!take_part(text, ")]", at, out.lower, out.has_lower) || text[at] != ',') return false;
  ++at;
  if (!take_part(text, ")]", at, out.upper, out.has_upper) || at + 1 != text.size() || text[at] == ',') return false;
  out.lower_inclusive = text[0] == '[';
  out.upper_inclusive = text[at] == ']';
  return true;
}

std::string range_text::to_string() const {
  if (empty) return "empty";
  // No bound that is written here has a quote or a backslash in it.
  std::string out(1, lower_inclusive ? '[' : '(');
  if (has_lower) out.append("\"").append(lower).append("\"");
  out += ',';
  if (has_upper) out.append("\"").append(upper).append("\"");
  return out += upper_inclusive ? ']' : ')';
}

bool split_multirange(std::string_view text, std::vector<std::string_view>& ranges) {
  ranges.clear();
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return false;
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const std::string_view range = leading_range(text);
    if (range.empty()) return false;
    ranges.push_back(range);
    text.remove_prefix(range.size());
    if (text.empty()) return true;
    if (text[0] != ',' || text.size() == 1) return false;
    text.remove_prefix(1);
  }
  return true;
}

void throw_reversed_range() { throw value_error("a range: its lower bound is above its upper one; exchange them"); }

}  // namespace tupelo::detail
