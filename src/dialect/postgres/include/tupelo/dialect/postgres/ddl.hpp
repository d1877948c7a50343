// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/dialect/schema_dialect.hpp>
#include <tupelo/query/schema_operation.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tupelo::postgres {

/// `"name"`. Errors: migration_error (invalid_migration) for a name that PostgreSQL would cut: more than 63 bytes.
std::string quote_identifier(std::string_view name);

/// Source: https://www.postgresql.org/docs/current/datatype.html
std::string type_text(const column_type& type);
/// What a type means, as format_type() spells it or as people do: `character varying(160)`, `int4`, `DECIMAL(10,2)`.
column_type parse_type(std::string_view declared);
/// Whether a live column is what is wanted, whatever the server added to its default.
bool same_column(const column_definition& live, const column_definition& wanted);
/// Whether a live condition is the wanted one: the server keeps an expression's meaning and writes it in its own words,
/// `role IN ('a', 'b')` as `((role)::text = ANY (ARRAY['a'::text, 'b'::text]))`.
bool same_expression(std::string_view live, std::string_view wanted);

/// Neutral SQL text as PostgreSQL takes it: columns of the table quoted, bytes and escapes in its own form.
std::string expression_sql(const table_definition& table, std::string_view neutral);

/// `CREATE TABLE …` without its indexes and its comment.
std::string create_table_text(const table_definition& table);
/// An index on a column that may be NULL keeps NULLs where ORDER BY wants them: as the smallest value.
std::string create_index_text(const table_definition& table, const index_definition& index, bool concurrently = false);
/// Everything, in the words in which it is read back.
schema_definition kept(const schema_definition& schema);

/// The statements of these operations. All of them can run in one transaction, save those of indexes that are made or
/// dropped concurrently.
///
/// Errors: migration_error (invalid_migration) for an operation that is not valid there.
/// Source: https://www.postgresql.org/docs/current/sql-altertable.html
std::vector<ddl_statement> render_ddl(const std::vector<schema_operation>& operations, const schema_definition& before);

/// Everything above as the interface that migrations use.
const schema_dialect& schema_rules() noexcept;

}  // namespace tupelo::postgres
