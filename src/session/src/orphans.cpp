// SPDX-License-Identifier: Apache-2.0
// Objects that are taken out of a relation, and those that belong to nobody any more.
#include "related_objects.hpp"
#include "session_state.hpp"
#include "snapshot.hpp"

#include "tupelo/engine/parent_changes.hpp"
#include "tupelo/model/relation_keys.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tupelo {

using detail::held_rows;
using detail::object_state;
using detail::tracked_object;

namespace {

/// The foreign keys without which objects of a model are removed.
std::vector<const foreign_key_info*> orphan_keys(const model_info& child) {
  std::vector<const foreign_key_info*> found;
  for (const foreign_key_info& key : child.foreign_keys) {
    const model_info& parent = referenced_model(child, key);
    const auto deletes = [&](const relation_info& relation) {
      return relation.deletes_orphans && relation.related == child.type_name && goes_by(relation, child, key);
    };
    if (std::any_of(parent.relations.begin(), parent.relations.end(), deletes)) found.push_back(&key);
  }
  return found;
}

/// What the program has said of the object by its reference with this foreign key; null: nothing.
const detail::loaded_rows* given_for(const model_info& info, tracked_object* object, const foreign_key_info& key) {
  const detail::loaded_rows* found = nullptr;
  detail::for_each_given(info, object->object(),
                         [&](const relation_info& relation, void*, const detail::loaded_rows* rows) {
                           const bool is_of_key = relation.kind == relation_kind::belongs_to &&
                                                  &info.foreign_keys[static_cast<std::size_t>(relation.key)] == &key;
                           if (is_of_key && rows->origin != detail::rows_origin::held) found = rows;
                         });
  return found;
}

/// The object named somebody by this key when it was read, and is to name nobody.
bool becomes_orphan(const model_info& info, tracked_object* object, const foreign_key_info& key) {
  const detail::loaded_rows* const given = given_for(info, object, key);
  std::vector<std::uint16_t> changed;
  detail::matches(info, object->object(), object->snapshot, &changed);
  const auto has_changed = [&](std::uint16_t i) {
    return std::find(changed.begin(), changed.end(), i) != changed.end();
  };
  const auto is_null = [&](std::uint16_t i) { return value_of(info.fields[i].slot(), object->object()) == nullptr; };
  if (given != nullptr && std::none_of(key.fields.begin(), key.fields.end(), has_changed)) {
    return given->origin == detail::rows_origin::nothing && std::none_of(key.fields.begin(), key.fields.end(), is_null);
  }
  if (given != nullptr && given->origin == detail::rows_origin::tracked) return false;
  // What is NULL now and has changed was not NULL.
  return std::any_of(key.fields.begin(), key.fields.end(),
                     [&](std::uint16_t i) { return is_null(i) && has_changed(i); });
}

/// Whether a reference of the object names somebody else than this owner by the columns of the relation.
bool is_given_to_another(const model_info& info, tracked_object* object, const relation_info& relation,
                         const void* owner) {
  return std::any_of(info.foreign_keys.begin(), info.foreign_keys.end(), [&](const foreign_key_info& key) {
    if (!goes_by(relation, info, key)) return false;
    const detail::loaded_rows* const given = given_for(info, object, key);
    return given != nullptr && given->origin == detail::rows_origin::tracked && given->rows != owner;
  });
}

}  // namespace

bool session::state::remove_orphans() {
  bool removed = false;
  const auto may_be_orphans = [](const model_info* each) { return !orphan_keys(*each).empty(); };
  if (std::none_of(objects.models().begin(), objects.models().end(), may_be_orphans)) return false;
  const model_info* info = nullptr;
  std::vector<const foreign_key_info*> keys;
  for (tracked_object* object : objects) {
    if (!info || object->spec != info->spec) {
      info = &info_of(*object->spec);
      keys = orphan_keys(*info);
    }
    if (keys.empty() || object->state != object_state::persistent) continue;
    const bool orphan =
        std::any_of(keys.begin(), keys.end(), [&](const auto* key) { return becomes_orphan(*info, object, *key); });
    if (!orphan) continue;
    remember(object);  // a flush that fails leaves it as it is: it may be given a parent before the next
    undo.back().removes = true;
    object->state = object_state::removed;
    object->permanently = false;
    removed = true;
  }
  return removed;
}

namespace {

/// Whether a has_one holds an object that is not its owner's yet.
bool takes_another(const detail::key_flow& flow, const detail::loaded_rows& rows, const void* owner) {
  if (rows.origin == detail::rows_origin::tracked) {
    const auto& child = static_cast<const tracked_object&>(rows);
    return child.state == object_state::added ||
           (child.state == object_state::persistent && !flow.holds(child.object(), owner));
  }
  if (rows.origin != detail::rows_origin::held) return false;
  const auto& held = static_cast<const held_rows&>(rows);
  for (std::size_t i = held.stored; i < held.count; ++i) {
    const auto* const part = static_cast<const tracked_object*>(held.parts[i]);
    if (part != nullptr && part->state == object_state::added) return true;
  }
  return false;
}

}  // namespace

