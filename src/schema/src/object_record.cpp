// SPDX-License-Identifier: Apache-2.0
#include "object_record.hpp"

#include "locked_run.hpp"
#include "migration_run.hpp"
#include "replay.hpp"
#include "state_tables.hpp"

#include "tupelo/schema/object_drift.hpp"
#include <tupelo/engine/database.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace tupelo {
namespace {

struct digest_row {
  std::string object;
  std::string digest;
};

constexpr const char* revisions_row = "";  // no object is called that; its digest is that of the applied revisions

table_definition objects_table_definition() {
  table_definition table;
  table.name = objects_table;
  for (const char* name : {"object", "digest"}) {
    column_definition& column = table.columns.emplace_back();
    column.name = name;
    column.type = type_kind::text;
  }
  return table;
}

std::string digest_of(std::vector<std::string> revisions) {
  std::sort(revisions.begin(), revisions.end());
  std::string all;
  for (const std::string& revision : revisions) all += revision + '\n';
  return checksum_of_text(all);
}

/// Partitions are made and dropped as time goes on, by programs rather than by migrations.
bool is_of_partition(const schema_object& one, const std::vector<std::string_view>& partitions) {
  const auto is = [&](const std::string& name) {
    return std::find(partitions.begin(), partitions.end(), name) != partitions.end();
  };
  return is(one.name) || is(one.table);
}

/// What other programs have in the database comes and goes with them.
bool is_elsewhere(const schema_object& one) {
  return one.kind == "schema" || one.kind == "extension of another schema";
}

task<void> write_record(lease& connection, bool exists, object_digests digests, std::vector<std::string> applied) {
  if (!exists) {
    const schema_dialect& rules = connection.sql_dialect().schema();
    for (const ddl_statement& statement : rules.render({ddl::create_table{objects_table_definition()}}, {})) {
      co_await connection.execute(statement.sql);
    }
  }
  co_await connection.raw_sql("DELETE FROM tupelo_migration_objects").run();
  digests[revisions_row] = digest_of(std::move(applied));
  for (const auto& [object, digest] : digests) {
    co_await connection.raw_sql("INSERT INTO tupelo_migration_objects (object, digest) VALUES (?, ?)", object, digest)
        .run();
  }
}

}  // namespace

object_digests digests_of(const std::vector<schema_object>& objects) {
  std::vector<std::string_view> partitions;
  for (const schema_object& one : objects) {
    if (one.kind == "partition") partitions.push_back(one.name);
  }
  object_digests out;
  for (const schema_object& one : objects) {
    // Two may be said alike, as a type and a function of one name when both have comments.
    if (!is_of_partition(one, partitions) && !is_elsewhere(one)) out[one.describe()] += one.definition + '\n';
  }
  for (auto& [object, text] : out) text = checksum_of_text(text);
  return out;
}

task<live_objects> read_live_objects(lease& connection, std::optional<std::int64_t> lock_timeout_us) {
  schema_definition live = co_await introspect_all(connection, described::everything, {}, lock_timeout_us);
  live_objects found;
  found.record_exists = live.find(objects_table) != nullptr;
  std::erase_if(live.others, [](const schema_object& one) { return is_of_migrations(one); });
  found.digests = digests_of(live.others);
  co_return found;
}

task<recorded_objects> read_recorded_objects(lease& connection, std::vector<std::string> applied) {
  std::vector<digest_row> rows =
      co_await connection.raw_sql<digest_row>("SELECT object, digest FROM tupelo_migration_objects").all();
  const std::string wanted = digest_of(std::move(applied));
  recorded_objects found;
  for (digest_row& row : rows) {
    if (row.object == revisions_row) {
      found.of_this_state = row.digest == wanted;
    } else {
      found.digests.emplace(std::move(row.object), std::move(row.digest));
    }
  }
  co_return found;
}

task<void> record_objects(lease& connection, live_objects before, std::vector<std::string> applied_before,
                          std::vector<std::string> applied, std::int64_t lock_timeout_us) {
  const live_objects after = co_await read_live_objects(connection, lock_timeout_us);
  recorded_objects kept;
  if (after.record_exists) kept = co_await read_recorded_objects(connection, std::move(applied_before));
  if (!kept.of_this_state) kept.digests = before.digests;
  for (const auto& [object, digest] : before.digests) {
    if (!after.digests.contains(object)) kept.digests.erase(object);
  }
  for (const auto& [object, digest] : after.digests) {
    const auto was = before.digests.find(object);
    if (was == before.digests.end() || was->second != digest) kept.digests[object] = digest;
  }
  co_await write_record(connection, after.record_exists, std::move(kept.digests), std::move(applied));
}

task<void> record_objects_as_they_are(lease& connection, std::vector<std::string> applied,
                                      std::int64_t lock_timeout_us) {
  live_objects now = co_await read_live_objects(connection, lock_timeout_us);
  co_await write_record(connection, now.record_exists, std::move(now.digests), std::move(applied));
}

namespace migrate {

std::string_view name_of(object_change what) noexcept {
  switch (what) {
    case object_change::added: return "added";
    case object_change::changed: return "changed";
    case object_change::gone: return "gone";
  }
  return "unknown";
}

task<object_drift> drift_of_objects(database& db, options opts) {
  const chosen_history all(db, opts);
  lease connection = co_await db.acquire();
  recorded_state state = co_await read_state(connection);
  std::vector<std::string> applied = state.applied();  // as the record has them
  adopt_replacements(*all, state, true);
  (*all).require_known(state.applied());
  const live_objects now = co_await read_live_objects(connection);
  object_drift found;
  if (!now.record_exists) co_return found;
  const recorded_objects then = co_await read_recorded_objects(connection, std::move(applied));
  found.recorded = then.of_this_state;
  if (!found.recorded) co_return found;
  for (const auto& [object, digest] : then.digests) {
    const auto is = now.digests.find(object);
    if (is == now.digests.end()) {
      found.changes.push_back({object_change::gone, object});
    } else if (is->second != digest) {
      found.changes.push_back({object_change::changed, object});
    }
  }
  for (const auto& [object, digest] : now.digests) {
    if (!then.digests.contains(object)) found.changes.push_back({object_change::added, object});
  }
  std::sort(found.changes.begin(), found.changes.end(),
            [](const changed_object& a, const changed_object& b) { return a.object < b.object; });
  co_return found;
}

}  // namespace migrate
}  // namespace tupelo
