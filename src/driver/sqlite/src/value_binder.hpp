// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "value_checks.hpp"

#include <tupelo/core/statement.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo::driver {

/// Room for the texts that values are written as (timestamps, patterns …), valid until the next run of the connection.
class bind_scratch {
public:
  char* room(std::size_t size) {
    if (size > sizeof inline_ - used_) [[unlikely]]
      return heap_room(size);
    char* place = inline_ + used_;
    used_ += size;
    return place;
  }
  void clear() noexcept {
    used_ = 0;
    if (!heap_.empty()) [[unlikely]]
      heap_.clear();
  }

private:
  char* heap_room(std::size_t size);

  std::size_t used_ = 0;
  std::vector<std::unique_ptr<char[]>> heap_;
  char inline_[2048];
};

/// Gives a prepared statement its parameters: the query's values and the fields of objects, as the plan says.
///
/// How SQLite keeps each kind: integers and booleans as INTEGER, floating-point numbers and decimals as numbers, text,
/// json, enumerators (by name) and custom types as TEXT, bytes as BLOB, timestamps as 'YYYY-MM-DD HH:MM:SS.ffffff',
/// dates as 'YYYY-MM-DD', times as
/// 'HH:MM:SS.ffffff', intervals as ISO 8601 durations, UUIDs as their 36 characters, arrays as JSON.
class value_binder {
public:
  /// `copies`: SQLite keeps copies, for statements that stay open when the request is done.
  value_binder(sqlite3_stmt* statement, bind_scratch& scratch, bool copies) noexcept
      : statement_(statement), scratch_(scratch), lifetime_(copies ? SQLITE_TRANSIENT : SQLITE_STATIC) {}

  /// Errors: value_error (value_out_of_range, invalid_text, invalid_enum) naming the column.
  void bind(const statement_plan& plan, const std::uint64_t* values, const void* const* objects);

private:
  void bind_step_value(int place, const bind_step& step);
  void bind_list(const bind_step& step);
  void bind_json_list(int place, const bind_step& step);
  void append_json_value(std::string& out, const bind_step& step);
  void bind_pattern(int place, const bind_step& step);
  [[gnu::always_inline]] inline void bind_row(const statement_plan& plan, int offset, const void* object);
  // Out of line, so that the loop over fields keeps its registers.
  [[gnu::noinline]] void bind_from_values(int place, const bind_step& step);
  [[gnu::noinline]] void bind_other_field(int place, const field_slot& slot, const void* value);

  void bind_array(int place, array_words elements, const field_slot& slot);
  /// A value that does not outlive the call.
  void bind_temporary(int place, const field_slot& slot, const void* value);
  void bind_copy(int place, std::string_view text);
  void bind_time(int place, std::int64_t microseconds, const field_slot& slot) {
    bind_copy(place, checked_time(microseconds, slot));
  }
  void bind_integer(int place, std::int64_t value) noexcept { status_ |= sqlite3_bind_int64(statement_, place, value); }
  void bind_unsigned(int place, std::uint64_t value, const field_slot& slot);
  void bind_real(int place, double value, const field_slot& slot);
  void bind_text(int place, std::string_view text, const field_slot& slot);
  void bind_own_text(int place, const char* text, std::size_t size) noexcept;
  void bind_bytes(int place, const void* data, std::size_t size, const field_slot& slot);
  void bind_infinity(int place, bool negative) noexcept;
  void bind_timestamp(int place, std::int64_t microseconds, const field_slot& slot);
  void bind_date(int place, std::int32_t days, const field_slot& slot);
  void bind_uuid(int place, const void* bytes16);
  void bind_uuid_text(int place, std::string_view text, const field_slot& slot);
  void bind_decimal_text(int place, std::string_view text, const field_slot& slot);
  void check_status() const;

  sqlite3_stmt* statement_;
  bind_scratch& scratch_;
  sqlite3_destructor_type lifetime_;
  const std::uint64_t* cursor_ = nullptr;
  int status_ = SQLITE_OK;
};

}  // namespace tupelo::driver
