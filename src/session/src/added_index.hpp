// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "owned_objects.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace tupelo::detail {

/// Finds added objects by their keys. Nobody is told where the program changes one, so those that it can reach, by a
/// tp::ref or a relation field, are looked at one by one; the others, as the many of a run of merge() that nobody
/// keeps, are found at once.
class added_index {
public:
  /// The added object that has the key of this value; null: none has.
  tracked_object* find(const owned_objects& objects, const model_info& info, const void* given);
  /// What was known is forgotten: objects have left, or have changed in other hands than the program's.
  void clear() noexcept;

private:
  void take_in(const owned_objects& objects);
  void settle(const model_info& info, tracked_object* object);

  std::size_t seen_ = 0;                                          ///< of the session's objects
  std::unordered_multimap<std::uint64_t, tracked_object*> kept_;  ///< by the session alone; by their keys
  std::unordered_map<const model_spec*, std::vector<tracked_object*>> shared_;
};

}  // namespace tupelo::detail
