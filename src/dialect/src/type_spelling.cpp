// SPDX-License-Identifier: Apache-2.0
#include "tupelo/dialect/type_spelling.hpp"

#include "tupelo/query/sql_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace tupelo {

namespace {

struct spelling {
  std::string_view name;
  type_kind kind;
};

// As format_type() writes them, and as people do. In lower case, one blank between words, arguments left out.
constexpr std::array spellings = std::to_array<spelling>({
    {"boolean", type_kind::boolean},
    {"bool", type_kind::boolean},
    {"smallint", type_kind::int16},
    {"int2", type_kind::int16},
    {"integer", type_kind::int32},
    {"int", type_kind::int32},
    {"int4", type_kind::int32},
    {"bigint", type_kind::int64},
    {"int8", type_kind::int64},
    {"real", type_kind::float32},
    {"float4", type_kind::float32},
    {"double precision", type_kind::float64},
    {"float8", type_kind::float64},
    {"text", type_kind::text},
    {"character varying", type_kind::text},
    {"varchar", type_kind::text},
    {"bytea", type_kind::bytes},
    {"timestamp with time zone", type_kind::timestamp},
    {"timestamptz", type_kind::timestamp},
    {"date", type_kind::date},
    {"uuid", type_kind::uuid},
    {"numeric", type_kind::decimal},
    {"decimal", type_kind::decimal},
    {"jsonb", type_kind::json},
    {"time without time zone", type_kind::time_of_day},
    {"time", type_kind::time_of_day},
    {"interval", type_kind::interval},
});

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

column_type spelled_type(std::string_view declared) {
  if (declared.ends_with("[]")) {
    const column_type element = spelled_type(declared.substr(0, declared.size() - 2));
    // What is not known as an element is not known as an array, and is kept as it is spelled.
    return element.kind == type_kind::native || element.array ? column_type::spelled(declared)
                                                              : column_type::array_of(element);
  }
  const type_spelling spelled(declared);
  if (!spelled.only_words) return column_type::spelled(declared);  // a quoted name
  auto found =
      std::find_if(spellings.begin(), spellings.end(), [&](const spelling& s) { return s.name == spelled.name; });
  if (found == spellings.end()) return column_type::spelled(declared);
  const bool takes_arguments = found->kind == type_kind::text || found->kind == type_kind::decimal;
  // timestamptz(3): another precision than ours
  if (!spelled.arguments.empty() && !takes_arguments) return column_type::spelled(declared);
  return spelled.typed(found->kind, 10'485'760);
}

}  // namespace tupelo
