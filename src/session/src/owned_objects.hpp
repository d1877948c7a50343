// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "related_objects.hpp"

#include "tupelo/session/ref.hpp"
#include "tupelo/model/model_info.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tupelo::detail {

/// The objects of a session in the order in which they came. Those whose models have relations are listed once more,
/// and the models: looking at an object that there is nothing to find in costs more than the rest of a walk.
class owned_objects {
public:
  using list = std::vector<tracked_object*>;

  const list& all() const noexcept { return all_; }
  const list& with_relations() const noexcept { return with_relations_; }
  /// Of objects that are there, or have been.
  const std::vector<const model_info*>& models() const noexcept { return models_; }

  /// Whether some may refer to others that refer to others.
  bool may_refer_further() const noexcept { return may_refer_further_; }

  list::const_iterator begin() const noexcept { return all_.begin(); }
  list::const_iterator end() const noexcept { return all_.end(); }
  std::size_t size() const noexcept { return all_.size(); }
  tracked_object* operator[](std::size_t place) const noexcept { return all_[place]; }

  void add(tracked_object* object) {
    const model_info& info = info_of(*object->spec);
    if (std::find(models_.begin(), models_.end(), &info) == models_.end()) {
      models_.push_back(&info);
      may_refer_further_ = may_refer_further_ || detail::may_refer_further(info);
    }
    if (!info.relations.empty()) with_relations_.push_back(object);
    all_.push_back(object);
  }
  /// False: it is not there.
  bool remove(const tracked_object* object) {
    if (!remove(all_, object)) return false;
    if (!info_of(*object->spec).relations.empty()) remove(with_relations_, object);
    return true;
  }
  /// Removes all for which `leaves` holds, and gives them in their order.
  template <class Leaves>
  list take_out(Leaves leaves) {
    const auto start = std::find_if(all_.begin(), all_.end(), leaves);
    if (start == all_.end()) return {};
    const auto first = std::stable_partition(start, all_.end(), [&](tracked_object* each) { return !leaves(each); });
    list taken(first, all_.end());
    all_.erase(first, all_.end());
    std::erase_if(with_relations_, leaves);
    return taken;
  }

private:
  /// From both ends: who leaves one by one is the first or the last of those that are left, as a rule.
  static bool remove(list& from, const tracked_object* object) {
    for (std::size_t first = 0, last = from.size(); first < last; ++first) {
      std::size_t found = first;
      if (from[first] != object) {
        if (from[--last] != object) continue;
        found = last;
      }
      from.erase(from.begin() + static_cast<std::ptrdiff_t>(found));
      return true;
    }
    return false;
  }

  list all_, with_relations_;
  std::vector<const model_info*> models_;
  bool may_refer_further_ = false;
};

}  // namespace tupelo::detail
