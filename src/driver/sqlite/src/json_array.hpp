// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/core/field.hpp>
#include <tupelo/core/interval.hpp>

#include <cstdint>
#include <string>
#include <string_view>

// Arrays are kept as JSON: equal arrays are the same text, and json_each takes them apart.
namespace tupelo::driver {

void append_quoted(std::string& out, std::string_view text);
void append_real(std::string& out, double value);
/// An interval out of a value buffer.
interval take_interval(const std::uint64_t*& cursor) noexcept;

/// The next value of a buffer, as an element of an array. Errors: value_error, as json_of; query_error for what arrays
/// do not hold.
void append_json_element(std::string& out, kind k, const std::uint64_t*& cursor, const field_slot& slot);

/// Numbers and truth values as JSON's own, documents as they are, bytes as hexadecimal digits, everything else as the
/// text that a column of its type holds.
/// Errors: value_error for what a column of the elements' type could not hold either.
std::string json_of(array_words elements, const field_slot& slot);
/// Errors: decode_error for text that is no JSON array, or whose elements are not of the field's type.
void store_json_array(const field_slot& slot, void* array, std::string_view text);

}  // namespace tupelo::driver
