// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/sql_text.hpp>

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

using sql_words = std::initializer_list<std::string_view>;

/// The tokens of one statement. What is in dollar quotes is an empty text here.
class sql_statement {
public:
  explicit sql_statement(std::string_view sql);
  sql_statement(const sql_statement&) = delete;
  sql_statement& operator=(const sql_statement&) = delete;

  std::span<const sql_token> tokens() const { return tokens_; }

private:
  std::string text_;
  std::vector<sql_token> tokens_;
};

/// Reads a statement, or a part of one, from the left. The tokens belong to somebody else.
class sql_cursor {
public:
  sql_cursor() = default;
  explicit sql_cursor(std::span<const sql_token> tokens) : tokens_(tokens) {}

  bool done() const { return tokens_.empty(); }
  std::size_t size() const { return tokens_.size(); }
  const sql_token& operator[](std::size_t at) const { return tokens_[at]; }

  /// Whether these words stand here, one behind the other, none of them quoted.
  bool is(sql_words wanted) const { return stand_at(0, wanted); }
  bool stand_at(std::size_t at, sql_words wanted) const;
  bool is_any_of(sql_words words) const;
  bool is_symbol(std::string_view symbol) const { return !done() && tokens_.front().text == symbol; }
  /// Whether they stand here or somewhere behind; `at_top`: outside of parentheses.
  bool has(sql_words wanted) const;
  bool has_at_top(sql_words wanted) const;

  void drop_front(std::size_t count = 1) { tokens_ = tokens_.subspan(count < size() ? count : size()); }
  sql_cursor first(std::size_t count) const { return sql_cursor(tokens_.first(count)); }
  /// Goes behind the words where they stand here.
  bool skip(sql_words wanted);
  bool skip_symbol(std::string_view symbol);
  /// IF EXISTS, IF NOT EXISTS and ONLY.
  void skip_conditions();
  /// The last part of a dotted name, in lower case unless it is quoted; empty where no name stands.
  std::string name();
  /// What the parentheses that open here hold; empty where none do.
  sql_cursor parenthesized();
  /// What stands before the first of these words outside of parentheses; `least` tokens belong to it in any case.
  sql_cursor until(sql_words ends, std::size_t least = 0);
  /// The parts between the commas outside of parentheses.
  std::vector<sql_cursor> items() const;
  /// Names in a list; empty where one of them is something else.
  std::vector<std::string> names() const;
  /// As it is written.
  std::string_view text() const;

private:
  std::span<const sql_token> tokens_;
};

}  // namespace tupelo
