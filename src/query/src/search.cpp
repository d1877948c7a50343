// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/search.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/field.hpp>

#include <cstddef>

namespace tupelo::detail {

namespace {

constexpr std::size_t most_terms = 32;
constexpr std::size_t longest_term = 256;  // bytes; PostgreSQL refuses words from 2 KiB on

bool is_space(char c) noexcept { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }
/// What could end a term before its end.
bool separates(char c) noexcept { return is_space(c) || c == '"' || c == '\'' || c == '\\' || c == '*'; }
bool is_word(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// The term's text with single spaces and none at its ends; empty where no character of it belongs to a word.
std::string cleaned(std::string_view term) {
  std::string out;
  bool has_word = false;
  for (char c : term) {
    if (!separates(c)) {
      out += c;
      has_word = has_word || is_word(c);
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!has_word) return {};
  if (out.size() > longest_term) {
    std::size_t end = longest_term;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;  // not inside of a character
    out.resize(end);
  }
  if (out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

std::string search_words(std::string_view text) {
  if (!is_valid_text(text)) return {};  // no database takes it, and none holds it
  std::string wanted, unwanted;
  std::size_t at = 0;
  for (std::size_t terms = 0; terms < most_terms;) {
    while (at < text.size() && is_space(text[at])) ++at;
    if (at >= text.size()) break;
    const bool negated = text[at] == '-';
    if (negated) ++at;
    const bool phrase = at < text.size() && text[at] == '"';
    if (phrase) ++at;
    std::size_t end = at;
    while (end < text.size() && (phrase ? text[end] != '"' : !is_space(text[end]) && text[end] != '"')) ++end;
    std::string term = cleaned(text.substr(at, end - at));
    bool prefix = !phrase && end > at && text[end - 1] == '*';
    if (phrase && end < text.size()) ++end;
    if (phrase && end < text.size() && text[end] == '*') {
      prefix = true;
      ++end;
    }
    at = end;
    if (term.empty()) continue;
    ++terms;
    std::string& out = negated ? unwanted : wanted;
    if (negated || !out.empty()) out += negated ? " NOT " : " ";
    out.append("\"").append(term).append(prefix ? "\" *" : "\"");
  }
  return wanted.empty() ? wanted : wanted + unwanted;
}

expression search_expression(function what, std::uint32_t table, std::string_view text) {
  const std::string words = search_words(text);
  expression e(literal(kind::text, std::string_view(words)));
  e.push(make_word(op::call, static_cast<std::uint8_t>(what), 1, table));
  return e;
}

expression search_excerpt(std::uint64_t column, std::uint32_t table, std::string_view text, std::string_view before,
                          std::string_view behind, const std::int64_t* words) {
  if (words != nullptr && (*words < 2 || *words > 64)) {
    throw query_error("snippet() shows 2 to 64 words of a text; use highlight() for all of it");
  }
  expression e(column);
  const std::string sought = search_words(text);
  e.append(expression(literal(kind::text, std::string_view(sought))));
  e.append(expression(literal(kind::text, before)));
  e.append(expression(literal(kind::text, behind)));
  if (words != nullptr) e.append(expression(literal(kind::i64, *words)));
  const function what = words != nullptr ? function::search_snippet : function::search_highlight;
  e.push(make_word(op::call, static_cast<std::uint8_t>(what), words != nullptr ? 5 : 4, table));
  return e;
}

}  // namespace tupelo::detail
