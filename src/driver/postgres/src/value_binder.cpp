// SPDX-License-Identifier: Apache-2.0
#include "epoch.hpp"
#include "numeric.hpp"
#include "parameter_writer.hpp"
#include "value_checks.hpp"

#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/time_of_day.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace tupelo::driver::postgres {

namespace {

constexpr std::string_view wider = "use a smaller number or give the column a wider type";

}  // namespace

// One loop with the common kinds in it: a bulk insert spends most of its time here.
void parameter_writer::write_row(const parameter_step* planned, std::uint32_t row, const void* object) {
  row_ = row;
  send_buffer& out = out_;
  for (const bind_step& step : plan_.binds) {
    const parameter_step& how = *planned++;
    if (step.source != bind_source::field) [[unlikely]] {
      write_from_values(step, how);
      continue;
    }
    const void* const value = value_of(step.slot, object);
    if (value == nullptr) {
      out.put_null();
      continue;
    }
    switch (how.shortcut) {
      case parameter_shortcut::boolean: write8(out, *static_cast<const bool*>(value) ? 1 : 0); break;
      case parameter_shortcut::int4: write32(out, read_as<std::uint32_t>(value)); break;
      case parameter_shortcut::int8:
      case parameter_shortcut::float8: write64(out, read_as<std::uint64_t>(value)); break;
      case parameter_shortcut::text: {
        const auto& text = *static_cast<const std::string*>(value);
        if (!is_valid_text(text)) [[unlikely]]
          refuse_text(place_of(step, how), text);
        write_raw(out, text.data(), text.size());
        break;
      }
      case parameter_shortcut::timestamp: {
        const auto time = read_as<timestamp>(value);
        if (!time.is_valid() && !time.is_infinite()) [[unlikely]]
          refuse_calendar(place_of(step, how));
        write64(out, static_cast<std::uint64_t>(server_micros(time)));
        break;
      }
      case parameter_shortcut::uuid: write_raw(out, value, sizeof(uuid)); break;
      case parameter_shortcut::none: {
        write_field(step.slot, value, how, place_of(step, how));
        break;
      }
    }
  }
}

// ---- values of the query

void parameter_writer::write_from_values(const bind_step& step, const parameter_step& planned) {
  if (step.source == bind_source::list) return write_list(step, planned);
  if (step.source == bind_source::whole_list) {
    return planned.form == parameter_form::array ? write_array(step, planned) : write_array_literal(step, planned);
  }
  if (step.wrap != like_wrap::none) return write_pattern(step, planned);
  switch (planned.shortcut) {
    case parameter_shortcut::int4: return write32(out_, static_cast<std::uint32_t>(*cursor_++));
    case parameter_shortcut::int8:
    case parameter_shortcut::float8: return write64(out_, *cursor_++);
    case parameter_shortcut::text: {
      const std::string_view text = take_bytes(cursor_);
      if (!is_valid_text(text)) [[unlikely]]
        refuse_text(place_of(step, planned), text);
      return write_raw(out_, text.data(), text.size());
    }
    default: break;
  }
  const parameter_place place = place_of(step, planned);
  if (planned.k == kind::array) {
    const std::string_view words = take_bytes(cursor_);
    return write_elements(array_words(reinterpret_cast<const std::uint64_t*>(words.data())), planned, place);
  }
  write_taken(planned.form, planned, place);
}

void parameter_writer::write_taken(parameter_form form, const parameter_step& planned, const parameter_place& place) {
  if (is_own(form)) return write_own_text(form, take_bytes(cursor_), planned, place);
  write_value(form, take_value(planned.k, cursor_, place, scratch_), place);
}

void parameter_writer::write_pattern(const bind_step& step, const parameter_step& planned) {
  const std::string_view text = take_bytes(cursor_);
  require_text(place_of(step, planned), text);
  const std::size_t start = out_.begin_value();
  const std::size_t before = out_.mark();
  char* const pattern = out_.room(2 * text.size() + 2);
  char* end = pattern;
  if (step.wrap != like_wrap::starts_with) *end++ = '%';
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') *end++ = '\\';
    *end++ = c;
  }
  if (step.wrap != like_wrap::ends_with) *end++ = '%';
  out_.truncate(before + static_cast<std::size_t>(end - pattern));
  out_.end_value(start);
}

