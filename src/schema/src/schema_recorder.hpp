// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/migration_record.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo::detail {

/// Behind schema_editor: the schema as it is at this point, the steps recorded so far, and the change being described.
/// A change is applied when the next one begins, because what follows its verb may still refine it.
class schema_recorder {
public:
  explicit schema_recorder(schema_definition before) : state_(std::move(before)) {}

  /// Applies what was being described and begins with this. Errors: migration_error of the former change.
  pending_change begin(schema_operation operation);
  /// Adds to what is being described: a column's unique constraint goes with the column.
  pending_change extend(const pending_change& to, schema_operation operation);
  void finish();
  /// From here on changes are made by something else.
  void set_declaring(bool declaring);

  void add_code(std::unique_ptr<migration_code> code);
  /// Returns the step's place, for `backfill`.
  std::size_t add_backfill(std::string_view table, std::string_view set, std::string_view where);
  backfill_step& backfill(std::size_t step) { return std::get<backfill_step>(record_.steps.at(step)); }
  void require(std::string_view query, std::string_view message);
  void set_outside();
  void set_irreversible(std::string_view reason);
  void allow(std::string_view code, std::string_view reason);
  migration_record take();

  /// Errors: migration_error (invalid_migration) when the table is not there.
  const table_definition& table(std::string_view name) const;
  /// Errors: migration_error (invalid_migration) when the enum is not there.
  const enum_definition& enum_type(std::string_view name) const;
  /// Errors: migration_error (invalid_migration) when the composite type is not there.
  const composite_definition& composite(std::string_view name) const;
  /// The operation that is being described. Errors: migration_error (invalid_migration) when another has begun since.
  schema_operation& pending(const pending_change& change);

  void set_current_table(std::string_view table) { current_table_ = table; }
  const std::string& current_table() const noexcept { return current_table_; }

private:
  schema_definition state_;
  migration_record record_;
  std::vector<schema_operation> pending_;
  std::string current_table_;  ///< of alter_table
  std::uint64_t generation_ = 0;
  bool declaring_ = false;
};

// The verbs that schema_editor and the table_editor of alter_table share.

pending_change begin_alter_column(schema_recorder& recorder, std::string_view table, std::string_view column);
void drop_column(schema_recorder& recorder, std::string_view table, std::string_view column);
void drop_index(schema_recorder& recorder, std::string_view table, std::string_view name, bool concurrently);
void drop_unique(schema_recorder& recorder, std::string_view table, std::string_view name, bool concurrently);
void drop_check(schema_recorder& recorder, std::string_view table, std::string_view name);
void drop_exclusion(schema_recorder& recorder, std::string_view table, std::string_view name);
void comment_table(schema_recorder& recorder, std::string_view table, std::string_view text);
void drop_foreign_key(schema_recorder& recorder, std::string_view table, std::string_view name);
void change_primary_key(schema_recorder& recorder, std::string_view table, name_list columns, std::string_view name);

std::vector<std::string> strings(name_list names);
std::vector<index_column> index_columns(name_list names);
index_definition search_index(std::string_view language, name_list columns);

}  // namespace tupelo::detail

namespace tupelo {

/// A line for each of the first `count` steps, of which checksums are made.
std::string canonical_text(const std::vector<recorded_step>& steps, std::size_t count);

}  // namespace tupelo
