// SPDX-License-Identifier: Apache-2.0
#include "flush_events.hpp"
#include "related_objects.hpp"
#include "removals.hpp"
#include "session_state.hpp"

#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/write_batch.hpp"
#include "tupelo/core/timestamp.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

namespace {

struct changed_object {
  tracked_object* object;
  std::vector<std::uint16_t> fields;
};

}  // namespace

/// What one flush has to write, by model.
struct session::state::work_list {
  std::vector<detail::ordered_model> models;
  std::map<const model_info*, std::vector<tracked_object*>> added, removed;
  std::map<const model_info*, std::vector<changed_object>> changed;
  std::vector<tracked_object*> changed_later;  ///< by the keys of what is inserted first
  std::int64_t removed_at = 0;                 ///< what marked rows are marked with

  work_list(const std::vector<tracked_object*>& objects, detail::related_objects& related) {
    std::vector<const model_info*> met;
    const model_info* info = nullptr;
    for (tracked_object* object : objects) {
      if (!info || object->spec != info->spec) info = &require_table(info_of(*object->spec));
      if (object->state == object_state::added) {
        added[info].push_back(object);
      } else if (object->state == object_state::removed) {
        removed[info].push_back(object);
      } else if (object->state == object_state::persistent) {
        const auto [link, last] = related.links_of(object);
        if (link != last) {
          changed_later.push_back(object);
        } else if (!add_change(*info, object)) {
          continue;
        }
      } else {
        continue;
      }
      if (met.empty() || met.back() != info) met.push_back(info);
    }
    std::sort(met.begin(), met.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
    met.erase(std::unique(met.begin(), met.end()), met.end());
    models = detail::in_foreign_key_order(met, related.arrows());
  }

  /// False: nothing has changed.
  bool add_change(const model_info& info, tracked_object* object) {
    std::vector<std::uint16_t> fields;
    if (detail::matches(info, object->object(), object->snapshot, &fields)) return false;
    changed[&info].push_back({object, std::move(fields)});
    return true;
  }
};

void session::state::add_held_rows() {
  const model_info* info = nullptr;
  for (std::size_t i = 0; i != objects.size(); ++i) {  // which grows
    tracked_object* const object = objects[i];
    if (!info || object->spec != info->spec) info = &info_of(*object->spec);
    if (info->relations.empty()) continue;
    if (object->state != object_state::added && object->state != object_state::persistent) continue;
    detail::for_each_given(*info, object->object(), [&](const relation_info&, void*, detail::loaded_rows* rows) {
      if (rows->origin != detail::rows_origin::held) return;
      auto& held = *static_cast<detail::held_rows*>(rows);
      for (std::size_t row = held.stored; row != held.count; ++row) {
        if (!detail::is_fresh(held, row)) continue;
        auto* part = static_cast<tracked_object*>(held.parts[row]);
        if (part == nullptr) part = new detail::held_part(held, row);
        part->state = object_state::added;
        detail::held_part::set_fate(part, detail::held_rows::fate::taken);
        own(part);
      }
    });
  }
}

namespace {

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
  if (!detail::matches(info, object.object(), object.snapshot, &changed)) refuse_changed_key(info, changed);
}

task<void> session::state::ensure_transaction() {
  if (held.holds_connection()) co_return;
  lease taken = co_await db.acquire(from);
  co_await taken.begin(options.start());
  held = std::move(taken);
}

/// The statements of one flush, and what becomes of the objects that they write.
class session::state::flush_writes {
public:
  flush_writes(query_source& source, detail::identity_map& identities, flush_events& events)
      : batch(source), identities_(identities), events_(events) {}

  /// The objects of the statement that is added next.
  void owned_by(tracked_object* object) { owners_.push_back(object); }
  /// Runs what there is, if that is much: it is all held in memory.
  task<void> run_if_full() {
    if (!batch.is_full()) co_return;
    co_await batch.run();
    note_written();
  }

  /// Notes in the objects what has been written, where it has, and forgets the statements.
  void note_written() {
    auto owner = owners_.begin();
    for (const detail::write_batch::step& step : batch.steps()) {
      for (std::size_t i = 0; i != step.objects.size(); ++i, ++owner) {
        if (step.done) note(step.what, *step.info, **owner);
      }
    }
    owners_.clear();
    batch.clear();
  }

