// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "identity_map.hpp"
#include "load_log.hpp"
#include "owned_objects.hpp"

#include "tupelo/session/ref.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/model/relation.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace tupelo::detail {

/// A relation field that was unloaded, and what was in it.
struct unloaded_relation {
  ref<char> owner;
  std::uint32_t offset;
  relation_slot before;

  /// Not over what the program has put there since.
  void put_back() const noexcept;
};

/// What one flush has written that the loaded relations of other objects do not know: rows that belong to another owner
/// than before, or to none.
class other_sides {
public:
  /// Whether relations may have been loaded by foreign keys of this model.
  bool watches(const model_info& info) { return !links_of(info).empty(); }
  /// The row was that before, empty: there was none, and is the object's snapshot now; `is_there`: and not gone.
  void note(const model_info& info, tracked_object* child, words_view before, bool is_there);
  /// Relations of these objects that hold a row which has left them, or were loaded without one that has come, are not
  /// loaded any more.
  ///
  /// What the program has put into such a relation, or taken out, is asked for again where the transaction is undone by
  /// a flush that fails: what holds that, and lacks a row that has come, is `later` not loaded any more, when it is
  /// committed. `is_fresh(owner)`: inserted by this flush; its new objects stay. `unloaded`: for a flush that may fail
  /// still, of which the same holds.
  template <class IsFresh>
  void unload(const owned_objects& objects, identity_map& identities, IsFresh is_fresh,
              std::vector<load_log::field>& later, std::vector<unloaded_relation>& unloaded) const {
    for (const change& each : changes_) {
      for (const bool has_come : {false, true}) {
        const std::vector<std::uint64_t>& named = has_come ? each.joined : each.left;
        if (named.empty()) continue;
        tracked_object* const owner = owner_of(*each.by, named, objects, identities);
        if (owner == nullptr || owner->state != object_state::persistent) continue;
        look_at(each, *owner, has_come, has_come && is_fresh(owner), later, unloaded);
      }
    }
  }

private:
  struct link {
    const foreign_key_info* key;
    const model_info* owner;
    std::vector<std::uint16_t> named;
    std::vector<std::uint16_t> fields;  ///< of the owner: has_many and has_one relations by the key
  };
  struct change {
    const link* by;
    tracked_object* child;
    std::vector<std::uint64_t> left, joined;
  };
  const std::vector<link>& links_of(const model_info& info);
  static tracked_object* owner_of(const link& by, const std::vector<std::uint64_t>& key, const owned_objects& objects,
                                  identity_map& identities);
  static void look_at(const change& what, tracked_object& owner, bool has_come, bool is_fresh,
                      std::vector<load_log::field>& later, std::vector<unloaded_relation>& unloaded);

  std::map<const model_info*, std::vector<link>> links_;
  std::vector<change> changes_;
};

}  // namespace tupelo::detail
