// SPDX-License-Identifier: Apache-2.0
#include "tupelo/model/reflect.hpp"

#include <cstring>

namespace tupelo {

std::string_view type_key::name() const noexcept {
  return text != nullptr ? reflect::type_name(text) : std::string_view();
}

bool type_key::is_of_one_file() const noexcept {
  // clang: "(anonymous namespace)::User"; gcc: "{anonymous}::User"
  return text != nullptr && (std::strstr(text, "(anonymous") != nullptr || std::strstr(text, "{anonymous") != nullptr);
}

bool type_key::operator==(const type_key& other) const noexcept {
  if (tag == other.tag) return true;
  return tag != nullptr && other.tag != nullptr && name() == other.name() && !is_of_one_file();
}

}  // namespace tupelo

namespace tupelo::reflect {

std::string_view type_name(const char* type_text) noexcept {
  // clang: "… type_text() [T = shop::User]"; gcc: "… type_text() [with T = shop::User]" or "… ; std::string_view = …]"
  std::string_view text(type_text);
  const std::size_t begin = text.find("T = ");
  if (begin == std::string_view::npos) return text;
  text.remove_prefix(begin + 4);
  const std::size_t semicolon = text.find(';');
  if (semicolon != std::string_view::npos) return text.substr(0, semicolon);
  text.remove_suffix(1);
  return text;
}

std::string_view last_identifier(std::string_view text) noexcept {
  std::size_t end = text.size();
  const auto closes = [](char c) { return c == ']' || c == '}' || c == ')' || c == '>' || c == ';' || c == ' '; };
  while (end && closes(text[end - 1])) --end;
  std::size_t begin = end;
  const auto separates = [](char c) { return c == ':' || c == '.' || c == '&' || c == ' ' || c == '('; };
  while (begin && !separates(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

bool split_names(std::string_view text, std::string_view* names, std::size_t count) noexcept {
  // "… [Pointers = <&fake.value.id, …>]" (clang) or "… [with const void* …Pointers = {(& fake<User>.value.User::id),
  // …}]" (gcc): walk back over the top-level commas.
  if (text.size() < 2) return false;
  std::size_t end = text.size() - 2;
  for (std::size_t k = count; k > 0; --k) {
    int depth = 0;
    std::size_t begin = end;
    while (begin) {
      const char c = text[begin - 1];
      if (c == ')' || c == '>' || c == ']') ++depth;
      if (c == '(' || c == '<' || c == '[') {
        if (depth == 0) break;
        --depth;
      }
      if (depth == 0 && (c == ',' || c == '{')) break;
      --begin;
    }
    names[k - 1] = last_identifier(text.substr(begin, end - begin));
    if (names[k - 1].empty()) return false;
    end = begin ? begin - 1 : 0;
  }
  return true;
}

}  // namespace tupelo::reflect
