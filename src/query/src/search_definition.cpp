// SPDX-License-Identifier: Apache-2.0
#include "search_definition.hpp"

#include <algorithm>
#include <cstddef>

namespace tupelo::detail {

std::string fault_of_search(const table_definition& table, const index_definition& index) {
  if (index.unique || !index.method.empty() || !index.include.empty() || !index.where.empty()) {
    return " is over all rows, and neither unique nor of a method";
  }
  for (const index_column& column : index.columns) {
    if (column.is_expression() || column.descending || column.nulls != index_nulls::smallest ||
        !column.operator_class.empty() || column.weight < 'A' || column.weight > 'D') {
      return " takes columns and their weights, 'A' to 'D', and no more";
    }
    const column_type& type = table.find_column(column.name)->type;
    if (!type.is(type_kind::text) && !type.is(type_kind::native_or_text)) {
      return " searches column `" + column.name + "`, which is no text";
    }
  }
  return {};
}

std::vector<bool> searches_named_by_convention(const table_definition& table) {
  std::vector<bool> out;
  for (const index_definition& index : table.indexes) {
    out.push_back(index.is_search() && index.name == conventional_name(table, index));
  }
  return out;
}

void name_searches(table_definition& table, const std::vector<bool>& by_convention) {
  for (std::size_t i = 0; i < by_convention.size(); ++i) {
    if (by_convention[i]) table.indexes[i].name = conventional_name(table, table.indexes[i]);
  }
  std::sort(table.indexes.begin(), table.indexes.end(),
            [](const index_definition& a, const index_definition& b) { return a.name < b.name; });
}

}  // namespace tupelo::detail
