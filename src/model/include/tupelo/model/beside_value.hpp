// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/bytes.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/field.hpp"
#include "tupelo/core/time_of_day.hpp"
#include "tupelo/core/timestamp.hpp"
#include "tupelo/core/uuid.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace tupelo {

/// Where a value is decoded that is read behind its row: one of any kind that has an order. Empty: NULL.
struct alignas(std::max_align_t) beside_value {
  std::optional<std::int64_t> number{};
  std::optional<std::uint64_t> natural{};
  std::optional<double> fraction{};
  std::optional<std::string> text{};  ///< enumerators too
  std::optional<bytes> data{};
  std::optional<decimal> exact{};
  std::optional<timestamp> moment{};
  std::optional<date> day{};
  std::optional<time_of_day> time{};
  std::optional<uuid> id{};
  std::optional<bool> flag{};

  static constexpr std::size_t most = 8;  ///< behind one row
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
