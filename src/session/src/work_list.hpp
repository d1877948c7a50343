// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "related_objects.hpp"
#include "removals.hpp"
#include "session_state.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
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
  /// What makes room for what is inserted, and before it what leaves the rows that are deleted for that.
  std::map<const model_info*, std::vector<changed_object>> leaving_first;
  std::map<const model_info*, std::vector<detail::tracked_object*>> removed_first;
  std::map<const model_info*, std::vector<changed_object>> changed_first;
  std::vector<detail::tracked_object*> changed_later;  ///< by the keys of what is inserted first
  std::int64_t removed_at = 0;                         ///< what marked rows are marked with
  /// Of removed objects: fields that are NULL in their rows before these go.
  std::map<const detail::tracked_object*, std::vector<std::uint16_t>> emptied;
  std::set<const model_info*> deleted;  ///< whose rows go before those that are looked at
  bool connects = false;                ///< rows of join tables
  bool empties = false;                 ///< foreign keys of what changes later, first

  work_list(const std::vector<detail::tracked_object*>& objects, detail::related_objects& related,
            const std::vector<const detail::tracked_object*>& replaced);

  /// False: nothing has changed.
  bool add_change(const model_info& info, detail::tracked_object* object, bool comes_first = false);
  static void note_deleted(const model_info& info, const std::vector<detail::tracked_object*>& objects,
                           std::set<const model_info*>& deleted);
  /// Errors: query_error where something would be inserted only to go with what is deleted.
  void refuse_lost_inserts(const std::vector<detail::tracked_object*>& objects, detail::related_objects& related,
                           const detail::undone_work& undone) const;
  bool removes() const noexcept { return !removed.empty() || !removed_first.empty(); }

private:
  struct leave {
    std::map<const model_info*, std::size_t> counts;  ///< how many of what has changed come first
    const model_info* waits = nullptr;                ///< for what is inserted, so that they cannot
  };

  /// What names rows that are deleted first is written before them: a foreign key may take it along. Where it cannot
  /// be, because it is to name what is inserted, they go last.
  /// Errors: query_error where something of theirs is unique, so that they can do neither.
  void make_way(const std::vector<detail::tracked_object*>& objects);
  /// What is deleted first, and what goes with it.
  std::vector<const detail::tracked_object*> gone_first(const std::vector<detail::tracked_object*>& objects) const;
  /// Brings what has to leave them to the front of what has changed, and there what gives up its unique values to it.
  /// Where that has to wait for what is inserted, it need not leave them, unless it names them with such a `bound` key.
  leave let_leave(const std::vector<const detail::tracked_object*>& gone, detail::named_objects& inserted,
                  detail::named_objects::key_filter& bound);
  void remove_last_what_may();
};

}  // namespace tupelo
