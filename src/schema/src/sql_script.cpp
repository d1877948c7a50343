// SPDX-License-Identifier: Apache-2.0
#include "sql_script.hpp"

#include <tupelo/query/sql_text.hpp>

#include <algorithm>
#include <cstddef>

namespace tupelo {
namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) { return is_word_start(c) || (c >= '0' && c <= '9') || c == '$'; }

/// Behind the closing quote, which counts for one where it is doubled.
std::size_t behind_quote(std::string_view sql, std::size_t at, char close, bool backslashes) {
  for (++at; at < sql.size(); ++at) {
    if (backslashes && sql[at] == '\\') {
      ++at;
    } else if (sql[at] == close) {
      if (at + 1 == sql.size() || sql[at + 1] != close) return at + 1;
      ++at;
    }
  }
  return sql.size();
}

/// Comments nest on PostgreSQL.
std::size_t behind_comment(std::string_view sql, std::size_t at) {
  std::size_t depth = 0;
  while (at < sql.size()) {
    if (sql.substr(at, 2) == "/*") {
      ++depth;
      at += 2;
    } else if (sql.substr(at, 2) == "*/") {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return sql.size();
}

/// `$tag$` at this place, or nothing.
std::string_view dollar_tag(std::string_view sql, std::size_t at) {
  if (sql[at] != '$' || (at > 0 && is_word(sql[at - 1]))) return {};
  std::size_t end = at + 1;
  while (end < sql.size() && sql[end] != '$' && is_word(sql[end])) ++end;
  if (end == sql.size() || sql[end] != '$') return {};
  if (end > at + 1 && !is_word_start(sql[at + 1])) return {};
  return sql.substr(at, end + 1 - at);
}

/// Behind `[name]` of SQLite; the same place where the bracket belongs to an array.
std::size_t behind_bracket(std::string_view sql, std::size_t at) {
  if (at > 0 && (is_word(sql[at - 1]) || sql[at - 1] == ']' || sql[at - 1] == ')')) return at;
  const std::size_t close = sql.find(']', at);
  if (close == std::string_view::npos) return at;
  const std::string_view name = sql.substr(at + 1, close - at - 1);
  return name.find_first_of("'\"[") == std::string_view::npos ? close + 1 : at;
}

}  // namespace

std::size_t behind_opaque(std::string_view sql, std::size_t at) {
  const char c = sql[at];
  if (c == '\'') {
    const bool escapes = at > 0 && (sql[at - 1] == 'E' || sql[at - 1] == 'e') && (at < 2 || !is_word(sql[at - 2]));
    return behind_quote(sql, at, c, escapes);
  }
  if (c == '"' || c == '`') return behind_quote(sql, at, c, false);
  if (c == '[') return behind_bracket(sql, at);
  if (sql.substr(at, 2) == "--") return std::min(sql.find('\n', at), sql.size());
  if (sql.substr(at, 2) == "/*") return behind_comment(sql, at);
  if (const std::string_view tag = dollar_tag(sql, at); !tag.empty()) {
    const std::size_t close = sql.find(tag, at + tag.size());
    return close == std::string_view::npos ? sql.size() : close + tag.size();
  }
  return at;
}

namespace {

/// Follows the words of a statement, to know when it is inside of BEGIN … END.
class body_depth {
public:
  void word(std::string_view text) {
    const auto is = [&](std::string_view keyword) {
      return text.size() == keyword.size() && equal_identifiers(text, keyword);
    };
    ++words_;
    if (words_ == 1) creates_ = is("CREATE");
    if (creates_ && words_ <= 4) {
      trigger_ = trigger_ || is("TRIGGER");
      routine_ = routine_ || is("FUNCTION") || is("PROCEDURE");
    }
    if (depth_ == 0) {
      if (trigger_ && is("BEGIN")) depth_ = 1;
      if (routine_ && is("ATOMIC") && begin_) depth_ = 1;
      begin_ = is("BEGIN");
    } else if (is("CASE")) {
      ++depth_;
    } else if (is("END")) {
      --depth_;
    }
  }
  bool inside() const { return depth_ > 0; }

private:
  std::size_t words_ = 0;
  std::size_t depth_ = 0;
  bool creates_ = false, trigger_ = false, routine_ = false, begin_ = false;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_only_comment(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const bool comment = text.substr(at, 2) == "--" || text.substr(at, 2) == "/*";
    if (!comment && !is_blank(text[at])) return false;
    at = comment ? behind_opaque(text, at) : at + 1;
  }
  return true;
}

}  // namespace

std::vector<std::string_view> split_statements(std::string_view script) {
  std::vector<std::string_view> statements;
  std::size_t begin = 0;
  body_depth body;
  const auto end_at = [&](std::size_t end) {
    const std::string_view statement = trimmed(script.substr(begin, end - begin));
    if (!is_only_comment(statement)) statements.push_back(statement);
    body = {};
    begin = end + 1;
  };
  for (std::size_t at = 0; at < script.size();) {
    if (const std::size_t behind = behind_opaque(script, at); behind != at) {
      at = behind;
    } else if (is_word_start(script[at])) {
      std::size_t end = at;
      while (end < script.size() && is_word(script[end])) ++end;
      body.word(script.substr(at, end - at));
      at = end;
    } else {
      if (script[at] == ';' && !body.inside()) end_at(at);
      ++at;
    }
  }
  if (begin < script.size()) end_at(script.size());
  return statements;
}

std::string_view leading_comment(std::string_view text) {
  const bool begins = text.starts_with("--") || text.starts_with("/*");
  return begins ? text.substr(0, behind_opaque(text, 0)) : std::string_view();
}

std::string_view without_leading_comments(std::string_view statement) {
  statement = trimmed(statement);
  for (std::string_view comment = leading_comment(statement); !comment.empty(); comment = leading_comment(statement)) {
    statement = trimmed(statement.substr(comment.size()));
  }
  return statement;
}

std::string without_dollar_quotes(std::string_view statement) {
  std::string out;
  for (std::size_t at = 0; at < statement.size();) {
    const std::size_t behind = behind_opaque(statement, at);
    if (behind == at) {
      out += statement[at++];
      continue;
    }
    out += statement[at] == '$' ? std::string_view("''") : statement.substr(at, behind - at);
    at = behind;
  }
  return out;
}

}  // namespace tupelo
