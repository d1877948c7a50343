// SPDX-License-Identifier: Apache-2.0
#include "connections.hpp"

#include "related_objects.hpp"
#include "snapshot.hpp"

#include "tupelo/engine/join_table_verbs.hpp"
#include "tupelo/core/error.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <unordered_set>
#include <utility>

namespace tupelo::detail {

namespace {

/// `use(relation, rows)` for the many_to_many fields that the program has changed.
template <class Use>
void for_each_loose(const model_info& info, const tracked_object& object, Use use) {
  for_each_given(info, object.object(), [&](const relation_info& relation, void*, loaded_rows* rows) {
    if (relation.kind != relation_kind::many_to_many || rows->origin != rows_origin::held) return;
    auto& held = *static_cast<held_rows*>(rows);
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

[[noreturn]] void throw_not_tracked(const held_rows& held) {
  throw transaction_error(errc::detached_object, "a many_to_many refers to an object of " +
                                                     std::string(info_of(*held.ops->spec).short_name()) +
                                                     " that is not in the session, or is removed: add() or attach() it "
                                                     "first");
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
      if (original != nullptr && original->state != object_state::persistent) throw_not_tracked(held);
      (i < held.count ? connected : parted).objects.push_back(original ? original->object() : held.row(i));
    }
  }
};

}  // namespace

void note_copy_in(void* relation, tracked_object* object) {
  static_cast<held_rows*>(loaded_rows_of(relation))
      ->set_original(object, take_snapshot(info_of(*object->spec), object->object()));
}

void follow_originals(held_rows& held, const identity_map& identities, row_copies& copies) {
  for (std::size_t row = 0; row < held.originals.size(); ++row) {
    const tracked_object* const original = original_at(held, row);
    if (original == nullptr) continue;
    if (original->state == object_state::added) {
      give_to_added(held, row);
      continue;
    }
    if (original->state != object_state::persistent) throw_not_tracked(held);
    make_copy(held, row, identities, copies);
  }
}

void follow_originals(const std::vector<tracked_object*>& owners, const tracked_object* one,
                      const identity_map& identities, row_copies& copies) {
  const auto may_hold = [one](const relation_info& relation) {
    return relation.kind == relation_kind::many_to_many &&
           (one == nullptr || relation.related == info_of(*one->spec).type_name);
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

void give_up_new(held_rows& held, std::vector<tracked_object*>& leaving) {
  for (std::size_t i = held.count; i < held.all(); ++i) {
    auto* const part = static_cast<tracked_object*>(held.parts[i]);
    if (part == nullptr || part->state != object_state::added) continue;
    leaving.push_back(part);
    row_part::set_fate(part, held_rows::fate::gone);
  }
}

bool connections::any(const std::vector<tracked_object*>& owners) {
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
  return !met.empty();
}

task<void> connections::write(query_source& in, const std::vector<tracked_object*>& owners,
                              const identity_map& identities, row_copies& copies, std::size_t savepoints) {
  struct changed {
    const tracked_object* owner;
    const relation_info* relation;
    held_rows* held;
  };
  std::vector<changed> found;
  for (const tracked_object* object : owners) {
    if (object->state != object_state::persistent) continue;
    const model_info& info = info_of(*object->spec);
    for_each_loose(info, *object, [&](const relation_info& relation, held_rows& held) {
      found.push_back({object, &relation, &held});
    });
  }
  for (const changed& each : found) {
    held_rows& held = *each.held;
    const model_info& info = info_of(*each.owner->spec);
    const join_rows rows{{info.spec, info.fields[each.relation->field].offset}, held.ops->spec, each.owner->object()};
    loose_ties ties(held);
    if (!ties.parted.objects.empty()) co_await detach(&in, rows, std::move(ties.parted), false);
    if (!ties.connected.objects.empty()) co_await attach(&in, rows, std::move(ties.connected));
    retain(&held);
    const std::uint64_t tie = next_tie();
    written_.push_back({&held, tie, savepoints});
    for (std::size_t i = 0; i < held.all(); ++i) {
      if (held.tie_of(i) != 0) continue;
      held.ties.resize(std::max(held.ties.size(), i + 1), 1);
      held.ties[i] = tie;
      if (original_at(held, i) != nullptr) {
        make_copy(held, i, identities, copies);
      }
    }
  }
}

void connections::revert(std::size_t savepoints) {
  while (!written_.empty() && written_.back().savepoints >= savepoints) {
    const written last = written_.back();
    written_.pop_back();
    for (std::uint64_t& tie : last.rows->ties) {
      if (tie == last.tie) tie = 0;
    }
    drop(last.rows);
  }
}

void connections::release(std::size_t savepoints) {
  for (written& each : written_) each.savepoints = std::min(each.savepoints, savepoints);
}

void connections::settle() {
  for (const written& each : std::exchange(written_, {})) drop(each.rows);
}

}  // namespace tupelo::detail