void parameter_writer::write_list(const bind_step& step, const parameter_step& planned) {
  const std::uint64_t count = *cursor_++;
  if (count == 0 && step.places == 0) return;  // an empty list is rendered without placeholders
  const parameter_place place = place_of(step, planned);
  if (count == 0 || count > step.places) {
    throw query_error(name_of(place) + ": a list of " + std::to_string(count) + " values for " +
                      std::to_string(step.places) + " placeholders");
  }
  // What is twice in a list is in it once.
  const std::uint64_t* last = cursor_;
  const std::uint64_t* end = cursor_;
  for (std::uint64_t i = 0; i < step.places; ++i) {
    cursor_ = i < count ? end : last;
    last = cursor_;
    write_taken(planned.form, planned, place);
    end = cursor_;
  }
}

void parameter_writer::begin_array(const array_shape& shape, std::uint32_t element_type, const parameter_place& place) {
  const std::size_t dimensions = shape.lengths[0] != 0 ? shape.dimensions : 0;
  out_.put32(static_cast<std::uint32_t>(dimensions));
  out_.put32(shape.nulls ? 1 : 0);
  out_.put32(element_type);
  for (std::size_t i = 0; i != dimensions; ++i) {
    if (shape.lengths[i] > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()))
      refuse_range(place, "an array of PostgreSQL has at most 2147483647 elements; pass fewer at once");
    out_.put32(static_cast<std::uint32_t>(shape.lengths[i]));
    out_.put32(1);  // number of the first element
  }
}

void parameter_writer::write_array(const bind_step& step, const parameter_step& planned) {
  parameter_place place = place_of(step, planned);
  place.type = planned.element_type;
  const std::uint64_t count = *cursor_++;
  const std::size_t start = out_.begin_value();
  begin_array({{count}, 1, planned.k == kind::null}, planned.element_type, place);
  for (std::uint64_t i = 0; i < count; ++i) write_taken(planned.element, planned, place);
  out_.end_value(start);
}

void parameter_writer::write_array_literal(const bind_step& step, const parameter_step& planned) {
  const parameter_place place = place_of(step, planned);
  const std::uint64_t count = *cursor_++;
  const std::size_t start = out_.begin_value();
  out_.put8('{');
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i != 0) out_.put8(',');
    if (planned.k == kind::null) {
      out_.put_bytes("NULL", 4);
      continue;
    }
    write_literal_element(take_value(planned.k, cursor_, place, scratch_), place);
  }
  out_.put8('}');
  out_.end_value(start);
}

void parameter_writer::write_literal_element(const bound_value& value, const parameter_place& place) {
  out_.put8('"');
  for (const char c : literal_of(value, place, scratch_)) {
    if (c == '"' || c == '\\') out_.put8('\\');
    out_.put8(static_cast<std::uint8_t>(c));
  }
  out_.put8('"');
}

// ---- fields that are no plain value

void parameter_writer::write_field(const field_slot& slot, const void* value, const parameter_step& planned,
                                   const parameter_place& place) {
  if (slot.k == kind::mapped) {
    load_mapped(slot, value, [&](const void* stored) { write_field(stored_slot(slot), stored, planned, place); });
  } else if (slot.k == kind::array && planned.form == parameter_form::array && is_own(planned.element)) {
    write_own_elements(slot, value, planned, place);
  } else if (slot.k == kind::array) {
    scratch_.words.size = 0;
    push_value(slot, value, scratch_.words);
    write_elements(array_words(scratch_.words.data() + 1), planned, place);
  } else if (is_own(planned.form)) {
    write_own(planned.form, slot, value, planned, place);
  } else {
    write_value(planned.form, load_field(slot, value, scratch_), place);
  }
}

void parameter_writer::write_elements(array_words elements, const parameter_step& planned, parameter_place place) {
  array_shape shape;
  if (const std::string_view problem = measure_array(elements, shape); !problem.empty()) refuse_rows(place, problem);
  const std::size_t start = out_.begin_value();
  if (planned.form == parameter_form::array) {
    place.type = planned.element_type;
    begin_array(shape, planned.element_type, place);
  }
  write_rows(elements, planned, place);
  out_.end_value(start);
}

