// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/engine/parent_changes.hpp"
#include "tupelo/engine/write_batch.hpp"

namespace tupelo::detail {

/// What the writes of one flush change in the rows that the objects belong to.
class parent_notes {
public:
  /// The object has been written; its snapshot is still that of before. Before: the model writes parents.
  void note(write_batch::verb what, const model_info& info, const tracked_object& object);
  parent_changes& changes() noexcept { return noted_.changes; }
  /// For rows of join tables.
  join_counts& counts() noexcept { return noted_; }

private:
  join_counts noted_;
};

}  // namespace tupelo::detail
