// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/error.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/json_text.hpp>
#include <tupelo/core/micros.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

namespace tupelo {

namespace {

// Only the lexer's check of number ranges uses the floating type: long double refuses less valid JSON than double.
using checker =
    nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t, std::uint64_t, long double>;

/// Receives what the parser finds and keeps only how deep it goes and where it fails.
class depth_counter {
public:
  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(std::int64_t) { return true; }
  bool number_unsigned(std::uint64_t) { return true; }
  bool number_float(long double, const std::string&) { return true; }
  bool string(std::string&) { return true; }
  bool binary(checker::binary_t&) { return true; }
  bool start_object(std::size_t) { return enter(); }
  bool key(std::string&) { return true; }
  bool end_object() { return leave(); }
  bool start_array(std::size_t) { return enter(); }
  bool end_array() { return leave(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& problem) {
    error_position_ = position;
    number_too_large_ = dynamic_cast<const nlohmann::detail::out_of_range*>(&problem) != nullptr;
    return false;
  }

  std::size_t depth() const noexcept { return deepest_; }
  bool too_deep() const noexcept { return deepest_ > json::max_depth; }
  bool number_too_large() const noexcept { return number_too_large_; }
  std::size_t error_position() const noexcept { return error_position_; }

private:
  bool enter() {
    deepest_ = std::max(deepest_, ++open_);
    return !too_deep();
  }
  bool leave() {
    --open_;
    return true;
  }

  std::size_t open_ = 0;
  std::size_t deepest_ = 0;
  std::size_t error_position_ = 0;
  bool number_too_large_ = false;
};

constexpr std::string_view too_deep = "expected JSON of at most 256 arrays and objects inside each other";

struct json_problem {
  errc code = errc::invalid_value;
  std::string message;
};

/// The depth of valid JSON; else the problem.
bool check(std::string_view text, std::size_t& depth, json_problem& problem) {
  // The library takes NUL for the end of the text and skips a byte order mark; neither is JSON.
  if (const std::size_t nul = text.find('\0'); nul != text.npos) {
    problem.message = "expected JSON: there is a NUL byte at offset " + std::to_string(nul);
    return false;
  }
  if (text.starts_with('\xef')) {
    problem.message = "expected JSON: there is a byte order mark or no JSON at offset 0";
    return false;
  }
  depth_counter found;
  if (checker::sax_parse(text.begin(), text.end(), &found, nlohmann::detail::input_format_t::json, true)) {
    depth = found.depth();
    return true;
  }
  if (found.too_deep()) {
    problem.message = too_deep;
  } else if (found.number_too_large()) {
    problem = {errc::value_out_of_range, "expected JSON whose numbers lie within the range of long double"};
  } else {
    // The library's position counts the byte that does not fit.
    const std::size_t position = found.error_position();
    problem.message = "expected JSON: syntax error at offset " + std::to_string(position == 0 ? 0 : position - 1);
  }
  return false;
}

[[noreturn]] void throw_kind(const char* expected) {
  throw value_error(errc::type_mismatch,
                    std::string("expected a JSON ") + expected + ": check the kind before reading");
}

/// A string token without its quotes and escapes.
std::string unescape(std::string_view token) {
  if (token.find('\\') == token.npos) return std::string(token.substr(1, token.size() - 2));
  return nlohmann::json::parse(token.begin(), token.end()).get<std::string>();
}

std::string quote(std::string_view value) {
  try {
    return nlohmann::json(value).dump();
  } catch (const nlohmann::json::type_error&) {
    throw value_error(errc::invalid_text, "expected UTF-8 in text that becomes JSON");
  }
}

bool key_equals(std::string_view token, std::string_view key) {
  if (token.find('\\') == token.npos) return token.substr(1, token.size() - 2) == key;
  return unescape(token) == key;
}

std::optional<std::string_view> find_member(std::string_view container, std::string_view key) {
  std::optional<std::string_view> found;
  if (container.front() != '{') return found;
  detail::json_items items(container);
  while (items.next()) {
    if (key_equals(items.key(), key)) found = items.value();
  }
  return found;
}

std::optional<std::string_view> find_element(std::string_view container, std::size_t position) {
  if (container.front() != '[') return std::nullopt;
  detail::json_items items(container);
  while (items.next()) {
    if (position-- == 0) return items.value();
  }
  return std::nullopt;
}

std::optional<std::string_view> find_step(std::string_view container, std::string_view step) {
  if (container.front() != '[') return find_member(container, step);
  std::size_t position = 0;
  const auto parsed = std::from_chars(step.data(), step.data() + step.size(), position);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == step.data() + step.size();
  if (!whole || (step.size() > 1 && step.front() == '0')) return std::nullopt;
  return find_element(container, position);
}

std::map<std::string, std::string_view> members_of(std::string_view object) {
  std::map<std::string, std::string_view> members;
  detail::json_items items(object);
  while (items.next()) members.insert_or_assign(unescape(items.key()), items.value());
  return members;
}

bool is_number_token(std::string_view token) noexcept {
  return token.front() == '-' || (token.front() >= '0' && token.front() <= '9');
}

bool equal_numbers(std::string_view a, std::string_view b) {
  const auto left = decimal::try_parse(a);
  const auto right = decimal::try_parse(b);
  return left && right && *left == *right;
}

// Recursive: `max_depth` bounds it.
bool equal_values(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (is_number_token(a) && is_number_token(b)) return equal_numbers(a, b);
  if (a.front() != b.front()) return false;
  switch (a.front()) {
    case '"': return unescape(a) == unescape(b);
    case '[': {
      detail::json_items left(a);
      detail::json_items right(b);
      while (left.next()) {
        if (!right.next() || !equal_values(left.value(), right.value())) return false;
      }
      return !right.next();
    }
    case '{': {
      const auto left = members_of(a);
      const auto right = members_of(b);
      return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const auto& one, const auto& other) {
        return one.first == other.first && equal_values(one.second, other.second);
      });
    }
    default: return false;
  }
}

template <class Float>
std::string shortest_number(Float value) {
  if (!std::isfinite(value)) detail::throw_invalid_value("expected a finite number: JSON has no NaN and no infinity");
  char text[32];
  std::string number(text, std::to_chars(text, text + sizeof text, value).ptr);
  // A reader that tells integers from floating numbers gets back what was put in.
  if (number.find_first_of(".e") == number.npos) number += ".0";
  return number;
}

}  // namespace

