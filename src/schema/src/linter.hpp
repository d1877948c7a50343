// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/schema/lint.hpp"
#include "tupelo/schema/migration_record.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// Walks through migrations step by step and collects what the rules say. Tables that it has seen being made are empty
/// as far as it knows: with one linter for all migrations of a run, those of the former ones are, too.
class linter {
public:
  explicit linter(const lint_options& options) : options_(options) {}

  /// Findings of these steps; `after` is the schema that they leave. Nothing is allowed yet.
  std::vector<lint_finding> walk(const std::vector<recorded_step>& steps, const schema_definition& after);
  /// Says of each finding whether the migration allows it, leaves out what does not concern the database, and adds the
  /// permissions that nothing needs.
  std::vector<lint_finding> judged(std::vector<lint_finding> all, const std::vector<allowed_rule>& allowed) const;

  void report(std::string_view code, std::string subject, std::string what);

private:
  bool is_new(std::string_view table) const { return created_.contains(table); }
  void step(const schema_operation& operation);
  void alter(const ddl::alter_column& change, const std::string& what);
  void finish();

  void design(const schema_operation& operation, const schema_definition& after);
  void design_of(const table_definition& table, const column_definition& column, const std::string& what);
  void design_of(const table_definition& table, const index_definition& index, const std::string& what);
  void design_of_unique(const table_definition& table, const std::vector<std::string>& columns, bool nulls_alike,
                        const std::string& subject, const std::string& what);
  void design_of(const table_definition& table, const foreign_key_definition& key, const std::string& what);
  void design_of_name(std::string_view name, const std::string& subject, const std::string& what);

  lint_options options_;
  std::vector<lint_finding> findings_;
  std::set<std::string, std::less<>> created_;        ///< tables without rows
  std::set<std::string, std::less<>> without_value_;  ///< "table.column": added by this migration, NULL in every row
  std::set<std::string, std::less<>> altered_;        ///< tables that this migration changes in place
  bool writes_rows_ = false;
};

/// What the text of db.execute tells by itself.
struct sql_reading {
  bool writes_rows = false;
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

}  // namespace tupelo
