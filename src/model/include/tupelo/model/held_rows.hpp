// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/relation.hpp"
#include "tupelo/model/row_ops.hpp"

#include <cstddef>
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

  const row_ops* ops;
  /// What a session tracks each row as, or null; it is told where the row has moved to, and keeps a share of all.
  std::vector<loaded_rows*> parts;
  std::size_t stored = 0;   ///< of the first rows, which a query has loaded
  std::size_t removed = 0;  ///< rows that were taken out, the last ones; a session knows of those of fate `gone`
  bool followed = false;    ///< a session has found its objects among these
  /// What has become of a row that a session has been given; shorter than the rows: the others are fresh.
  enum class fate : unsigned char { fresh, taken, gone };
  std::vector<fate> fates;

  fate fate_of(std::size_t i) const noexcept { return i < fates.size() ? fates[i] : fate::fresh; }

private:
  std::size_t capacity_ = 0;
};

}  // namespace tupelo::detail
