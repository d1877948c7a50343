// SPDX-License-Identifier: Apache-2.0
#include "added_index.hpp"

#include "identity_map.hpp"
#include "row_part.hpp"
#include "snapshot.hpp"

#include "tupelo/core/word_buffer.hpp"

#include <algorithm>

namespace tupelo::detail {

namespace {

using key_buffer = inline_word_buffer<16>;

/// Whether the program can change the object: it has a share, or the rows of which this is one.
bool is_shared(tracked_object* object) noexcept {
  return __atomic_load_n(&object->owners, __ATOMIC_ACQUIRE) > 1 || row_part::from(object) != nullptr;
}

bool has_key(const model_info& info, const tracked_object& object, const word_buffer& key) {
  key_buffer own;
  push_key(info, object.object(), own);
  return std::equal(key.data(), key.data() + key.size, own.data(), own.data() + own.size);
}

}  // namespace

tracked_object* added_index::find(const owned_objects& objects, const model_info& info, const void* given) {
  take_in(objects);
  key_buffer key;
  push_key(info, given, key);
  const auto [first, last] = kept_.equal_range(hash_of_key(info, key));
  for (auto at = first; at != last; ++at) {
    tracked_object* const object = at->second;
    if (object->spec != info.spec || object->state != object_state::added || !has_key(info, *object, key)) continue;
    kept_.erase(at);
    shared_[info.spec].push_back(object);  // in the program's hands from now on
    return object;
  }
  std::vector<tracked_object*>& shared = shared_[info.spec];
  for (std::size_t i = 0; i < shared.size();) {
    tracked_object* const object = shared[i];
    const bool added = object->state == object_state::added;
    if (added && has_key(info, *object, key)) return object;
    if (added && is_shared(object)) {
      ++i;
      continue;
    }
    if (added) settle(info, object);
    shared[i] = shared.back();
    shared.pop_back();
  }
  return nullptr;
}

void added_index::clear() noexcept {
  seen_ = 0;
  kept_.clear();
  shared_.clear();
}

void added_index::take_in(const owned_objects& objects) {
  for (; seen_ != objects.size(); ++seen_) {
    tracked_object* const object = objects[seen_];
    if (object->state != object_state::added) continue;
    if (is_shared(object)) {
      shared_[object->spec].push_back(object);
    } else {
      settle(info_of(*object->spec), object);
    }
  }
}

void added_index::settle(const model_info& info, tracked_object* object) {
  key_buffer key;
  push_key(info, object->object(), key);
  kept_.emplace(hash_of_key(info, key), object);
}

}  // namespace tupelo::detail
