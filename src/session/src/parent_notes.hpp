// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/engine/parent_changes.hpp"
#include "tupelo/engine/write_batch.hpp"

#include <map>
#include <vector>

namespace tupelo::detail {

/// What the writes of one flush change in the rows that the objects belong to.
class parent_notes {
public:
  /// The object has been written; its snapshot is still that of before. Before: the model writes parents.
  void note(write_batch::verb what, const model_info& info, const tracked_object& object);
  parent_changes& changes() noexcept { return changes_; }

private:
  std::map<const model_info*, std::vector<parent_link>> links_;
  parent_changes changes_;
};

}  // namespace tupelo::detail
