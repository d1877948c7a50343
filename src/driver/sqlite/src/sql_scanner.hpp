// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tupelo::driver {

/// Cuts SQL text into words, names and signs, just well enough to find out what a failed statement was about.
///
/// Comments are skipped. Not a parser: whoever uses it must live with an empty answer.
class sql_scanner {
public:
  enum class token : unsigned char { end, word, quoted_name, literal, sign };

  explicit sql_scanner(std::string_view sql) noexcept : rest_(sql) { next(); }

  token kind() const noexcept { return kind_; }
  /// A word as written, a quoted name without its quotes, a sign of one character.
  const std::string& text() const noexcept { return text_; }
  /// Parentheses that are open here.
  int depth() const noexcept { return depth_; }
  bool is_name() const noexcept { return kind_ == token::word || kind_ == token::quoted_name; }
  bool is_word(std::string_view upper_case) const noexcept;
  bool is_sign(char c) const noexcept { return kind_ == token::sign && text_[0] == c; }

  void next();
  /// Goes on when the current token is that word.
  bool take_word(std::string_view upper_case);

private:
  void skip_blanks() noexcept;
  void take_quoted(char quote);

  std::string_view rest_;
  std::string text_;
  token kind_ = token::end;
  int depth_ = 0;
};

/// What a statement writes.
struct statement_target {
  std::string table;  ///< empty when the statement writes none, or in a way that is not understood
  bool inserts = false;

  static statement_target of(std::string_view sql);
};

/// The name that `create_table` gives to its constraint of the kind ("UNIQUE", "PRIMARY", "FOREIGN") on just these
/// columns (joined by ", "); empty when it has none. SQLite keeps such names in the text only.
std::string constraint_name(std::string_view create_table, std::string_view constraint, std::string_view columns);

}  // namespace tupelo::driver
