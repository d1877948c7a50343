// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "value_checks.hpp"

#include <tupelo/core/decimal.hpp>
#include <tupelo/core/field.hpp>
#include <tupelo/core/interval.hpp>
#include <tupelo/core/word_buffer.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace tupelo::driver::postgres {

/// A value on its way to the server, from a field or from the query's values: the member that its kind uses is set.
///
/// Owns: nothing; ends with the field, the values or the scratch that it was loaded from.
struct bound_value {
  kind k{};
  std::int64_t whole = 0;           ///< boolean, integers (u64: its bits), timestamp and time (microseconds), date
  double real = 0;                  ///< f32, f64
  std::string_view text;            ///< text, bytes, json, enumeration, custom; uuid: 16 bytes
  const decimal* number = nullptr;  ///< decimal
  interval span{};
};

/// Room for what a value is made of where it does not lie ready; holds one value and its literal at a time.
struct value_scratch {
  decimal number;
  std::string text;
  std::string literal;
  char id[16]{};
  inline_word_buffer<32> words;  ///< of an array
};

/// Before: no array and no mapped field. Errors: value_error (invalid_enum).
bound_value load_field(const field_slot& slot, const void* value, value_scratch& scratch);
/// The next value of the buffer, which is no array. Errors: value_error (invalid_value) for text that is no decimal or
/// UUID.
bound_value take_value(kind k, const std::uint64_t*& cursor, const parameter_place& place, value_scratch& scratch);

/// The value as text that the server's type reads. Ends with the next use of the scratch.
/// Errors: value_error (invalid_text, value_out_of_range).
std::string_view literal_of(const bound_value& value, const parameter_place& place, value_scratch& scratch);
/// The shortest decimal that reads back as the same number. Before: a floating-point kind.
decimal decimal_of(const bound_value& value);

}  // namespace tupelo::driver::postgres
