// SPDX-License-Identifier: Apache-2.0
#include "contradictions.hpp"
#include "flush_events.hpp"
#include "parent_notes.hpp"
#include "read_ahead.hpp"
#include "related_objects.hpp"
#include "removals.hpp"
#include "session_state.hpp"
#include "unique_order.hpp"
#include "work_list.hpp"

#include "tupelo/engine/marked_children.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/engine/write_batch.hpp"
#include "tupelo/core/timestamp.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

bool session::state::follow_relations() {
  const std::size_t before = objects.size();
  if (undone.flush_failed()) let_go_of_replaced_rows();
  add_held_rows();
  take_out_replaced();
  const bool removed = remove_orphans();
  return removed || objects.size() != before;
}

void session::state::let_go_of_replaced_rows() {
  std::vector<tracked_object*> leaving;
  for (tracked_object* object : objects) {
    if (object->state != object_state::added || object->asked_for || undone.has_row_of(object)) continue;
    const detail::row_part* const part = detail::row_part::from(object);
    if (part != nullptr && !part->whole->reached()) leaving.push_back(object);
  }
  for (tracked_object* object : leaving) disown(object);
}

void session::state::add_held_rows() {
  const model_info* info = nullptr;
  std::vector<tracked_object*> leaving;
  const std::vector<tracked_object*>& owners = objects.with_relations();
  for (std::size_t i = 0; i != owners.size(); ++i) {  // which grows
    detail::read_held_ahead(owners, i, info);
    tracked_object* const object = owners[i];
    if (!info || object->spec != info->spec) info = &info_of(*object->spec);
    if (object->state != object_state::added && object->state != object_state::persistent) continue;
    detail::for_each_given(*info, object->object(),
                           [&](const relation_info& relation, void*, detail::loaded_rows* rows) {
                             if (rows->origin != detail::rows_origin::held) return;
                             auto& held = *static_cast<detail::held_rows*>(rows);
                             if (held.stored != 0 && (has_loaded_objects || !copies.empty())) follow_stored_rows(held);
                             const bool connects = relation.kind == relation_kind::many_to_many;
                             if (connects && !held.originals.empty())
                               detail::follow_originals(held, identities, copies);
                             std::optional<detail::row_part::room> room;
                             for (std::size_t row = held.stored; row != held.count; ++row) {
                               if (!detail::is_fresh(held, row)) continue;
                               auto* part = static_cast<tracked_object*>(held.parts[row]);
                               if (part == nullptr) {
                                 if (!room) room.emplace(*held.ops->spec, held.count - row);
                                 part = room->make(copies.share_of(held), row);
                               }
                               part->state = object_state::added;
                               detail::row_part::set_fate(part, detail::held_rows::fate::taken);
                               own(part);
                               has_held_rows = true;
                             }
                             if (held.removed == 0) return;
                             if (connects) {
                               detail::follow_taken_out(held, identities, copies, undone, leaving);
                             } else {
                               take_out(*info, relation, *object, held, leaving);
                             }
                           });
  }
  for (tracked_object* object : leaving) disown(object);
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
  flush_writes(state& of, flush_events& events) : batch(of.held), of_(of), events_(events) {}

  detail::parent_notes parents;
  detail::other_sides others;
  std::int64_t removed_at = 0;  ///< with which rows are marked

  /// The objects of the statement that is added next.
  void owned_by(tracked_object* object) { owners_.push_back(object); }
  /// The same of several; gives where they are.
  std::vector<void*> owned_by(const std::vector<tracked_object*>& objects) {
    std::vector<void*> pointers;
    pointers.reserve(objects.size());
    for (tracked_object* object : objects) pointers.push_back(object->object());
    owners_.insert(owners_.end(), objects.begin(), objects.end());
    return pointers;
  }
  /// Runs what there is, if that is much: it is all held in memory.
  task<void> run_if_full() {
    if (!batch.is_full()) co_return;
    co_await batch.run();
    note_written();
  }

  /// Notes in the objects what has been written, where it has, and forgets the statements.
  void note_written() {
    std::size_t owner = 0;
    for (const detail::write_batch::step& step : batch.steps()) {
      for (std::size_t i = 0; i != step.objects.size(); ++i, ++owner) {
        detail::read_ahead(owners_, owner);
        if (step.done) note(step.what, *step.info, *owners_[owner]);
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
    if (info.writes_parents) parents.note(what, info, object);
    const bool watched = (what != insert || of_.has_loaded_relations) && others.watches(info);
    if (what == erase) {
      if (watched) others.note(info, &object, object.snapshot, false);
      if (info.deleted_at >= 0 && !object.permanently) note_marked(info, &object, removed_at);
      of_.note_erased(&object);
      return;
    }
    if (what == update) detail::count_version(info, object.object());
    detail::snapshot before;
    if (watched || !info.relations.empty()) before = object.snapshot;
    detail::take_snapshot(info, object.object(), object.snapshot);
    if (watched) others.note(info, &object, what == update ? before : detail::snapshot(), true);
    if (!info.relations.empty()) detail::unload_moved(info, &object, before);
    if (what == update) return;
    object.state = object_state::persistent;
    if (!info.key.empty()) of_.identities.insert(info, &object);
  }

  state& of_;
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
  if (undo.capacity() - undo.size() < added.size()) undo.reserve(std::max(undo.size() + added.size(), undo.size() * 2));
  for (std::size_t i = 0; i != added.size(); ++i) {
    detail::read_ahead(added, i);
    tracked_object* const object = added[i];
    remember(object);
    object->key_generated = info.generated_key && detail::has_empty_key(info, object->object());
  }
  const std::vector<void*> pointers = writes.owned_by(added);
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
    for (std::size_t i = 0; i != group.objects.size(); ++i) {
      detail::read_ahead(group.objects, i);
      tracked_object* const object = group.objects[i];
      auto [link, last] = related.links_of(object);
      for (bool noted = false; link != last; ++link) {
        if (link->late) {
          related.empty(*link);
          if (!std::exchange(noted, true)) late.push_back(object);
        } else {
          if (link->flow->awaits_insert(link->target->object())) co_await writes.batch.run();
          related.fill(*link);
        }
      }
    }
    co_await add_inserts(writes, *group.info, group.objects);
  }
  const auto awaits = [&](tracked_object* object) {
    const auto [first, last] = related.links_of(object);
    return await_keys(first, last);
  };
  if (std::any_of(late.begin(), late.end(), awaits)) co_await writes.batch.run();
  using columns = std::pair<const model_info*, std::vector<std::uint16_t>>;
  std::map<columns, std::vector<tracked_object*>> alike;
  for (tracked_object* object : late) {
    const auto [first, last] = related.links_of(object);
    const model_info& info = info_of(*object->spec);
    std::vector<std::uint16_t> fields;
    for (const detail::object_link* link = first; link != last; ++link) {
      if (!link->late) continue;
      related.fill(*link);
      for (const std::uint16_t i : info.columns) {
        if (link->flow->has_field(i)) fields.push_back(i);
      }
    }
    std::sort(fields.begin(), fields.end());
    fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
    alike[{&info, std::move(fields)}].push_back(object);
  }
  for (const auto& [written, objects_of_these] : alike) {
    const auto& [info, fields] = written;
    const std::vector<void*> pointers = writes.owned_by(objects_of_these);
    co_await writes.batch.update_all(*info, pointers.data(), pointers.size(), fields.data(), fields.size());
  }
  if (work.empties) {  // objects that are filled now
    co_await writes.batch.run();
    writes.note_written();
  }
  for (tracked_object* object : work.changed_later) {
    const auto [first, last] = related.links_of(object);
    if (await_keys(first, last)) co_await writes.batch.run();
    for (const detail::object_link* link = first; link != last; ++link) related.fill(*link);
    static_cast<void>(work.add_change(info_of(*object->spec), object));
  }
}

task<void> session::state::add_writes(flush_writes& writes, work_list& work, detail::related_objects& related,
                                      detail::removal_effects& effects) {
  for (const auto& [info, circle] : work.models) {
    const auto found = work.leaving_first.find(info);
    if (found != work.leaving_first.end()) co_await add_updates(writes, *info, found->second);
  }
  for (const auto& [info, removed] : work.removed_first) work_list::note_deleted(*info, removed, work.deleted);
  for (auto model = work.models.rbegin(); model != work.models.rend(); ++model) {
    const auto removed = work.removed_first.find(model->info);
    if (removed != work.removed_first.end()) co_await add_removals(writes, *model->info, removed->second, work);
    const auto changed = work.changed_first.find(model->info);
    if (changed != work.changed_first.end()) co_await add_updates(writes, *model->info, changed->second);
  }
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
    if (found != work.changed.end()) co_await add_updates(writes, *info, found->second);
  }
  if (work.connects) {
    co_await writes.batch.run();
    writes.note_written();
    lease in = co_await held.acquire();
    if (muted) in.mute();
    co_await connected.write(in, objects.with_relations(), identities, copies, marks.size(), writes.parents.counts());
  }
  // Foreign keys of objects are now as they are in the database when the rows go.
  if (work.removes()) {
    std::vector<tracked_object*> early;
    for (const auto& [info, removed] : work.removed_first) early.insert(early.end(), removed.begin(), removed.end());
    effects = detail::effects_of_removal(objects.all(), early);
  }
  for (auto model = work.models.rbegin(); model != work.models.rend();) {
    detail::removed_objects together;
    const std::size_t circle = model->circle;
    for (; model != work.models.rend() && model->circle == circle; ++model) {
      const auto found = work.removed.find(model->info);
      if (found != work.removed.end()) together.emplace_back(model->info, std::move(found->second));
    }
    if (together.empty()) continue;
    std::set<const model_info*> deleted = work.deleted;
    for (const auto& [info, removed] : together) work_list::note_deleted(*info, removed, deleted);
    // Of several one may change another; one alone is as it was.
    if (together.size() > 1 || together[0].second.size() > 1) work.deleted = deleted;
    co_await add_removals_in_order(writes, std::move(together), work);
    work.deleted = std::move(deleted);
  }
}