json json::parse(std::string&& text) {
  std::size_t depth = 0;
  json_problem problem;
  if (!check(text, depth, problem)) throw value_error(problem.code, std::move(problem.message));
  return json(std::move(text), depth);
}

json json::parse(std::string_view text) { return parse(std::string(text)); }

std::optional<json> json::try_parse(std::string_view text) {
  std::size_t depth = 0;
  json_problem problem;
  if (!check(text, depth, problem)) return std::nullopt;
  return json(std::string(text), depth);
}

json::json(json&& other) noexcept : text_(std::move(other.text_)), depth_(std::exchange(other.depth_, 0)) {
  other.text_ = "null";  // fits the inline buffer: no allocation, no exception
}

json& json::operator=(json&& other) noexcept {
  if (this == &other) return *this;
  text_ = std::move(other.text_);
  depth_ = std::exchange(other.depth_, 0);
  other.text_ = "null";
  return *this;
}

json json::object() { return json("{}", 1); }
json json::array() { return json("[]", 1); }

json json::part(std::string_view valid_text) {
  std::size_t open = 0;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < valid_text.size(); ++i) {
    const char c = valid_text[i];
    if (c == '"') i = detail::end_of_json_string(valid_text, i) - 1;
    if (c == '{' || c == '[') depth = std::max(depth, ++open);
    if (c == '}' || c == ']') --open;
  }
  return json(std::string(valid_text), depth);
}

json json::from_bool(bool value) { return json(value ? "true" : "false", 0); }
json json::from_int64(std::int64_t value) { return json(std::to_string(value), 0); }
json json::from_uint64(std::uint64_t value) { return json(std::to_string(value), 0); }
json json::from_string(std::string_view value) { return json(quote(value), 0); }

json json::from_float(float value) { return json(shortest_number(value), 0); }
json json::from_double(double value) { return json(shortest_number(value), 0); }

json json::from_decimal(const decimal& value) {
  if (!value.is_finite()) detail::throw_invalid_value("expected a finite number: JSON has no NaN and no infinity");
  return parse(value.to_string());
}

char json::first() const noexcept { return text_[detail::skip_json_space(text_, 0)]; }

