// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/migration_record.hpp>
#include <tupelo/query/schema_operation.hpp>

#include <vector>

namespace tupelo {

/// The same changes in up to four migrations, so that nobody who reads or writes waits while PostgreSQL builds an index
/// or looks at rows.
struct safe_split {
  std::vector<schema_operation> changes;      ///< what belongs into one transaction; constraints as not valid
  std::vector<schema_operation> indexes;      ///< afterwards, concurrently: indexes and unique constraints
  std::vector<backfill_step> fills;           ///< then: NULLs of columns that shall have none get their default
  std::vector<schema_operation> validations;  ///< at the end: rows are held against the constraints

  /// All parts, one behind the other, lead to the schema that `operations` lead to. Only what concerns tables that
  /// exist is taken apart. What another change needs stays with it, and so does all where nothing else is possible.
  static safe_split of(const std::vector<schema_operation>& operations, const schema_definition& before);
};

}  // namespace tupelo
