// SPDX-License-Identifier: Apache-2.0
#include "work_list.hpp"

#include "removals.hpp"
#include "snapshot.hpp"
#include "unique_order.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

session::state::work_list::work_list(const std::vector<tracked_object*>& objects, detail::related_objects& related,
                                     const std::vector<const tracked_object*>& replaced) {
  const std::unordered_set<const tracked_object*> first(replaced.begin(), replaced.end());
  const auto is_first = [&](const tracked_object* object) { return !first.empty() && first.contains(object); };
  std::vector<const model_info*> met;
  const model_info* info = nullptr;
  std::vector<tracked_object*>* added_of_it = nullptr;
  for (tracked_object* object : objects) {
    if (!info || object->spec != info->spec) {
      info = &require_table(info_of(*object->spec));
      added_of_it = nullptr;
    }
    if (object->state == object_state::added) {
      if (added_of_it == nullptr) added_of_it = &added[info];
      added_of_it->push_back(object);
    } else if (object->state == object_state::removed) {
      (is_first(object) ? removed_first : removed)[info].push_back(object);
    } else if (object->state == object_state::persistent) {
      const auto [link, last] = related.links_of(object);
      if (link != last) {
        changed_later.push_back(object);
      } else if (!add_change(*info, object, is_first(object))) {
        continue;
      }
    } else {
      continue;
    }
    if (met.empty() || met.back() != info) met.push_back(info);
  }
  std::sort(met.begin(), met.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  met.erase(std::unique(met.begin(), met.end()), met.end());
  models = detail::in_foreign_key_order(met, related.arrows());
  if (!removed_first.empty()) make_way();
}

void session::state::work_list::make_way() {
  std::vector<const tracked_object*> deleted, inserted;
  for (const auto& [info, some] : removed_first) {
    std::copy_if(some.begin(), some.end(), std::back_inserter(deleted),
                 [&, &of = *info](const auto* each) { return of.deleted_at < 0 || each->permanently; });
  }
  if (deleted.empty()) return;
  for (const auto& [info, some] : added) inserted.insert(inserted.end(), some.begin(), some.end());
  detail::named_objects leaving(std::move(deleted)), arriving(std::move(inserted));
  bool waits = std::any_of(changed_later.begin(), changed_later.end(), [&](const tracked_object* each) {
    return leaving.are_named_by_row(info_of(*each->spec), *each);
  });
  for (auto& [info, some] : changed) {
    const auto first = std::stable_partition(some.begin(), some.end(), [&, &of = *info](const changed_object& each) {
      if (!leaving.are_named_by_row(of, *each.object)) return true;
      const bool names_new = arriving.are_named_by(of, *each.object);
      waits = waits || names_new;
      return names_new;
    });
    if (first == some.end()) continue;
    auto& early = changed_first[info];
    early.insert(early.end(), std::make_move_iterator(first), std::make_move_iterator(some.end()));
    some.erase(first, some.end());
  }
  if (!waits) return;
  std::erase_if(removed_first, [&](auto& each) {
    auto& [info, some] = each;
    if (!info->generated_key || detail::may_collide(*info, info->columns)) return false;
    auto& late = removed[info];
    late.insert(late.end(), some.begin(), some.end());
    return true;
  });
}

bool session::state::work_list::add_change(const model_info& info, tracked_object* object, bool comes_first) {
  std::vector<std::uint16_t> fields;
  if (detail::matches(info, object->object(), object->snapshot, &fields)) return false;
  (comes_first ? changed_first : changed)[&info].push_back({object, std::move(fields)});
  return true;
}

}  // namespace tupelo
