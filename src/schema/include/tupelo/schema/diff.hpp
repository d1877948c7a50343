// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/dialect/schema_dialect.hpp>
#include <tupelo/query/schema_operation.hpp>

#include <string>
#include <vector>

namespace tupelo {

/// Says that something is not new, but was called otherwise. Ignored where it has happened already.
struct rename_hint {
  std::string table;   ///< the table's new name
  std::string column;  ///< the column's new name; empty: the table itself was renamed
  std::string from;    ///< the former name
  /// Of a value of an enum: the enum's name; `column` is the value's new name then, and there is no table.
  std::string enum_type{};
};

struct diff_options {
  std::vector<rename_hint> renames;
  /// Of the live database that `from` was read from; null: both are recorded, and have to agree exactly. A database may
  /// store more loosely than it is told: its dialect knows when two columns are stored alike.
  const schema_dialect* live = nullptr;
};

/// The operations that turn one schema into the other: no more than needed, in an order in which each is valid; hints
/// say what was renamed. Names of constraints count only where `to` gives them. Errors: migration_error
/// (invalid_migration) when one of the schemas is not consistent in itself.
std::vector<schema_operation> diff(const schema_definition& from, const schema_definition& to,
                                   const diff_options& options = {});

}  // namespace tupelo