std::optional<json> json::at(std::string_view path) const {
  std::string_view place = detail::trim_json(text_);
  if (path.empty()) return part(place);
  for (;;) {
    const std::size_t point = path.find('.');
    const auto next = find_step(place, path.substr(0, point));
    if (!next) return std::nullopt;
    place = *next;
    if (point == path.npos) return part(place);
    path.remove_prefix(point + 1);
  }
}

std::optional<json> json::member(std::string_view key) const {
  const auto found = find_member(detail::trim_json(text_), key);
  return found ? std::optional<json>(part(*found)) : std::nullopt;
}

std::optional<json> json::element(std::size_t position) const {
  const auto found = find_element(detail::trim_json(text_), position);
  return found ? std::optional<json>(part(*found)) : std::nullopt;
}

std::size_t json::size() const {
  if (is_object()) return members_of(detail::trim_json(text_)).size();
  if (!is_array()) return 0;
  std::size_t count = 0;
  detail::json_items items(detail::trim_json(text_));
  while (items.next()) ++count;
  return count;
}

std::vector<std::string> json::keys() const {
  std::vector<std::string> names;
  if (!is_object()) return names;
  for (auto& [name, value] : members_of(detail::trim_json(text_))) names.push_back(name);
  return names;
}

bool json::as_bool() const {
  if (!is_boolean()) throw_kind("boolean");
  return first() == 't';
}

std::int64_t json::as_int64() const {
  if (!is_number()) throw_kind("number");
  const std::string_view token = detail::trim_json(text_);
  std::int64_t value = 0;
  const auto parsed = std::from_chars(token.data(), token.data() + token.size(), value);
  if (parsed.ec == std::errc() && parsed.ptr == token.data() + token.size()) return value;
  return decimal::parse(token).to_int64();
}

double json::as_double() const {
  if (!is_number()) throw_kind("number");
  const std::string_view token = detail::trim_json(text_);
  double value = 0;
  if (std::from_chars(token.data(), token.data() + token.size(), value).ec == std::errc()) return value;
  // Too large or too small, which from_chars does not tell apart; what is beyond a decimal too can only be too small.
  const auto exact = decimal::try_parse(token);
  value = exact ? exact->to_double() : 0.0;
  if (std::isinf(value)) detail::throw_value_out_of_range("expected a JSON number that fits a double");
  return value;
}

decimal json::as_decimal() const {
  if (!is_number()) throw_kind("number");
  return decimal::parse(detail::trim_json(text_));
}

std::string json::as_string() const {
  if (!is_string()) throw_kind("string");
  return unescape(detail::trim_json(text_));
}

bool operator==(const json& a, const json& b) {
  return equal_values(detail::trim_json(a.text_), detail::trim_json(b.text_));
}

json& json::set_member(std::string_view key, const json& value) {
  if (!is_object()) throw_kind("object");
  if (value.depth_ + 1 > max_depth) throw value_error(std::string(too_deep));
  const std::string_view container = detail::trim_json(text_);
  const std::string_view addition = detail::trim_json(value.text_);
  std::string text;
  if (const auto old = find_member(container, key)) {
    const auto before = static_cast<std::size_t>(old->data() - text_.data());
    text.reserve(text_.size() + addition.size());
    text.append(text_, 0, before).append(addition).append(text_, before + old->size());
    // The replaced value may have been the deepest.
    return *this = part(text);
  }
  const bool first_member = !detail::json_items(container).next();
  const std::string name = quote(key);
  const auto end = static_cast<std::size_t>(container.data() - text_.data()) + container.size() - 1;
  text.reserve(name.size() + addition.size() + 2);
  if (!first_member) text += ',';
  text.append(name).append(1, ':').append(addition);
  depth_ = std::max(depth_, value.depth_ + 1);
  text_.insert(end, text);
  return *this;
}

json& json::append(const json& value) {
  if (!is_array()) throw_kind("array");
  if (value.depth_ + 1 > max_depth) throw value_error(std::string(too_deep));
  const std::string_view container = detail::trim_json(text_);
  const auto end = static_cast<std::size_t>(container.data() - text_.data()) + container.size() - 1;
  std::string text(detail::json_items(container).next() ? "," : "");
  text += detail::trim_json(value.text_);
  depth_ = std::max(depth_, value.depth_ + 1);
  text_.insert(end, text);
  return *this;
}

}  // namespace tupelo
