// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace tupelo {

/// One change of a schema each, as plain data. Those that take something away hold all of it, so that they can be
/// reversed.
namespace ddl {

struct create_table {
  table_definition table;
};
struct drop_table {
  table_definition table;
};
struct rename_table {
  std::string from, to;
};
struct add_column {
  std::string table;
  column_definition column;
};
struct drop_column {
  std::string table;
  column_definition column;
};
struct rename_column {
  std::string table, from, to;
};
/// Another type, nullability, default or identity of the same column.
struct alter_column {
  std::string table;
  column_definition from, to;
};
struct add_index {
  std::string table;
  index_definition index;
  bool concurrently = false;  ///< without holding up those who write, and so outside of a transaction
};
struct drop_index {
  std::string table;
  index_definition index;
  bool concurrently = false;
};
/// Under another name, as it is.
struct rename_index {
  std::string table, from, to;
};
/// A unique constraint; `concurrently`: of an index that is built without holding up those who write.
struct add_unique {
  std::string table;
  key_definition unique;
  bool concurrently = false;
};
struct drop_unique {
  std::string table;
  key_definition unique;
  bool concurrently = false;  ///< taking it back builds it so
};
/// `not_valid`: rows that are there already are not looked at, where the database can leave that for later.
struct add_check {
  std::string table;
  check_definition check;
  bool not_valid = false;
};
struct drop_check {
  std::string table;
  check_definition check;
  bool not_valid = false;  ///< taking it back adds it so
};
struct add_exclusion {
  std::string table;
  exclusion_definition exclusion;
};
struct drop_exclusion {
  std::string table;
  exclusion_definition exclusion;
};
struct comment_table {
  std::string table;
  std::string from, to;
};
struct create_enum {
  enum_definition type;
};
struct drop_enum {
  enum_definition type;
};
/// Other values of the same enum. A value that is gone must not be in any row.
struct change_enum {
  enum_definition from, to;
  bool code_follows = false;  ///< in the same transaction, and may use any of the values; no part of what is recorded
};
/// Rows that have the value have it under its new name.
struct rename_enum_value {
  std::string type, from, to;
};
struct create_composite {
  composite_definition type;
};
struct drop_composite {
  composite_definition type;
};
/// Other attributes of the same type: rows keep the values of those whose names stay, and others are NULL.
struct change_composite {
  composite_definition from, to;
};
struct add_foreign_key {
  std::string table;
  foreign_key_definition foreign_key;
  bool not_valid = false;  ///< as of a check
};
struct drop_foreign_key {
  std::string table;
  foreign_key_definition foreign_key;
  bool not_valid = false;
};
/// A unique constraint, check, foreign key or exclusion constraint under another name, as it is.
struct rename_constraint {
  std::string table, from, to;
};
/// Looks at the rows that a check or foreign key was added beside as not valid. The schema is the same before and
/// after, so that nothing has to be taken back: it is its own inverse.
struct validate_constraint {
  std::string table, name;
};
struct change_primary_key {
  std::string table;
  key_definition from, to;
};
/// SQL of the user's own; replaying it in memory changes nothing. `down` empty: it cannot be reversed.
struct execute_sql {
  std::string up, down;
};

using any_operation =
    std::variant<create_table, drop_table, rename_table, add_column, drop_column, rename_column, alter_column,
                 add_index, drop_index, add_unique, drop_unique, add_check, drop_check, add_foreign_key,
                 drop_foreign_key, change_primary_key, execute_sql, add_exclusion, drop_exclusion, comment_table,
                 create_enum, drop_enum, change_enum, rename_enum_value, create_composite, drop_composite,
                 change_composite, rename_index, rename_constraint, validate_constraint>;

}  // namespace ddl

class schema_operation {
public:
  template <class Operation>
    requires std::is_constructible_v<ddl::any_operation, Operation&&>
  schema_operation(Operation&& operation) : data(static_cast<Operation&&>(operation)) {}

  ddl::any_operation data;

  /// Why there is no inverse; empty when there is one.
  std::string irreversible_reason() const;
  bool reversible() const { return irreversible_reason().empty(); }
  /// Whether it is to be done outside of a transaction, where the database can do it so.
  bool concurrently() const noexcept;
  /// The operation that takes this one back. Errors: migration_error (migration_irreversible) saying why not.
  schema_operation inverse() const;

  /// Replays the change in memory. Unnamed constraints and indexes get their conventional names.
  /// Errors: migration_error (invalid_migration) naming table and column; `schema` is then unchanged.
  void apply_to(schema_definition& schema) const;

  /// The same operation with what it leaves to conventions filled in: names, and the columns that a foreign key
  /// references.
  schema_operation completed(const schema_definition& before) const;

  /// The table that is changed; empty for SQL of the user's own and for types. Of a renamed table: its former name.
  std::string_view table() const noexcept;
  /// One line for people: `add column users.age (int32, nullable)`.
  std::string describe() const;
  /// Everything that makes the operation what it is, on one line; the same in every release. Checksums are made of it.
  std::string canonical() const;
};

/// The operations that take the others back: each one's inverse, last first, without those that there is nothing to
/// take back of. Errors: migration_error (migration_irreversible).
std::vector<schema_operation> inverse_of(const std::vector<schema_operation>& operations);

/// Applies one after the other. Errors: as schema_operation::apply_to; `schema` is then unchanged.
void apply_all(const std::vector<schema_operation>& operations, schema_definition& schema);

}  // namespace tupelo
