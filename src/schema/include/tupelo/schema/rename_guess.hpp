// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/diff.hpp>

#include <string>
#include <vector>

namespace tupelo {

/// Two things, one gone and one new, that may be the same under another name.
struct rename_guess {
  rename_hint hint;
  int percent = 0;  ///< how sure that is: 50 to 99

  std::string from() const;  ///< "users.email"; of a table: "users"; of a value of an enum: "plan.basic"
  std::string to() const;    ///< "users.mail"
};

/// What may have been renamed between the schemas, surest first; nothing stands in two of them. `said` is what is known
/// to have been renamed, `denied` what is known not to have been: neither is a guess any more. While tables may have
/// been renamed, only these are told, because their columns depend on them. What columns are counts (type, NULL,
/// default, neighbours, keys), and how alike names are; of tables, how many columns they share; of values of an enum,
/// that they stand between the same others. Indexes and constraints need no guess: `diff` renames what is equal but for
/// its name. Errors: as diff.
std::vector<rename_guess> guess_renames(const schema_definition& from, const schema_definition& to,
                                        const std::vector<rename_hint>& said,
                                        const std::vector<rename_hint>& denied = {});

}  // namespace tupelo
