// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/engine/lease.hpp>
#include <tupelo/query/ddl.hpp>
#include <tupelo/core/task.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

inline constexpr std::string_view objects_table = "tupelo_migration_objects";

/// What a database has beside its tables: a digest of each thing's definition, by what it is said to be.
using object_digests = std::map<std::string, std::string>;
object_digests digests_of(const std::vector<schema_object>& objects);

struct live_objects {
  object_digests digests;
  bool record_exists = false;  ///< whether there is a table to record them in
};
/// Waits for tables as introspect_all does.
task<live_objects> read_live_objects(lease& connection, std::optional<std::int64_t> lock_timeout_us = std::nullopt);

/// The rows of tupelo_migration_objects.
struct recorded_objects {
  bool of_this_state = false;  ///< whether these revisions, and no others, were applied when it was made
  object_digests digests;
};
/// Before: the table exists.
task<recorded_objects> read_recorded_objects(lease& connection, std::vector<std::string> applied);

/// Records what a run has changed, and leaves everything else as it was recorded before. Without a record that belongs
/// to the revisions which were applied then, everything else is taken as it was found.
/// Before: in a transaction.
task<void> record_objects(lease& connection, live_objects before, std::vector<std::string> applied_before,
                          std::vector<std::string> applied, std::int64_t lock_timeout_us);
/// Records everything as it is. Before: in a transaction.
task<void> record_objects_as_they_are(lease& connection, std::vector<std::string> applied,
                                      std::int64_t lock_timeout_us);

}  // namespace tupelo
