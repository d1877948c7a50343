// SPDX-License-Identifier: Apache-2.0
#include "array_decoder.hpp"

#include "network_order.hpp"
#include "oid.hpp"

#include <tupelo/core/array_shape.hpp>

#include <cstddef>
#include <cstdint>

namespace tupelo::driver::postgres {

namespace {

std::size_t dimensions_of(const type_ops& type) noexcept {
  std::size_t count = 0;
  for (const type_ops* inner = &type; inner->array != nullptr; inner = inner->array->element) ++count;
  return count;
}

/// Walks over the elements of an array's binary form, which lie row by row behind its head.
class element_reader {
public:
  element_reader(const column_form* forms, const field_slot& slot, const char* data, const char* end) noexcept
      : forms_(forms), slot_(slot), at_(data), end_(end) {}

  void read(const field_slot& slot, void* array, const std::uint32_t* length) {
    slot.type->array->clear(array, *length);
    const field_slot element = element_slot(slot);
    for (std::uint32_t i = 0; i < *length; ++i) {
      if (element.k == kind::array) {
        add_element(slot, array, [&](void* place) { read(element, place, length + 1); });
      } else {
        read_element(slot, element, array);
      }
    }
  }
  void end() const {
    if (at_ != end_) refuse_length(slot_);
  }

private:
  void read_element(const field_slot& slot, const field_slot& element, void* array) {
    if (end_ - at_ < 4) refuse_length(slot_);
    const std::uint32_t size = load32(at_);
    at_ += 4;
    if (size == 0xffffffffu) return add_null_element(slot, array);
    if (size > static_cast<std::size_t>(end_ - at_)) refuse_length(slot_);
    add_element(slot, array,
                [&](void* place) { decode_value(forms_, 0, element, field_for_value(element, place), at_, size); });
    at_ += size;
  }

  const column_form* forms_;
  const field_slot& slot_;
  const char* at_;
  const char* end_;
};

}  // namespace

void decode_array(const column_form* forms, std::uint32_t element_type, const field_slot& slot, void* field,
                  const char* data, std::uint32_t size) {
  constexpr std::uint32_t head = 12;      // dimensions, whether there are NULLs, type of the elements
  constexpr std::uint32_t dimension = 8;  // number of elements, number of the first one
  if (size < head) refuse_length(slot);
  const std::uint32_t dimensions = load32(data);
  const bool is_expected = element_type != 0 ? load32(data + 8) == element_type : load32(data + 8) >= first_user_oid;
  if (dimensions > array_shape::most || load32(data + 4) > 1 || !is_expected) refuse_length(slot);
  if (dimensions == 0) {
    if (size != head) refuse_length(slot);
    return slot.type->array->clear(field, 0);
  }
  if (dimensions != dimensions_of(*slot.type)) throw_other_dimensions(slot);
  if (size < head + dimension * dimensions) refuse_length(slot);
  const char* const first = data + head + dimension * dimensions;
  const char* const end = data + size;
  // Each element has its length in front: no count that the bytes do not bear out is believed.
  std::uint64_t most = static_cast<std::size_t>(end - first) / 4;
  std::uint32_t lengths[array_shape::most]{};
  for (std::uint32_t i = 0; i < dimensions; ++i) {
    lengths[i] = load32(data + head + dimension * i);
    if (lengths[i] > most || (lengths[i] == 0 && dimensions > 1)) refuse_length(slot);
    if (lengths[i] != 0) most /= lengths[i];
  }
  element_reader elements(forms, slot, first, end);
  elements.read(slot, field, lengths);
  elements.end();
}

}  // namespace tupelo::driver::postgres
