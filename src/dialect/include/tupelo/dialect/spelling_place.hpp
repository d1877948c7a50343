// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// A place where the database itself says how it spells a condition or a default. A schema_dialect of a database that
/// keeps them in its own words is one of these, too.
///
/// Threads: immutable; any number may use it.
class spelling_place {
public:
  virtual ~spelling_place() = default;

  /// Statements for a transaction that is rolled back: then there is a temporary table of this name that has the
  /// table's columns and nothing else, which the names in statements mean and introspection describes.
  virtual std::vector<std::string> make_place(std::string_view table) const = 0;
};

}  // namespace tupelo
