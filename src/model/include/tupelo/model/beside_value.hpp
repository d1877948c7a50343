// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/field.hpp"

#include <cstddef>
#include <cstdint>

namespace tupelo {

/// Where a value is decoded that is read behind its row: one of any kind that has an order. What it is made of stands
/// in its source: a dozen std::optional that whoever includes this would compile.
struct alignas(std::max_align_t) beside_value {
  beside_value() noexcept;  ///< empty: NULL
  beside_value(beside_value&& other) noexcept;
  beside_value(const beside_value& other);
  beside_value& operator=(beside_value&& other) noexcept;
  beside_value& operator=(const beside_value& other);
  ~beside_value();

  static constexpr std::size_t most = 8;  ///< behind one row

private:
  friend field_slot beside_slot(kind k, std::size_t place) noexcept;
  struct parts;
  parts& own() noexcept;
  const parts& own() const noexcept;

  unsigned char bytes_[288];
};

/// Values that have an order which every database agrees on, or one of its own for texts.
bool has_an_order(kind k) noexcept;
/// A value of this kind as a column of what holds a beside_value so many bytes behind its beginning. Before:
/// has_an_order(k).
field_slot beside_slot(kind k, std::size_t place) noexcept;
/// Where the first of them stands behind a row of this size.
constexpr std::size_t beside_place(std::size_t row_size) noexcept {
  constexpr std::size_t alignment = alignof(beside_value);
  return (row_size + alignment - 1) / alignment * alignment;
}

}  // namespace tupelo
