// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/schema_operation.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tupelo::diagrams {

enum class fate : std::uint8_t { same, changed, added, removed };

/// A part of a table on one side: "column", "email", "text, nullable".
struct part {
  std::string kind;
  std::string name;
  std::string text;

  friend bool operator==(const part&, const part&) = default;
};

/// One line of the comparison; the side where the part is not has no kind.
struct sheet_row {
  fate what = fate::same;
  part before{}, after{};
};

/// A table or a type, both sides beside each other.
struct sheet {
  fate what = fate::same;
  std::string kind;  ///< "table", "enum", "composite type"
  std::string before_name, after_name;
  std::vector<sheet_row> rows{};
};

struct change_sheets {
  std::vector<sheet> sheets;  ///< of what changes, by name, types first
  std::size_t same = 0;       ///< tables that stay as they are

  /// Errors: migration_error (invalid_migration) where the operations are none of `before`.
  static change_sheets of(const schema_definition& before, const std::vector<schema_operation>& operations);
};

}  // namespace tupelo::diagrams
