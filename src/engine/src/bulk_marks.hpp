// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/query_core.hpp"
#include "tupelo/model/model_info.hpp"

#include <cstdint>

/// An erase by condition of rows that are marked: an update that says so, beside what `update_flags` has.
namespace tupelo::detail {

inline constexpr std::uint8_t update_marks = 2;

inline bool is_bulk_mark(const query_core& core) noexcept {
  return core.shape.size != 0 && op_of(core.shape.data()[0]) == op::update_of &&
         sub_of(core.shape.data()[0]) == update_marks;
}
/// The time that it marks with. Before: it is one, and nothing was added to it since it was completed.
inline std::int64_t time_of_bulk_mark(const query_core& core, const model_info& info) noexcept {
  const std::uint32_t behind = 1U + (info.updated_at >= 0 ? 1U : 0U) + (info.version >= 0 ? 1U : 0U);
  return static_cast<std::int64_t>(core.values.data()[core.values.size - behind]);
}

}  // namespace tupelo::detail
