// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/schema_operation.hpp>

#include <string>
#include <vector>

namespace tupelo {

struct change_page_options {
  std::string title = "schema";
  std::string before = "before";  ///< heads the left side
  std::string after = "after";    ///< heads the right side
  /// What would be run, for those who want to read it; empty: the page has none.
  std::vector<std::string> statements{};
};

/// A page that shows a change side by side: the operations in their order, then each table that they change, before and
/// after, with what is added, removed or changed marked by a word, a sign and a colour.
///
/// One file that needs no network and no script, for screens light and dark, for paper and for screen readers. Tables
/// that stay as they are, are counted. Errors: migration_error (invalid_migration) where the operations are none of
/// `before`.
std::string change_page(const schema_definition& before, const std::vector<schema_operation>& operations,
                        const change_page_options& options = {});

}  // namespace tupelo
