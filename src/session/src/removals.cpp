// SPDX-License-Identifier: Apache-2.0
#include "removals.hpp"

#include "foreign_key_order.hpp"
#include "key_flow.hpp"
#include "snapshot.hpp"

#include "tupelo/engine/marked_children.hpp"
#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/model/relation_keys.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tupelo::detail {

namespace {

using key_values = std::vector<std::uint64_t>;

/// A key's values; empty where one is NULL. Keys of equal values are equal whatever the types of their fields.
template <class Fields>
key_values values_of(const model_info& info, const Fields& positions, const void* object) {
  inline_word_buffer<16> words;
  for (const std::uint16_t i : positions) {
    const field_slot slot = info.fields[i].slot();
    const void* const value = value_of(slot, object);
    if (value == nullptr) return {};
    if (is_integer(slot.k)) {
      words.push(static_cast<std::uint64_t>(load_integer(slot, value)));
    } else {
      push_value(slot, value, words);
    }
  }
  return {words.data(), words.data() + words.size};
}

bool marks(const model_info& owner, const model_info& child, const foreign_key_info& key) {
  return std::any_of(owner.relations.begin(), owner.relations.end(), [&](const relation_info& relation) {
    const model_info* found = nullptr;
    return marking_key(owner, relation, found) == &key && found == &child;
  });
}

/// A foreign key of objects in the session, and the keys it may name that are removed.
struct watched_key {
  const model_info* child;
  const foreign_key_info* key;
  const model_info* target;
  std::vector<std::uint16_t> named;
  bool marks;
  std::set<key_values> removed{}, marked{};
};

class effect_search {
public:
  effect_search(const std::vector<tracked_object*>& objects, const std::vector<tracked_object*>& early)
      : objects_(objects) {
    for (tracked_object* object : early) {
      const bool marked = is_marked_only(object);
      (marked ? last_ : next_).push_back({object, marked});
    }
    const std::set<const tracked_object*> known(early.begin(), early.end());
    for (tracked_object* object : objects_) {
      if (object->state == object_state::removed && !known.contains(object))
        last_.push_back({object, is_marked_only(object)});
    }
  }

  removal_effects run() {
    follow(false);
    for (watched_key& watched : watched_) watched.removed.clear();  // what is inserted may have these keys again
    next_ = std::move(last_);
    follow(true);
    return std::move(effects_);
  }

private:
  struct removal {
    tracked_object* object;
    bool marked;
  };

  static bool is_marked_only(const tracked_object* object) {
    return info_of(*object->spec).deleted_at >= 0 && !object->permanently;
  }

  /// From `next_` on; what is inserted by this flush meets only what happens after.
  void follow(bool inserted_too) {
    if (next_.empty()) return;
    if (watched_.empty()) watch();
    while (!next_.empty() && !watched_.empty()) {
      note_keys();
      for (tracked_object* object : objects_) {
        const bool has_row =
            object->state == object_state::persistent || (inserted_too && object->state == object_state::added);
        if (has_row && !gone_.contains(object)) look_at(object);
      }
    }
  }

  void watch() {
    std::set<const model_info*> models;
    for (const tracked_object* object : objects_) models.insert(&info_of(*object->spec));
    for (const model_info* child : models) {
      for (const foreign_key_info& key : child->foreign_keys) {
        const bool follows =
            key.on_delete != referential_action::no_action && key.on_delete != referential_action::restrict;
        if (!follows) continue;
        const model_info& target = referenced_model(*child, key);
        if (!models.contains(&target)) continue;
        by_child_[child].push_back(watched_.size());
        watched_.push_back({child, &key, &target, referenced_fields(target, key), marks(target, *child, key)});
      }
    }
  }

  void note_keys() {
    for (const removal& each : std::exchange(next_, {})) {
      const model_info& info = info_of(*each.object->spec);
      for (watched_key& watched : watched_) {
        if (watched.target != &info) continue;
        auto& keys = each.marked ? watched.marked : watched.removed;
        keys.insert(values_of(info, watched.named, each.object->object()));
      }
    }
  }

  void look_at(tracked_object* object) {
    const model_info& info = info_of(*object->spec);
    const auto found = by_child_.find(&info);
    if (found == by_child_.end()) return;
    for (const std::size_t i : found->second) {
      const watched_key& watched = watched_[i];
      const key_values named = values_of(info, watched.key->fields, object->object());
      if (named.empty()) continue;
      const bool cascades = watched.key->on_delete == referential_action::cascade;
      if (watched.removed.contains(named)) {
        if (cascades) return take(object, false);
        if (watched.key->on_delete == referential_action::set_default) {
          if (moved_.insert(object).second) effects_.other_keys.push_back(object);
          continue;
        }
        if (emptied_.insert({object, watched.key}).second)
          effects_.emptied_keys.push_back({object, watched.key, false});
      } else if (watched.marks && watched.marked.contains(named)) {
        if (!cascades) {
          if (emptied_.insert({object, watched.key}).second)
            effects_.emptied_keys.push_back({object, watched.key, true});
        } else if (!is_marked(info, object)) {
          return take(object, true);
        }
      }
    }
  }

  static bool is_marked(const model_info& info, const tracked_object* object) {
    return value_of(info.fields[static_cast<std::size_t>(info.deleted_at)].slot(), object->object()) != nullptr;
  }

  void take(tracked_object* object, bool marked) {
    gone_.insert(object);
    (marked ? effects_.marked : effects_.gone).push_back(object);
    next_.push_back({object, marked});
  }

  const std::vector<tracked_object*>& objects_;
  std::vector<watched_key> watched_;
  std::map<const model_info*, std::vector<std::size_t>> by_child_;
  std::vector<removal> next_, last_;  ///< what goes before the inserts, and what goes or is marked after them
  std::set<const tracked_object*> gone_, moved_;
  std::set<std::pair<const tracked_object*, const foreign_key_info*>> emptied_;
  removal_effects effects_;
};

}  // namespace