void parameter_writer::write_rows(array_words elements, const parameter_step& planned, const parameter_place& place) {
  const bool binary = planned.form == parameter_form::array;
  if (!binary) out_.put8('{');
  for (bool first = true; elements.size() > 0; first = false) {
    const std::uint64_t* value = elements.next();
    if (!binary && !first) out_.put8(',');
    if (value != nullptr && elements.element() == kind::array) {
      write_rows(array_words(value + 1), planned, place);
    } else if (value != nullptr && is_own(planned.element)) {
      write_own_text(planned.element, take_bytes(value), planned, place);
    } else if (value != nullptr) {
      const bound_value taken = take_value(elements.element(), value, place, scratch_);
      binary ? write_value(planned.element, taken, place) : write_literal_element(taken, place);
    } else if (binary) {
      out_.put_null();
    } else {
      out_.put_bytes("NULL", 4);
    }
  }
  if (!binary) out_.put8('}');
}

// ---- one value in the form that its type takes

void parameter_writer::write_value(parameter_form form, const bound_value& value, const parameter_place& place) {
  switch (form) {
    case parameter_form::null: return out_.put_null();
    case parameter_form::boolean: {
      std::uint64_t magnitude = 0;
      if (to_whole(value, place, magnitude) || magnitude > 1) refuse_range(place, "only 0 and 1 are truth values");
      return write8(out_, magnitude != 0 ? 1 : 0);
    }
    case parameter_form::int2: return write16(out_, static_cast<std::uint16_t>(whole<std::int16_t>(value, place)));
    case parameter_form::int4: return write32(out_, static_cast<std::uint32_t>(whole<std::int32_t>(value, place)));
    case parameter_form::int8: return write64(out_, static_cast<std::uint64_t>(whole<std::int64_t>(value, place)));
    case parameter_form::oid: return write32(out_, whole<std::uint32_t>(value, place));
    case parameter_form::float4: return write_float4(real(value), place);
    case parameter_form::float8: return write64(out_, std::bit_cast<std::uint64_t>(real(value)));
    case parameter_form::numeric: return write_numeric_value(value);
    case parameter_form::text:
      require_text(place, value.text);
      return write_raw(out_, value.text.data(), value.text.size());
    case parameter_form::jsonb: {
      require_text(place, value.text);
      const std::size_t start = out_.begin_value();
      out_.put8(1);  // the version of the format, the only one there is
      out_.put_bytes(value.text.data(), value.text.size());
      return out_.end_value(start);
    }
    case parameter_form::bytea: return write_raw(out_, value.text.data(), value.text.size());
    case parameter_form::date: return write_day(value, place);
    case parameter_form::timestamp: return write_time(value, place);
    case parameter_form::uuid: return write_raw(out_, value.text.data(), value.text.size());
    case parameter_form::finite_interval:
      // The server would take it for a long interval, and the next version for infinity.
      if (value.span.is_infinite())
        refuse_range(place, "PostgreSQL has infinite intervals from version 17 on: use NULL or a long one");
      [[fallthrough]];
    case parameter_form::interval: {
      char* const bytes = out_.room(20);
      store32(bytes, 16);
      store64(bytes + 4, static_cast<std::uint64_t>(value.span.microseconds));
      store32(bytes + 12, static_cast<std::uint32_t>(value.span.days));
      store32(bytes + 16, static_cast<std::uint32_t>(value.span.months));
      return;
    }
    case parameter_form::time_of_day:
      if (value.whole < 0 || value.whole > time_of_day::max_us)
        refuse_range(place, "a time of day is from 00:00 to 24:00");
      return write64(out_, static_cast<std::uint64_t>(value.whole));
    case parameter_form::literal: {
      const std::string_view text = literal_of(value, place, scratch_);
      return write_raw(out_, text.data(), text.size());
    }
    case parameter_form::refused:
    case parameter_form::range:
    case parameter_form::multirange:
    case parameter_form::composite:
    case parameter_form::own_bytes:
    case parameter_form::array:
    case parameter_form::array_literal: break;
  }
  throw query_error(name_of(place) + ": a " + std::string(tupelo::name_of(value.k)) + " cannot be a parameter");
}

/// The value without its sign; gives whether it is negative. Refuses what is not whole.
bool parameter_writer::to_whole(const bound_value& value, const parameter_place& place,
                                std::uint64_t& magnitude) const {
  if (value.k == kind::u64) {
    magnitude = static_cast<std::uint64_t>(value.whole);
    return false;
  }
  if (is_float(value.k)) {
    const double size = std::fabs(value.real);
    if (!(size < 18446744073709551616.0)) refuse_range(place, wider);  // NaN too
    if (size != std::trunc(size)) refuse_loss(place, "a fraction");
    magnitude = static_cast<std::uint64_t>(size);
    return value.real < 0 && magnitude != 0;
  }
  std::int64_t whole = value.whole;
  if (value.k == kind::decimal) {
    const decimal& number = *value.number;
    if (!number.is_finite()) refuse_range(place, wider);
    const decimal rounded = number.round(0, rounding::down);
    if (rounded != number) refuse_loss(place, "a fraction");
    if (!rounded.unscaled_to(whole)) refuse_range(place, wider);
  }
  const auto bits = static_cast<std::uint64_t>(whole);
  magnitude = whole < 0 ? 0 - bits : bits;
  return whole < 0;
}

