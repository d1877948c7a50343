// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tupelo::postgres {

/// A query for everything in the current schema that the description of tables has no words for, and for how tables,
/// keys and sequences differ from what it can say. Its columns: kind, name, table, definition, and six nulls.
///
/// Source: https://www.postgresql.org/docs/current/catalogs.html
std::string other_objects_query();

}  // namespace tupelo::postgres
