// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

// Declared only: programs that merely run queries include this and never need them.
class schema_operation;
struct schema_definition;
struct column_definition;
struct column_type;
struct table_definition;

enum class ddl_role : std::uint8_t {
  execute,   ///< run it
  check,     ///< a query: each row says in words why the change cannot be made
  remember,  ///< a query: keep its rows, each a name and the SQL that makes the thing
  restore,   ///< a query for names: what was remembered and is not among them is made again, then forgotten
  outside,   ///< run it outside of any transaction
  clear,     ///< a query: each row is a statement that clears away, outside, what a failed attempt has left behind
};

/// One statement of a schema change.
struct ddl_statement {
  ddl_role role = ddl_role::execute;
  std::string sql;
};

/// The statements as a script to read: what only a database can answer is a comment or left out.
std::vector<std::string> texts_of(std::vector<ddl_statement> statements);

/// What surrounds the transaction of a schema change.
struct ddl_frame {
  std::string restore_query;        ///< each row is a statement that brings a setting back afterwards; empty: none
  std::vector<std::string> before;  ///< run before the transaction begins, after restore_query
  std::string verify;               ///< a query before the commit: each row says in words what is broken; empty: none
};

/// One row of a query about the database itself; what a query has no use for is null.
struct introspection_row {
  std::optional<std::string> c0, c1, c2, c3, c4, c5, c6, c7, c8, c9;
};

/// How one database spells changes of its schema and describes itself. No I/O: it makes the SQL and reads the rows.
///
/// Threads: immutable; any number may use it.
class schema_dialect {
public:
  virtual ~schema_dialect() = default;

  /// The statements of these operations, one after the other; `before` is the schema they start from.
  /// Errors: migration_error (invalid_migration) for an operation that is not valid there.
  virtual std::vector<ddl_statement> render(const std::vector<schema_operation>& operations,
                                            const schema_definition& before) const = 0;
  virtual ddl_frame frame(const std::vector<schema_operation>& operations, const schema_definition& before) const = 0;
  /// The first statement of a transaction that only one connection at a time may be in, for work of this name; it waits
  /// for the others. Empty: a transaction that is begun as `immediate` is alone as it is.
  virtual std::string lock_statement(std::string_view name) const = 0;

  /// A statement after which no other of the same transaction waits longer for a lock than this. Empty: there is none.
  /// Units: microseconds.
  virtual std::string lock_timeout_statement(std::int64_t us) const = 0;
  /// The same where neither the connection nor the server says how long.
  virtual std::string default_lock_timeout_statement(std::int64_t us) const = 0;

  /// What this database keeps of a schema; the rest makes no difference when it is compared with a live one.
  virtual schema_definition kept(const schema_definition& schema) const = 0;
  virtual std::string type_text(const column_type& type) const = 0;
  /// Neutral SQL over the table's columns, of a check or an index, as this database reads it.
  virtual std::string expression_text(const table_definition& table, std::string_view neutral) const = 0;
  virtual column_type parse_type(std::string_view declared) const = 0;
  /// Whether a live column is what is wanted as far as this database can tell.
  virtual bool same_column(const column_definition& live, const column_definition& wanted) const = 0;
  /// The same for the conditions of checks and partial indexes, which a database may keep in its own words.
  virtual bool same_expression(std::string_view live, std::string_view wanted) const = 0;

  /// The queries that describe the database; each one's columns are those of introspection_row, in order. The first has
  /// a row for each table, which begins with its name, and takes no lock of any; the last one is for the objects that
  /// are no tables: who does not want them leaves it out and gives an empty answer.
  virtual std::vector<std::string> introspection_queries() const = 0;
  /// A statement before them, in the same transaction, which is rolled back afterwards. Empty: they need none.
  virtual std::string introspection_setting() const = 0;
  /// A query after which the rest of the transaction describes this schema (namespace) instead of the current one. No
  /// row: there is none that this role may use. Empty, for the current one: there is always one. Errors: query_error
  /// (unsupported_feature).
  virtual std::string schema_choice(std::string_view schema) const = 0;
  /// Reads the rows of those queries, in the same order. Everything in the result is named.
  virtual schema_definition decode_introspection(const std::vector<std::vector<introspection_row>>& answers) const = 0;
  /// A query whose rows are the statements that drop everything in the database.
  virtual std::string wipe_query() const = 0;
};

}  // namespace tupelo
