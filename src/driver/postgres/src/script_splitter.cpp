// SPDX-License-Identifier: Apache-2.0
#include "script_splitter.hpp"

#include <cstddef>

namespace tupelo::driver::postgres {

namespace {

bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_name_start(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_part(char c) noexcept { return is_name_start(c) || (c >= '0' && c <= '9') || c == '$'; }
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_word(std::string_view word, std::string_view lower_case) noexcept {
  if (word.size() != lower_case.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(word[i]) != lower_case[i]) return false;
  }
  return true;
}

class scanner {
public:
  explicit scanner(std::string_view text) noexcept : text_(text) {}

  bool at_end() const noexcept { return at_ >= text_.size(); }
  char current() const noexcept { return text_[at_]; }
  char ahead(std::size_t by) const noexcept { return at_ + by < text_.size() ? text_[at_ + by] : '\0'; }
  std::size_t at() const noexcept { return at_; }
  void skip(std::size_t count) noexcept { at_ = at_ + count < text_.size() ? at_ + count : text_.size(); }

  bool skip_comment() noexcept {
    if (current() == '-' && ahead(1) == '-') {
      while (!at_end() && current() != '\n') ++at_;
      return true;
    }
    if (current() != '/' || ahead(1) != '*') return false;
    int depth = 0;
    do {
      if (current() == '/' && ahead(1) == '*') {
        ++depth;
        skip(2);
      } else if (current() == '*' && ahead(1) == '/') {
        --depth;
        skip(2);
      } else {
        skip(1);
      }
    } while (depth > 0 && !at_end());
    return true;
  }

  void skip_quoted(char quote, bool backslashes) noexcept {
    for (skip(1); !at_end(); skip(1)) {
      if (backslashes && current() == '\\') {
        skip(1);
      } else if (current() == quote) {
        if (ahead(1) != quote) return skip(1);
        skip(1);
      }
    }
  }

  /// `$$ … $$` and `$tag$ … $tag$`; a parameter `$1` is none.
  void skip_dollar() noexcept {
    std::size_t end = at_ + 1;
    if (end < text_.size() && is_name_start(text_[end])) {
      while (end < text_.size() && is_name_part(text_[end]) && text_[end] != '$') ++end;
    }
    if (end >= text_.size() || text_[end] != '$') return skip(1);
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const std::size_t close = text_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
  }

  /// A string, a quoted name, or what is between dollars.
  bool skip_quotes() noexcept {
    switch (current()) {
      case '\'':
      case '"': skip_quoted(current(), false); return true;
      case '$': skip_dollar(); return true;
      case 'e':
      case 'E':
        if (ahead(1) != '\'') return false;
        skip(1);
        skip_quoted('\'', true);
        return true;
      default: return false;
    }
  }

  std::string_view take_word() noexcept {
    const std::size_t first = at_;
    while (!at_end() && is_name_part(current())) ++at_;
    return text_.substr(first, at_ - first);
  }

private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Knows whether a statement makes a function, whose body may hold semicolons, and how deep in that body one is.
class function_body {
public:
  void word(std::string_view word) noexcept {
    ++words_;
    if (words_ == 1) {
      creates_ = is_word(word, "create");
    } else if (words_ <= 4 && creates_ && (is_word(word, "function") || is_word(word, "procedure"))) {
      has_body_ = true;
    }
    if (!has_body_) return;
    if (is_word(word, "atomic") && after_begin_) ++depth_;
    after_begin_ = is_word(word, "begin");
    if (depth_ == 0) return;
    if (is_word(word, "case")) ++depth_;
    if (is_word(word, "end")) --depth_;
  }
  bool inside() const noexcept { return depth_ > 0; }

private:
  int words_ = 0;
  int depth_ = 0;
  bool creates_ = false;
  bool has_body_ = false;
  bool after_begin_ = false;
};

}  // namespace

std::string_view take_statement(std::string_view& script) noexcept {
  scanner scan(script);
  function_body body;
  std::size_t first = std::string_view::npos;
  std::size_t last = 0;  // behind the last character that counts
  int parentheses = 0;
  while (!scan.at_end()) {
    const char c = scan.current();
    if (is_blank(c)) {
      scan.skip(1);
      continue;
    }
    if (scan.skip_comment()) continue;
    if (c == ';' && parentheses <= 0 && !body.inside()) {
      scan.skip(1);
      if (first == std::string_view::npos) continue;
      break;
    }
    if (first == std::string_view::npos) first = scan.at();
    if (scan.skip_quotes()) {
      last = scan.at();
      continue;
    }
    if (is_name_start(c)) {
      body.word(scan.take_word());
    } else {
      if (c == '(') ++parentheses;
      if (c == ')') --parentheses;
      scan.skip(1);
    }
    last = scan.at();
  }
  const std::string_view statement =
      first == std::string_view::npos ? std::string_view() : script.substr(first, last - first);
  script.remove_prefix(scan.at());
  return statement;
}

std::size_t count_placeholders(std::string_view statement) noexcept {
  scanner scan(statement);
  std::size_t count = 0;
  while (!scan.at_end()) {
    const char c = scan.current();
    if (c == '$' && scan.ahead(1) >= '1' && scan.ahead(1) <= '9') return 0;
    if (scan.skip_comment() || scan.skip_quotes()) continue;
    if (is_name_start(c)) {
      scan.take_word();
    } else if (c == '?' && scan.ahead(1) == '?') {
      scan.skip(2);
    } else {
      count += c == '?' ? 1U : 0U;
      scan.skip(1);
    }
  }
  return count;
}

bool begins_with_word(std::string_view statement, std::string_view word) noexcept {
  if (statement.size() <= word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if ((statement[i] | 0x20) != word[i]) return false;
  }
  const char behind = statement[word.size()];
  return behind == '(' || std::string_view(" \t\n\r\f\v").find(behind) != std::string_view::npos;
}

}  // namespace tupelo::driver::postgres
