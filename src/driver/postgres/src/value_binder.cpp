// SPDX-License-Identifier: Apache-2.0
#include "value_binder.hpp"

#include "array_decoder.hpp"
#include "bound_value.hpp"
#include "epoch.hpp"
#include "network_order.hpp"
#include "numeric.hpp"
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

template <class Value>
Value read_as(const void* p) noexcept {
  Value value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

void write8(send_buffer& out, std::uint8_t value) {
  char* const place = out.room(5);
  store32(place, 1);
  place[4] = static_cast<char>(value);
}
void write16(send_buffer& out, std::uint16_t value) {
  char* const place = out.room(6);
  store32(place, 2);
  store16(place + 4, value);
}
void write32(send_buffer& out, std::uint32_t value) {
  char* const place = out.room(8);
  store32(place, 4);
  store32(place + 4, value);
}
void write64(send_buffer& out, std::uint64_t value) {
  char* const place = out.room(12);
  store32(place, 8);
  store64(place + 4, value);
}
/// A length of 4 GiB would be cut here, but then the message as a whole is refused.
void write_raw(send_buffer& out, const void* data, std::size_t size) {
  char* const place = out.room(4 + size);
  store32(place, static_cast<std::uint32_t>(size));
  if (size != 0) std::memcpy(place + 4, data, size);
}

constexpr std::string_view wider = "use a smaller number or give the column a wider type";

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
  std::string_view text_of(const bind_step& step, const parameter_step& planned, const void* value);
  [[gnu::noinline]] void write_from_values(const bind_step& step, const parameter_step& planned);
  void write_pattern(const bind_step& step, const parameter_step& planned);
  void write_list(const bind_step& step, const parameter_step& planned);
  void write_array(const bind_step& step, const parameter_step& planned);
  void write_array_literal(const bind_step& step, const parameter_step& planned);
  void write_literal_element(const bound_value& value, const parameter_place& place);
  [[gnu::noinline]] void write_field(const field_slot& slot, const void* value, const parameter_step& planned,
                                     const parameter_place& place);
  void write_elements(array_words elements, const parameter_step& planned, parameter_place place);

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
};

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
        if (!time.is_valid()) [[unlikely]]
          refuse_calendar(place_of(step, how));
        write64(out, static_cast<std::uint64_t>(time.us - epoch_us));
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
  write_value(planned.form, take_value(planned.k, cursor_, place, scratch_), place);
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
    write_value(planned.form, take_value(planned.k, cursor_, place, scratch_), place);
    end = cursor_;
  }
}

void parameter_writer::write_array(const bind_step& step, const parameter_step& planned) {
  parameter_place place = place_of(step, planned);
  place.type = planned.element_type;
  const std::uint64_t count = *cursor_++;
  if (count > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) {
    throw query_error(name_of(place) + ": the list is longer than an array of PostgreSQL; pass fewer values at once");
  }
  const std::size_t start = out_.begin_value();
  out_.put32(count != 0 ? 1 : 0);               // dimensions
  out_.put32(planned.k == kind::null ? 1 : 0);  // whether there are NULLs
  out_.put32(planned.element_type);
  if (count != 0) {
    out_.put32(static_cast<std::uint32_t>(count));
    out_.put32(1);  // number of the first element
  }
  for (std::uint64_t i = 0; i < count; ++i)
    write_value(planned.element, take_value(planned.k, cursor_, place, scratch_), place);
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
  } else if (slot.k == kind::array) {
    scratch_.words.size = 0;
    push_value(slot, value, scratch_.words);
    write_elements(array_words(scratch_.words.data() + 1), planned, place);
  } else {
    write_value(planned.form, load_field(slot, value, scratch_), place);
  }
}

