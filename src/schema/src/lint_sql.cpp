// SPDX-License-Identifier: Apache-2.0
#include "lint_sql.hpp"

#include "sql_script.hpp"

#include <algorithm>
#include <utility>

namespace tupelo {
namespace {

bool says_of_which_rows(sql_cursor condition) {
  condition = condition.until({"RETURNING"});
  const bool all = condition.is({"TRUE"}) && condition.size() == 1;
  const bool same = condition.size() == 3 && condition[1].text == "=" && condition[0].text == condition[2].text;
  return !all && !same;
}

/// From here to the end of the statement that begins here: to the parenthesis around it, where it is a part of WITH.
sql_cursor statement_from(sql_cursor of) {
  std::size_t depth = 0;
  for (std::size_t at = 0; at < of.size(); ++at) {
    if (of[at].text == ")" && depth-- == 0) return of.first(at);
    if (of[at].text == "(") ++depth;
  }
  return of;
}

class sql_reader {
public:
  sql_reader(linter& into, std::string what) : into_(into), what_(std::move(what)) {}

  /// Whether it is understood as something that puts nothing at risk.
  bool statement(const sql_cursor& of) {
    if (of.has({"CONCURRENTLY"})) report("concurrently-in-sql");
    if (into_.is_outside() && runs_alone(of) && !may_run_twice(of)) report("not-repeatable");
    if (of.is_any_of({"BEGIN", "COMMIT", "ROLLBACK", "END", "ABORT"}) || of.is({"START", "TRANSACTION"}) ||
        of.is({"PREPARE", "TRANSACTION"})) {
      report("transaction-in-sql");
    }
    if (of.is_any_of({"WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY", "REPLACE"})) {
      return rows(of), false;
    }
    sql_cursor rest = of;
    if (rest.skip({"ALTER", "TABLE"})) return lint_alter_table(into_, rest, what_);
    if (skip_create_table(rest)) return lint_create_table(into_, rest, what_), false;
    if (rest.skip({"DROP", "TABLE"})) return drop_tables(rest), false;
    if (rest.skip({"CREATE", "INDEX"})) return add_index(rest, false), false;
    if (rest.skip({"CREATE", "UNIQUE", "INDEX"})) return add_index(rest, true), false;
    if (rest.skip({"DROP", "INDEX"})) return drop_index(rest), false;
    if (rest.skip({"PRAGMA"})) return pragma(rest);
    maintenance(of);
    if (calls(of, "SETVAL")) report("sequence-values");
    return lint_object(into_, of, what_);
  }
  bool writes_rows() const { return writes_rows_; }

private:
  void report(std::string_view code, std::string subject = {}) { into_.report(code, std::move(subject), what_); }

  /// Whether no transaction may surround it, so that nobody knows after a kill whether it was done.
  static bool runs_alone(const sql_cursor& of) {
    if (of.has({"CONCURRENTLY"}) || of.is_any_of({"VACUUM", "CALL"}) || of.is({"ALTER", "SYSTEM"})) return true;
    if (!of.is({"CREATE"}) && !of.is({"DROP"})) return false;
    for (const std::string_view what : {"DATABASE", "TABLESPACE", "SUBSCRIPTION"}) {
      if (of.is({"CREATE", what}) || of.is({"DROP", what})) return true;
    }
    return false;
  }
  static bool may_run_twice(const sql_cursor& of) {
    if (of.is({"CREATE"}) && of.has({"CONCURRENTLY"})) return false;  // what is left of a killed one is passed over
    if (of.has({"IF", "EXISTS"}) || of.has({"IF", "NOT", "EXISTS"})) return true;
    return of.is_any_of({"VACUUM", "REINDEX", "REFRESH"}) || of.is({"ALTER", "SYSTEM"});
  }

  static bool calls(const sql_cursor& of, std::string_view function) {
    for (std::size_t i = 0; i + 1 < of.size(); ++i) {
      if (of.stand_at(i, {function}) && of[i + 1].text == "(") return true;
    }
    return false;
  }

  static bool skip_create_table(sql_cursor& of) {
    sql_cursor rest = of;
    if (!rest.skip({"CREATE"})) return false;
    for (const std::string_view word : {"GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED"}) rest.skip({word});
    if (!rest.skip({"TABLE"})) return false;
    of = rest;
    return true;
  }

  // ---- rows

