// SPDX-License-Identifier: Apache-2.0
#include "contradictions.hpp"

#include "related_objects.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

namespace tupelo::detail {

namespace {

/// `use(relation, field, rows)` for the references that were loaded.
template <class Use>
void for_each_loaded_reference(const model_info& info, void* object, Use use) {
  for (const relation_info& relation : info.relations) {
    if (!has_foreign_key(relation.kind)) continue;
    void* const field = static_cast<char*>(object) + info.fields[relation.field].offset;
    loaded_rows* const rows = loaded_rows_of(field);
    if (rows != nullptr && rows->origin == rows_origin::loaded) use(relation, field, *rows);
  }
}

std::vector<std::uint16_t> foreign_key_of(const model_info& info, const relation_info& relation) {
  if (relation.kind != relation_kind::belongs_to_any)
    return info.foreign_keys[static_cast<std::size_t>(relation.key)].fields;
  std::vector<std::uint16_t> fields = relation.key_fields;
  fields.push_back(static_cast<std::uint16_t>(relation.type_field));
  return fields;
}

/// Looks at little where, as in most objects that are written, no reference was loaded.
void unload_changed(const model_info& info, tracked_object* object, words_view before, bool absent_alone) {
  std::optional<std::vector<std::uint16_t>> changed;
  key_flows flows;
  for_each_loaded_reference(info, object->object(), [&](const relation_info& relation, void* field, loaded_rows& rows) {
    if (rows.count != 0 && absent_alone) return;
    if (!before.empty()) {
      if (!changed) matches(info, object->object(), before, &changed.emplace());
      const std::vector<std::uint16_t> key = foreign_key_of(info, relation);
      if (std::find_first_of(key.begin(), key.end(), changed->begin(), changed->end()) == key.end()) return;
    } else if (rows.count == 0) {
      return;
    }
    if (rows.count != 0) {
      if (flows.of(info, relation, field).holds(object->object(), rows.rows)) return;
    }
    assign_rows(field, nullptr);
  });
}

}  // namespace

std::vector<void*> contradictions(const model_info& info, tracked_object* object) {
  std::vector<void*> found;
  key_flows flows;
  for_each_given(info, object->object(), [&](const relation_info& relation, void* field, loaded_rows* rows) {
    bool right = relation.through.empty();
    if (!right) {
      // No key says what is right.
    } else if (rows->origin == rows_origin::held) {
      const auto& held = *static_cast<const held_rows*>(rows);
      right = relation.kind == relation_kind::many_to_many ? !held.has_loose_ties() : held.removed == 0;
      for (std::size_t i = held.stored; i < held.count; ++i) {
        const auto* const part = static_cast<const tracked_object*>(held.parts[i]);
        const bool lives = part != nullptr && part->state != object_state::detached;
        right = right && (lives ? part->state == object_state::persistent : held.fate_of(i) == held_rows::fate::taken);
      }
    } else {
      const auto* const other =
          rows->origin == rows_origin::tracked ? static_cast<const tracked_object*>(rows) : nullptr;
      const key_flow& flow = flows.of(info, relation, field);
      const bool belongs = has_foreign_key(relation.kind);
      right = (other == nullptr || other->state == object_state::persistent) &&
              (belongs ? flow.holds(object->object(), rows->rows)
                       : other == nullptr || flow.holds(rows->rows, object->object()));
    }
    if (!right) found.push_back(field);
  });
  for_each_loaded_reference(info, object->object(), [&](const relation_info& relation, void* field, loaded_rows& rows) {
    if (rows.count != 0 && !flows.of(info, relation, field).holds(object->object(), rows.rows)) found.push_back(field);
  });
  return found;
}

void unload_stale(const std::vector<tracked_object*>& owners) {
  key_flows flows;
  const model_info* info = nullptr;
  for (tracked_object* object : owners) {
    if (object->state != object_state::persistent) continue;
    if (!info || object->spec != info->spec) info = &info_of(*object->spec);
    for_each_given(*info, object->object(), [&](const relation_info& relation, void* field, loaded_rows* rows) {
      if (rows->origin != rows_origin::tracked || !relation.through.empty()) return;
      const auto* const other = static_cast<const tracked_object*>(rows);
      const key_flow& flow = flows.of(*info, relation, field);
      const bool belongs = has_foreign_key(relation.kind);
      const bool right = belongs ? flow.holds(object->object(), rows->rows)
                                 : other->state != object_state::erased && flow.holds(rows->rows, object->object());
      if (!right) assign_rows(field, nullptr);
    });
  }
}

void unload_left(const std::vector<tracked_object*>& owners, const std::vector<tracked_object*>& leaving) {
  if (leaving.empty()) return;
  const std::unordered_set<const loaded_rows*> left(leaving.begin(), leaving.end());
  for (tracked_object* object : owners) {
    for_each_given(info_of(*object->spec), object->object(), [&](const relation_info&, void* field, loaded_rows* rows) {
      if (left.contains(rows)) assign_rows(field, nullptr);
    });
  }
}

void unload_absent(const model_info& info, tracked_object* object, words_view before) {
  unload_changed(info, object, before, true);
}

void unload_moved(const model_info& info, tracked_object* object, words_view before) {
  unload_changed(info, object, before, false);
}

void unload_contradictions(const model_info& info, tracked_object* object, words_view before,
                           const std::vector<void*>& kept) {
  for (void* field : contradictions(info, object)) {
    if (std::find(kept.begin(), kept.end(), field) == kept.end()) assign_rows(field, nullptr);
  }
  unload_absent(info, object, before);
}

void unload_by_emptied(const model_info& info, tracked_object* object, const foreign_key_info& key) {
  std::vector<void*> kept;
  key_flows flows;
  const auto is_emptied = [&](const key_flow::pair& pair) {
    return std::any_of(key.fields.begin(), key.fields.end(),
                       [&](std::uint16_t i) { return &info.fields[i] == pair.key; });
  };
  for_each_given(info, object->object(), [&](const relation_info& relation, void* field, const loaded_rows*) {
    if (has_foreign_key(relation.kind) || !relation.through.empty()) return;
    if (relation.kind != relation_kind::many_to_many) {
      const key_flow& flow = flows.of(info, relation);
      if (std::any_of(flow.pairs.begin(), flow.pairs.end(), is_emptied)) return;
    }
    kept.push_back(field);
  });
  unload_contradictions(info, object, take_snapshot(info, object->object()), kept);
}

}  // namespace tupelo::detail
