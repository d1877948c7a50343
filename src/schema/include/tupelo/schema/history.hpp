// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/schema/migration.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {

/// The graph of revisions: every migration with those it comes after.
///
/// Threads: immutable; any number may read.
class history {
public:
  /// Of every migration linked into the program.
  history();
  /// Errors: migration_error: invalid_migration for a revision or label that occurs twice or a cycle, migration_missing
  /// for a parent that is not there.
  explicit history(std::vector<migration> migrations);

  /// The same, of which migrations that are written in SQL have the scripts for one database, as its dialect is called.
  history of_database(std::string_view dialect) const;
  /// Whether it matters which database is meant.
  bool depends_on_database() const noexcept;

  bool empty() const noexcept { return ordered_.empty(); }
  std::size_t size() const noexcept { return ordered_.size(); }
  /// Parents before children; among those that may come next, the smaller revision first.
  const std::vector<migration>& ordered() const noexcept { return ordered_; }
  /// Null when there is none of this exact name.
  const migration* find(std::string_view revision) const noexcept;
  /// Errors: migration_error (unknown_revision).
  const migration& at(std::string_view revision) const;

  /// Revisions that no other comes after.
  std::vector<std::string_view> heads() const;
  /// The only head; empty when there is no migration at all.
  /// Errors: migration_error (migration_heads) naming all of them and how to merge them.
  std::string_view head() const;
  /// The revision and everything it comes after, in order.
  std::vector<std::string_view> ancestors(std::string_view revision) const;

  /// One revision: a full name, a label or an unambiguous beginning of a name, or "head". Empty for "base".
  /// Errors: migration_error: unknown_revision, also for an ambiguous beginning; migration_heads.
  std::string_view resolve(std::string_view name) const;

  /// What an upgrade has to run, in order. `target`: "head", a revision or the beginning of one, or "+n".
  /// Errors: as resolve; migration_missing when `applied` names a revision that is not here; unknown_revision when
  /// fewer than n are left.
  std::vector<std::string_view> upgrade_path(std::string_view target, const std::vector<std::string>& applied) const;
  /// What a downgrade has to take back, in order (last applied first). `target` is what remains on top: a revision or
  /// the beginning of one, "base" for nothing, or "-n" for n steps. Errors: as upgrade_path; unknown_revision for a
  /// target that is not applied.
  std::vector<std::string_view> downgrade_path(std::string_view target, const std::vector<std::string>& applied) const;
  /// Errors: migration_error (migration_missing) naming the applied revisions that are not here.
  void require_known(const std::vector<std::string>& applied) const;

private:
  std::vector<migration> ordered_;
};

}  // namespace tupelo