template <class Integer>
Integer parameter_writer::whole(const bound_value& value, const parameter_place& place) const {
  std::uint64_t magnitude = 0;
  const bool negative = to_whole(value, place, magnitude);
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<Integer>::max());
  const std::uint64_t limit = negative ? (std::is_signed_v<Integer> ? most + 1 : 0) : most;
  if (magnitude > limit) [[unlikely]]
    refuse_range(place, wider);
  return static_cast<Integer>(negative ? 0 - magnitude : magnitude);
}
template std::int64_t parameter_writer::whole<std::int64_t>(const bound_value&, const parameter_place&) const;

double parameter_writer::real(const bound_value& value) const {
  if (is_float(value.k)) return value.real;
  if (value.k == kind::decimal) return value.number->to_double();
  return value.k == kind::u64 ? static_cast<double>(static_cast<std::uint64_t>(value.whole))
                              : static_cast<double>(value.whole);
}

void parameter_writer::write_float4(double value, const parameter_place& place) {
  const auto narrow = static_cast<float>(value);
  if (std::isinf(narrow) && !std::isinf(value)) refuse_range(place, wider);
  write32(out_, std::bit_cast<std::uint32_t>(narrow));
}

void parameter_writer::write_numeric_value(const bound_value& value) {
  const std::size_t start = out_.begin_value();
  if (value.k == kind::decimal) {
    write_numeric(out_, *value.number);
  } else if (is_float(value.k)) {
    write_numeric(out_, decimal_of(value));
  } else {
    const auto bits = static_cast<std::uint64_t>(value.whole);
    const bool negative = value.k != kind::u64 && value.whole < 0;
    write_numeric(out_, negative, negative ? 0 - bits : bits, 0);
  }
  out_.end_value(start);
}

void parameter_writer::write_time(const bound_value& value, const parameter_place& place) {
  timestamp time{value.whole};
  if (value.k == kind::date) {
    const date day{static_cast<std::int32_t>(value.whole)};
    if (!day.is_valid() && !day.is_infinite()) refuse_calendar(place);
    time = day.midnight();
  }
  if (!time.is_valid() && !time.is_infinite()) refuse_calendar(place);
  write64(out_, static_cast<std::uint64_t>(server_micros(time)));
}

void parameter_writer::write_day(const bound_value& value, const parameter_place& place) {
  std::int64_t days = value.whole;
  const bool is_infinite =
      value.k == kind::timestamp ? timestamp{days}.is_infinite() : date{static_cast<std::int32_t>(days)}.is_infinite();
  if (is_infinite)
    return write32(out_, static_cast<std::uint32_t>((days < 0 ? date::minus_infinity() : date::infinity()).days));
  if (value.k == kind::timestamp) {
    if (!timestamp{value.whole}.is_valid()) refuse_calendar(place);
    days = tupelo::detail::floor_divide(value.whole, micros_per_day);
    if (days * micros_per_day != value.whole) refuse_loss(place, "a time of day");
  }
  if (days < date::min_days || days > date::max_days) refuse_calendar(place);
  write32(out_, static_cast<std::uint32_t>(days - epoch_days));
}

void write_parameters(send_buffer& out, const parameter_layout& layout, const statement_plan& plan,
                      const std::uint64_t* values, const void* const* objects) {
  const std::size_t start = out.mark();
  try {
    out.put_bytes(layout.prefix.data(), layout.prefix.size());
    parameter_writer writer(out, plan, values);
    const parameter_step* steps = layout.steps.data();
    for (std::uint32_t row = 0; row < plan.rows_per_statement; ++row) {
      writer.write_row(steps, row, objects != nullptr ? objects[row] : nullptr);
      if (layout.rows_differ) steps += plan.binds.size();
    }
  } catch (...) {
    out.truncate(start);
    throw;
  }
}

}  // namespace tupelo::driver::postgres
