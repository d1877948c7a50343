// SPDX-License-Identifier: Apache-2.0
// In which order objects that refer to each other end.
#include "related_objects.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tupelo::detail {

namespace {

struct edge {
  void* field;
  tracked_object* to;
};

/// Objects of loaded rows, by these.
using loaded_parts = std::unordered_map<const loaded_rows*, std::vector<tracked_object*>>;

std::vector<edge> edges_of(tracked_object* object, const loaded_parts& loaded = {}) {
  std::vector<edge> found;
  const model_info& info = info_of(*object->spec);
  if (info.relations.empty()) return found;
  const model_spec* leaf = nullptr;
  // What stays in a session keeps what it refers to: that may be waiting to be written.
  const auto note = [&](void* field, loaded_rows* rows) {
    auto* const to = static_cast<tracked_object*>(rows);
    if (to == nullptr || to->state != object_state::detached) return;
    // What refers to nothing closes no circle, and ends without going deeper.
    if (to->spec == leaf || info_of(*to->spec).relations.empty()) {
      leaf = to->spec;
    } else {
      found.push_back({field, to});
    }
  };
  for_each_given(info, object->object(), [&](const relation_info&, void* field, loaded_rows* rows) {
    if (rows->origin == rows_origin::tracked) note(field, rows);
    if (rows->origin != rows_origin::held) return;
    const auto& held = *static_cast<held_rows*>(rows);
    for (loaded_rows* part : held.parts) note(field, part);
    for (loaded_rows* original : held.originals) note(field, original);
  });
  if (loaded.empty()) return found;
  for (const relation_info& relation : info.relations) {
    void* const field = static_cast<char*>(object->object()) + info.fields[relation.field].offset;
    const auto parts = loaded.find(loaded_rows_of(field));
    if (parts == loaded.end()) continue;
    for (tracked_object* part : parts->second) note(field, part);
  }
  return found;
}

}  // namespace

bool may_refer_further(const model_info& info) {
  return std::any_of(info.relations.begin(), info.relations.end(), [](const relation_info& relation) {
    const model_spec* const related =
        relation.kind == relation_kind::belongs_to_any ? nullptr : find_spec(relation.related);
    return related == nullptr || !info_of(*related).relations.empty();
  });
}

std::vector<tracked_object*> release_order(const std::vector<tracked_object*>& leaving) {
  std::vector<tracked_object*> order;
  const auto refers = [](tracked_object* each) { return !edges_of(each).empty(); };
  if (std::none_of(leaving.begin(), leaving.end(), refers)) return order;  // loaded rows alone close no circle
  loaded_parts loaded;
  for (tracked_object* each : leaving) {
    const row_part* const part = row_part::from(each);
    if (part != nullptr && part->whole->held() == nullptr) loaded[part->whole->rows()].push_back(each);
  }
  struct visit {
    tracked_object* object;
    std::vector<edge> edges;
    std::size_t next = 0;
  };
  constexpr std::uint8_t open = 1, done = 2;
  std::vector<visit> way;
  for (tracked_object* root : leaving) {
    if (std::exchange(root->mark, root->mark == 0 ? open : root->mark) != 0) continue;
    way.push_back({root, edges_of(root, loaded)});
    while (!way.empty()) {
      visit& at = way.back();
      if (at.next == at.edges.size()) {
        at.object->mark = done;
        order.push_back(at.object);
        way.pop_back();
        continue;
      }
      const edge next = at.edges[at.next++];
      if (next.to->mark == 0) {
        next.to->mark = open;
        way.push_back({next.to, edges_of(next.to, loaded)});
      } else if (next.to->mark == open) {
        assign_rows(next.field, nullptr);
        std::erase_if(at.edges, [&](const edge& each) { return each.field == next.field; });
        at.next = 0;  // the others are found done
      }
    }
  }
  for (tracked_object* each : order) each->mark = 0;
  for (tracked_object* each : leaving) each->mark = 1;
  std::erase_if(order, [](const tracked_object* each) { return each->mark == 0; });
  for (tracked_object* each : leaving) each->mark = 0;
  std::reverse(order.begin(), order.end());
  return order;
}

}  // namespace tupelo::detail
