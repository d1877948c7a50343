// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tupelo::sqlite {

/// What only the text of a CREATE TABLE statement tells: SQLite's pragmas know neither names of constraints nor checks.
struct table_text {
  std::string primary_key_name;
  std::vector<key_definition> uniques;
  std::vector<check_definition> checks;
  std::vector<foreign_key_definition> foreign_keys;  ///< name, columns, table and deferrable only
  struct computed_column {
    std::string name, sql;
  };
  std::vector<computed_column> computed;
  struct collated_column {
    std::string name, collation;
  };
  std::vector<collated_column> collated;
};

/// Reads the statement as SQLite has stored it; what it does not know it skips.
/// Source: https://www.sqlite.org/lang_createtable.html
table_text read_create_table(std::string_view sql);

/// What a CREATE INDEX statement sorts by, in order and without what stands behind a column or an expression.
std::vector<std::string> read_index_terms(std::string_view sql);

/// The condition of a CREATE INDEX statement; empty when it has none.
std::string read_index_condition(std::string_view sql);

}  // namespace tupelo::sqlite
