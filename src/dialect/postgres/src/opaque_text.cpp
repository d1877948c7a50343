// SPDX-License-Identifier: Apache-2.0
#include "opaque_text.hpp"

namespace tupelo::postgres {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_word(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

namespace {

/// Behind the quoted text or identifier that begins here. `backslash`: E'…', where it escapes.
std::size_t behind_quoted(std::string_view sql, std::size_t at, bool backslash) noexcept {
  const char quote = sql[at++];
  for (; at < sql.size(); ++at) {
    if (backslash && sql[at] == '\\') {
      ++at;
    } else if (sql[at] == quote) {
      if (at + 1 == sql.size() || sql[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return sql.size();
}

/// Behind `$tag$ … $tag$`; `at` itself where no such text begins.
std::size_t behind_dollar_quoted(std::string_view sql, std::size_t at) noexcept {
  std::size_t end = at + 1;
  if (end < sql.size() && is_digit(sql[end])) return at;
  while (end < sql.size() && is_word(sql[end])) ++end;
  if (end == sql.size() || sql[end] != '$') return at;
  const std::string_view tag = sql.substr(at, end + 1 - at);
  const std::size_t close = sql.find(tag, end + 1);
  return close == std::string_view::npos ? sql.size() : close + tag.size();
}

std::size_t behind_block_comment(std::string_view sql, std::size_t at) noexcept {
  int depth = 0;
  for (; at < sql.size(); ++at) {
    if (sql.substr(at, 2) == "/*") {
      ++depth;
      ++at;
    } else if (sql.substr(at, 2) == "*/") {
      ++at;
      if (--depth == 0) return at + 1;
    }
  }
  return sql.size();
}

}  // namespace

std::size_t behind_opaque(std::string_view sql, std::size_t at) noexcept {
  switch (sql[at]) {
    case '"': return behind_quoted(sql, at, false);
    case '\'': {
      const bool escapes = at > 0 && (sql[at - 1] == 'E' || sql[at - 1] == 'e') && (at < 2 || !is_word(sql[at - 2]));
      return behind_quoted(sql, at, escapes);
    }
    case '$': return at > 0 && is_word(sql[at - 1]) ? at : behind_dollar_quoted(sql, at);
    case '-': {
      if (sql.substr(at, 2) != "--") return at;
      const std::size_t end = sql.find('\n', at);
      return end == std::string_view::npos ? sql.size() : end;
    }
    case '/': return sql.substr(at, 2) == "/*" ? behind_block_comment(sql, at) : at;
    default: return at;
  }
}

}  // namespace tupelo::postgres
