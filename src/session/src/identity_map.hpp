// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "snapshot.hpp"

#include "tupelo/session/ref.hpp"
#include "tupelo/query/query_core.hpp"

#include <cstddef>
#include <unordered_map>

namespace tupelo::detail {

/// One object per row: finds a tracked object by model and key. Does not own; keeps no keys, the objects have them.
class identity_map {
public:
  tracked_object* find(const model_info& info, const snapshot& key) const {
    const auto [first, last] = objects_.equal_range(hash_words(key.data(), static_cast<std::uint32_t>(key.size())));
    for (auto i = first; i != last; ++i) {
      if (i->second->spec == info.spec && key_of(info, i->second->object()) == key) return i->second;
    }
    return nullptr;
  }
  void insert(const model_info& info, tracked_object* object) {
    object->key_hash = key_hash(info, object->object());
    objects_.emplace(object->key_hash, object);
  }
  void erase(const tracked_object* object) {
    const auto [first, last] = objects_.equal_range(object->key_hash);
    for (auto i = first; i != last; ++i) {
      if (i->second == object) {
        objects_.erase(i);
        return;
      }
    }
  }
  void reserve(std::size_t count) { objects_.reserve(objects_.size() + count); }

private:
  std::unordered_multimap<std::size_t, tracked_object*> objects_;
};

}  // namespace tupelo::detail
