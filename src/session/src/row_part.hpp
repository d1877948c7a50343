// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/session/ref.hpp"
#include "tupelo/model/held_rows.hpp"

#include <cstddef>

namespace tupelo::detail {

/// The one share that a session has of rows in a relation field, whatever the number of its objects among them: so that
/// it can tell whether anybody else still reaches them. Ends with the last of its users.
class row_share {
public:
  /// Without users: use() it at once.
  static row_share* of(loaded_rows* rows);
  row_share(const row_share&) = delete;
  row_share& operator=(const row_share&) = delete;

  void use() noexcept { ++users_; }
  void release() noexcept;
  loaded_rows* rows() const noexcept { return rows_; }
  held_rows* held() const noexcept {
    return rows_->origin == rows_origin::held ? static_cast<held_rows*>(rows_) : nullptr;
  }
  /// Whether a relation field, or another session, has a share too.
  bool reached() const noexcept { return __atomic_load_n(&rows_->owners, __ATOMIC_ACQUIRE) > 1; }

private:
  explicit row_share(loaded_rows* rows) noexcept : rows_(rows) { retain(rows); }
  ~row_share() { drop(rows_); }

  loaded_rows* rows_;
  std::size_t users_ = 0;
};

/// A row in a relation field as an object of the session: one that the program has put there, or that was loaded. It
/// keeps a share of all of them.
struct row_part final : tracked_object {
  /// The object is this row from now on; its fields are as that has them.
  void move_to(row_share& of, std::size_t row);

  static void end(loaded_rows* self);
  /// Whose memory it is in.
  class room;
  /// Null for an object that is no part.
  static row_part* from(tracked_object* object) noexcept {
    return object->destroy == &end ? static_cast<row_part*>(object) : nullptr;
  }
  /// No session is asked to insert the row again unless it is fresh. Nothing for an object that the program has not put
  /// there.
  static void set_fate(tracked_object* object, held_rows::fate fate);
  /// Which of the rows it is.
  std::size_t place() const noexcept;

  row_share* whole;

private:
  struct block;
  row_part(block& in, row_share& of, const model_spec& model, std::size_t row);
  ~row_part() = default;

  block* in_;
};

/// Memory for so many parts of one model, with their snapshots, that are made one after the other; it ends with the
/// last of them. Threads: as the parts.
class row_part::room {
public:
  room(const model_spec& model, std::size_t parts);
  room(const room&) = delete;
  room& operator=(const room&) = delete;
  ~room();
  /// Before: there is room for one more.
  row_part* make(row_share& of, std::size_t row);

private:
  static std::size_t size_of_part(const model_spec& model) noexcept;

  const model_spec* model_;
  block* block_;
  std::size_t made_ = 0;
};

/// The share that one of these rows has as an object; a new one where none is.
row_share& share_of(held_rows& held);

}  // namespace tupelo::detail
