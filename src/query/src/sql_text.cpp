// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/sql_text.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace tupelo {
namespace {

char upper_letter(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower_letter(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
// Bytes of UTF-8 sequences belong to words.
bool word_start(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool word_part(char c) noexcept { return word_start(c) || digit(c) || c == '$'; }

// Sorted. Reserved in at least one of SQLite, PostgreSQL and MySQL, and likely in expressions and definitions.
constexpr std::array keywords = std::to_array<std::string_view>({
    "ABORT",
    "ACTION",
    "ADD",
    "AFTER",
    "ALL",
    "ALTER",
    "ANALYZE",
    "AND",
    "ANY",
    "AS",
    "ASC",
    "ATTACH",
    "AUTOINCREMENT",
    "BEFORE",
    "BEGIN",
    "BETWEEN",
    "BOTH",
    "BY",
    "CASCADE",
    "CASE",
    "CAST",
    "CHECK",
    "COLLATE",
    "COLUMN",
    "COMMIT",
    "CONSTRAINT",
    "CREATE",
    "CROSS",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "DATABASE",
    "DEFAULT",
    "DEFERRABLE",
    "DEFERRED",
    "DELETE",
    "DESC",
    "DETACH",
    "DISTINCT",
    "DROP",
    "EACH",
    "ELSE",
    "END",
    "ESCAPE",
    "EXCEPT",
    "EXCLUSIVE",
    "EXISTS",
    "EXPLAIN",
    "FALSE",
    "FETCH",
    "FOR",
    "FOREIGN",
    "FROM",
    "FULL",
    "GLOB",
    "GRANT",
    "GROUP",
    "HAVING",
    "IF",
    "IGNORE",
    "IMMEDIATE",
    "IN",
    "INDEX",
    "INITIALLY",
    "INNER",
    "INSERT",
    "INTERSECT",
    "INTERVAL",
    "INTO",
    "IS",
    "ISNULL",
    "JOIN",
    "KEY",
    "LEADING",
    "LEFT",
    "LIKE",
    "LIMIT",
    "MATCH",
    "NATURAL",
    "NO",
    "NOT",
    "NOTNULL",
    "NULL",
    "OF",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "PLAN",
    "PRAGMA",
    "PRIMARY",
    "RAISE",
    "RECURSIVE",
    "REFERENCES",
    "REGEXP",
    "REINDEX",
    "RELEASE",
    "RENAME",
    "REPLACE",
    "RESTRICT",
    "RIGHT",
    "ROLLBACK",
    "ROW",
    "ROWS",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "TABLE",
    "TEMP",
    "TEMPORARY",
    "THEN",
    "TO",
    "TRAILING",
    "TRANSACTION",
    "TRIGGER",
    "TRUE",
    "UNION",
    "UNIQUE",
    "UPDATE",
    "USER",
    "USING",
    "VACUUM",
    "VALUES",
    "VIEW",
    "VIRTUAL",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
    "WITHOUT",
});
static_assert(std::is_sorted(keywords.begin(), keywords.end()));

std::string uppercase(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), upper_letter);
  return out;
}

/// Behind the closing quote; doubled quotes stand for one. `value` gets what is between.
std::size_t skip_quoted(std::string_view sql, std::size_t at, char close, std::string& value) {
  for (++at; at < sql.size(); ++at) {
    if (sql[at] == close) {
      if (close == ']' || at + 1 == sql.size() || sql[at + 1] != close) return at + 1;
      ++at;
    }
    value.push_back(sql[at]);
  }
  return sql.size();
}

std::size_t skip_blank(std::string_view sql, std::size_t at) {
  while (at < sql.size()) {
    if (space(sql[at])) {
      ++at;
    } else if (sql.substr(at, 2) == "--") {
      while (at < sql.size() && sql[at] != '\n') ++at;
    } else if (sql.substr(at, 2) == "/*") {
      std::size_t end = sql.find("*/", at + 2);
      at = end == std::string_view::npos ? sql.size() : end + 2;
    } else {
      break;
    }
  }
  return at;
}

std::size_t skip_number(std::string_view sql, std::size_t at) {
  while (at < sql.size() && (word_part(sql[at]) || sql[at] == '.')) {
    bool exponent =
        (sql[at] == 'e' || sql[at] == 'E') && at + 1 < sql.size() && (sql[at + 1] == '+' || sql[at + 1] == '-');
    at += exponent ? 2 : 1;
  }
  return at;
}

/// Whether the first parenthesis is closed by the last token.
bool surrounded(const std::vector<sql_token>& tokens, std::size_t first, std::size_t last) {
  if (last - first < 2 || tokens[first].text != "(" || tokens[last - 1].text != ")") return false;
  int depth = 0;
  for (std::size_t i = first; i < last; ++i) {
    if (tokens[i].kind != sql_token_kind::symbol) continue;
    if (tokens[i].text == "(") ++depth;
    if (tokens[i].text == ")" && --depth == 0) return i + 1 == last;
  }
  return false;
}

/// Whether it means the same unquoted: a lower-case word that is no keyword.
bool plain(std::string_view identifier) noexcept {
  if (identifier.empty() || !word_start(identifier[0])) return false;
  for (char c : identifier) {
    if (!word_part(c) || (c >= 'A' && c <= 'Z')) return false;
  }
  return !is_sql_keyword(identifier);
}

bool is_word(const std::vector<sql_token>& tokens, std::size_t at, std::string_view word) noexcept {
  return at < tokens.size() && tokens[at].kind == sql_token_kind::word && equal_identifiers(tokens[at].value, word);
}
bool is_one_of(const std::vector<sql_token>& tokens, std::size_t at, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return is_word(tokens, at, word); });
}

