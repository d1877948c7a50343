// SPDX-License-Identifier: Apache-2.0
// What leaves a has_one because that was given another object.
#include "orphans.hpp"
#include "related_objects.hpp"
#include "removals.hpp"
#include "session_state.hpp"
#include "snapshot.hpp"

#include "tupelo/engine/parent_changes.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace tupelo {

using detail::held_rows;
using detail::object_state;
using detail::tracked_object;

namespace {

/// Whether a has_one holds an object that is not its owner's yet.
bool takes_another(const detail::key_flow& flow, const detail::loaded_rows& rows, const void* owner) {
  if (rows.origin == detail::rows_origin::tracked) {
    const auto& child = static_cast<const tracked_object&>(rows);
    return child.state == object_state::added ||
           (child.state == object_state::persistent &&
            !(flow.holds(child.object(), owner) && flow.holds_in(child.snapshot, owner)));
  }
  if (rows.origin != detail::rows_origin::held) return false;
  const auto& held = static_cast<const held_rows&>(rows);
  for (std::size_t i = held.stored; i < held.count; ++i) {
    const auto* const part = static_cast<const tracked_object*>(held.parts[i]);
    if (part != nullptr && part->state == object_state::added && !part->moved) return true;
  }
  return false;
}

/// The has_one relations that have been given another object, by the keys of their owners.
class refilled {
public:
  explicit refilled(const detail::stale_keys& stale) : known_(stale) {
    for (const auto& each : stale.all()) stale_.emplace(each.target, &each);
  }

  void add(const model_info& info, tracked_object* owner) {
    // A new one had nothing; one that is to be inserted again may have had it in the transaction that was undone.
    const auto [first, last] = stale_.equal_range(owner);
    const bool had_none = owner->state == object_state::added && first == last;
    const auto look_at = [&, keys = std::pair(first, last)](const relation_info& relation, void* field,
                                                            detail::loaded_rows* rows) {
      if (relation.kind != relation_kind::has_one || !relation.through.empty()) return;
      if (had_none && rows->origin != detail::rows_origin::tracked) return;
      const detail::key_flow& flow = flows_.of(info, relation, field);
      if (!takes_another(flow, *rows, owner->object())) return;
      note_taken(*rows);
      if (had_none) return;
      if (owner->state == object_state::persistent)
        owners_.emplace(flow.hash_of_key(owner->object()), owner_of_another{&flow, owner});
      for (auto at = keys.first; at != keys.second; ++at)
        owners_.emplace(at->second->hash, owner_of_another{&flow, owner});
      if (std::find(used_.begin(), used_.end(), &flow) == used_.end()) used_.push_back(&flow);
    };
    detail::for_each_given(info, owner->object(), look_at);
  }
  bool empty() const noexcept { return owners_.empty(); }
  /// What they hold now.
  bool take(const tracked_object* object) const { return taken_.contains(object); }
  const std::vector<const detail::key_flow*>& used() const noexcept { return used_; }
  /// Whom the object names, or named in an undone transaction; null: none of them.
  const tracked_object* named_by(const tracked_object& object, const detail::key_flow& flow) const {
    return find(flow, flow.hash_of_foreign(object.object()), [&](const tracked_object& owner) {
      return owner.state == object_state::added ? known_.is_named(object, owner, flow)
                                                : flow.holds(object.object(), owner.object());
    });
  }
  /// Whom its row names.
  const tracked_object* named_by_row(const tracked_object& object, const detail::key_flow& flow) const {
    return find(flow, flow.hash_in(object.snapshot), [&](const tracked_object& owner) {
      return owner.state != object_state::added && flow.holds_in(object.snapshot, owner.object());
    });
  }

private:
  struct owner_of_another {
    const detail::key_flow* flow;
    const tracked_object* owner;
  };

  void note_taken(const detail::loaded_rows& rows) {
    if (rows.origin == detail::rows_origin::tracked) taken_.insert(static_cast<const tracked_object*>(&rows));
    if (rows.origin != detail::rows_origin::held) return;
    for (const detail::loaded_rows* part : static_cast<const held_rows&>(rows).parts)
      taken_.insert(static_cast<const tracked_object*>(part));
  }
  template <class Matches>
  const tracked_object* find(const detail::key_flow& flow, std::uint64_t hash, Matches matches) const {
    const auto [first, last] = owners_.equal_range(hash);
    const auto found = std::find_if(
        first, last, [&](const auto& each) { return each.second.flow == &flow && matches(*each.second.owner); });
    return found == last ? nullptr : found->second.owner;
  }

  const detail::stale_keys& known_;
  detail::key_flows flows_;
  std::unordered_multimap<const tracked_object*, const detail::stale_keys::stale_key*> stale_;
  std::unordered_multimap<std::uint64_t, owner_of_another> owners_;
  std::vector<const detail::key_flow*> used_;
  std::unordered_set<const tracked_object*> taken_;
};

/// Whether the object belonged to one of them at the last flush, also one of a transaction that was undone since, and
/// nobody has said otherwise.
bool leaves(const refilled& has_ones, const model_info& info, tracked_object* object, const detail::key_flow& flow,
            const detail::undone_work& undone) {
  const bool was_written =
      object->state == object_state::persistent || (object->state == object_state::added && undone.has_row_of(object));
  const tracked_object* const owner = was_written ? has_ones.named_by(*object, flow) : nullptr;
  if (owner == nullptr || has_ones.take(object) || !detail::is_live(info, object->object())) return false;
  if (is_given_to_another(info, object, *flow.relation, owner->object())) return false;
  if (owner->state == object_state::added) return true;
  std::vector<std::uint16_t> changed;
  detail::matches(info, object->object(), undone.known_row(*object), &changed);
  return std::none_of(changed.begin(), changed.end(), [&](std::uint16_t i) { return flow.has_field(i); });
}

}  // namespace

void session::state::take_out_replaced() {
  refilled has_ones(undone.keys);
  const model_info* info = nullptr;
  bool may_have_one = false;
  for (tracked_object* object : objects.with_relations()) {
    if (!info || object->spec != info->spec) {
      info = &info_of(*object->spec);
      may_have_one = std::any_of(info->relations.begin(), info->relations.end(), [](const relation_info& relation) {
        return relation.kind == relation_kind::has_one && relation.through.empty();
      });
    }
    if (may_have_one && (object->state == object_state::persistent || object->state == object_state::added))
      has_ones.add(*info, object);
  }
  if (has_ones.empty()) return;
  std::vector<tracked_object*> leaving;
  for (tracked_object* object : objects) {
    if (!info || object->spec != info->spec) info = &info_of(*object->spec);
    for (const detail::key_flow* flow : has_ones.used()) {
      if (flow->to != info) continue;
      const bool has_row = object->state == object_state::persistent || object->state == object_state::removed;
      if (leaves(has_ones, *info, object, *flow, undone)) {
        if (!flow->relation->deletes_orphans) {
          undone.note_filled(object, *flow);
          flow->fill(object->object(), nullptr);
        } else if (has_row && !detail::is_marked_row(*info, *object)) {
          remember(object);  // as in remove_orphans
          undo.back().removes = true;
          object->state = object_state::removed;
          object->permanently = false;
        } else if (!has_row) {
          leaving.push_back(object);
        }
      } else if (!has_row || has_ones.named_by_row(*object, *flow) == nullptr) {
        continue;
      }
      // Its new owner's key is written, or its mark, or it is deleted, before what takes its place is inserted.
      if (has_row) replaced.push_back(object);
      break;
    }
  }
  for (tracked_object* object : leaving) disown(object);
}

}  // namespace tupelo
