// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tupelo::postgres {

/// A column as CREATE TABLE and ADD COLUMN define it.
std::string column_text(const table_definition& table, const column_definition& column);

/// `COMMENT ON … IS …` of what `of` names; an empty comment takes it away.
std::string comment_text(std::string_view of, const std::string& comment);
std::string column_comment_text(const table_definition& table, const column_definition& column);

/// Whether the column is dropped and made again: its values are computed, and otherwise than before.
bool makes_column_anew(const column_definition& from, const column_definition& to);

/// What makes `from` what `to` says: type, nullability, default, identity and how it is computed. Values are converted;
/// what does not fit fails rather than being cut.
/// Errors: migration_error for a computed column whose values are not kept and shall become a column's own.
std::vector<std::string> alter_column_texts(const table_definition& table, const column_definition& from,
                                            const column_definition& to);

/// What makes the sequence of an identity column go on behind the keys that there are.
std::string reset_sequence_text(std::string_view table, std::string_view column);

}  // namespace tupelo::postgres
