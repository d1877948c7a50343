// SPDX-License-Identifier: Apache-2.0
#include "expression_lexer.hpp"

#include "opaque_text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tupelo::postgres {
namespace {

using kinds = lexeme::kinds;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool word_start(char c) noexcept {
  return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

class lexer {
public:
  explicit lexer(std::string_view sql) : sql_(sql) {}

  std::vector<lexeme> run() {
    std::vector<lexeme> out;
    for (skip_blank(); at_ < sql_.size(); skip_blank()) out.push_back(next());
    out.push_back({});
    return out;
  }

private:
  char peek(std::size_t ahead = 0) const noexcept { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }

  void skip_blank() {
    while (at_ < sql_.size()) {
      if (space(sql_[at_])) {
        ++at_;
      } else if (sql_.substr(at_, 2) == "--") {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (sql_.substr(at_, 2) == "/*") {
        const std::size_t end = sql_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? sql_.size() : end + 2;
      } else {
        return;
      }
    }
  }

  std::string quoted() {
    const char quote = sql_[at_++];
    std::string out;
    for (; at_ < sql_.size(); ++at_) {
      if (sql_[at_] == quote) {
        if (peek(1) != quote) break;
        ++at_;
      }
      out += sql_[at_];
    }
    if (at_ < sql_.size()) ++at_;
    return out;
  }

  std::string number() {
    const std::size_t begin = at_;
    while (is_digit(peek()) || peek() == '.') ++at_;
    if (lower(peek()) == 'e' && (is_digit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && is_digit(peek(2))))) {
      at_ += 2;
      while (is_digit(peek())) ++at_;
    }
    return std::string(sql_.substr(begin, at_ - begin));
  }

  std::string word() {
    const std::size_t begin = at_;
    while (word_start(peek()) || is_digit(peek()) || peek() == '$') ++at_;
    return lowered(sql_.substr(begin, at_ - begin));
  }

  std::string symbol() {
    constexpr std::string_view operators = "+-*/<>=~!@#%^&|?";
    const std::size_t begin = at_++;
    if (sql_[begin] == ':' && peek() == ':') {
      ++at_;
    } else if (operators.find(sql_[begin]) != std::string_view::npos) {
      // A sign behind an operator is a sign: `a =-1`.
      while (at_ < sql_.size() && operators.find(sql_[at_]) != std::string_view::npos && peek() != '-' && peek() != '+')
        ++at_;
    }
    return std::string(sql_.substr(begin, at_ - begin));
  }

  lexeme next() {
    const char c = peek();
    if (c == '\'') return {kinds::text, quoted()};
    if (c == '"') return {kinds::quoted, quoted()};
    if (lower(c) == 'x' && peek(1) == '\'') {
      ++at_;
      return {kinds::bytes, lowered(quoted())};
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return {kinds::number, number()};
    if (word_start(c)) return {kinds::word, word()};
    return {kinds::symbol, symbol()};
  }

  std::string_view sql_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<lexeme> lex_expression(std::string_view sql) { return lexer(sql).run(); }

}  // namespace tupelo::postgres
