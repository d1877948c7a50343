// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/query/query_core.hpp"
#include "tupelo/model/model_info.hpp"

#include <cstdint>
#include <vector>

namespace tupelo::detail {

/// The columns of an object as words: per column a head (0 for NULL, else 1), then a word, or a length and the bytes.
using snapshot = std::vector<std::uint64_t>;

/// Appends one column. Errors: value_error (invalid_enum).
void encode_field(const field_slot& slot, const void* object, word_buffer& out);
snapshot take_snapshot(const model_info& info, const void* object);
/// Whether the object's columns are those of the snapshot; if `changed` is given, the positions of those that are not.
bool matches(const model_info& info, const void* object, const snapshot& taken, std::vector<std::uint16_t>* changed);
/// Gives the object's columns the values of the snapshot; one column only where `field` is its position.
void restore(const model_info& info, void* object, const snapshot& taken, int field = -1);
/// WHERE the row's columns at these positions have the values of the snapshot; those of JSON and arrays are left out.
void compare_fields(query_core& core, const model_info& info, const snapshot& taken,
                    const std::vector<std::uint16_t>& fields);
/// The values that these columns have in the snapshot, as the words of a key; empty where one is NULL.
std::vector<std::uint64_t> values_in(const model_info& info, const snapshot& taken,
                                     const std::vector<std::uint16_t>& fields);
bool is_null_in(const model_info& info, const snapshot& taken, std::uint16_t field);
/// The object's key, for the identity map.
snapshot key_of(const model_info& info, const void* object);
std::size_t key_hash(const model_info& info, const void* object);
/// The same from the values of a query by key.
snapshot key_of(const model_info& info, const word_buffer& key_values);

}  // namespace tupelo::detail
