// SPDX-License-Identifier: Apache-2.0
// Statements of the user's own, read by the linter. Each reader takes one statement from its first word and answers
// whether it has understood all of it as something that changes no table, row or right.
#pragma once

#include "linter.hpp"
#include "sql_cursor.hpp"

#include <string>

namespace tupelo {

bool lint_alter_table(linter& into, sql_cursor of, const std::string& what);
void lint_create_table(linter& into, sql_cursor of, const std::string& what);
/// ALTER and DROP of everything but tables and indexes; what CREATE replaces or what others wait for.
bool lint_object(linter& into, sql_cursor of, const std::string& what);

/// The type by its usual names; as it is spelled where it has none of ours.
column_type type_in_sql(const sql_cursor& spelled);

}  // namespace tupelo