namespace {

/// The columns by which a row is counted in others: of two that move it from where it was, one must fail.
std::vector<std::uint16_t> counted_by(const model_info& info) {
  std::vector<std::uint16_t> fields;
  if (!info.writes_parents || info.version >= 0) return fields;
  for (const foreign_key_info& key : info.foreign_keys) {
    if (key.counter.said()) fields.insert(fields.end(), key.fields.begin(), key.fields.end());
  }
  if (!fields.empty() && info.deleted_at >= 0) fields.push_back(static_cast<std::uint16_t>(info.deleted_at));
  return fields;
}

}  // namespace

std::vector<session::state::ordered_update> session::state::order_of_updates(const model_info& info,
                                                                             const std::vector<changed_object>& all) {
  std::vector<ordered_update> order;
  std::vector<std::size_t> colliding;
  std::vector<const tracked_object*> changed;
  for (std::size_t i = 0; i != all.size(); ++i) {
    if (detail::may_collide(info, all[i].fields)) {
      colliding.push_back(i);
      changed.push_back(all[i].object);
    } else {
      order.push_back({i, false});
    }
  }
  if (changed.empty()) return order;
  for (const std::size_t i : detail::order_by_unique_values(info, changed)) order.push_back({colliding[i], true});
  return order;
}

task<void> session::state::add_updates(flush_writes& writes, const model_info& info,
                                       const std::vector<changed_object>& all) {
  const bool compares = options.compare_values && info.version < 0;
  const std::vector<std::uint16_t> counted = counted_by(info);
  const auto is_counted = [&](std::uint16_t i) {
    return std::find(counted.begin(), counted.end(), i) != counted.end();
  };
  std::map<std::vector<std::uint16_t>, std::vector<tracked_object*>> alike;
  for (const auto& [i, collides] : order_of_updates(info, all)) {
    const changed_object& changed = all[i];
    remember(changed.object);
    std::vector<std::uint16_t> fields = columns_to_write(info, changed.object, changed.fields);
    const bool moves = std::any_of(changed.fields.begin(), changed.fields.end(), is_counted);
    if (!compares && !moves && !collides) {
      alike[std::move(fields)].push_back(changed.object);
      continue;
    }
    writes.owned_by(changed.object);
    writes.batch.update(info, changed.object->object(), fields.data(), fields.size());
    if (compares || moves) {
      std::vector<std::uint16_t> compared = moves ? counted : std::vector<std::uint16_t>();
      if (compares) compared.insert(compared.end(), changed.fields.begin(), changed.fields.end());
      detail::compare_fields(writes.batch.compare_last(), info, changed.object->snapshot, compared);
    }
    co_await writes.run_if_full();
  }
  for (const auto& [fields, objects_of_these] : alike) {
    const std::vector<void*> pointers = writes.owned_by(objects_of_these);
    co_await writes.batch.update_all(info, pointers.data(), pointers.size(), fields.data(), fields.size());
    co_await writes.run_if_full();
  }
}