/// Behind the name of a type that begins at `at`.
std::size_t behind_type(const std::vector<sql_token>& tokens, std::size_t at) {
  const bool several = is_one_of(tokens, at, {"character", "double", "bit", "timestamp", "time"});
  std::size_t next = at + 1;
  if (several && next < tokens.size() && tokens[next].text == "(") {  // timestamp(3) with time zone
    while (next < tokens.size() && tokens[next].text != ")") ++next;
    ++next;
  }
  while (several && is_one_of(tokens, next, {"varying", "precision", "with", "without", "time", "zone"})) ++next;
  return std::min(next, tokens.size());
}

/// Whether the word of an operator or a type stands here, seen from the words around it.
bool is_of_syntax(const std::vector<sql_token>& tokens, std::size_t at) {
  const std::size_t before = at - 1;  // of the first word there is none
  if (is_word(tokens, at, "time") && is_word(tokens, at + 1, "zone")) return true;
  if (is_word(tokens, at, "zone") && at > 0 && is_word(tokens, before, "time")) return true;
  // The first word of a type whose value follows: timestamp with time zone '…', double precision '…'.
  if (is_one_of(tokens, at, {"timestamp", "time"}) && is_one_of(tokens, at + 1, {"with", "without"})) return true;
  if (is_word(tokens, at, "double") && is_word(tokens, at + 1, "precision")) return true;
  if (at == 0) return false;
  if (is_word(tokens, at, "symmetric") && is_word(tokens, before, "between")) {
    return at + 1 < tokens.size() && tokens[at + 1].kind != sql_token_kind::symbol && !is_word(tokens, at + 1, "and");
  }
  // `x IS UNKNOWN`, `x IS NOT UNKNOWN`, `x COLLATE C`
  const bool negated = is_word(tokens, before, "not") && at > 1 && is_word(tokens, at - 2, "is");
  return is_word(tokens, before, "is") || negated || is_word(tokens, before, "collate");
}

/// Whether a value ends with this keyword, so that an operator follows.
bool ends_value(const std::vector<sql_token>& tokens, std::size_t at) {
  return is_one_of(
      tokens, at,
      {"end", "null", "true", "false", "isnull", "notnull", "current_date", "current_time", "current_timestamp"});
}

std::string quoted_identifier(std::string_view identifier) {
  std::string out = "\"";
  for (char c : identifier) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

}  // namespace

bool is_sql_keyword(std::string_view word) noexcept {
  auto less = [](std::string_view a, std::string_view b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](char x, char y) { return upper_letter(x) < upper_letter(y); });
  };
  return std::binary_search(keywords.begin(), keywords.end(), word, less);
}

bool equal_identifiers(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower_letter(x) == lower_letter(y); });
}

