// SPDX-License-Identifier: Apache-2.0
#include "sql_cursor.hpp"

#include "sql_script.hpp"

#include <algorithm>

namespace tupelo {
namespace {

bool is_name(const sql_token& token) {
  return token.kind == sql_token_kind::word || token.kind == sql_token_kind::quoted;
}

std::string folded(const sql_token& token) {
  std::string name = token.value;
  if (token.kind == sql_token_kind::word) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  }
  return name;
}

/// How many parentheses are open behind the token.
std::size_t depth_behind(std::size_t depth, const sql_token& token) {
  if (token.text == "(") return depth + 1;
  return token.text == ")" && depth > 0 ? depth - 1 : depth;
}

}  // namespace

sql_statement::sql_statement(std::string_view sql) : text_(without_dollar_quotes(sql)), tokens_(sql_tokens(text_)) {}

bool sql_cursor::stand_at(std::size_t at, sql_words wanted) const {
  if (at + wanted.size() > size()) return false;
  return std::all_of(wanted.begin(), wanted.end(), [&](std::string_view word) {
    const sql_token& token = tokens_[at++];
    return token.kind == sql_token_kind::word && token.value.size() == word.size() &&
           equal_identifiers(token.value, word);
  });
}

bool sql_cursor::is_any_of(sql_words words) const {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return is({word}); });
}

bool sql_cursor::has(sql_words wanted) const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (stand_at(i, wanted)) return true;
  }
  return false;
}

bool sql_cursor::has_at_top(sql_words wanted) const {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    if (depth == 0 && stand_at(i, wanted)) return true;
    depth = depth_behind(depth, tokens_[i]);
  }
  return false;
}

bool sql_cursor::skip(sql_words wanted) {
  if (!is(wanted)) return false;
  drop_front(wanted.size());
  return true;
}

bool sql_cursor::skip_symbol(std::string_view symbol) {
  if (!is_symbol(symbol)) return false;
  drop_front();
  return true;
}

void sql_cursor::skip_conditions() {
  if (!skip({"IF", "EXISTS"})) skip({"IF", "NOT", "EXISTS"});
  skip({"ONLY"});
}

std::string sql_cursor::name() {
  if (done() || !is_name(tokens_.front())) return {};
  std::string last = folded(tokens_.front());
  drop_front();
  while (size() > 1 && is_symbol(".") && is_name(tokens_[1])) {
    last = folded(tokens_[1]);
    drop_front(2);
  }
  skip_symbol("*");
  return last;
}

sql_cursor sql_cursor::parenthesized() {
  if (!is_symbol("(")) return {};
  std::size_t depth = 0;
  std::size_t at = 0;
  do {
    depth = depth_behind(depth, tokens_[at++]);
  } while (depth > 0 && at < size());
  const sql_cursor inside(tokens_.subspan(1, depth == 0 ? at - 2 : at - 1));
  drop_front(at);
  return inside;
}

sql_cursor sql_cursor::until(sql_words ends, std::size_t least) {
  std::size_t depth = 0;
  std::size_t at = 0;
  for (; at < size(); ++at) {
    const bool end = std::any_of(ends.begin(), ends.end(), [&](std::string_view word) { return stand_at(at, {word}); });
    if (at >= least && depth == 0 && end) break;
    depth = depth_behind(depth, tokens_[at]);
  }
  const sql_cursor before(tokens_.first(at));
  drop_front(at);
  return before;
}

std::vector<sql_cursor> sql_cursor::items() const {
  std::vector<sql_cursor> all;
  std::size_t depth = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < size(); ++at) {
    if (depth == 0 && tokens_[at].text == ",") {
      all.emplace_back(tokens_.subspan(begin, at - begin));
      begin = at + 1;
    }
    depth = depth_behind(depth, tokens_[at]);
  }
  if (begin < size()) all.emplace_back(tokens_.subspan(begin));
  return all;
}

std::vector<std::string> sql_cursor::names() const {
  std::vector<std::string> all;
  for (sql_cursor item : items()) {
    std::string one = item.name();
    if (one.empty() || item.is_symbol("(")) return {};
    all.push_back(std::move(one));
  }
  return all;
}

std::string_view sql_cursor::text() const {
  if (done()) return {};
  const char* const begin = tokens_.front().text.data();
  const std::string_view last = tokens_.back().text;
  return {begin, static_cast<std::size_t>(last.data() + last.size() - begin)};
}

}  // namespace tupelo
