// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/dialect/schema_dialect.hpp>
#include <tupelo/query/schema_operation.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tupelo::sqlite {

/// `"name"`.
std::string quote_identifier(std::string_view name);

/// The declared type; its affinity stores what the driver binds unchanged. Of a generated key: INTEGER.
///
/// Source: https://www.sqlite.org/datatype3.html#determination_of_column_affinity
std::string type_text(const column_type& type);
/// What a declared type means, also one that other tools have written: NVARCHAR(160), DATETIME, NUMERIC(10,2).
column_type parse_type(std::string_view declared);
/// Whether a live column is stored as the wanted one would be: the widths of integers and texts do not matter to
/// SQLite.
bool same_column(const column_definition& live, const column_definition& wanted);

/// `CREATE TABLE …` without its indexes; `name` where it is not the table's own.
std::string create_table_text(const table_definition& table, std::string_view name);
std::string create_index_text(const table_definition& table, const index_definition& index);
/// Without indexes of another method than the usual one, and without what makes no difference to SQLite: comments,
/// enums as types, columns beside an index's key, operator classes, where NULLs stand, and names of unique constraints
/// that follow the convention. There is no statement for those.
schema_definition kept(const schema_definition& schema);

/// The statements of these operations. What SQLite cannot alter is done by making the table anew, once for neighbouring
/// operations of one table; rows, indexes, triggers, views and the foreign keys of others survive.
///
/// Errors: migration_error: invalid_migration for an operation that is not valid there; unsupported_feature for what
/// SQLite has not and what would change the meaning of rows if it were left out.
/// Source: https://www.sqlite.org/lang_altertable.html#otheralter
std::vector<ddl_statement> render_ddl(const std::vector<schema_operation>& operations, const schema_definition& before);

/// Enforcement of foreign keys is off while tables are made anew or dropped, and every key is verified before the
/// commit.
ddl_frame frame_of(const std::vector<schema_operation>& operations, const schema_definition& before);

/// Everything above as the interface that migrations use.
const schema_dialect& schema_rules() noexcept;

}  // namespace tupelo::sqlite
