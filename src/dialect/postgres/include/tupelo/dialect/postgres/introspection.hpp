// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/dialect/schema_dialect.hpp>
#include <tupelo/query/ddl.hpp>

#include <string>
#include <vector>

namespace tupelo::postgres {

/// Tables, columns, constraints, indexes, enums and exclusion constraints of the current schema, in this order. What
/// belongs to an extension is left out.
std::vector<std::string> introspection_queries();
/// Partitioned tables are tables. Views and partitions are left out: they cannot be described as data. So are the
/// parameters of an index's storage and of its operator classes.
schema_definition decode_introspection(const std::vector<std::vector<introspection_row>>& answers);
/// A statement for everything that lives in the current schema, in an order in which they can be run; the schema itself
/// stays. Extensions there go when this role may drop them and nobody else's objects need them. What belongs to the
/// whole database stays: publications, foreign servers, languages, event triggers that call functions of other schemas.
std::string wipe_query();

}  // namespace tupelo::postgres
