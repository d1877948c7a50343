// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/history.hpp>
#include <tupelo/schema/migration_record.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tupelo::migrate {

/// One migration in the place of several that come after each other.
struct squash {
  std::vector<std::string> parents;
  std::vector<std::string> labels;       ///< of the last one, whose place it takes
  std::vector<std::string> replaced;     ///< revisions, in their order, with those that these replace themselves
  std::vector<std::string> gone;         ///< migrations whose files it stands for
  std::vector<std::string> lost_labels;  ///< of the others
  std::vector<schema_operation> operations;
  std::vector<allowed_rule> allowed;
  bool outside_transaction = false;
  std::string irreversible;  ///< why there is no way back, where one of them has said so
  schema_definition before;
};

/// The fewest operations that come to the same as these do, for the schema and for rows that are there before: tables
/// that are new among them are made as they are at the end, and what is done to older ones stays. Errors:
/// migration_error (invalid_migration) where these cannot be applied to `before`.
std::vector<schema_operation> fewest(const std::vector<schema_operation>& operations, const schema_definition& before);

/// The migrations from `first` to `last`, each a revision, a label or the beginning of one; an empty `first` begins
/// with the first of all; their operations are the fewest.
///
/// Errors: migration_error (invalid_migration) naming the migration: it runs code or SQL of its own, or does not lie on
/// the way from `first` to `last`; unknown_revision, migration_heads.
squash squash_of(const history& migrations, std::string_view first, std::string_view last);

}  // namespace tupelo::migrate
