// SPDX-License-Identifier: Apache-2.0
#include "replay.hpp"

#include "tupelo/schema/migrator.hpp"
#include "tupelo/schema/models.hpp"
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <utility>

namespace tupelo {
namespace {

/// FNV-1a, 64 bits: it has to notice edits, not attacks. Source: http://www.isthe.com/chongo/tech/comp/fnv/
std::string hash(std::string_view text) {
  std::uint64_t h = 14695981039346656037ULL;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; h >>= 4) out[i] = "0123456789abcdef"[h & 15];
  return out;
}

migration_record record_direction(const migration& m, void (*function)(schema_editor&), std::string_view name,
                                  const schema_definition& state) {
  try {
    return record_migration(function, state);
  } catch (const migration_error& e) {
    throw migration_error(e.code(),
                          "migration `" + std::string(m.revision) + "`, " + std::string(name) + ": " + e.what(),
                          std::string(m.revision));
  }
}

std::string checksum_of(const migration& m, const schema_definition& before) {
  migration_record up = record_up(m, before);
  migration_record down = record_down(m, up.after);
  return hash("up\n" + up.canonical() + "down\n" + down.canonical());
}

}  // namespace

migration_record record_up(const migration& m, const schema_definition& before) {
  migration_record up = record_direction(m, m.up, "up", before);
  if (!up.irreversible.empty()) {
    throw migration_error(errc::invalid_migration,
                          "migration `" + std::string(m.revision) + "`, up: irreversible() belongs in down",
                          std::string(m.revision));
  }
  return up;
}

migration_record record_down(const migration& m, const schema_definition& after) {
  return record_direction(m, m.down, "down", after);
}

schema_definition replay(const history& migrations, const std::vector<std::string_view>& revisions) {
  schema_definition state;
  for (const migration& m : migrations.ordered()) {
    if (std::find(revisions.begin(), revisions.end(), m.revision) != revisions.end()) {
      state = record_up(m, state).after;
    }
  }
  return state;
}

std::vector<revision_checksum> all_checksums(const history& migrations) {
  std::vector<revision_checksum> sums;
  schema_definition state;  // of everything before, as long as the history is one line
  std::string_view previous;
  bool line = true;
  for (const migration& m : migrations.ordered()) {
    line = line && (previous.empty() ? m.parents.empty() : m.parents == std::vector<std::string_view>{previous});
    if (line) {
      sums.push_back({m.revision, checksum_of(m, state)});
      state = record_up(m, state).after;
    } else {
      std::vector<std::string_view> before = migrations.ancestors(m.revision);
      std::erase(before, m.revision);
      sums.push_back({m.revision, checksum_of(m, replay(migrations, before))});
    }
    previous = m.revision;
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
  std::vector<std::string_view> before = migrations.ancestors(revision);
  std::erase(before, m.revision);
  return checksum_of(m, replay(migrations, before));
}

}  // namespace migrate
}  // namespace tupelo
