// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "snapshot.hpp"

#include "tupelo/session/ref.hpp"

#include <vector>

namespace tupelo::detail {

/// Relation fields that contradict the object's foreign keys, or hold what is not in the database.
std::vector<void*> contradictions(const model_info& info, tracked_object* object);
/// They are not loaded any more, but for those that are to be `kept`. `before`: the object's columns before they were
/// changed: a reference that was loaded and is to no row says by nothing else which key it was loaded by.
void unload_contradictions(const model_info& info, tracked_object* object, words_view before,
                           const std::vector<void*>& kept = {});
/// The same where this foreign key alone has become NULL: what the object has by its own key is as right as before, and
/// may hold what a flush that fails later has to insert again.
void unload_by_emptied(const model_info& info, tracked_object* object, const foreign_key_info& key);
/// After a flush, of those that the program has given objects: what has come to nothing since, or was given another
/// way, would be taken for a change by the next one. `owners`: those that have relations.
void unload_stale(const std::vector<tracked_object*>& owners);
/// The same of those that refer to objects which are about to leave the session.
void unload_left(const std::vector<tracked_object*>& owners, const std::vector<tracked_object*>& leaving);
/// The same of the references alone that were loaded, when the row has been written.
void unload_moved(const model_info& info, tracked_object* object, words_view before);
/// The same of those alone that are to no row.
void unload_absent(const model_info& info, tracked_object* object, words_view before);

}  // namespace tupelo::detail