void parameter_writer::write_elements(array_words elements, const parameter_step& planned, parameter_place place) {
  if (elements.size() > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()))
    refuse_range(place, "an array of PostgreSQL has at most 2147483647 elements");
  const bool binary = planned.form == parameter_form::array;
  const std::size_t start = out_.begin_value();
  if (binary) {
    place.type = planned.element_type;
    bool nulls = false;
    for (array_words rest = elements; rest.size() > 0;) nulls |= rest.next() == nullptr;
    out_.put32(elements.size() != 0 ? 1 : 0);  // dimensions
    out_.put32(nulls ? 1 : 0);
    out_.put32(planned.element_type);
    if (elements.size() != 0) {
      out_.put32(static_cast<std::uint32_t>(elements.size()));
      out_.put32(1);  // number of the first element
    }
  } else {
    out_.put8('{');
  }
  for (bool first = true; elements.size() > 0; first = false) {
    const std::uint64_t* value = elements.next();
    if (!binary && !first) out_.put8(',');
    if (value != nullptr) {
      const bound_value taken = take_value(elements.element(), value, place, scratch_);
      binary ? write_value(planned.element, taken, place) : write_literal_element(taken, place);
    } else if (binary) {
      out_.put_null();
    } else {
      out_.put_bytes("NULL", 4);
    }
  }
  if (!binary) out_.put8('}');
  out_.end_value(start);
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
    case parameter_form::interval: {
      if (is_infinite(value.span)) refuse_range(place, "use a shorter interval");  // it would be read as infinity
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
  std::int64_t us = value.whole;
  if (value.k == kind::date) {
    if (us < date::min_days || us > date::max_days) refuse_calendar(place);
    us *= micros_per_day;
  }
  if (!timestamp{us}.is_valid()) refuse_calendar(place);
  write64(out_, static_cast<std::uint64_t>(us - epoch_us));
}

void parameter_writer::write_day(const bound_value& value, const parameter_place& place) {
  std::int64_t days = value.whole;
  if (value.k == kind::timestamp) {
    if (!timestamp{value.whole}.is_valid()) refuse_calendar(place);
    days = tupelo::detail::floor_divide(value.whole, micros_per_day);
    if (days * micros_per_day != value.whole) refuse_loss(place, "a time of day");
  }
  if (days < date::min_days || days > date::max_days) refuse_calendar(place);
  write32(out_, static_cast<std::uint32_t>(days - epoch_days));
}

// ---- rows of COPY

void parameter_writer::write_uncommon(const parameter_step* planned, std::size_t column, const void* value) {
  const bind_step& step = plan_.binds[column];
  const parameter_place place = place_of(step, planned[column]);
  write_value(planned[column].form, load_field(step.slot, value, scratch_), place);
}

// What write_row does, with room made once for all that is short: here nothing else is left to be done for a row.
void parameter_writer::write_tuple(const copy_layout& rows, const parameter_step* planned, const void* object) {
  send_buffer& out = out_;
  const auto field_of = [object](const copy_layout::column& column) -> const void* {
    const void* const field = static_cast<const char*>(object) + column.offset;
    if (!column.nullable) return field;
    return column.type->has(field) ? column.type->get(field) : nullptr;
  };
  std::size_t left = rows.fixed_bytes;
  for (const std::uint16_t i : rows.texts) {
    if (const void* const text = field_of(rows.columns[i])) left += static_cast<const std::string*>(text)->size();
  }
  char* place = out.room(left);
  char* end = place + left;
  store16(place, static_cast<std::uint16_t>(rows.columns.size()));
  place += 2;
  const auto put = [&place](std::uint32_t size, const void* data) {
    store32(place, size);
    if (size != 0) std::memcpy(place + 4, data, size);
    place += 4 + size;
  };
  const auto put32 = [&place](std::uint32_t value) {
    store32(place, 4);
    store32(place + 4, value);
    place += 8;
  };
  const auto put64 = [&place](std::uint64_t value) {
    store32(place, 8);
    store64(place + 4, value);
    place += 12;
  };
  const copy_layout::column* const first = rows.columns.data();
  for (const copy_layout::column *at = first, *last = first + rows.columns.size(); at != last; ++at) {
    const copy_layout::column& column = *at;
    const void* const value = field_of(column);
    if (value == nullptr) {
      store32(place, 0xffffffffu);
      place += 4;
      continue;
    }
    switch (column.shortcut) {
      case parameter_shortcut::boolean: {
        const char truth = *static_cast<const bool*>(value) ? 1 : 0;
        put(1, &truth);
        break;
      }
      case parameter_shortcut::int4: put32(read_as<std::uint32_t>(value)); break;
      case parameter_shortcut::int8:
      case parameter_shortcut::float8: put64(read_as<std::uint64_t>(value)); break;
      case parameter_shortcut::text: {
        const auto& text = *static_cast<const std::string*>(value);
        if (!is_valid_text(text)) [[unlikely]]
          write_uncommon(planned, static_cast<std::size_t>(at - first), value);
        put(static_cast<std::uint32_t>(text.size()), text.data());
        break;
      }
      case parameter_shortcut::timestamp: {
        const auto time = read_as<timestamp>(value);
        if (!time.is_valid()) [[unlikely]]
          write_uncommon(planned, static_cast<std::size_t>(at - first), value);
        put64(static_cast<std::uint64_t>(time.us - epoch_us));
        break;
      }
      case parameter_shortcut::uuid: put(sizeof(uuid), value); break;
      case parameter_shortcut::none:
        left = static_cast<std::size_t>(end - place);
        out.truncate(out.mark() - left);
        write_uncommon(planned, static_cast<std::size_t>(at - first), value);
        place = out.room(left);
        end = place + left;
        break;
    }
  }
  out.truncate(out.mark() - static_cast<std::size_t>(end - place));
}

