// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/schema/lint.hpp"
#include "tupelo/schema/migration_record.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo {

/// Walks through migrations step by step and collects what the rules say. Tables that it has seen being made are empty
/// as far as it knows: with one linter for all migrations of a run, those of the former ones are, too.
class linter {
public:
  /// Errors: configuration_error (invalid_configuration) for a naming policy that is no regular expression.
  explicit linter(const lint_options& options);

  /// Says of the migration, whose steps are walked next, where its place in the history is an odd one.
  void order(const migration& of);
  /// What the words of a migration's steps mean.
  struct manner {
    bool written_in_sql = false;  ///< nobody is told that it has SQL to be read
    bool outside = false;         ///< of a transaction: each step has one of its own, or none
  };
  /// Findings of these steps, which lead from one schema to the other. Nothing is allowed yet.
  std::vector<lint_finding> walk(const std::vector<recorded_step>& steps, const schema_definition& before,
                                 const schema_definition& after, manner how);
  /// Says of each finding whether the migration allows it, leaves out what does not concern the database, and adds the
  /// permissions that nothing needs.
  std::vector<lint_finding> judged(std::vector<lint_finding> all, const std::vector<allowed_rule>& allowed) const;

  void report(std::string_view code, std::string subject, std::string what);
  // ---- for the reader of SQL

  /// Walks an operation that was read in SQL.
  void parsed(schema_operation operation, const std::string& what);
  bool is_new(std::string_view table) const { return created_.contains(table); }
  /// As the migration finds it, or what it makes of it; null where the schema does not know it.
  const table_definition* find(std::string_view table) const;
  const column_definition* find_column(std::string_view table, std::string_view column) const;
  bool is_outside() const { return how_.outside; }
  bool was_there(std::string_view table) const { return before_->find(table) != nullptr; }
  const table_definition* table_of_index(std::string_view index) const;
  void changes(const std::string& table);
  void validates(std::string constraint) { validated_.push_back(std::move(constraint)); }
  void validates(const std::string& table, const std::string& constraint);
  /// Whether a check that this migration has validated by now says so.
  bool is_proven_not_null(std::string_view table, std::string_view column) const;

private:
  void step(const schema_operation& operation, const std::string& what);
  void alter(const ddl::alter_column& change, const std::string& what);
  void alter_default(const ddl::alter_column& change, const std::string& what);
  /// Whether the operation keeps rows out that were let in before.
  void restricts(const schema_operation& operation, const std::string& what);
  void references(const std::string& table, const foreign_key_definition& key, const std::string& what);
  /// What the checks that these steps validate say of columns: a check that they drop afterwards counts, too.
  void note_proofs(const std::vector<recorded_step>& steps, const schema_definition& after);
  /// A check that has looked at all rows where it was added proves that a column is not NULL.
  void note_proof(const schema_operation& change, const schema_definition& within);
  void note_proof(const table_definition& table, const check_definition& check);
  void finish();

  void design(const schema_operation& operation, const schema_definition& after, const std::string& what);
  void design_of(const table_definition& table, const column_definition& column, const std::string& what);
  void design_of(const table_definition& table, const index_definition& index, const std::string& what);
  void design_of_unique(const table_definition& table, const std::vector<std::string>& columns, bool nulls_alike,
                        const std::string& subject, const std::string& what);
  void design_of(const table_definition& table, const foreign_key_definition& key, const std::string& what);
  void design_of_name(std::string_view name, const std::string& subject, const std::string& what);

  /// What names are held against the policy of.
  enum class named : std::uint8_t { table, column, index, constraint };
  void policy(named kind, std::string_view name, const std::string& what);
  void policy_of(const table_definition& made, const std::string& what);
  void policy_of(const schema_operation& operation, const std::string& what);

  lint_options options_;
  std::array<std::optional<std::regex>, 4> policies_;  ///< by what is named
  std::vector<lint_finding> findings_;
  std::set<std::string, std::less<>> created_;        ///< tables without rows
  std::set<std::string, std::less<>> without_value_;  ///< "table.column": added by this migration, NULL in every row
  std::set<std::string, std::less<>> not_null_;       ///< "table.column": a check that was validated says so
  std::set<std::string, std::less<>> proofs_;         ///< names of checks that say no more
  std::set<std::string, std::less<>> altered_;        ///< tables that this migration changes in place
  std::vector<std::string> validated_;                ///< constraints whose rows this migration looks through
  const schema_definition* before_ = nullptr;         ///< the migration, and behind it
  const schema_definition* after_ = nullptr;
  std::vector<std::pair<schema_operation, std::string>> parsed_;  ///< read in SQL, and what to call it
  bool in_sql_ = false;
  bool writes_rows_ = false;
  manner how_;
};

/// What the text of db.execute tells by itself.
struct sql_reading {
  bool writes_rows = false;
  bool harmless = true;  ///< every statement is understood, and none changes a table, a row or a right
  bool hidden = false;   ///< DO, CALL: what they do is not in their words
};
/// Reports what the statements do as `into` would report it of the same operation.
sql_reading lint_sql(linter& into, std::string_view sql, const std::string& what);

// ---- what a change of a column's type does to its values

bool type_loses(const column_type& from, const column_type& to);
bool type_may_refuse(const column_type& from, const column_type& to);
/// Whether PostgreSQL changes nothing but its catalog.
bool type_changes_in_place(const column_type& from, const column_type& to);
/// Whether a default may differ from row to row.
bool is_volatile(std::string_view default_sql);
/// Whether it computes nothing, as SQLite's ALTER TABLE ADD COLUMN wants it.
bool is_constant(std::string_view default_sql);

}  // namespace tupelo
