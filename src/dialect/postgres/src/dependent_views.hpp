// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/dialect/schema_dialect.hpp>

#include <string>
#include <utility>
#include <vector>

namespace tupelo::postgres {

/// Table and column.
using changed_columns = std::vector<std::pair<std::string, std::string>>;

/// The server does not change a column's type while a view reads it. Views on these columns, and views on those, are
/// dropped, last first; their definitions, options, owners, rights, comments and the indexes of materialized ones are
/// kept. A view that has more than that, triggers, rules, defaults or rights on columns, is refused by its name.
std::vector<ddl_statement> set_views_aside(const changed_columns& columns);
/// Makes them again, in the same transaction.
ddl_statement make_views_again();

}  // namespace tupelo::postgres
