// SPDX-License-Identifier: Apache-2.0
#include "moved_objects.hpp"

#include "related_objects.hpp"
#include "row_part.hpp"
#include "snapshot.hpp"

#include <algorithm>
#include <utility>

namespace tupelo::detail {

void moved_objects::note(const model_info& info, tracked_object* object) {
  if (row_part::from(object) == nullptr) return;
  std::vector<std::uint16_t> changed;
  if (!matches(info, object->object(), object->snapshot, &changed)) changed_[object] = std::move(changed);
}

void moved_objects::leave(const std::vector<tracked_object*>& owners) const {
  if (changed_.empty()) return;
  key_flows flows;
  const model_info* info = nullptr;
  for (tracked_object* owner : owners) {
    if (!info || owner->spec != info->spec) info = &info_of(*owner->spec);
    for_each_given(*info, owner->object(), [&](const relation_info& relation, void* field, loaded_rows* rows) {
      if (rows->origin != rows_origin::held || relation.kind == relation_kind::many_to_many) return;
      const auto& held = *static_cast<const held_rows*>(rows);
      for (std::size_t i = held.stored; i < held.count; ++i) {
        auto* const part = static_cast<tracked_object*>(held.parts[i]);
        const auto found = changed_.find(part);
        if (found == changed_.end()) continue;
        const key_flow& flow = flows.of(*info, relation, field);
        if (std::any_of(found->second.begin(), found->second.end(),
                        [&](auto position) { return flow.has_field(position); }))
          part->moved = true;
      }
    });
  }
}

}  // namespace tupelo::detail
