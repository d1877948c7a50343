// SPDX-License-Identifier: Apache-2.0
#include "lost_inserts.hpp"

#include "removals.hpp"

#include "tupelo/engine/marked_children.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>

namespace tupelo::detail {

namespace {

/// "Post::author", or its field where no relation goes by it.
std::string name_of(const model_info& info, const foreign_key_info& key) {
  const auto goes_by_it = [&](const relation_info& each) {
    return each.kind == relation_kind::belongs_to && &info.foreign_keys[static_cast<std::size_t>(each.key)] == &key;
  };
  const auto found = std::find_if(info.relations.begin(), info.relations.end(), goes_by_it);
  const std::uint16_t field = found != info.relations.end() ? found->field : key.fields[0];
  return std::string(info.short_name()) + "::" + info.fields[field].name;
}

}  // namespace

void refuse_lost_insert(const model_info& info, const foreign_key_info& key) {
  const std::string child(info.short_name()), target(referenced_model(info, key).short_name());
  throw query_error("a new " + child + " names by " + name_of(info, key) + " an object of " + target +
                    " that the same flush deletes, which would delete the new one with it (on_delete(cascade)): give "
                    "it another one, expunge() it, or restore() what is removed");
}

void refuse_lost_inserts(const std::vector<tracked_object*>& objects, std::vector<const tracked_object*> deleted,
                         related_objects& related, const undone_work& undone) {
  std::set<const model_info*> models;
  for (const tracked_object* each : deleted) models.insert(&info_of(*each->spec));
  const auto may_be_lost = [&](const tracked_object* each) {
    return each->state == object_state::added && may_go_with(info_of(*each->spec), models);
  };
  if (std::none_of(objects.begin(), objects.end(), may_be_lost)) return;
  std::unordered_set<const tracked_object*> gone;
  for (std::size_t known = 0; known != deleted.size();) {
    named_objects these({deleted.begin() + static_cast<std::ptrdiff_t>(known), deleted.end()});
    known = deleted.size();
    for (const tracked_object* object : objects) {
      const bool is_added = object->state == object_state::added;
      if ((!is_added && object->state != object_state::persistent) || gone.contains(object)) continue;
      const model_info& info = info_of(*object->spec);
      for (const foreign_key_info& key : info.foreign_keys) {
        if (key.on_delete != referential_action::cascade || !these.are_named_by(info, *object, key)) continue;
        // It is to name what is inserted in the same flush.
        const auto [link, last] = related.links_of(object);
        if (std::any_of(link, last, [&](const object_link& each) { return each.flow->has_field(key.fields[0]); }))
          continue;
        if (is_added && !undone.has_row_of(object)) refuse_lost_insert(info, key);
        gone.insert(object);
        deleted.push_back(object);
        break;
      }
    }
  }
}

}  // namespace tupelo::detail
