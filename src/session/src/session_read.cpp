// SPDX-License-Identifier: Apache-2.0
#include "contradictions.hpp"
#include "related_objects.hpp"
#include "session_state.hpp"

#include "tupelo/record.hpp"
#include "tupelo/engine/events.hpp"
#include "tupelo/engine/object_verbs.hpp"

#include <optional>
#include <string>
#include <utility>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

task<tracked_object*> session::read(query_core core, tracked_object* (*make)(), bool must_exist,
                                    std::source_location from, std::optional<row_lock> lock) {
  const session_use use(state_->busy);
  ref<char> fresh(make());
  const model_info& info = require_table(info_of(*fresh.tracked()->spec));
  if (lock) {
    co_await state_->ensure_transaction();
  } else {
    if (tracked_object* known = state_->identities.find(info, core.values); known && !known->expired) co_return known;
  }
  statement_run run;
  run.core = std::move(core);
  run.from = from;
  if (lock) run.core.lock(*lock, nullptr);
  run.core.finish();
  run.sink = {fresh.tracked()->object(), [](void* row) { return row; }};
  const task_context& context = co_await current_context();
  query_source& source = state_->source();
  if (!source.try_run(run, context)) co_await source.run(run);
  if (run.row_count == 0) {
    if (must_exist)
      throw not_found("get() found no row with this key in \"" + info.table + "\"; use find() where there may be none");
    co_return nullptr;
  }
  if (state_->identities.find_same(info, fresh.tracked()) == nullptr)
    co_await state_->tell_loaded(info, fresh.tracked()->object());
  tracked_object* tracked = state_->track_persistent(fresh.tracked());
  if (tracked != fresh.tracked() && tracked->state == object_state::persistent) {  // locked, or it had expired
    state_->remember_read(tracked);
    state_->follow_read(info, tracked, detail::take_snapshot(info, fresh.tracked()->object()), true);
  }
  tracked->expired = false;
  co_return tracked;
}

void session::state::follow_read(const model_info& info, tracked_object* object, detail::words_view row,
                                 bool connected_too) {
  const std::vector<void*> pending = detail::contradictions(info, object);
  const detail::snapshot before = detail::take_snapshot(info, object->object());
  if (connected_too) detail::follow_originals(objects.with_relations(), object, identities, copies);
  detail::follow_row(info, object->object(), object->snapshot, row);
  object->snapshot = row;
  detail::unload_contradictions(info, object, before, pending);
  object->expired = false;
}

tracked_object* session::state::track_persistent(tracked_object* object) {
  const model_info& info = require_table(info_of(*object->spec));
  if (tracked_object* known = identities.find_same(info, object)) return known;
  object->snapshot.clear();  // of another session
  remember_read(object);
  detail::take_snapshot(info, object->object(), object->snapshot);
  object->state = object_state::persistent;
  identities.insert_new(object);
  own(object);
  if (!info.relations.empty()) track_relations(info, object->object());
  return object;
}

task<void> session::state::tell_loaded(const model_info& info, void* object) {
  const event_registry* const registry = listening();
  if (registry != nullptr && registry->hears_of(info)) co_await registry->tell(event::loaded, {info, object}, held);
}

task<void> session::reload(tracked_object* object) {
  require_tracked(object, "refresh", state_->number);
  const session_use use(state_->busy);
  const model_info& info = info_of(*object->spec);
  state_->before_reading_again(*object);
  if (object->state != object_state::added) require_same_key(info, *object);
  const detail::snapshot before = detail::take_snapshot(info, object->object());
  bool found = co_await detail::read_again(state_->source(), info, object->object());
  if (!found) detail::throw_row_is_gone(info);
  state_->remember_read(object);
  object->snapshot = detail::take_snapshot(info, object->object());
  detail::unload_contradictions(info, object, before);
  object->expired = false;
  state_->copies.drop_edits(*object);
  if (object->state == object_state::removed) object->state = object_state::persistent;
}

}  // namespace tupelo
