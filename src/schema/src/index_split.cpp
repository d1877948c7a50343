// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/index_split.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>

namespace tupelo {
namespace {

/// A unique index that a foreign key of the same changes may refer to.
bool is_referenced(const ddl::add_index& add, const std::vector<schema_operation>& operations) {
  if (!add.index.unique) return false;
  return std::any_of(operations.begin(), operations.end(), [&](const schema_operation& operation) {
    const auto* key = std::get_if<ddl::add_foreign_key>(&operation.data);
    return key != nullptr && key->foreign_key.references == add.table;
  });
}

index_split taken_apart(const std::vector<schema_operation>& operations, const schema_definition& before,
                        bool drops_too) {
  index_split parts;
  for (const schema_operation& operation : operations) {
    const auto* add = std::get_if<ddl::add_index>(&operation.data);
    const auto* drop = std::get_if<ddl::drop_index>(&operation.data);
    const bool apart = (add != nullptr && !add->index.is_search() && !is_referenced(*add, operations)) ||
                       (drop != nullptr && drops_too && !drop->index.is_search());
    // Under its former name a renamed table is none that exists afterwards: its indexes stay where they are.
    if (!apart || before.find(operation.table()) == nullptr) {
      parts.changes.push_back(operation);
      continue;
    }
    parts.indexes.push_back(operation);
    auto& data = parts.indexes.back().data;
    if (add != nullptr) std::get<ddl::add_index>(data).concurrently = true;
    if (drop != nullptr) std::get<ddl::drop_index>(data).concurrently = true;
  }
  return parts;
}

bool leads_to(const index_split& parts, schema_definition from, const schema_definition& to) {
  try {
    apply_all(parts.changes, from);
    apply_all(parts.indexes, from);
  } catch (const migration_error&) {
    return false;  // another change needs an index that has been moved
  }
  return with_names(from) == with_names(to);
}

}  // namespace

index_split index_split::of(const std::vector<schema_operation>& operations, const schema_definition& before) {
  schema_definition after = before;
  apply_all(operations, after);
  for (const bool drops_too : {true, false}) {
    index_split parts = taken_apart(operations, before, drops_too);
    if (leads_to(parts, before, after)) return parts;
  }
  return {operations, {}};
}

}  // namespace tupelo
