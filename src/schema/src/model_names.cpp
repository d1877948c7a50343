// SPDX-License-Identifier: Apache-2.0
#include "model_names.hpp"

#include <tupelo/model/model_info.hpp>

#include <algorithm>
#include <array>

namespace tupelo {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }

// C++20's keywords and words with a meaning in an expression, and macros of the standard's headers and the system's.
constexpr std::array reserved = std::to_array<std::string_view>({
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "assert",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "errno",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "linux",
    "long",
    "major",
    "makedev",
    "minor",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "stderr",
    "stdin",
    "stdout",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "union",
    "unix",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
    "std",
    "tp",
    "tupelo",
    "BUFSIZ",
    "DOMAIN",
    "EOF",
    "I",
    "INFINITY",
    "NAN",
    "NULL",
    "OVERFLOW",
    "PIPE_BUF",
    "SING",
    "UNDERFLOW",
    "UNIX",
    "NDEBUG",
    "ERROR",
    "TRUE",
    "FALSE",
    "TLOSS",
    "PLOSS",
});

/// "people" → "person", "addresses" → "address": of the nouns that pluralize() knows, its inverse.
std::string singular(std::string_view noun) {
  const std::size_t last = noun.rfind('_') == std::string_view::npos ? 0 : noun.rfind('_') + 1;
  const std::string head(noun.substr(0, last));
  const std::string word(noun.substr(last));
  for (const char* one : {"person", "child", "man", "woman", "mouse", "goose", "foot", "tooth", "datum", "medium",
                          "criterion", "analysis", "basis", "leaf", "life", "half"}) {
    if (pluralize(one) == word) return head + one;
  }
  if (pluralize(word) == word || word.size() < 3) return std::string(noun);
  const auto without = [&](std::size_t letters) { return head + word.substr(0, word.size() - letters); };
  if (word.ends_with("ies") && word.size() > 4) return without(3) + "y";
  for (const char* ending : {"sses", "xes", "shes", "ches", "zzes", "tuses"}) {
    if (word.ends_with(ending)) return without(2);
  }
  return word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is")
             ? without(1)
             : std::string(noun);
}

}  // namespace

bool is_cpp_name(std::string_view name) {
  if (name.empty() || name.front() == '_' || is_digit(name.front())) return false;
  const bool letters = std::all_of(name.begin(), name.end(),
                                   [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '_'; });
  return letters && name.find("__") == std::string_view::npos &&
         std::find(reserved.begin(), reserved.end(), name) == reserved.end();
}

std::string cpp_name(std::string_view name) {
  std::string out;
  for (char c : name) {
    const bool letter = is_lower(c) || is_upper(c) || is_digit(c);
    if (letter) out += c;
    if (!letter && !out.empty() && out.back() != '_') out += '_';
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  if (out.empty() || is_digit(out.front())) out.insert(0, out.empty() ? "n" : "n_");
  return is_cpp_name(out) ? out : out + "_";
}

std::string pascal_case(std::string_view snake) {
  std::string out;
  bool begins = true;
  for (char c : snake) {
    if (c != '_') out += begins && is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    begins = c == '_';
  }
  return is_cpp_name(out) ? out : cpp_name(out);
}

std::string struct_name(std::string_view table) { return pascal_case(singular(snake_case(cpp_name(table)))); }

std::string key_stem(std::string_view column) {
  for (std::string_view ending : {"_id", "_fk", "_key", "_uuid"}) {
    if (column.size() > ending.size() && column.ends_with(ending)) {
      return std::string(column.substr(0, column.size() - ending.size()));
    }
  }
  return {};
}

std::string free_name(std::set<std::string>& taken, const std::string& wanted) {
  std::string name = wanted;
  for (int i = 2; !taken.insert(name).second; ++i)
    name = wanted + (wanted.ends_with('_') ? "" : "_") + std::to_string(i);
  return name;
}

}  // namespace tupelo
