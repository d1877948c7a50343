// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// Scripts parts of which run only where something holds. A schema_dialect of a database that has such statements is
/// one of these, too.
///
/// Threads: immutable; any number may use it.
class conditional_script {
public:
  virtual ~conditional_script() = default;

  /// A condition: there is no table of this name.
  virtual std::string no_table(std::string_view table) const = 0;
  /// One statement that runs these, one after the other, where the condition holds. Comments stay comments.
  virtual std::string guarded(const std::vector<std::string>& statements, const std::string& condition) const = 0;
  /// The same of one statement that no transaction may surround, for the database's own command line.
  virtual std::string guarded_outside(const std::string& statement, const std::string& condition) const = 0;
};

}  // namespace tupelo
