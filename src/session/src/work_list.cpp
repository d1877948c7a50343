// SPDX-License-Identifier: Apache-2.0
#include "work_list.hpp"

#include "lost_inserts.hpp"
#include "read_ahead.hpp"
#include "snapshot.hpp"
#include "unique_order.hpp"

#include "tupelo/core/error.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
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
  for (std::size_t i = 0; i != objects.size(); ++i) {
    detail::read_ahead(objects, i);
    tracked_object* const object = objects[i];
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
        const auto may_be_null = [](const detail::object_link& each) { return each.flow->nullable; };
        if (is_first(object) && std::all_of(link, last, may_be_null)) {
          std::for_each(link, last, [&](const detail::object_link& each) { related.empty(each); });
          empties = add_change(*info, object, true) || empties;
        }
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
  if (!removed_first.empty()) make_way(objects);
}

namespace {

[[noreturn]] void refuse_to_wait(const model_info& info) {
  throw query_error("objects of " + std::string(info.short_name()) +
                    " name one that a has_one gives up, or what goes with it, and are to name what is inserted in the "
                    "same flush; but that one has to be deleted before, because something of it is unique: change it "
                    "instead of giving the has_one another, or flush() them with another key first");
}

}  // namespace

void session::state::work_list::make_way(const std::vector<tracked_object*>& objects) {
  std::vector<const tracked_object*> gone = gone_first(objects), arriving;
  if (gone.empty()) return;
  for (const auto& [info, some] : added) arriving.insert(arriving.end(), some.begin(), some.end());
  detail::named_objects inserted(std::move(arriving));
  leave leaving = let_leave(gone, inserted, detail::any_key);
  if (leaving.waits != nullptr) {
    remove_last_what_may();
    gone = gone_first(objects);
    leaving = let_leave(gone, inserted, detail::binds);
    if (leaving.waits != nullptr) refuse_to_wait(*leaving.waits);
  }
  const std::unordered_set<const tracked_object*> goes(gone.begin(), gone.end());
  for (auto& [info, some] : removed) {
    const auto first =
        std::stable_partition(some.begin(), some.end(), [&](auto* each) { return !goes.contains(each); });
    if (first == some.end()) continue;
    auto& early = removed_first[info];
    early.insert(early.end(), first, some.end());
    some.erase(first, some.end());
  }
  for (const auto& [info, count] : leaving.counts) {
    auto& some = changed[info];
    const auto last = some.begin() + static_cast<std::ptrdiff_t>(count);
    leaving_first[info].assign(std::make_move_iterator(some.begin()), std::make_move_iterator(last));
    some.erase(some.begin(), last);
  }
}

std::vector<const tracked_object*>
session::state::work_list::gone_first(const std::vector<tracked_object*>& objects) const {
  std::vector<const tracked_object*> deleted;
  for (const auto& [info, some] : removed_first) {
    std::copy_if(some.begin(), some.end(), std::back_inserter(deleted),
                 [&of = *info](const auto* each) { return detail::is_deleted(of, *each); });
  }
  return deleted.empty() ? deleted : detail::gone_with(objects, std::move(deleted));
}

session::state::work_list::leave session::state::work_list::let_leave(const std::vector<const tracked_object*>& gone,
                                                                      detail::named_objects& inserted,
                                                                      detail::named_objects::key_filter& bound) {
  detail::named_objects left(gone);
  leave found;
  for (const tracked_object* object : changed_later) {
    const model_info& info = info_of(*object->spec);
    if (left.are_named_by_row(info, *object, bound)) found.waits = &info;
  }
  for (auto& [model, some] : changed) {
    const model_info& info = *model;
    const auto waits = [&](const tracked_object* each) { return inserted.are_named_by(info, *each); };
    const auto middle = std::stable_partition(some.begin(), some.end(), [&](const changed_object& each) {
      return left.are_named_by_row(info, *each.object, bound) ||
             (left.are_named_by_row(info, *each.object) && !waits(each.object));
    });
    const auto leaving = static_cast<std::size_t>(middle - some.begin());
    if (leaving == 0) continue;
    std::vector<const tracked_object*> objects;
    for (const changed_object& each : some) objects.push_back(each.object);
    std::copy_if(changed_later.begin(), changed_later.end(), std::back_inserter(objects),
                 [&](const tracked_object* each) { return each->spec == info.spec; });
    std::vector<changed_object> ordered;
    std::size_t count = 0;
    bool any_waits = false;
    for (const std::size_t i : detail::order_by_unique_values(info, objects)) {
      any_waits = any_waits || i >= some.size() || waits(objects[i]);
      if (i < some.size()) ordered.push_back(std::move(some[i]));
      if (i >= leaving) continue;
      count = ordered.size();
      if (any_waits) found.waits = model;
    }
    some = std::move(ordered);
    found.counts.emplace(model, count);
  }
  return found;
}

void session::state::work_list::remove_last_what_may() {
  std::erase_if(removed_first, [&](auto& each) {
    auto& [info, some] = each;
    if (!info->generated_key || detail::may_collide(*info, info->columns)) return false;
    auto& late = removed[info];
    late.insert(late.end(), some.begin(), some.end());
    return true;
  });
}

void session::state::work_list::note_deleted(const model_info& info, const std::vector<tracked_object*>& objects,
                                             std::set<const model_info*>& deleted) {
  const auto goes = [&](const tracked_object* each) { return detail::is_deleted(info, *each); };
  if (std::any_of(objects.begin(), objects.end(), goes)) deleted.insert(&info);
}

void session::state::work_list::refuse_lost_inserts(const std::vector<tracked_object*>& objects,
                                                    detail::related_objects& related,
                                                    const detail::undone_work& undone) const {
  if (added.empty() || removed.empty()) return;
  std::vector<const tracked_object*> deleted;
  for (const auto& [info, some] : removed) {
    std::copy_if(some.begin(), some.end(), std::back_inserter(deleted),
                 [&of = *info](const auto* each) { return detail::is_deleted(of, *each); });
  }
  if (!deleted.empty()) detail::refuse_lost_inserts(objects, std::move(deleted), related, undone);
}

bool session::state::work_list::add_change(const model_info& info, tracked_object* object, bool comes_first) {
  std::vector<std::uint16_t> fields;
  if (detail::matches(info, object->object(), object->snapshot, &fields)) return false;
  (comes_first ? changed_first : changed)[&info].push_back({object, std::move(fields)});
  return true;
}

}  // namespace tupelo
