// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/history.hpp"

#include "tupelo/schema/sql_migration.hpp"
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

namespace tupelo {
namespace {

using revision_set = std::set<std::string_view, std::less<>>;

std::string tick(std::string_view name) { return "`" + std::string(name) + "`"; }

template <class Names>
std::string listed(const Names& names) {
  std::string out;
  for (std::string_view name : names) out += (out.empty() ? "" : ", ") + tick(name);
  return out;
}

/// "+3" → 3. Errors: migration_error (unknown_revision) for what is no number.
std::size_t steps_of(std::string_view target) {
  std::size_t count = 0;
  const char* end = target.data() + target.size();
  auto [stop, error] = std::from_chars(target.data() + 1, end, count);
  if (error != std::errc() || stop != end) {
    throw migration_error(errc::unknown_revision, tick(target) + " is no number of steps; say for example +1 or -2");
  }
  return count;
}

bool is_place(std::string_view name) { return name == "head" || name == "base" || name[0] == '+' || name[0] == '-'; }

void check_labels(const std::vector<migration>& migrations, std::map<std::string_view, const migration*> seen) {
  for (const migration& m : migrations) {
    for (std::string_view label : m.labels) {
      const auto refuse = [&](const std::string& why) {
        throw migration_error(errc::invalid_migration, "migration " + tick(m.revision) + ": " + why,
                              std::string(m.revision));
      };
      if (label.empty()) refuse("a label is empty; leave it out");
      if (is_place(label)) refuse("the label " + tick(label) + " means a place in the history; choose another");
      const auto [it, fresh] = seen.emplace(label, &m);
      if (!fresh)
        refuse("the label " + tick(label) + " is taken by " + tick(it->second->revision) + "; choose another");
    }
  }
}

void check_revisions(const std::vector<migration>& migrations) {
  std::map<std::string_view, const migration*> seen;
  for (const migration& m : migrations) {
    if (m.revision.empty()) {
      throw migration_error(errc::invalid_migration, "the migration in " + std::string(m.file) +
                                                         " has no revision; name it in TUPELO_MIGRATION(\"…\")");
    }
    if (is_place(m.revision)) {
      throw migration_error(errc::invalid_migration,
                            "a migration must not be called " + tick(m.revision) +
                                ": that means a place in the history; rename it in TUPELO_MIGRATION(\"…\")",
                            std::string(m.revision));
    }
    auto [it, fresh] = seen.emplace(m.revision, &m);
    if (!fresh) {
      throw migration_error(errc::invalid_migration,
                            "two migrations are called " + tick(m.revision) + ": " + std::string(it->second->file) +
                                " and " + std::string(m.file) + "; give one of them another revision",
                            std::string(m.revision));
    }
  }
  check_labels(migrations, seen);
  for (const migration& m : migrations) {
    for (std::string_view parent : m.parents) {
      if (seen.contains(parent)) continue;
      throw migration_error(errc::migration_missing,
                            "migration " + tick(m.revision) + " comes after " + tick(parent) +
                                ", which is not there; restore its file, or correct after(…)",
                            std::string(m.revision));
    }
  }
}

/// A file of SQL that does not say what it comes after follows the revision that sorts before it.
void follow_by_name(std::vector<migration>& migrations) {
  for (migration& m : migrations) {
    if (m.scripts == nullptr || !m.scripts->follows_by_name) continue;
    std::string_view before;
    for (const migration& other : migrations) {
      if (other.revision < m.revision && other.revision > before) before = other.revision;
    }
    m.parents.clear();
    if (!before.empty()) m.parents.push_back(before);
  }
}

/// Where a migration comes after one that another migration replaces, it comes after that one.
void follow_replacements(std::vector<migration>& migrations) {
  std::map<std::string_view, const migration*> by;
  for (const migration& m : migrations) {
    for (std::string_view replaced : m.replaces) {
      const auto refuse = [&](const std::string& why) {
        throw migration_error(errc::invalid_migration,
                              "migration " + tick(m.revision) + " replaces " + tick(replaced) + why,
                              std::string(m.revision));
      };
      const auto [it, fresh] = by.emplace(replaced, &m);
      if (!fresh) refuse(", and so does " + tick(it->second->revision) + "; correct one's replaces(…)");
      for (const migration& other : migrations) {
        if (other.revision == replaced) refuse(", which is still there; remove its file, or correct replaces(…)");
      }
    }
  }
  if (by.empty()) return;
  for (migration& m : migrations) {
    std::vector<std::string_view> parents;
    for (std::string_view parent : m.parents) {
      if (const auto known = by.find(parent); known != by.end()) parent = known->second->revision;
      if (std::find(parents.begin(), parents.end(), parent) == parents.end()) parents.push_back(parent);
    }
    m.parents = std::move(parents);
  }
}

/// One circle among migrations that all wait for others: `a` after `b` after `a`.
std::string circle_in(const std::vector<migration>& left) {
  std::vector<std::string_view> path{left.front().revision};
  for (;;) {
    const auto at =
        std::find_if(left.begin(), left.end(), [&](const migration& m) { return m.revision == path.back(); });
    const auto parent = std::find_if(at->parents.begin(), at->parents.end(), [&](std::string_view p) {
      return std::any_of(left.begin(), left.end(), [&](const migration& m) { return m.revision == p; });
    });
    const bool met = std::find(path.begin(), path.end(), *parent) != path.end();
    path.push_back(*parent);
    if (!met) continue;
    std::string out;
    for (auto name = std::find(path.begin(), path.end(), path.back()); name != path.end(); ++name) {
      out += (out.empty() ? "" : " after ") + tick(*name);
    }
    return out;
  }
}

std::vector<migration> in_order(std::vector<migration> left) {
  std::sort(left.begin(), left.end(), [](const migration& a, const migration& b) { return a.revision < b.revision; });
  std::vector<migration> done;
  revision_set known;
  while (!left.empty()) {
    auto next = std::find_if(left.begin(), left.end(), [&](const migration& m) {
      return std::all_of(m.parents.begin(), m.parents.end(), [&](std::string_view p) { return known.contains(p); });
    });
    if (next == left.end()) {
      throw migration_error(errc::invalid_migration, "these migrations come after each other in a circle: " +
                                                         circle_in(left) + "; correct one's after(…)");
    }
    known.insert(next->revision);
    done.push_back(std::move(*next));
    left.erase(next);
  }
  return done;
}

}  // namespace

history::history() : history(registered_migrations()) {}

history::history(std::vector<migration> migrations) {
  follow_by_name(migrations);
  follow_replacements(migrations);
  check_revisions(migrations);
  ordered_ = in_order(std::move(migrations));
}

history history::of_database(std::string_view dialect) const {
  history chosen = *this;
  for (migration& m : chosen.ordered_) {
    if (m.scripts == nullptr) continue;
    m.database = dialect;
    if (const sql_script* up = sql_scripts::chosen(m.scripts->up, dialect)) m.file = up->path;
  }
  return chosen;
}

bool history::depends_on_database() const noexcept {
  return std::any_of(ordered_.begin(), ordered_.end(), [](const migration& m) { return m.scripts != nullptr; });
}

const migration* history::find(std::string_view revision) const noexcept {
  for (const migration& m : ordered_) {
    if (m.revision == revision) return &m;
  }
  return nullptr;
}

const migration& history::at(std::string_view revision) const {
  if (const migration* found = find(revision)) return *found;
  throw migration_error(errc::unknown_revision, "there is no migration " + tick(revision) + "; `history` lists them",
                        std::string(revision));
}

std::vector<std::string_view> history::heads() const {
  revision_set parents;
  for (const migration& m : ordered_) parents.insert(m.parents.begin(), m.parents.end());
  std::vector<std::string_view> heads;
  for (const migration& m : ordered_) {
    if (!parents.contains(m.revision)) heads.push_back(m.revision);
  }
  return heads;
}

std::string_view history::head() const {
  std::vector<std::string_view> all = heads();
  if (all.size() <= 1) return all.empty() ? std::string_view() : all.front();
  std::string merge;
  for (std::string_view head : all) merge += (merge.empty() ? "" : ", ") + std::string("\"") + std::string(head) + '"';
  throw migration_error(errc::migration_heads,
                        "the history has " + std::to_string(all.size()) + " heads: " + listed(all) +
                            "; join them with a migration that comes after(" + merge + "), or name the one you mean");
}

std::vector<std::string_view> history::ancestors(std::string_view revision) const {
  revision_set wanted;
  std::vector<std::string_view> open{at(revision).revision};
  while (!open.empty()) {
    std::string_view next = open.back();
    open.pop_back();
    if (!wanted.insert(next).second) continue;
    const migration& m = at(next);
    open.insert(open.end(), m.parents.begin(), m.parents.end());
  }
  std::vector<std::string_view> path;
  for (const migration& m : ordered_) {
    if (wanted.contains(m.revision)) path.push_back(m.revision);
  }
  return path;
}

std::string_view history::resolve(std::string_view name) const {
  if (name == "base") return {};
  if (name == "head") return head();
  if (const migration* exact = find(name)) return exact->revision;
  for (const migration& m : ordered_) {
    if (std::find(m.labels.begin(), m.labels.end(), name) != m.labels.end()) return m.revision;
  }
  for (const migration& m : ordered_) {
    if (std::find(m.replaces.begin(), m.replaces.end(), name) == m.replaces.end()) continue;
    if (name == m.replaces.back()) return m.revision;
    throw migration_error(errc::unknown_revision,
                          tick(name) + " is a part of " + tick(m.revision) + " now, which replaces it; name that one",
                          std::string(m.revision));
  }
  std::vector<std::string_view> matches;
  for (const migration& m : ordered_) {
    if (!name.empty() && m.revision.starts_with(name)) matches.push_back(m.revision);
  }
  if (matches.size() == 1) return matches.front();
  if (matches.empty()) return at(name).revision;
  throw migration_error(errc::unknown_revision, tick(name) + " is the beginning of several revisions: " +
                                                    listed(matches) + "; write more of the one you mean");
}

void history::require_known(const std::vector<std::string>& applied) const {
  std::vector<std::string_view> missing;
  for (const std::string& revision : applied) {
    if (find(revision) == nullptr) missing.push_back(revision);
  }
  if (missing.empty()) return;
  throw migration_error(errc::migration_missing,
                        "the database has applied " + listed(missing) +
                            ", but no such migration is part of this program, so it may be older than the database; "
                            "run a newer one, or restore the file, or let `db repair` forget it",
                        std::string(missing.front()));
}

std::vector<std::string_view> history::upgrade_path(std::string_view target,
                                                    const std::vector<std::string>& applied) const {
  require_known(applied);
  const revision_set done(applied.begin(), applied.end());
  auto pending = [&](const std::vector<std::string_view>& path) {
    std::vector<std::string_view> out;
    for (std::string_view revision : path) {
      if (!done.contains(revision)) out.push_back(revision);
    }
    return out;
  };
  if (!target.empty() && target[0] == '+') {
    std::size_t count = steps_of(target);
    std::string_view top = head();
    std::vector<std::string_view> path = top.empty() ? std::vector<std::string_view>() : pending(ancestors(top));
    if (path.size() < count) {
      throw migration_error(
          errc::unknown_revision,
          tick(target) + " goes beyond the head: " +
              (path.size() == 1 ? std::string("1 migration is") : std::to_string(path.size()) + " migrations are") +
              " not applied yet");
    }
    path.resize(count);
    return path;
  }
  std::string_view revision = resolve(target);
  return revision.empty() ? std::vector<std::string_view>() : pending(ancestors(revision));
}

std::vector<std::string_view> history::downgrade_path(std::string_view target,
                                                      const std::vector<std::string>& applied) const {
  require_known(applied);
  const revision_set done(applied.begin(), applied.end());
  std::vector<std::string_view> path;
  for (auto it = ordered_.rbegin(); it != ordered_.rend(); ++it) {
    if (done.contains(it->revision)) path.push_back(it->revision);
  }
  if (!target.empty() && target[0] == '-') {
    std::size_t count = steps_of(target);
    if (path.size() < count) {
      throw migration_error(errc::unknown_revision,
                            tick(target) + " goes beyond the first migration: " + std::to_string(path.size()) +
                                (path.size() == 1 ? " is applied" : " are applied"));
    }
    path.resize(count);
    return path;
  }
  if (target == "head") {
    throw migration_error(errc::unknown_revision,
                          "`head` is no place to downgrade to; say a revision, `base` or a number of steps such as -1");
  }
  std::string_view revision = resolve(target);
  if (revision.empty()) return path;
  if (!done.contains(revision)) {
    throw migration_error(errc::unknown_revision,
                          "the database has not applied " + tick(revision) +
                              ", so it cannot be downgraded to it; upgrade instead",
                          std::string(revision));
  }
  std::vector<std::string_view> remaining = ancestors(revision);
  std::erase_if(
      path, [&](std::string_view r) { return std::find(remaining.begin(), remaining.end(), r) != remaining.end(); });
  return path;
}

}  // namespace tupelo
