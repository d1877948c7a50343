// SPDX-License-Identifier: Apache-2.0
#include <tupelo/core/array_shape.hpp>

namespace tupelo {

namespace {

// Two ways to walk over the elements of an array: `next` gives what lies there, null for NULL, and `row` an array that
// does.

struct words_walk {
  array_words words;

  std::uint64_t size() const noexcept { return words.size(); }
  bool has_rows() const noexcept { return words.element() == kind::array; }
  const std::uint64_t* next() noexcept { return words.next(); }
  static words_walk row(const std::uint64_t* element) noexcept { return {array_words(element + 1)}; }
};

struct field_walk {
  const type_ops* type;
  const void* array;
  std::size_t at = 0;

  std::uint64_t size() const noexcept { return type->array->size(array) - at; }
  bool has_rows() const noexcept { return type->array->element->array != nullptr; }
  const void* next() noexcept {
    const type_ops& element = *type->array->element;
    return value_of({&element, 0, element.k, element.nullable, {}}, type->array->at(array, at++));
  }
  field_walk row(const void* element) const noexcept { return {type->array->element, element}; }
};

/// `first`: no other row of its dimension was measured before.
template <class Walk>
std::string_view measure(Walk walk, array_shape& shape, std::size_t dimension, bool first) noexcept {
  const std::uint64_t length = walk.size();
  if (first) {
    shape.lengths[dimension] = length;
    shape.dimensions = dimension + 1;
  } else if (shape.lengths[dimension] != length) {
    return "an array whose rows differ in length: give all the same number of elements";
  }
  // It would come back without its rows.
  if (length == 0 && dimension != 0) return "an array of rows without elements: leave the rows out";
  while (walk.size() > 0) {
    const auto element = walk.next();
    if (element == nullptr) {
      shape.nulls = true;
    } else if (walk.has_rows()) {
      const std::string_view problem = measure(walk.row(element), shape, dimension + 1, first);
      if (!problem.empty()) return problem;
      first = false;
    }
  }
  return {};
}

}  // namespace

std::string_view measure_array(array_words elements, array_shape& shape) noexcept {
  return measure(words_walk{elements}, shape, 0, true);
}
std::string_view measure_array(const field_slot& slot, const void* array, array_shape& shape) noexcept {
  return measure(field_walk{slot.type, array}, shape, 0, true);
}

}  // namespace tupelo
