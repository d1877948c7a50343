// SPDX-License-Identifier: Apache-2.0
#include "expression_reader.hpp"

#include "opaque_text.hpp"

#include <tupelo/core/interval.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace tupelo::postgres {
namespace {

using kinds = lexeme::kinds;
using node = expression_node;

/// The text is nothing that this reads; it is compared by its tokens then.
struct unread {};

node join(std::string what, node left, node right) {
  node out{std::move(what), {}, {}};
  // `a AND (b AND c)` is `(a AND b) AND c`.
  const bool flat = out.what == "and" || out.what == "or";
  for (node* side : {&left, &right}) {
    if (flat && side->what == out.what) {
      for (node& part : side->parts) out.parts.push_back(std::move(part));
    } else {
      out.parts.push_back(std::move(*side));
    }
  }
  return out;
}

node negated(node inner) { return {"not", {}, {std::move(inner)}}; }

/// Reads with the precedences of PostgreSQL.
/// Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-PRECEDENCE
class reader {
public:
  explicit reader(const std::vector<lexeme>& lexemes, std::size_t at = 0) : lexemes_(lexemes), at_(at) {}

  node run() {
    node out = disjunction();
    if (peek().kind != kinds::end) throw unread{};
    return out;
  }
  /// The place behind the type that begins here.
  std::size_t skip_type() {
    (void)type_name();
    return at_;
  }

private:
  const lexeme& peek(std::size_t ahead = 0) const { return lexemes_[std::min(at_ + ahead, lexemes_.size() - 1)]; }
  bool take(std::string_view what) {
    if (!peek().is(what)) return false;
    ++at_;
    return true;
  }
  void expect(std::string_view what) {
    if (!take(what)) throw unread{};
  }

  node disjunction() {
    node left = conjunction();
    while (take("or")) left = join("or", std::move(left), conjunction());
    return left;
  }
  node conjunction() {
    node left = negation();
    while (take("and")) left = join("and", std::move(left), negation());
    return left;
  }
  node negation() {
    if (take("not")) return negated(negation());
    return is_test();
  }

  node is_test() {
    node left = comparison();
    for (;;) {
      if (take("isnull")) {
        left = {"is null", {}, {std::move(left)}};
      } else if (take("notnull")) {
        left = {"is not null", {}, {std::move(left)}};
      } else if (take("is")) {
        std::string what = take("not") ? "is not" : "is";
        if (take("distinct")) {
          expect("from");
          left = join(what + " distinct from", std::move(left), comparison());
          continue;
        }
        if (peek().kind != kinds::word) throw unread{};
        what += " " + peek().value;
        ++at_;
        left = {std::move(what), {}, {std::move(left)}};
      } else {
        return left;
      }
    }
  }

  node comparison() {
    node left = membership();
    for (;;) {
      const std::string sign = peek().kind == kinds::symbol ? peek().value : std::string();
      if (sign != "=" && sign != "<>" && sign != "!=" && sign != "==" && sign != "<" && sign != ">" && sign != "<=" &&
          sign != ">=") {
        return left;
      }
      ++at_;
      const bool any = peek().is("any") || peek().is("some");
      if ((any || peek().is("all")) && peek(1).is("(")) {
        left = quantified(std::move(left), sign, any);
      } else {
        left = join(sign == "!=" ? "<>" : sign == "==" ? "=" : sign, std::move(left), membership());
      }
    }
  }

  node quantified(node left, const std::string& sign, bool any) {
    ++at_;
    expect("(");
    node list = disjunction();
    expect(")");
    const bool in = (any && sign == "=") || (!any && (sign == "<>" || sign == "!="));
    if (list.what != "array" || !in) return join(sign + (any ? " any" : " all"), std::move(left), std::move(list));
    node found = one_of(std::move(left), std::move(list.parts));
    return any ? found : negated(std::move(found));
  }

  static node one_of(node left, std::vector<node> list) {
    if (list.size() == 1) return join("=", std::move(left), std::move(list[0]));
    node out{"in", {}, {std::move(left)}};
    for (node& value : list) out.parts.push_back(std::move(value));
    return out;
  }

  node membership() {
    node left = other_operator();
    for (;;) {
      const bool inverted =
          peek().is("not") && (peek(1).is("in") || peek(1).is("like") || peek(1).is("ilike") || peek(1).is("between"));
      if (inverted) ++at_;
      if (take("in")) {
        expect("(");
        std::vector<node> list = arguments(")");
        left = one_of(std::move(left), std::move(list));
      } else if (peek().is("like") || peek().is("ilike")) {
        std::string what = peek().value;
        ++at_;
        left = join(std::move(what), std::move(left), other_operator());
        if (take("escape")) {
          const node escape = other_operator();
          if (escape.leaf != "\\") left.parts.push_back(escape);
        }
      } else if (take("between")) {
        node low = other_operator();
        expect("and");
        node high = other_operator();
        node copy = left;
        left = join("and", join(">=", std::move(copy), std::move(low)), join("<=", std::move(left), std::move(high)));
      } else {
        return left;
      }
      if (inverted) left = negated(std::move(left));
    }
  }

