// SPDX-License-Identifier: Apache-2.0
#include "session_state.hpp"

#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/core/timestamp.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

namespace {

/// Models so that those which foreign keys name come first. Cycles are left in the order in which they were met.
std::vector<const model_info*> in_foreign_key_order(const std::vector<const model_info*>& models) {
  std::vector<const model_info*> ordered;
  std::set<const model_info*> visited;
  const auto visit = [&](const model_info* model, const auto& self) -> void {
    if (!visited.insert(model).second) return;
    for (const foreign_key_info& key : model->foreign_keys) {
      const model_info* to = &referenced_model(*model, key);
      if (std::find(models.begin(), models.end(), to) != models.end()) self(to, self);
    }
    ordered.push_back(model);
  };
  for (const model_info* model : models) visit(model, visit);
  return ordered;
}

struct changed_object {
  tracked_object* object;
  std::vector<std::uint16_t> fields;
};

/// What one flush has to write, by model.
struct work_list {
  std::vector<const model_info*> models;
  std::map<const model_info*, std::vector<tracked_object*>> added, removed;
  std::map<const model_info*, std::vector<changed_object>> changed;

  explicit work_list(const std::vector<tracked_object*>& objects) {
    const model_info* info = nullptr;
    for (tracked_object* object : objects) {
      if (!info || object->spec != info->spec) info = &require_table(info_of(*object->spec));
      if (object->state == object_state::added) {
        added[info].push_back(object);
      } else if (object->state == object_state::removed) {
        removed[info].push_back(object);
      } else if (object->state == object_state::persistent) {
        std::vector<std::uint16_t> fields;
        if (detail::matches(*info, object->object, object->snapshot, &fields)) continue;
        changed[info].push_back({object, std::move(fields)});
      } else {
        continue;
      }
      if (models.empty() || models.back() != info) models.push_back(info);
    }
    std::sort(models.begin(), models.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
    models.erase(std::unique(models.begin(), models.end()), models.end());
    models = in_foreign_key_order(models);
  }
};

void refuse_changed_key(const model_info& info, const std::vector<std::uint16_t>& fields) {
  for (std::uint16_t i : fields) {
    if (!info.fields[i].is(field_key)) continue;
    throw query_error("the primary key field " + info.fields[i].name + " of a tracked " +
                      std::string(info.short_name()) +
                      " was changed: a key identifies its row; remove the object and add a new one, or use db.update<" +
                      std::string(info.short_name()) + ">()");
  }
}

}  // namespace

void require_same_key(const model_info& info, const tracked_object& object) {
  std::vector<std::uint16_t> changed;
  if (!detail::matches(info, object.object, object.snapshot, &changed)) refuse_changed_key(info, changed);
}

task<void> session::state::run(statement_run& run) {
  const task_context& context = co_await current_context();
  if (!held.try_run(run, context)) co_await held.run(run);
}

task<void> session::state::ensure_transaction() {
  if (held.holds_connection()) co_return;
  lease taken = co_await db.acquire(from);
  co_await taken.begin(options.start());
  held = std::move(taken);
}

task<void> session::state::insert_model(const model_info& info, const std::vector<tracked_object*>& added) {
  std::vector<void*> pointers;
  pointers.reserve(added.size());
  for (tracked_object* object : added) {
    remember(object);
    object->key_generated = info.generated_key && detail::has_empty_key(info, object->object);
    pointers.push_back(object->object);
  }
  co_await detail::insert_batches(held, info, pointers.data(), pointers.size());
  identities.reserve(added.size());
  for (tracked_object* object : added) {
    object->snapshot = detail::take_snapshot(info, object->object);
    object->state = object_state::persistent;
    if (!info.key.empty()) identities.insert(info, object);
  }
}

task<void> session::state::update_object(const model_info& info, tracked_object* object,
                                         const std::vector<std::uint16_t>& changed) {
  refuse_changed_key(info, changed);
  remember(object);
  std::vector<std::uint16_t> fields = changed;
  if (info.updated_at >= 0) {
    detail::prepare_for_update(info, object->object, timestamp::now().us);
    const auto position = static_cast<std::uint16_t>(info.updated_at);
    if (std::find(fields.begin(), fields.end(), position) == fields.end()) fields.push_back(position);
  }
  std::sort(fields.begin(), fields.end());  // one shape for one set of columns
  statement_run statement;
  detail::make_update(statement.core, info, fields.data(), fields.size());
  const void* const pointer = object->object;
  statement.objects = &pointer;
  co_await run(statement);
  if (statement.affected != 1) detail::throw_not_written(info, false);
  detail::count_version(info, object->object);
  object->snapshot = detail::take_snapshot(info, object->object);
}

task<void> session::state::erase_model(const model_info& info, const std::vector<tracked_object*>& removed) {
  const std::int64_t now = detail::time_of_writing(info);
  // Last tracked first: rows of a table that refers to itself are as a rule tracked after those which they name.
  for (auto next = removed.rbegin(); next != removed.rend(); ++next) {
    tracked_object* object = *next;
    require_same_key(info, *object);
    remember(object);
    statement_run statement;
    detail::make_erase(statement.core, info, now);
    const void* const pointer = object->object;
    statement.objects = &pointer;
    co_await run(statement);
    if (statement.affected != 1) detail::throw_not_written(info, true);
    object->state = object_state::erased;
    identities.erase(object);
  }
}

task<void> session::state::write_all() {
  const work_list work(objects);
  if (work.models.empty()) co_return;
  co_await ensure_transaction();
  for (const model_info* info : work.models) {
    if (const auto found = work.added.find(info); found != work.added.end())
      co_await insert_model(*info, found->second);
  }
  for (const model_info* info : work.models) {
    const auto found = work.changed.find(info);
    if (found == work.changed.end()) continue;
    for (const changed_object& changed : found->second) co_await update_object(*info, changed.object, changed.fields);
  }
  for (auto info = work.models.rbegin(); info != work.models.rend(); ++info) {
    if (const auto found = work.removed.find(*info); found != work.removed.end())
      co_await erase_model(**info, found->second);
  }
}

}  // namespace tupelo
