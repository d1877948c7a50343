// SPDX-License-Identifier: Apache-2.0
// Objects as rows of COPY.
#include "epoch.hpp"
#include "parameter_writer.hpp"
#include "value_checks.hpp"

#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tupelo::driver::postgres {

namespace {

/// Copies the bytes, in one pass with the look at them: whether all are ASCII and none is NUL. What is left behind the
/// last whole block is done together with bytes before it.
bool copy_plain(char* to, const char* from, std::size_t size) noexcept {
#ifdef __SSE2__
  constexpr std::size_t block = sizeof(__m128i);
  if (size >= block) {
    const auto load = [](const char* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); };
    const auto store = [](char* p, __m128i v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v); };
    __m128i any = load(from + size - block);
    __m128i least = any;
    store(to + size - block, any);
    for (const char* const last = from + size - block; from < last; from += block, to += block) {
      const __m128i bytes = load(from);
      store(to, bytes);
      any = _mm_or_si128(any, bytes);
      least = _mm_min_epu8(least, bytes);
    }
    return (_mm_movemask_epi8(any) | _mm_movemask_epi8(_mm_cmpeq_epi8(least, _mm_setzero_si128()))) == 0;
  }
#endif
  if (size != 0) std::memcpy(to, from, size);
  return false;
}

}  // namespace

void parameter_writer::write_uncommon(const parameter_step* planned, std::size_t column, const void* value) {
  const bind_step& step = plan_.binds[column];
  write_field(step.slot, value, planned[column], place_of(step, planned[column]));
}

// What write_row does, with room made once for all that is short: here nothing else is left to be done for a row.
// There always is room for the short values of a whole row, so that only texts have to look for theirs.
void parameter_writer::write_tuple(const copy_layout& rows, const parameter_step* planned, const void* object) {
  send_buffer& out = out_;
  const std::size_t fixed = rows.fixed_bytes;
  std::size_t spare = 0;
  char* place = out.reserve(fixed, spare);
  spare -= fixed;
  const copy_layout::column* const first = rows.columns.data();
  const copy_layout::column* const last = first + rows.columns.size();
  store16(place, static_cast<std::uint16_t>(last - first));
  place += 2;
  for (const copy_layout::column* at = first; at != last; ++at) {
    const void* value = static_cast<const char*>(object) + at->offset;
    if (at->nullable) {
      value = at->type->get(value);
      if (value == nullptr) {
        store32(place, 0xffffffffu);
        place += 4;
        continue;
      }
    }
    switch (at->shortcut) {
      case parameter_shortcut::boolean:
        store32(place, 1);
        place[4] = *static_cast<const bool*>(value) ? 1 : 0;
        place += 5;
        continue;
      case parameter_shortcut::int4:
        store32(place, 4);
        store32(place + 4, read_as<std::uint32_t>(value));
        place += 8;
        continue;
      case parameter_shortcut::int8:
      case parameter_shortcut::float8:
        store32(place, 8);
        store64(place + 4, read_as<std::uint64_t>(value));
        place += 12;
        continue;
      case parameter_shortcut::text: {
        const auto& text = *static_cast<const std::string*>(value);
        const std::size_t size = text.size();
        if (size > spare) [[unlikely]] {
          out.take_until(place);
          place = out.reserve(fixed + size, spare);
          spare -= fixed;
        }
        if (!copy_plain(place + 4, text.data(), size) && !is_valid_text(text)) [[unlikely]]
          break;
        spare -= size;
        store32(place, static_cast<std::uint32_t>(size));
        place += 4 + size;
        continue;
      }
      case parameter_shortcut::timestamp: {
        const auto time = read_as<timestamp>(value);
        if (!time.is_valid() && !time.is_infinite()) [[unlikely]]
          break;
        store32(place, 8);
        store64(place + 4, static_cast<std::uint64_t>(server_micros(time)));
        place += 12;
        continue;
      }
      case parameter_shortcut::uuid:
        store32(place, sizeof(uuid));
        std::memcpy(place + 4, value, sizeof(uuid));
        place += 4 + sizeof(uuid);
        continue;
      case parameter_shortcut::none: break;
    }
    out.take_until(place);
    write_uncommon(planned, static_cast<std::size_t>(at - first), value);
    place = out.reserve(fixed, spare);
    spare -= fixed;
  }
  out.take_until(place);
}

std::string_view parameter_writer::text_of(const field_slot& slot, const void* value, const parameter_step& planned,
                                           const parameter_place& place) {
  if (slot.k == kind::mapped) {
    load_mapped(slot, value, [&](const void* stored) {
      const std::string_view text = text_of(stored_slot(slot), stored, planned, place);
      if (text.data() != text_.data()) text_.assign(text);  // it ends with what it is stored as
    });
    return text_;
  }
  const std::size_t mark = out_.mark();
  if (slot.k == kind::array) {
    parameter_step as_text = planned;
    as_text.form = parameter_form::array_literal;
    as_text.element = parameter_form::literal;  // also of types with a binary form of their own
    write_field(slot, value, as_text, place);
    constexpr std::size_t length = 4;
    text_.assign(out_.data() + mark + length, out_.mark() - mark - length);
    out_.truncate(mark);
    return text_;
  }
  const bound_value loaded = load_field(slot, value, scratch_);
  // What the binary form refuses is refused here too.
  if (planned.form != parameter_form::literal && !is_own(planned.form)) {
    write_value(planned.form, loaded, place);
    out_.truncate(mark);
  }
  switch (planned.form) {
    case parameter_form::int2:
    case parameter_form::int4:
    case parameter_form::int8:
    case parameter_form::oid:
    case parameter_form::float4:
    case parameter_form::float8:
    case parameter_form::numeric:
      if (loaded.k == kind::boolean) return loaded.whole != 0 ? "1" : "0";
      if (planned.form <= parameter_form::oid && !is_integer(loaded.k))
        return scratch_.literal = std::to_string(whole<std::int64_t>(loaded, place));
      break;
    case parameter_form::timestamp:
      if (loaded.k == kind::date) {  // midnight in UTC, whatever the session's time zone
        bound_value moment = loaded;
        moment.k = kind::timestamp;
        moment.whole *= 86'400'000'000;
        return literal_of(moment, place, scratch_);
      }
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
    for (const char c : text_of(step.slot, value, how, place_of(step, how))) {
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
    if (shortcut == parameter_shortcut::text && !slot.nullable) rows.texts.push_back(slot.offset);
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
  constexpr std::size_t ahead = 12;
  parameter_writer writer(out, plan, nullptr);
  std::size_t written = 0;
  for (; written != count && out.size() < full; ++written) {
    const std::size_t start = out.mark();
    try {
      if (rows != nullptr) {
        if (written + ahead < count) rows->read_ahead(objects[written + ahead]);
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

}  // namespace tupelo::driver::postgres
