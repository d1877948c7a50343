// SPDX-License-Identifier: Apache-2.0
#include "text_part.hpp"

namespace tupelo::detail {

bool take_part(std::string_view text, std::string_view closing, std::size_t& at, std::string& out, bool& present) {
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
    } else if (!quoted && (c == ',' || closing.find(c) != std::string_view::npos)) {
      return true;
    } else {
      out += c;
      present = true;
    }
  }
  return false;
}

std::string_view leading_range(std::string_view text) {
  constexpr std::string_view empty = "empty";
  if (text.starts_with(empty)) return text.substr(0, empty.size());
  if (!text.starts_with('[') && !text.starts_with('(')) return {};
  std::size_t at = 1;
  std::string part;
  bool present = false;
  if (!take_part(text, ")]", at, part, present) || text[at] != ',') return {};
  if (!take_part(text, ")]", ++at, part, present) || text[at] == ',') return {};
  return text.substr(0, at + 1);
}

}  // namespace tupelo::detail
