// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/model/model_info.hpp"

#include <vector>

namespace tupelo::detail {

/// What the removal of objects does to others of the session, as foreign keys say.
struct removal_effects {
  struct emptied {
    tracked_object* object;
    const foreign_key_info* key;
    bool marked;  ///< by a statement of ours, which counts the version on
  };
  std::vector<tracked_object*> gone;  ///< their rows go, or are marked, too
  std::vector<emptied> emptied_keys;  ///< their foreign keys become NULL
};
/// Of those that are removed, and of `early`, which were written before.
removal_effects effects_of_removal(const std::vector<tracked_object*>& objects,
                                   const std::vector<tracked_object*>& early = {});

/// Rows that refer to others of the same table come before those. Whether any does to another one that is removed.
bool order_for_removal(const model_info& info, std::vector<tracked_object*>& removed);

}  // namespace tupelo::detail
