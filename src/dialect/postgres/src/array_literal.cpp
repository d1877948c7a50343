// SPDX-License-Identifier: Apache-2.0
#include "array_literal.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <utility>

namespace tupelo::postgres {
namespace {

using elements_type = std::vector<array_element>;

elements_type elements_of_json(const nlohmann::json& array, type_kind of) {
  elements_type out;
  for (const nlohmann::json& element : array) {
    array_element& made = out.emplace_back();
    if (element.is_null()) continue;
    if (element.is_array() && of != type_kind::json) {
      made.row = elements_of_json(element, of);
    } else if (element.is_boolean()) {
      made.text = element.get<bool>() ? "t" : "f";
    } else {
      made.text = element.is_string() ? element.get<std::string>() : element.dump();
      if (of == type_kind::bytes) made.text->insert(0, "\\x");
    }
  }
  return out;
}

/// Source: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
class literal_reader {
public:
  explicit literal_reader(std::string_view text) noexcept : text_(text) {}

  std::optional<elements_type> read() {
    elements_type out;
    if (text_ == "{}") return out;
    return read_row(out) && at_ == text_.size() ? std::optional(std::move(out)) : std::nullopt;
  }

private:
  bool read_row(elements_type& out) {
    if (!take('{')) return false;
    do {
      array_element& made = out.emplace_back();
      if (at_ < text_.size() && text_[at_] == '{') {
        if (!read_row(made.row)) return false;
      } else if (!read_element(made)) {
        return false;
      }
    } while (take(','));
    return take('}');
  }
  bool read_element(array_element& made) {
    std::string element;
    const bool quoted = take('"');
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quoted ? c == '"' : c == ',' || c == '}') break;
      if (c == '\\' && ++at_ == text_.size()) return false;
      element += text_[at_];
    }
    if (quoted ? !take('"') : element.empty()) return false;
    if (quoted || element != "NULL") made.text = std::move(element);
    return true;
  }
  bool take(char c) noexcept {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void append_row(std::string& out, const elements_type& elements) {
  out += '{';
  for (const array_element& element : elements) {
    if (&element != elements.data()) out += ',';
    if (!element.row.empty()) {
      append_row(out, element.row);
      continue;
    }
    if (!element.text) {
      out += "NULL";
      continue;
    }
    out += '"';
    for (const char c : *element.text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  out += '}';
}

}  // namespace

std::optional<elements_type> array_elements(std::string_view text, type_kind of) {
  if (text.starts_with('{')) return literal_reader(text).read();
  const nlohmann::json parsed = nlohmann::json::parse(text, nullptr, false);
  return parsed.is_array() ? std::optional(elements_of_json(parsed, of)) : std::nullopt;
}

std::string array_literal(const elements_type& elements) {
  std::string out;
  append_row(out, elements);
  return out;
}

}  // namespace tupelo::postgres
