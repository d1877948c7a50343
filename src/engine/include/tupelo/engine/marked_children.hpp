// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/task.hpp"

#include <cstdint>
#include <optional>
#include <vector>

/// What goes with a row that is marked as deleted.
namespace tupelo::detail {

/// Positions of the fields that a foreign key names.
std::vector<std::uint16_t> referenced_fields(const model_info& target, const foreign_key_info& key);

/// The foreign key behind a has_many or has_one whose children change when rows of `owner` are marked:
/// on_delete(cascade) marks those of a model that marks rows, on_delete(set_null) empties the key. Null where there is
/// none.
const foreign_key_info* marking_key(const model_info& owner, const relation_info& relation, const model_info*& child);

/// Whether rows that belong to marked ones may have to be written.
bool marks_children(const model_info& info);
/// Does so with the rows that belong to those of the models that were marked at this time, and those that belong to
/// what it marks.
task<void> mark_children(query_source& source, std::vector<const model_info*> models, std::int64_t marked_us);

/// Whether there is a row with the object's key that is not marked as deleted.
task<bool> is_unmarked(query_source& source, const model_info& info, const void* object);
/// Whether rows that belong to marked ones come back with them: those that were marked, too.
bool restores_children(const model_info& info);
/// Takes back the rows that were marked with the row of this object, at the same time: those that belong to it, and
/// those that belong to them. The row itself stays marked. Gives that time; empty: it is not marked. Before: a
/// transaction is open.
task<std::optional<std::int64_t>> restore_children(query_source& source, const model_info& info, const void* object,
                                                   std::int64_t now_us);

}  // namespace tupelo::detail
