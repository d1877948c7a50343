// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/history.hpp>

#include <string_view>
#include <vector>

/// A section of docs/lint.md.
struct lint_example {
  std::string_view code;
  std::string_view prose;  ///< with one blank between words
  tupelo::migration breaks;
  tupelo::migration keeps;
};
const std::vector<lint_example>& lint_examples();

namespace lint_base {
void before(tupelo::schema_editor& db);
}
