// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "row_part.hpp"
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
  bool left = false;     ///< what was inserted here has left the session; the entry has a share of it
};

namespace detail {

/// What a transaction has changed, in its order. The entries about one object are a list, so that it can leave without
/// a look at the others.
class undo_log {
public:
  undo_log() = default;
  undo_log(const undo_log&) = delete;
  undo_log& operator=(const undo_log&) = delete;
  ~undo_log() {
    for (const undo_entry& entry : entries_) {
      if (entry.left) drop(entry.object);
    }
  }

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
  /// The caller has the share of what has left.
  undo_entry take_last() {
    undo_entry last = std::move(entries_.back());
    entries_.pop_back();
    if (last.object == nullptr || last.left) {
      if (left_ != 0) --left_;
    } else {
      last.object->noted = last.earlier;
    }
    return last;
  }
  /// Of an object that leaves nothing is undone but that it was inserted, where somebody else reaches it. Places stay
  /// as they are.
  void forget(tracked_object* object) noexcept {
    for (std::uint32_t at = std::exchange(object->noted, 0); at != 0;) {
      undo_entry& entry = entries_[at - 1];
      at = entry.earlier;
      entry.left = !entry.read && entry.state == object_state::added && is_reached(object);
      if (entry.left) {
        retain(object);
      } else {
        entry.object = nullptr;
      }
      entry.before = {};
      entry.follows = {};
      ++left_;
    }
  }
  /// Removes what was forgotten once it is the most; `marks` are places, in their order, and follow.
  void tidy(std::vector<std::size_t>& marks) {
    if (left_ <= entries_.size() / 2) return;
    std::vector<tracked_object*> unreached;
    for (undo_entry& entry : entries_) {
      if (entry.left && !is_reached(entry.object)) {
        unreached.push_back(std::exchange(entry.object, nullptr));
        entry.left = false;
      }
      if (entry.object != nullptr && !entry.left) entry.object->noted = 0;
    }
    std::size_t kept = 0, mark = 0;
    for (std::size_t from = 0; from != entries_.size(); ++from) {
      for (; mark != marks.size() && marks[mark] == from; ++mark) marks[mark] = kept;
      if (entries_[from].object == nullptr) continue;
      if (kept != from) entries_[kept] = std::move(entries_[from]);
      undo_entry& entry = entries_[kept++];
      if (entry.left) continue;
      entry.earlier = std::exchange(entry.object->noted, static_cast<std::uint32_t>(kept));
    }
    for (; mark != marks.size(); ++mark) marks[mark] = kept;
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(kept), entries_.end());
    left_ = 0;
    for (tracked_object* object : unreached) drop(object);
  }
  void clear() noexcept {
    std::vector<undo_entry> ended;
    ended.swap(entries_);
    left_ = 0;
    for (const undo_entry& entry : ended) {
      if (entry.left) {
        drop(entry.object);
      } else if (entry.object != nullptr) {
        entry.object->noted = 0;
      }
    }
    ended.clear();
    entries_.swap(ended);  // with its room
  }

private:
  /// By anybody but the one whose share is asked about.
  static bool is_reached(tracked_object* object) noexcept {
    if (__atomic_load_n(&object->owners, __ATOMIC_ACQUIRE) > 1) return true;
    const row_part* const part = row_part::from(object);
    return part != nullptr && part->whole->reached();
  }

  std::vector<undo_entry> entries_;
  std::size_t left_ = 0;  ///< entries whose object has left since they were tidied
};

}  // namespace detail

}  // namespace tupelo
