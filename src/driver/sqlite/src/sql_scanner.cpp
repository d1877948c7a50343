// SPDX-License-Identifier: Apache-2.0
#include "sql_scanner.hpp"

#include <cstddef>
#include <utility>

namespace tupelo::driver {

namespace {

constexpr bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool is_word_part(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
constexpr char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

}  // namespace

bool sql_scanner::is_word(std::string_view upper_case) const noexcept {
  if (kind_ != token::word || text_.size() != upper_case.size()) return false;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (upper(text_[i]) != upper_case[i]) return false;
  }
  return true;
}

bool sql_scanner::take_word(std::string_view upper_case) {
  if (!is_word(upper_case)) return false;
  next();
  return true;
}

void sql_scanner::skip_blanks() noexcept {
  for (;;) {
    std::size_t blank = 0;
    while (blank < rest_.size() && is_blank(rest_[blank])) ++blank;
    rest_.remove_prefix(blank);
    std::size_t end = 0;
    if (rest_.starts_with("--")) {
      end = rest_.find('\n');
    } else if (rest_.starts_with("/*")) {
      end = rest_.find("*/", 2);
      if (end != std::string_view::npos) end += 1;
    } else {
      return;
    }
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  }
}

void sql_scanner::take_quoted(char quote) {
  rest_.remove_prefix(1);
  while (!rest_.empty()) {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    if (c == quote) {
      if (quote == ']' || !rest_.starts_with(quote)) return;
      rest_.remove_prefix(1);
    }
    text_ += c;
  }
}

void sql_scanner::next() {
  text_.clear();
  kind_ = token::end;
  skip_blanks();
  if (rest_.empty()) return;
  const char first = rest_[0];
  if (first == '\'') {
    kind_ = token::literal;
    take_quoted(first);
  } else if (first == '"' || first == '`' || first == '[') {
    kind_ = token::quoted_name;
    take_quoted(first == '[' ? ']' : first);
  } else if (is_word_part(first)) {
    kind_ = token::word;
    std::size_t size = 1;
    while (size < rest_.size() && is_word_part(rest_[size])) ++size;
    text_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
  } else {
    kind_ = token::sign;
    text_ = first;
    rest_.remove_prefix(1);
    if (first == '(') ++depth_;
    if (first == ')') --depth_;
  }
}

statement_target statement_target::of(std::string_view sql) {
  statement_target target;
  sql_scanner scan(sql);
  while (scan.kind() != sql_scanner::token::end) {
    const bool verb = scan.depth() == 0 && (scan.is_word("INSERT") || scan.is_word("REPLACE") ||
                                            scan.is_word("UPDATE") || scan.is_word("DELETE"));
    if (!verb) {
      scan.next();
      continue;
    }
    target.inserts = scan.is_word("INSERT") || scan.is_word("REPLACE");
    scan.next();
    if (scan.take_word("OR")) scan.next();  // OR IGNORE, OR REPLACE …
    if (!scan.take_word("INTO")) scan.take_word("FROM");
    if (!scan.is_name()) return target;
    target.table = scan.text();
    scan.next();
    if (scan.is_sign('.')) {
      scan.next();
      target.table = scan.text();
    }
    return target;
  }
  return target;
}

std::string constraint_name(std::string_view create_table, std::string_view constraint, std::string_view columns) {
  sql_scanner scan(create_table);
  while (scan.kind() != sql_scanner::token::end && !scan.is_sign('(')) scan.next();
  std::string column;  // whose definition this is
  std::string name;    // of the constraint that begins here
  bool begins = true;
  while (scan.kind() != sql_scanner::token::end) {
    if (scan.depth() == 1 && (scan.is_sign(',') || scan.is_sign('('))) {
      begins = true;
      name.clear();
      scan.next();
      continue;
    }
    if (scan.depth() != 1) {
      scan.next();
      continue;
    }
    if (scan.take_word("CONSTRAINT")) {
      if (begins) column.clear();  // a constraint of the table
      begins = false;
      name = scan.text();
      scan.next();
    } else if (begins) {
      column = scan.text();
      begins = false;
      scan.next();
      continue;
    }
    const bool wanted = scan.is_word(constraint) || (constraint == "FOREIGN" && scan.is_word("REFERENCES"));
    if (name.empty() || !wanted) {
      // A word that no name precedes ends the reach of the last one.
      if (scan.is_word("NOT") || scan.is_word("CHECK") || scan.is_word("DEFAULT") || scan.is_word("UNIQUE"))
        name.clear();
      scan.next();
      continue;
    }
    scan.next();
    scan.take_word("KEY");
    std::string listed = column;
    if (column.empty() && scan.is_sign('(')) {
      scan.next();
      while (scan.depth() > 1 && scan.kind() != sql_scanner::token::end) {
        if (scan.is_name()) listed += (listed.empty() ? "" : ", ") + scan.text();
        scan.next();
        while (scan.depth() > 1 && !scan.is_sign(',') && scan.kind() != sql_scanner::token::end)
          scan.next();  // COLLATE, DESC
        if (scan.is_sign(',')) scan.next();
      }
    }
    if (listed == columns) return name;
    name.clear();
  }
  return {};
}

}  // namespace tupelo::driver
