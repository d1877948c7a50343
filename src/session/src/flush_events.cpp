// SPDX-License-Identifier: Apache-2.0
#include "flush_events.hpp"

#include "related_objects.hpp"
#include "snapshot.hpp"

#include "tupelo/core/error.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

task<void> session::state::flush_events::before(state& of) {
  std::set<std::pair<const tracked_object*, object_state>> told;
  std::vector<ref<char>> kept;  // so that no other object gets the address of one that was told of
  for (bool again = true; again;) {
    again = false;
    const std::vector<const tracked_object*> children = detail::given_children(of.objects.with_relations());
    for (std::size_t i = 0; i < of.objects.size(); ++i) {  // which handlers change
      tracked_object* const object = of.objects[i];
      const model_info& info = info_of(*object->spec);
      if (!registry_->hears_of(info) || told.contains({object, object->state})) continue;
      kept.emplace_back(object);
      const object_state state = object->state;
      const bool given = std::binary_search(children.begin(), children.end(), object, std::less<>());
      if (!co_await before_one(of, info, *object, given)) {
        kept.pop_back();
        continue;
      }
      told.insert({object, state});
      again = true;
    }
    again = of.follow_relations() || again;
  }
}

task<void> session::state::flush_events::tell(state& of, event what, const model_info& info, tracked_object& object) {
  const handlers_told told(of.open_to_handlers);
  of.loads.note_write();  // by the handlers
  co_await registry_->tell(what, {info, object.object()}, of.held);
}

task<bool> session::state::flush_events::before_one(state& of, const model_info& info, tracked_object& object,
                                                    bool given) {
  const auto tell = [&](event what) { return this->tell(of, what, info, object); };
  switch (object.state) {
    case object_state::added:
      co_await of.ensure_transaction();
      co_await tell(event::saving);
      co_await tell(event::creating);
      co_return true;
    case object_state::removed:
      co_await of.ensure_transaction();
      co_await tell(event::deleting);
      co_return true;
    case object_state::persistent: {
      const bool changed =
          given || !detail::matches(info, object.object(), object.snapshot, nullptr) ||
          (!info.relations.empty() && detail::has_related_changes(info, &object, detail::related_changes::of_its_row));
      if (!changed) break;
      co_await of.ensure_transaction();
      updating_.insert(&object);
      if (detail::ends_mark(info, object.object(), object.snapshot)) {
        restoring_.insert(&object);
        co_await tell(event::restoring);
      }
      co_await tell(event::saving);
      co_await tell(event::updating);
      co_return true;
    }
    default: break;
  }
  co_return false;
}

void session::state::flush_events::note(detail::write_batch::verb what, const model_info& info,
                                        tracked_object& object) {
  if (registry_->hears_of(info)) written_.push_back({what, &info, ref<char>(&object)});
}

task<void> session::state::flush_events::after(state& of) {
  using enum detail::write_batch::verb;
  for (const written& each : written_) {
    tracked_object& object = *each.object.tracked();
    const auto tell = [&](event what) { return this->tell(of, what, *each.info, object); };
    if (each.what == insert) {
      co_await tell(event::created);
      co_await tell(event::saved);
    } else if (each.what == erase) {
      co_await tell(event::deleted);
    } else if (updating_.erase(&object) != 0) {  // and not the second half of an insert
      co_await tell(event::updated);
      if (restoring_.contains(&object)) co_await tell(event::restored);
      co_await tell(event::saved);
    }
  }
}

}  // namespace tupelo