  void rows(const sql_cursor& of) {
    if (of.is({"TRUNCATE"})) truncate(of);
    writes_rows_ = writes_rows_ || of.is({"COPY"}) || of.is({"REPLACE"});
    for (std::size_t i = 0; i < of.size(); ++i) {
      // Elsewhere these words belong to something else: FOR UPDATE, ON CONFLICT DO UPDATE, ON DELETE CASCADE.
      if (i > 0 && of[i - 1].text != "(" && of[i - 1].text != ")") continue;
      sql_cursor one = of;
      one.drop_front(i);
      one = statement_from(one);
      if (one.is({"DELETE", "FROM"})) {
        one.drop_front(2);
        all_rows("delete-all-rows", one);
      } else if (one.is({"UPDATE"}) && one.has_at_top({"SET"})) {
        one.drop_front();
        all_rows("update-all-rows", one);
      } else if (one.is({"INSERT", "INTO"}) || one.is({"INSERT", "OR"}) || one.is({"MERGE"})) {
        writes_rows_ = true;
      }
    }
  }
  void all_rows(std::string_view code, sql_cursor of) {
    writes_rows_ = true;
    of.skip({"OR"});
    of.skip_conditions();
    const std::string table = of.name();
    (void)of.until({"WHERE"});
    if (of.skip({"WHERE"}) && says_of_which_rows(of)) return;
    if (!into_.is_new(table)) report(code, table);
  }
  void truncate(sql_cursor of) {
    of.drop_front();
    of.skip({"TABLE"});
    if (of.has({"RESTART", "IDENTITY"})) report("sequence-values");
    for (sql_cursor item : of.items()) {
      item.skip_conditions();
      const std::string table = item.name();
      if (!into_.is_new(table)) report("delete-all-rows", table);
    }
  }

  // ---- tables and indexes

  void drop_tables(sql_cursor of) {
    for (sql_cursor item : of.items()) {
      item.skip_conditions();
      into_.parsed(ddl::drop_table{{.name = item.name()}}, what_);
    }
  }

  void add_index(sql_cursor of, bool unique) {
    ddl::add_index made;
    made.index.unique = unique;
    made.concurrently = of.skip({"CONCURRENTLY"});
    of.skip_conditions();
    if (!of.is({"ON"})) made.index.name = of.name();
    of.skip({"ON"});
    of.skip_conditions();
    made.table = of.name();
    if (of.skip({"USING"})) made.index.method = of.name();
    for (sql_cursor item : of.parenthesized().items()) {
      index_column column;
      column.expression = item.text();
      sql_cursor term = item;
      std::string name = term.name();
      if (!name.empty() && !term.is_symbol("(")) {
        column.name = std::move(name);
        column.expression.clear();
        column.descending = term.has({"DESC"});
      }
      made.index.columns.push_back(std::move(column));
    }
    of.skip({"INCLUDE"});
    made.index.include = of.parenthesized().names();
    made.index.nulls_not_distinct = of.has_at_top({"NULLS", "NOT", "DISTINCT"});
    (void)of.until({"WHERE"});
    if (of.skip({"WHERE"})) made.index.where = of.text();
    into_.parsed(std::move(made), what_);
  }

  void drop_index(sql_cursor of) {
    const bool concurrently = of.skip({"CONCURRENTLY"});
    for (sql_cursor item : of.items()) {
      item.skip_conditions();
      const std::string name = item.name();
      if (const table_definition* table = into_.table_of_index(name)) {
        into_.parsed(ddl::drop_index{table->name, *table->find_index(name), concurrently}, what_);
      } else if (!concurrently) {
        report("blocking-index-drop", name);
      }
    }
  }

  // ---- the database

  void maintenance(const sql_cursor& of) {
    const bool full = of.is({"VACUUM", "FULL"}) || (of.is({"VACUUM"}) && of.has({"FULL"}));
    const bool reindexes = of.is({"REINDEX"}) && !of.has({"CONCURRENTLY"});
    if (of.is({"VACUUM"})) report("outside-transaction");
    if (of.is({"LOCK"}) || full || of.is({"CLUSTER"}) || reindexes) report("exclusive-lock");
  }

  /// Those that only ask, or hold until the end of the transaction, change nothing.
  bool pragma(sql_cursor of) {
    const std::string name = of.name();
    const bool sets = of.is_symbol("=") || of.is_symbol("(");
    for (const std::string_view asks :
         {"table_info", "table_xinfo", "index_list", "index_info", "foreign_key_list", "foreign_key_check",
          "integrity_check", "quick_check", "optimize", "defer_foreign_keys"}) {
      if (name == asks) return true;
    }
    if (sets) report("pragma-in-migration", name);
    return !sets;
  }

  linter& into_;
  std::string what_;
  bool writes_rows_ = false;
};

}  // namespace

sql_reading lint_sql(linter& into, std::string_view sql, const std::string& what) {
  sql_reading read;
  const std::vector<std::string_view> statements = split_statements(sql);
  for (const std::string_view text : statements) {
    const sql_statement one(text);
    // A text that several statements share is told apart by the statement's own beginning.
    sql_reader reader(
        into, statements.size() == 1 ? what : schema_operation(ddl::execute_sql{std::string(text), {}}).describe());
    read.hidden = read.hidden || sql_cursor(one.tokens()).is_any_of({"DO", "CALL"});
    read.harmless = reader.statement(sql_cursor(one.tokens())) && read.harmless;
    read.writes_rows = read.writes_rows || reader.writes_rows();
  }
  return read;
}

}  // namespace tupelo
