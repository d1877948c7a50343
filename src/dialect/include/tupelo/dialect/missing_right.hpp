// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tupelo {

/// What has to be granted where a statement was refused. A schema_dialect of a database that knows rights is one of
/// these, too.
///
/// Threads: immutable; any number may use it.
class right_finder {
public:
  virtual ~right_finder() = default;

  /// Which right on what is missing, and the statement that gives it, from what the server has said of the statement.
  virtual std::string missing_right(std::string_view message, std::string_view statement) const = 0;
};

}  // namespace tupelo
