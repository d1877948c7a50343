// SPDX-License-Identifier: Apache-2.0
#include "tupelo/schema/squash.hpp"

#include "replay.hpp"

#include "tupelo/schema/diff.hpp"
#include <tupelo/core/error.hpp>

#include <algorithm>
#include <utility>

namespace tupelo::migrate {
namespace {

using names = std::vector<std::string_view>;
using operations = std::vector<schema_operation>;

bool contains(const names& all, std::string_view one) { return std::find(all.begin(), all.end(), one) != all.end(); }

std::string tick(std::string_view name) { return "`" + std::string(name) + "`"; }

[[noreturn]] void refuse(const migration& m, const std::string& why) {
  throw migration_error(errc::invalid_migration,
                        "migration " + tick(m.revision) +
                            (m.file.empty() ? std::string() : " (" + std::string(m.file) + ")") + " " + why,
                        std::string(m.revision));
}

/// Those between both, both included, in order.
names range_of(const history& all, std::string_view first, std::string_view last) {
  names range = all.ancestors(last);
  if (first.empty()) return range;
  if (!contains(range, first)) {
    throw migration_error(errc::invalid_migration,
                          tick(last) + " does not come after " + tick(first) + ", so there is nothing between them",
                          std::string(first));
  }
  names before;
  for (std::string_view parent : all.at(first).parents) {
    const names more = all.ancestors(parent);
    before.insert(before.end(), more.begin(), more.end());
  }
  std::erase_if(range, [&](std::string_view one) { return contains(before, one); });
  return range;
}

/// One migration can only stand where there is one way in and one way out.
void require_one_line(const history& all, const names& range, std::string_view first, std::string_view last) {
  for (const migration& m : all.ordered()) {
    const bool inside = contains(range, m.revision);
    for (std::string_view parent : m.parents) {
      if (inside && m.revision != first && !contains(range, parent)) {
        refuse(m, "comes after " + tick(parent) + ", so that a second line joins here; begin behind it, by --from");
      }
      if (!inside && contains(range, parent) && parent != last) {
        refuse(m, "comes after " + tick(parent) + ", in the middle of what is to be one; end there, or join the lines");
      }
    }
  }
}

/// What makes a step more than a change of the schema that is known in full; empty where nothing does.
std::string own_step(const recorded_step& step) {
  if (const auto* change = std::get_if<schema_operation>(&step)) {
    return std::holds_alternative<ddl::execute_sql>(change->data) ? "runs SQL of its own" : "";
  }
  if (std::holds_alternative<backfill_step>(step)) return "writes rows (db.backfill)";
  if (std::holds_alternative<declared_change>(step)) return "declares what something else has built (db.declare)";
  if (std::holds_alternative<required_state>(step)) return "asks what holds (db.require)";
  return "runs code of its own (db.run)";
}

void require_known(const migration& m, const migration_record& record, std::string_view way, const names& range,
                   const history& all) {
  for (const recorded_step& step : record.steps) {
    const std::string what = own_step(step);
    if (what.empty()) continue;
    std::string remedy = "; nobody can tell what it comes to beside the others. Leave it as it is";
    if (m.revision != range.front() && !m.parents.empty()) {
      remedy += ": squash those up to " + tick(m.parents.front());
    }
    for (const migration& next : all.ordered()) {
      if (!contains(range, next.revision) || !contains(next.parents, m.revision)) continue;
      remedy += std::string(m.revision == range.front() ? ": squash" : ", and") + " those from " + tick(next.revision) +
                " on by --from";
      break;
    }
    refuse(m, what + " on its way " + std::string(way) + remedy + ", or write the one migration by hand");
  }
}

/// Follows which tables are new, by the names that they have on the way.
class new_tables {
public:
  /// Whether the change is one of a new table's.
  bool takes(const schema_operation& change) {
    if (const auto* create = std::get_if<ddl::create_table>(&change.data)) {
      new_.push_back(create->table.name);
      return true;
    }
    const auto at = std::find(new_.begin(), new_.end(), change.table());
    if (at == new_.end()) return false;
    if (const auto* rename = std::get_if<ddl::rename_table>(&change.data)) {
      *at = rename->to;
    } else if (std::holds_alternative<ddl::drop_table>(change.data)) {
      new_.erase(at);
    }
    return true;
  }
  const std::vector<std::string>& left() const { return new_; }

private:
  std::vector<std::string> new_;
};

bool is_empty(const schema_definition& schema) {
  return schema.tables.empty() && schema.enums.empty() && schema.composites.empty();
}

/// A change of a type that older tables may have, and so one that has to come where it came.
bool changes_old_type(const schema_operation& change, const schema_definition& before) {
  std::string_view name;
  if (const auto* one = std::get_if<ddl::drop_enum>(&change.data)) name = one->type.name;
  if (const auto* one = std::get_if<ddl::change_enum>(&change.data)) name = one->to.name;
  if (const auto* one = std::get_if<ddl::rename_enum_value>(&change.data)) name = one->type;
  if (const auto* one = std::get_if<ddl::drop_composite>(&change.data)) name = one->type.name;
  if (const auto* one = std::get_if<ddl::change_composite>(&change.data)) name = one->to.name;
  return before.find_enum(name) != nullptr || before.find_composite(name) != nullptr;
}

/// New tables first, as they are at the end but for their foreign keys; then what is done to older ones; then the keys.
/// Not always possible: types and names may be in the way.
operations folded(const operations& changes, const schema_definition& before, const schema_definition& after) {
  new_tables fresh;
  operations kept;
  for (const schema_operation& change : changes) {
    if (changes_old_type(change, before)) return changes;
    if (!fresh.takes(change)) kept.push_back(change);
  }
  schema_definition with_new = before;
  operations keys;
  for (const std::string& name : fresh.left()) {
    table_definition made = *after.find(name);
    for (const foreign_key_definition& key : made.foreign_keys) keys.emplace_back(ddl::add_foreign_key{name, key});
    made.foreign_keys.clear();
    with_new.add(std::move(made));
  }
  const auto is_of_types = [](const schema_operation& change) { return change.table().empty(); };
  const auto rest = std::stable_partition(kept.begin(), kept.end(), is_of_types);
  operations out(kept.begin(), rest);
  apply_all(out, with_new);
  schema_definition with_types = before;
  apply_all(out, with_types);
  for (schema_operation& create : diff(with_types, with_new)) out.push_back(std::move(create));
  out.insert(out.end(), rest, kept.end());
  for (schema_operation& key : keys) out.push_back(std::move(key));
  return out;
}

}  // namespace

std::vector<schema_operation> fewest(const std::vector<schema_operation>& operations, const schema_definition& before) {
  schema_definition after = before;
  apply_all(operations, after);
  if (is_empty(before)) return diff(before, after);
  try {
    std::vector<schema_operation> fewer = folded(operations, before, after);
    schema_definition state = before;
    apply_all(fewer, state);
    if (fewer.size() <= operations.size() && diff(state, after).empty()) return fewer;
  } catch (const migration_error&) {
    // Something has to come in its own order: all of it does.
  }
  return operations;
}

squash squash_of(const history& migrations, std::string_view first, std::string_view last) {
  const std::string_view end = migrations.resolve(last);
  if (end.empty()) {
    throw migration_error(errc::unknown_revision, "there is nothing up to " + tick(last) + " that could be one");
  }
  const std::string_view begin = first.empty() ? std::string_view() : migrations.resolve(first);
  const names range = range_of(migrations, begin, end);
  require_one_line(migrations, range, begin, end);
  if (range.size() < 2) {
    refuse(migrations.at(end), "is a single one already; name a range of several: db squash <last> --from <first>");
  }

  squash made;
  names before = migrations.ancestors(end);
  std::erase_if(before, [&](std::string_view one) { return contains(range, one); });
  made.before = replay(migrations, before);
  if (!begin.empty()) {
    for (std::string_view parent : migrations.at(begin).parents) made.parents.emplace_back(parent);
  }
  schema_definition state = made.before;
  operations changes;
  for (std::string_view revision : range) {
    const migration& m = migrations.at(revision);
    migration_record up = record_up(m, std::move(state));
    require_known(m, up, "up", range, migrations);
    const migration_record down = record_down(m, up.after);
    require_known(m, down, "down", range, migrations);
    if (!down.irreversible.empty() && made.irreversible.empty()) {
      made.irreversible = std::string(revision) + ": " + down.irreversible;
    }
    for (schema_operation& change : up.operations()) changes.push_back(std::move(change));
    made.outside_transaction = made.outside_transaction || up.outside_transaction;
    for (allowed_rule& rule : up.allowed) made.allowed.push_back(std::move(rule));
    for (std::string_view label : m.labels) {
      (revision == end ? made.labels : made.lost_labels).emplace_back(label);
    }
    made.replaced.insert(made.replaced.end(), m.replaces.begin(), m.replaces.end());
    made.replaced.emplace_back(revision);
    made.gone.emplace_back(revision);
    state = std::move(up.after);
  }
  made.operations = fewest(changes, made.before);
  if (is_empty(made.before)) {
    // Nothing is there that could be lost or held up.
    made.allowed.clear();
    made.outside_transaction = false;
  }
  const auto concurrent = [](const schema_operation& change) { return change.concurrently(); };
  if (std::any_of(made.operations.begin(), made.operations.end(), concurrent)) made.outside_transaction = true;
  return made;
}

}  // namespace tupelo::migrate
