// SPDX-License-Identifier: Apache-2.0
// Objects that are taken out of a relation, and those that belong to nobody any more.
#include "orphans.hpp"

#include "related_objects.hpp"
#include "removals.hpp"
#include "session_state.hpp"
#include "snapshot.hpp"

#include "tupelo/engine/parent_changes.hpp"
#include "tupelo/model/relation_keys.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace tupelo {

using detail::held_rows;
using detail::object_state;
using detail::tracked_object;

namespace {

/// A key without which objects of a model are removed.
struct orphan_key {
  const foreign_key_info* key;     ///< null: that of a belongs_to_any
  const relation_info* reference;  ///< such a one
  std::vector<std::uint16_t> fields;
};

const model_info* known_model(std::uint32_t id, bool& is_last) {
  const model_spec* const spec = find_spec(id);
  is_last = spec == nullptr;
  return spec != nullptr ? __atomic_load_n(&spec->info, __ATOMIC_ACQUIRE) : nullptr;
}

/// `use(owner)` for the models that the program has used which delete orphans by this reference.
template <class Use>
void for_each_deleting_owner(const model_info& child, const relation_info& reference, Use use) {
  const auto goes_by_it = [&](const relation_info& relation) {
    if (!relation.deletes_orphans || relation.related != child.spec->type) return false;
    const relation_step& type = relation.type;
    return (type.model != nullptr ? child.find_offset(type.offset) : child.find_column(type.field)) ==
           reference.type_field;
  };
  bool is_last = false;
  for (std::uint32_t id = 1; !is_last; ++id) {
    const model_info* const owner = known_model(id, is_last);
    if (owner != nullptr && std::any_of(owner->relations.begin(), owner->relations.end(), goes_by_it)) use(*owner);
  }
}

std::vector<orphan_key> orphan_keys(const model_info& child) {
  std::vector<orphan_key> found;
  for (const foreign_key_info& key : child.foreign_keys) {
    const model_info& parent = referenced_model(child, key);
    const auto deletes = [&](const relation_info& relation) {
      return relation.deletes_orphans && relation.related == child.spec->type && goes_by(relation, child, key);
    };
    if (std::any_of(parent.relations.begin(), parent.relations.end(), deletes))
      found.push_back({&key, nullptr, key.fields});
  }
  for (const relation_info& relation : child.relations) {
    if (relation.kind != relation_kind::belongs_to_any) continue;
    bool deletes = false;
    for_each_deleting_owner(child, relation, [&](const model_info&) { deletes = true; });
    if (!deletes) continue;
    std::vector<std::uint16_t> fields = relation.key_fields;
    fields.push_back(static_cast<std::uint16_t>(relation.type_field));
    found.push_back({nullptr, &relation, std::move(fields)});
  }
  return found;
}

/// Whether the row named one of a model that deletes its orphans.
bool belonged(const model_info& child, const relation_info& reference, detail::words_view row) {
  const std::vector<std::uint64_t> type =
      detail::values_in(child, row, {static_cast<std::uint16_t>(reference.type_field)});
  bool found = false;
  for_each_deleting_owner(child, reference, [&](const model_info& owner) {
    inline_word_buffer<8> name;
    name.push_text(owner.recorded_name());
    found = found || std::equal(type.begin(), type.end(), name.data(), name.data() + name.size);
  });
  return found;
}

/// What the program has said of the object by its reference with this foreign key; null: nothing.
const detail::loaded_rows* given_for(const model_info& info, tracked_object* object, const foreign_key_info* key,
                                     const relation_info* reference = nullptr) {
  const detail::loaded_rows* found = nullptr;
  detail::for_each_given(info, object->object(),
                         [&](const relation_info& relation, void*, const detail::loaded_rows* rows) {
                           const bool is_of_key = &relation == reference ||
                                                  (relation.kind == relation_kind::belongs_to &&
                                                   &info.foreign_keys[static_cast<std::size_t>(relation.key)] == key);
                           if (is_of_key && rows->origin != detail::rows_origin::held) found = rows;
                         });
  return found;
}

/// The object named somebody by this key when it was read, and is to name nobody.
bool becomes_orphan(const model_info& info, tracked_object* object, const orphan_key& key,
                    const detail::undone_work& undone) {
  const detail::loaded_rows* const given = given_for(info, object, key.key, key.reference);
  if (key.reference != nullptr && !belonged(info, *key.reference, undone.known_row(*object))) return false;
  std::vector<std::uint16_t> changed;
  detail::matches(info, object->object(), undone.known_row(*object), &changed);
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

}  // namespace

namespace {

/// Whether a reference of the object by the columns of the relation is such a one.
template <class Is>
bool is_given(const model_info& info, tracked_object* object, const relation_info& relation, Is is) {
  return std::any_of(info.foreign_keys.begin(), info.foreign_keys.end(), [&](const foreign_key_info& key) {
    const detail::loaded_rows* const given = goes_by(relation, info, key) ? given_for(info, object, &key) : nullptr;
    return given != nullptr && is(*given);
  });
}

}  // namespace

bool is_given_to_another(const model_info& info, tracked_object* object, const relation_info& relation,
                         const void* owner) {
  return is_given(info, object, relation, [owner](const detail::loaded_rows& given) {
    return given.origin == detail::rows_origin::tracked && given.rows != owner;
  });
}

bool is_given_away(const model_info& info, tracked_object* object, const relation_info& relation, const void* owner) {
  return is_given(info, object, relation, [owner](const detail::loaded_rows& given) { return given.rows != owner; });
}

bool session::state::remove_orphans() {
  bool removed = false;
  const auto may_be_orphans = [](const model_info* each) { return !orphan_keys(*each).empty(); };
  if (std::none_of(objects.models().begin(), objects.models().end(), may_be_orphans)) return false;
  const model_info* info = nullptr;
  std::vector<orphan_key> keys;
  for (tracked_object* object : objects) {
    if (!info || object->spec != info->spec) {
      info = &info_of(*object->spec);
      keys = orphan_keys(*info);
    }
    if (keys.empty() || object->state != object_state::persistent) continue;
    const bool orphan = std::any_of(keys.begin(), keys.end(),
                                    [&](const orphan_key& key) { return becomes_orphan(*info, object, key, undone); });
    if (!orphan || detail::is_marked_row(*info, *object)) continue;
    remember(object);  // a flush that fails leaves it as it is: it may be given a parent before the next
    undo.back().removes = true;
    object->state = object_state::removed;
    object->permanently = false;
    removed = true;
  }
  return removed;
}

void session::state::take_out(const model_info& owner, const relation_info& relation, const tracked_object& holder,
                              held_rows& held, std::vector<tracked_object*>& leaving) {
  const model_info& info = info_of(*held.ops->spec);
  detail::key_flows flows;
  for (std::size_t i = held.count; i != held.all(); ++i) {
    if (held.fate_of(i) != held_rows::fate::taken) continue;
    auto* part = static_cast<tracked_object*>(held.parts[i]);
    auto* const referred = i < held.originals.size() ? static_cast<tracked_object*>(held.originals[i]) : nullptr;
    if (referred != nullptr) part = referred;
    tracked_object* const expunged = part != nullptr && part->state == object_state::detached ? part : nullptr;
    if (expunged != nullptr) part = nullptr;
    if (part == nullptr && !info.key.empty()) part = identities.find(info, held.row(i));
    if (part == nullptr) {
      part = expunged;
      if (part == nullptr) part = detail::row_part::room(*held.ops->spec, 1).make(copies.share_of(held), i);
      part->state = object_state::persistent;
      part->snapshot = detail::take_snapshot(info, part->object());
      identities.insert(info, part);
      own(part);
    }
    const detail::key_flow& flow = flows.of(owner, relation);
    // Since a transaction was undone, it may be somebody else's by now, or not inserted.
    const bool belongs = (undone.keys.is_named(*part, holder, flow) || flow.holds(part->object(), holder.object())) &&
                         !is_given_to_another(info, part, relation, holder.object());
    const bool added = part->state == object_state::added;
    if (added && !undone.has_row_of(part)) {
      if (referred == nullptr) leaving.push_back(part);
    } else if (belongs && (added || part->state == object_state::persistent)) {
      if (!relation.deletes_orphans) {
        flow.fill(part->object(), nullptr);
      } else if (added) {
        leaving.push_back(part);
      } else if (!detail::is_marked_row(info, *part)) {
        part->state = object_state::removed;
        part->permanently = false;
      }
      if (relation.kind == relation_kind::has_one && !added) replaced.push_back(part);
    }
    held.fates[i] = held_rows::fate::gone;
    if (referred != nullptr) detail::drop(std::exchange(held.originals[i], nullptr));
  }
}

}  // namespace tupelo
