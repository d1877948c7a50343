// SPDX-License-Identifier: Apache-2.0
#include "array_literal.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>

namespace tupelo::postgres {
namespace {

using elements_type = std::vector<std::optional<std::string>>;

std::optional<elements_type> elements_of_json(std::string_view text) {
  const nlohmann::json parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_array()) return std::nullopt;
  elements_type out;
  for (const nlohmann::json& element : parsed) {
    if (element.is_null()) {
      out.emplace_back();
    } else if (element.is_boolean()) {
      out.emplace_back(element.get<bool>() ? "t" : "f");
    } else {
      out.emplace_back(element.is_string() ? element.get<std::string>() : element.dump());
    }
  }
  return out;
}

/// Source: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
std::optional<elements_type> elements_of_literal(std::string_view text) {
  if (text.size() < 2 || text.back() != '}') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  elements_type out;
  std::size_t at = 0;
  while (at < text.size()) {
    std::string element;
    const bool quoted = text[at] == '"';
    if (quoted) ++at;
    for (; at < text.size() && text[at] != (quoted ? '"' : ','); ++at) {
      if (!quoted && text[at] == '{') return std::nullopt;
      if (text[at] == '\\' && ++at == text.size()) return std::nullopt;
      element += text[at];
    }
    if (quoted && at++ == text.size()) return std::nullopt;
    if (!quoted && element == "NULL") {
      out.emplace_back();
    } else {
      out.emplace_back(std::move(element));
    }
    if (at < text.size() && text[at++] != ',') return std::nullopt;
  }
  return out;
}

}  // namespace

std::optional<elements_type> array_elements(std::string_view text) {
  if (text.starts_with('[')) return elements_of_json(text);
  return text.starts_with('{') ? elements_of_literal(text) : std::nullopt;
}

std::string array_literal(const elements_type& elements) {
  std::string out = "{";
  for (const std::optional<std::string>& element : elements) {
    if (out.size() != 1) out += ',';
    if (!element) {
      out += "NULL";
      continue;
    }
    out += '"';
    for (const char c : *element) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out += '}';
}

}  // namespace tupelo::postgres