std::vector<std::uint16_t> session::state::compared_by_removal(const model_info& info, const work_list& work) const {
  const bool compares = options.compare_values && info.version < 0;
  std::vector<std::uint16_t> fields = compares ? detail::comparable_fields(info) : counted_by(info);
  if (fields.empty() || work.deleted.empty()) return fields;
  for (const foreign_key_info& key : info.foreign_keys) {
    // Where it may name what is gone, the database may have changed it.
    if (detail::binds(key) || !detail::may_go_with(referenced_model(info, key), work.deleted)) continue;
    std::erase_if(fields, [&](std::uint16_t i) {
      return std::find(key.fields.begin(), key.fields.end(), i) != key.fields.end();
    });
  }
  return fields;
}

task<void> session::state::add_removals_in_order(flush_writes& writes, detail::removed_objects removed,
                                                 work_list& work) {
  detail::removal_order order = detail::order_of_removal(removed);
  if (!order.emptied.empty()) {
    co_await writes.batch.run();
    writes.note_written();
  }
  for (const auto& [object, key] : order.emptied) {
    const model_info& info = info_of(*object->spec);
    require_same_key(info, *object);
    std::vector<std::uint16_t> fields = detail::fields_to_empty(info, *key);
    statement_run run(op::update_of, *info.spec);
    for (const std::uint16_t i : fields) {
      run.core.assign(op::assign, {info.spec, info.fields[i].offset}, expression(make_word(op::null_value)));
    }
    for (const std::uint16_t i : info.key)
      run.core.word(column_ref(info.spec, info.fields[i].offset).word(op::match_field));
    run.core.word(make_word(op::with_deleted, every_row));
    run.core.finish();
    const void* const row = object->object();
    run.objects = &row;
    co_await held.run(run);
    auto& emptied = work.emptied[object];
    emptied.insert(emptied.end(), fields.begin(), fields.end());
  }
  for (auto& [info, some] : order.parts.empty() ? removed : order.parts) {
    co_await add_removals(writes, *info, some, work);
  }
}

