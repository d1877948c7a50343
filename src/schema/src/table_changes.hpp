// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/dialect/schema_dialect.hpp>
#include <tupelo/query/ddl.hpp>

#include <string>
#include <utility>
#include <vector>

namespace tupelo {

/// How one table differs from what is wanted; what is to be added has its name.
struct table_changes {
  std::string table;
  std::vector<column_definition> add_columns, drop_columns;
  std::vector<std::pair<column_definition, column_definition>> alter_columns;
  bool key_changes = false;
  key_definition old_key, new_key;
  std::vector<key_definition> add_uniques, drop_uniques;
  std::vector<index_definition> add_indexes, drop_indexes;
  std::vector<check_definition> add_checks, drop_checks;
  std::vector<exclusion_definition> add_exclusions, drop_exclusions;
  std::string old_comment, new_comment;
  std::vector<foreign_key_definition> add_foreign_keys, drop_foreign_keys;
  /// Former name and name of what is the same but for it. The name is not that of another of the table's before.
  std::vector<std::pair<std::string, std::string>> rename_indexes, rename_constraints;

  /// Whether foreign keys of other tables may have to wait for these changes, or to go before them.
  bool structural() const;
};

/// Whether both are the same but for their names. `live` as in diff_options.
bool same_index(const index_definition& from, const index_definition& to, const schema_dialect* live);

bool same_exclusion(const exclusion_definition& from, const exclusion_definition& to, const schema_dialect* live);

/// `from` is named throughout; a name in `to` counts where it is given.
table_changes compare_tables(const table_definition& from, const table_definition& to, const schema_dialect* live);

}  // namespace tupelo