  detail::write_batch batch;

private:
  void note(detail::write_batch::verb what, const model_info& info, tracked_object& object) {
    using enum detail::write_batch::verb;
    if (events_.hears()) events_.note(what, info, object);
    if (what == erase) {
      object.state = object_state::erased;
      identities_.erase(&object);
      return;
    }
    if (what == update) detail::count_version(info, object.object());
    object.snapshot = detail::take_snapshot(info, object.object());
    if (what == update) return;
    object.state = object_state::persistent;
    if (!info.key.empty()) identities_.insert(info, &object);
  }

  detail::identity_map& identities_;
  flush_events& events_;
  std::vector<tracked_object*> owners_;
};

namespace {

/// The columns of an update: what changed, and updated_at.
std::vector<std::uint16_t> columns_to_write(const model_info& info, tracked_object* object,
                                            const std::vector<std::uint16_t>& changed) {
  refuse_changed_key(info, changed);
  std::vector<std::uint16_t> fields = changed;
  if (info.updated_at >= 0) {
    detail::prepare_for_update(info, object->object(), timestamp::now().us);
    const auto position = static_cast<std::uint16_t>(info.updated_at);
    if (std::find(fields.begin(), fields.end(), position) == fields.end()) fields.push_back(position);
  }
  std::sort(fields.begin(), fields.end());  // one shape for one set of columns
  return fields;
}

}  // namespace

task<void> session::state::add_inserts(flush_writes& writes, const model_info& info,
                                       const std::vector<tracked_object*>& added) {
  std::vector<void*> pointers;
  pointers.reserve(added.size());
  for (tracked_object* object : added) {
    remember(object);
    object->key_generated = info.generated_key && detail::has_empty_key(info, object->object());
    pointers.push_back(object->object());
    writes.owned_by(object);
  }
  identities.reserve(added.size());
  co_await writes.batch.insert(info, pointers.data(), pointers.size());
}

namespace {

/// Whether keys have to come back from the database before these links can be followed.
bool await_keys(const detail::object_link* link, const detail::object_link* last) {
  return std::any_of(link, last,
                     [](const detail::object_link& each) { return each.flow->awaits_insert(each.target->object()); });
}

}  // namespace

task<void> session::state::add_related_inserts(flush_writes& writes, work_list& work,
                                               detail::related_objects& related) {
  std::vector<std::vector<tracked_object*>> added;
  for (const detail::ordered_model& model : work.models) added.push_back(std::move(work.added[model.info]));
  std::vector<tracked_object*> late;
  for (const detail::insert_group& group : related.in_order(work.models, added)) {
    for (tracked_object* object : group.objects) {
      auto [link, last] = related.links_of(object);
      for (bool noted = false; link != last; ++link) {
        if (link->late) {
          link->flow->fill(object->object(), nullptr);
          if (!std::exchange(noted, true)) late.push_back(object);
        } else {
          if (link->flow->awaits_insert(link->target->object())) co_await writes.batch.run();
          link->flow->fill(object->object(), link->target->object());
        }
      }
    }
    co_await add_inserts(writes, *group.info, group.objects);
  }
  for (tracked_object* object : late) {
    const auto [first, last] = related.links_of(object);
    if (await_keys(first, last)) co_await writes.batch.run();
    const model_info& info = info_of(*object->spec);
    std::vector<std::uint16_t> fields;
    for (const detail::object_link* link = first; link != last; ++link) {
      if (!link->late) continue;
      link->flow->fill(object->object(), link->target->object());
      for (const std::uint16_t i : info.columns) {
        if (link->flow->has_field(i)) fields.push_back(i);
      }
    }
    std::sort(fields.begin(), fields.end());
    fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
    writes.owned_by(object);
    writes.batch.update(info, object->object(), fields.data(), fields.size());
  }
  for (tracked_object* object : work.changed_later) {
    const auto [first, last] = related.links_of(object);
    if (await_keys(first, last)) co_await writes.batch.run();
    for (const detail::object_link* link = first; link != last; ++link)
      link->flow->fill(object->object(), link->target->object());
    static_cast<void>(work.add_change(info_of(*object->spec), object));
  }
}

task<void> session::state::add_writes(flush_writes& writes, work_list& work, detail::related_objects& related,
                                      detail::removal_effects& effects) {
  if (!related.empty()) {
    co_await add_related_inserts(writes, work, related);
  } else {
    for (const auto& [info, circle] : work.models) {
      if (const auto found = work.added.find(info); found != work.added.end())
        co_await add_inserts(writes, *info, found->second);
    }
  }
  for (const auto& [info, circle] : work.models) {
    const auto found = work.changed.find(info);
    if (found == work.changed.end()) continue;
    for (const changed_object& changed : found->second) {
      remember(changed.object);
      const std::vector<std::uint16_t> fields = columns_to_write(*info, changed.object, changed.fields);
      writes.owned_by(changed.object);
      writes.batch.update(*info, changed.object->object(), fields.data(), fields.size());
      if (options.compare_values && info->version < 0)
        detail::compare_fields(writes.batch.compare_last(), *info, changed.object->snapshot, changed.fields);
      co_await writes.run_if_full();
    }
  }
  // Foreign keys of objects are now as they are in the database when the rows go.
  if (!work.removed.empty()) effects = detail::effects_of_removal(objects);
  for (auto model = work.models.rbegin(); model != work.models.rend(); ++model) {
    const model_info& info = *model->info;
    const auto found = work.removed.find(&info);
    if (found == work.removed.end()) continue;
    detail::order_for_removal(info, found->second);
    for (tracked_object* object : found->second) {
      require_same_key(info, *object);
      remember(object);
      writes.owned_by(object);
      writes.batch.erase(info, object->object(), work.removed_at, object->permanently);
      co_await writes.run_if_full();
    }
  }
}

namespace {

void store_null_where_possible(const field_slot& slot, void* object) {
  if (slot.nullable) store_null(slot, object);
}

}  // namespace

void session::state::note_effects(const detail::removal_effects& effects) {
  for (tracked_object* object : effects.gone) {
    remember(object);
    object->state = object_state::erased;
    identities.erase(object);
  }
  for (const detail::removal_effects::emptied& emptied : effects.emptied_keys) {
    if (emptied.object->state != object_state::persistent) continue;
    remember(emptied.object);
    undo.back().emptied = emptied.key;
    const model_info& info = info_of(*emptied.object->spec);
    // What else the program has changed stays changed.
    const detail::snapshot now = detail::take_snapshot(info, emptied.object->object());
    detail::restore(info, emptied.object->object(), emptied.object->snapshot);
    for (const std::uint16_t i : emptied.key->fields)
      store_null_where_possible(info.fields[i].slot(), emptied.object->object());
    emptied.object->snapshot = detail::take_snapshot(info, emptied.object->object());
    detail::restore(info, emptied.object->object(), now);
    for (const std::uint16_t i : emptied.key->fields)
      store_null_where_possible(info.fields[i].slot(), emptied.object->object());
    if (!info.relations.empty()) detail::unload_contradictions(info, emptied.object);
  }
}

task<bool> session::state::write_all(bool commit) {
  flush_events events(listening());
  add_held_rows();
  if (events.hears()) co_await events.before(*this);
  detail::related_objects related(objects);
  work_list work(objects, related);
  if (work.models.empty()) co_return false;
  if (held.transaction_failed()) {
    // Sending more would end in an error that says nothing of the cause.
    throw transaction_error(errc::invalid_transaction,
                            "a statement of this transaction has failed before, so that nothing more can be written "
                            "in it: it must be rolled back. Let that failure out of the closure, or run what may fail "
                            "in nested()");
  }
  co_await ensure_transaction();
  flush_writes writes(held, identities, events);
  std::exception_ptr failure;
  bool committed = false;
  std::vector<const model_info*> marking;
  detail::removal_effects effects;
  if (!work.removed.empty()) {
    work.removed_at = timestamp::now().us;
    for (const auto& [info, removed] : work.removed) {
      const bool marked =
          std::any_of(removed.begin(), removed.end(), [](const auto* each) { return !each->permanently; });
      if (info->deleted_at >= 0 && marked && detail::marks_children(*info)) marking.push_back(info);
    }
  }
  try {
    co_await add_writes(writes, work, related, effects);
    if (!marking.empty()) {
      co_await writes.batch.run();
      co_await detail::mark_children(held, std::move(marking), work.removed_at);
    } else if (commit && !events.hears() && writes.batch.can_commit(held)) {
      co_await writes.batch.run_and_commit(held);
      committed = true;
    } else {
      co_await writes.batch.run();
    }
  } catch (...) {
    failure = std::current_exception();
  }
  writes.note_written();
  if (failure) std::rethrow_exception(failure);
  note_effects(effects);
  if (events.hears()) co_await events.after(*this);
  co_return committed;
}

}  // namespace tupelo
