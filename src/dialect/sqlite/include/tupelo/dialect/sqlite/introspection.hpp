// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/dialect/schema_dialect.hpp>
#include <tupelo/query/ddl.hpp>

#include <string>
#include <vector>

namespace tupelo::sqlite {

/// Tables, columns, foreign keys and indexes of the main database, in this order.
std::vector<std::string> introspection_queries();
/// Views and virtual tables are left out: they cannot be described as data.
schema_definition decode_introspection(const std::vector<std::vector<introspection_row>>& answers);
std::string wipe_query();

}  // namespace tupelo::sqlite
