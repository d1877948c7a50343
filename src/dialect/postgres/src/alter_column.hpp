// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tupelo::postgres {

/// A column as CREATE TABLE and ADD COLUMN define it.
std::string column_text(const table_definition& table, const column_definition& column);

/// What makes `from` what `to` says: type, nullability, default and identity. Values are converted; what does not fit
/// fails rather than being cut.
std::vector<std::string> alter_column_texts(const table_definition& table, const column_definition& from,
                                            const column_definition& to);

/// What makes the sequence of an identity column go on behind the keys that there are.
std::string reset_sequence_text(std::string_view table, std::string_view column);

}  // namespace tupelo::postgres
