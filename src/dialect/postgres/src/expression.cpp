// SPDX-License-Identifier: Apache-2.0
#include "expression.hpp"

#include "array_literal.hpp"
#include "expression_reader.hpp"

#include <tupelo/core/interval.hpp>
#include <tupelo/core/time_of_day.hpp>
#include <tupelo/core/timestamp.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tupelo::postgres {
namespace {

using kinds = lexeme::kinds;
using node = expression_node;

bool digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Behind the digits that begin at `at`, two of them.
int two_digits(std::string_view text, std::size_t at) noexcept {
  if (at + 2 > text.size() || !digit(text[at]) || !digit(text[at + 1])) return -1;
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

/// A time on the clock, an interval and a moment in UTC as core writes them; other texts as they are.
std::string canonical_text(const std::string& text) {
  if (const auto time = time_of_day::try_parse(text)) return time->to_string();
  const bool has_unit = text.find_first_of("PTYMWDHSaeiouy") != std::string::npos;  // "0" is no interval
  if (const auto span = has_unit ? interval::try_parse(text) : std::nullopt) return span->to_string();
  constexpr std::size_t shortest = 19;  // 2026-11-21 09:30:00
  if (text.size() < shortest || text[4] != '-' || text[13] != ':' || (text[10] != ' ' && text[10] != 'T')) return text;
  std::size_t end = shortest;
  if (end < text.size() && text[end] == '.') {
    for (++end; end < text.size() && digit(text[end]);) ++end;
  }
  std::int64_t offset = 0;  // seconds east of Greenwich
  if (const std::string_view zone = std::string_view(text).substr(end); !zone.empty() && zone != "Z") {
    if (zone[0] != '+' && zone[0] != '-') return text;
    std::size_t at = 1;
    for (std::int64_t unit : {3600, 60, 1}) {
      if (at == zone.size()) break;
      const int part = two_digits(zone, at);
      if (part < 0) return text;
      offset += part * unit;
      at += 2;
      if (at < zone.size() && zone[at] == ':') ++at;
    }
    if (at != zone.size()) return text;
    if (zone[0] == '-') offset = -offset;
  }
  const auto moment = timestamp::try_parse(std::string_view(text).substr(0, end));
  return moment ? timestamp{moment->us - offset * 1'000'000}.to_string() : text;
}

std::string written(const node& n) {
  if (n.parts.empty()) return n.what + "`" + (n.what == "text" ? canonical_text(n.leaf) : n.leaf) + "`";
  std::string out = "(" + n.what;
  for (const node& part : n.parts) out += ' ' + written(part);
  return out + ')';
}

/// What cannot be read: its tokens without casts and parentheses.
std::string canonical_tokens(std::string_view sql) {
  std::string out = "unread";
  const std::vector<lexeme> lexemes = lex_expression(sql);
  for (std::size_t i = 0; i < lexemes.size(); ++i) {
    while (i < lexemes.size() && lexemes[i].is("::")) i = end_of_type(lexemes, i + 1);
    if (i >= lexemes.size()) break;
    if (lexemes[i].is("(") || lexemes[i].is(")")) continue;
    out += ' ' + (lexemes[i].kind == kinds::text ? "'" + lexemes[i].value + "'" : lexemes[i].value);
  }
  return out;
}

/// The value of a column that is no array.
std::string canonical_value(node value, const column_type& type) {
  if (type.kind == type_kind::text && value.what == "text") return "text`" + value.leaf + "`";
  if (type.kind == type_kind::interval && value.what == "text") {
    if (const auto span = interval::try_parse(value.leaf)) value.leaf = span->to_string();
  }
  if (type.kind == type_kind::bytes && value.what == "text") {
    const bool spelled = value.leaf.starts_with("\\x");
    return written({"bytes", spelled ? value.leaf.substr(2) : value.leaf, {}});
  }
  if (type.kind == type_kind::boolean && value.what == "text" && (value.leaf == "t" || value.leaf == "f"))
    return value.leaf == "t" ? "true``" : "false``";
  if (type.kind == type_kind::boolean && value.what == "number") return value.leaf == "0" ? "false``" : "true``";
  if (value.what == "text" && type.kind == type_kind::json) {
    const nlohmann::json parsed = nlohmann::json::parse(value.leaf, nullptr, false);
    if (!parsed.is_discarded()) value.leaf = parsed.dump();
  }
  const bool numeric = type.is_integer() || type.kind == type_kind::float32 || type.kind == type_kind::float64 ||
                       type.kind == type_kind::decimal;
  if (value.what == "text" && numeric) {
    if (std::string number = canonical_number(value.leaf); !number.empty()) value = {"number", std::move(number), {}};
  }
  return written(value);
}

void append_canonical(std::string& out, const std::vector<array_element>& elements, const column_type& type) {
  for (const array_element& element : elements) {
    out += ' ';
    if (!element.row.empty()) {
      out += "(array";
      append_canonical(out, element.row, type);
      out += ')';
    } else {
      out += element.text ? canonical_value({"text", *element.text, {}}, type) : std::string("null``");
    }
  }
}

std::string canonical_array(node value, const column_type& type) {
  column_type element = type;
  element.array = false;
  std::string out = "array";
  if (value.what == "array") {
    for (node& part : value.parts)
      out += ' ' + (part.what == "array" ? '(' + canonical_array(std::move(part), type) + ')'
                                         : canonical_value(std::move(part), element));
    return out;
  }
  const auto elements = value.what == "text" ? array_elements(value.leaf, element.kind) : std::nullopt;
  if (!elements) return written(value);
  append_canonical(out, *elements, element);
  return out;
}

}  // namespace

std::string canonical_expression(std::string_view sql) {
  const std::optional<node> read = read_expression(sql);
  return read ? written(*read) : canonical_tokens(sql);
}

std::string canonical_default(const std::optional<std::string>& sql, const column_type& type) {
  if (!sql || lex_expression(*sql).size() == 1) return {};
  std::optional<node> value = read_expression(*sql);
  if (!value) return canonical_tokens(*sql);
  if (value->what == "null") return {};
  return type.array ? canonical_array(std::move(*value), type) : canonical_value(std::move(*value), type);
}

std::string canonical_type(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 16> aliases{{
      {"int", "integer"},
      {"int4", "integer"},
      {"int8", "bigint"},
      {"int2", "smallint"},
      {"float4", "real"},
      {"float8", "double precision"},
      {"bool", "boolean"},
      {"varchar", "character varying"},
      {"char", "character"},
      {"bpchar", "character"},
      {"decimal", "numeric"},
      {"timestamptz", "timestamp with time zone"},
      {"timestamp", "timestamp without time zone"},
      {"timetz", "time with time zone"},
      {"time", "time without time zone"},
      {"varbit", "bit varying"},
  }};
  std::string words, arguments, brackets;
  int depth = 0;
  for (const lexeme& part : lex_expression(type)) {
    depth += part.is("(") ? 1 : 0;
    if (depth > 0) {
      arguments += part.value;
    } else if (part.kind == kinds::word || part.kind == kinds::quoted) {
      words += (words.empty() ? "" : " ") + part.value;
    } else {
      (part.is(".") ? words : brackets) += part.value;
    }
    depth -= part.is(")") ? 1 : 0;
  }
  for (const auto& [alias, name] : aliases) {
    if (words != alias) continue;
    words = name;
    break;
  }
  return words + arguments + brackets;
}

bool is_plain_timestamp(std::string_view text) noexcept {
  return text.size() >= 19 && text.size() <= timestamp::text_size && text[4] == '-' && text[7] == '-' &&
         text[10] == ' ' && text[13] == ':' && text[16] == ':' &&
         text.find_first_not_of("0123456789-: .") == std::string_view::npos;
}

}  // namespace tupelo::postgres
