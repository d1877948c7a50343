// SPDX-License-Identifier: Apache-2.0
// What becomes of tracked objects whose rows a flush has changed or deleted with those of others.
#include "contradictions.hpp"
#include "parent_notes.hpp"
#include "removals.hpp"
#include "session_state.hpp"

#include "tupelo/engine/marked_children.hpp"
#include "tupelo/engine/object_verbs.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

void session::state::note_erased(tracked_object* object) {
  object->state = object_state::erased;
  has_erased_objects = true;
  identities.erase(object);
}

void session::state::remember_marked(const model_info& info, tracked_object* object) {
  remember(object);
  for (const int i : {info.deleted_at, info.updated_at}) {
    if (i >= 0) undo.back().follows.push_back(static_cast<std::uint16_t>(i));
  }
}

void session::state::note_marked(const model_info& info, tracked_object* object, std::int64_t marked_at) {
  detail::note_marked(info, object->object(), marked_at);
  detail::take_snapshot(info, object->object(), object->snapshot);
}

void session::state::note_effects(const detail::removal_effects& effects, std::int64_t removed_at,
                                  detail::other_sides& others) {
  for (const auto* const some : {&effects.gone, &effects.marked}) {
    for (tracked_object* object : *some) others.note(info_of(*object->spec), object, object->snapshot, false);
  }
  for (tracked_object* object : effects.gone) {
    remember(object);
    note_erased(object);
  }
  for (tracked_object* object : effects.marked) {
    remember_marked(info_of(*object->spec), object);
    note_marked(info_of(*object->spec), object, removed_at);
    note_erased(object);
  }
  for (const detail::removal_effects::emptied& emptied : effects.emptied_keys) {
    if (emptied.object->state != object_state::persistent) continue;
    const model_info& info = info_of(*emptied.object->spec);
    std::vector<std::uint16_t> fields = emptied.key->fields;
    for (const int more : {info.updated_at, info.version}) {
      if (emptied.marked && more >= 0) fields.push_back(static_cast<std::uint16_t>(more));
    }
    change_with_row(emptied.object, std::move(fields), [&](void* object) {
      for (const std::uint16_t i : emptied.key->fields) store_null(info.fields[i].slot(), object);
      if (!emptied.marked) return;
      detail::prepare_for_update(info, object, removed_at);
      detail::count_version(info, object);
    });
    detail::unload_by_emptied(info, emptied.object, *emptied.key);
  }
  for (tracked_object* object : effects.other_keys) {
    if (object->state == object_state::persistent) expire(object);
  }
}

void session::state::expire_beneath(const std::set<const model_info*>& removed) {
  const auto may_be_taken_along = [&](const model_info& parent) {
    return std::any_of(parent.foreign_keys.begin(), parent.foreign_keys.end(), [&](const foreign_key_info& key) {
      const model_info* const target =
          key.on_delete == referential_action::cascade ? detail::known_reference(key) : nullptr;
      return target != nullptr && detail::may_go_with(*target, removed);
    });
  };
  using named_rows = std::vector<std::pair<const foreign_key_info*, const model_info*>>;
  std::map<const model_info*, named_rows> known;
  /// By which foreign keys rows of the model may go, and what these name.
  const auto keys_of = [&](const model_info& info) -> const named_rows& {
    const auto [found, fresh] = known.try_emplace(&info);
    if (!fresh || info.key.empty()) return found->second;
    for (const foreign_key_info& key : info.foreign_keys) {
      const bool stays =
          key.on_delete == referential_action::restrict || key.on_delete == referential_action::no_action;
      const model_info* const parent = stays ? nullptr : detail::known_reference(key);
      if (parent == nullptr || !may_be_taken_along(*parent)) continue;
      if (detail::referenced_fields(*parent, key) == parent->key) found->second.emplace_back(&key, parent);
    }
    return found->second;
  };
  const auto is_unsure = [&](const model_info& info, detail::words_view row) {
    return std::any_of(keys_of(info).begin(), keys_of(info).end(), [&](const auto& each) {
      const std::vector<std::uint64_t> named = detail::values_in(info, row, each.first->fields);
      if (named.empty()) return false;
      inline_word_buffer<16> words;
      words.append(named.data(), static_cast<std::uint32_t>(named.size()));
      const tracked_object* const parent = identities.find(*each.second, words);
      return parent == nullptr || parent->expired;
    });
  };
  const std::vector<const model_info*>& models = objects.models();
  const bool any = std::any_of(models.begin(), models.end(), [&](const auto* info) { return !keys_of(*info).empty(); });
  for (bool again = any; std::exchange(again, false);) {
    for (tracked_object* object : objects) {
      const model_info& info = info_of(*object->spec);
      if (object->expired || object->state != object_state::persistent || !is_unsure(info, object->snapshot)) continue;
      expire(object);
      again = true;
    }
  }
  // Without a look at the rows where none of what can be loaded into these models may go so.
  std::vector<const model_info*> reached(models.begin(), models.end());
  bool may_hold_some = any;
  for (std::size_t i = 0; i != reached.size() && !may_hold_some; ++i) {
    for (const relation_info& relation : reached[i]->relations) {
      const model_spec* const spec = find_spec(relation.related);
      const model_info* const related = spec != nullptr ? &info_of(*spec) : nullptr;
      may_hold_some = may_hold_some || relation.kind == relation_kind::belongs_to_any ||
                      (related != nullptr && !keys_of(*related).empty());
      if (related != nullptr && std::find(reached.begin(), reached.end(), related) == reached.end())
        reached.push_back(related);
    }
  }
  if (!may_hold_some) return;
  unload_rows([&](const model_info& info, const detail::loaded_rows& rows) {
    if (keys_of(info).empty()) return false;
    for (std::size_t i = 0; i != rows.count; ++i) {
      if (is_unsure(info, detail::take_snapshot(info, static_cast<const char*>(rows.rows) + i * info.size)))
        return true;
    }
    return false;
  });
}

void session::state::note_parents(detail::parent_changes& changes, std::int64_t now_us) {
  for (const auto& [link_of, key, by] : changes.sum()) {
    const detail::parent_link& link = *link_of;
    const model_info& info = *link.parent;
    tracked_object* parent = nullptr;
    if (link.named == info.key) {
      inline_word_buffer<16> words;
      words.append(key.data(), static_cast<std::uint32_t>(key.size()));
      parent = identities.find(info, words);
    } else {
      const auto found = std::find_if(objects.begin(), objects.end(), [&, &named = key](const tracked_object* each) {
        return each->spec == info.spec && detail::parent_side(link, each->object()) == named;
      });
      if (found != objects.end()) parent = *found;
    }
    if (parent == nullptr || parent->state != object_state::persistent) continue;
    std::vector<std::uint16_t> fields;
    for (const int i : {link.counter, link.touched}) {
      if (i >= 0) fields.push_back(static_cast<std::uint16_t>(i));
    }
    change_with_row(parent, std::move(fields), [&, more = by](void* object) {
      if (link.counter >= 0) {
        const field_slot slot = info.fields[static_cast<std::size_t>(link.counter)].slot();
        void* const value = field_for_value(slot, object);
        store_integer(slot, value, load_integer(slot, value) + more);
      }
      if (link.touched < 0) return;
      const field_slot slot = info.fields[static_cast<std::size_t>(link.touched)].slot();
      store_timestamp(slot, field_for_value(slot, object), now_us);
    });
  }
}

}  // namespace tupelo
