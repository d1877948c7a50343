// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <unordered_map>

#include "snapshot.hpp"
#include "tupelo/query/query_core.hpp"
#include "tupelo/session/ref.hpp"

namespace tupelo::detail {

/// One object per row: finds a tracked object by model and key. Does not own.
class identity_map {
public:
  tracked_object* find(const snapshot& key) const {
    const auto [first, last] = objects_.equal_range(hash(key));
    for (auto i = first; i != last; ++i) {
      if (i->second.key == key) return i->second.object;
    }
    return nullptr;
  }
  void insert(snapshot key, tracked_object* object) {
    const std::size_t at = hash(key);
    objects_.emplace(at, entry{static_cast<snapshot&&>(key), object});
  }
  void erase(const tracked_object* object, const snapshot& key) {
    const auto [first, last] = objects_.equal_range(hash(key));
    for (auto i = first; i != last; ++i) {
      if (i->second.object == object) {
        objects_.erase(i);
        return;
      }
    }
  }
  void reserve(std::size_t count) { objects_.reserve(objects_.size() + count); }

private:
  struct entry {
    snapshot key;
    tracked_object* object;
  };
  static std::size_t hash(const snapshot& key) { return hash_words(key.data(), static_cast<std::uint32_t>(key.size())); }
  std::unordered_multimap<std::size_t, entry> objects_;
};

}  // namespace tupelo::detail
