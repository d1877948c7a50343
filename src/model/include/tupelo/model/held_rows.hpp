// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/relation.hpp"
#include "tupelo/model/row_ops.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tupelo::detail {

/// Rows that a program has put into a relation field, side by side, and behind them those that it has taken out. They
/// move when more are added or taken out.
///
/// Threads: as the object whose relation it is.
struct held_rows final : loaded_rows {
  explicit held_rows(const row_ops& of) noexcept;
  held_rows(const held_rows&) = delete;
  held_rows& operator=(const held_rows&) = delete;
  ~held_rows();

  void* row(std::size_t i) const noexcept { return static_cast<char*>(rows) + i * ops->spec->size; }
  /// Room for so many rows, those that were taken out included.
  void reserve(std::size_t wanted);
  std::size_t all() const noexcept { return count + removed; }
  /// Moves the row behind all others.
  void move_behind(std::size_t row);
  /// Ends the last row.
  void pop();
  /// Makes a place behind the rows that are not taken out, for a new one.
  void* add_place();
  /// The last row that is not taken out is a copy of an object of a session, which has these values now.
  void set_original(loaded_rows* object, std::vector<std::uint64_t> values);

  const row_ops* ops;
  /// What a session tracks each row as, or null; it is told where the row has moved to, and keeps a share of all.
  std::vector<loaded_rows*> parts;
  /// What else is told where a row has moved to, or null; may be shorter than the rows, as all below.
  std::vector<void**> places;
  std::size_t stored = 0;   ///< of the first rows, which a query has loaded
  std::size_t removed = 0;  ///< rows that were taken out, the last ones; a session knows of those of fate `gone`
  bool followed = false;    ///< a session has found its objects among these
  /// What has become of a row that a session has been given; shorter than the rows: the others are fresh.
  enum class fate : unsigned char { fresh, taken, gone };
  std::vector<fate> fates;

  fate fate_of(std::size_t i) const noexcept { return i < fates.size() ? fates[i] : fate::fresh; }

  /// The objects of a session, each with a share, of which rows are copies; or null. Those of a many_to_many are copies
  /// until they are connected; what a has_one referred to is one since it was taken out.
  std::vector<loaded_rows*> originals;

  // Of a many_to_many:
  /// What an original's columns were when the row was made of it, as a snapshot; what differs in the row was changed in
  /// it. As long as `originals`.
  std::vector<std::vector<std::uint64_t>> copied;
  /// By which flush a row was connected, or parted where it was taken out. 0: that waits; 1: a query has found it so.
  std::vector<std::uint64_t> ties;
  std::uint64_t tie_of(std::size_t i) const noexcept { return i < ties.size() ? ties[i] : i < stored ? 1 : 0; }
  bool has_loose_ties() const noexcept;

private:
  friend class relation_slot;
  void complete_lists();
  /// To those that know rows from this one on.
  void tell_places(std::size_t from) noexcept;

  std::size_t capacity_ = 0;
};

}  // namespace tupelo::detail
