// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

// Walking through JSON text that is known to be valid: nothing here checks.
namespace tupelo::detail {

constexpr bool is_json_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

constexpr std::string_view trim_json(std::string_view text) noexcept {
  while (!text.empty() && is_json_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_json_space(text.back())) text.remove_suffix(1);
  return text;
}

constexpr std::size_t skip_json_space(std::string_view text, std::size_t i) noexcept {
  while (i < text.size() && is_json_space(text[i])) ++i;
  return i;
}

/// `i` is at the opening quote; gives the place behind the closing one.
constexpr std::size_t end_of_json_string(std::string_view text, std::size_t i) noexcept {
  for (++i; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\') ++i;
  }
  return i + 1;
}

/// `i` is at the value's first character; gives the place behind its last.
constexpr std::size_t end_of_json_value(std::string_view text, std::size_t i) noexcept {
  if (text[i] == '"') return end_of_json_string(text, i);
  if (text[i] != '{' && text[i] != '[') {
    while (i < text.size() && text[i] != ',' && text[i] != '}' && text[i] != ']' && !is_json_space(text[i])) ++i;
    return i;
  }
  std::size_t open = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"') {
      i = end_of_json_string(text, i);
      continue;
    }
    ++i;
    if (c == '{' || c == '[') ++open;
    if ((c == '}' || c == ']') && --open == 0) break;
  }
  return i;
}

/// The elements of an array or the members of an object, one after the other. Owns: nothing; the text must stay.
class json_items {
public:
  /// `container` begins with its bracket.
  explicit constexpr json_items(std::string_view container) noexcept
      : text_(container), keyed_(container.front() == '{') {}

  /// Moves to the next item; false behind the last one.
  constexpr bool next() noexcept {
    i_ = skip_json_space(text_, i_);
    if (text_[i_] == ',') i_ = skip_json_space(text_, i_ + 1);
    if (text_[i_] == ']' || text_[i_] == '}') return false;
    if (keyed_) {
      const std::size_t end = end_of_json_string(text_, i_);
      key_ = text_.substr(i_, end - i_);
      i_ = skip_json_space(text_, end);
      i_ = skip_json_space(text_, i_ + 1);
    }
    const std::size_t end = end_of_json_value(text_, i_);
    value_ = text_.substr(i_, end - i_);
    i_ = end;
    return true;
  }
  constexpr std::string_view key() const noexcept { return key_; }  ///< with its quotes and escapes
  constexpr std::string_view value() const noexcept { return value_; }

private:
  std::string_view text_;
  std::size_t i_ = 1;
  std::string_view key_;
  std::string_view value_;
  bool keyed_;
};

}  // namespace tupelo::detail
