// SPDX-License-Identifier: Apache-2.0
#include "replay.hpp"

#include "schema_recorder.hpp"
#include "sql_script.hpp"

#include "tupelo/schema/migrator.hpp"
#include "tupelo/schema/models.hpp"
#include "tupelo/schema/sql_migration.hpp"
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <utility>

namespace tupelo {
namespace {

/// The statements of the scripts, each a step. Where no database is meant: of all scripts.
migration_record record_scripts(const migration& m, bool up, schema_definition state) {
  detail::schema_recorder recorder(std::move(state));
  schema_editor editor(recorder);
  const std::vector<sql_script>& scripts = up ? m.scripts->up : m.scripts->down;
  const sql_script* const chosen = sql_scripts::chosen(scripts, m.database);
  if (up && chosen == nullptr && !m.database.empty()) {
    throw migration_error(errc::invalid_migration, "there is no SQL for " + std::string(m.database) +
                                                       "; write a file for it (one without statements does nothing)");
  }
  if (!up && (scripts.empty() || (chosen == nullptr && !m.database.empty()))) {
    editor.irreversible("there is no " + std::string(m.revision) + ".down.sql");
  }
  for (const sql_script& script : scripts) {
    if (!m.database.empty() && &script != chosen) continue;
    if (script.outside_transaction) editor.outside_transaction();
    for (const std::string_view statement : split_statements(script.text)) {
      editor.execute(without_leading_comments(statement));
    }
  }
  if (up) {
    for (const auto& [rule, why] : m.scripts->allowed) editor.allow(rule, why);
  }
  return recorder.take();
}

migration_record record_direction(const migration& m, bool up, schema_definition state) {
  const std::string_view name = up ? "up" : "down";
  try {
    if (m.scripts != nullptr) return record_scripts(m, up, std::move(state));
    return record_migration(up ? m.up : m.down, std::move(state));
  } catch (const migration_error& e) {
    throw migration_error(e.code(),
                          "migration `" + std::string(m.revision) + "`, " + std::string(name) + ": " + e.what(),
                          std::string(m.revision));
  }
}

std::string checksum_of(const migration& m, const migration_record& up) {
  // What takes SQL back may be written and corrected later: nothing that was run is another by that.
  if (m.scripts != nullptr) return checksum_of_text("up\n" + up.canonical());
  return checksum_of_text("up\n" + up.canonical() + "down\n" + record_down(m, up.after).canonical());
}

}  // namespace

/// FNV-1a, 64 bits: it has to notice edits, not attacks. Source: http://www.isthe.com/chongo/tech/comp/fnv/
std::string checksum_of_text(std::string_view text) {
  std::uint64_t h = 14695981039346656037ULL;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; h >>= 4) out[i] = "0123456789abcdef"[h & 15];
  return out;
}

migration_record record_up(const migration& m, schema_definition before) {
  migration_record up = record_direction(m, true, std::move(before));
  if (!up.irreversible.empty()) {
    throw migration_error(errc::invalid_migration,
                          "migration `" + std::string(m.revision) + "`, up: irreversible() belongs in down",
                          std::string(m.revision));
  }
  return up;
}

migration_record record_down(const migration& m, schema_definition after) {
  return record_direction(m, false, std::move(after));
}

schema_definition replay(const history& migrations, const std::vector<std::string_view>& revisions) {
  schema_definition state;
  for (const migration& m : migrations.ordered()) {
    if (std::find(revisions.begin(), revisions.end(), m.revision) != revisions.end()) {
      state = record_up(m, std::move(state)).after;
    }
  }
  return state;
}

schema_definition schema_before(const history& migrations, const migration& m) {
  std::vector<std::string_view> before = migrations.ancestors(m.revision);
  std::erase(before, m.revision);
  return replay(migrations, before);
}

std::vector<revision_checksum> all_checksums(const history& migrations) {
  std::vector<revision_checksum> sums;
  schema_definition state;  // of the first `known` revisions
  std::size_t known = 0;
  for (const migration& m : migrations.ordered()) {
    const std::size_t place = sums.size();
    const bool follows =
        known == place &&
        (place == 0 ? m.parents.empty() : m.parents == std::vector<std::string_view>{sums.back().revision});
    std::size_t ancestors = place;
    schema_definition before;
    if (follows) {
      before = std::move(state);
    } else {
      std::vector<std::string_view> revisions = migrations.ancestors(m.revision);
      std::erase(revisions, m.revision);
      ancestors = revisions.size();
      before = replay(migrations, revisions);
    }
    migration_record up = record_up(m, std::move(before));
    sums.push_back({m.revision, checksum_of(m, up)});
    if (ancestors != place) continue;  // a branch, of which those that follow in order need not know
    state = std::move(up.after);       // lines have joined here, or there was one all along
    known = place + 1;
  }
  return sums;
}

namespace migrate {

schema_definition recorded_schema(const history& migrations, std::string_view target) {
  std::string_view revision = migrations.resolve(target);
  return revision.empty() ? schema_definition() : replay(migrations, migrations.ancestors(revision));
}

std::vector<schema_operation> check(const model_schema& models, const history& migrations) {
  diff_options options;
  options.renames = models.renames;
  return diff(recorded_schema(migrations), models.schema, options);
}

std::string checksum(const history& migrations, std::string_view revision) {
  const migration& m = migrations.at(revision);
  return checksum_of(m, record_up(m, schema_before(migrations, m)));
}

}  // namespace migrate
}  // namespace tupelo
