// SPDX-License-Identifier: Apache-2.0
// Fields whose own type knows a binary form: ranges, multiranges, composites, and what field_traits write.
#include "parameter_writer.hpp"
#include "value_checks.hpp"

#include <limits>

namespace tupelo::driver::postgres {

void parameter_writer::write_own(parameter_form form, const field_slot& slot, const void* value,
                                 const parameter_step& planned, const parameter_place& place) {
  const custom_form& own = *slot.type->form;
  switch (form) {
    case parameter_form::range: return write_range(*own.range, value, planned, place);
    case parameter_form::multirange: {
      // Source: multirange_recv of the server.
      const array_ops& ranges = *own.multirange;
      const std::size_t count = ranges.size(value);
      if (count > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        refuse_range(place, "it has too many ranges");
      const std::size_t start = out_.begin_value();
      out_.put32(static_cast<std::uint32_t>(count));
      for (std::size_t i = 0; i < count; ++i)
        write_range(*ranges.element->form->range, ranges.at(value, i), planned, place);
      return out_.end_value(start);
    }
    case parameter_form::composite: return write_composite(*planned.composite, own.composite(), value, place);
    default:
      scratch_.text.clear();
      own.to_binary(value, scratch_.text);
      return write_raw(out_, scratch_.text.data(), scratch_.text.size());
  }
}

void parameter_writer::write_own_text(parameter_form form, std::string_view text, const parameter_step& planned,
                                      const parameter_place& place) {
  const type_ops& type = *planned.own;
  const field_slot slot{&type, 0, type.k, false, place.column};
  if (!use_text(type, text, [&](const void* value) { write_own(form, slot, value, planned, place); }))
    refuse_malformed(place, type.type_name());
}

// Source: range_recv of the server.
void parameter_writer::write_range(const range_ops& range, const void* value, const parameter_step& planned,
                                   parameter_place place) {
  constexpr unsigned empty = 1, lower_inclusive = 2, upper_inclusive = 4, no_lower = 8, no_upper = 16;
  const range_parts parts = range.parts(value);
  unsigned flags = empty;
  if (!parts.empty) {
    flags = (parts.lower == nullptr  ? no_lower
             : parts.lower_inclusive ? lower_inclusive
                                     : 0) |
            (parts.upper == nullptr  ? no_upper
             : parts.upper_inclusive ? upper_inclusive
                                     : 0);
  }
  const std::size_t start = out_.begin_value();
  out_.put8(static_cast<std::uint8_t>(flags));
  place.type = planned.bound_type;
  const field_slot bound{range.bound, 0, range.bound->k, range.bound->nullable, place.column};
  for (const void* each : {parts.lower, parts.upper}) {
    if (!parts.empty && each != nullptr) write_value(planned.bound, load_field(bound, each, scratch_), place);
  }
  out_.end_value(start);
}

// Source: record_recv of the server, which takes exactly the types that its own attributes have.
void parameter_writer::write_composite(const composite_layout& parts, const composite_ops& fields, const void* value,
                                       const parameter_place& place) {
  const std::size_t start = out_.begin_value();
  out_.put32(static_cast<std::uint32_t>(fields.count));
  for (std::size_t i = 0; i != fields.count; ++i) {
    const composite_layout::attribute& part = parts.attributes[i];
    const field_slot& field = fields.attributes[i];
    out_.put32(part.type);
    if (const void* const each = value_of(field, value)) {
      write_field(field, each, part.how, {place.column, place.number, part.type});
    } else {
      out_.put_null();
    }
  }
  out_.end_value(start);
}

void parameter_writer::write_own_elements(const field_slot& slot, const void* value, const parameter_step& planned,
                                          parameter_place place) {
  array_shape shape;
  if (const std::string_view problem = measure_array(slot, value, shape); !problem.empty()) refuse_rows(place, problem);
  place.type = planned.element_type;
  const std::size_t start = out_.begin_value();
  begin_array(shape, planned.element_type, place);
  write_own_rows(slot, value, planned, place);
  out_.end_value(start);
}

void parameter_writer::write_own_rows(const field_slot& slot, const void* value, const parameter_step& planned,
                                      const parameter_place& place) {
  const array_ops& array = *slot.type->array;
  const field_slot element = element_slot(slot);
  const auto write = [&](const auto& self, const field_slot& as, const void* each) -> void {
    if (as.k == kind::mapped)
      return load_mapped(as, each, [&](const void* stored) { self(self, stored_slot(as), stored); });
    if (as.k == kind::array) return write_own_rows(as, each, planned, place);
    write_own(planned.element, as, each, planned, place);
  };
  const std::size_t count = array.size(value);
  for (std::size_t i = 0; i < count; ++i) {
    if (const void* const each = value_of(element, array.at(value, i))) {
      write(write, element, each);
    } else {
      out_.put_null();
    }
  }
}

}  // namespace tupelo::driver::postgres
