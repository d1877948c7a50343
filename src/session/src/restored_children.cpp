// SPDX-License-Identifier: Apache-2.0
#include "flush_events.hpp"
#include "removals.hpp"
#include "session_state.hpp"

#include "tupelo/engine/marked_children.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/core/timestamp.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

namespace {

/// Whether the mark in this snapshot is one of these times; the object's field may hold less of them than the row.
bool is_marked_at(const model_info& info, tracked_object* object, const std::vector<std::int64_t>& times) {
  const auto position = static_cast<std::uint16_t>(info.deleted_at);
  const auto mark = detail::values_in(info, object->snapshot, {position});
  if (mark.empty()) return false;
  const field_slot slot = info.fields[position].slot();
  const detail::snapshot now = detail::take_snapshot(info, object->object());
  const bool is_one = std::any_of(times.begin(), times.end(), [&](std::int64_t time) {
    void* const value = field_for_value(slot, object->object());
    store_timestamp(slot, value, time);
    return load_timestamp(slot, value) == static_cast<std::int64_t>(mark[0]);
  });
  detail::restore(info, object->object(), now, position);
  return is_one;
}

}  // namespace

task<void> session::state::restore_children(flush_events& events) {
  std::vector<const tracked_object*> restored;
  const model_info* info = nullptr;
  bool has_children = false;
  for (const tracked_object* object : objects.with_relations()) {
    if (object->state != object_state::persistent) continue;
    if (info == nullptr || object->spec != info->spec) {
      info = &info_of(*object->spec);
      has_children = info->deleted_at >= 0 && detail::restores_children(*info);
    }
    if (has_children && detail::ends_mark(*info, object->object(), object->snapshot)) restored.push_back(object);
  }
  if (restored.empty()) co_return;
  co_await ensure_transaction();
  loads.note_write();
  const std::int64_t now = timestamp::now().us;
  std::vector<std::int64_t> times;
  std::set<const model_info*> owners;
  for (const tracked_object* object : restored) {
    owners.insert(&info_of(*object->spec));
    const auto marked = co_await detail::restore_children(held, info_of(*object->spec), object->object(), now);
    if (marked) times.push_back(*marked);
  }
  // What they are loaded into has been read without them.
  unload_rows([&](const model_info& model, const detail::loaded_rows&) {
    return model.deleted_at >= 0 && detail::may_go_with(model, owners);
  });
  // What the session has read with such a mark may have none any more; what is restored by itself has, for now.
  for (std::size_t i = 0; i != objects.size(); ++i) {
    tracked_object* const object = objects[i];
    if (object->state != object_state::persistent) continue;
    const model_info& model = info_of(*object->spec);
    if (model.deleted_at < 0 || model.key.empty()) continue;
    if (!is_marked_at(model, object, times) || !co_await detail::is_unmarked(held, model, object->object())) continue;
    // What was to be restored by itself has been written by this, and its handlers were told before.
    if (events.hears() && detail::ends_mark(model, object->object(), object->snapshot))
      events.note(detail::write_batch::verb::update, model, *object);
    std::vector<std::uint16_t> fields{static_cast<std::uint16_t>(model.deleted_at)};
    for (const int more : {model.updated_at, model.version}) {
      if (more >= 0) fields.push_back(static_cast<std::uint16_t>(more));
    }
    change_with_row(object, std::move(fields), [&](void* changed) {
      detail::note_restored(model, changed);
      detail::prepare_for_update(model, changed, now);
    });
  }
}

}  // namespace tupelo
