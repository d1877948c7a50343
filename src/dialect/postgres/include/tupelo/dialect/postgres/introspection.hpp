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
/// Views and partitions are left out: they cannot be described as data. So are the parameters of an index's storage and
/// of its operator classes.
schema_definition decode_introspection(const std::vector<std::vector<introspection_row>>& answers);
/// Tables, views, sequences, routines and types of the current schema; the schema itself stays.
std::string wipe_query();

}  // namespace tupelo::postgres
