// SPDX-License-Identifier: Apache-2.0
#include "related_objects.hpp"

#include "orphans.hpp"
#include "read_ahead.hpp"
#include "snapshot.hpp"

#include "tupelo/engine/object_verbs.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>

namespace tupelo::detail {

namespace {

bool before(const object_link& a, const object_link& b) noexcept { return std::less<>()(a.object, b.object); }

tracked_object* part_of(const held_rows& held, std::size_t row) noexcept {
  return static_cast<tracked_object*>(held.parts[row]);
}

}  // namespace

bool is_fresh(const held_rows& held, std::size_t row) noexcept {
  const tracked_object* const part = part_of(held, row);
  return (part == nullptr || part->state == object_state::detached) && held.fate_of(row) == held_rows::fate::fresh;
}

// ---- gathering

related_objects::related_objects(const std::vector<tracked_object*>& owners, std::uint32_t session, undone_work& undone)
    : session_(session), undone_(undone) {
  if (undone.flush_failed()) given_ = given_children(owners);
  const model_info* info = nullptr;
  try {
    for (std::size_t i = 0; i != owners.size(); ++i) {
      read_held_ahead(owners, i, info);
      tracked_object* const object = owners[i];
      if (!info || object->spec != info->spec) info = &info_of(*object->spec);
      if (object->state == object_state::added || object->state == object_state::persistent) add(*info, object);
    }
    connect_stale();
  } catch (...) {
    end_marks();
    throw;
  }
  end_marks();
  if (may_share_) refuse_shared();
  if (links_.empty()) return;
  if (scattered_) sort_links();
  refuse_strangers();
}

void related_objects::end_marks() noexcept {
  for (const object_link& link : links_) {
    if (link.object->session == session_) link.object->mark = 0;
  }
}

void related_objects::sort_links() {
  if (std::exchange(sorted_, true)) return;
  std::stable_sort(links_.begin(), links_.end(), before);
  next_ = 0;
}

void related_objects::add(const model_info& info, tracked_object* object) {
  for_each_given(info, object->object(), [&](const relation_info& relation, void* field, loaded_rows* rows) {
    if (relation.kind == relation_kind::many_to_many) return;  // its keys are in another table
    if (has_foreign_key(relation.kind)) {
      if (rows->origin == rows_origin::held) return;
      auto* const target = rows->origin == rows_origin::tracked ? static_cast<tracked_object*>(rows) : nullptr;
      connect(object, flows_.of(info, relation, field), target, field);
    } else if (rows->origin == rows_origin::tracked) {
      auto* const child = static_cast<tracked_object*>(rows);
      const key_flow& flow = flows_.of(info, relation, field);
      if (child->state == object_state::detached) {
        const bool has_row = !child->snapshot.empty();
        if (has_row && flow.holds(child->object(), object->object())) return;  // which is as the relation has it
        throw transaction_error(errc::detached_object, "relation " + flow.name() +
                                                           " refers to an object that is not in the session: add() or "
                                                           "attach() it first");
      }
      // One that was there before its row went is not in the relation any more.
      if (child->state == object_state::erased && child->session == session_) {
        throw transaction_error(errc::detached_object, "relation " + flow.name() +
                                                           " is given an object that was removed in this transaction: "
                                                           "give it a new one");
      }
      if (child->state == object_state::persistent && child->session != session_ &&
          (object->state == object_state::added || !flow.holds(child->object(), object->object()))) {
        throw transaction_error(errc::detached_object, "relation " + flow.name() +
                                                           " is given an object that another session tracks, which "
                                                           "alone writes its foreign key: merge() a copy of it");
      }
      if (child->state == object_state::added || child->state == object_state::persistent)
        connect(child, flow, object, field);
    } else if (rows->origin == rows_origin::held) {
      const auto& held = *static_cast<const held_rows*>(rows);
      const key_flow* flow = nullptr;
      for (std::size_t i = held.stored; i < held.count; ++i) {
        tracked_object* const child = part_of(held, i);
        if (child == nullptr || child->state != object_state::added || child->moved) continue;
        // What was written with this owner has been given to another since.
        child->moved =
            undone_.has_row_of(child) && (std::binary_search(given_.begin(), given_.end(), child, std::less<>()) ||
                                          is_given_away(info_of(*child->spec), child, relation, object->object()));
        if (child->moved) continue;
        if (flow == nullptr) {
          flow = &flows_.of(info, relation, field);
          holders_.emplace_back(&held, object);
          may_share_ = may_share_ || object->state != object_state::added;  // which needs no links
        }
        connect(child, *flow, object, nullptr);
      }
    }
  });
}

namespace {

/// Either the reference or the key itself was changed since the object was read, or written by a transaction that was
/// undone since: what differs from then counts. Before: the key does not name what the reference does.
bool key_counts(const key_flow& flow, tracked_object* object, const void* named, const undone_work& undone) {
  const model_info& info = *flow.to;
  const auto is_changed = [&, then = undone.known_row(*object)] {
    std::vector<std::uint16_t> changed;
    matches(info, object->object(), then, &changed);
    return std::any_of(changed.begin(), changed.end(), [&](std::uint16_t i) { return flow.has_field(i); });
  };
  if (!is_changed()) return false;
  const snapshot now = take_snapshot(info, object->object());
  flow.fill(object->object(), named);
  const bool is_back = !is_changed();
  restore(info, object->object(), now);
  return is_back;
}

}  // namespace

void unload_outdated(const std::vector<tracked_object*>& owners, const undone_work& undone) {
  key_flows flows;
  const auto is_stored = [](const tracked_object* each) { return each->state == object_state::persistent; };
  for (tracked_object* owner : owners) {
    if (!is_stored(owner)) continue;
    const model_info& info = info_of(*owner->spec);
    for_each_given(info, owner->object(), [&](const relation_info& relation, void* field, loaded_rows* rows) {
      if (relation.kind == relation_kind::many_to_many || rows->origin == rows_origin::held) return;
      const bool belongs = has_foreign_key(relation.kind);
      auto* const other = rows->origin == rows_origin::tracked ? static_cast<tracked_object*>(rows) : nullptr;
      if (other == nullptr ? !belongs : !is_stored(other)) return;
      const key_flow& flow = flows.of(info, relation, field);
      tracked_object* const object = belongs ? owner : other;
      const void* const named = belongs ? rows->rows : owner->object();
      if (!flow.holds(object->object(), named) && key_counts(flow, object, named, undone)) assign_rows(field, nullptr);
    });
  }
}

void related_objects::connect_stale() {
  const std::vector<stale_keys::stale_key>& stale = undone_.keys.all();
  if (stale.empty()) return;
  std::set<std::pair<const tracked_object*, const field_info*>> given;
  for (const object_link& link : links_) {
    for (const key_flow::pair& each : link.flow->pairs) given.emplace(link.object, each.foreign);
  }
  for (const stale_keys::stale_key& each : stale) {
    const bool is_written = each.object->state == object_state::added || each.object->state == object_state::persistent;
    if (!is_written || !each.is_as_it_was()) continue;
    const auto is_given = [&](const key_flow::pair& pair) { return given.contains({each.object, pair.foreign}); };
    if (std::any_of(each.flow->pairs.begin(), each.flow->pairs.end(), is_given)) continue;
    connect(each.object, *each.flow, each.target, nullptr);
  }
}

bool related_objects::is_to_be_noted(tracked_object& object, const key_flow& flow) const {
  if (object.state != object_state::added || undone_.has_row_of(&object)) return true;
  return flow.relation != nullptr && flow.relation->kind == relation_kind::has_one &&
         row_part::from(&object) == nullptr;
}

void related_objects::fill(const object_link& link) {
  if (is_to_be_noted(*link.object, *link.flow)) undone_.note_filled(link.object, *link.flow);
  link.flow->fill(link.object->object(), link.target->object());
}

void related_objects::empty(const object_link& link) {
  undone_.note_filled(link.object, *link.flow);
  link.flow->fill(link.object->object(), nullptr);
}

void related_objects::connect(tracked_object* object, const key_flow& flow, tracked_object* target, void* field) {
  void* const named = target ? target->object() : nullptr;
  if (target && target->state == object_state::added) {
    if (linked_.empty() || linked_.back() != object->spec) {
      if (std::find(linked_.begin(), linked_.end(), object->spec) == linked_.end()) linked_.push_back(object->spec);
    }
    if (object->session != session_ || std::exchange(object->mark, std::uint8_t{1}) != 0) {
      may_share_ = true;
      scattered_ = scattered_ || links_.empty() || links_.back().object != object;
    }
    links_.push_back({object, target, &flow});
    return;
  }
  if (target && target->state == object_state::detached && flow.awaits_insert(named)) {
    throw transaction_error(errc::detached_object, "relation " + flow.name() +
                                                       " refers to an object that is not in the session and has no "
                                                       "key: add() it first");
  }
  if (flow.holds(object->object(), named)) return;
  if (object->state == object_state::added || field == nullptr) {
    if (is_to_be_noted(*object, flow)) undone_.note_filled(object, flow);
    flow.fill(object->object(), named);
    return;
  }
  if (key_counts(flow, object, named, undone_)) {
    assign_rows(field, nullptr);
  } else {
    undone_.note_filled(object, flow);
    flow.fill(object->object(), named);
  }
}

void related_objects::refuse_strangers() const {
  const auto is_strange = [this](const tracked_object* each) {
    return each->state == object_state::added && each->session != session_;
  };
  for (const object_link& link : links_) {
    if (!is_strange(link.object) && !is_strange(link.target)) continue;
    throw transaction_error(errc::detached_object, "relation " + link.flow->name() +
                                                       " connects objects of two sessions, of which one is not "
                                                       "inserted yet: commit that session first");
  }
}

void related_objects::refuse_shared() {
  std::sort(holders_.begin(), holders_.end());
  for (std::size_t i = 1; i < holders_.size(); ++i) {
    if (holders_[i].first != holders_[i - 1].first || holders_[i].second == holders_[i - 1].second) continue;
    const std::string model(info_of(*holders_[i].first->ops->spec).short_name());
    throw query_error("the same new objects of " + model +
                      " are held by two objects: copies of an object share what its relations hold; give each its own");
  }
}

std::vector<model_arrow> related_objects::arrows() const {
  std::vector<model_arrow> found;
  for (const object_link& link : links_) {
    const auto same = [&](const model_arrow& arrow) {
      return arrow.from == link.flow->to && arrow.to == link.flow->from;
    };
    if (std::none_of(found.begin(), found.end(), same)) found.push_back({link.flow->to, link.flow->from});
  }
  return found;
}

std::pair<object_link*, object_link*> related_objects::links_of(const tracked_object* object) {
  if (std::find(linked_.begin(), linked_.end(), object->spec) == linked_.end()) return {nullptr, nullptr};
  // Objects are asked for in the order in which they were gathered, as a rule.
  std::size_t first = next_;
  if (first >= links_.size() || links_[first].object != object) {
    sort_links();
    const auto found = std::partition_point(links_.begin(), links_.end(), [&](const object_link& link) {
      return std::less<>()(static_cast<const tracked_object*>(link.object), object);
    });
    first = static_cast<std::size_t>(found - links_.begin());
  }
  std::size_t last = first;
  while (last != links_.size() && links_[last].object == object) ++last;
  next_ = last == links_.size() ? 0 : last;
  return {links_.data() + first, links_.data() + last};
}

// ---- order

std::vector<insert_group> related_objects::in_order(const std::vector<ordered_model>& models,
                                                    const std::vector<std::vector<tracked_object*>>& added) {
  struct place {
    std::size_t depth, model;
    tracked_object* object;
  };
  const depths depth = depths_in(models);
  std::vector<insert_group> groups;
  for (std::size_t first = 0; first < models.size();) {
    std::size_t last = first;
    while (last < models.size() && models[last].circle == models[first].circle) ++last;
    if (depth.empty()) {  // no object of this flush refers to one of its own circle
      for (std::size_t m = first; m != last; ++m) {
        if (!added[m].empty()) groups.push_back({models[m].info, added[m]});
      }
      first = last;
      continue;
    }
    std::vector<place> places;
    for (std::size_t m = first; m != last; ++m) {
      for (tracked_object* object : added[m]) {
        const auto found = depth.find(object);
        places.push_back({found == depth.end() ? 0 : found->second, m, object});
      }
    }
    const auto comes_first = [](const place& a, const place& b) {
      return a.depth != b.depth ? a.depth < b.depth : a.model < b.model;
    };
    if (!std::is_sorted(places.begin(), places.end(), comes_first))
      std::stable_sort(places.begin(), places.end(), comes_first);
    for (std::size_t i = 0; i != places.size(); ++i) {
      if (i == 0 || places[i].depth != places[i - 1].depth || places[i].model != places[i - 1].model)
        groups.push_back({models[places[i].model].info, {}});
      groups.back().objects.push_back(places[i].object);
    }
    first = last;
  }
  return groups;
}

related_objects::depths related_objects::depths_in(const std::vector<ordered_model>& models) {
  const auto circle_of = [&](const model_info* info) {
    for (const ordered_model& model : models) {
      if (model.info == info) return model.circle;
    }
    return models.size();
  };
  // Objects of other circles are in order by their models already.
  std::unordered_map<tracked_object*, std::size_t> waiting;
  std::unordered_map<const tracked_object*, std::vector<tracked_object*>> waiting_for;
  for (const object_link& link : links_) {
    if (link.object->state != object_state::added || circle_of(link.flow->to) != circle_of(link.flow->from)) continue;
    ++waiting[link.object];
    waiting.try_emplace(link.target, 0);
    waiting_for[link.target].push_back(link.object);
  }
  depths done;
  std::vector<tracked_object*> ready;
  for (const auto& [object, count] : waiting) {
    if (count == 0) ready.push_back(object);
  }
  for (;;) {
    while (!ready.empty()) {
      tracked_object* const object = ready.back();
      ready.pop_back();
      waiting.erase(object);
      const std::size_t depth = done[object];
      for (tracked_object* next : waiting_for[object]) {
        const auto found = waiting.find(next);
        if (found == waiting.end()) continue;  // a late link of its own
        done[next] = std::max(done[next], depth + 1);
        if (--found->second == 0) ready.push_back(next);
      }
    }
    if (waiting.empty()) return done;
    object_link& late = make_one_late(waiting);
    late.late = true;
    auto& others = waiting_for[late.target];
    others.erase(std::find(others.begin(), others.end(), late.object));
    if (--waiting[late.object] == 0) ready.push_back(late.object);
  }
}

object_link& related_objects::make_one_late(const std::unordered_map<tracked_object*, std::size_t>& waiting) {
  // Each that waits refers to another one that waits: following them comes back to where it has been.
  sort_links();  // so that they stay where they are
  std::vector<object_link*> way;
  std::unordered_map<const tracked_object*, std::size_t> places;  // on the way
  tracked_object* at = waiting.begin()->first;
  for (;;) {
    const auto [been, is_new] = places.emplace(at, way.size());
    if (!is_new) {
      way.erase(way.begin(), way.begin() + static_cast<std::ptrdiff_t>(been->second));
      break;
    }
    auto [link, last] = links_of(at);
    while (link != last && (link->late || !waiting.contains(link->target))) ++link;
    way.push_back(link);
    at = link->target;
  }
  for (object_link* link : way) {
    if (link->flow->nullable) return *link;
  }
  throw query_error("new objects refer to each other in a circle, by relation " + way[0]->flow->name() +
                    " and back to the same object, so that none of them can be inserted first: let a foreign key of "
                    "the circle be NULL (a std::optional field)");
}

// ---- single objects

namespace {

bool asks_for_writing(const relation_info& relation, const held_rows& held) {
  const bool connects = relation.kind == relation_kind::many_to_many;
  bool asks = connects && held.has_loose_ties();
  for (std::size_t i = held.stored; i < held.count; ++i) {
    const tracked_object* const part = part_of(held, i);
    asks = asks || is_fresh(held, i) || (part != nullptr && part->state == object_state::added);
  }
  for (std::size_t i = held.count; i < held.all(); ++i)
    asks = asks || (!connects && held.fate_of(i) == held_rows::fate::taken);
  return asks;
}

bool is_added(const loaded_rows* rows) noexcept {
  return rows->origin == rows_origin::tracked && static_cast<const tracked_object*>(rows)->state == object_state::added;
}

}  // namespace

bool has_related_changes(const model_info& info, tracked_object* object, related_changes which) {
  bool changed = false;
  key_flows flows;
  for_each_given(info, object->object(), [&](const relation_info& relation, void* field, loaded_rows* rows) {
    const bool own = has_foreign_key(relation.kind);
    if (!own && which == related_changes::of_its_row) return;
    if (rows->origin == rows_origin::held) {
      changed = changed || asks_for_writing(relation, *static_cast<const held_rows*>(rows));
    } else if (own) {
      changed = changed || is_added(rows) || !flows.of(info, relation, field).holds(object->object(), rows->rows);
    }
  });
  return changed;
}

void refuse_to_replace(const model_info& info, void* object, const tracked_object* known, std::uint16_t offset) {
  key_flows flows;
  for_each_given(info, object, [&](const relation_info& relation, void* field, loaded_rows* rows) {
    if (info.fields[relation.field].offset != offset) return;
    bool waits = is_added(rows);
    if (rows->origin == rows_origin::held) {
      waits = asks_for_writing(relation, *static_cast<const held_rows*>(rows));
    } else if (has_foreign_key(relation.kind) && known == nullptr) {  // a new one: its reference counts
      waits = waits || !flows.of(info, relation, field).holds(object, rows->rows);
    } else if (has_foreign_key(relation.kind) && known->state == object_state::persistent) {
      // Where the foreign key itself was changed, that counts, and what it names is to be loaded.
      const key_flow& flow = flows.of(info, relation, field);
      std::vector<std::uint16_t> changed;
      matches(info, object, known->snapshot, &changed);
      waits = waits || (!flow.holds(object, rows->rows) &&
                        std::none_of(changed.begin(), changed.end(), [&](auto i) { return flow.has_field(i); }));
    } else if (rows->origin == rows_origin::tracked && relation.kind == relation_kind::has_one) {
      const auto* const child = static_cast<const tracked_object*>(rows);
      waits = waits || (child->state == object_state::persistent && known != nullptr &&
                        !flows.of(info, relation, field).holds(rows->rows, object));
    }
    if (!waits) return;
    throw query_error("load() of relation " + std::string(info.short_name()) + "::" + info.fields[relation.field].name +
                      " would drop what the program has put into it or taken out of it: flush() first, or reset() the "
                      "relation to give that up");
  });
}

std::vector<const tracked_object*> given_children(const std::vector<tracked_object*>& owners) {
  std::vector<const tracked_object*> found;
  key_flows flows;
  for (tracked_object* object : owners) {
    if (object->state != object_state::added && object->state != object_state::persistent) continue;
    const model_info& info = info_of(*object->spec);
    for_each_given(info, object->object(), [&](const relation_info& relation, void* field, loaded_rows* rows) {
      if (rows->origin != rows_origin::tracked || has_foreign_key(relation.kind)) return;
      const bool changes =
          object->state == object_state::added || !flows.of(info, relation, field).holds(rows->rows, object->object());
      if (changes) found.push_back(static_cast<tracked_object*>(rows));
    });
  }
  std::sort(found.begin(), found.end(), std::less<>());
  return found;
}

bool is_given_child(const model_info& info, const tracked_object* object, const std::vector<tracked_object*>& owners) {
  const model_info* owner = nullptr;
  bool may_own = false;
  key_flows flows;
  for (tracked_object* each : owners) {
    if (!owner || each->spec != owner->spec) {
      owner = &info_of(*each->spec);
      may_own = std::any_of(owner->relations.begin(), owner->relations.end(), [&](const relation_info& relation) {
        return relation.kind == relation_kind::has_one && relation.related == info.spec->type;
      });
    }
    if (!may_own || (each->state != object_state::added && each->state != object_state::persistent)) continue;
    bool given = false;
    for_each_given(*owner, each->object(), [&](const relation_info& relation, void*, const loaded_rows* rows) {
      if (rows != object || has_foreign_key(relation.kind)) return;
      given = given || each->state == object_state::added ||
              !flows.of(*owner, relation).holds(object->object(), each->object());
    });
    if (given) return true;
  }
  return false;
}

std::vector<tracked_object*> added_parts(tracked_object* object) {
  std::vector<tracked_object*> found;
  std::size_t next = 0;
  for (tracked_object* at = object; at != nullptr;) {
    for_each_given(info_of(*at->spec), at->object(), [&](const relation_info&, void*, loaded_rows* rows) {
      if (rows->origin != rows_origin::held) return;
      for (loaded_rows* each : static_cast<held_rows*>(rows)->parts) {
        auto* const part = static_cast<tracked_object*>(each);
        if (part != nullptr && part->state == object_state::added && !part->moved) found.push_back(part);
      }
    });
    at = next < found.size() ? found[next++] : nullptr;
  }
  return found;
}

}  // namespace tupelo::detail