task<void> session::state::add_removals(flush_writes& writes, const model_info& info,
                                        std::vector<tracked_object*>& removed, const work_list& work) {
  const bool refer_to_others = detail::order_for_removal(info, removed);
  for (tracked_object* object : removed) {
    require_same_key(info, *object);
    if (info.deleted_at >= 0 && !object->permanently) {
      remember_marked(info, object);
    } else {
      remember(object);
    }
  }
  const std::vector<std::uint16_t> compared = compared_by_removal(info, work);
  if (refer_to_others || !compared.empty()) {  // the database may take one along with another
    for (tracked_object* object : removed) {
      writes.owned_by(object);
      writes.batch.erase(info, object->object(), work.removed_at, object->permanently);
      if (!compared.empty()) {
        std::vector<std::uint16_t> fields = compared;
        if (const auto found = work.emptied.find(object); found != work.emptied.end()) {
          std::erase_if(fields, [&, &nulls = found->second](std::uint16_t i) {
            return std::find(nulls.begin(), nulls.end(), i) != nulls.end();
          });
        }
        detail::compare_fields(writes.batch.compare_last(), info, object->snapshot, fields);
      }
      co_await writes.run_if_full();
    }
    co_return;
  }
  const auto marked = std::stable_partition(removed.begin(), removed.end(),
                                            [](const tracked_object* each) { return each->permanently; });
  if (detail::erases_by_list(info) && (info.key.size() > 1 || info.version >= 0)) {
    using grouped = std::pair<std::vector<std::uint64_t>, tracked_object*>;
    const auto bring_together = [&](auto first, auto last) {
      std::vector<grouped> groups;
      for (auto each = first; each != last; ++each)
        groups.emplace_back(detail::erase_group(info, (*each)->object()), *each);
      std::stable_sort(groups.begin(), groups.end(),
                       [](const grouped& a, const grouped& b) { return a.first < b.first; });
      for (const grouped& each : groups) *first++ = each.second;
    };
    bring_together(removed.begin(), marked);
    bring_together(marked, removed.end());
  }
  for (const bool permanently : {true, false}) {
    const std::vector<tracked_object*> some(permanently ? removed.begin() : marked,
                                            permanently ? marked : removed.end());
    const std::vector<void*> pointers = writes.owned_by(some);
    co_await writes.batch.erase_all(info, pointers.data(), pointers.size(), work.removed_at, permanently);
    co_await writes.run_if_full();
  }
}

