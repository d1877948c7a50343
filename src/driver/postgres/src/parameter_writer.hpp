// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "array_decoder.hpp"
#include "bound_value.hpp"
#include "network_order.hpp"
#include "send_buffer.hpp"
#include "value_binder.hpp"

#include <tupelo/core/array_shape.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tupelo::driver::postgres {

template <class Value>
Value read_as(const void* p) noexcept {
  Value value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

inline void write8(send_buffer& out, std::uint8_t value) {
  char* const place = out.room(5);
  store32(place, 1);
  place[4] = static_cast<char>(value);
}
inline void write16(send_buffer& out, std::uint16_t value) {
  char* const place = out.room(6);
  store32(place, 2);
  store16(place + 4, value);
}
inline void write32(send_buffer& out, std::uint32_t value) {
  char* const place = out.room(8);
  store32(place, 4);
  store32(place + 4, value);
}
inline void write64(send_buffer& out, std::uint64_t value) {
  char* const place = out.room(12);
  store32(place, 8);
  store64(place + 4, value);
}
/// A length of 4 GiB would be cut here, but then the message as a whole is refused.
inline void write_raw(send_buffer& out, const void* data, std::size_t size) {
  char* const place = out.room(4 + size);
  store32(place, static_cast<std::uint32_t>(size));
  if (size != 0) std::memcpy(place + 4, data, size);
}

/// Writes the values of one statement, in the order of its placeholders.
class parameter_writer {
public:
  parameter_writer(send_buffer& out, const statement_plan& plan, const std::uint64_t* values) noexcept
      : out_(out), plan_(plan), cursor_(values) {}

  void write_row(const parameter_step* planned, std::uint32_t row, const void* object);
  /// The row as COPY's binary format has it.
  void write_tuple(const copy_layout& rows, const parameter_step* planned, const void* object);
  /// The row as a line of COPY's text format.
  void write_line(const parameter_step* planned, const void* object);

private:
  /// A column that has no shortcut, or whose value is refused.
  [[gnu::noinline]] void write_uncommon(const parameter_step* planned, std::size_t column, const void* value);
  /// The field's text, valid until the next.
  std::string_view text_of(const field_slot& slot, const void* value, const parameter_step& planned,
                           const parameter_place& place);
  [[gnu::noinline]] void write_from_values(const bind_step& step, const parameter_step& planned);
  void write_pattern(const bind_step& step, const parameter_step& planned);
  void write_list(const bind_step& step, const parameter_step& planned);
  void write_array(const bind_step& step, const parameter_step& planned);
  void write_array_literal(const bind_step& step, const parameter_step& planned);
  void write_literal_element(const bound_value& value, const parameter_place& place);
  [[gnu::noinline]] void write_field(const field_slot& slot, const void* value, const parameter_step& planned,
                                     const parameter_place& place);
  /// What stands in front of an array's elements.
  void begin_array(const array_shape& shape, std::uint32_t element_type, const parameter_place& place);
  /// Before: a form that only the slot's type knows.
  void write_own(parameter_form form, const field_slot& slot, const void* value, const parameter_step& planned,
                 const parameter_place& place);
  /// A value from a query's buffer. Before: the same form.
  void write_own_text(parameter_form form, std::string_view text, const parameter_step& planned,
                      const parameter_place& place);
  /// The next value from a query's buffer, as a list's element where `form` is that.
  void write_taken(parameter_form form, const parameter_step& planned, const parameter_place& place);
  void write_range(const range_ops& range, const void* value, const parameter_step& planned, parameter_place place);
  void write_composite(const composite_layout& parts, const composite_ops& fields, const void* value,
                       const parameter_place& place);
  void write_own_elements(const field_slot& slot, const void* value, const parameter_step& planned,
                          parameter_place place);
  void write_own_rows(const field_slot& slot, const void* value, const parameter_step& planned,
                      const parameter_place& place);
  void write_elements(array_words elements, const parameter_step& planned, parameter_place place);
  /// What `begin_array` has announced, row by row.
  void write_rows(array_words elements, const parameter_step& planned, const parameter_place& place);

  [[gnu::noinline]] void write_value(parameter_form form, const bound_value& value, const parameter_place& place);
  bool to_whole(const bound_value& value, const parameter_place& place, std::uint64_t& magnitude) const;
  template <class Integer>
  Integer whole(const bound_value& value, const parameter_place& place) const;
  double real(const bound_value& value) const;
  void write_float4(double value, const parameter_place& place);
  void write_numeric_value(const bound_value& value);
  void write_time(const bound_value& value, const parameter_place& place);
  void write_day(const bound_value& value, const parameter_place& place);

  parameter_place place_of(const bind_step& step, const parameter_step& planned) const noexcept {
    // Only rows of fields come more than once, and a field fills one placeholder.
    const auto before = row_ * static_cast<std::uint32_t>(plan_.binds.size());
    return {step.slot.column, before + step.first, planned.type};
  }

  send_buffer& out_;
  const statement_plan& plan_;
  const std::uint64_t* cursor_;
  std::uint32_t row_ = 0;
  value_scratch scratch_;
  std::string text_;
};

}  // namespace tupelo::driver::postgres
