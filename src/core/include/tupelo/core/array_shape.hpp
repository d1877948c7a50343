// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/core/field.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tupelo {

/// How long an array is in each of its dimensions, the outermost first.
struct array_shape {
  static constexpr std::size_t most = 6;  ///< dimensions that an array may have

  std::uint64_t lengths[most]{};
  std::size_t dimensions = 0;  ///< those that rows were there for; 1 for an array without elements
  bool nulls = false;          ///< whether NULL is among the elements
};

/// Measures an array out of a value buffer, or in a field. Gives what is wrong with it as an array of a database, whose
/// rows are all of one length; empty: nothing. Before: no more dimensions than `array_shape::most`.
std::string_view measure_array(array_words elements, array_shape& shape) noexcept;
std::string_view measure_array(const field_slot& slot, const void* array, array_shape& shape) noexcept;

}  // namespace tupelo
