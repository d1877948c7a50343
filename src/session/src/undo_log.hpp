// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "snapshot.hpp"

#include "tupelo/session/ref.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tupelo {

/// How an object was before a flush changed it; undone in reverse order when the transaction is.
struct undo_entry {
  detail::tracked_object* object;  ///< null: it has left the session
  detail::object_state state;
  bool key_generated;
  bool expired;
  bool read;  ///< what follows is not a flush, but that its row was read; of a detached one, for the first time
  std::uint32_t earlier;  ///< as tracked_object::noted, when this entry came
  detail::snapshot before;
  /// Of these fields, which changed with rows of other tables, the database has the old values again.
  std::vector<std::uint16_t> follows;
  bool removes = false;  ///< what follows is that the flush removes it by itself, as what belongs to nobody
};

namespace detail {

/// What a transaction has changed, in its order. The entries about one object are a list, so that it can leave without
/// a look at the others.
class undo_log {
public:
  std::size_t size() const noexcept { return entries_.size(); }
  std::size_t capacity() const noexcept { return entries_.capacity(); }
  void reserve(std::size_t entries) { entries_.reserve(entries); }
  const undo_entry& operator[](std::size_t place) const noexcept { return entries_[place]; }
  undo_entry& back() noexcept { return entries_.back(); }
  std::vector<undo_entry>::const_iterator begin() const noexcept { return entries_.begin(); }
  std::vector<undo_entry>::const_iterator end() const noexcept { return entries_.end(); }

  /// How the object is now.
  void add(tracked_object* object, bool read) {
    entries_.push_back(
        {object, object->state, object->key_generated, object->expired, read, object->noted, object->snapshot, {}});
    object->noted = static_cast<std::uint32_t>(entries_.size());
  }
  /// Whether it has been written, and not only read.
  bool has_written(const tracked_object* object) const noexcept {
    for (std::uint32_t at = object->noted; at != 0; at = entries_[at - 1].earlier) {
      if (!entries_[at - 1].read) return true;
    }
    return false;
  }
  undo_entry take_last() {
    undo_entry last = std::move(entries_.back());
    entries_.pop_back();
    if (last.object == nullptr) {
      --left_;
    } else {
      last.object->noted = last.earlier;
    }
    return last;
  }
  /// Of an object that leaves nothing is undone. Places stay as they are.
  void forget(tracked_object* object) noexcept {
    for (std::uint32_t at = std::exchange(object->noted, 0); at != 0;) {
      undo_entry& entry = entries_[at - 1];
      at = entry.earlier;
      entry.object = nullptr;
      entry.before = {};
      entry.follows = {};
      ++left_;
    }
  }
  /// Removes what was forgotten once it is the most; `marks` are places, in their order, and follow.
  void tidy(std::vector<std::size_t>& marks) {
    if (left_ <= entries_.size() / 2) return;
    for (const undo_entry& entry : entries_) {
      if (entry.object != nullptr) entry.object->noted = 0;
    }
    std::size_t kept = 0, mark = 0;
    for (std::size_t from = 0; from != entries_.size(); ++from) {
      for (; mark != marks.size() && marks[mark] == from; ++mark) marks[mark] = kept;
      if (entries_[from].object == nullptr) continue;
      if (kept != from) entries_[kept] = std::move(entries_[from]);
      undo_entry& entry = entries_[kept++];
      entry.earlier = std::exchange(entry.object->noted, static_cast<std::uint32_t>(kept));
    }
    for (; mark != marks.size(); ++mark) marks[mark] = kept;
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(kept), entries_.end());
    left_ = 0;
  }
  void clear() noexcept {
    for (const undo_entry& entry : entries_) {
      if (entry.object != nullptr) entry.object->noted = 0;
    }
    entries_.clear();
    left_ = 0;
  }

private:
  std::vector<undo_entry> entries_;
  std::size_t left_ = 0;  ///< entries without an object
};

}  // namespace detail

}  // namespace tupelo
