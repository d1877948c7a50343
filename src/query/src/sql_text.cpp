// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/sql_text.hpp"

#include <algorithm>
#include <array>
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

/// A word before a parenthesis is a function: a column `length` is not meant by `length(name)`.
bool names_column(const std::vector<sql_token>& tokens, std::size_t at) noexcept {
  if (tokens[at].kind == sql_token_kind::quoted) return true;
  bool function = at + 1 < tokens.size() && tokens[at + 1].text == "(";
  return tokens[at].kind == sql_token_kind::word && !function;
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

bool mentions_identifier(std::string_view sql, std::string_view identifier) {
  std::vector<sql_token> tokens = sql_tokens(sql);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (names_column(tokens, i) && equal_identifiers(tokens[i].value, identifier)) return true;
  }
  return false;
}

std::string rename_identifier(std::string_view sql, std::string_view from, std::string_view to) {
  std::string out;
  const char* copied = sql.data();
  const std::vector<sql_token> tokens = sql_tokens(sql);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const sql_token& token = tokens[i];
    if (!names_column(tokens, i) || !equal_identifiers(token.value, from)) continue;
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
