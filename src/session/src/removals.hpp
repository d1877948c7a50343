// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/engine/query_source.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/task.hpp"

#include <cstdint>
#include <vector>

namespace tupelo::detail {

/// What the removal of objects does to others of the session, as foreign keys say.
struct removal_effects {
  struct emptied {
    tracked_object* object;
    const foreign_key_info* key;
  };
  std::vector<tracked_object*> gone;  ///< their rows go, or are marked, too
  std::vector<emptied> emptied_keys;  ///< their foreign keys become NULL
};
removal_effects effects_of_removal(const std::vector<tracked_object*>& objects);

/// Rows that refer to others of the same table come before those.
void order_for_removal(const model_info& info, std::vector<tracked_object*>& removed);

/// Whether rows that go with marked ones may have to be marked.
bool marks_children(const model_info& info);
/// Marks the rows that belong to those of the models that were marked at this time, and theirs: along has_many and
/// has_one relations whose foreign keys say on_delete(cascade), where the related model says soft_delete.
task<void> mark_children(query_source& source, std::vector<const model_info*> models, std::int64_t marked_us);

}  // namespace tupelo::detail
