// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/schema_operation.hpp"

namespace tupelo::detail {

// Replay the change in memory. Errors: migration_error (invalid_migration); the schema is then unchanged.

void apply(const ddl::create_composite& change, schema_definition& schema);
void apply(const ddl::drop_composite& change, schema_definition& schema);
void apply(const ddl::change_composite& change, schema_definition& schema);

}  // namespace tupelo::detail
