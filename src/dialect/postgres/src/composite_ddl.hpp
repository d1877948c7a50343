// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/schema_operation.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo::postgres {

std::string create_composite_text(const composite_definition& type);

/// Attributes that go, and new ones behind the others, in one statement. Empty: nothing but a new type has the
/// attributes in this order.
std::string change_composite_text(const ddl::change_composite& change);

/// The columns that are of the type, to be taken over by one that is made anew. Errors: migration_error
/// (unsupported_feature) naming what cannot be taken over.
std::vector<std::pair<const table_definition*, const column_definition*>>
columns_to_retype(const schema_definition& schema, std::string_view composite);

/// Takes the column's values over to the new type, as the change of its table.
std::string retype_text(std::string_view column, const ddl::change_composite& change);

}  // namespace tupelo::postgres
