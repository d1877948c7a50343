// SPDX-License-Identifier: Apache-2.0
// Lists that are too long for placeholders, as one parameter that json_each takes apart.
#include "json_array.hpp"
#include "value_binder.hpp"
#include "value_checks.hpp"

#include <tupelo/core/date.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <bit>
#include <cstring>

namespace tupelo::driver {

void value_binder::bind_json_list(int place, const bind_step& step) {
  const std::uint64_t count = *cursor_++;
  std::string text = "[";
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i != 0) text += ',';
    append_json_value(text, step);
  }
  text += ']';
  char* const kept = scratch_.room(text.size());
  std::memcpy(kept, text.data(), text.size());
  bind_own_text(place, kept, text.size());
}

void value_binder::append_json_value(std::string& out, const bind_step& step) {
  const field_slot& slot = step.slot;
  switch (step.k) {
    case kind::boolean:
    case kind::i8:
    case kind::i16:
    case kind::i32:
    case kind::i64:
    case kind::u8:
    case kind::u16:
    case kind::u32: out += std::to_string(static_cast<std::int64_t>(*cursor_++)); return;
    case kind::u64: {
      const std::uint64_t value = *cursor_++;
      require_int64(value, slot);
      out += std::to_string(value);
      return;
    }
    case kind::f32:
    case kind::f64: {
      const auto value = std::bit_cast<double>(*cursor_++);
      require_number(value, slot);
      return append_real(out, value);
    }
    case kind::text:
    case kind::json:
    case kind::enumeration:
    case kind::custom: {
      const std::string_view text = take_bytes(cursor_);
      require_text(text, slot);
      return append_quoted(out, text);
    }
    case kind::timestamp: {
      const timestamp time{static_cast<std::int64_t>(*cursor_++)};
      require_calendar(time.is_valid(), slot);
      return append_quoted(out, time.to_string());
    }
    case kind::date: {
      const date day{static_cast<std::int32_t>(static_cast<std::int64_t>(*cursor_++))};
      require_calendar(day.is_valid(), slot);
      return append_quoted(out, day.to_string());
    }
    case kind::time_of_day: return append_quoted(out, checked_time(static_cast<std::int64_t>(*cursor_++), slot));
    case kind::interval: return append_quoted(out, take_interval(cursor_).to_string());
    case kind::uuid: return append_quoted(out, checked_uuid(take_bytes(cursor_), slot).to_string());
    case kind::decimal: return append_real(out, checked_double(checked_decimal(take_bytes(cursor_), slot), slot));
    case kind::null:
    case kind::bytes:
    case kind::embedded:
    case kind::relation:
    case kind::array:
    case kind::mapped: break;
  }
  throw query_error(parameter_name(slot) + ": a long list cannot hold values of kind " + std::string(name_of(step.k)) +
                    "; pass fewer of them at once");
}

}  // namespace tupelo::driver
