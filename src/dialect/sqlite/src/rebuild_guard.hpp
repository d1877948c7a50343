// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/ddl.hpp"

#include <string>
#include <vector>

// SQLite makes many changes by making the table anew, as its description says. Each row of these queries says what that
// would lose or break.

namespace tupelo::sqlite {

/// A query for what the live table has and its description does not: columns, constraints, options.
std::string lost_by_rebuild(const table_definition& table);

/// A query for views and triggers that mention columns that go. A statement that drops a column looks for them itself,
/// a table that is made anew does not.
std::string broken_by_dropping(const table_definition& table, const std::vector<std::string>& columns);

}  // namespace tupelo::sqlite
