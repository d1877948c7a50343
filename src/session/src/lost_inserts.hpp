// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "related_objects.hpp"
#include "undone_work.hpp"

#include "tupelo/session/ref.hpp"

#include <vector>

namespace tupelo::detail {

/// What is new must not be inserted only to go with `deleted`, objects whose rows the same flush deletes. What an
/// undone transaction had inserted before may, as it is to be repeated as it was. Before: keys that are known are
/// filled.
/// Errors: query_error, which names the reference.
void refuse_lost_inserts(const std::vector<tracked_object*>& objects, std::vector<const tracked_object*> deleted,
                         related_objects& related, const undone_work& undone);
/// Errors: query_error, which it throws, of an object of the model, by this key.
[[noreturn]] void refuse_lost_insert(const model_info& info, const foreign_key_info& key);

}  // namespace tupelo::detail
