// SPDX-License-Identifier: Apache-2.0
#include "value_binder.hpp"

#include "json_array.hpp"
#include "value_checks.hpp"

#include <tupelo/core/bytes.hpp>
#include <tupelo/core/date.hpp>
#include <tupelo/core/decimal.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/json.hpp>
#include <tupelo/core/timestamp.hpp>
#include <tupelo/core/uuid.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <bit>
#include <climits>
#include <cstring>
#include <new>
#include <string>

namespace tupelo::driver {

namespace {

template <class Value>
Value read_as(const void* p) noexcept {
  Value value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

[[noreturn, gnu::cold]] void refuse_length(const field_slot& slot) {
  refuse_value(slot, ": SQLite takes texts and bytes of up to 1,000,000,000 bytes; keep larger ones in files");
}

}  // namespace

char* bind_scratch::heap_room(std::size_t size) {
  heap_.push_back(std::make_unique_for_overwrite<char[]>(size));
  return heap_.back().get();
}

void value_binder::bind(const statement_plan& plan, const std::uint64_t* values, const void* const* objects) {
  cursor_ = values;
  constexpr std::uint32_t read_ahead = 4, line = 64;
  const int width = static_cast<int>(plan.binds.size());
  std::uint32_t row = 0;
  do {
    if (row + read_ahead < plan.rows_per_statement && objects != nullptr) {
      __builtin_prefetch(objects[row + read_ahead]);
      __builtin_prefetch(static_cast<const char*>(objects[row + read_ahead]) + line);
    }
    bind_row(plan, static_cast<int>(row) * width, objects != nullptr ? objects[row] : nullptr);
  } while (++row < plan.rows_per_statement);
  if (status_ != SQLITE_OK) [[unlikely]]
    check_status();
}

// One loop with the common kinds in it: an insert spends as long here as in all the rest of Tupelo.
void value_binder::bind_row(const statement_plan& plan, int offset, const void* object) {
  sqlite3_stmt* const statement = statement_;
  int status = SQLITE_OK;
  for (const bind_step& step : plan.binds) {
    const int place = static_cast<int>(step.first) + offset;
    if (step.source != bind_source::field) {
      if (step.source == bind_source::value && step.wrap == like_wrap::none) [[likely]] {
        bind_step_value(place, step);
      } else {
        bind_from_values(place, step);
      }
      continue;
    }
    const field_slot& slot = step.slot;
    const void* const value = value_of(slot, object);
    if (value == nullptr) {
      status |= sqlite3_bind_null(statement, place);
      continue;
    }
    switch (slot.k) {
      case kind::boolean:
        status |= sqlite3_bind_int64(statement, place, *static_cast<const bool*>(value) ? 1 : 0);
        break;
      case kind::i32: status |= sqlite3_bind_int64(statement, place, read_as<std::int32_t>(value)); break;
      case kind::i64: status |= sqlite3_bind_int64(statement, place, read_as<std::int64_t>(value)); break;
      case kind::f64: {
        const auto number = read_as<double>(value);
        require_number(number, slot);
        status |= sqlite3_bind_double(statement, place, number);
        break;
      }
      case kind::text: {
        const auto& text = *static_cast<const std::string*>(value);
        require_text(text, slot);
        if (text.size() > INT_MAX) [[unlikely]]
          refuse_length(slot);
        status |= sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), lifetime_);
        break;
      }
      case kind::timestamp: {
        const timestamp time =
            slot.type->chrono ? timestamp{load_timestamp(slot, value)} : *static_cast<const timestamp*>(value);
        if (time.is_infinite()) [[unlikely]] {
          bind_timestamp(place, time.us, slot);
          break;
        }
        require_calendar(time.is_valid(), slot);
        char* const text = scratch_.room(timestamp::text_size);
        time.format_to(text);
        status |= sqlite3_bind_text(statement, place, text, static_cast<int>(timestamp::text_size), lifetime_);
        break;
      }
      default: bind_other_field(place, slot, value); break;
    }
  }
  status_ |= status;
}

void value_binder::check_status() const {
  // Several results may have been merged, so only what they can be is told apart.
  if ((status_ & SQLITE_NOMEM) == SQLITE_NOMEM) throw std::bad_alloc();
  throw query_error("SQLite refuses the parameters of the statement (" + std::to_string(status_) + ")");
}

// ---- values of the query

void value_binder::bind_from_values(int place, const bind_step& step) {
  switch (step.source) {
    case bind_source::value: return bind_pattern(place, step);  // the others are bound before
    case bind_source::list: return bind_list(step);
    case bind_source::whole_list: return bind_json_list(place, step);
    case bind_source::field: return;  // not from here
  }
}

