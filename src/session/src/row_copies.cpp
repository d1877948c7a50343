// SPDX-License-Identifier: Apache-2.0
#include "row_copies.hpp"

#include "related_objects.hpp"

#include "tupelo/core/error.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace tupelo::detail {

namespace {

bool has_given_relations(const model_info& info, void* object) {
  bool found = false;
  for_each_given(info, object, [&](const relation_info&, void*, loaded_rows*) { found = true; });
  return found;
}

}  // namespace

void throw_changed_twice(const model_info& info, const std::string& what) {
  throw query_error(
      "the field " + what + " of one row of " + std::string(info.short_name()) +
      " was changed in two objects of the session, to different values: the row is in a relation that was "
      "loaded, and is tracked elsewhere too; change it in one of them");
}

row_copies::row_copy::row_copy(row_copies& in, row_share& of, std::size_t at, tracked_object& copied, snapshot taken)
    : all(&in), original(&copied), then(std::move(taken)) {
  enter(of, at);
}

std::size_t row_copies::row_copy::place() const noexcept {
  const auto distance = static_cast<char*>(row) - static_cast<char*>(whole->rows()->rows);
  return static_cast<std::size_t>(distance) / original->spec->size;
}

void row_copies::row_copy::enter(row_share& of, std::size_t at) {
  of.use();
  whole = &of;
  row = static_cast<char*>(of.rows()->rows) + at * original->spec->size;
  held_rows* const held = of.held();
  if (held == nullptr) return;
  held->places.resize(std::max(held->places.size(), at + 1));
  held->places[at] = &row;
}

void row_copies::row_copy::leave() {
  if (held_rows* const held = whole->held()) held->places[place()] = nullptr;
  whole->release();
}

bool row_copies::row_copy::edited() const {
  return !matches(info(), object(), then, nullptr) || has_given_relations(info(), object());
}

void row_copies::add(row_share& whole, std::size_t row, tracked_object& original, snapshot then) {
  const held_rows* const held = whole.held();
  if (held != nullptr && row < held->places.size() && held->places[row] != nullptr) return;
  copies_.push_back(std::make_unique<row_copy>(*this, whole, row, original, std::move(then)));
}

row_share& row_copies::share_of(held_rows& held) {
  for (void** const place : held.places) {
    if (place == nullptr) continue;
    // The first member of its class.
    const auto* const copy = static_cast<row_copy*>(reinterpret_cast<placed_row*>(place));
    if (copy->all == this) return *copy->whole;
  }
  return detail::share_of(held);
}

bool row_copies::move_unreached(const tracked_object& original, row_share& whole, std::size_t row) {
  for (const auto& each : copies_) {
    row_copy& copy = *each;
    if (copy.original != &original || copy.whole->reached()) continue;
    copy.leave();
    copy.enter(whole, row);
    return true;
  }
  return false;
}

bool row_copies::is_edited(const tracked_object& original) const {
  return std::any_of(copies_.begin(), copies_.end(),
                     [&](const auto& copy) { return copy->original == &original && copy->edited(); });
}

std::unordered_set<const tracked_object*> row_copies::reached_originals() const {
  std::unordered_set<const tracked_object*> found;
  for (const auto& each : copies_) {
    const row_copy& copy = *each;
    if (copy.whole->reached()) found.insert(copy.original);
  }
  return found;
}

void row_copies::note_rows(std::unordered_set<const void*>& rows) const {
  for (const auto& copy : copies_) rows.insert(copy->object());
}

// ---- at a flush

void row_copies::give_edits() {
  given_.clear();
  for (const auto& each : copies_) {
    const row_copy& copy = *each;
    if (copy.original->state == object_state::persistent) give_edits_of(copy);
  }
}

