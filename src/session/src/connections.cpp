// SPDX-License-Identifier: Apache-2.0
#include "connections.hpp"

#include "related_objects.hpp"
#include "snapshot.hpp"

#include "tupelo/engine/join_table_verbs.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>

namespace tupelo::detail {

namespace {

/// `use(relation, rows)` for the many_to_many fields that the program has filled or changed.
template <class Use>
void for_each_connected(const model_info& info, const tracked_object& object, Use use) {
  for_each_given(info, object.object(), [&](const relation_info& relation, void*, loaded_rows* rows) {
    if (relation.kind != relation_kind::many_to_many || rows->origin != rows_origin::held) return;
    use(relation, *static_cast<held_rows*>(rows));
  });
}

/// The same of those of them that ask for something.
template <class Use>
void for_each_loose(const model_info& info, const tracked_object& object, Use use) {
  for_each_connected(info, object, [&](const relation_info& relation, held_rows& held) {
    if (held.has_loose_ties()) use(relation, held);
  });
}

tracked_object* original_at(const held_rows& held, std::size_t row) noexcept {
  return row < held.originals.size() ? static_cast<tracked_object*>(held.originals[row]) : nullptr;
}

/// The columns that were changed in this row since it was made of its original.
std::vector<std::uint16_t> edits_of(const model_info& info, const held_rows& held, std::size_t row) {
  std::vector<std::uint16_t> fields;
  matches(info, held.row(row), held.copied[row], &fields);
  return fields;
}

/// What was changed in the row is as it was, and everything else as in `values`.
void follow_but_for(const std::vector<std::uint16_t>& edits, const model_info& info, void* row, words_view values) {
  for (const std::uint16_t i : info.columns) {
    if (std::find(edits.begin(), edits.end(), i) == edits.end()) restore(info, row, values, i);
  }
}

/// What was changed in the row is changed in its original too, but where that was changed since. Those fields, if the
/// values differ.
std::vector<std::uint16_t> give_edits(const std::vector<std::uint16_t>& edits, const model_info& info,
                                      const held_rows& held, std::size_t row) {
  std::vector<std::uint16_t> left;
  if (edits.empty()) return left;
  tracked_object& original = *original_at(held, row);
  const snapshot values = take_snapshot(info, held.row(row));
  std::vector<std::uint16_t> changed, other;
  matches(info, original.object(), held.copied[row], &changed);
  matches(info, original.object(), values, &other);
  const auto is_among = [](const auto& list, std::uint16_t i) {
    return std::find(list.begin(), list.end(), i) != list.end();
  };
  for (const std::uint16_t i : edits) {
    if (!is_among(changed, i)) {
      restore(info, original.object(), values, i);
    } else if (is_among(other, i)) {
      left.push_back(i);
    }
  }
  return left;
}

/// The same for an object that is not inserted yet. Errors: query_error where a field has got two values.
void give_to_added(held_rows& held, std::size_t row) {
  const tracked_object& original = *original_at(held, row);
  const model_info& info = info_of(*held.ops->spec);
  const std::vector<std::uint16_t> left = give_edits(edits_of(info, held, row), info, held, row);
  if (!left.empty()) throw_changed_twice(info, info.fields[left[0]].name);
  held.copied[row] = take_snapshot(info, original.object());
  restore(info, held.row(row), held.copied[row]);
}

void make_copy(held_rows& held, std::size_t row, const identity_map& identities, row_copies& copies) {
  tracked_object* const original = original_at(held, row);
  const model_info& info = info_of(*held.ops->spec);
  if (identities.find(info, original->object()) == original) {
    const std::vector<std::uint16_t> edits = edits_of(info, held, row);
    static_cast<void>(give_edits(edits, info, held, row));  // what has two values is found when copies are compared
    follow_but_for(edits, info, held.row(row), original->snapshot);
    row_share& whole = copies.share_of(held);
    whole.use();
    copies.add(whole, row, *original, original->snapshot);
    whole.release();
  } else {
    // Another session's, which may end before this one does. It may have got its key since it was put here.
    for (const std::uint16_t i : info.key) restore(info, held.row(row), original->snapshot, i);
  }
  drop(std::exchange(held.originals[row], nullptr));
  held.copied[row] = {};
}

/// The row, which was taken out, has the key of an object that this transaction has inserted: undone, that gets another
/// one.
void follow_key(held_rows& held, std::size_t row, const identity_map& identities, row_copies& copies) {
  if (held.parts[row] != nullptr || original_at(held, row) != nullptr) return;
  const model_info& info = info_of(*held.ops->spec);
  tracked_object* const known = identities.find(info, held.row(row));
  if (known == nullptr || !known->key_generated) return;
  row_share& whole = copies.share_of(held);
  whole.use();
  copies.add(whole, row, *known, take_snapshot(info, held.row(row)));
  whole.release();
}

[[noreturn]] void throw_not_tracked(const held_rows& held) {
  throw transaction_error(errc::detached_object, "a many_to_many refers to an object of " +
                                                     std::string(info_of(*held.ops->spec).short_name()) +
                                                     " that is not in the session, or is removed: add() or attach() it "
                                                     "first");
}

/// Whether what the row is a copy of has left its session before both were connected.
bool is_lost(const held_rows& held, std::size_t row) noexcept {
  return row < held.count && held.tie_of(row) == 0 && held.fate_of(row) == held_rows::fate::gone &&
         held.parts[row] == nullptr && original_at(held, row) == nullptr;
}

std::uint64_t next_tie() noexcept {
  static std::atomic<std::uint64_t> last{1};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

/// Objects whose connections are to be written, and those that are to be ended.
struct loose_ties {
  given_keys connected, parted;

  explicit loose_ties(const held_rows& held) {
    for (std::size_t i = 0; i < held.all(); ++i) {
      if (held.tie_of(i) != 0) continue;
      const tracked_object* const original = original_at(held, i);
      if (original != nullptr && original->state != object_state::persistent) {
        if (i >= held.count) continue;  // it went with its connections
        throw_not_tracked(held);
      }
      (i < held.count ? connected : parted).objects.push_back(original ? original->object() : held.row(i));
    }
  }
};

task<void> write_ties(query_source& in, const tracked_object& owner, const relation_info& relation,
                      const model_spec* related, given_keys connected, given_keys parted, join_counts& counts) {
  const model_info& info = info_of(*owner.spec);
  const join_rows joined{{info.spec, info.fields[relation.field].offset}, related, owner.object()};
  if (!parted.objects.empty()) co_await detach(&in, joined, std::move(parted), false, &counts);
  if (!connected.objects.empty()) co_await attach(&in, joined, std::move(connected), {}, &counts);
}

}  // namespace

void note_copy_in(void* relation, tracked_object* object) {
  static_cast<held_rows*>(loaded_rows_of(relation))
      ->set_original(object, take_snapshot(info_of(*object->spec), object->object()));
}

namespace {

/// Takes out what the program has put there though it was there: one connection is one row. The flush makes sure of it.
void drop_repeated(held_rows& held) {
  const auto is_new = [&](std::size_t i) { return original_at(held, i) != nullptr && held.tie_of(i) == 0; };
  bool any = false;
  for (std::size_t i = 0; i != held.count && !any; ++i) any = is_new(i);
  if (!any) return;
  const model_info& info = info_of(*held.ops->spec);
  // By their keys; those that have none yet by what they are.
  std::map<std::pair<const void*, std::vector<std::uint64_t>>, std::size_t> met;
  for (std::size_t i = 0; i != held.count;) {
    const auto* const part = static_cast<const tracked_object*>(held.parts[i]);
    const tracked_object* const object = original_at(held, i) != nullptr ? original_at(held, i) : part;
    std::pair<const void*, std::vector<std::uint64_t>> name;
    if (object != nullptr && object->state == object_state::added) {
      name.first = object;
    } else {
      inline_word_buffer<16> key;
      push_key(info, object != nullptr ? object->object() : held.row(i), key);
      name.second.assign(key.data(), key.data() + key.size);
    }
    const auto [first, fresh] = met.try_emplace(std::move(name), i);
    const bool is_known = i < held.places.size() && held.places[i] != nullptr;
    if (fresh || !is_new(i) || part != nullptr || is_known || !edits_of(info, held, i).empty()) {
      ++i;
      continue;
    }
    held.move_behind(i);  // which makes the lists complete
    held.ties[first->second] = 0;
    --held.count;
    ++held.removed;
    held.pop();
  }
}

}  // namespace

void follow_originals(held_rows& held, const identity_map& identities, row_copies& copies) {
  drop_repeated(held);
  for (std::size_t row = 0; row < held.originals.size(); ++row) {
    const tracked_object* const original = original_at(held, row);
    if (is_lost(held, row)) throw_not_tracked(held);
    if (original == nullptr) continue;
    if (original->state == object_state::added) {
      give_to_added(held, row);
      continue;
    }
    if (original->state == object_state::persistent) {
      make_copy(held, row, identities, copies);
    } else if (held.tie_of(row) == 0 && row < held.count) {
      throw_not_tracked(held);
    } else {
      drop(std::exchange(held.originals[row], nullptr));
    }
  }
}

void follow_originals(const std::vector<tracked_object*>& owners, const tracked_object* one,
                      const identity_map& identities, row_copies& copies) {
  const auto may_hold = [one](const relation_info& relation) {
    return relation.kind == relation_kind::many_to_many && (one == nullptr || relation.related == one->spec->type);
  };
  const model_info* info = nullptr;
  bool may_hold_it = false;
  for (const tracked_object* object : owners) {
    if (!info || object->spec != info->spec) {
      info = &info_of(*object->spec);
      may_hold_it = std::any_of(info->relations.begin(), info->relations.end(), may_hold);
    }
    if (!may_hold_it) continue;
    for_each_given(*info, object->object(), [&](const relation_info&, void*, loaded_rows* rows) {
      if (rows->origin != rows_origin::held) return;
      auto& held = *static_cast<held_rows*>(rows);
      for (std::size_t row = 0; row < held.originals.size(); ++row) {
        const tracked_object* const original = original_at(held, row);
        if (original == nullptr || original->state != object_state::persistent) continue;
        if (one == nullptr || one == original) make_copy(held, row, identities, copies);
      }
    });
  }
}

void forget_left_originals(const std::vector<tracked_object*>& leaving) {
  const held_rows* last = nullptr;
  std::vector<held_rows*> met;
  for (tracked_object* object : leaving) {
    const row_part* const part = row_part::from(object);
    held_rows* const held = part != nullptr ? part->whole->held() : nullptr;
    if (held == nullptr || held == last || held->originals.empty()) continue;
    last = held;
    met.push_back(held);
  }
  std::sort(met.begin(), met.end(), std::less<>());
  met.erase(std::unique(met.begin(), met.end()), met.end());
  for (held_rows* held : met) {
    for (std::size_t row = 0; row < held->originals.size(); ++row) {
      const tracked_object* const original = original_at(*held, row);
      if (original == nullptr || original->state != object_state::detached) continue;
      if (held->fates.size() <= row) held->fates.resize(row + 1);
      held->fates[row] = held_rows::fate::gone;
      drop(std::exchange(held->originals[row], nullptr));
    }
  }
}

void give_up_connections(const std::vector<tracked_object*>& owners, const std::vector<tracked_object*>& leaving) {
  if (leaving.empty()) return;
  const std::unordered_set<const loaded_rows*> left(leaving.begin(), leaving.end());
  for (const tracked_object* owner : owners) {
    for_each_connected(info_of(*owner->spec), *owner, [&](const relation_info&, held_rows& held) {
      for (std::size_t i = 0; i != held.count; ++i) {
        const tracked_object* const original = original_at(held, i);
        if (!left.contains(held.parts[i]) && !left.contains(original)) continue;
        if (original != nullptr) drop(std::exchange(held.originals[i], nullptr));
        if (held.tie_of(i) != 0) continue;
        while (held.ties.size() <= i) held.ties.push_back(held.tie_of(held.ties.size()));
        held.ties[i] = 1;
      }
    });
  }
}

void follow_taken_out(held_rows& held, const identity_map& identities, row_copies& copies, const undone_work& undone,
                      std::vector<tracked_object*>& leaving) {
  for (std::size_t i = held.count; i < held.all(); ++i) {
    auto* const part = static_cast<tracked_object*>(held.parts[i]);
    if (part == nullptr) {
      if (held.tie_of(i) == 0) follow_key(held, i, identities, copies);
    } else if (part->state == object_state::added && !undone.has_row_of(part)) {
      leaving.push_back(part);
      row_part::set_fate(part, held_rows::fate::gone);
    }
  }
}

void connections::written::drop() const noexcept {
  for (const tie& each : ties) {
    if (each.object != nullptr) detail::drop(each.object);
  }
  detail::drop(held);
  detail::drop(owner);
}

void connections::written::untie() const noexcept {
  std::replace(held->ties.begin(), held->ties.end(), number, std::uint64_t{0});
}

connections::~connections() {
  settle();
  for (const written& each : undone_) each.drop();
}

bool connections::any(const std::vector<tracked_object*>& owners) const {
  std::unordered_set<const held_rows*> met;
  for (const tracked_object* object : owners) {
    if (object->state != object_state::persistent && object->state != object_state::added) continue;
    const model_info& info = info_of(*object->spec);
    for_each_loose(info, *object, [&](const relation_info& relation, const held_rows& held) {
      if (met.insert(&held).second) return;
      throw query_error("two objects hold the same changes of relation " + std::string(info.short_name()) +
                        "::" + info.fields[relation.field].name +
                        ": copies of an object share what its relations hold; give each its own");
    });
  }
  return !met.empty() || !undone_.empty();
}

bool connections::wait_for(const tracked_object* owner) const noexcept {
  return std::any_of(undone_.begin(), undone_.end(), [owner](const written& each) { return each.owner == owner; });
}

task<void> connections::write(query_source& in, const std::vector<tracked_object*>& owners,
                              const identity_map& identities, row_copies& copies, std::size_t savepoints,
                              join_counts& counts) {
  for (const written& each : undone_) {
    if (each.owner->state == object_state::persistent) co_await write_again(in, each, counts);
  }
  for (written& each : undone_) {
    each.savepoints = savepoints;
    for (std::size_t row = 0; row < each.held->originals.size(); ++row) {
      const tracked_object* const original = original_at(*each.held, row);
      if (original != nullptr && original->state == object_state::persistent)
        make_copy(*each.held, row, identities, copies);
    }
    written_.push_back(std::move(each));
  }
  undone_.clear();
  for (tracked_object* object : owners) {
    if (object->state != object_state::persistent) continue;
    std::vector<std::pair<const relation_info*, held_rows*>> found;
    for_each_loose(info_of(*object->spec), *object,
                   [&](const relation_info& relation, held_rows& held) { found.emplace_back(&relation, &held); });
    for (const auto& [relation, held] : found) {
      loose_ties ties(*held);
      co_await write_ties(in, *object, *relation, held->ops->spec, std::move(ties.connected), std::move(ties.parted),
                          counts);
      note_written(object, *relation, *held, savepoints, identities, copies);
    }
  }
}

task<void> connections::write_again(query_source& in, const written& undone, join_counts& counts) {
  const auto strange = static_cast<std::size_t>(
      std::count_if(undone.ties.begin(), undone.ties.end(), [](const tie& each) { return each.object == nullptr; }));
  held_rows others(*undone.held->ops);
  others.reserve(strange);  // so that they stay where they are
  given_keys connected, parted;
  for (const tie& each : undone.ties) {
    const void* row = nullptr;
    if (each.object == nullptr) {
      void* const place = others.add_place();
      others.ops->construct(place);
      restore(info_of(*others.ops->spec), place, each.row);
      row = place;
    } else if (each.object->state == object_state::persistent) {
      row = each.object->object();
    } else {
      continue;  // it was removed with its connections
    }
    (each.connects ? connected : parted).objects.push_back(row);
  }
  co_await write_ties(in, *undone.owner, *undone.relation, others.ops->spec, std::move(connected), std::move(parted),
                      counts);
}

void connections::note_written(tracked_object* owner, const relation_info& relation, held_rows& held,
                               std::size_t savepoints, const identity_map& identities, row_copies& copies) {
  const model_info& info = info_of(*held.ops->spec);
  retain(owner);
  retain(&held);
  written& now = written_.emplace_back(written{owner, &relation, &held, next_tie(), savepoints, {}});
  for (std::size_t i = 0; i < held.all(); ++i) {
    if (held.tie_of(i) != 0) continue;
    held.ties.resize(std::max(held.ties.size(), i + 1), 1);
    held.ties[i] = now.number;
    const tracked_object* const original = original_at(held, i);
    if (original != nullptr && original->state == object_state::persistent) make_copy(held, i, identities, copies);
    tracked_object* const known = identities.find(info, held.row(i));
    if (known != nullptr) retain(known);
    now.ties.push_back({known, known != nullptr ? snapshot() : take_snapshot(info, held.row(i)), i < held.count});
  }
}

void connections::revert(std::size_t savepoints, bool kept) {
  if (kept) {
    for (written& each : written_) undone_.push_back(std::move(each));
    written_.clear();
    return;
  }
  while (!written_.empty() && written_.back().savepoints >= savepoints) {
    written_.back().untie();
    written_.back().drop();
    written_.pop_back();
  }
  if (savepoints != 0) return;
  for (const written& each : undone_) {
    each.untie();
    each.drop();
  }
  undone_.clear();
}

void connections::release(std::size_t savepoints) {
  for (written& each : written_) each.savepoints = std::min(each.savepoints, savepoints);
}

void connections::settle() {
  for (const written& each : written_) each.drop();
  written_.clear();
}

}  // namespace tupelo::detail
