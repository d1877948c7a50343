// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/range.hpp"

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

/// One bound, up to a comma or the closing bracket. False for text that ends before.
bool take_bound(std::string_view text, std::size_t& at, std::string& out, bool& present) {
  present = false;
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      // A doubled quote inside quotes is one of the text.
      if (quoted && at + 1 < text.size() && text[at + 1] == '"') {
        out += text[++at];
        continue;
      }
      quoted = !quoted;
      present = true;
    } else if (c == '\\') {
      if (++at == text.size()) return false;
      out += text[at];
      present = true;
    } else if (!quoted && (c == ',' || c == ')' || c == ']')) {
      return true;
    } else {
      out += c;
      present = true;
    }
  }
  return false;
}

}  // namespace

std::int32_t next_value(std::int32_t value) { return next_integer(value); }
std::int64_t next_value(std::int64_t value) { return next_integer(value); }
date next_value(date value) { return value.is_infinite() ? value : value.plus_days(1); }

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
  if (!take_bound(text, at, out.lower, out.has_lower) || text[at] != ',') return false;
  ++at;
  if (!take_bound(text, at, out.upper, out.has_upper) || at + 1 != text.size() || text[at] == ',') return false;
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

void throw_reversed_range() { throw value_error("a range: its lower bound is above its upper one; exchange them"); }

}  // namespace tupelo::detail
