// SPDX-License-Identifier: Apache-2.0
#include "stale_keys.hpp"

#include "foreign_key_order.hpp"
#include "row_copies.hpp"

#include "tupelo/engine/marked_children.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace tupelo::detail {

std::list<stale_keys::foreign_key>& stale_keys::keys_of(const model_info& child, const model_info& target) {
  for (known_keys& known : known_) {
    if (known.child == &child && known.target == &target) return known.keys;
  }
  std::list<foreign_key> found;
  for (const foreign_key_info& key : child.foreign_keys) {
    if (known_reference(key) != &target) continue;
    found.push_back({flow_by_value(child, key.fields, target, referenced_fields(target, key)), key.on_delete});
  }
  for (const relation_info& relation : child.relations) {
    if (relation.kind != relation_kind::belongs_to_any || relation.key_fields.size() != target.key.size()) continue;
    foreign_key& key = found.emplace_back(foreign_key{flow_by_value(child, relation.key_fields, target, target.key)});
    key.flow.type_field = &child.fields[static_cast<std::size_t>(relation.type_field)];
    key.flow.type_name = target.recorded_name();
    key.flow.plain = false;
  }
  return known_.emplace_back(known_keys{&child, &target, std::move(found)}).keys;
}

void stale_keys::note(const std::vector<tracked_object*>& objects, const row_copies& copies,
                      const std::vector<tracked_object*>& targets) {
  std::erase_if(noted_, [&](const stale_key& key) {
    bool is_meant = key.is_as_it_was();
    if (is_meant) return false;
    copies.for_each([&](const tracked_object* original, const void* row) {
      is_meant = is_meant || (original == key.object && key.flow->hash_of_foreign(row) == key.hash);
    });
    if (!is_meant) forget(key);
    return !is_meant;
  });
  // Of an earlier transaction: whose key that is now says nothing.
  std::set<std::pair<const tracked_object*, const field_info*>> known;
  for (const stale_key& key : noted_) known.emplace(key.object, key.flow->pairs[0].foreign);
  std::map<const model_info*, std::vector<tracked_object*>> by_model;
  for (tracked_object* target : targets) by_model[&info_of(*target->spec)].push_back(target);
  std::map<const model_spec*, std::vector<tracked_object*>> children;
  for (tracked_object* object : objects) children[object->spec].push_back(object);
  for (const auto& [model, some] : by_model) {
    for (const auto& [spec, of_child] : children) {
      for (const foreign_key& key : keys_of(info_of(*spec), *model)) {
        const key_flow& flow = key.flow;
        std::unordered_multimap<std::uint64_t, tracked_object*> named;
        for (tracked_object* target : some) named.emplace(flow.hash_of_key(target->object()), target);
        const auto look_at = [&](tracked_object* object, const void* row) {
          if (known.contains({object, flow.pairs[0].foreign})) return;
          const std::uint64_t hash = flow.hash_of_foreign(row);
          const auto [first, last] = named.equal_range(hash);
          for (auto at = first; at != last; ++at) {
            if (!flow.holds(row, at->second->object())) continue;
            retain(object);
            retain(at->second);
            noted_.push_back({object, at->second, &flow, key.on_delete, hash});
          }
        };
        for (tracked_object* object : of_child) look_at(object, object->object());
        copies.for_each([&, of = spec](tracked_object* original, const void* row) {
          if (original->spec == of) look_at(original, row);
        });
      }
    }
  }
}

bool stale_keys::is_named(const tracked_object& by, const tracked_object& target, const key_flow& flow) const {
  return std::any_of(noted_.begin(), noted_.end(), [&](const stale_key& key) {
    return key.object == &by && key.target == &target && key.flow->pairs[0].foreign == flow.pairs[0].foreign &&
           key.is_as_it_was();
  });
}

void stale_keys::leave(std::vector<tracked_object*>& unwanted) const {
  if (noted_.empty() || unwanted.empty()) return;
  std::unordered_multimap<const tracked_object*, const stale_key*> by_target;
  for (const stale_key& key : noted_) by_target.emplace(key.target, &key);
  std::unordered_set<const tracked_object*> left(unwanted.begin(), unwanted.end());
  for (std::size_t i = 0; i != unwanted.size(); ++i) {  // which grows
    const auto [first, last] = by_target.equal_range(unwanted[i]);
    for (auto at = first; at != last; ++at) {
      const stale_key& key = *at->second;
      tracked_object* const object = key.object;
      if (left.contains(object) || !key.is_as_it_was()) continue;
      if (key.on_delete != referential_action::cascade) {
        if (key.flow->nullable) key.flow->fill(object->object(), nullptr);
      } else if (object->state == object_state::added) {
        left.insert(object);
        unwanted.push_back(object);
      } else if (object->state == object_state::persistent) {
        object->state = object_state::removed;
        object->permanently = false;
      }
    }
  }
}

void stale_keys::forget(const stale_key& key) noexcept {
  drop(key.object);
  drop(key.target);
}

void stale_keys::clear() noexcept {
  for (const stale_key& key : noted_) forget(key);
  noted_.clear();
}

}  // namespace tupelo::detail