std::vector<sql_token> sql_tokens(std::string_view sql) {
  std::vector<sql_token> tokens;
  for (std::size_t at = skip_blank(sql, 0); at < sql.size(); at = skip_blank(sql, at)) {
    sql_token token;
    std::size_t start = at;
    char c = sql[at];
    if (c == '\'') {
      token.kind = sql_token_kind::text;
      at = skip_quoted(sql, at, '\'', token.value);
    } else if (c == '"' || c == '`' || c == '[') {
      token.kind = sql_token_kind::quoted;
      at = skip_quoted(sql, at, c == '[' ? ']' : c, token.value);
    } else if (digit(c) || (c == '.' && at + 1 < sql.size() && digit(sql[at + 1]))) {
      token.kind = sql_token_kind::number;
      at = skip_number(sql, at);
      token.value = sql.substr(start, at - start);
    } else if (word_start(c)) {
      token.kind = sql_token_kind::word;
      while (at < sql.size() && word_part(sql[at])) ++at;
      token.value = sql.substr(start, at - start);
    } else {
      token.kind = sql_token_kind::symbol;
      static constexpr std::array pairs =
          std::to_array<std::string_view>({"<=", ">=", "<>", "!=", "==", "||", "<<", ">>", "::"});
      at += std::find(pairs.begin(), pairs.end(), sql.substr(at, 2)) != pairs.end() ? 2U : 1U;
      token.value = sql.substr(start, at - start);
    }
    token.text = sql.substr(start, at - start);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

std::string canonical_sql(std::string_view sql) {
  std::vector<sql_token> tokens = sql_tokens(sql);
  std::size_t first = 0;
  std::size_t last = tokens.size();
  while (surrounded(tokens, first, last)) {
    ++first;
    --last;
  }
  std::string out;
  for (std::size_t i = first; i < last; ++i) {
    const sql_token& token = tokens[i];
    if (!out.empty()) out += ' ';
    switch (token.kind) {
      case sql_token_kind::word: {
        // A word before a parenthesis is a function; functions and keywords ignore case, and so do plain columns.
        bool keyword = is_sql_keyword(token.value);
        std::string word = token.value;
        std::transform(word.begin(), word.end(), word.begin(), keyword ? upper_letter : lower_letter);
        out += word;
        break;
      }
      case sql_token_kind::quoted: {
        std::string name = token.value;
        std::transform(name.begin(), name.end(), name.begin(), lower_letter);
        out += plain(name) ? name : quoted_identifier(name);
        break;
      }
      case sql_token_kind::text: out += token.text; break;
      case sql_token_kind::number: out += uppercase(token.text); break;
      case sql_token_kind::symbol: out += token.text == "!=" ? "<>" : token.text == "==" ? "=" : token.text; break;
    }
  }
  return out;
}

std::vector<bool> column_places(const std::vector<sql_token>& tokens) {
  std::vector<bool> out(tokens.size());
  bool behind_value = false;  // where no other value may stand
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const sql_token& token = tokens[i];
    switch (token.kind) {
      case sql_token_kind::quoted:
        out[i] = true;
        behind_value = true;
        break;
      case sql_token_kind::number:
      case sql_token_kind::text: behind_value = true; break;
      case sql_token_kind::symbol:
        behind_value = token.text == ")" || token.text == "]";
        if (token.text != "::" || i + 1 == tokens.size() || tokens[i + 1].kind != sql_token_kind::word) break;
        i = behind_type(tokens, i + 1) - 1;
        behind_value = true;
        break;
      case sql_token_kind::word: {
        const bool next = i + 1 < tokens.size();
        if (is_sql_keyword(token.value)) {
          behind_value = ends_value(tokens, i);
        } else if (next && tokens[i + 1].text == "(") {
          behind_value = false;                                        // a function
          const bool named_operator = is_word(tokens, i, "operator");  // a operator(pg_catalog.+) b
          while (named_operator && i + 1 < tokens.size() && tokens[i].text != ")") ++i;
        } else if (is_of_syntax(tokens, i)) {
          behind_value = i > 0 && !is_one_of(tokens, i, {"time", "zone", "symmetric", "timestamp", "double"});
        } else if (behind_value || (next && tokens[i + 1].kind == sql_token_kind::text)) {
          behind_value = false;  // of an operator, or a type whose value follows
        } else {
          out[i] = true;
          behind_value = true;
        }
        break;
      }
    }
  }
  return out;
}

bool mentions_identifier(std::string_view sql, std::string_view identifier) {
  std::vector<sql_token> tokens = sql_tokens(sql);
  const std::vector<bool> columns = column_places(tokens);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (columns[i] && equal_identifiers(tokens[i].value, identifier)) return true;
  }
  return false;
}

std::string rename_identifier(std::string_view sql, std::string_view from, std::string_view to) {
  std::string out;
  const char* copied = sql.data();
  const std::vector<sql_token> tokens = sql_tokens(sql);
  const std::vector<bool> columns = column_places(tokens);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const sql_token& token = tokens[i];
    if (!columns[i] || !equal_identifiers(token.value, from)) continue;
    out.append(copied, token.text.data());
    out += token.kind == sql_token_kind::word && plain(to) ? std::string(to) : quoted_identifier(to);
    copied = token.text.data() + token.text.size();
  }
  out.append(copied, sql.data() + sql.size());
  return out;
}

std::string sql_text_literal(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out += '\'';
}

}  // namespace tupelo
