// SPDX-License-Identifier: Apache-2.0
#include "session_state.hpp"

#include "tupelo/engine/marked_children.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/core/timestamp.hpp"

#include <algorithm>
#include <vector>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

task<void> session::state::restore_children() {
  std::vector<const tracked_object*> restored;
  const model_info* info = nullptr;
  bool has_children = false;
  for (const tracked_object* object : objects) {
    if (object->state != object_state::persistent) continue;
    if (info == nullptr || object->spec != info->spec) {
      info = &info_of(*object->spec);
      has_children = info->deleted_at >= 0 && !info->relations.empty() && detail::marks_children(*info);
    }
    if (has_children && detail::ends_mark(*info, object->object(), object->snapshot)) restored.push_back(object);
  }
  if (restored.empty()) co_return;
  co_await ensure_transaction();
  const std::int64_t now = timestamp::now().us;
  std::vector<std::int64_t> times;
  for (const tracked_object* object : restored) {
    const auto marked = co_await detail::restore_children(held, info_of(*object->spec), object->object(), now);
    if (marked) times.push_back(*marked);
  }
  // What the session has read with such a mark may have none any more; what is restored by itself has, for now.
  for (std::size_t i = 0; i != objects.size(); ++i) {
    tracked_object* const object = objects[i];
    if (object->state != object_state::persistent) continue;
    const model_info& model = info_of(*object->spec);
    if (model.deleted_at < 0 || model.key.empty()) continue;
    const auto mark = detail::values_in(model, object->snapshot, {static_cast<std::uint16_t>(model.deleted_at)});
    if (mark.empty() || std::find(times.begin(), times.end(), static_cast<std::int64_t>(mark[0])) == times.end())
      continue;
    if (!co_await detail::is_unmarked(held, model, object->object())) continue;
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
