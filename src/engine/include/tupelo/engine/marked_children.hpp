// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/engine/query_source.hpp"
#include "tupelo/model/model_info.hpp"
#include "tupelo/core/task.hpp"

#include <cstdint>
#include <vector>

/// What goes with a row that is marked as deleted.
namespace tupelo::detail {

/// Positions of the fields that a foreign key names.
std::vector<std::uint16_t> referenced_fields(const model_info& target, const foreign_key_info& key);

/// The foreign key behind a has_many or has_one of which marked rows take their children along; null where there is
/// none.
const foreign_key_info* marking_key(const model_info& owner, const relation_info& relation, const model_info*& child);

/// Whether rows that go with marked ones may have to be marked.
bool marks_children(const model_info& info);
/// Marks the rows that belong to those of the models that were marked at this time, and theirs: along has_many and
/// has_one relations whose foreign keys say on_delete(cascade), where the related model says soft_delete.
task<void> mark_children(query_source& source, std::vector<const model_info*> models, std::int64_t marked_us);

}  // namespace tupelo::detail
