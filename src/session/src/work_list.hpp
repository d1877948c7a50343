// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "related_objects.hpp"
#include "session_state.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace tupelo {

struct session::state::changed_object {
  detail::tracked_object* object;
  std::vector<std::uint16_t> fields;
};

/// What one flush has to write, by model.
struct session::state::work_list {
  std::vector<detail::ordered_model> models;
  std::map<const model_info*, std::vector<detail::tracked_object*>> added, removed;
  std::map<const model_info*, std::vector<changed_object>> changed;
  /// What makes room for what is inserted.
  std::map<const model_info*, std::vector<detail::tracked_object*>> removed_first;
  std::map<const model_info*, std::vector<changed_object>> changed_first;
  std::vector<detail::tracked_object*> changed_later;  ///< by the keys of what is inserted first
  std::int64_t removed_at = 0;                         ///< what marked rows are marked with
  bool connects = false;                               ///< rows of join tables

  work_list(const std::vector<detail::tracked_object*>& objects, detail::related_objects& related,
            const std::vector<const detail::tracked_object*>& replaced);

  /// False: nothing has changed.
  bool add_change(const model_info& info, detail::tracked_object* object, bool comes_first = false);
  bool removes() const noexcept { return !removed.empty() || !removed_first.empty(); }

private:
  /// What names rows that are deleted first is written before them: a foreign key may take it along. Where it cannot
  /// be, because it is to name what is inserted, they go last unless something of theirs is unique.
  void make_way();
};

}  // namespace tupelo
