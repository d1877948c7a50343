// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/row_words.hpp"
#include "tupelo/model/model_spec.hpp"
#include "tupelo/model/relation.hpp"
#include "tupelo/model/row_ops.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace tupelo {

class session;

namespace detail {

enum class object_state : std::uint8_t {
  detached,    ///< not in a session: a plain value
  added,       ///< will be inserted
  persistent,  ///< as a row of the database, perhaps changed since
  removed,     ///< its row will be deleted
  erased,      ///< its row was deleted in this transaction
};

/// An object that a session watches; shared by the session, the refs, and the relation fields that refer to it. It is
/// the one row of its own.
struct tracked_object : loaded_rows {
  /// `room`: for its snapshot, as row_words::room_for the model says.
  tracked_object(const model_spec& of, void* value, void (*destroyer)(loaded_rows*), std::uint64_t* room) noexcept
      : spec(&of), snapshot(room, row_words::room_for(of.size)) {
    owners = 0;
    origin = rows_origin::tracked;
    count = 1;
    rows = value;
    destroy = destroyer;
  }
  tracked_object(const tracked_object&) = delete;
  tracked_object& operator=(const tracked_object&) = delete;

  void* object() const noexcept { return rows; }

  const model_spec* spec;
  object_state state = object_state::detached;
  std::uint8_t mark = 0;           ///< of a walk over objects, which takes it off again
  bool key_generated : 1 = false;  ///< by the insert of this transaction
  bool permanently : 1 = false;    ///< removed so that the row is deleted, not marked
  bool expired : 1 = false;        ///< to be read again
  bool moved : 1 = false;          ///< the relation field that holds it does not say whom it belongs to
  bool asked_for : 1 = false;      ///< it was added by itself, not because a relation field holds it
  std::uint32_t noted = 0;         ///< behind the last entry about it in the session's undo_log; 0: none
  std::uint32_t session = 0;       ///< the number of the last one that it was added to
  std::uint32_t key_hash = 0;      ///< under which the identity map has it
  row_words snapshot;  ///< the columns as the database has them; of one that has left empty: no row is known
};

template <class T>
struct tracked final : tracked_object {
  explicit tracked(T&& from)
      : tracked_object(meta<T>::spec, &value, &destroy_this, room), value(static_cast<T&&>(from)) {}
  tracked() : tracked_object(meta<T>::spec, &value, &destroy_this, room) {}
  static void destroy_this(loaded_rows* self) { delete static_cast<tracked*>(self); }
  T value{};
  std::uint64_t room[row_words::room_for(sizeof(T))];
};

/// The last row in this many_to_many field is a copy of the object.
void note_copy_in(void* relation, tracked_object* object);

}  // namespace detail

/// A handle to an object that a session tracks: `ada->age = 36`. Copies share the object; one row is one object per
/// session. It may outlive its session; the object is then a plain value. A relation field takes it, and keeps a share
/// of the object then; at the session's end fields that refer in a circle are not loaded any more.
///
/// Threads: as the object itself, one at a time.
template <class T>
class ref {
public:
  using object_type = T;

  ref() noexcept = default;
  explicit ref(detail::tracked_object* object) noexcept : tracked_(object) {
    if (tracked_) __atomic_add_fetch(&tracked_->owners, 1, __ATOMIC_RELAXED);
  }
  ref(const ref& other) noexcept : ref(other.tracked_) {}
  ref(ref&& other) noexcept : tracked_(std::exchange(other.tracked_, nullptr)) {}
  ref& operator=(ref other) noexcept {
    std::swap(tracked_, other.tracked_);
    return *this;
  }
  ~ref() {
    if (tracked_) detail::drop(tracked_);
  }

  /// False: `find` found no row.
  explicit operator bool() const noexcept { return tracked_ != nullptr; }
  T* get() const noexcept { return tracked_ ? static_cast<T*>(tracked_->object()) : nullptr; }
  T& operator*() const noexcept { return *get(); }
  T* operator->() const noexcept { return get(); }
  friend bool operator==(const ref& a, const ref& b) noexcept { return a.tracked_ == b.tracked_; }

  detail::tracked_object* tracked() const noexcept { return tracked_; }
  /// As what a relation field holds it: `post->author = ada`.
  detail::loaded_rows* related_rows() const noexcept { return tracked_ ? tracked_ : detail::no_rows(); }
  /// The same for the copy of it that was put into a many_to_many.
  void note_copy_in(void* relation) const { detail::note_copy_in(relation, tracked_); }

private:
  detail::tracked_object* tracked_ = nullptr;
};

}  // namespace tupelo