void value_binder::bind_step_value(int place, const bind_step& step) {
  switch (step.k) {
    case kind::null: status_ |= sqlite3_bind_null(statement_, place); return;
    case kind::boolean:
    case kind::i8:
    case kind::i16:
    case kind::i32:
    case kind::i64:
    case kind::u8:
    case kind::u16:
    case kind::u32: return bind_integer(place, static_cast<std::int64_t>(*cursor_++));
    case kind::u64: return bind_unsigned(place, *cursor_++, step.slot);
    case kind::f32:
    case kind::f64: return bind_real(place, std::bit_cast<double>(*cursor_++), step.slot);
    case kind::text:
    case kind::json:
    case kind::enumeration:
    case kind::custom: return bind_text(place, take_bytes(cursor_), step.slot);
    case kind::bytes: {
      const std::string_view data = take_bytes(cursor_);
      return bind_bytes(place, data.data(), data.size(), step.slot);
    }
    case kind::timestamp: return bind_timestamp(place, static_cast<std::int64_t>(*cursor_++), step.slot);
    case kind::date:
      return bind_date(place, static_cast<std::int32_t>(static_cast<std::int64_t>(*cursor_++)), step.slot);
    case kind::uuid: return bind_uuid_text(place, take_bytes(cursor_), step.slot);
    case kind::decimal: {
      const std::string_view digits = take_bytes(cursor_);
      if (step.typed_as == kind::json) return bind_copy(place, checked_json_number(digits, step.slot));
      return bind_decimal_text(place, digits, step.slot);
    }
    case kind::time_of_day: return bind_time(place, static_cast<std::int64_t>(*cursor_++), step.slot);
    case kind::interval: return bind_copy(place, take_interval(cursor_).to_string());
    case kind::array: {
      const std::string_view words = take_bytes(cursor_);
      return bind_array(place, array_words(reinterpret_cast<const std::uint64_t*>(words.data())), step.slot);
    }
    case kind::embedded:
    case kind::relation:
    case kind::mapped: break;
  }
  throw query_error(parameter_name(step.slot) + ": a " + std::string(name_of(step.k)) + " cannot be a parameter");
}

void value_binder::bind_list(const bind_step& step) {
  const std::uint64_t count = *cursor_++;
  if (count == 0 && step.places == 0) return;  // an empty list is rendered without placeholders
  if (count == 0 || count > step.places) {
    throw query_error(parameter_name(step.slot) + ": a list of " + std::to_string(count) + " values for " +
                      std::to_string(step.places) + " placeholders");
  }
  const std::uint64_t* last = cursor_;
  int place = static_cast<int>(step.first);
  for (std::uint64_t i = 0; i < count; ++i) {
    last = cursor_;
    bind_step_value(place++, step);
  }
  // What is twice in a list is in it once.
  const std::uint64_t* const end = cursor_;
  for (std::uint64_t i = count; i < step.places; ++i) {
    cursor_ = last;
    bind_step_value(place++, step);
  }
  cursor_ = end;
}

void value_binder::bind_pattern(int place, const bind_step& step) {
  const std::string_view text = take_bytes(cursor_);
  require_text(text, step.slot);
  char* const pattern = scratch_.room(2 * text.size() + 2);
  char* end = pattern;
  if (step.wrap != like_wrap::starts_with) *end++ = '%';
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') *end++ = '\\';
    *end++ = c;
  }
  if (step.wrap != like_wrap::ends_with) *end++ = '%';
  bind_own_text(place, pattern, static_cast<std::size_t>(end - pattern));
}

// ---- fields of objects

void value_binder::bind_other_field(int place, const field_slot& slot, const void* value) {
  switch (slot.k) {
    case kind::u64: return bind_unsigned(place, read_as<std::uint64_t>(value), slot);
    case kind::f32: return bind_real(place, read_as<float>(value), slot);
    case kind::bytes: {
      const auto& data = *static_cast<const bytes*>(value);
      return bind_bytes(place, data.data(), data.size(), slot);
    }
    case kind::date: return bind_date(place, load_date(slot, value), slot);
    case kind::uuid: return bind_uuid(place, value);
    case kind::decimal: return bind_real(place, checked_double(*static_cast<const decimal*>(value), slot), slot);
    case kind::json: return bind_text(place, static_cast<const json*>(value)->text(), slot);
    case kind::enumeration: {
      const std::string_view name = load_enumerator(slot, value);
      return bind_own_text(place, name.data(), name.size());
    }
    case kind::custom: {
      std::string text;
      slot.type->to_text(value, text);
      require_text(text, slot);
      return bind_copy(place, text);
    }
    case kind::time_of_day: return bind_time(place, load_time_of_day(slot, value), slot);
    case kind::interval: return bind_copy(place, load_interval(slot, value).to_string());
    case kind::array: {
      inline_word_buffer<64> words;
      push_value(slot, value, words);
      return bind_array(place, array_words(words.data() + 1), slot);
    }
    case kind::mapped:
      return load_mapped(slot, value, [&](const void* stored) { bind_temporary(place, stored_slot(slot), stored); });
    case kind::i8:
    case kind::i16:
    case kind::u8:
    case kind::u16:
    case kind::u32: return bind_integer(place, load_integer(slot, value));
    default: throw query_error(parameter_name(slot) + ": a " + std::string(name_of(slot.k)) + " cannot be a parameter");
  }
}

