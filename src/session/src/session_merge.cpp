// SPDX-License-Identifier: Apache-2.0
#include "contradictions.hpp"
#include "related_objects.hpp"
#include "session_state.hpp"

#include "tupelo/session/session.hpp"
#include "tupelo/engine/object_verbs.hpp"

#include <string>
#include <vector>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

void session::take_back(tracked_object* object) {
  state_->refuse_while_busy();
  require_tracked(object, "restore", state_->number);
  if (object->state == object_state::removed) {
    object->state = object_state::persistent;
    object->permanently = false;
    return;
  }
  store_null(detail::require_deleted_at(info_of(*object->spec)).slot(), object->object());
}

void session::mark_expired(tracked_object* object) {
  state_->refuse_while_busy();
  require_tracked(object, "expire", state_->number);
  if (object->state != object_state::persistent) return;
  state_->before_reading_again(*object);
  state_->expire(object);
}

void session::expire_all() {
  state_->refuse_while_busy();
  detail::follow_originals(state_->objects.with_relations(), nullptr, state_->identities, state_->copies);
  for (tracked_object* object : state_->objects) {
    if (object->state == object_state::persistent) state_->expire(object);
  }
}

void session::state::expire(tracked_object* object) {
  const model_info& info = info_of(*object->spec);
  const detail::snapshot before = detail::take_snapshot(info, object->object());
  detail::restore(info, object->object(), object->snapshot);
  detail::unload_contradictions(info, object, before);
  copies.drop_edits(*object);
  object->expired = true;
}

namespace {

void refuse_other_version(const model_info& info, const void* given, const void* read) {
  if (info.version < 0) return;
  const field_slot slot = info.fields[static_cast<std::size_t>(info.version)].slot();
  if (load_integer(slot, value_of(slot, given)) == load_integer(slot, value_of(slot, read))) return;
  throw stale_row("merge() of a " + std::string(info.short_name()) + " whose version (" +
                  info.fields[static_cast<std::size_t>(info.version)].column + ") is another one than its row's in \"" +
                  info.table + "\": it was changed since the object was read; read it again");
}

}  // namespace

task<tracked_object*> session::merge_value(tracked_object* given, tracked_object* (*make)()) {
  const session_use use(state_->busy);
  const model_info& info = require_table(info_of(*given->spec));
  if (info.key.empty() || detail::has_empty_key(info, given->object())) {
    state_->track_new(given);
    co_return given;
  }
  tracked_object* known = state_->identities.find(info, given->object());
  if (known != nullptr && known->state == object_state::removed) {
    throw query_error("merge() into a " + std::string(info.short_name()) +
                      " that is removed: the next flush deletes its row, whatever its values are; restore() it first");
  }
  std::vector<void*> pending;
  detail::snapshot before;
  if (known != nullptr) {
    pending = detail::contradictions(info, known);
    before = detail::take_snapshot(info, known->object());
  }
  if (known == nullptr || known->expired) {
    ref<char> fresh(make());
    detail::restore(info, fresh.tracked()->object(), detail::take_snapshot(info, given->object()));  // its key
    bool found = co_await detail::read_again(state_->source(), info, fresh.tracked()->object());
    if (!found) {
      if (known != nullptr) state_->forget(known);
      known = state_->added.find(state_->objects, info, given->object());
      if (known == nullptr) {
        state_->track_new(given);
        co_return given;
      }
      pending = detail::contradictions(info, known);
      before = detail::take_snapshot(info, known->object());
    } else if (known == nullptr) {
      co_await state_->tell_loaded(info, fresh.tracked()->object());
      known = state_->track_persistent(fresh.tracked());
    } else {
      state_->remember_read(known);
      known->snapshot = detail::take_snapshot(info, fresh.tracked()->object());
      detail::restore(info, known->object(), known->snapshot);
      known->expired = false;
    }
  }
  if (known->state != object_state::added) refuse_other_version(info, given->object(), known->object());
  const detail::snapshot values = detail::take_snapshot(info, given->object());
  for (const std::uint16_t i : info.columns) {
    if (i == info.created_at || i == info.updated_at || info.fields[i].is(field_computed)) continue;
    detail::restore(info, known->object(), values, i);
  }
  detail::unload_contradictions(info, known, before, pending);
  co_return known;
}

}  // namespace tupelo
