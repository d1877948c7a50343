// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/schema_operation.hpp"

namespace tupelo::detail {

// Replay the change in memory. Errors: migration_error (invalid_migration); the schema is then unchanged.

void apply(const ddl::rename_index& change, schema_definition& schema);
void apply(const ddl::rename_constraint& change, schema_definition& schema);
void apply(const ddl::validate_constraint& change, schema_definition& schema);

}  // namespace tupelo::detail