void value_binder::bind_temporary(int place, const field_slot& slot, const void* value) {
  switch (slot.k) {
    case kind::boolean:
    case kind::i32:
    case kind::i64: return bind_integer(place, load_integer(slot, value));
    case kind::f64: return bind_real(place, read_as<double>(value), slot);
    case kind::timestamp: return bind_timestamp(place, load_timestamp(slot, value), slot);
    case kind::text:
    case kind::json: {
      const std::string_view text = slot.k == kind::text ? std::string_view(*static_cast<const std::string*>(value))
                                                         : std::string_view(static_cast<const json*>(value)->text());
      require_text(text, slot);
      return bind_copy(place, text);
    }
    case kind::bytes: {
      const std::string_view data = as_text(*static_cast<const bytes*>(value));
      char* const kept = scratch_.room(data.size());
      if (!data.empty()) std::memcpy(kept, data.data(), data.size());
      return bind_bytes(place, kept, data.size(), slot);
    }
    default: return bind_other_field(place, slot, value);
  }
}

// ---- one value

void value_binder::bind_array(int place, array_words elements, const field_slot& slot) {
  bind_copy(place, json_of(elements, slot));
}

void value_binder::bind_copy(int place, std::string_view text) {
  char* const kept = scratch_.room(text.size());
  if (!text.empty()) std::memcpy(kept, text.data(), text.size());
  bind_own_text(place, kept, text.size());
}

void value_binder::bind_unsigned(int place, std::uint64_t value, const field_slot& slot) {
  require_int64(value, slot);
  bind_integer(place, static_cast<std::int64_t>(value));
}

void value_binder::bind_real(int place, double value, const field_slot& slot) {
  require_number(value, slot);
  status_ |= sqlite3_bind_double(statement_, place, value);
}

void value_binder::bind_text(int place, std::string_view text, const field_slot& slot) {
  require_text(text, slot);
  if (text.size() > INT_MAX) [[unlikely]]
    refuse_length(slot);
  // Without an address SQLite would take the empty text for NULL.
  const char* first = text.data() != nullptr ? text.data() : "";
  status_ |= sqlite3_bind_text(statement_, place, first, static_cast<int>(text.size()), lifetime_);
}

void value_binder::bind_own_text(int place, const char* text, std::size_t size) noexcept {
  status_ |= sqlite3_bind_text64(statement_, place, text, size, lifetime_, SQLITE_UTF8);
}

void value_binder::bind_bytes(int place, const void* data, std::size_t size, const field_slot& slot) {
  if (size > INT_MAX) [[unlikely]]
    refuse_length(slot);
  status_ |= sqlite3_bind_blob(statement_, place, size != 0 ? data : "", static_cast<int>(size), lifetime_);
}

/// Sorts behind all other times, or before them, and so do they in the server that has them.
void value_binder::bind_infinity(int place, bool negative) noexcept {
  constexpr std::string_view text = "-infinity";
  status_ |= sqlite3_bind_text(statement_, place, text.data() + !negative, static_cast<int>(text.size() - !negative),
                               SQLITE_STATIC);
}

void value_binder::bind_timestamp(int place, std::int64_t microseconds, const field_slot& slot) {
  const timestamp time{microseconds};
  if (time.is_infinite()) return bind_infinity(place, microseconds < 0);
  require_calendar(time.is_valid(), slot);
  char* const text = scratch_.room(timestamp::text_size);
  time.format_to(text);
  status_ |= sqlite3_bind_text(statement_, place, text, static_cast<int>(timestamp::text_size), lifetime_);
}

void value_binder::bind_date(int place, std::int32_t days, const field_slot& slot) {
  const date day{days};
  if (day.is_infinite()) return bind_infinity(place, days < 0);
  require_calendar(day.is_valid(), slot);
  char* const text = scratch_.room(date::text_size);
  day.format_to(text);
  bind_own_text(place, text, date::text_size);
}

void value_binder::bind_uuid(int place, const void* bytes16) {
  char* const text = scratch_.room(uuid::text_size);
  static_cast<const uuid*>(bytes16)->format_to(text);
  bind_own_text(place, text, uuid::text_size);
}

void value_binder::bind_uuid_text(int place, std::string_view text, const field_slot& slot) {
  const uuid id = checked_uuid(text, slot);
  bind_uuid(place, &id);
}

void value_binder::bind_decimal_text(int place, std::string_view text, const field_slot& slot) {
  bind_real(place, checked_double(checked_decimal(text, slot), slot), slot);
}

}  // namespace tupelo::driver