task<bool> session::state::write_all(bool commit) {
  if (held.transaction_failed()) detail::throw_failed_transaction(held);  // what follows would not say why
  undone.forget_filled();
  const std::size_t before = undo.size();
  flush_events events(listening());
  follow_relations();
  if (!copies.empty()) {
    copies.give_edits();
    follow_relations();  // what was put into relations of copies
  }
  if (events.hears()) co_await events.before(*this);
  co_await restore_children(events);
  std::optional<detail::related_objects> links(std::in_place, objects.with_relations(), number, undone);
  if (undone.flush_failed() && note_what_is_in_the_way()) links.emplace(objects.with_relations(), number, undone);
  detail::related_objects& related = *links;
  work_list work(objects.all(), related, replaced);
  work.connects = connected.any(objects.with_relations());
  if (work.models.empty() && !work.connects) co_return false;
  work.refuse_lost_inserts(objects.all(), related, undone);
  co_await ensure_transaction();
  loads.note_write();
  flush_writes writes(*this, events);
  // Which models join tables have is known once their rows are written.
  const bool changes_parents =
      work.connects ||
      std::any_of(work.models.begin(), work.models.end(), [](const auto& model) { return model.info->writes_parents; });
  const std::int64_t now = changes_parents ? timestamp::now().us : 0;
  std::exception_ptr failure;
  bool committed = false;
  std::vector<const model_info*> marking;
  detail::removal_effects effects;
  std::set<const model_info*> removed_models;
  if (work.removes()) {
    work.removed_at = writes.removed_at = timestamp::now().us;
    for (const auto* const some : {&work.removed_first, &work.removed}) {
      for (const auto& [info, removed] : *some) {
        const bool marked =
            std::any_of(removed.begin(), removed.end(), [](const auto* each) { return !each->permanently; });
        removed_models.insert(info);
        if (info->deleted_at >= 0 && marked && detail::marks_children(*info)) marking.push_back(info);
      }
    }
  }
  try {
    co_await add_writes(writes, work, related, effects);
    if (changes_parents) {
      co_await writes.batch.run();
      writes.note_written();
      co_await writes.parents.changes().write(held, now);
    }
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
  note_effects(effects, work.removed_at, writes.others);
  if (!removed_models.empty()) expire_beneath(removed_models);
  note_parents(writes.parents.changes(), now);
  const auto is_fresh = [&](const tracked_object* each) {
    return each->noted > before && undo[each->noted - 1].state == object_state::added;
  };
  std::vector<detail::unloaded_relation> unloaded;
  writes.others.unload(objects, identities, is_fresh, outdated, unloaded);
  if (!events.hears()) co_return committed;
  try {
    co_await events.after(*this);
  } catch (...) {
    // What the program has put into them is to be written again.
    for (const detail::unloaded_relation& each : unloaded) each.put_back();
    throw;
  }
  co_return committed;
}

}  // namespace tupelo
