// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/model/field_type.hpp"
#include "tupelo/core/time_of_day.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tupelo {

/// A time on the clock and how far that clock is ahead of UTC: timetz of PostgreSQL, elsewhere text.
///
/// Equal are those of equal parts, though 12:00+02 and 10:00+00 are the same moment of a day. An offset says nothing of
/// summer time: most programs want tp::timestamp, or tp::time_of_day beside the name of a zone. Errors: value_error,
/// invalid_value for text that is no such time, value_out_of_range when a time is formatted or stored that is outside
/// the day, or whose offset is 16 hours or more. Units: seconds, positive east of Greenwich.
struct offset_time {
  time_of_day time{};
  std::int32_t offset_seconds{};

  /// Reads `HH:MM:SS.ffffff+HH:MM:SS`, also without seconds and minutes that are zero.
  static offset_time parse(std::string_view text);
  /// The same without exceptions or allocation. `out` is untouched on false.
  static bool parse_to(std::string_view text, offset_time& out) noexcept;

  /// `HH:MM:SS.ffffff+HH:MM`, with seconds of the offset where it has some.
  std::string to_string() const;
  bool is_valid() const noexcept;

  friend constexpr bool operator==(const offset_time&, const offset_time&) noexcept = default;
};

template <>
struct field_traits<offset_time> {
  static constexpr std::string_view column_type = "timetz";
  static void to_text(const offset_time& value, std::string& out) { out = value.to_string(); }
  static bool from_text(offset_time& value, std::string_view text) { return offset_time::parse_to(text, value); }
  static void to_binary(const offset_time& value, std::string& out);
  static bool from_binary(offset_time& value, std::string_view bytes);
};

}  // namespace tupelo
