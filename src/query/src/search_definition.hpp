// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/ddl.hpp"

#include <string>
#include <vector>

namespace tupelo::detail {

/// What is wrong with a search index whose columns are there, behind its name; empty: nothing.
std::string fault_of_search(const table_definition& table, const index_definition& index);

/// By the position of each index: whether it is a search index that has its name by the convention. Queries find it by
/// that name, which therefore follows its columns'.
std::vector<bool> searches_named_by_convention(const table_definition& table);
void name_searches(table_definition& table, const std::vector<bool>& by_convention);

}  // namespace tupelo::detail
