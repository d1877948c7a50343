// SPDX-License-Identifier: Apache-2.0
#include "create_table_reader.hpp"

#include <tupelo/query/sql_text.hpp>

#include <cstddef>
#include <utility>

namespace tupelo::sqlite {
namespace {

class reader {
public:
  explicit reader(std::string_view sql) : tokens_(sql_tokens(sql)) {}

  table_text read() {
    while (at_ < tokens_.size() && !symbol("(")) ++at_;
    ++at_;
    while (at_ < tokens_.size() && !symbol(")")) {
      if (!table_constraint()) column();
      while (at_ < tokens_.size() && !symbol(",") && !symbol(")")) skip();
      if (symbol(",")) ++at_;
    }
    return std::move(text_);
  }

private:
  bool symbol(std::string_view text) const {
    return at_ < tokens_.size() && tokens_[at_].kind == sql_token_kind::symbol && tokens_[at_].text == text;
  }
  bool word(std::string_view text, std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() && tokens_[at_ + ahead].kind == sql_token_kind::word &&
           equal_identifiers(tokens_[at_ + ahead].text, text);
  }
  bool accept(std::string_view text) {
    if (!word(text)) return false;
    ++at_;
    return true;
  }
  std::string identifier() { return at_ < tokens_.size() ? tokens_[at_++].value : std::string(); }

  /// One token, or everything up to the closing parenthesis.
  void skip() {
    if (!symbol("(")) {
      ++at_;
      return;
    }
    int depth = 0;
    do {
      if (symbol("(")) ++depth;
      if (symbol(")")) --depth;
      ++at_;
    } while (at_ < tokens_.size() && depth > 0);
  }

  /// The text between the parentheses that follow, as written.
  std::string expression() {
    if (!symbol("(")) return {};
    std::size_t open = at_;
    skip();
    const std::string_view first = tokens_[open].text;
    const std::string_view last = tokens_[at_ - 1].text;
    if (at_ - open < 2 || last != ")") return {};
    std::string_view inside(first.data() + 1, static_cast<std::size_t>(last.data() - first.data()) - 1);
    std::size_t begin = inside.find_first_not_of(" \t\r\n");
    std::size_t end = inside.find_last_not_of(" \t\r\n");
    return begin == std::string_view::npos ? std::string() : std::string(inside.substr(begin, end - begin + 1));
  }

  std::vector<std::string> names() {
    std::vector<std::string> out;
    if (!symbol("(")) return out;
    ++at_;
    while (at_ < tokens_.size() && !symbol(")")) {
      out.push_back(identifier());
      while (at_ < tokens_.size() && !symbol(",") && !symbol(")")) skip();  // COLLATE, ASC, DESC
      if (symbol(",")) ++at_;
    }
    ++at_;
    return out;
  }

  void references(std::string name, std::vector<std::string> columns) {
    foreign_key_definition key;
    key.name = std::move(name);
    key.columns = std::move(columns);
    key.references = identifier();
    names();
    while (at_ < tokens_.size()) {
      if (accept("on")) {
        ++at_;  // DELETE, UPDATE
        if (accept("set") || accept("no"))
          ++at_;
        else
          ++at_;
      } else if (accept("match")) {
        ++at_;
      } else if (word("not") && word("deferrable", 1)) {
        at_ += 2;
        if (accept("initially")) ++at_;
      } else if (accept("deferrable")) {
        if (accept("initially")) key.deferrable = accept("deferred") || (++at_, false);
      } else {
        break;
      }
    }
    text_.foreign_keys.push_back(std::move(key));
  }

  bool table_constraint() {
    std::size_t start = at_;
    std::string name;
    if (accept("constraint")) name = identifier();
    if (word("primary") && word("key", 1)) {
      at_ += 2;
      text_.primary_key_name = name;
      names();
    } else if (accept("unique")) {
      text_.uniques.push_back({name, names()});
    } else if (word("check")) {
      ++at_;
      text_.checks.push_back({name, expression()});
    } else if (word("foreign") && word("key", 1)) {
      at_ += 2;
      std::vector<std::string> columns = names();
      if (accept("references")) references(name, std::move(columns));
    } else {
      at_ = start;
      return false;
    }
    return true;
  }

  void column() {
    std::string column = identifier();
    std::string name;
    while (at_ < tokens_.size() && !symbol(",") && !symbol(")")) {
      if (accept("constraint")) {
        name = identifier();
      } else if (accept("primary")) {
        text_.primary_key_name = std::exchange(name, {});
      } else if (accept("unique")) {
        text_.uniques.push_back({std::exchange(name, {}), {column}});
      } else if (accept("check")) {
        text_.checks.push_back({std::exchange(name, {}), expression()});
      } else if (accept("references")) {
        references(std::exchange(name, {}), {column});
      } else if (accept("as")) {
        text_.computed.push_back({column, expression()});
      } else if (accept("collate")) {
        text_.collated.push_back({column, identifier()});
      } else {
        skip();
      }
    }
  }

  std::vector<sql_token> tokens_;
  std::size_t at_ = 0;
  table_text text_;
};

}  // namespace

table_text read_create_table(std::string_view sql) { return reader(sql).read(); }

std::vector<std::string> read_index_terms(std::string_view sql) {
  std::vector<std::string> terms;
  const std::vector<sql_token> tokens = sql_tokens(sql);
  const auto is = [&](std::size_t i, std::string_view word) { return equal_identifiers(tokens[i].text, word); };
  std::size_t at = 0;
  while (at < tokens.size() && tokens[at].text != "(") ++at;
  int depth = 0;
  for (std::size_t begin = at + 1, end = begin; at < tokens.size(); ++at) {
    if (tokens[at].text == "(") ++depth;
    if (tokens[at].text == ")") --depth;
    const bool over = depth == 0;
    if (!over && (depth > 1 || tokens[at].text != ",")) {
      const bool behind = tokens[at].kind == sql_token_kind::word && (is(at, "asc") || is(at, "desc"));
      if (depth > 1 || !behind) end = at + 1;
      continue;
    }
    if (end - begin > 2 && is(end - 2, "collate")) end -= 2;
    const std::string_view first = tokens[begin].text;
    const std::string_view last = tokens[end - 1].text;
    terms.emplace_back(first.data(), static_cast<std::size_t>(last.data() + last.size() - first.data()));
    if (over) break;
    begin = end = at + 1;
  }
  return terms;
}

std::string read_index_condition(std::string_view sql) {
  int depth = 0;
  for (const sql_token& token : sql_tokens(sql)) {
    if (token.kind == sql_token_kind::symbol && token.text == "(") ++depth;
    if (token.kind == sql_token_kind::symbol && token.text == ")") --depth;
    if (depth == 0 && token.kind == sql_token_kind::word && equal_identifiers(token.text, "where")) {
      auto behind = static_cast<std::size_t>(token.text.data() + token.text.size() - sql.data());
      std::string_view rest = sql.substr(behind);
      std::size_t begin = rest.find_first_not_of(" \t\r\n");
      std::size_t end = rest.find_last_not_of(" \t\r\n;");
      return begin == std::string_view::npos ? std::string() : std::string(rest.substr(begin, end - begin + 1));
    }
  }
  return {};
}

}  // namespace tupelo::sqlite
