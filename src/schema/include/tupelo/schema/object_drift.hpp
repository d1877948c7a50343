// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/migrator.hpp>

namespace tupelo::migrate {

enum class object_change : std::uint8_t { added, changed, gone };
std::string_view name_of(object_change what) noexcept;

struct changed_object {
  object_change what = object_change::added;
  std::string object;  ///< as it is said: "trigger audit on users"
};

struct object_drift {
  /// Whether the database remembers what it had when its last migration was applied. It does not where that was done by
  /// an older release or by a script of `--sql`, or where that run failed half-way; the next run that applies
  /// something, or `stamp`, makes it so.
  bool recorded = false;
  std::vector<changed_object> changes;  ///< sorted by object; empty unless recorded
};

/// What was made, changed or dropped beside the tables since the last upgrade, downgrade or stamp: views, triggers,
/// policies, functions, grants … (`schema_definition::others`). What was different before a run, and was not touched by
/// it, stays different; `stamp` takes everything as it is. Partitions, which come and go by themselves, do not count.
/// Errors: migration_missing; database_error.
task<object_drift> drift_of_objects(database& db, options opts = {});

}  // namespace tupelo::migrate