removal_effects effects_of_removal(const std::vector<tracked_object*>& objects,
                                   const std::vector<tracked_object*>& early) {
  return effect_search(objects, early).run();
}

bool any_key(const foreign_key_info&) { return true; }

bool binds(const foreign_key_info& key) {
  using enum referential_action;
  return key.on_delete == cascade || key.on_delete == restrict || (key.on_delete == no_action && !key.deferrable);
}

const std::set<key_values>& named_objects::keys_for(const model_info& info, const foreign_key_info& key) {
  const auto [found, is_new] = keys_.try_emplace(&key);
  if (!is_new) return found->second;
  const model_info& target = referenced_model(info, key);
  const std::vector<std::uint16_t> named = referenced_fields(target, key);
  for (const tracked_object* object : objects_) {
    if (object->spec != target.spec) continue;
    if (key_values values = values_of(target, named, object->object()); !values.empty())
      found->second.insert(std::move(values));
  }
  return found->second;
}

bool named_objects::are_named_by_row(const model_info& info, const tracked_object& object, key_filter& is_meant) {
  return std::any_of(info.foreign_keys.begin(), info.foreign_keys.end(), [&](const foreign_key_info& key) {
    return is_meant(key) && keys_for(info, key).contains(values_in(info, object.snapshot, key.fields));
  });
}

bool named_objects::are_named_by(const model_info& info, const tracked_object& object, key_filter& is_meant) {
  return std::any_of(info.foreign_keys.begin(), info.foreign_keys.end(),
                     [&](const foreign_key_info& key) { return is_meant(key) && are_named_by(info, object, key); });
}

bool named_objects::are_named_by(const model_info& info, const tracked_object& object, const foreign_key_info& key) {
  return keys_for(info, key).contains(values_of(info, key.fields, object.object()));
}

bool is_marked_row(const model_info& info, const tracked_object& object) {
  return info.deleted_at >= 0 && !is_null_in(info, object.snapshot, static_cast<std::uint16_t>(info.deleted_at));
}

bool is_deleted(const model_info& info, const tracked_object& object) {
  return object.state == object_state::removed && (info.deleted_at < 0 || object.permanently);
}

namespace {

bool cascades(const foreign_key_info& key) { return key.on_delete == referential_action::cascade; }

}  // namespace

bool may_go_with(const model_info& info, const std::set<const model_info*>& deleted) {
  std::vector<const model_info*> met{&info};
  for (std::size_t i = 0; i != met.size(); ++i) {
    const model_info& each = *met[i];
    if (deleted.contains(&each)) return true;
    for (const foreign_key_info& key : each.foreign_keys) {
      const model_info* const target = cascades(key) ? known_reference(key) : nullptr;
      if (target != nullptr && std::find(met.begin(), met.end(), target) == met.end()) met.push_back(target);
    }
  }
  return false;
}

std::vector<const tracked_object*> gone_with(const std::vector<tracked_object*>& objects,
                                             std::vector<const tracked_object*> deleted) {
  std::set<const tracked_object*> gone(deleted.begin(), deleted.end());
  for (std::size_t known = 0; known != deleted.size();) {
    named_objects these({deleted.begin() + static_cast<std::ptrdiff_t>(known), deleted.end()});
    known = deleted.size();
    for (const tracked_object* object : objects) {
      const model_info& info = info_of(*object->spec);
      if (info.foreign_keys.empty() || gone.contains(object)) continue;
      bool goes = false;
      if (object->state == object_state::removed) {
        goes = is_deleted(info, *object) ? these.are_named_by_row(info, *object, binds)
                                         : these.are_named_by_row(info, *object, cascades);
      } else if (object->state == object_state::persistent) {
        goes = these.are_named_by(info, *object, cascades);
      }
      if (!goes) continue;
      gone.insert(object);
      deleted.push_back(object);
    }
  }
  return deleted;
}

bool order_for_removal(const model_info& info, std::vector<tracked_object*>& removed) {
  // Last tracked first, where keys say nothing else.
  std::reverse(removed.begin(), removed.end());
  bool refers = false;
  if (removed.size() < 2) return refers;
  for (const foreign_key_info& key : info.foreign_keys) {
    if (&referenced_model(info, key) != &info) continue;
    const std::vector<std::uint16_t> named = referenced_fields(info, key);
    std::map<key_values, std::size_t> places;
    for (std::size_t i = 0; i != removed.size(); ++i) places.emplace(values_of(info, named, removed[i]->object()), i);
    std::vector<std::size_t> parents(removed.size(), removed.size()), depths(removed.size(), 0);
    for (std::size_t i = 0; i != removed.size(); ++i) {
      const key_values parent = values_of(info, key.fields, removed[i]->object());
      const auto found = parent.empty() ? places.end() : places.find(parent);
      if (found != places.end() && found->second != i) parents[i] = found->second;
      refers = refers || parents[i] != removed.size();
    }
    for (std::size_t i = 0; i != removed.size(); ++i) {
      std::size_t depth = 0;  // a circle ends the walk at its size
      for (std::size_t at = i; parents[at] != removed.size() && depth != removed.size(); at = parents[at]) ++depth;
      depths[i] = depth;
    }
    std::vector<std::size_t> order(removed.size());
    for (std::size_t i = 0; i != order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return depths[a] > depths[b]; });
    std::vector<tracked_object*> ordered;
    for (const std::size_t i : order) ordered.push_back(removed[i]);
    removed = std::move(ordered);
  }
  return refers;
}

}  // namespace tupelo::detail