void row_copies::give_edits_of(const row_copy& copy) {
  const model_info& info = copy.info();
  tracked_object& to = *copy.original;
  std::vector<std::uint16_t> fields;
  if (!matches(info, copy.object(), copy.then, &fields)) {
    const snapshot values = take_snapshot(info, copy.object());
    std::vector<std::uint16_t> changed, other;
    matches(info, to.object(), to.snapshot, &changed);
    matches(info, to.object(), values, &other);
    for (const std::uint16_t i : fields) {
      const auto is_among = [i](const auto& list) { return std::find(list.begin(), list.end(), i) != list.end(); };
      if (is_among(changed) && is_among(other)) throw_changed_twice(info, info.fields[i].name);
    }
    given_.push_back({&to, take_snapshot(info, to.object()), fields});
    for (const std::uint16_t i : fields) restore(info, to.object(), values, i);
  }
  // What was put into a relation is one thing, and is the object's from now on.
  const auto offset = static_cast<char*>(to.object()) - static_cast<char*>(copy.object());
  for_each_given(info, copy.object(), [&](const relation_info& relation, void* field, loaded_rows* rows) {
    void* const own = static_cast<char*>(field) + offset;
    const loaded_rows* const there = loaded_rows_of(own);
    if (there != nullptr && there != rows && there->origin != rows_origin::loaded)
      throw_changed_twice(info, info.fields[relation.field].name);
    if (relation.kind == relation_kind::belongs_to_any) {
      assign_rows_of(own, rows, *model_of_rows(field));
    } else {
      assign_rows(own, rows);
    }
    assign_rows(field, nullptr);
  });
}

void row_copies::take_back_edits() {
  for (; !given_.empty(); given_.pop_back()) {
    const given& last = given_.back();
    for (const std::uint16_t i : last.fields) restore(info_of(*last.to->spec), last.to->object(), last.before, i);
  }
}

void row_copies::follow(std::vector<const tracked_object*> written) {
  given_.clear();
  std::sort(written.begin(), written.end(), std::less<>());
  for (const auto& each : copies_) {
    row_copy& copy = *each;
    if (!std::binary_search(written.begin(), written.end(), copy.original, std::less<>())) continue;
    if (copy.original->state != object_state::persistent) continue;
    copy.then = copy.original->snapshot;
    restore(copy.info(), copy.object(), copy.then);
  }
}

void row_copies::drop_edits(const tracked_object& original) {
  for (const auto& each : copies_) {
    row_copy& copy = *each;
    if (copy.original != &original) continue;
    copy.then = original.snapshot;
    restore(copy.info(), copy.object(), copy.then);
  }
}

std::vector<bool> row_copies::in_step() const {
  std::vector<bool> found;
  for (const auto& copy : copies_) found.push_back(copy->then == copy->original->snapshot);
  return found;
}

void row_copies::revert(const std::vector<bool>& in_step, const std::vector<const tracked_object*>& read, bool values) {
  if (in_step.empty()) return;
  for (std::size_t i = 0; i != copies_.size(); ++i) {
    row_copy& copy = *copies_[i];
    if (copy.original->state == object_state::added) continue;
    if (in_step[i] || std::binary_search(read.begin(), read.end(), copy.original, std::less<>())) {
      // What the program keeps is kept in the object: here it would be another change of it.
      if (!values) follow_row(copy.info(), copy.object(), copy.then, copy.original->snapshot);
      copy.then = copy.original->snapshot;
    }
    if (!values) continue;
    restore(copy.info(), copy.object(), copy.then);
    for_each_given(copy.info(), copy.object(),
                   [](const relation_info&, void* field, loaded_rows*) { assign_rows(field, nullptr); });
  }
  // What was inserted is to be inserted again, and to be connected as it was then.
  forget([](const row_copy& copy) {
    if (copy.original->state != object_state::added) return false;
    held_rows* const held = copy.whole->held();
    const std::size_t row = held != nullptr ? copy.place() : 0;
    if (held != nullptr && row < held->originals.size() && held->originals[row] == nullptr) {
      retain(copy.original);
      held->originals[row] = copy.original;
      held->copied[row] = copy.then;
    }
    return true;
  });
}

// ---- the end

template <class Forgotten>
void row_copies::forget(Forgotten forgotten) {
  std::erase_if(copies_, [&](const std::unique_ptr<row_copy>& copy) { return forgotten(*copy); });
}

void row_copies::forget_left() {
  forget([](const row_copy& copy) { return copy.original->state == object_state::detached; });
}

void row_copies::forget_unreached(bool few_too) {
  if (!few_too && copies_.size() < many_) return;
  forget([](const row_copy& copy) { return !copy.whole->reached() && !copy.edited(); });
  many_ = 64 + 2 * copies_.size();
}

}  // namespace tupelo::detail
