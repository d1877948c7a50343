// SPDX-License-Identifier: Apache-2.0
#include "other_sides.hpp"

#include "foreign_key_order.hpp"
#include "row_part.hpp"
#include "snapshot.hpp"

#include "tupelo/engine/marked_children.hpp"
#include "tupelo/engine/parent_changes.hpp"
#include "tupelo/model/relation_keys.hpp"

#include <algorithm>
#include <utility>

namespace tupelo::detail {

void unloaded_relation::put_back() const noexcept {
  void* const field = static_cast<char*>(owner.tracked()->object()) + offset;
  const loaded_rows* const now = loaded_rows_of(field);
  if (now == nullptr || now->origin == rows_origin::loaded) *static_cast<relation_slot*>(field) = before;
}

const std::vector<other_sides::link>& other_sides::links_of(const model_info& info) {
  const auto [known, fresh] = links_.try_emplace(&info);
  if (!fresh || info.key.empty()) return known->second;
  for (const foreign_key_info& key : info.foreign_keys) {
    const model_info* const owner = known_reference(key);
    if (owner == nullptr) continue;
    link found{&key, owner, referenced_fields(*owner, key), {}};
    for (const relation_info& relation : owner->relations) {
      const bool has_rows = relation.kind == relation_kind::has_many || relation.kind == relation_kind::has_one;
      if (has_rows && relation.through.empty() && relation.related == info.spec->type && goes_by(relation, info, key))
        found.fields.push_back(relation.field);
    }
    if (!found.fields.empty()) known->second.push_back(std::move(found));
  }
  return known->second;
}

void other_sides::note(const model_info& info, tracked_object* child, words_view before, bool is_there) {
  const auto is_live = [&](words_view row) {
    return info.deleted_at < 0 || is_null_in(info, row, static_cast<std::uint16_t>(info.deleted_at));
  };
  for (const link& by : links_of(info)) {
    change found{&by, child, {}, {}};
    if (!before.empty() && is_live(before)) found.left = values_in(info, before, by.key->fields);
    if (is_there && is_live(child->snapshot)) found.joined = values_in(info, child->snapshot, by.key->fields);
    if (found.left != found.joined) changes_.push_back(std::move(found));
  }
}

tracked_object* other_sides::owner_of(const link& by, const std::vector<std::uint64_t>& key,
                                      const owned_objects& objects, identity_map& identities) {
  if (by.named == by.owner->key) {
    inline_word_buffer<16> words;
    words.append(key.data(), static_cast<std::uint32_t>(key.size()));
    return identities.find(*by.owner, words);
  }
  const auto& owners = objects.with_relations();
  const auto found = std::find_if(owners.begin(), owners.end(), [&](const tracked_object* each) {
    return each->spec == by.owner->spec && each->state == object_state::persistent &&
           values_in(*by.owner, each->snapshot, by.named) == key;
  });
  return found == owners.end() ? nullptr : *found;
}

namespace {

/// Whether something of the open transaction is in it, or waits for a flush.
bool may_be_asked_for_again(const held_rows& held) {
  if (held.removed != 0) return true;
  return std::any_of(held.parts.begin() + static_cast<std::ptrdiff_t>(held.stored), held.parts.end(),
                     [](const loaded_rows* each) {
                       const auto* const part = static_cast<const tracked_object*>(each);
                       return part == nullptr || part->noted != 0 || part->state == object_state::added;
                     });
}

}  // namespace

void other_sides::look_at(const change& what, tracked_object& owner, bool has_come, bool is_fresh,
                          std::vector<load_log::field>& later, std::vector<unloaded_relation>& unloaded) {
  const model_info& child = info_of(*what.child->spec);
  inline_word_buffer<16> key;
  push_key(child, what.child->object(), key);
  const auto is_it = [&](const void* row) {
    inline_word_buffer<16> other;
    push_key(child, row, other);
    return std::equal(key.data(), key.data() + key.size, other.data(), other.data() + other.size);
  };
  for (const std::uint16_t position : what.by->fields) {
    void* const field = static_cast<char*>(owner.object()) + what.by->owner->fields[position].offset;
    const loaded_rows* const rows = loaded_rows_of(field);
    if (rows == nullptr || (rows->origin != rows_origin::loaded && rows->origin != rows_origin::held)) continue;
    const bool is_held = rows->origin == rows_origin::held;
    if (is_held && is_fresh) continue;
    const row_part* const part = row_part::from(what.child);
    bool is_in = has_come && part != nullptr && part->whole->rows() == rows;
    for (std::size_t i = 0; i != rows->count && !is_in; ++i)
      is_in = is_it(static_cast<const char*>(rows->rows) + i * child.size);
    if (is_in == has_come) continue;
    if (has_come && is_held && may_be_asked_for_again(*static_cast<const held_rows*>(rows))) {
      later.emplace_back(&owner, what.by->owner->fields[position].offset);
    } else {
      if (is_held) {
        unloaded.push_back(
            {ref<char>(&owner), what.by->owner->fields[position].offset, *static_cast<const relation_slot*>(field)});
      }
      assign_rows(field, nullptr);
    }
  }
}

}  // namespace tupelo::detail
