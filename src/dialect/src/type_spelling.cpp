// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/type_spelling.hpp"

#include "tupelo/query/sql_text.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace tupelo {

namespace {

/// 0 for what is no whole number.
std::uint32_t argument_of(std::string_view digits) noexcept {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure == std::errc::result_out_of_range) return UINT32_MAX;
  return failure == std::errc() && end == digits.data() + digits.size() ? value : 0;
}

}  // namespace

type_spelling::type_spelling(std::string_view declared) {
  bool inside = false;
  for (const sql_token& token : sql_tokens(declared)) {
    if (token.text == "(") {
      inside = true;
    } else if (token.text == ")") {
      inside = false;
    } else if (inside) {
      if (token.kind == sql_token_kind::number) arguments.push_back(argument_of(token.value));
    } else {
      only_words = only_words && token.kind == sql_token_kind::word;
      if (!name.empty()) name += ' ';
      for (char c : token.value) name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
}

column_type type_spelling::typed(type_kind kind, std::uint32_t longest_text) const {
  constexpr std::uint32_t most_digits = 1000;
  column_type type(kind);
  if (arguments.empty()) return type;
  const auto within = [](std::uint32_t argument, std::uint32_t most) { return argument > most ? 0 : argument; };
  if (kind == type_kind::text) type.length = within(arguments[0], longest_text);
  if (kind == type_kind::decimal) {
    type.precision = static_cast<std::uint16_t>(within(arguments[0], most_digits));
    if (arguments.size() > 1) type.scale = static_cast<std::uint16_t>(within(arguments[1], most_digits));
  }
  return type;
}

}  // namespace tupelo
