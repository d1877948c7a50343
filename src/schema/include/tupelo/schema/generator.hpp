// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/migration_record.hpp>
#include <tupelo/schema/moved_column.hpp>
#include <tupelo/query/schema_operation.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {
namespace migrate {
struct squash;
}

/// A migration file that is to be written.
struct migration_source {
  std::string revision;   ///< "20261121T093000_add_users"
  std::string file_name;  ///< "20261121T093000_add_users.cpp"
  std::string text;
};

/// "Add users!" at a time → "20261121T093000_add_users".
/// Units: microseconds since the epoch, UTC.
std::string make_revision(std::int64_t utc_us, std::string_view message);
/// So many characters of it are the time.
inline constexpr std::size_t revision_time_length = 15;

/// The C++ of a migration with these operations in `up` and their inverses in `down`. Where an operation has no
/// inverse, `down` says so by `db.irreversible(…)`. Where a column goes that has come elsewhere, a comment says how its
/// values are carried over. Errors: migration_error (invalid_migration) for an empty revision.
migration_source generate_migration(std::string_view revision, const std::vector<std::string>& parents,
                                    const std::vector<schema_operation>& operations,
                                    const std::vector<moved_column>& moved = {},
                                    const std::vector<allowed_rule>& allowed = {});

/// The same of a migration that writes rows in batches; `down` has nothing to take back.
migration_source generate_backfill(std::string_view revision, const std::vector<std::string>& parents,
                                   const std::vector<backfill_step>& rows);

/// The same of one that stands for several; see squash.hpp.
migration_source generate_squash(std::string_view revision, const migrate::squash& of);

/// One of the statements of such a file, for example to print a diff: `db.drop_column("users", "age");`
std::string operation_source(const schema_operation& operation);
/// `db.backfill("users", "age = 0", "age IS NULL");`
std::string backfill_source(const backfill_step& step);

}  // namespace tupelo
