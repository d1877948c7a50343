// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/history.hpp>
#include <tupelo/schema/migration_record.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// `up` of a migration, recorded. Errors: migration_error (invalid_migration) naming the revision.
migration_record record_up(const migration& m, schema_definition before);
/// `down`; its `irreversible` says why where there is no way back.
migration_record record_down(const migration& m, schema_definition after);

/// The schema that these revisions build, in the order of the history. Errors: as record_up.
schema_definition replay(const history& migrations, const std::vector<std::string_view>& revisions);

/// What the migration starts from: the schema that those build which it comes after.
schema_definition schema_before(const history& migrations, const migration& m);

/// Sixteen digits of hexadecimal, the same on every machine and in every release: it notices edits, not attacks.
std::string checksum_of_text(std::string_view text);

/// Checksums of all revisions at once, in the order of the history; each is made of what `up` and `down` record on top
/// of the revision's own ancestors, so that another branch does not change it.
struct revision_checksum {
  std::string_view revision;
  std::string checksum;
};
std::vector<revision_checksum> all_checksums(const history& migrations);

}  // namespace tupelo
