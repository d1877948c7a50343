// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/schema_operation.hpp>

#include <vector>

namespace tupelo {

/// The same changes in two migrations, so that nobody who writes waits for an index.
struct index_split {
  std::vector<schema_operation> changes;  ///< what belongs into one transaction
  std::vector<schema_operation> indexes;  ///< afterwards: indexes of tables that exist, built and dropped concurrently

  /// Both parts, one behind the other, lead to the schema that `operations` lead to. Indexes that another change needs
  /// stay with it, and so do all where nothing else is possible.
  static index_split of(const std::vector<schema_operation>& operations, const schema_definition& before);
};

}  // namespace tupelo
