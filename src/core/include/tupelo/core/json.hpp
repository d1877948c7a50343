// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/decimal.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// A valid JSON document, held as its text.
///
/// The text is kept as it was given, so that no digit of a number, no whitespace and no order of keys is lost; what is
/// read out of it is found in the text each time. For heavy work on large documents hand `text()` to a JSON library.
/// Where an object has a key twice, the last one counts.
/// Errors: value_error, invalid_value for text that is no JSON and for reads of another kind, value_out_of_range for
/// numbers that do not fit, invalid_text for strings that are not UTF-8. No message holds a part of the document.
/// Source: RFC 8259.
class json {
public:
  /// Arrays and objects inside each other beyond this are refused, so that hostile text cannot exhaust the stack.
  static constexpr std::size_t max_depth = 256;

  // ---- create

  /// The document `null`.
  json() : text_("null") {}
  json(const json&) = default;
  json& operator=(const json&) = default;
  /// The document moved from is `null`.
  json(json&& other) noexcept;
  json& operator=(json&& other) noexcept;
  ~json() = default;

  /// Errors: value_error naming the offset of the first byte that does not fit. Refused beside what RFC 8259 refuses:
  /// a byte order mark, NUL bytes, more than `max_depth` levels, and numbers beyond the range of long double.
  static json parse(std::string_view text);
  static json parse(std::string&& text);
  static json parse(const char* text) { return parse(std::string_view(text)); }
  static std::optional<json> try_parse(std::string_view text);
  /// A value inside of a document that has been parsed. Before: the text is one.
  static json part(std::string_view valid_text);

  /// `{}`, to be filled with `set`.
  static json object();
  /// `[]`, to be filled with `push_back`.
  static json array();
  /// The document that is just this value: bool, integer, float, double, decimal, text, nullptr, json, or std::optional
  /// of these, whose absence is null.
  template <class Value>
  static json from(const Value& value);

  // ---- read

  /// As given to `parse`, or as built.
  const std::string& text() const noexcept { return text_; }

  bool is_null() const noexcept { return first() == 'n'; }
  bool is_boolean() const noexcept { return first() == 't' || first() == 'f'; }
  bool is_string() const noexcept { return first() == '"'; }
  bool is_object() const noexcept { return first() == '{'; }
  bool is_array() const noexcept { return first() == '['; }
  bool is_number() const noexcept { return first() == '-' || (first() >= '0' && first() <= '9'); }

  /// What lies at a path of keys and array positions, "items.0.name", or nothing. The empty path is the document
  /// itself. Keys that contain a point are reached with `member`.
  std::optional<json> at(std::string_view path) const;
  /// The value of exactly this key; nothing where the document is no object or has no such key.
  std::optional<json> member(std::string_view key) const;
  /// The element at a position; nothing where the document is no array or is shorter.
  std::optional<json> element(std::size_t position) const;
  /// Elements of an array, keys of an object (each once), 0 for everything else.
  std::size_t size() const;
  /// An object's keys, each once, sorted by their bytes; empty for everything else.
  std::vector<std::string> keys() const;

  bool as_bool() const;
  /// Without loss: 7, 7.0 and 70e-1 give 7. Errors: also value_error for a fraction and for what does not fit.
  std::int64_t as_int64() const;
  /// The nearest double. Errors: also value_error beyond its range.
  double as_double() const;
  /// Without loss, with the scale that is written.
  decimal as_decimal() const;
  /// With its escapes resolved; may contain NUL where the document has \u0000.
  std::string as_string() const;

  /// The same structure: whitespace, order of keys, escapes and the way numbers are written (1.0, 1, 1e0) do not
  /// matter.
  friend bool operator==(const json& a, const json& b);

  // ---- build

  /// Sets a key of an object, replacing the value it has. Errors: value_error when this is no object or grows beyond
  /// `max_depth`.
  template <class Value>
  json& set(std::string_view key, const Value& value) {
    return set_member(key, from(value));
  }
  /// Appends to an array. Errors: value_error when this is no array or grows beyond `max_depth`.
  template <class Value>
  json& push_back(const Value& value) {
    return append(from(value));
  }

private:
  json(std::string&& text, std::size_t depth) noexcept : text_(static_cast<std::string&&>(text)), depth_(depth) {}

  static json from_bool(bool value);
  static json from_int64(std::int64_t value);
  static json from_uint64(std::uint64_t value);
  static json from_float(float value);
  static json from_double(double value);
  static json from_decimal(const decimal& value);
  static json from_string(std::string_view value);
  json& set_member(std::string_view key, const json& value);
  json& append(const json& value);
  char first() const noexcept;

  std::string text_;
  std::size_t depth_ = 0;  // levels of arrays and objects in text_
};

namespace detail {
template <class Type>
inline constexpr bool is_optional = false;
template <class Type>
inline constexpr bool is_optional<std::optional<Type>> = true;
}  // namespace detail

template <class Value>
json json::from(const Value& value) {
  if constexpr (std::same_as<Value, json>) {
    return value;
  } else if constexpr (std::same_as<Value, std::nullptr_t> || std::same_as<Value, std::nullopt_t>) {
    return json();
  } else if constexpr (detail::is_optional<Value>) {
    return value ? from(*value) : json();
  } else if constexpr (std::same_as<Value, bool>) {
    return from_bool(value);
  } else if constexpr (detail::whole_number<Value> && std::signed_integral<Value>) {
    return from_int64(value);
  } else if constexpr (detail::whole_number<Value>) {
    return from_uint64(value);
  } else if constexpr (std::same_as<Value, float>) {
    return from_float(value);
  } else if constexpr (std::same_as<Value, double>) {
    return from_double(value);
  } else if constexpr (std::same_as<Value, decimal>) {
    return from_decimal(value);
  } else {
    static_assert(std::convertible_to<const Value&, std::string_view>,
                  "json takes bool, integers, float, double, decimal, text, nullptr, std::optional of these, and json");
    return from_string(value);
  }
}

}  // namespace tupelo
