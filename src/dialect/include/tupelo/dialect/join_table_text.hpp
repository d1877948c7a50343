// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tupelo {

class dialect;

/// Statements on the rows of the table between two models, which need not be a model. `?` stands where values go: the
/// owner's key, then those of related rows; in front of them, where rows are marked, the time of an erase, and once
/// more where they have a time of change.
class join_table_text {
public:
  /// `type_column` and what it says: of a table that connects several models; both empty: it has none.
  join_table_text(const dialect& target, const std::string& table, const std::vector<std::string>& own_columns,
                  const std::vector<std::string>& related_columns, const std::string& type_column = {},
                  const std::string& type_name = {});
  /// The table's rows are marked as deleted in this column, and not erased. `by_key`: those that are connected are the
  /// primary key, so that one that is marked comes back. Empty: there is no column of the last change, no version.
  void mark_in(const std::string& column, bool by_key, const std::string& updated = {},
               const std::string& version = {});
  /// New rows have values in these columns too, behind the keys of each.
  void fill_in(const std::vector<std::string>& columns);

  /// The related keys of an owner.
  std::string select() const;
  /// Connects an owner with so many; the owner's key stands before each of them. Rows that are there stay as they are.
  std::string insert(std::size_t related) const;
  /// Parts an owner from so many.
  std::string erase(std::size_t related) const;
  /// Parts an owner from all but so many.
  std::string erase_others(std::size_t related) const;
  /// Parts an owner from all.
  std::string erase_all() const;

private:
  std::string of_type() const;
  std::string next_version() const;
  bool fills(const std::string& column) const;
  std::string is_owner() const;
  std::string is_one_of(std::size_t related) const;
  std::string table_;
  const dialect& target_;
  std::vector<std::string> own_, related_, filled_;
  std::string type_, type_name_;   ///< as SQL, or empty
  std::string mark_;               ///< as SQL; empty: rows are erased
  std::string updated_, version_;  ///< of rows that are marked, in the same way
  bool marked_by_key_ = false;
};

}  // namespace tupelo