void session::state::take_out_replaced() {
  struct owner_of_another {
    const detail::key_flow* flow;
    const tracked_object* owner;
  };
  detail::key_flows flows;
  std::unordered_multimap<std::uint64_t, owner_of_another> owners;
  std::vector<const detail::key_flow*> used;
  std::unordered_set<const tracked_object*> taken;  // by a new owner
  const model_info* info = nullptr;
  bool has_one = false;
  for (tracked_object* object : objects.with_relations()) {
    if (!info || object->spec != info->spec) {
      info = &info_of(*object->spec);
      has_one = std::any_of(info->relations.begin(), info->relations.end(), [](const relation_info& relation) {
        return relation.kind == relation_kind::has_one && relation.through.empty();
      });
    }
    if (!has_one || object->state != object_state::persistent) continue;
    detail::for_each_given(*info, object->object(),
                           [&](const relation_info& relation, void* field, detail::loaded_rows* rows) {
                             if (relation.kind != relation_kind::has_one || !relation.through.empty()) return;
                             const detail::key_flow& flow = flows.of(*info, relation, field);
                             if (!takes_another(flow, *rows, object->object())) return;
                             if (rows->origin == detail::rows_origin::tracked)
                               taken.insert(static_cast<const tracked_object*>(rows));
                             owners.emplace(flow.hash_of_key(object->object()), owner_of_another{&flow, object});
                             if (std::find(used.begin(), used.end(), &flow) == used.end()) used.push_back(&flow);
                           });
  }
  if (owners.empty()) return;
  for (tracked_object* object : objects) {
    if (object->state != object_state::persistent) continue;
    if (!info || object->spec != info->spec) info = &info_of(*object->spec);
    for (const detail::key_flow* flow : used) {
      if (flow->to != info) continue;
      const auto [first, last] = owners.equal_range(flow->hash_of_foreign(object->object()));
      const auto left = std::find_if(first, last, [&](const auto& each) {
        return each.second.flow == flow && flow->holds(object->object(), each.second.owner->object());
      });
      if (left == last || is_given_to_another(*info, object, *flow->relation, left->second.owner->object())) continue;
      // Its new owner's key is written, or its mark, before what takes its place.
      if (taken.contains(object) || !detail::is_live(*info, object->object())) {
        replaced.push_back(object);
        break;
      }
      // Who was given this key by the program just now does not leave.
      std::vector<std::uint16_t> changed;
      detail::matches(*info, object->object(), object->snapshot, &changed);
      if (std::any_of(changed.begin(), changed.end(), [&](std::uint16_t i) { return flow->has_field(i); })) continue;
      if (flow->relation->deletes_orphans) {
        remember(object);  // as in remove_orphans
        undo.back().removes = true;
        object->state = object_state::removed;
        object->permanently = false;
      } else {
        flow->fill(object->object(), nullptr);
      }
      replaced.push_back(object);
      break;
    }
  }
}

void session::state::take_out(const model_info& owner, const relation_info& relation, const tracked_object& holder,
                              held_rows& held, std::vector<tracked_object*>& leaving) {
  const model_info& info = info_of(*held.ops->spec);
  detail::key_flows flows;
  for (std::size_t i = held.count; i != held.all(); ++i) {
    if (held.fate_of(i) != held_rows::fate::taken) continue;
    auto* part = static_cast<tracked_object*>(held.parts[i]);
    if (part == nullptr && !info.key.empty()) part = identities.find(info, held.row(i));
    if (part == nullptr) {
      part = detail::row_part::room(*held.ops->spec, 1).make(copies.share_of(held), i);
      part->state = object_state::persistent;
      part->snapshot = detail::take_snapshot(info, part->object());
      identities.insert(info, part);
      own(part);
    }
    const detail::key_flow& flow = flows.of(owner, relation);
    if (part->state == object_state::added) {
      if (!part->moved) leaving.push_back(part);
    } else if (part->state == object_state::persistent && flow.holds(part->object(), holder.object()) &&
               !is_given_to_another(info, part, relation, holder.object())) {
      if (relation.deletes_orphans) {
        part->state = object_state::removed;
        part->permanently = false;
      } else {
        flow.fill(part->object(), nullptr);
      }
      if (relation.kind == relation_kind::has_one) replaced.push_back(part);
    }
    held.fates[i] = held_rows::fate::gone;
  }
}

}  // namespace tupelo
