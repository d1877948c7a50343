// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/dialect.hpp"
#include "tupelo/query/ddl.hpp"

#include <string>
#include <string_view>
#include <vector>

// A search index is an FTS5 table of the index's name. Its rows are those of the table that is searched, by their keys;
// three triggers keep its words. Source: https://www.sqlite.org/fts5.html#external_content_tables

namespace tupelo::sqlite {

/// A query whose row says that the connection does not let triggers write the index.
std::string search_needs_text(const table_definition& table);
/// Makes the index, with the words of the rows that are there. `key` is the table's key column.
std::vector<std::string> create_search_texts(const table_definition& table, const index_definition& index,
                                             std::string_view key);
std::vector<std::string> drop_search_texts(const index_definition& index);

/// What SQLite keeps of it.
void keep_search(index_definition& index);

/// A query for the search indexes: name and text of each.
std::string search_introspection_query();
/// Adds the index to the table that it is of, if that is known.
void read_search_index(schema_definition& schema, std::string_view name, std::string_view sql);

void search(std::string& sql, const search_call& call);

}  // namespace tupelo::sqlite
