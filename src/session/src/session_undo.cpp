// SPDX-License-Identifier: Apache-2.0
#include "contradictions.hpp"
#include "moved_objects.hpp"
#include "related_objects.hpp"
#include "session_state.hpp"

#include "tupelo/engine/object_verbs.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <unordered_set>
#include <utility>
#include <vector>

namespace tupelo {

using detail::object_state;
using detail::tracked_object;

void session::state::remember(tracked_object* object) { undo.add(object, false); }

void session::state::remember_read(tracked_object* object) {
  if (!held.in_transaction() || !loads.is_needed()) return;  // what is read before any write is so after a rollback too
  undo.add(object, true);
}

void session::state::revert_read(undo_entry& entry, bool values) {
  tracked_object* const object = entry.object;
  object->expired = object->expired || entry.expired || entry.state == object_state::detached;
  if (entry.before.empty()) return;  // read for the first time: nobody knows what it was before
  const model_info& info = info_of(*object->spec);
  if (values) {
    const detail::snapshot now = detail::take_snapshot(info, object->object());
    detail::restore(info, object->object(), entry.before);
    detail::unload_absent(info, object, now);
  } else {
    detail::follow_row(info, object->object(), object->snapshot, entry.before);
  }
  object->snapshot = entry.before;
}

namespace {

/// Whether the program wants the row to be there and unmarked, of which this object has been since another's removal.
bool is_wanted(const model_info& info, const tracked_object& object) {
  return object.state == object_state::persistent && info.deleted_at >= 0 &&
         value_of(info.fields[static_cast<std::size_t>(info.deleted_at)].slot(), object.object()) == nullptr;
}

}  // namespace

void session::state::take_over(tracked_object* object, tracked_object* from) {
  const model_info& info = info_of(*object->spec);
  object->expired = false;
  object->snapshot = from->snapshot;
  if (from->state == object_state::added) {
    object->state = object_state::added;
    if (detail::has_empty_key(info, from->object())) detail::set_generated_key(info, object->object(), 0);
  } else {
    if (info.version >= 0) detail::restore(info, object->object(), object->snapshot, info.version);
    identities.erase(from);
    object->key_hash = from->key_hash;
    identities.insert_new(object);
  }
  detail::row_part::set_fate(from, detail::held_rows::fate::gone);
}

namespace {

struct shares {
  std::vector<tracked_object*> objects;
  ~shares() {
    for (tracked_object* object : objects) detail::drop(object);
  }
};

}  // namespace

struct session::state::undone_inserts {
  std::vector<tracked_object*> inserted, losing_keys;
  std::vector<tracked_object*> unwanted;  ///< of which there is no row to remove
  std::vector<tracked_object*> leaving;
  /// What has left, and the object of its row.
  std::vector<std::pair<tracked_object*, tracked_object*>> copies;
};

void session::state::revert_left(const std::vector<tracked_object*>& left, bool values, undone_inserts& found) {
  using fate = detail::held_rows::fate;
  for (tracked_object* object : left) {
    const model_info& info = info_of(*object->spec);
    const bool is_out = object->state == object_state::detached;
    const bool is_row = object->state == object_state::persistent || object->state == object_state::removed;
    if (!is_out && !(is_row && object->session == number)) continue;  // inserted once more, or another session's
    tracked_object* now = is_out ? nullptr : object;
    if (is_out && !values && !info.key.empty()) now = identities.find(info, object->object());
    const bool key_generated = object->key_generated;
    object->key_generated = false;
    detail::row_part* const part = is_out ? detail::row_part::from(object) : nullptr;
    const detail::held_rows* const held = part != nullptr ? part->whole->held() : nullptr;
    const bool is_held = held != nullptr && held->fate_of(part->place()) == fate::taken;
    if (now == nullptr) {
      if (is_held) detail::row_part::set_fate(object, fate::fresh);
      now = object;
    } else {
      if (now != object && is_held) found.copies.emplace_back(object, now);
      identities.erase(now);
      if (values) {
        found.leaving.push_back(now);
      } else {
        undone.note_row(*now);
        if (now->state == object_state::removed) found.unwanted.push_back(now);
      }
      now->state = object_state::added;
      now->expired = false;
    }
    object->snapshot.clear();
    now->snapshot.clear();
    found.inserted.push_back(now);
    if (key_generated) found.losing_keys.push_back(now);
  }
}

void session::state::settle_keys() {
  try {
    add_held_rows();  // rows that were taken out are found by their keys
    detail::unload_outdated(objects.with_relations(), undone);
  } catch (const error&) {}  // the next flush says so
}

void session::state::revert(std::size_t mark, bool values, const std::vector<detail::load_log::field>& loaded) {
  if (values) {
    undone.clear();
  } else {
    undone.note_failure();
    settle_keys();
    undone.take_back_filled();
  }
  const std::vector<bool> in_step = copies.in_step();
  added.clear();
  std::vector<const tracked_object*> read_again;
  undone_inserts found;
  auto& [inserted, losing_keys, unwanted, leaving, left_copies] = found;
  shares left;
  detail::moved_objects moved;
  std::unordered_set<const tracked_object*> met;
  // What flushes that did not fail have deleted, and what has left a has_one for another.
  std::unordered_set<const tracked_object*> erased;
  const auto is_erased = [&](const tracked_object* each) {
    return each->state == object_state::erased && each->noted <= flushed;
  };
  if (!values && has_erased_objects)
    std::copy_if(objects.begin(), objects.end(), std::inserter(erased, erased.end()), is_erased);
  for (const tracked_object* each : replaced) {
    if (each->state == object_state::erased || each->state == object_state::removed) erased.insert(each);
  }
  std::vector<std::pair<tracked_object*, tracked_object*>> meanwhile;  // of one row: whose it was, and whose it became
  while (undo.size() > mark) {
    undo_entry entry = undo.take_last();
    tracked_object* object = entry.object;
    if (object == nullptr) continue;
    if (entry.left) {
      left.objects.push_back(object);
      continue;
    }
    const bool was_flushed = undo.size() < flushed && object->state != object_state::added;
    if (!values && was_flushed && met.insert(object).second) undone.note_row(*object);
    if (entry.read) {
      revert_read(entry, values);
      read_again.push_back(object);
      continue;
    }
    const bool was_erased = object->state == object_state::erased;
    const model_info& info = info_of(*object->spec);
    if (entry.state == object_state::added) {
      const bool has_a_row = object->state == object_state::persistent || object->state == object_state::removed;
      if (has_a_row && !info.key.empty()) identities.erase(object);
      if (has_a_row && !values) moved.note(info, object);
      if (object->key_generated) losing_keys.push_back(object);
      if (!values) inserted.push_back(object);
      // There is no row to remove.
      if (!values && (object->state == object_state::removed || erased.contains(object))) unwanted.push_back(object);
    } else {
      if (values) {
        const detail::snapshot now = detail::take_snapshot(info, object->object());
        detail::restore(info, object->object(), entry.before);
        detail::unload_absent(info, object, now);
      }
      if (!values && info.version >= 0 && !entry.before.empty()) {
        // The database has the old version again, whatever else the object is to become.
        detail::restore(info, object->object(), entry.before, info.version);
      }
      if (!values) {
        // But for what the program has set since.
        std::vector<std::uint16_t> changed;
        if (!entry.follows.empty()) detail::matches(info, object->object(), object->snapshot, &changed);
        for (const std::uint16_t i : entry.follows) {
          if (std::find(changed.begin(), changed.end(), i) != changed.end()) continue;
          detail::restore(info, object->object(), entry.before, i);
        }
      }
    }
    // What the program has removed since is to be removed still.
    const bool stays_removed = !values && object->state == object_state::removed &&
                               entry.state == object_state::persistent && !(entry.removes && undo.size() >= flushed);
    if (!stays_removed) object->state = entry.state;
    object->key_generated = entry.key_generated;
    object->snapshot = entry.before;
    if (!was_erased || entry.state == object_state::added) continue;
    // Its row, marked or made anew, may have become another object since.
    if (tracked_object* const other = identities.find_other(info, *object)) {
      identities.erase(other);
      meanwhile.emplace_back(object, other);
    }
    identities.insert_new(object);
  }
  revert_left(left.objects, values, found);
  if (!values) {
    undone.keys.note(objects.all(), copies, inserted);
    undone.keys.leave(unwanted);
  }
  for (tracked_object* object : losing_keys) detail::set_generated_key(info_of(*object->spec), object->object(), 0);
  flushed = std::min(flushed, undo.size());
  std::sort(read_again.begin(), read_again.end(), std::less<>());
  for (const auto& [object, other] : meanwhile) {
    const bool stays = !values && is_wanted(info_of(*other->spec), *other);
    if (stays) take_over(other, object);
    leaving.push_back(stays ? object : other);
  }
  if (!values) {
    moved.leave(objects.with_relations());
    copies.revert(in_step, read_again, false);
    for (const auto& [object, now] : left_copies) {
      const detail::row_part& part = *detail::row_part::from(object);
      copies.add(*part.whole, part.place(), *now, detail::take_snapshot(info_of(*object->spec), object->object()));
    }
    detail::give_up_connections(objects.with_relations(), unwanted);
    detail::unload_left(objects.with_relations(), unwanted);
    for (tracked_object* object : unwanted) {
      detail::row_part::set_fate(object, detail::held_rows::fate::gone);
      disown(object, false);
    }
    for (tracked_object* other : leaving) disown(other);
    return;
  }
  replaced.clear();  // it is where it was
  // What was only asked for, not flushed, goes as well; added objects leave.
  std::vector<std::pair<tracked_object*, detail::snapshot>> before;
  for (tracked_object* object : objects) {
    if (object->state == object_state::added) continue;
    if (object->state == object_state::removed) object->state = object_state::persistent;
    const model_info& info = info_of(*object->spec);
    if (info.relations.empty()) {
      detail::restore(info, object->object(), object->snapshot);
      continue;
    }
    before.emplace_back(object, detail::take_snapshot(info, object->object()));
    detail::restore(info, object->object(), object->snapshot);
  }
  for (const auto& [object, values] : before) detail::unload_contradictions(info_of(*object->spec), object, values);
  unload(loaded);
  copies.revert(in_step, read_again, true);
  for (tracked_object* other : leaving) disown(other);
  drop_all(object_state::added);
}

}  // namespace tupelo
