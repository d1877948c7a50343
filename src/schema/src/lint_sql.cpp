// SPDX-License-Identifier: Apache-2.0
#include "linter.hpp"
#include "sql_script.hpp"

#include <tupelo/query/sql_text.hpp>

#include <initializer_list>

namespace tupelo {
namespace {

using words = std::initializer_list<std::string_view>;

/// The words of one statement, to look for others among them.
class statement_words {
public:
  explicit statement_words(std::string_view sql) : text_(without_dollar_quotes(sql)), tokens_(sql_tokens(text_)) {}

  /// Whether these words stand one behind the other from `at` on.
  bool stand_at(std::size_t at, words wanted) const {
    if (at + wanted.size() > tokens_.size()) return false;
    for (std::string_view word : wanted) {
      const sql_token& token = tokens_[at++];
      const bool plain = token.kind == sql_token_kind::word && token.value.size() == word.size();
      if (!plain || !equal_identifiers(token.value, word)) return false;
    }
    return true;
  }
  bool begins(words wanted) const { return stand_at(0, wanted); }
  bool has(words wanted) const {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (stand_at(i, wanted)) return true;
    }
    return false;
  }
  /// Whether one of the DELETEs, of which some may be parts of a WITH, says nothing of which rows.
  bool deletes_all_rows() const {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (stand_at(i, {"DELETE", "FROM"}) && !has_where_behind(i)) return true;
    }
    return false;
  }
  std::size_t size() const { return tokens_.size(); }

private:
  /// Whether a WHERE belongs to the statement that begins at `at`: one in parentheses is a query's of its own.
  bool has_where_behind(std::size_t at) const {
    std::size_t deep = 0;
    for (; at < tokens_.size(); ++at) {
      if (tokens_[at].text == ")" && deep-- == 0) return false;
      if (tokens_[at].text == "(") ++deep;
      if (deep == 0 && stand_at(at, {"WHERE"})) return true;
    }
    return false;
  }

  std::string text_;
  std::vector<sql_token> tokens_;
};

/// `DROP [COLUMN] name` in ALTER TABLE, where something else could stand behind DROP.
bool drops_column(const statement_words& of) {
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (!of.stand_at(i, {"DROP"})) continue;
    bool other = false;
    for (const char* what : {"CONSTRAINT", "NOT", "DEFAULT", "IDENTITY", "EXPRESSION"}) {
      other = other || of.stand_at(i + 1, {what});
    }
    if (!other) return true;
  }
  return false;
}

void alter_table(linter& into, const statement_words& of, const std::string& what) {
  const bool later = of.has({"NOT", "VALID"});
  const bool of_index = of.has({"USING", "INDEX"});
  if (of.has({"RENAME", "TO"}) && !of.has({"RENAME", "COLUMN"})) into.report("rename-table", {}, what);
  if (of.has({"RENAME", "COLUMN"}) || (of.has({"RENAME"}) && !of.has({"RENAME", "TO"}) &&
                                       !of.has({"RENAME", "CONSTRAINT"}) && !of.has({"RENAME", "COLUMN"}))) {
    into.report("rename-column", {}, what);
  }
  if (drops_column(of)) into.report("drop-column", {}, what);
  if (of.has({"DROP", "CONSTRAINT"})) into.report("drop-constraint", {}, what);
  if (of.has({"DROP", "NOT", "NULL"})) into.report("drop-not-null", {}, what);
  if (of.has({"SET", "NOT", "NULL"})) into.report("blocking-not-null", {}, what);
  if (of.has({"TYPE"}) && of.has({"ALTER"})) into.report("rewrite-type", {}, what);
  if (!of.has({"ADD"})) return;
  if (of.has({"REFERENCES"}) && !later) into.report("blocking-foreign-key", {}, what);
  if (of.has({"CHECK"}) && !later) into.report("blocking-check", {}, what);
  if (of.has({"UNIQUE"}) && !of_index) into.report("blocking-unique", {}, what);
  if (of.has({"PRIMARY", "KEY"}) && !of_index) into.report("blocking-primary-key", {}, what);
  if (of.has({"EXCLUDE"})) into.report("blocking-exclusion", {}, what);
}

}  // namespace

sql_reading lint_sql(linter& into, std::string_view sql, const std::string& what) {
  sql_reading read;
  for (const std::string_view text : split_statements(sql)) {
    const statement_words of(text);
    const bool concurrently = of.has({"CONCURRENTLY"});
    if (of.begins({"DROP", "TABLE"})) into.report("drop-table", {}, what);
    const bool drops_more = of.begins({"DROP"}) && !of.begins({"DROP", "TABLE"}) && of.has({"CASCADE"});
    if (of.begins({"DROP", "SCHEMA"}) || of.begins({"DROP", "DATABASE"}) || of.begins({"DROP", "OWNED"}) ||
        drops_more) {
      into.report("drop-schema", {}, what);
    }
    const bool queries = of.begins({"WITH"});
    if (of.begins({"TRUNCATE"}) || ((of.begins({"DELETE"}) || queries) && of.deletes_all_rows())) {
      into.report("delete-all-rows", {}, what);
    }
    if (of.begins({"UPDATE"}) && !of.has({"WHERE"})) into.report("update-all-rows", {}, what);
    const bool makes_index = of.begins({"CREATE", "INDEX"}) || of.begins({"CREATE", "UNIQUE", "INDEX"});
    if (makes_index && !concurrently) into.report("blocking-index", {}, what);
    if (of.begins({"CREATE", "UNIQUE", "INDEX"})) into.report("unique-among-rows", {}, what);
    if (of.begins({"DROP", "INDEX"}) && !concurrently) into.report("blocking-index-drop", {}, what);
    if (concurrently) into.report("concurrently-in-sql", {}, what);
    if (of.begins({"ALTER", "TABLE"})) alter_table(into, of, what);
    if (of.begins({"ALTER", "TYPE"}) && of.has({"RENAME", "VALUE"})) into.report("rename-enum-value", {}, what);
    if (of.begins({"ALTER", "TYPE"}) && of.has({"DROP", "ATTRIBUTE"})) into.report("drop-attribute", {}, what);
    for (const char* word : {"BEGIN", "COMMIT", "ROLLBACK", "END", "ABORT"}) {
      if (of.begins({word})) into.report("transaction-in-sql", {}, what);
    }
    if (of.begins({"START", "TRANSACTION"})) into.report("transaction-in-sql", {}, what);
    if (of.begins({"LOCK"}) || of.begins({"VACUUM", "FULL"}) || of.begins({"CLUSTER"}) ||
        (of.begins({"REINDEX"}) && !concurrently)) {
      into.report("exclusive-lock", {}, what);
    }
    for (const char* word : {"INSERT", "UPDATE", "DELETE", "MERGE", "COPY"}) {
      read.writes_rows = read.writes_rows || of.begins({word});
    }
    if (queries && (of.has({"DELETE", "FROM"}) || of.has({"INSERT", "INTO"}))) read.writes_rows = true;
  }
  return read;
}

}  // namespace tupelo
