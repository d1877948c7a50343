// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/schema_operation.hpp>

#include <string>
#include <vector>

namespace tupelo {

/// A column that goes from one table while an equal one comes into another that a foreign key leads to or from: its
/// values are lost unless somebody carries them over.
struct moved_column {
  std::string from;  ///< the table that loses it
  std::string to;    ///< the table that gets it
  std::string column;
  std::string fill;      ///< what carries the values over: C++ for `up` of a migration of its own
  bool several = false;  ///< rows of `from` may belong to one of `to`: the greatest value is taken

  /// "users.city goes and posts.city comes"
  std::string describe() const;
};

/// `before` is the schema that the operations start from.
std::vector<moved_column> moved_columns(const std::vector<schema_operation>& operations,
                                        const schema_definition& before);

}  // namespace tupelo
