// SPDX-License-Identifier: Apache-2.0
// What several flushes have written, as one: what gives up unique values to others comes first, and new objects that
// name it leave it before.
#include "connections.hpp"
#include "contradictions.hpp"
#include "lost_inserts.hpp"
#include "related_objects.hpp"
#include "removals.hpp"
#include "row_part.hpp"
#include "session_state.hpp"
#include "unique_order.hpp"

#include "tupelo/engine/marked_children.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

namespace {

/// By which reference to them, as they have no keys yet that others could name; null: it does not.
const foreign_key_info* goes_with(const tracked_object& object, const std::vector<tracked_object*>& leaving) {
  const model_info& info = info_of(*object.spec);
  const foreign_key_info* found = nullptr;
  detail::for_each_given(info, object.object(), [&](const relation_info& relation, void*, detail::loaded_rows* rows) {
    if (relation.kind != relation_kind::belongs_to || rows->origin != detail::rows_origin::tracked) return;
    const foreign_key_info& key = info.foreign_keys[static_cast<std::size_t>(relation.key)];
    if (key.on_delete == referential_action::cascade &&
        std::find(leaving.begin(), leaving.end(), static_cast<tracked_object*>(rows)) != leaving.end())
      found = &key;
  });
  return found;
}

}  // namespace

bool session::state::note_what_is_in_the_way() {
  std::vector<tracked_object*> leaving;
  std::map<const model_spec*, std::vector<const tracked_object*>> by_model;
  for (const tracked_object* object : objects) {
    using enum object_state;
    if (object->state == added || object->state == persistent || object->state == removed)
      by_model[object->spec].push_back(object);
  }
  for (const auto& [spec, some] : by_model) {
    const model_info& info = info_of(*spec);
    for (const tracked_object* object : detail::in_the_way(info, some)) {
      replaced.push_back(object);
      if (detail::is_deleted(info, *object)) leave_first(info, *object, leaving);
    }
  }
  if (leaving.empty()) return false;
  add_what_goes_along(leaving);
  detail::give_up_connections(objects.with_relations(), leaving);
  detail::unload_left(objects.with_relations(), leaving);
  for (tracked_object* object : leaving) {
    detail::row_part::set_fate(object, detail::held_rows::fate::gone);
    disown(object);
  }
  return true;
}

void session::state::leave_first(const model_info& info, const tracked_object& leaving,
                                 std::vector<tracked_object*>& along) {
  for (tracked_object* object : objects) {
    if (object->state != object_state::added) continue;
    const model_info& child = info_of(*object->spec);
    for (const foreign_key_info& key : child.foreign_keys) {
      const bool goes_along = key.on_delete == referential_action::cascade;
      if (!goes_along && key.on_delete != referential_action::set_null) continue;
      if (&referenced_model(child, key) != &info) continue;
      const detail::key_flow flow =
          detail::flow_by_value(child, key.fields, info, detail::referenced_fields(info, key));
      if (!flow.holds(object->object(), leaving.object())) continue;
      if (goes_along) {
        // What was never inserted does not go silently: the database refuses it.
        const bool had_row = undone.has_row_of(object);
        if (had_row && std::find(along.begin(), along.end(), object) == along.end()) along.push_back(object);
        continue;
      }
      undone.note_filled(object, flow);
      flow.fill(object->object(), nullptr);
    }
  }
}

void session::state::add_what_goes_along(std::vector<tracked_object*>& leaving) {
  for (std::size_t before = 0; before != leaving.size();) {
    before = leaving.size();
    for (tracked_object* object : objects.with_relations()) {
      if (object->state != object_state::added) continue;
      if (std::find(leaving.begin(), leaving.end(), object) != leaving.end()) continue;
      const foreign_key_info* const by = goes_with(*object, leaving);
      if (by == nullptr) continue;
      if (!undone.has_row_of(object)) detail::refuse_lost_insert(info_of(*object->spec), *by);
      leaving.push_back(object);
    }
  }
}

}  // namespace tupelo