  node other_operator() {
    node left = sum();
    for (;;) {
      if (peek().kind != kinds::symbol) return left;
      const std::string sign = peek().value;
      constexpr std::array<std::string_view, 19> elsewhere{"=", "<>", "!=", "==", "<", ">", "<=", ">=", "(", ")",
                                                           ",", "[",  "]",  "::", ".", ";", "+",  "-",  ":"};
      if (std::find(elsewhere.begin(), elsewhere.end(), sign) != elsewhere.end()) return left;
      ++at_;
      node right = sum();
      if (sign == "~~" || sign == "~~*") {
        left = join(sign == "~~" ? "like" : "ilike", std::move(left), std::move(right));
      } else if (sign == "!~~" || sign == "!~~*") {
        left = negated(join(sign == "!~~" ? "like" : "ilike", std::move(left), std::move(right)));
      } else {
        left = join(sign, std::move(left), std::move(right));
      }
    }
  }

  node sum() {
    node left = product();
    while (peek().is("+") || peek().is("-")) {
      std::string sign = peek().value;
      ++at_;
      left = join(std::move(sign), std::move(left), product());
    }
    return left;
  }
  node product() {
    node left = signed_value();
    while (peek().is("*") || peek().is("/") || peek().is("%")) {
      std::string sign = peek().value;
      ++at_;
      left = join(std::move(sign), std::move(left), signed_value());
    }
    return left;
  }
  node signed_value() {
    if (take("+")) return signed_value();
    if (!take("-")) return cast_value();
    node inner = signed_value();
    if (inner.what == "number") {
      inner.leaf = canonical_number("-" + inner.leaf);
      return inner;
    }
    return {"minus", {}, {std::move(inner)}};
  }

  node cast_value() {
    node value = primary();
    while (peek().is("::") || peek().is("at")) {
      if (take("at")) {
        expect("time");
        expect("zone");
        value = join("at time zone", std::move(value), primary());
        continue;
      }
      ++at_;
      value = retyped(std::move(value), type_name());
    }
    return value;
  }

  /// Casts are forgotten, but a text that is cast to a number is one.
  static node retyped(node value, const std::string& type) {
    if (value.what != "text") return value;
    constexpr std::array<std::string_view, 6> numeric{"integer", "bigint",           "smallint",
                                                      "numeric", "double precision", "real"};
    if (std::find(numeric.begin(), numeric.end(), type) != numeric.end()) {
      std::string number = canonical_number(value.leaf);
      if (!number.empty()) return {"number", std::move(number), {}};
    }
    if (type == "interval") {
      if (const auto span = interval::try_parse(value.leaf)) return {"text", span->to_string(), {}};
    }
    if (type == "bytea" && value.leaf.rfind("\\x", 0) == 0) return {"bytes", value.leaf.substr(2), {}};
    return value;
  }

  std::string type_name() {
    constexpr std::array<std::string_view, 7> further{"varying", "precision", "with",     "without",
                                                      "time",    "zone",      "character"};
    bool quoted = peek().kind == kinds::quoted;
    std::string name = type_part();
    while (take(".")) {
      quoted = peek().kind == kinds::quoted;
      name = type_part();
    }
    if (take("(")) (void)arguments(")");
    while (!quoted && peek().kind == kinds::word &&
           std::find(further.begin(), further.end(), peek().value) != further.end()) {
      name += " " + peek().value;
      ++at_;
      if (take("(")) (void)arguments(")");
    }
    while (take("[")) expect("]");
    return name;
  }
  std::string type_part() {
    if (peek().kind != kinds::word && peek().kind != kinds::quoted) throw unread{};
    return lexemes_[at_++].value;
  }

  std::vector<node> arguments(std::string_view close) {
    std::vector<node> list;
    if (take(close)) return list;
    do list.push_back(disjunction());
    while (take(","));
    expect(close);
    return list;
  }

  node primary() {
    const lexeme now = peek();
    ++at_;
    switch (now.kind) {
      case kinds::text: return {"text", now.value, {}};
      case kinds::bytes: return {"bytes", now.value, {}};
      case kinds::number: return {"number", canonical_number(now.value), {}};
      case kinds::quoted: return called(now.value);
      case kinds::word: return word(now.value);
      case kinds::symbol:
        if (now.value == "(") {
          node inner = disjunction();
          expect(")");
          return inner;
        }
        break;
      case kinds::end: break;
    }
    throw unread{};
  }

