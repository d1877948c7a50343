// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::postgres {

/// A token of PostgreSQL's own SQL, where brackets are subscripts: sql_tokens() reads them as quotes.
struct lexeme {
  enum class kinds : std::uint8_t { end, word, quoted, text, bytes, number, symbol };
  kinds kind = kinds::end;
  std::string value;  ///< words in lower case; text without its quotes; bytes in hexadecimal digits of lower case

  bool is(std::string_view symbol_or_word) const noexcept {
    return (kind == kinds::symbol || kind == kinds::word) && value == symbol_or_word;
  }
};

/// Ends with a lexeme of kind `end`.
std::vector<lexeme> lex_expression(std::string_view sql);

}  // namespace tupelo::postgres
