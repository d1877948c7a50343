// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/schema_operation.hpp"

namespace tupelo {

/// A value of an enum gets its new name wherever the table's SQL says it: defaults, computed columns, checks, indexes,
/// exclusion constraints.
void rename_value(table_definition& table, const ddl::rename_enum_value& o);

}  // namespace tupelo