std::string_view parameter_writer::text_of(const bind_step& step, const parameter_step& planned, const void* value) {
  const parameter_place place = place_of(step, planned);
  const bound_value loaded = load_field(step.slot, value, scratch_);
  // What the binary form refuses is refused here too.
  if (planned.form != parameter_form::literal) {
    const std::size_t mark = out_.mark();
    write_value(planned.form, loaded, place);
    out_.truncate(mark);
  }
  switch (planned.form) {
    case parameter_form::int2:
    case parameter_form::int4:
    case parameter_form::int8:
    case parameter_form::oid:
      if (loaded.k == kind::boolean) return loaded.whole != 0 ? "1" : "0";
      if (!is_integer(loaded.k)) return scratch_.literal = std::to_string(whole<std::int64_t>(loaded, place));
      break;
    default: break;
  }
  return literal_of(loaded, place, scratch_);
}

void parameter_writer::write_line(const parameter_step* planned, const void* object) {
  bool first = true;
  for (const bind_step& step : plan_.binds) {
    const parameter_step& how = *planned++;
    if (!first) out_.put8('\t');
    first = false;
    const void* const value = value_of(step.slot, object);
    if (value == nullptr) {
      out_.put_bytes("\\N", 2);
      continue;
    }
    for (const char c : text_of(step, how, value)) {
      // Source: PostgreSQL documentation, COPY, "Text Format".
      char escaped = c;
      switch (c) {
        case '\\': break;
        case '\n': escaped = 'n'; break;
        case '\r': escaped = 'r'; break;
        case '\t': escaped = 't'; break;
        default: out_.put8(static_cast<std::uint8_t>(c)); continue;
      }
      out_.put8('\\');
      out_.put8(static_cast<std::uint8_t>(escaped));
    }
  }
  out_.put8('\n');
}

}  // namespace

bool is_binary(const parameter_layout& layout) noexcept {
  for (const parameter_step& step : layout.steps) {
    if (step.form == parameter_form::literal || step.form == parameter_form::array_literal) return false;
  }
  return true;
}

copy_layout plan_copied_rows(const parameter_layout& layout, const statement_plan& plan) {
  copy_layout rows;
  rows.fixed_bytes = 2;
  for (std::size_t i = 0; i < plan.binds.size(); ++i) {
    const field_slot& slot = plan.binds[i].slot;
    const parameter_shortcut shortcut = layout.steps[i].shortcut;
    rows.columns.push_back({slot.type, slot.offset, slot.nullable, shortcut});
    if (shortcut == parameter_shortcut::text) rows.texts.push_back(static_cast<std::uint16_t>(i));
    rows.fixed_bytes += 4;
    switch (shortcut) {
      case parameter_shortcut::none:
      case parameter_shortcut::text: break;
      case parameter_shortcut::boolean: rows.fixed_bytes += 1; break;
      case parameter_shortcut::int4: rows.fixed_bytes += 4; break;
      case parameter_shortcut::int8:
      case parameter_shortcut::float8:
      case parameter_shortcut::timestamp: rows.fixed_bytes += 8; break;
      case parameter_shortcut::uuid: rows.fixed_bytes += sizeof(uuid); break;
    }
  }
  return rows;
}

std::size_t write_copy_rows(send_buffer& out, const parameter_layout& layout, const statement_plan& plan,
                            const copy_layout* rows, const void* const* objects, std::size_t count, std::size_t full) {
  parameter_writer writer(out, plan, nullptr);
  std::size_t written = 0;
  for (; written != count && out.size() < full; ++written) {
    const std::size_t start = out.mark();
    try {
      if (rows != nullptr) {
        writer.write_tuple(*rows, layout.steps.data(), objects[written]);
      } else {
        writer.write_line(layout.steps.data(), objects[written]);
      }
    } catch (...) {
      out.truncate(start);
      throw;
    }
  }
  return written;
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
