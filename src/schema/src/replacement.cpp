// SPDX-License-Identifier: Apache-2.0
// Migrations that do the work of others: databases that have applied those have applied it.
#include "migration_run.hpp"
#include "replay.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>

namespace tupelo {
namespace {

[[noreturn]] void refuse_a_part(const migration& m, const std::vector<std::string>& applied) {
  std::string names;
  for (const std::string& revision : applied) names += (names.empty() ? "`" : ", `") + revision + '`';
  throw migration_error(errc::migration_missing,
                        "the database has applied " + names + ", but not `" + std::string(m.replaces.back()) +
                            "`, the last of those that `" + std::string(m.revision) +
                            "` replaces; upgrade it with a program that still has them, and then with this one",
                        std::string(m.revision));
}

}  // namespace

void adopt_replacements(const history& all, recorded_state& state, bool strictly) {
  for (const migration& m : all.ordered()) {
    if (m.replaces.empty()) continue;
    std::vector<std::string> applied;
    for (std::string_view revision : m.replaces) {
      if (state.find(revision) != nullptr) applied.emplace_back(revision);
    }
    if (applied.empty()) continue;
    const recorded_revision* const last = state.find(m.replaces.back());
    if (last == nullptr && state.find(m.revision) == nullptr) {
      if (strictly) refuse_a_part(m, applied);
      continue;
    }
    if (last != nullptr && state.find(m.revision) == nullptr) {
      recorded_revision row = *last;
      row.revision = m.revision;
      row.checksum = migrate::checksum(all, m.revision);
      row.parents = joined_names(m.parents);
      state.adopted.push_back(row);
      *std::find_if(state.revisions.begin(), state.revisions.end(),
                    [&](const recorded_revision& one) { return one.revision == m.replaces.back(); }) = std::move(row);
    }
    std::erase_if(state.revisions, [&](const recorded_revision& one) {
      return std::find(applied.begin(), applied.end(), one.revision) != applied.end();
    });
    state.replaced.insert(state.replaced.end(), applied.begin(), applied.end());
  }
}

task<void> record_replacements(lease& connection, recorded_state state) {
  for (const std::string& revision : state.replaced) co_await forget_revision(connection, revision);
  for (const recorded_revision& row : state.adopted) co_await record_revision(connection, row);
}

}  // namespace tupelo
