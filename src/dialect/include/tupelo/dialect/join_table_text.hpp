// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace tupelo {

class dialect;

/// Statements on the rows of the table between two models, which need not be a model. `?` stands where values go: the
/// owner's key, then those of related rows.
class join_table_text {
public:
  join_table_text(const dialect& target, const std::string& table, const std::string& own_column,
                  const std::string& related_column);

  /// The related keys of an owner.
  std::string select() const;
  /// Connects an owner with so many; the owner's key stands before each of them. Rows that are there stay as they are.
  std::string insert(std::size_t related) const;
  /// Parts an owner from so many.
  std::string erase(std::size_t related) const;
  /// Parts an owner from all.
  std::string erase_all() const;

private:
  std::string table_, own_, related_;
};

}  // namespace tupelo