  /// Case is ignored: what was not quoted where it was written is quoted where it is kept.
  node name(const std::string& first) {
    std::string path;
    auto add = [&](const std::string& part) {
      for (char c : part) path += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    add(first);
    while (take(".")) {
      path += '.';
      add(peek().value);
      ++at_;
    }
    return {"name", std::move(path), {}};
  }

  node word(const std::string& first) {
    if (first == "true" || first == "false" || first == "null") return {first, {}, {}};
    if (first == "current_timestamp" && !peek().is("(")) return {"now", {}, {}};
    if (first == "cast" && take("(")) {
      node value = disjunction();
      expect("as");
      const std::string type = type_name();
      expect(")");
      return retyped(std::move(value), type);
    }
    if (first == "array" && take("[")) return {"array", {}, arguments("]")};
    if (first == "case") return choice();
    if (first == "select" || first == "row") throw unread{};
    const bool is_call = peek().is("(");
    if (first == "trim" && is_call) return trimmed();
    if (first == "extract" && is_call) return extracted();
    if (first == "position" && is_call) return found();
    if (first == "substring" && is_call) return part();
    return called(first);
  }

  /// A column, or a function: some have the names of keywords, and are quoted where they are kept.
  node called(const std::string& first) {
    node out = name(first);
    if (!take("(")) return out;
    std::vector<node> list = arguments(")");
    std::string& path = out.leaf;
    if (path.rfind("pg_catalog.", 0) == 0) path.erase(0, 11);
    if (path == "now" && list.empty()) return {"now", {}, {}};
    if (path == "like_escape" && list.size() == 2 && list[1].leaf == "\\") return std::move(list[0]);
    return {"call " + path, {}, std::move(list)};
  }

  /// Behind CASE. No ELSE is ELSE NULL.
  node choice() {
    node out{"case", {}, {}};
    if (!peek().is("when")) {
      out.what = "case of";
      out.parts.push_back(disjunction());
    }
    while (take("when")) {
      out.parts.push_back(disjunction());
      expect("then");
      out.parts.push_back(disjunction());
    }
    if (take("else")) {
      node otherwise = disjunction();
      if (otherwise.what != "null") out.parts.push_back(std::move(otherwise));
    }
    expect("end");
    return out;
  }

  /// `trim(x)`, `trim(both 'c' from x)`, `trim(x, 'c')`.
  node trimmed() {
    expect("(");
    std::string what = "call btrim";
    if (take("leading")) {
      what = "call ltrim";
    } else if (take("trailing")) {
      what = "call rtrim";
    } else {
      take("both");
    }
    std::vector<node> list;
    if (!take("from")) list.push_back(disjunction());
    if (take("from") || list.empty()) {
      list.insert(list.begin(), disjunction());
    } else if (take(",")) {
      list.push_back(disjunction());
    }
    expect(")");
    return {std::move(what), {}, std::move(list)};
  }

  node extracted() {
    expect("(");
    const std::string field = peek().value;
    ++at_;
    expect("from");
    node of = disjunction();
    expect(")");
    return {"call extract " + field, {}, {std::move(of)}};
  }

  /// `position(a IN b)`.
  node found() {
    expect("(");
    node what = other_operator();
    if (!take("in")) throw unread{};
    node in = other_operator();
    expect(")");
    return {"call position", {}, {std::move(what), std::move(in)}};
  }

  /// `substring(x FROM a FOR b)`, or with commas.
  node part() {
    expect("(");
    std::vector<node> list{disjunction()};
    if (take("from")) list.push_back(disjunction());
    if (take("for")) list.push_back(disjunction());
    while (take(",")) list.push_back(disjunction());
    expect(")");
    return {"call substring", {}, std::move(list)};
  }

  const std::vector<lexeme>& lexemes_;
  std::size_t at_;
};

}  // namespace

std::string canonical_number(std::string_view text) {
  std::string digits;
  bool negative = false, point = false;
  std::int64_t exponent = 0;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !point)); ++at) {
    if (text[at] == '.') {
      point = true;
      continue;
    }
    digits += text[at];
    exponent -= point ? 1 : 0;
  }
  if (digits.empty()) return {};
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    bool down = false;
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) down = text[at++] == '-';
    std::int64_t power = 0;
    if (at == text.size()) return {};
    for (; at < text.size() && is_digit(text[at]) && power < 100'000; ++at) power = power * 10 + (text[at] - '0');
    exponent += down ? -power : power;
  }
  if (at != text.size()) return {};
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.empty()) return "0";
  while (digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  return (negative ? "-" : "") + digits + "e" + std::to_string(exponent);
}

std::optional<expression_node> read_expression(std::string_view sql) {
  try {
    return reader(lex_expression(sql)).run();
  } catch (const unread&) {
    return std::nullopt;
  }
}

std::size_t end_of_type(const std::vector<lexeme>& lexemes, std::size_t at) {
  try {
    return reader(lexemes, at).skip_type();
  } catch (const unread&) {
    return at + 1;
  }
}

}  // namespace tupelo::postgres
