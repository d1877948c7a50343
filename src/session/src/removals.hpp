// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/model/model_info.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace tupelo::detail {

/// What the removal of objects does to others of the session, as foreign keys say.
struct removal_effects {
  struct emptied {
    tracked_object* object;
    const foreign_key_info* key;
    bool marked;  ///< by a statement of ours, which sets updated_at and the version
  };
  std::vector<tracked_object*> gone;        ///< their rows go, too
  std::vector<tracked_object*> marked;      ///< their rows are marked, too
  std::vector<emptied> emptied_keys;        ///< their foreign keys become NULL
  std::vector<tracked_object*> other_keys;  ///< their foreign keys become what the database says
};
/// Of those that are removed, and of `early`, which were written before.
removal_effects effects_of_removal(const std::vector<tracked_object*>& objects,
                                   const std::vector<tracked_object*>& early = {});

bool any_key(const foreign_key_info& key);
/// Whether a row that names another with it has to leave it before that is deleted: it goes with it, or keeps it.
bool binds(const foreign_key_info& key);

/// The keys of objects, by which others may name them.
class named_objects {
public:
  using key_filter = bool(const foreign_key_info&);

  explicit named_objects(std::vector<const tracked_object*> objects) : objects_(std::move(objects)) {}
  /// Whether one of them is named, with such a key, by the object as its row is, or as it is now.
  bool are_named_by_row(const model_info& info, const tracked_object& object, key_filter& is_meant = any_key);
  bool are_named_by(const model_info& info, const tracked_object& object, key_filter& is_meant = any_key);
  bool are_named_by(const model_info& info, const tracked_object& object, const foreign_key_info& key);

private:
  using key_values = std::vector<std::uint64_t>;
  const std::set<key_values>& keys_for(const model_info& info, const foreign_key_info& key);

  std::vector<const tracked_object*> objects_;
  std::map<const foreign_key_info*, std::set<key_values>> keys_;
};

/// Whether its row was marked as deleted when it was read: there is nothing more to remove.
bool is_marked_row(const model_info& info, const tracked_object& object);
/// Whether its row will be deleted, not marked.
bool is_deleted(const model_info& info, const tracked_object& object);
/// These, which are deleted, and what goes with them: what their deletion takes along, and what is removed and has to
/// be before them.
std::vector<const tracked_object*> gone_with(const std::vector<tracked_object*>& objects,
                                             std::vector<const tracked_object*> deleted);

/// Whether rows of this model may be gone where some of these were deleted, because foreign keys take them along.
bool may_go_with(const model_info& info, const std::set<const model_info*>& deleted);

/// Rows that refer to others of the same table come before those. Whether any does to another one that is removed.
bool order_for_removal(const model_info& info, std::vector<tracked_object*>& removed);

}  // namespace tupelo::detail
